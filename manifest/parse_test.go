package manifest

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseDecodesEveryField(t *testing.T) {
	text := complete(t)
	got, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := new(Manifest)
	if err := json.Unmarshal([]byte(text), want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("parsed\n%+v\nwant\n%+v", got, want)
	}
	// Every field of the type must be in the complete manifest, or the comparison proves less than it says.
	for v, i := reflect.ValueOf(*got), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the complete manifest has no %s", v.Type().Field(i).Name)
		}
	}
}

func TestParseErrorsNamePlaceAndRemedy(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"comma", "{\n  \"name\": \"alerts\",\n}", "manifest.json:2:19: a comma before } is not JSON; remove it"},
		{"several", "{\n  name: \"alerts\",\n}", `manifest.json:2:3: the key name is not in quotes; write "name" (and 1 more)`},
		{"empty", " \n", "manifest.json:1:1: manifest.json is empty; write a JSON object, or make a plugin with the new command"},
		{"list", "[]", "manifest.json:1:1: the manifest is a list, it must be a JSON object: { … }"},
		{"type", "{\"name\": \"alerts\",\n \"port\": \"8080\"}", `manifest.json:2:10: port is the text "8080", the Controller takes a whole number from 1024 to 65535; remove the quotes`},
		{"deep type", `{"terminal_panels": [{"columns": [{"key": 1}]}]}`, "manifest.json:1:43: terminal_panels[0].columns[0].key is 1, the Terminal takes text that is not empty; put it in double quotes"},
		{"twice", `{"port": 8080, "port": 8081}`, `manifest.json:1:16: "port" is given twice, first on line 1; remove one of them`},
		{"UTF-16", "\xff\xfe{\x00}\x00", "manifest.json:1:1: manifest.json is written in UTF-16; save it as UTF-8"},
		{"unclosed", `{"name": "alerts"`, "manifest.json:1:18: the file ends here, but the { of line 1 is never closed; add }"},
		{"too large", strings.Repeat(" ", MaxSize+1), "manifest.json: manifest.json is 1048577 bytes large, more than 1 MiB; keep data in files of its own"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse([]byte(tt.text))
			var e *ParseError
			if m != nil || !errors.As(err, &e) || err.Error() != tt.want {
				t.Fatalf("got %v, %v\nwant %s", m, err, tt.want)
			}
			if e.Rule == "" || e.Expected == "" {
				t.Errorf("error %+v", e)
			}
		})
	}
}

// encoding/json would take "Port" for port and let "Name" overwrite name.
func TestKeysCountInTheirExactSpellingOnly(t *testing.T) {
	m, err := Parse([]byte(`{"name": "alerts", "Name": "other", "Port": 8080}`))
	if err != nil || m.Name != "alerts" || m.Port != 0 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestTextsAreDecodedAsJSONDoes(t *testing.T) {
	for _, text := range []string{`""`, `"a"`, `"\u00e9\n\t\"\\\/\b\f\r"`, `"\ud83d\ude00"`, `"😀 é"`, `"\u0000"`} {
		var want string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		m, err := Parse([]byte(`{"author": ` + text + `}`))
		if err != nil || m.Author != want {
			t.Errorf("%s is %q, %v; want %q", text, m.Author, err, want)
		}
	}
}

func TestNullIsTakenForTheOpenAPIPathOnly(t *testing.T) {
	if m, err := Parse([]byte(`{"openapi_path": null}`)); err != nil || m.OpenAPIPath != nil {
		t.Errorf("got %+v, %v", m, err)
	}
	if r := Check(plugin(strings.Replace(complete(t), `"/openapi.json"`, "null", 1)), Options{}); !r.OK || len(r.Findings) > 0 {
		t.Errorf("findings %+v", r.Findings)
	}
	if _, err := Parse([]byte(`{"resources": null}`)); err == nil {
		t.Error("null resources are taken")
	}
}
