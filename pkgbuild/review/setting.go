package review

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Bounds of what is looked at in a schema of settings; no form has more.
const (
	maxSettings = 1000
	maxNesting  = 16
	maxKey      = 200 // bytes of a name; pointers to settings repeat it
)

// Setting is one setting that an admin may edit.
type Setting struct {
	Name      string   `json:"name"`              // with the objects around it: "smtp.password", "hosts[].port"
	Types     []string `json:"types,omitempty"`   // of JSON Schema; none when any value will do
	Title     string   `json:"title,omitempty"`   // as the form shows it
	Default   string   `json:"default,omitempty"` // as JSON; never of a sensitive one
	Allowed   []string `json:"allowed,omitempty"` // the only values, as JSON; never of a sensitive one
	Required  bool     `json:"required"`
	Sensitive bool     `json:"sensitive"`

	pointer string         // JSON Pointer in the manifest
	schema  map[string]any // its keywords
	closed  bool           // the object around it takes no other members
}

// settingsOf lists the settings of a schema by name, those inside objects and
// lists included. What is no schema has none.
func settingsOf(raw json.RawMessage) []Setting {
	root, ok := decode(raw).(map[string]any)
	if !ok {
		return nil
	}
	var all []Setting
	collect(root, "", "/settings_schema", 0, &all)
	return all
}

// decode reads JSON with its numbers as they are written; nil when it is none.
func decode(raw json.RawMessage) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// collect appends the settings below a schema.
func collect(schema map[string]any, prefix, pointer string, depth int, all *[]Setting) {
	properties, _ := schema["properties"].(map[string]any)
	required := texts(schema["required"])
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		if len(*all) >= maxSettings || depth >= maxNesting {
			return
		}
		if len(key) > maxKey {
			continue
		}
		keywords, _ := properties[key].(map[string]any)
		s := Setting{
			Name: prefix + key, Types: typesOf(keywords), Required: slices.Contains(required, key), Sensitive: keywords["sensitive"] == true,
			pointer: pointer + "/properties/" + pointerEscaper.Replace(key), schema: keywords, closed: schema["additionalProperties"] == false,
		}
		s.Title, _ = keywords["title"].(string)
		if value, given := keywords["default"]; given && !s.Sensitive {
			s.Default = jsonText(value)
		}
		if values, isList := keywords["enum"].([]any); isList && !s.Sensitive {
			for _, v := range values {
				s.Allowed = append(s.Allowed, jsonText(v))
			}
		}
		*all = append(*all, s)
		collect(keywords, s.Name+".", s.pointer, depth+1, all)
		if items, isSchema := keywords["items"].(map[string]any); isSchema {
			collectItems(items, s, depth+1, all)
		}
	}
}

// collectItems appends what a list's values are, as a setting of their own.
func collectItems(items map[string]any, list Setting, depth int, all *[]Setting) {
	if len(*all) >= maxSettings || depth >= maxNesting {
		return
	}
	s := Setting{Name: list.Name + "[]", Types: typesOf(items), Sensitive: items["sensitive"] == true, pointer: list.pointer + "/items", schema: items}
	*all = append(*all, s)
	collect(items, s.Name+".", s.pointer, depth+1, all)
	if below, isSchema := items["items"].(map[string]any); isSchema {
		collectItems(below, s, depth+1, all)
	}
}

// typesOf returns the types that a schema names; nil when it names none.
func typesOf(schema map[string]any) []string {
	if name, ok := schema["type"].(string); ok {
		return []string{name}
	}
	return texts(schema["type"])
}

// texts returns the texts of a list; nil when it is none.
func texts(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// jsonText writes a value as JSON with its text as it is.
func jsonText(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// pointerEscaper writes a key as a token of a JSON Pointer (RFC 6901).
var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")
