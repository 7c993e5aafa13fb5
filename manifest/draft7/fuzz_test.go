package draft7_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// FuzzDraft7 compares verdicts with the oracle's on any schema and value. Left
// out is where the two differ on purpose, as incomparable says.
func FuzzDraft7(f *testing.F) {
	g := generator{rand.New(rand.NewPCG(1, 7))}
	for range 200 {
		schema, _ := json.Marshal(g.document())
		value, _ := json.Marshal(g.value(3))
		f.Add(schema, value)
	}
	f.Fuzz(func(t *testing.T, schema, value []byte) {
		doc, ok := read(schema)
		v, also := read(value)
		if !ok || !also || incomparable(doc) || unusual(v) {
			return
		}
		ours, ourProblem := draft7.Compile(doc, nil)
		theirs, problem := oracle(doc)
		taken := draft7.Meta(nil).Valid(doc)
		if !taken && problem == nil {
			t.Fatalf("%s is no schema, the oracle takes it", schema)
		}
		if taken && (ourProblem == nil) != (problem == nil) {
			t.Fatalf("%s compiles with %v, the oracle's with %v", schema, ourProblem, problem)
		}
		if ourProblem != nil || problem != nil {
			return
		}
		failures, err := ours.Validate(v), theirs.Validate(v)
		if (failures == nil) != (err == nil) || ours.Valid(v) != (err == nil) {
			t.Fatalf("schema %s, value %s: %v, the oracle says %v", schema, value, failures, err)
		}
	})
}

// read decodes JSON of a few kilobytes.
func read(text []byte) (any, bool) {
	if len(text) > 2<<10 {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var v any
	return v, d.Decode(&v) == nil
}

// reference is a $ref that both follow alike.
var reference = regexp.MustCompile(`^(#(/definitions/[a-z]+)?|http://json-schema\.org/draft-07/schema#?)$`)

// incomparable says whether a schema holds what the two treat differently:
// another draft or an $id, which the oracle knows; references to places that
// hold no schema by the draft, which the oracle is free with; what it reads
// beside a $ref; formats whose numbers it reads with a sign; and, as it would
// take for ever, references by which the work doubles.
func incomparable(doc any) bool {
	refs := 0
	var odd func(v any) bool
	odd = func(v any) bool {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				if odd(item) {
					return true
				}
			}
		case map[string]any:
			if ref, ok := v["$ref"]; ok {
				if text, _ := ref.(string); !reference.MatchString(text) {
					return true
				}
				refs++
				if slices.ContainsFunc(besideRef, func(keyword string) bool { _, beside := v[keyword]; return beside }) {
					return true
				}
			}
			for _, keyword := range []string{"$schema", "$id"} {
				if _, ok := v[keyword]; ok {
					return true
				}
			}
			if format, ok := v["format"].(string); ok && strings.Contains("ipv4 email time date-time period", format) {
				return true
			}
			for _, member := range v {
				if odd(member) {
					return true
				}
			}
		default:
			return unusual(v)
		}
		return refs > 8
	}
	return odd(doc)
}

// unusual says whether a value holds a number of many digits, which the oracle
// writes out or cuts.
func unusual(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if unusual(item) {
				return true
			}
		}
	case map[string]any:
		for _, member := range v {
			if unusual(member) {
				return true
			}
		}
	case json.Number:
		_, exponent, _ := strings.Cut(strings.ToLower(fmt.Sprint(v)), "e")
		return len(v) > 15 || len(exponent) > 2 || exponent != "" && len(v) > 8
	}
	return false
}
