package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// formKeywords make a value depend on alternatives or conditions, or name its
// members by patterns: a form has no field for that.
var formKeywords = []string{"$ref", "allOf", "anyOf", "dependencies", "if", "not", "oneOf", "patternProperties"}

// formKeyword returns the first of formKeywords that a schema has; nil when it
// has none.
func formKeyword(n *node) *member {
	for i, m := range n.members {
		if slices.Contains(formKeywords, m.key) {
			return &n.members[i]
		}
	}
	return nil
}

// formIssues warns of settings that a form cannot draw. "The Admin UI renders
// a form from it" ("Plugin settings") is all that is documented, and the one
// example there is flat, with dotted keys; a form of single fields, text,
// numbers, switches, choices and lists of those, is what can be relied on.
// Each setting has at most one finding, at the keyword.
func (d *Document) formIssues(root *node, settings []setting, refused map[int]bool) []issue {
	var issues []issue
	report := func(i issue) {
		if i.rule = ruleForm; len(issues) < maxFindings {
			i.allowed = "a setting of the type string, integer, number or boolean, with enum for a choice, or a list of those"
			issues = append(issues, i)
		}
	}
	if m := formKeyword(root); m != nil && !refused[m.value.start] {
		report(issue{
			offset: m.keyStart, end: m.keyEnd, pointer: "/settings_schema/" + escapePointer(m.key), found: quoteShort(m.key),
			message: fmt.Sprintf("settings_schema.%s has no field in a form: the Admin UI draws one from properties alone; describe every setting there", m.key),
			fixes:   []Fix{riskyFix("remove "+jsonText(m.key), removeKey(root, m.key))},
		})
	}
	for _, s := range settings {
		if s.top {
			if i, drawn := d.undrawable(s, refused); !drawn {
				report(i)
			}
		}
	}
	return issues
}

// undrawable says why a form cannot draw a setting, or that it can. A type
// that is none is left to the meta-schema.
func (d *Document) undrawable(s setting, refused map[int]bool) (i issue, drawn bool) {
	n := s.node
	if n.kind != kindObject {
		if n.kind != kindBool {
			return issue{}, true
		}
		return issue{
			offset: n.start, end: n.end, pointer: s.at(), found: d.found(n), fixes: []Fix{riskyFix(`write { "type": "string" }`, replace(n, keyed{{"type", "string"}}))},
			message: fmt.Sprintf("%s is %s, which says nothing a form could draw a field from; give the setting a type", s.name(), n.text),
		}, false
	}
	if m := formKeyword(n); m != nil && !refused[m.value.start] || m != nil && m.key == "$ref" {
		return d.conditional(s, m), false
	}
	if e := n.get("enum"); e != nil && slices.ContainsFunc(e.items, func(v *node) bool { return v.kind == kindArray || v.kind == kindObject }) {
		return issue{
			offset: e.start, end: e.end, pointer: s.at("enum"), found: d.found(e),
			message: fmt.Sprintf("%s.enum offers lists or objects, which a form cannot offer as choices; offer text, numbers or true and false", s.name()),
		}, false
	}
	t := n.get("type")
	if t == nil {
		return d.untyped(s), false
	}
	types := typesOf(n)
	return i, len(types) == 0 || d.drawnType(s, t, types, &i)
}

// conditional says that a setting is described by one of formKeywords.
func (d *Document) conditional(s setting, m *member) issue {
	i := issue{offset: m.keyStart, end: m.keyEnd, pointer: s.at(m.key), found: quoteShort(m.key), fixes: d.simpler(s, m)}
	if s.node.member("type") == nil {
		i.message = fmt.Sprintf("%s is described by %s, which a form has no field for; describe it by a type of its own", s.name(), m.key)
		return i
	}
	i.message = fmt.Sprintf("%s.%s is a condition that a form cannot show, so that an admin learns of it when saving is refused; use enum, pattern or bounds", s.name(), m.key)
	i.fixes = append(i.fixes, riskyFix("remove "+jsonText(m.key), removeKey(s.node, m.key)))
	return i
}

// drawnType says whether a form can draw a value of the types; i says why not.
func (d *Document) drawnType(s setting, t *node, types []string, i *issue) bool {
	seen := map[string]bool{"null": true}
	types = slices.DeleteFunc(slices.Clone(types), func(t string) bool {
		twice := seen[t]
		seen[t] = true
		return twice
	})
	*i = issue{offset: t.start, end: t.end, pointer: s.at("type"), found: d.found(t)}
	switch {
	case len(types) == 0:
		i.message = fmt.Sprintf("%s can be nothing but null, which leaves an admin nothing to enter; give it another type", s.name())
	case len(types) > 1:
		i.message = fmt.Sprintf("%s may be %s, and a form has no field for several types; choose one", s.name(), orList(types))
		for _, name := range types {
			i.fixes = append(i.fixes, riskyFix(fmt.Sprintf("write \"type\": %q", name), replace(t, name)))
		}
	case types[0] == "object":
		i.message = fmt.Sprintf("%s is an object, and a form has no field for objects; write its members as settings of their own, such as %s",
			s.name(), quoteShort(s.key+"."+firstSetting(s.node.get("properties"))))
		i.fixes = d.flattenFix(s)
	case types[0] == "array":
		return d.drawnList(s, i)
	default:
		return true
	}
	return false
}

func firstSetting(n *node) string {
	if n == nil || len(n.members) == 0 {
		return "name"
	}
	return n.members[0].key
}

// orList joins words as in a sentence: "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// drawnList says whether a form can draw a list: one of single values.
func (d *Document) drawnList(s setting, i *issue) bool {
	items := s.node.member("items")
	if items == nil {
		i.message = fmt.Sprintf("%s is a list of anything, and a form has no field for that; say in items what it holds", s.name())
		i.fixes = d.itemsFix(s)
		return false
	}
	*i = issue{offset: items.keyStart, end: items.keyEnd, pointer: s.at("items"), found: quoteShort("items")}
	what := items.value
	types := typesOf(what)
	switch {
	case what.kind == kindArray:
		i.message = fmt.Sprintf("%s describes each place of a list by itself, which a form has no field for; write settings of their own instead", s.name())
	case what.kind != kindObject:
		i.message = fmt.Sprintf("%s is a list of anything, and a form has no field for that; say in items what it holds", s.name())
		i.fixes = []Fix{riskyFix(`write "items": { "type": "string" }`, replace(what, keyed{{"type", "string"}}))}
	case formKeyword(what) != nil:
		i.message = fmt.Sprintf("%s is a list whose items are described by %s, which a form has no field for; give them a single type", s.name(), formKeyword(what).key)
	case what.get("type") == nil:
		if name, _ := typeImplied(what); isSingleType(name) {
			return true
		}
		i.message = fmt.Sprintf("%s is a list whose items have no type, and a form has no field for that; say in items what it holds", s.name())
		if len(what.members) > 0 {
			i.fixes = []Fix{riskyFix(`write "type": "string"`, d.insertFirst(what, "type", "string"))}
		} else {
			i.fixes = []Fix{riskyFix(`write "items": { "type": "string" }`, replace(what, keyed{{"type", "string"}}))}
		}
	case slices.ContainsFunc(types, func(t string) bool { return !isSingleType(t) }):
		i.message = fmt.Sprintf("%s is a list of lists or objects, and a form has no field for that; keep such data in the plugin's own tables", s.name())
	default:
		return true
	}
	return false
}

// isSingleType says whether a value of a type is one that a field takes.
func isSingleType(name string) bool {
	return name == "string" || name == "integer" || name == "number" || name == "boolean"
}

// untyped says that a setting has no type, and offers the one that its other
// keywords tell.
func (d *Document) untyped(s setting) issue {
	m := s.member()
	i := issue{
		offset: m.keyStart, end: m.keyEnd, pointer: s.at(), found: quoteShort(s.key),
		message: fmt.Sprintf("%s has no type, so that a form cannot tell which field to draw; give it one", s.name()),
	}
	names, certain := []string{"string"}, false
	if name, sure := typeImplied(s.node); name == "integer" && !sure {
		names = []string{"integer", "number"}
	} else if name != "" {
		names, certain = []string{name}, sure
	}
	for _, name := range names {
		fix := riskyFix(fmt.Sprintf("write \"type\": %q", name))
		if fix.Safe = certain; len(s.node.members) > 0 {
			fix.Edits = []Edit{d.insertFirst(s.node, "type", name)}
		} else {
			fix.Edits = []Edit{replace(s.node, keyed{{"type", name}})}
		}
		i.fixes = append(i.fixes, fix)
	}
	return i
}

// itemsFix adds what a list holds, as its default tells.
func (d *Document) itemsFix(s setting) []Fix {
	name := "string"
	if v := s.node.get("default"); v != nil && len(v.items) > 0 {
		name, _ = typeOfValue(v.items[0])
	}
	return []Fix{riskyFix(fmt.Sprintf("write \"items\": { \"type\": %q }", name), d.insertMember(s.node, s.at(), "items", json.RawMessage(jsonText(keyed{{"type", name}}))))}
}
