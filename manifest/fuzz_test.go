package manifest

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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

// FuzzFixes holds the fixes of any text to their promises: each applies inside
// the file and mends a finding of its rule, and repairing ends where nothing is
// left to repair.
func FuzzFixes(f *testing.F) {
	seed(f)
	base := complete(f)
	for _, group := range corpus {
		for _, d := range group {
			f.Add([]byte(strings.Replace(base, d.old, d.new, 1)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		t.Parallel()
		if len(data) > 8<<10 {
			return // the many trials of a large file say no more than those of a small one
		}
		fsys := plugin(string(data))
		p := evaluate(newFiles(fsys))
		before := p.count(0)
		for _, finding := range Check(fsys, Options{}).Findings {
			for _, fix := range finding.Fixes {
				for _, e := range fix.Edits {
					if e.File == FileName && (e.Start < 0 || e.End < e.Start || e.End > len(data)) {
						t.Fatalf("%q: the fix %+v lies outside", data, fix)
					}
				}
				p.budget = trialBudget
				q := p.after(fix, finding.Rule)
				if q == nil {
					t.Fatalf("%q: the fix %+v does not mend %+v", data, fix, finding)
				}
				if p.unread() == 0 && q.count(0)[finding.Rule] >= before[finding.Rule] {
					t.Fatalf("%q: the fix %+v leaves all of %s", data, fix, finding.Rule)
				}
			}
		}
		for _, risky := range []bool{false, true} {
			once := Repair(fsys, Options{}, risky)
			if len(once.Applied) >= maxRepairs {
				t.Fatalf("%q: repairing does not end", data)
			}
			if len(once.Changes) == 0 {
				continue // a second repair would be the first one again
			}
			after := maps.Clone(fsys)
			for _, c := range once.Changes {
				after[c.File] = &fstest.MapFile{Data: c.After}
			}
			if twice := Repair(after, Options{}, risky); len(twice.Changes) > 0 {
				t.Fatalf("%q: repaired to %q, and then %+v", data, after[FileName].Data, twice.Applied)
			}
		}
	})
}
