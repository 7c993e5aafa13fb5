package draft7_test

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// generator makes schemas and values out of few names and values, so that they
// meet.
type generator struct{ *rand.Rand }

func pick[T any](g generator, list ...T) T { return list[g.IntN(len(list))] }

func (g generator) name() string { return pick(g, "a", "b", "c", "ab", "é") }

func (g generator) text() any {
	return pick(g, "", "a", "b", "ab", "é", "abc", "1", "2024-01-01", "a@b.c", "http://a/b", "{", "::1", "1.2.3.4")
}

func (g generator) number() any {
	return pick[any](g, 0, 1, int64(2), 3.0, 0.5, -1.5, json.Number("1.0"), json.Number("2e0"), json.Number("10"), json.Number("0.30"), json.Number("-0.0"), 1e21)
}

// value returns a value of JSON, depth levels deep at most.
func (g generator) value(depth int) any {
	n := g.IntN(14)
	switch {
	case n < 1:
		return nil
	case n < 2:
		return g.IntN(2) == 0
	case n < 5:
		return g.number()
	case n < 8 || depth == 0:
		return g.text()
	case n < 11:
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.value(depth - 1)
		}
		if g.IntN(20) == 0 { // a long one
			for i := range 25 {
				list = append(list, i)
			}
		}
		return list
	}
	object := map[string]any{}
	for range g.IntN(4) {
		object[g.name()] = g.value(depth - 1)
	}
	return object
}

// document returns a schema with definitions that it may refer to.
func (g generator) document() any {
	s, ok := g.schema(3).(map[string]any)
	if !ok {
		return true
	}
	definitions := map[string]any{}
	for _, name := range []string{"a", "b", "a/b"} {
		definitions[name] = g.schema(2)
	}
	s["definitions"] = definitions
	if g.IntN(12) == 0 { // one value anywhere is another
		g.spoil(s)
	}
	return s
}

// spoil puts a value where it most often does not belong.
func (g generator) spoil(s map[string]any) {
	keywords := []string{
		"type", "enum", "multipleOf", "minimum", "maxLength", "minItems", "pattern", "format", "items", "additionalItems", "uniqueItems", "contains", "required",
		"properties", "patternProperties", "additionalProperties", "dependencies", "propertyNames", "if", "allOf", "anyOf", "oneOf", "not", "$ref", "title", "examples",
	}
	s[pick(g, keywords...)] = pick[any](g, 5, -1, 0.5, "nonsense", "(", []any{}, []any{1}, []any{"a", "a"}, []any{true}, map[string]any{"a": 1}, map[string]any{"(": true}, nil, true)
	alone(s)
}

// schema returns a schema of a few keywords.
func (g generator) schema(depth int) any {
	if n := g.IntN(16); n < 2 {
		return n == 0
	}
	s := map[string]any{}
	for range 1 + g.IntN(4) {
		if depth == 0 || g.IntN(3) == 0 {
			g.plain(s)
		} else {
			g.nested(s, depth-1)
		}
	}
	if g.IntN(16) == 0 {
		s["$ref"] = pick(g, "#", "#/definitions/a", "#/definitions/b", "#/definitions/a~1b", "#/definitions/a", "#/definitions/b", draft7.MetaURL+"#")
		if g.IntN(12) == 0 { // most often to nothing
			s["$ref"] = pick(g, "#/properties/a", "#/definitions/a%2Fb", "#/additionalItems")
		}
	}
	return alone(s)
}

// alone takes from a schema with $ref what the oracle, as opposed to the draft,
// reads beside it.
func alone(s map[string]any) map[string]any {
	if _, ok := s["$ref"].(string); ok {
		for _, keyword := range besideRef {
			delete(s, keyword)
		}
	}
	return s
}

var besideRef = []string{"const", "contains", "propertyNames", "if"}

// plain adds a keyword that holds no schema.
func (g generator) plain(s map[string]any) {
	types := []string{"null", "boolean", "number", "integer", "string", "array", "object"}
	switch g.IntN(12) {
	case 0:
		s["type"] = pick(g, types...)
	case 1:
		n := g.IntN(5)
		s["type"] = []any{types[n], types[n+1+g.IntN(2)]}
	case 2:
		s["enum"] = []any{g.value(1), []any{g.value(0)}, map[string]any{g.name(): g.value(0)}, pick[any](g, nil, true, 2)}
	case 3:
		s["const"] = g.value(1)
	case 4:
		s["multipleOf"] = pick[any](g, 1, 0.5, json.Number("0.1"), 3)
	case 5:
		s[pick(g, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")] = g.number()
	case 6:
		s[pick(g, "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")] = pick[any](g, 0, 1, 2, 3.0)
	case 7:
		s["pattern"] = pick(g, "a", "^a", "^[a-z]*$", "é", "^$")
	case 8:
		s["format"] = pick(g, "regex", "uri", "uri-reference", "date", "email", "ipv6", "hostname", "json-pointer", "unknown")
	case 9:
		s["uniqueItems"] = g.IntN(4) > 0
	case 10:
		s["required"] = pick(g, []any{"a"}, []any{"b", "a"}, []any{})
	case 11:
		s["dependencies"] = map[string]any{g.name(): []any{"c", "b"}}
	}
}

// nested adds a keyword that holds schemas.
func (g generator) nested(s map[string]any, depth int) {
	one := func() any { return g.schema(depth) }
	list := func() []any {
		all := []any{one()}
		for range g.IntN(3) {
			all = append(all, one())
		}
		return all
	}
	named := func(name func() string) map[string]any {
		all := map[string]any{}
		for range 1 + g.IntN(3) {
			all[name()] = one()
		}
		return all
	}
	switch g.IntN(12) {
	case 0:
		s["items"] = one()
	case 1:
		s["items"], s["additionalItems"] = list(), one()
	case 2:
		s["contains"] = one()
	case 3, 4:
		s["properties"] = named(g.name)
	case 5:
		s["patternProperties"] = named(func() string { return pick(g, "a", "^b", "c$", ".") })
	case 6:
		s["additionalProperties"] = one()
	case 7:
		s["dependencies"] = named(g.name)
	case 8:
		s["propertyNames"] = one()
	case 9:
		s["if"], s["then"], s["else"] = one(), one(), one()
	case 10:
		s[pick(g, "allOf", "anyOf", "oneOf")] = list()
	case 11:
		s["not"] = one()
	}
	if g.IntN(20) == 0 {
		s["x"+strconv.Itoa(g.IntN(9))] = one() // no keyword
	}
}
