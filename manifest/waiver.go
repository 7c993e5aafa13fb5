package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// waiverKeys are the keys of one [[validate.waive]].
var waiverKeys = []string{"rule", "file", "at", "found", "line", "reason"}

// waiver is one [[validate.waive]]: it names one finding and says why it does
// not count.
type waiver struct {
	node                *node // the whole block
	rule                Rule
	file, found, reason string
	at                  *string // JSON Pointer
	line                int     // 0 when not given
}

// waivers reads the list [[validate.waive]] and takes the issues that it names
// from those that count.
func (c *configuration) waivers(list *node) {
	if list.kind != kindArray {
		c.complain(ruleConfigKey, list, "a list of tables", "validate.waive must be a list of tables: [[validate.waive]]")
		return
	}
	for _, item := range list.items {
		if item.kind != kindObject {
			c.complain(ruleConfigKey, item, "a table", "a waiver must be a table: [[validate.waive]]")
			continue
		}
		if w, ok := c.waiver(item); ok {
			c.waive(w)
		}
	}
}

// waiver reads one waiver; false when it cannot be used.
func (c *configuration) waiver(n *node) (waiver, bool) {
	w := waiver{node: n, file: FileName}
	before := len(c.problems)
	for _, m := range n.members {
		text := map[string]*string{"file": &w.file, "found": &w.found, "reason": &w.reason}[m.key]
		switch {
		case !slices.Contains(waiverKeys, m.key):
			c.unknownKey(m, waiverKeys)
		case m.key == "line":
			line, err := strconv.Atoi(m.value.text)
			if m.value.kind != kindNumber || err != nil || line < 1 {
				c.complain(ruleConfigKey, m.value, "a line number", "line must be a number from 1")
			}
			w.line = line
		case m.value.kind != kindString:
			c.complain(ruleConfigKey, m.value, "text", "%s must be text", m.key)
		case m.key == "rule":
			w.rule, _ = c.rule(m.value)
		case m.key == "at":
			w.at = &m.value.text
		default:
			*text = m.value.text
		}
	}
	place := &node{start: n.start, end: n.start + 1}
	switch {
	case n.get("rule") == nil:
		c.complain(ruleConfigRule, place, "rule = \"…\"", "the waiver names no rule; write the rule of the finding")
	case w.rule.ID == "": // said already
	case strings.TrimSpace(w.reason) == "":
		c.complain(ruleWaiverReason, place, "reason = \"…\"", "the waiver of %s gives no reason; write why the finding may stay", w.rule.ID)
	case w.at == nil && w.found == "" && w.line == 0 && n.get("file") == nil:
		c.complain(ruleWaiverBroad, place, "at, found or line", "the waiver of %s names no finding: add at (the JSON Pointer), found (the text found) or line; there is no waiver of a whole rule", w.rule.ID)
	case w.rule.Enforced():
		c.complain(ruleWaiverEnforced, n.get("rule"), "a rule that the platform does not enforce", "%s cannot be waived: %s, so the plugin could not be used", w.rule.ID, w.rule.enforcer())
	}
	return w, len(c.problems) == before
}

// waive takes the one issue that w names from those that count.
func (c *configuration) waive(w waiver) {
	var named []int
	for n, i := range c.issues {
		if w.names(i, c.files) {
			named = append(named, n)
		}
	}
	place := &node{start: w.node.start, end: w.node.start + 1}
	switch len(named) {
	case 0:
		i := c.complain(ruleWaiverUnused, place, "no waiver", "the waiver of %s in %s matches no finding any more; remove it, or correct at, found or line", w.rule.ID, harmless(shorten(w.file, 100)))
		if w.node.end > w.node.start {
			i.fixes = []Fix{riskyFix("remove the waiver", Edit{File: ConfigName, Start: w.node.start, End: w.node.end})}
		}
	case 1:
		c.waived = append(c.waived, waivedIssue{c.issues[named[0]], w.reason})
		c.issues = slices.Delete(c.issues, named[0], named[0]+1)
	default:
		c.complain(ruleWaiverBroad, place, "one finding", "the waiver of %s matches %d findings, so it waives none; name one of them with at, found and line", w.rule.ID, len(named))
	}
}

// names says whether the waiver is about an issue.
func (w waiver) names(i issue, f *files) bool {
	if i.rule != w.rule.ID || i.fileName() != w.file {
		return false
	}
	if w.at == nil && w.found == "" && w.line == 0 {
		return i.offset < 0 // the file alone names what is about a whole file
	}
	if s := f.text(w.file); w.line > 0 && (s == nil || i.offset < 0 || s.line(i.offset) != w.line) {
		return false
	}
	return (w.at == nil || i.pointer == *w.at) && (w.found == "" || i.found == w.found || i.found == strconv.Quote(w.found))
}

// Enforced says whether the rule is one that the platform itself insists on:
// its findings cannot be waived, nor its severity lowered.
func (r Rule) Enforced() bool { return r.enforcer() != "" }

// enforcer says who refuses what the rule is about; "" when nobody does.
func (r Rule) enforcer() string {
	switch {
	case r.Severity != SeverityError:
		return ""
	case strings.HasPrefix(r.ID, "NSP1"), strings.HasPrefix(r.ID, "NSP2"), r.ID == ruleNUL:
		return "the Controller refuses the manifest"
	case r.ID == ruleImage:
		return "no engine takes the image"
	case r.ID == ruleNoMigrations:
		return "the Controller finds no migrations to run"
	}
	return ""
}
