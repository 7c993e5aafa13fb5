package report

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// complete is a manifest with every documented field and nothing to find.
func complete(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../manifest/testdata/complete.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// plugin is a plugin directory around a manifest.
func plugin(text string) fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":                     {Data: []byte(text)},
		"service/Dockerfile":                {Data: []byte("FROM python:3.12-slim\n")},
		"service/main.py":                   {Data: []byte("@app.get(\"/health\")\ndef health():\n    return {\"id\": 1}\n")},
		"migrations/001_initial_schema.sql": {Data: []byte("SELECT 1;\n")},
		"ui/dist/index.js":                  {Data: []byte("export {}\n")},
	}
}

// check is the report of a plugin directory called my-plugin.
func check(fsys fstest.MapFS) manifest.Report {
	return manifest.Check(fsys, manifest.Options{Path: "my-plugin"})
}

// changed is the complete plugin with one text of its manifest replaced.
func changed(t testing.TB, old, text string) fstest.MapFS {
	t.Helper()
	base := complete(t)
	if !strings.Contains(base, old) {
		t.Fatalf("the complete manifest has no %q", old)
	}
	return plugin(strings.Replace(base, old, text, 1))
}

// without is fsys without some files.
func without(fsys fstest.MapFS, names ...string) fstest.MapFS {
	for _, name := range names {
		delete(fsys, name)
	}
	return fsys
}

// handmade is a report with all that one can hold: fixes, waivers, places that
// span lines, and text that its reader might take for markup.
func handmade() manifest.Report {
	nasty := "a \x00\x1b[31m<b>&\"' %25 ]]> ::error::x\u202e\ufffe\xff z"
	at := func(rule string, severity manifest.Severity, line, column, endLine, endColumn int) manifest.Finding {
		return manifest.Finding{
			Rule: rule, Severity: severity, Message: "port is 80, the Controller takes another", File: manifest.FileName, Pointer: "/port", Found: "80",
			Line: line, Column: column, EndLine: endLine, EndColumn: endColumn, Fixes: []manifest.Fix{},
		}
	}
	fixed := at("NSP2016", manifest.SeverityError, 9, 11, 9, 13)
	fixed.Fixes = []manifest.Fix{
		{Title: `write "port": 8080`, Safe: true, Edits: []manifest.Edit{{File: manifest.FileName, Start: 5, End: 7, New: "8080"}}},
		{Title: "remove the port", Edits: []manifest.Edit{{File: manifest.FileName, Start: 0, End: 7}, {File: "service/Dockerfile", Start: 3, End: 3, New: "\nEXPOSE 80\n"}}},
	}
	foreign := at("NSP2016", manifest.SeverityWarning, 0, 0, 0, 0)
	foreign.Message, foreign.File, foreign.Pointer, foreign.Found = nasty, "migrations/a b:c%é\n.sql", "/a~1b/"+nasty, nasty
	unknown := at("X9", manifest.SeverityInfo, 2, 1, 4, 2)
	return manifest.Report{
		Path: "my-plugin", Score: manifest.Score{Passed: 7, Total: 8},
		Checks: []manifest.CheckResult{
			{ID: "manifest-exists", Label: "manifest.json exists", OK: true},
			{ID: "dockerfile-exists", Label: "service/Dockerfile exists", Detail: "service/Dockerfile is missing" + nasty},
			{ID: "port-range", Label: "Port in valid range", Detail: "port is 80"},
		},
		Findings: []manifest.Finding{fixed, fixed, foreign, unknown},
		Waived:   []manifest.Waived{{Finding: at("NSP3004", manifest.SeverityError, 1, 1, 1, 2), Reason: "a reason " + nasty}},
	}
}

// every calls f with reports of all kinds: of plugins in order, of ones that
// deviate in one place, and of manifests cut and torn anywhere.
func every(t *testing.T, f func(t *testing.T, name string, r manifest.Report)) {
	base := complete(t)
	f(t, "in order", check(plugin(base)))
	f(t, "handmade", handmade())
	f(t, "nothing there", check(fstest.MapFS{}))
	f(t, "no service", check(without(plugin(base), "service/Dockerfile", "service/main.py")))
	f(t, "checks only", manifest.Check(without(plugin("{"), "service/Dockerfile"), manifest.Options{ChecksOnly: true}))
	for _, text := range []string{"", "[]", "\xef\xbb\xbf" + base, "\xff\xfe{", "{\"\x01\": 1,}", strings.Repeat("[", 10_000), strings.Repeat("{\"a\":", 300), strings.ReplaceAll(base, "\n", "\r\n") + "//"} {
		f(t, fmt.Sprintf("text %.10q", text), check(plugin(text)))
	}
	lines := strings.SplitAfter(base, "\n")
	for i := range lines {
		f(t, fmt.Sprintf("without line %d", i+1), check(plugin(strings.Join(lines[:i], "")+strings.Join(lines[i+1:], ""))))
		f(t, fmt.Sprintf("cut at line %d", i+1), check(plugin(strings.Join(lines[:i], ""))))
		f(t, fmt.Sprintf("line %d twice", i+1), check(plugin(strings.Join(lines[:i+1], "")+strings.Join(lines[i:], ""))))
		if key, _, ok := strings.Cut(lines[i], ": "); ok {
			for _, value := range []string{"null", "-1", `"*\u0000"`, "[]", "{}"} {
				f(t, fmt.Sprintf("line %d is %s", i+1, value), check(plugin(strings.Join(lines[:i], "")+key+": "+value+",\n"+strings.Join(lines[i+1:], ""))))
			}
		}
	}
}

// written is what a format makes of a report.
func written(t testing.TB, format string, r manifest.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNoFormatPrintsWhatATerminalActsOn(t *testing.T) {
	every(t, func(t *testing.T, name string, r manifest.Report) {
		for _, format := range Formats {
			for _, c := range written(t, format, r, Options{}) {
				if c < ' ' && c != '\n' || c == '\x7f' {
					t.Fatalf("%s: %s holds %q", name, format, c)
				}
			}
		}
	})
}

func TestChecksThatNoFindingSpeaksOf(t *testing.T) {
	base := complete(t)
	for _, test := range []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"all in order", plugin(base), ""},
		{"a missing Dockerfile", without(plugin(base), "service/Dockerfile"), "dockerfile-exists"},
		{"no entry point", without(plugin(base), "service/main.py"), "entry-point-exists"},
		{"no manifest", without(plugin(base), "manifest.json"), ""},
		{"broken JSON hides the checks of fields", without(plugin(base[:200]), "service/Dockerfile"), "dockerfile-exists"},
		{"a port out of range", changed(t, "8080,", "80,"), ""},
		{"no port", changed(t, `  "port": 8080,`+"\n", ""), ""},
		{"no resources", changed(t, `"resources"`, `"resource"`), ""},
		{"no limit", changed(t, `    "cpu_limit": 0.5,`+"\n", ""), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := check(test.fsys)
			var ids []string
			for _, c := range unspoken(r) {
				ids = append(ids, c.ID)
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("unspoken %q, want %q; findings %+v", got, test.want, r.Findings)
			}
		})
	}
	for _, id := range []string{"port-range", "dockerfile-exists"} {
		waived := manifest.Report{Checks: []manifest.CheckResult{{ID: id}}, Waived: []manifest.Waived{{Finding: manifest.Finding{Rule: "NSP2016"}}}}
		if len(unspoken(waived)) != 1 {
			t.Errorf("a waived finding hides the failed check %s", id)
		}
	}
}
