package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// refusal sorts what the meta-schema says of one value.
type refusal struct {
	at     placed
	key    string          // the key or index that the value stands at
	wanted map[string]bool // types it takes
	others map[string]bool // further reasons
}

// keywordFixes mend a value that its keyword does not take. The last resort of
// most is to remove the keyword.
func (d *Document) keywordFixes(at placed, reasons []draft7.Failure) []Fix {
	r := refusal{at: at, key: at.path[len(at.path)-1], wanted: map[string]bool{}, others: map[string]bool{}}
	for _, why := range reasons {
		switch why.Keyword {
		case draft7.Type:
			for _, t := range why.Schema.Types {
				r.wanted[t] = true
			}
		case draft7.Enum:
			r.others["type"] = true // the one keyword of fixed words
		case draft7.Minimum:
			r.others["negative"] = true
		case draft7.ExclusiveMinimum:
			r.others["step"] = true
		case draft7.UniqueItems:
			r.others["twice"] = true
		case draft7.Format:
			r.others[why.Schema.Format] = true
		}
	}
	var fixes []Fix
	for _, find := range []func(refusal) []Fix{d.typeFixes, d.requiredFixes, d.draft4Fixes, d.writingFixes, d.settingFixes, d.listFixes, d.numberFixes, d.regexFixes} {
		fixes = append(fixes, find(r)...)
	}
	named := len(at.path) > 1 && slices.Contains(schemaMaps, at.path[len(at.path)-2])
	if m := at.owner.member(r.key); m != nil && m.value == at.node && !named && r.key != "type" && slices.Contains(schemaWords, r.key) {
		fixes = append(fixes, riskyFix("remove "+jsonText(r.key), removeKey(at.owner, r.key)))
	}
	return distinctFixes(fixes)
}

// distinctFixes leaves out fixes that say or do what an earlier one does.
func distinctFixes(fixes []Fix) []Fix {
	var list []Fix
	for _, fix := range fixes {
		if !slices.ContainsFunc(list, func(f Fix) bool { return f.Title == fix.Title || slices.Equal(f.Edits, fix.Edits) }) {
			list = append(list, fix)
		}
	}
	return list
}

// typeFixes write a type that is misspelt or called otherwise.
func (d *Document) typeFixes(r refusal) []Fix {
	n := r.at.node
	if !r.others["type"] || n.kind != kindString {
		return nil
	}
	meant := typeMeant(n.text)
	if meant == "" {
		if meant, _ = typeImplied(r.at.owner); meant == "" || meant == "null" {
			return nil
		}
		return []Fix{riskyFix(fmt.Sprintf("write %q", meant), replace(n, meant))}
	}
	fix := safeFix(fmt.Sprintf("write %q", meant), replace(n, meant))
	word := strings.ToLower(n.text)
	fix.Safe = !slices.Contains([]string{"url", "uri", "email", "port"}, word) // they say more than the type
	if (word == "password" || word == "secret") && r.at.owner.kind == kindObject && r.at.owner.member("sensitive") == nil {
		fix.Title = `write "string", and mark it with "sensitive": true`
		fix.Edits = append(fix.Edits, d.insertMember(r.at.owner, pointerTo(r.at.path[:len(r.at.path)-1]), "sensitive", true))
	}
	return []Fix{fix}
}

// requiredFixes move "required": true, as Draft 3 had it, into the list of the
// object around the setting.
func (d *Document) requiredFixes(r refusal) []Fix {
	n, path := r.at.node, r.at.path
	word := strings.ToLower(n.text)
	if r.key != "required" || !r.wanted["array"] || n.kind != kindBool && (n.kind != kindString || word != "true" && word != "false") {
		return nil
	}
	remove := removeKey(r.at.owner, "required")
	if word == "false" {
		return []Fix{safeFix(`remove "required": false, which is so without it`, remove)}
	}
	if len(path) < 4 || path[len(path)-3] != "properties" {
		return nil
	}
	name, outer := path[len(path)-2], pointerTo(path[:len(path)-3])
	parent, _ := d.find(outer)
	if outer == "" || parent == nil || parent.kind != kindObject {
		return nil
	}
	title := "move it to the list of the object around it"
	list := parent.get("required")
	switch {
	case list == nil:
		return []Fix{safeFix(title, remove, d.insertMember(parent, outer, "required", []any{name}))}
	case list.kind != kindArray:
		return nil
	case slices.ContainsFunc(list.items, func(item *node) bool { return item.text == name && item.kind == kindString }):
		return []Fix{safeFix("remove it: the list of the object around it has the setting", remove)}
	case len(list.items) == 0:
		return []Fix{safeFix(title, remove, replace(list, []any{name}))}
	}
	end := list.items[len(list.items)-1].end
	return []Fix{safeFix(title, remove, edit(end, end, ", "+jsonText(name)))}
}

// draft4Fixes write "exclusiveMinimum": true beside a minimum, as Draft 4 had
// it, as the bound itself.
func (d *Document) draft4Fixes(r refusal) []Fix {
	n, owner := r.at.node, r.at.owner
	bound, exclusive := strings.CutPrefix(r.key, "exclusive")
	if !exclusive || n.kind != kindBool || owner.kind != kindObject {
		return nil
	}
	bound = strings.ToLower(bound)
	if n.text == "false" {
		return []Fix{safeFix(fmt.Sprintf("remove \"%s\": false, which is so without it", r.key), removeKey(owner, r.key))}
	}
	m := owner.member(bound)
	if m == nil || m.value.kind != kindNumber {
		return nil
	}
	return []Fix{safeFix(fmt.Sprintf("write %q: %s", r.key, m.value.text), m.rename(r.key), removeKey(owner, r.key))}
}

// writingFixes write the same value as the type that is taken: 60 for "60",
// true for "true", text for a number.
func (d *Document) writingFixes(r refusal) []Fix {
	n := r.at.node
	text := strings.TrimSpace(n.text)
	lower := strings.ToLower(text)
	switch {
	case n.kind == kindString && (r.wanted["number"] || r.wanted["integer"] && isWholeNumber(text)) && isJSONNumber(text):
		return []Fix{safeFix("write "+text, replace(n, json.RawMessage(text)))}
	case n.kind == kindString && r.wanted["boolean"] && (lower == "true" || lower == "false"):
		return []Fix{safeFix("write "+lower, replace(n, json.RawMessage(lower)))}
	case (n.kind == kindNumber || n.kind == kindBool) && r.wanted["string"]:
		return []Fix{safeFix("write "+jsonText(n.text), replace(n, n.text))}
	case n.kind == kindNumber && r.wanted["integer"]:
		whole, _, _ := strings.Cut(n.text, ".")
		return []Fix{riskyFix("write "+whole, replace(n, json.RawMessage(whole)))}
	}
	return nil
}

// settingFixes write a setting that is given as its type or its default alone,
// or by its name in a list, as a schema.
func (d *Document) settingFixes(r refusal) []Fix {
	n, path := r.at.node, r.at.path
	inProperties := len(path) > 2 && path[len(path)-2] == "properties"
	switch {
	case r.key == "properties" && r.wanted["object"] && n.kind == kindArray && len(n.items) > 0:
		object := keyed{}
		for _, item := range n.items {
			if item.kind != kindString || len(object) >= maxSettings {
				return nil
			}
			object = append(object, keyedValue{item.text, json.RawMessage(`{ "type": "string" }`)})
		}
		m := r.at.owner.member("properties")
		return []Fix{riskyFix("write each name as a setting that is text", edit(n.start, n.end, d.jsonBlock(object, d.indentAt(m.keyStart))))}
	case !inProperties || !r.wanted["object"]:
		return nil
	case n.kind == kindString && typeMeant(n.text) != "":
		schema := jsonText(keyed{{"type", typeMeant(n.text)}})
		fix := Fix{Title: "write " + schema, Safe: !slices.Contains(schemaWords, r.key), Edits: []Edit{replace(n, json.RawMessage(schema))}}
		return []Fix{fix}
	case n.kind == kindString || n.kind == kindNumber:
		name, _ := typeOfValue(n)
		schema := jsonText(keyed{{"type", name}, {"default", json.RawMessage(d.text(n))}})
		return []Fix{riskyFix("write "+shorten(schema, 80), replace(n, json.RawMessage(schema)))}
	}
	return nil
}

// listFixes put a single value into a list, and take values out that stand in
// it twice.
func (d *Document) listFixes(r refusal) []Fix {
	n := r.at.node
	if r.others["twice"] && n.kind == kindArray {
		var once []any
		seen := map[string]bool{}
		for _, item := range n.items {
			if text := jsonText(item.toAny()); !seen[text] {
				seen[text] = true
				once = append(once, json.RawMessage(d.text(item)))
			}
		}
		return []Fix{safeFix("write each value once", replace(n, once))}
	}
	isFlag := n.kind == kindBool || n.text == "true" || n.text == "false"
	if !r.wanted["array"] || r.others["type"] || n.kind == kindObject || n.kind == kindArray || n.kind == kindNull || r.key == "required" && isFlag {
		return nil
	}
	text := "[" + d.text(n) + "]"
	several := strings.ContainsAny(n.text, ",;|")
	fixes := []Fix{{Title: "write " + shorten(text, 60), Safe: !several, Edits: []Edit{replace(n, json.RawMessage(text))}}}
	if several {
		var parts []any
		for _, part := range strings.FieldsFunc(n.text, func(c rune) bool { return strings.ContainsRune(",;|", c) }) {
			parts = append(parts, strings.TrimSpace(part))
		}
		fixes = slices.Insert(fixes, 0, riskyFix("write "+shorten(jsonText(parts), 60), replace(n, parts)))
	}
	return fixes
}

// numberFixes write a length or a step that is none.
func (d *Document) numberFixes(r refusal) []Fix {
	n := r.at.node
	switch {
	case r.others["negative"] && strings.HasPrefix(r.key, "min"):
		return []Fix{safeFix("write 0", replace(n, 0))}
	case r.others["negative"]: // some write -1 for no limit
		return []Fix{riskyFix("remove "+jsonText(r.key), removeKey(r.at.owner, r.key)), riskyFix("write 0", replace(n, 0))}
	case r.others["step"] && strings.HasPrefix(n.text, "-"):
		return []Fix{riskyFix("write "+n.text[1:], replace(n, json.RawMessage(n.text[1:])))}
	}
	return nil
}

// regexFixes close what a regular expression leaves open.
func (d *Document) regexFixes(r refusal) []Fix {
	if !r.others["regex"] {
		return nil
	}
	return patternFixes(r.at.node.text, func(pattern string) Edit { return replace(r.at.node, pattern) })
}

// patternFixes are the regular expressions that a broken one most likely means:
// closed, or what the shell's * stands for.
func patternFixes(pattern string, write func(string) Edit) []Fix {
	var fixes []Fix
	for _, candidate := range []string{
		pattern + ")", pattern + "]", strings.TrimSuffix(pattern, ")"), strings.TrimSuffix(pattern, `\`), strings.ReplaceAll(pattern, "*", ".*"),
	} {
		if candidate != pattern && len(pattern) < 200 && patternProblem(candidate) == nil {
			fixes = append(fixes, riskyFix("write "+jsonText(candidate), write(candidate)))
		}
	}
	return fixes
}

// refFixes are the definitions that a reference which leads nowhere may mean:
// the same name written as a reference, or a name that is near.
func (d *Document) refFixes(n *node) []Fix {
	path, name := "", n.text
	if i := strings.LastIndexAny(n.text, "/#"); i >= 0 {
		path, name = n.text[:i], n.text[i+1:]
	}
	outside := path != "" && !strings.HasPrefix(path, "#") && !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "definitions") && !strings.HasPrefix(path, "$defs")
	var fixes []Fix
	for _, holder := range []string{"definitions", "$defs", "properties"} {
		schemas, _ := d.find("/settings_schema/" + holder)
		if schemas == nil || len(schemas.members) == 0 {
			continue
		}
		var names []string
		for _, m := range schemas.members[:min(len(schemas.members), 100)] {
			names = append(names, m.key)
		}
		switch near := nearest(name, names); {
		case slices.Contains(names, unescapePointer(name)):
			ref := "#/" + holder + "/" + name
			fix := Fix{Title: "write " + jsonText(ref), Safe: !outside && holder != "properties", Edits: []Edit{replace(n, ref)}}
			fixes = slices.Insert(fixes, 0, fix)
		case near != "" && !outside:
			ref := "#/" + holder + "/" + escapePointer(near)
			fixes = append(fixes, riskyFix("write "+jsonText(ref), replace(n, ref)))
		}
	}
	return fixes
}
