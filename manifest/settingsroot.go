package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// rootIssues judges the top level of settings_schema: the form is drawn from
// the properties of an object ("Plugin settings").
func (d *Document) rootIssues(root *node) []issue {
	properties, t := root.get("properties"), root.get("type")
	types := typesOf(root)
	at := issue{
		rule: ruleSettingsRoot, offset: root.start, end: root.start + 1, pointer: "/settings_schema", allowed: `"type": "object" and properties, with a member for each setting`,
	}
	switch {
	case properties == nil && formKeyword(root) != nil:
		return nil // a form cannot draw it: see formIssues
	case properties != nil && properties.kind != kindObject, t != nil && len(types) == 0:
		return nil // it is no JSON Schema
	case t != nil && !slices.Contains(types, "object"):
		at.offset, at.end, at.pointer, at.found = t.start, t.end, "/settings_schema/type", d.found(t)
		at.message = fmt.Sprintf("settings_schema.type is %s, but the settings are an object; write \"object\"", describe(t))
		at.fixes = []Fix{riskyFix(`write "type": "object"`, replace(t, "object"))}
	case properties == nil:
		at.message, at.fixes = d.withoutProperties(root)
	case t == nil:
		at.message = `settings_schema has no type, where the settings are the members of an object; write "type": "object"`
		at.fixes = []Fix{safeFix(`write "type": "object"`, d.insertFirst(root, "type", "object"))}
	default:
		return nil
	}
	return []issue{at}
}

// withoutProperties says what is wrong with a settings_schema that has none.
func (d *Document) withoutProperties(root *node) (message string, fixes []Fix) {
	if fixes := d.wrapFix(root); fixes != nil {
		return "settings_schema names its settings at its top, where JSON Schema ignores them and no form shows them; put them into properties", fixes
	}
	remove := riskyFix("remove settings_schema", removeKey(d.root, "settings_schema"))
	if len(root.members) == 0 {
		return "settings_schema is empty, so that it describes no setting; describe the settings in properties, or remove it", []Fix{remove}
	}
	if len(typesOf(root)) == 0 {
		return "settings_schema has no properties, so that it describes no setting; describe the settings in properties, or remove it", []Fix{remove}
	}
	insert := riskyFix(`write "properties": {}`, d.insertMember(root, "/settings_schema", "properties", json.RawMessage("{}")))
	return "settings_schema has no properties, so that it describes no setting; describe the settings in properties, or remove it", []Fix{remove, insert}
}

// wrapFix puts settings that stand at the top of settings_schema into
// properties; none when not all of them are known to be settings.
func (d *Document) wrapFix(root *node) []Fix {
	var kept, settings []string
	oneLine := d.line(root.start) == d.line(root.end)
	eol, outer := d.eol(), d.indentAt(root.start)
	unit := d.indentUnit()
	for _, m := range root.members {
		indent := outer + unit
		switch {
		case m.key == "type": // it comes first
		case slices.Contains(schemaWords, m.key):
			kept = append(kept, d.memberText(m, indent))
		case isBareSetting(m):
			settings = append(settings, d.memberText(m, indent+unit))
		default:
			return nil
		}
	}
	if len(settings) == 0 || root.member("properties") != nil {
		return nil
	}
	kept = slices.Insert(kept, 0, `"type": "object"`)
	text := "{ " + strings.Join(kept, ", ") + `, "properties": { ` + strings.Join(settings, ", ") + " } }"
	if !oneLine {
		inner := eol + outer + unit
		text = "{" + inner + strings.Join(kept, ","+inner) + "," + inner + `"properties": {` + inner + unit +
			strings.Join(settings, ","+inner+unit) + inner + "}" + eol + outer + "}"
	}
	return []Fix{safeFix("put the settings into properties", edit(root.start, root.end, text))}
}

// memberText is a member as the file has it, for a line with that indentation.
func (d *Document) memberText(m member, indent string) string {
	return d.keyText(m) + ": " + d.valueText(m, indent)
}

// keyText is a key as the file has it.
func (d *Document) keyText(m member) string { return string(d.data[m.keyStart:m.keyEnd]) }

// valueText is the value of a member as the file has it, its lines indented
// from indent instead of from where the member's line is.
func (d *Document) valueText(m member, indent string) string {
	old := d.indentAt(m.keyStart)
	lines := strings.SplitAfter(d.text(m.value), "\n")
	for i, line := range lines[1:] {
		if rest, ok := strings.CutPrefix(line, old); ok {
			lines[1+i] = indent + rest
		}
	}
	return strings.Join(lines, "")
}
