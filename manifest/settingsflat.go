package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// flattenFix writes the members of an object as settings of their own, with
// dotted keys as the specification's example has them ("Plugin settings").
// The service then reads them by other names, so it is for the author to choose.
func (d *Document) flattenFix(s setting) []Fix {
	m := s.member()
	indent := d.indentAt(m.keyStart)
	members, required, ok := d.flatten(s.key, s.node, indent, 0)
	if !ok || len(members) == 0 {
		return nil
	}
	separator := ", "
	if own := d.data[d.lines[d.line(m.keyStart)-1]:m.keyStart]; strings.TrimSpace(string(own)) == "" {
		separator = "," + d.eol() + indent
	}
	edits := []Edit{edit(m.keyStart, m.value.end, strings.Join(members, separator))}
	if list := s.parent.get("required"); list != nil {
		for i, item := range list.items {
			if item.text != s.key || item.kind != kindString {
				continue
			}
			if len(required) == 0 {
				edits = append(edits, removeItem(list, i))
				continue
			}
			edits = append(edits, edit(item.start, item.end, strings.Join(required, ", ")))
		}
	}
	return []Fix{riskyFix("write its members as settings of their own, with dotted keys", edits...)}
}

// flatten returns the members below an object of settings, with dotted keys,
// and the names of those that it requires. It is not ok when the object says
// more than that.
func (d *Document) flatten(prefix string, n *node, indent string, depth int) (members, required []string, ok bool) {
	for _, m := range n.members {
		if !slices.Contains([]string{"type", "title", "description", "properties", "required", "additionalProperties"}, m.key) {
			return nil, nil, false
		}
	}
	var names []string
	if list := n.get("required"); list != nil {
		for _, item := range list.items {
			names = append(names, item.text)
		}
	}
	properties := n.get("properties")
	if properties == nil || depth > 8 {
		return nil, nil, false
	}
	for _, m := range properties.members {
		key := prefix + "." + m.key
		if types := typesOf(m.value); slices.Equal(types, []string{"object"}) {
			below, inner, ok := d.flatten(key, m.value, indent, depth+1)
			if !ok {
				return nil, nil, false
			}
			members = append(members, below...)
			if slices.Contains(names, m.key) {
				required = append(required, inner...)
			}
			continue
		}
		members = append(members, jsonText(key)+": "+d.valueText(m, indent))
		if slices.Contains(names, m.key) {
			required = append(required, jsonText(key))
		}
	}
	return members, required, len(members) <= maxSettings
}

// simpler are the fixes that write what a keyword says in a way that a form
// can draw: the alternatives "a type or null" as a list of types, constants as
// an enum, and a definition in place of the reference to it.
func (d *Document) simpler(s setting, m *member) []Fix {
	switch m.key {
	case "anyOf", "oneOf":
		if values, name := d.constants(m.value); name != "" && s.node.member("enum") == nil {
			text := `"enum": ` + jsonText(values)
			if s.node.member("type") == nil {
				text = `"type": ` + jsonText(name) + ", " + text
			}
			return []Fix{riskyFix(`write the constants as "enum"`, edit(m.keyStart, m.value.end, text))}
		}
		if alternative := orNull(m.value); alternative != nil && s.node.member("type") == nil {
			return d.inlineFix(s, m, alternative, true)
		}
		var fixes []Fix
		for _, alternative := range m.value.items[:min(len(m.value.items), maxChoices)] {
			if t := alternative.get("type"); t != nil && isSingleType(t.text) {
				for _, fix := range d.inlineFix(s, m, alternative, false) {
					fixes = append(fixes, riskyFix(fmt.Sprintf("write the alternative of the type %s in its place", t.text), fix.Edits...))
				}
			}
		}
		return distinctFixes(fixes)
	case "allOf":
		if len(m.value.items) == 1 {
			return d.inlineFix(s, m, m.value.items[0], false)
		}
	case "$ref":
		return d.inlineFix(s, m, s.node, false)
	}
	return nil
}

// constants returns the values of alternatives that are one constant each, and
// the type that all of them have; "" when they are anything else.
func (d *Document) constants(alternatives *node) (values []any, name string) {
	types := map[string]bool{}
	for _, item := range alternatives.items {
		v := item.get("const")
		if v == nil || v.kind == kindArray || v.kind == kindObject {
			return nil, ""
		}
		values = append(values, json.RawMessage(d.text(v)))
		name, _ = typeOfValue(v)
		types[name] = true
	}
	if len(types) != 1 {
		return nil, ""
	}
	return values, name
}

// orNull returns the other of two alternatives of which one is null.
func orNull(alternatives *node) *node {
	if len(alternatives.items) != 2 {
		return nil
	}
	for i, item := range alternatives.items {
		if t := item.get("type"); t != nil && t.text == "null" && len(item.members) == 1 {
			return alternatives.items[1-i]
		}
	}
	return nil
}

// inlineFix writes the members of a schema, or of the definition it refers to,
// in place of the keyword m of a setting. Draft-07 ignores what stands beside a
// $ref, so only words for the reader may stand there.
func (d *Document) inlineFix(s setting, m *member, from *node, orNull bool) []Fix {
	for range 4 {
		ref := from.get("$ref")
		if ref == nil || ref.kind != kindString {
			break
		}
		if from = d.referred(ref.text); from == nil {
			return nil
		}
	}
	var texts []string
	indent := d.indentAt(m.keyStart)
	for _, inner := range from.members {
		if slices.ContainsFunc(s.node.members, func(own member) bool { return own.key == inner.key }) {
			if inner.key == "title" || inner.key == "description" || inner.key == "default" || inner.key == "examples" {
				continue // the setting's own words count
			}
			return nil
		}
		if t := inner.value; inner.key == "type" && orNull {
			if t.kind != kindString {
				return nil
			}
			texts = append(texts, `"type": `+jsonText([]any{t.text, "null"}))
			continue
		}
		texts = append(texts, d.memberText(inner, indent))
	}
	if len(texts) == 0 {
		return nil
	}
	separator := ", "
	if own := d.data[d.lines[d.line(m.keyStart)-1]:m.keyStart]; strings.TrimSpace(string(own)) == "" {
		separator = "," + d.eol() + indent
	}
	title := "write what it stands for in its place"
	if m.key == "$ref" && slices.ContainsFunc(s.node.members, func(own member) bool {
		return !slices.Contains([]string{"$ref", "title", "description", "default", "examples", "sensitive"}, own.key)
	}) {
		return []Fix{riskyFix(title, edit(m.keyStart, m.value.end, strings.Join(texts, separator)))}
	}
	return []Fix{safeFix(title, edit(m.keyStart, m.value.end, strings.Join(texts, separator)))}
}
