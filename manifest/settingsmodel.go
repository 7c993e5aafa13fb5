package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// maxSettings bounds how many settings are judged; no form has more.
const maxSettings = 1000

// setting is one entry of an object of settings.
type setting struct {
	key    string
	node   *node    // its schema; of any kind, as the author wrote it
	path   []string // to node, from the manifest's root
	owner  *node    // the object whose member it is: properties
	index  int      // among the owner's members
	parent *node    // the schema that the owner belongs to
	top    bool     // a field of the form, not one inside another setting
}

// member returns key and value.
func (s setting) member() member { return s.owner.members[s.index] }

// at returns the pointer to a keyword of the setting.
func (s setting) at(keyword ...string) string {
	return pointerTo(slices.Concat(s.path, keyword))
}

// name names the setting in a sentence.
func (s setting) name() string { return wholePath(s.path) }

// settingsIn lists the settings of settings_schema, those inside others
// behind the one that holds them. A map of settings that lacks the object
// around it counts as settings, too: see rootIssues.
func settingsIn(root *node) []setting {
	var list []setting
	var collect func(parent, owner *node, path []string, top bool)
	collect = func(parent, owner *node, path []string, top bool) {
		if owner == nil || owner.kind != kindObject {
			return
		}
		for i, m := range owner.members {
			if owner == root && !isBareSetting(m) {
				continue
			}
			if len(list) >= maxSettings {
				return
			}
			s := setting{key: m.key, node: m.value, path: append(slices.Clip(path), m.key), owner: owner, index: i, parent: parent, top: top}
			list = append(list, s)
			collect(m.value, m.value.get("properties"), append(slices.Clip(s.path), "properties"), false)
			if items := m.value.get("items"); items != nil {
				collect(items, items.get("properties"), append(slices.Clip(s.path), "items", "properties"), false)
			}
		}
	}
	path := []string{"settings_schema"}
	if root.member("properties") == nil {
		collect(root, root, path, true)
		return list
	}
	collect(root, root.get("properties"), append(path, "properties"), true)
	return list
}

// schemaWords are those of JSON Schema Draft-07 and the ones that later drafts
// and forms add.
var schemaWords = []string{
	"$anchor", "$comment", "$defs", "$id", "$ref", "$schema", "additionalItems", "additionalProperties", "allOf", "anyOf", "const", "contains", "contentEncoding",
	"contentMediaType", "default", "definitions", "dependencies", "dependentRequired", "dependentSchemas", "deprecated", "description", "else", "enum", "examples",
	"exclusiveMaximum", "exclusiveMinimum", "format", "if", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties",
	"minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties", "prefixItems", "properties", "propertyNames", "readOnly", "required", "sensitive",
	"then", "title", "type", "unevaluatedProperties", "uniqueItems", "writeOnly",
}

// isBareSetting says whether a member of settings_schema itself is a setting
// that belongs into properties.
func isBareSetting(m member) bool {
	return !slices.Contains(schemaWords, m.key) && describesValue(m.value)
}

// describesValue says whether n looks like the schema of one value.
func describesValue(n *node) bool {
	for _, keyword := range []string{"type", "enum", "const", "$ref", "default", "anyOf", "oneOf"} {
		if n.member(keyword) != nil {
			return true
		}
	}
	return false
}

// typeAliases are what other languages call the types of JSON Schema.
var typeAliases = map[string]string{
	"str": "string", "text": "string", "char": "string", "varchar": "string", "password": "string", "secret": "string", "url": "string", "uri": "string", "email": "string",
	"int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "uint": "integer", "port": "integer",
	"float": "number", "double": "number", "decimal": "number", "num": "number", "numeric": "number", "real": "number", "float64": "number",
	"bool": "boolean", "checkbox": "boolean", "switch": "boolean", "list": "array", "tuple": "array", "slice": "array", "dict": "object", "map": "object", "hash": "object",
	"none": "null", "nil": "null",
}

// typeMeant returns the type that a word stands for; "" when it is none.
func typeMeant(word string) string {
	if alias := typeAliases[strings.ToLower(word)]; alias != "" {
		return alias
	}
	return nearest(word, schemaTypes)
}

// typesOf returns the types that a schema names, misspelt ones as they were
// meant; nil when it names none.
func typesOf(n *node) []string {
	t := n.get("type")
	if t == nil {
		return nil
	}
	words := []*node{t}
	if t.kind == kindArray {
		words = t.items
	}
	var types []string
	for _, word := range words {
		if meant := typeMeant(word.text); word.kind == kindString && meant != "" {
			types = append(types, meant)
		}
	}
	return types
}

// typeImplied returns the type that a schema without one tells by its other
// keywords, and whether that is the only one they leave.
func typeImplied(n *node) (name string, certain bool) {
	for _, keyword := range []string{"const", "default"} {
		if v := n.get(keyword); v != nil && v.kind != kindNull {
			return typeOfValue(v)
		}
	}
	if list := n.get("enum"); list != nil && len(list.items) > 0 {
		name, certain = typeOfValue(list.items[0])
		for _, item := range list.items[1:] {
			if other, _ := typeOfValue(item); other != name {
				return "", false
			}
		}
		return name, certain || name == "integer"
	}
	for _, hint := range []struct {
		keywords []string
		name     string
		certain  bool
	}{
		{[]string{"properties", "patternProperties", "minProperties", "maxProperties"}, "object", true},
		{[]string{"items", "minItems", "maxItems", "uniqueItems"}, "array", true},
		{[]string{"pattern", "minLength", "maxLength", "format", "sensitive"}, "string", true},
		{[]string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}, "integer", false},
	} {
		if slices.ContainsFunc(hint.keywords, func(k string) bool { return n.member(k) != nil }) {
			return hint.name, hint.certain
		}
	}
	return "", false
}

// typeOfValue returns the type of a value. A whole number may stand for a
// number, too.
func typeOfValue(n *node) (name string, certain bool) {
	switch n.kind {
	case kindBool:
		return "boolean", true
	case kindNumber:
		if isWholeNumber(n.text) {
			return "integer", false
		}
		return "number", true
	case kindString:
		return "string", true
	case kindArray:
		return "array", true
	case kindObject:
		return "object", true
	}
	return "null", false
}

// isWholeNumber says whether a number is written without point and exponent.
func isWholeNumber(number string) bool {
	_, err := strconv.ParseInt(number, 10, 64)
	return err == nil
}

// isTextSetting says whether the value of a setting is text.
func isTextSetting(n *node) bool {
	types := slices.DeleteFunc(typesOf(n), func(t string) bool { return t == "null" })
	if len(types) == 0 && n.member("type") == nil {
		name, _ := typeImplied(n)
		return name == "string"
	}
	return len(types) == 1 && types[0] == "string"
}

// insertFirst adds a member in front of those of an object that has some,
// written as they are.
func (d *Document) insertFirst(n *node, key string, value any) Edit {
	at := n.members[0].keyStart
	gap := " "
	if own := d.data[d.lines[d.line(at)-1]:at]; strings.TrimSpace(string(own)) == "" {
		gap = d.eol() + d.indentAt(at)
	}
	return edit(at, at, jsonText(key)+": "+d.jsonBlock(value, d.indentAt(at))+","+gap)
}
