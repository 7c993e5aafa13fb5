package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// unknownFields warns of members the schema does not describe, wherever it
// describes an object's members at all. The Controller takes them: its
// documented schema does not close its objects (plugin-sdk.txt, "The
// manifest.json").
func (p *project) unknownFields() []issue {
	s := schema()
	var issues []issue
	var walk func(n *node, node map[string]any, pointer string)
	walk = func(n *node, node map[string]any, pointer string) {
		known := s.properties(node)
		var absent []string
		for i, m := range n.members {
			if known == nil || len(issues) >= maxFindings {
				break
			}
			at := pointer + "/" + escapePointer(m.key)
			if sub, ok := known[m.key].(map[string]any); ok {
				walk(m.value, sub, at)
				continue
			}
			if absent == nil {
				absent = absentFields(n, pointer)
			}
			issues = append(issues, p.unknownField(n, i, pointer, absent))
		}
		if items := s.items(node); items != nil {
			for i, item := range n.items {
				walk(item, items, pointer+"/"+strconv.Itoa(i))
			}
		}
	}
	walk(p.doc.root, s.doc, "")
	return issues
}

// unknownField warns of the i-th member of n, which lacks the fields absent.
func (p *project) unknownField(n *node, i int, pointer string, absent []string) issue {
	d, m := p.doc, n.members[i]
	key := quoteShort(m.key)
	at := issue{
		rule: ruleUnknownField, offset: m.keyStart, pointer: pointer + "/" + escapePointer(m.key),
		found: key, allowed: strings.Join(slices.Sorted(slices.Values(documentedKeys(pointer))), ", "),
	}
	remove := riskyFix("remove "+key, removeMember(n, i))
	near, sure := meantField(m.key, pointer, absent)
	home, target := d.homeOf(m.key, pointer)
	switch {
	case target != nil:
		at.message = fmt.Sprintf("%s is not a documented field here, it belongs into %s; move it there", key, subject(home))
		at.fixes = []Fix{d.moveFix(n, i, target, home), remove}
	case near != "" && slices.Contains(absent, near):
		at.message = fmt.Sprintf("%s is not a documented field; did you mean %q?", key, near)
		at.fixes = append(p.renameFixes(n, i, pointer, near, sure), remove)
	case near != "":
		at.message = fmt.Sprintf("%s is not a documented field, and %q is there already; remove one of them", key, near)
		at.fixes = []Fix{remove}
	default:
		at.message = fmt.Sprintf("%s is not a documented field, nothing reads it; remove it or move it into the plugin's own files", key)
		at.fixes = []Fix{remove}
	}
	return at
}

// renameFixes renames the i-th member of n: as it is, or with what its value
// must become to be taken under the new name.
func (p *project) renameFixes(n *node, i int, pointer, name string, sure bool) []Fix {
	m := &n.members[i]
	title := fmt.Sprintf("rename %s to %q", quoteShort(m.key), name)
	value := mending{project: p, pointer: pointer + "/" + name, key: name, node: m.value, parent: n, required: true, schema: schema().at(pointer + "/" + name)}
	if value.takes(m.value.toAny()) {
		return []Fix{{Title: title, Safe: sure, Edits: []Edit{m.rename(name)}}}
	}
	value.read()
	var fixes []Fix
	for _, f := range value.fixes {
		fixes = append(fixes, Fix{Title: title + " and " + f.Title, Safe: sure && f.Safe, Edits: append([]Edit{m.rename(name)}, f.Edits...)})
	}
	return fixes
}

// fieldAliases are names that other formats give to what a documented field
// is. They are taken for it only where nothing is nearer.
var fieldAliases = map[string]map[string]string{
	"": {
		"capabilities": "capabilities_required", "permissions": "capabilities_required", "title": "display_name", "label": "display_name",
		"summary": "description", "panels": "terminal_panels", "limits": "resources",
		"settings": "settings_schema", "migrations": "migrations_dir", "openapi": "openapi_path", "widgets": "dashboard_widgets",
	},
	"/resources":    {"cpu": "cpu_limit", "cpus": "cpu_limit", "memory": "memory_limit", "mem": "memory_limit", "mem_limit": "memory_limit"},
	"/health_check": {"test": "command", "cmd": "command", "interval": "interval_seconds", "timeout": "timeout_seconds", "start_period": "start_period_seconds"},
	"/terminal_panels/*": {
		"title": "label", "name": "label", "endpoint": "data_endpoint", "url": "data_endpoint", "path": "data_endpoint",
		"refresh": "refresh_interval_seconds", "refresh_interval": "refresh_interval_seconds", "interval": "refresh_interval_seconds",
	},
	"/terminal_panels/*/columns/*": {"field": "key", "name": "key", "id": "key", "title": "label", "header": "label"},
	"/terminal_panels/*/actions/*": {"title": "label", "name": "label", "text": "label", "url": "endpoint", "path": "endpoint", "variant": "style", "confirmation": "confirm"},
}

// absentFields returns the documented fields that the object n at pointer lacks.
func absentFields(n *node, pointer string) []string {
	absent := append([]string{}, documentedKeys(pointer)...)
	for _, m := range n.members {
		if i := slices.Index(absent, m.key); i >= 0 {
			absent = slices.Delete(absent, i, i+1)
		}
	}
	return absent
}

// meantField returns the documented field of an object at pointer, if possible
// one of absent, that the key most likely means, or "". It is sure of a
// misspelling and of a name cut short, not of another word for it.
func meantField(key, pointer string, absent []string) (name string, sure bool) {
	if near := nearest(key, absent); near != "" {
		return near, true
	}
	plain := snake(shorten(key, 100))
	if alias := fieldAliases[patternOf(pointer)][plain]; slices.Contains(absent, alias) {
		return alias, strings.HasPrefix(alias, plain+"_")
	}
	return nearest(key, documentedKeys(pointer)), true
}

// misspelt returns the index of the member of the object n at pointer that
// most likely stands for the absent field name; -1 when none does.
func misspelt(n *node, pointer, name string) (index int, sure bool) {
	known, absent := documentedKeys(pointer), absentFields(n, pointer)
	for i, m := range n.members[:min(len(n.members), maxFindings)] {
		if slices.Contains(known, m.key) {
			continue
		}
		if near, sure := meantField(m.key, pointer, absent); near == name {
			return i, sure
		}
	}
	return -1, false
}

// homeOf returns the object that a documented field belongs into, when it is
// there without the field: for "memory_limit" that is resources. What stands in
// a list stays there: its items have fields of the same names.
func (d *Document) homeOf(key, from string) (pointer string, target *node) {
	for _, f := range fields {
		home, found := strings.CutSuffix(f.pattern, "/"+escapePointer(key))
		if !found || strings.Contains(home+patternOf(from), "*") {
			continue
		}
		if n, _ := d.find(home); n != nil && n.kind == kindObject && n.member(key) == nil {
			return home, n
		}
	}
	return "", nil
}

// moveFix moves the i-th member of n into the object target at pointer.
func (d *Document) moveFix(n *node, i int, target *node, pointer string) Fix {
	m := n.members[i]
	return safeFix(fmt.Sprintf("move %s into %s", quoteShort(m.key), subject(pointer)),
		removeMember(n, i), d.insertMember(target, pointer, m.key, json.RawMessage(d.text(m.value))))
}

// moveHere moves a field into the object target at pointer from another object
// where it has no business.
func (p *project) moveHere(target *node, pointer, key string) (Fix, bool) {
	for _, from := range []string{"", "/resources", "/health_check"} {
		n, _ := p.doc.find(from)
		if n == nil || n.member(key) == nil || slices.Contains(documentedKeys(from), key) || strings.Contains(patternOf(pointer), "*") {
			continue
		}
		i := slices.IndexFunc(n.members, func(m member) bool { return m.key == key })
		return p.doc.moveFix(n, i, target, pointer), true
	}
	return Fix{}, false
}
