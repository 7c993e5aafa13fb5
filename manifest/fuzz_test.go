package manifest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"
)

// beyondJSON are the rules that refuse what the grammar of JSON allows.
var beyondJSON = []string{ruleEncoding, ruleDuplicateKey, ruleEscape, ruleNumber, ruleTooDeep, ruleTooMany, ruleTooLarge}

func seed(f *testing.F) {
	base := complete(f)
	f.Add([]byte(base))
	for _, group := range corpus {
		for _, d := range group {
			f.Add([]byte(d.old))
			f.Add([]byte(`{` + d.new + `}`))
		}
	}
	for _, text := range []string{"", "{", "[[[", `{"a":`, `{"a":1e999999999}`, `"\u12`, "\ufeff{}", "{}\x00", "\xff", `{"port":8080.0}`, `{"a":1,"a":2}`, "/*", "//"} {
		f.Add([]byte(text))
	}
	for _, schema := range []string{`{"type":"nonsense"}`, `{"$ref":"#/a~1"}`, `{"patternProperties":{"(":[]},"items":[{"$id":"a"}]}`} {
		f.Add([]byte(`{"settings_schema":` + schema + `,"image":"UPPER@:1\u0000"}`))
	}
}

// FuzzParse holds the parser against encoding/json: what it takes is JSON, and
// of JSON it refuses only what one of beyondJSON names.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Index(data)
		if len(d.issues) == 0 && !json.Valid(data) {
			t.Fatalf("%q is not JSON, but nothing was found", data)
		}
		if json.Valid(data) {
			for _, i := range d.issues {
				if !slices.Contains(beyondJSON, i.rule) {
					t.Fatalf("%q is JSON, but %+v was found", data, i)
				}
			}
		}
		for _, i := range d.issues {
			if i.offset > len(data) || i.message == "" || !utf8.ValidString(i.message) {
				t.Fatalf("%q: issue %+v", data, i)
			}
		}
		m, err := Parse(data)
		var e *ParseError
		if (m == nil) == (err == nil) || err != nil && !errors.As(err, &e) {
			t.Fatalf("%q: %v, %v", data, m, err)
		}
		if err == nil {
			var v struct{ Author any }
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatalf("%q: %v", data, err)
			}
		}
	})
}

// FuzzCheck holds Check to its promises on any text, and the Go rules against
// the schema: a manifest without errors is one the schema takes.
func FuzzCheck(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := Check(plugin(string(data)), Options{})
		if len(r.Checks) != 8 || r.Score.Total != 8 || r.OK != (r.Errors() == 0) {
			t.Fatalf("%q: %+v", data, r)
		}
		for _, finding := range r.Findings {
			s, known := r.Document.Locate(finding.Pointer)
			if finding.Line < 0 || finding.Message == "" || finding.Fixes == nil || known && s.End > len(data) {
				t.Fatalf("%q: %+v", data, finding)
			}
		}
		if r.Manifest != nil && r.Errors() == 0 {
			if NameProblem(r.Manifest.Name) != "" || !IsVersion(r.Manifest.Version) {
				t.Fatalf("%q: the name or version is refused by the Go rules only", data)
			}
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			if err := schema().compiled.Validate(v); err != nil {
				t.Fatalf("%q: %v", data, err)
			}
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
