package manifest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// withSettings is the complete manifest with another settings_schema.
func withSettings(t testing.TB, schema string) string {
	t.Helper()
	return strings.Replace(complete(t), wholeSettings, `"settings_schema": `+schema+`, "ui_bundle"`, 1)
}

// inForm is a settings_schema with these properties.
func inForm(properties string) string {
	return `{ "type": "object", "properties": {` + properties + `} }`
}

// To judge a default, its setting is compiled. What that setting refers to is
// the author's word: see TestNothingASettingsSchemaNamesIsOpenedOrFetched.
func TestNothingIsOpenedOrFetchedToJudgeADefault(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = w.Write([]byte(`{"type": "string"}`))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(`{"type": "string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{server.URL + "/schema.json", "file://" + filepath.ToSlash(file), "schema.json", "setting:schema", "#", "#/x"} {
		for _, schema := range []string{
			`{ "$ref": "` + address + `", "default": 7 }`,
			`{ "allOf": [{ "$ref": "` + address + `" }], "default": 7 }`,
			`{ "type": "string", "$schema": "` + address + `", "default": 7 }`,
			`{ "type": "string", "$id": "` + address + `", "not": { "$ref": "a" }, "default": 7 }`,
			`{ "items": { "$id": "` + address + `", "type": "string" }, "type": "array", "default": [7] }`,
			`{ "type": "string", "const": { "$ref": "` + address + `" }, "default": 7 }`,
		} {
			Check(plugin(withSettings(t, inForm(`"a": `+schema))), Options{})
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}

func TestPatternsThatGoCannotReadMatchEverything(t *testing.T) {
	for pattern, refused := range map[string]bool{
		`^[a-z]+$`: true, `^\d{3}$`: true, `^(?!a)`: false, `^[^]$`: false, `(?<=a)b`: false, `\cX`: false, `(a)\1`: false, `^a{2000}$`: false,
		`^` + strings.Repeat("(a|b)", 300) + `$`: false, `^(\pL{90}|x)$`: false, `^((a{30}){30}){30}$`: false,
	} {
		schema := inForm(`"a": { "type": "string", "default": "B B", "pattern": ` + jsonText(pattern) + ` }`)
		r := Check(plugin(withSettings(t, schema)), Options{})
		if found := strings.Contains(places(r.Findings), ruleDefault); found != refused {
			t.Errorf("%s: %+v", pattern, r.Findings)
		}
	}
}

func TestASettingsSchemaOfAnySizeStaysCheap(t *testing.T) {
	if underRace {
		t.Skip("how long something takes says nothing under the race detector")
	}
	chain := `"z": { "type": "string" }, "d0": { "$ref": "#/definitions/z" }`
	for i := range 60 {
		chain += fmt.Sprintf(`, "d%d": { "allOf": [{ "$ref": "#/definitions/d%d" }, { "$ref": "#/definitions/d%d" }] }`, i+1, i, i)
	}
	list := "[0" + strings.Repeat(",0", 2000) + "]"
	for name, schema := range map[string]string{
		"references that multiply": `{ "type": "object", "definitions": {` + chain + `}, "properties": { "a": { "$ref": "#/definitions/d60", "default": 7 } } }`,
		"references in a circle":   `{ "type": "object", "properties": { "a": { "items": { "$ref": "#" }, "properties": { "b": { "$ref": "#/properties/a" } }, "default": [[]] } } }`,
		"many settings":            inForm(`"a": { "default": 7 }` + manyKeys(2000, `{"type":"string","default":7}`)),
		"many rules, many values":  inForm(`"a": { "type": "array", "items": { "allOf": [{}` + strings.Repeat(`,{"type":"string"}`, 5000) + `] }, "default": ` + list + ` }`),
		"many lists":               inForm(`"a": { "default": 7 }` + manyKeys(8, `{"type":"array","items":{"type":"string"},"default":`+list+`}`)),
		"costly patterns":          inForm(`"a": { "default": 7 }` + manyKeys(20, `{"type":"string","default":"`+strings.Repeat("a", 50)+`","pattern":"(`+strings.Repeat(`a{90}|`, 150)+`)*b"}`)),
		"deep objects":             inForm(`"a": { "default": 7 }` + manyKeys(100, strings.Repeat(`{"type":"object","properties":{"a":`, 50)+`{}`+strings.Repeat("}}", 50))),
		"settings at the top":      `{ "a": { "default": 7 }` + manyKeys(2000, `{"type":"string","default":7}`) + ` }`,
		"long names":               inForm(`"` + strings.Repeat("password_", 50_000) + `": { "type": "string", "title": "` + strings.Repeat("token ", 50_000) + `" }`),
	} {
		t.Run(name, func(t *testing.T) {
			r := Check(plugin(withSettings(t, schema)), Options{})
			if len(r.Findings) > maxFindings+1 {
				t.Errorf("%d findings", len(r.Findings))
			}
		})
	}
}

func TestASettingHasOneFindingOfTheForm(t *testing.T) {
	schema := inForm(`"a": { "anyOf": [{}], "not": {}, "if": {}, "type": ["string", "array"], "items": [{}] }, "b": { "type": "object", "properties": { "c": { "type": "object" }, "d": { "oneOf": [{}] } } }`)
	r := Check(plugin(withSettings(t, schema)), Options{})
	if n := countRules(r)[ruleForm]; n != 2 {
		t.Errorf("%d findings of %s: %+v", n, ruleForm, r.Findings)
	}
}

func TestTheSettingsOfTheSpecificationAreFine(t *testing.T) {
	schema := inForm(`"default_severity": { "type": "string", "default": "warning", "enum": ["critical", "warning", "info"] },
		"deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }, "kafka.sasl_password": { "type": "string", "default": "", "sensitive": true }`)
	if r := Check(plugin(withSettings(t, schema)), Options{}); len(r.Findings) > 0 {
		t.Errorf("%+v", r.Findings)
	}
}

// FuzzSettings holds the rules about settings_schema to their promises on any
// schema: they end, they point into the file, and what they offer is an edit
// that can be made.
func FuzzSettings(f *testing.F) {
	for _, group := range [][]deviation{settingsDeviations, formDeviations, secretDeviations} {
		for _, d := range group {
			for _, schema := range []string{d.new, "{" + d.new + "}", inForm(d.new), inForm(`"a": ` + d.new), `{ "properties": ` + d.new + `}`, strings.TrimSuffix(strings.TrimPrefix(d.new, `"settings_schema": `), ",\n  \"ui_bundle\"")} {
				f.Add([]byte(schema))
			}
		}
	}
	f.Fuzz(func(t *testing.T, schema []byte) {
		d := Index([]byte(`{"settings_schema": ` + string(schema) + `}`))
		if d.damaged || d.root == nil || d.root.kind != kindObject {
			return
		}
		for _, i := range d.settingsIssues() {
			if i.message == "" || i.offset < 0 || i.offset > len(d.data) || i.end > len(d.data) || i.end != 0 && i.end < i.offset {
				t.Fatalf("%q: %+v", schema, i)
			}
			if n, _ := d.find(i.pointer); n == nil && i.pointer != "" && len(d.duplicateKeys()) == 0 {
				t.Fatalf("%q: %+v points nowhere", schema, i)
			}
			for _, fix := range i.fixes {
				after, err := ApplyEdits(d.data, fix.Edits)
				if err != nil || fix.Title == "" || string(after) == string(d.data) {
					t.Fatalf("%q: the fix %+v gives %q, %v", schema, fix, after, err)
				}
				if fixed := Index(after); len(d.issues) == 0 && len(fixed.issues) > 0 {
					t.Fatalf("%q: the fix %+v gives %q, %+v", schema, fix, after, fixed.issues)
				}
			}
		}
	})
}
