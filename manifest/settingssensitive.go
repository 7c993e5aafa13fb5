package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// sensitiveIssues judges where "sensitive" stands: it marks settings that hold
// a secret ("Mark secrets with "sensitive": true", "Plugin settings"), and
// secrets are text.
func (d *Document) sensitiveIssues(root *node, settings []setting) []issue {
	var issues []issue
	judge := func(n *node, path []string) {
		m := n.member("sensitive")
		if m == nil || len(issues) >= maxFindings {
			return
		}
		i := issue{
			rule: ruleSensitive, offset: m.value.start, end: m.value.end, pointer: pointerTo(append(slices.Clip(path), "sensitive")), found: d.found(m.value),
			allowed: "true or false, and true only on a setting of the type string",
		}
		switch {
		case m.value.kind != kindBool:
			i.message = fmt.Sprintf("%s.sensitive is %s, which marks nothing; write true or false", wholePath(path), describe(m.value))
			i.fixes = flagFixes(m.value, n)
		case m.value.text == "true" && isOtherSetting(n):
			i.message = fmt.Sprintf("%s is %s and marked as sensitive, but only text is entered and shown as a secret; remove sensitive or make the setting text", wholePath(path), valueWords(n))
			i.fixes = append(i.fixes, riskyFix(`remove "sensitive"`, removeKey(n, "sensitive")))
			if fix, ok := textFix(n); ok {
				i.fixes = append(i.fixes, fix)
			}
		default:
			return
		}
		issues = append(issues, i)
	}
	judge(root, []string{"settings_schema"})
	for _, s := range settings {
		judge(s.node, s.path)
	}
	return issues
}

// isOtherSetting says whether a value is known to be none that is text.
func isOtherSetting(n *node) bool {
	if types := typesOf(n); len(types) > 0 {
		return !slices.Contains(types, "string")
	}
	name, _ := typeImplied(n)
	return n.member("type") == nil && name != "" && name != "string"
}

// valueWords says what a schema's value is, for a sentence.
func valueWords(n *node) string {
	types := typesOf(n)
	if len(types) == 0 {
		name, _ := typeImplied(n)
		types = []string{name}
	}
	words := make([]string, len(types))
	for i, name := range types {
		if words[i] = typeWords[name]; name == "object" {
			words[i] = "an object"
		}
	}
	return orList(words)
}

// flagFixes write what a value that stands for true or false means.
func flagFixes(v *node, owner *node) []Fix {
	switch strings.ToLower(v.text) {
	case "true", "false":
		return []Fix{safeFix(`write "sensitive": `+strings.ToLower(v.text), replace(v, strings.EqualFold(v.text, "true")))}
	case "yes", "on", "1":
		return []Fix{riskyFix(`write "sensitive": true`, replace(v, true))}
	case "no", "off", "0":
		return []Fix{riskyFix(`write "sensitive": false`, replace(v, false))}
	}
	return []Fix{riskyFix(`write "sensitive": true`, replace(v, true)), riskyFix(`remove "sensitive"`, removeKey(owner, "sensitive"))}
}

// textFix makes a setting of a single type text, its default with it.
func textFix(n *node) (Fix, bool) {
	t := n.get("type")
	if t == nil || t.kind != kindString || !isSingleType(typeMeant(t.text)) || n.member("enum") != nil {
		return Fix{}, false
	}
	edits := []Edit{replace(t, "string")}
	if v := n.get("default"); v != nil && (v.kind == kindNumber || v.kind == kindBool) {
		edits = append(edits, replace(v, ""))
	}
	return riskyFix(`write "type": "string"`, edits...), true
}

// unmarkedIssues warns of text that is a secret by its name and not marked as
// one, so that the Admin UI shows it. Who writes "sensitive": false has decided.
func (d *Document) unmarkedIssues(settings []setting) []issue {
	var issues []issue
	for _, s := range settings {
		if len(issues) >= maxFindings {
			break
		}
		why := unmarkedReason(s)
		if why == "" {
			continue
		}
		m := s.member()
		mark := d.insertMember(s.node, s.at(), "sensitive", true)
		i := issue{
			rule: ruleUnmarked, offset: m.keyStart, end: m.keyEnd, pointer: s.at(), found: quoteShort(s.key), allowed: `"sensitive": true, or "sensitive": false where the name misleads`,
			message: fmt.Sprintf("%s holds a secret, as %s says, but the Admin UI shows it as it shows any text; mark it with \"sensitive\": true", s.name(), why),
			fixes:   []Fix{safeFix(`write "sensitive": true`, mark)},
		}
		if v := s.node.get("default"); v != nil && v.kind == kindString && v.text != "" {
			i.fixes = append(i.fixes, riskyFix(`write "sensitive": true and "default": ""`, mark, replace(v, "")))
		}
		issues = append(issues, i)
	}
	return issues
}

// unmarkedReason says what gives away that a setting is a secret that is not marked
// as one; "" when nothing does.
func unmarkedReason(s setting) string {
	n := s.node
	if n.kind != kindObject || n.member("sensitive") != nil || n.member("enum") != nil || n.member("const") != nil || !isTextSetting(n) {
		return ""
	}
	format, title, v := n.get("format"), n.get("title"), n.get("default")
	switch {
	case format != nil && format.text == "password":
		return "its format"
	case n.get("writeOnly") != nil && n.get("writeOnly").text == "true":
		return "writeOnly"
	case format != nil: // an address, a date or an id is none
		return ""
	case v != nil && (strings.Contains(v.text, "://") || isFilePath(v.text)):
		return ""
	case saysSecret(s.key):
		return "its name"
	case title != nil && title.kind == kindString && !namesSecret(s.key) && titleSaysSecret(title.text):
		return "its title"
	}
	return ""
}

// secretValueIssues warns of defaults of settings that hold a secret: every
// installation would have the same one.
func (d *Document) secretValueIssues(settings []setting) []issue {
	var issues []issue
	for _, s := range settings {
		mark, v := s.node.get("sensitive"), s.node.get("default")
		if mark == nil || mark.kind != kindBool || mark.text != "true" || v == nil || v.kind != kindString || v.text == "" || len(findSecrets(v.text, false)) > 0 {
			continue
		}
		if len(issues) >= maxFindings {
			break
		}
		issues = append(issues, issue{
			rule: ruleSecretValue, offset: v.start, end: v.end, pointer: s.at("default"), found: withDots(v.text, []secretText{{start: 0, end: len(v.text)}}), secret: d.secretOf(v),
			allowed: `"", or no default`, fixes: emptyDefault(s.node),
			message: fmt.Sprintf("%s is sensitive and has a default, which everybody can read who gets the plugin and every installation shares; leave it to an admin to enter one", s.name()),
		})
	}
	return issues
}

// secretOf is what must be hidden of a value that is a secret as a whole: its
// text, or with its quotes while it is so short that it may be part of other words.
func (d *Document) secretOf(n *node) string {
	text := d.text(n)
	if inner := withoutQuotes(text); len(inner) >= 2*minSecret {
		return inner
	}
	if len(text) < minSecret {
		return ""
	}
	return text
}
