package draft7_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// decoded reads JSON with its numbers as they are written.
func decoded(t testing.TB, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func compile(t testing.TB, schema string) *draft7.Schema {
	t.Helper()
	s, err := draft7.Compile(decoded(t, schema), nil)
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	return s
}

// said writes failures as "place: keyword", those of branches in brackets.
func said(failures []draft7.Failure) string {
	var all []string
	for _, f := range failures {
		text := f.String()
		if f.Property != "" {
			text += " of " + f.Property
		}
		if f.Names != nil {
			text += " " + strings.Join(f.Names, "+")
		}
		for _, branch := range f.Branches {
			text += " [" + said(branch) + "]"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// keywords are schemas, each with a value and what is refused in it.
var keywords = []struct{ schema, value, want string }{
	{`true`, `1`, ``},
	{`{}`, `null`, ``},
	{`false`, `1`, `#: false`},
	{`{"type": "integer"}`, `1.0`, ``},
	{`{"type": "integer"}`, `1e2`, ``},
	{`{"type": "integer"}`, `10e-1`, ``},
	{`{"type": "integer"}`, `1.5`, `#: type`},
	{`{"type": "number"}`, `1`, ``},
	{`{"type": ["null", "string"]}`, `true`, `#: type`},
	{`{"type": "string", "minLength": 3, "enum": ["abc"]}`, `1`, `#: type`},
	{`{"enum": [[1, {"a": 2.0}], null]}`, `[1.0, {"a": 2}]`, ``},
	{`{"enum": [0, false, ""]}`, `null`, `#: enum`},
	{`{"enum": [0]}`, `false`, `#: enum`},
	{`{"const": null}`, `null`, ``},
	{`{"const": 1}`, `1.00`, ``},
	{`{"const": {"a": [1]}}`, `{"a": [1, 1]}`, `#: const`},
	{`{"multipleOf": 0.01}`, `19.99`, ``},
	{`{"multipleOf": 1e-7}`, `12391239123.0000001`, ``},
	{`{"multipleOf": 0.3}`, `1`, `#: multipleOf`},
	{`{"multipleOf": 3}`, `1e400`, `#: multipleOf`},
	{`{"multipleOf": 7e-300}`, `14`, ``},
	{`{"minimum": 0.1}`, `0.1`, ``},
	{`{"minimum": 0.1}`, `0.09999999999999999999999`, `#: minimum`},
	{`{"minimum": -1}`, `-1.5`, `#: minimum`},
	{`{"maximum": 9007199254740992}`, `9007199254740993`, `#: maximum`},
	{`{"maximum": 1e100000000}`, `9e99999999`, ``},
	{`{"maximum": 1e100000000}`, `1.1e100000000`, `#: maximum`},
	{`{"exclusiveMinimum": 0}`, `0.0`, `#: exclusiveMinimum`},
	{`{"exclusiveMinimum": 0}`, `1e-400`, ``},
	{`{"exclusiveMaximum": 2}`, `2`, `#: exclusiveMaximum`},
	{`{"minimum": 3}`, `"a"`, ``},
	{`{"minLength": 2}`, `"é"`, `#: minLength`},
	{`{"minLength": 2, "maxLength": 2}`, `"🦊🦊"`, ``},
	{`{"maxLength": 1.0}`, `"ab"`, `#: maxLength`},
	{`{"maxLength": 1e300}`, `"ab"`, ``},
	{`{"pattern": "b+"}`, `"abba"`, ``},
	{`{"pattern": "^b+$"}`, `"abba"`, `#: pattern`},
	{`{"items": {"type": "null"}}`, `[null, 1, null, 2]`, `#/1: type, #/3: type`},
	{`{"items": [true, false]}`, `[1, 2, 3]`, `#/1: false`},
	{`{"items": [true], "additionalItems": false}`, `[1, 2, 3]`, `#: additionalItems`},
	{`{"items": [true], "additionalItems": {"type": "null"}}`, `[1, 2]`, `#/1: type`},
	{`{"items": {}, "additionalItems": false}`, `[1, 2]`, ``},
	{`{"additionalItems": false}`, `[1, 2]`, ``},
	{`{"minItems": 1}`, `[]`, `#: minItems`},
	{`{"maxItems": 1}`, `[1, 2]`, `#: maxItems`},
	{`{"uniqueItems": true}`, `[1, "1", [1], {"a": 1}, true, null]`, ``},
	{`{"uniqueItems": true}`, `[{"a": 1, "b": [2]}, {"b": [2.0], "a": 1.0}]`, `#: uniqueItems`},
	{`{"uniqueItems": true}`, `["a", "b", "a"]`, `#: uniqueItems`},
	{`{"uniqueItems": true}`, `[["1:a"], ["1", "a"]]`, ``},
	{`{"uniqueItems": false}`, `[1, 1]`, ``},
	{`{"contains": {"type": "null"}}`, `[1, null]`, ``},
	{`{"contains": {"type": "null"}}`, `[1]`, `#: contains [#/0: type]`},
	{`{"contains": {}}`, `[]`, `#: contains`},
	{`{"minProperties": 1}`, `{}`, `#: minProperties`},
	{`{"maxProperties": 1}`, `{"a": 1, "b": 2}`, `#: maxProperties`},
	{`{"required": ["c", "a", "b"]}`, `{"a": 1}`, `#: required c+b`},
	{`{"required": ["a"]}`, `["b"]`, ``},
	{`{"properties": {"a": {"type": "null"}, "b": false}}`, `{"b": 1, "a": 1}`, `#/a: type, #/b: false`},
	{`{"patternProperties": {"^a": {"type": "null"}, "b$": false}}`, `{"ab": 1, "c": 1}`, `#/ab: type, #/ab: false`},
	{`{"properties": {"a": {}}, "patternProperties": {"^b": {}}, "additionalProperties": false}`, `{"d": 1, "a": 1, "b": 1, "c": 1}`, `#: additionalProperties c+d`},
	{`{"properties": {"a": {}}, "additionalProperties": {"type": "null"}}`, `{"a": 1, "b": 1}`, `#/b: type`},
	{`{"dependencies": {"a": ["b", "c"], "d": ["e"]}}`, `{"a": 1, "c": 1}`, `#: dependencies of a b`},
	{`{"dependencies": {"a": {"required": ["b"]}, "c": false}}`, `{"a": 1}`, `#: required b`},
	{`{"propertyNames": {"maxLength": 1}}`, `{"ab": 1, "a": 1}`, `#: propertyNames of ab [#: maxLength]`},
	{`{"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"minimum": 1}}`, `""`, `#: minLength`},
	{`{"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"minimum": 1}}`, `0`, `#: minimum`},
	{`{"then": false, "else": false}`, `0`, ``},
	{`{"if": true, "then": {"minimum": 1}, "else": {"$ref": "#/nothing"}}`, `0`, `#: minimum`},
	{`{"if": false, "else": {"minimum": 1}, "then": {"$ref": "#/nothing"}}`, `0`, `#: minimum`},
	{`{"allOf": [{"minimum": 1}, {"maximum": -1}]}`, `0`, `#: minimum, #: maximum`},
	{`{"anyOf": [{"minimum": 1}, {"type": "string"}]}`, `0`, `#: anyOf [#: minimum] [#: type]`},
	{`{"anyOf": [{"minimum": 1}, {"type": "integer"}]}`, `0`, ``},
	{`{"oneOf": [{"minimum": 1}, {"type": "string"}]}`, `0`, `#: oneOf [#: minimum] [#: type]`},
	{`{"oneOf": [{"minimum": 1}, {"maximum": 1}]}`, `1`, `#: oneOf`},
	{`{"oneOf": [{"minimum": 1}, {"maximum": 0}]}`, `1`, ``},
	{`{"not": {"const": "*"}}`, `"*"`, `#: not`},
	{`{"$ref": "#/definitions/a~1b%25", "type": "null", "definitions": {"a/b%": {"minimum": 1}}}`, `0`, `#: minimum`},
	{`{"properties": {"next": {"$ref": "#"}}, "required": ["id"]}`, `{"id": 1, "next": {"next": {"id": 1}}}`, `#/next: required id`},
	{`{"$id": "http://localhost/a.json", "items": {"$ref": "http://localhost/a.json#/definitions/b"}, "definitions": {"b": false}}`, `[1]`, `#/0: false`},
	{`{"$ref": "http://json-schema.org/draft-07/schema#"}`, `{"type": "none"}`, `#/type: anyOf [#/type: enum] [#/type: type]`},
	{`{"$ref": "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"}`, `-1`, `#: minimum`},
	{`{"format": "date"}`, `"2024-02-30"`, `#: format`},
	{`{"format": "of another kind"}`, `"a"`, ``},
	{`{"title": "a", "default": 1, "contentEncoding": "base64"}`, `"%"`, ``},
}

func TestKeywords(t *testing.T) {
	for _, tt := range keywords {
		t.Run(tt.schema+" "+tt.value, func(t *testing.T) {
			s, v := compile(t, tt.schema), decoded(t, tt.value)
			if got := said(s.Validate(v)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if s.Valid(v) != (tt.want == "") {
				t.Error("Valid and Validate disagree")
			}
			if refused := draft7.Meta(nil).Validate(decoded(t, tt.schema)); refused != nil {
				t.Errorf("the schema is none: %v", refused)
			}
		})
	}
}

func TestBrokenSchemasAreRefusedWithTheirPlace(t *testing.T) {
	for schema, want := range map[string]string{
		`1`:                                    "#: want a schema",
		`{"properties": {"a": []}}`:            "#/properties/a: want a schema",
		`{"type": "text"}`:                     "#/type: want types",
		`{"type": []}`:                         "#/type: want types",
		`{"items": [{"minLength": -1}]}`:       "#/items/0/minLength: want a whole number",
		`{"not": {"maxItems": 1.5}}`:           "#/not/maxItems: want a whole number",
		`{"minimum": "1"}`:                     "#/minimum: want a number",
		`{"multipleOf": 0}`:                    "#/multipleOf: want a number above 0",
		`{"pattern": "("}`:                     "#/pattern: \"(\": error parsing regexp",
		`{"patternProperties": {"[": {}}}`:     "#/patternProperties: \"[\": error parsing regexp",
		`{"required": [1]}`:                    "#/required: want names",
		`{"dependencies": {"a": 1}}`:           "#/dependencies/a: want a schema",
		`{"uniqueItems": 1}`:                   "#/uniqueItems: want true or false",
		`{"$ref": 1}`:                          "#/$ref: want a reference",
		`{"allOf": [{"$ref": "#/a"}]}`:         "#/allOf/0/$ref: #/a leads to nothing",
		`{"$ref": "#/~2"}`:                     "#/$ref: #/~2 leads to nothing",
		`{"$ref": "#name"}`:                    "#/$ref: #name leads to nothing",
		`{"$ref": "other.json"}`:               "#/$ref: other.json is outside the document",
		`{"$ref": "file:///etc/passwd"}`:       "#/$ref: file:///etc/passwd is outside",
		`{"not": {"$id": "http://localhost"}}`: "#/not/$id: http://localhost changes what references are relative to",
	} {
		if _, err := draft7.Compile(decoded(t, schema), nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", schema, err, want)
		}
	}
}

func TestReferencesInCirclesEnd(t *testing.T) {
	for schema, want := range map[string]string{
		`{"$ref": "#"}`: "#: circle",
		`{"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"allOf": [{"$ref": "#/definitions/a"}]}}, "$ref": "#/definitions/a"}`: "#: circle",
		`{"not": {"$ref": "#"}}`: "",
	} {
		if got := said(compile(t, schema).Validate(true)); got != want {
			t.Errorf("%s: %q, want %q", schema, got, want)
		}
	}
}

func TestVeryDeepValuesAreRefused(t *testing.T) {
	s := compile(t, `{"items": {"$ref": "#"}}`)
	var deep any
	for depth := range 100_000 {
		deep = []any{deep}
		if depth == 5_000 && !s.Valid(deep) {
			t.Error("5,000 levels are refused")
		}
	}
	if failures := s.Validate(deep); len(failures) != 1 || failures[0].Keyword != draft7.Circle {
		t.Errorf("%d failures", len(failures))
	}
}

func TestNumbersOfGo(t *testing.T) {
	s := compile(t, `{"type": "number", "minimum": 0.1, "multipleOf": 0.1}`)
	for _, v := range []any{1, int64(7), uint64(1 << 63), 0.3, 1e21, json.Number("0.7")} {
		if failures := s.Validate(v); failures != nil {
			t.Errorf("%v: %v", v, failures)
		}
	}
	var nan float64
	nan /= nan
	for _, v := range []any{nan, json.Number("x"), json.Number("1e99999999999"), json.Number(""), struct{}{}, []string{"a"}} {
		if got := said(s.Validate(v)); got != "#: no value" {
			t.Errorf("%v: %s", v, got)
		}
	}
}

func TestLimitsAreReadFromTheFailure(t *testing.T) {
	s := compile(t, `{"type": ["string", "integer", "null"], "minimum": -12.50, "maxLength": 3, "pattern": "^a", "format": "email"}`)
	if f := s.Validate(true); !slices.Equal(f[0].Schema.Types, []string{"null", "integer", "string"}) {
		t.Errorf("types %v", f[0].Schema.Types)
	}
	f := s.Validate(decoded(t, "-13"))
	if n := f[0].Schema.Minimum; n.Rat().RatString() != "-25/2" || n.Float64() != -12.5 {
		t.Errorf("minimum %v", n)
	}
	if f := s.Validate("b"); f[0].Schema.Format != "email" || f[0].Schema.Pattern != "^a" || *f[0].Schema.MaxLength != 3 {
		t.Errorf("%+v", f[0].Schema)
	}
	if n := compile(t, `{"minimum": 1e2000000}`).Minimum; n.Rat() != nil {
		t.Error("a number of two million digits is written out")
	}
}

// What engine reads is a pattern, in schemas and in the schema of schemas.
func TestTheEngineOfPatternsIsTheCallers(t *testing.T) {
	engine := func(pattern string) (draft7.Matcher, error) {
		if pattern == "bad" {
			return nil, fmt.Errorf("it is bad")
		}
		return contains(pattern), nil
	}
	s, err := draft7.Compile(decoded(t, `{"pattern": "(?=", "format": "regex", "patternProperties": {"[": false}}`), engine)
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{`"a(?=b"`: "", `"a"`: "#: pattern", `"bad"`: "#: format", `{"a[": 1}`: "#/a[: false"} {
		if got := said(s.Validate(decoded(t, value))); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if got := said(draft7.Meta(engine).Validate(decoded(t, `{"pattern": "(?=", "items": {"pattern": "bad"}}`))); !strings.Contains(got, "#/items/pattern: format") || strings.Contains(got, "#/pattern") {
		t.Error(got)
	}
}

// contains is a pattern that texts hold as it is.
type contains string

func (c contains) MatchString(text string) bool { return strings.Contains(text, string(c)) }

func TestASchemaServesManyAtOnce(t *testing.T) {
	s := compile(t, `{"items": {"anyOf": [{"format": "uuid"}, {"format": "email"}, {"$ref": "#"}]}}`)
	v := decoded(t, `["a@b.c", ["x"], "550e8400-e29b-41d4-a716-446655440000"]`)
	want := said(s.Validate(v))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if got := said(s.Validate(v)); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
		})
	}
	wait.Wait()
}
