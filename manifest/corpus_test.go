package manifest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// complete is a manifest with every documented field and nothing to find.
func complete(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/complete.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// plugin is a plugin directory around a manifest.
func plugin(manifest string) fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":                     {Data: []byte(manifest)},
		"service/Dockerfile":                {Data: []byte("FROM python:3.12-slim\n")},
		"service/main.py":                   {Data: []byte("@app.get(\"/health\")\ndef health():\n    return {\"id\": 1}\n")},
		"migrations/001_initial_schema.sql": {Data: []byte("SELECT 1;\n")},
		"ui/dist/index.js":                  {Data: []byte("export {}\n")},
	}
}

// places lists findings as "RULE line:column", one a line, and with the file
// when that is not the manifest.
func places(findings []Finding) string {
	var list []string
	for _, f := range findings {
		place := fmt.Sprintf("%d:%d", f.Line, f.Column)
		if f.File != FileName {
			place = f.File + ":" + place
		}
		list = append(list, f.Rule+" "+place)
	}
	return strings.Join(list, "\n")
}

// deviation is the complete manifest with one text replaced, and what must be
// found in it: "RULE line:column", several parted by "; ".
type deviation struct {
	name, old, new string
	want           string
	message        string // part of the first finding's message
	fixed          string // what the first finding's first fix makes of new; "" when none is offered
}

// corpus is every deviation of the manifest alone.
var corpus = [][]deviation{
	syntaxDeviations, wholeDeviations, brokenDeviations, schemaDeviations, unknownDeviations, numberDeviations, blankDeviations, settingsDeviations, capabilityDeviations, panelDeviations,
	bundleDeviations, imageDeviations, healthDeviations, formDeviations, secretDeviations, secretPlaceDeviations,
}

// treeDeviation is the complete plugin with other files.
type treeDeviation struct {
	name     string
	files    map[string]string // put over the plugin's; gone removes one
	old, new string            // replaced in the manifest
	want     string            // "RULE file:line:column", the file left out for the manifest
	message  string            // part of the first finding's message
	fixed    map[string]string // files that the first finding's first fix changes; nil when none is offered
}

// gone is the content of a file that is not there.
const gone = "\x00gone"

// unasked stands in fixed when the fix is another row's business.
var unasked = map[string]string{"": ""}

// treeCorpus is every deviation of the files around the manifest.
var treeCorpus = [][]treeDeviation{configDeviations, schemaTreeDeviations, capabilityTrees, panelTrees, bundleTrees, healthTreeDeviations, migrationDeviations, moreMigrationDeviations}

func (d treeDeviation) plugin(t testing.TB) fstest.MapFS {
	t.Helper()
	base := complete(t)
	if !strings.Contains(base, d.old) {
		t.Fatalf("the complete manifest has no %q", d.old)
	}
	fsys := plugin(strings.Replace(base, d.old, d.new, 1))
	for name, text := range d.files {
		if text == gone {
			delete(fsys, name)
			continue
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestEveryDeviationIsFoundAtItsPlace(t *testing.T) {
	base := complete(t)
	for _, group := range corpus {
		for _, dev := range group {
			t.Run(dev.name, func(t *testing.T) {
				if n := strings.Count(base, dev.old); n == 0 {
					t.Fatalf("the complete manifest has no %q", dev.old)
				}
				fsys := plugin(strings.Replace(base, dev.old, dev.new, 1))
				r := wantFindings(t, fsys, dev.want, dev.message)
				if len(r.Findings) == 0 {
					return
				}
				got, want := firstFix(t, fsys, r.Findings[0]), map[string]string(nil)
				if dev.fixed != "" {
					want = map[string]string{FileName: strings.Replace(base, dev.old, dev.fixed, 1)}
				}
				compareFiles(t, r.Findings[0], got, want)
			})
		}
	}
}

func TestEveryDeviationOfTheTreeIsFoundAtItsPlace(t *testing.T) {
	for _, group := range treeCorpus {
		for _, dev := range group {
			t.Run(dev.name, func(t *testing.T) {
				fsys := dev.plugin(t)
				r := wantFindings(t, fsys, dev.want, dev.message)
				if len(r.Findings) == 0 {
					return
				}
				if !maps.Equal(dev.fixed, unasked) {
					compareFiles(t, r.Findings[0], firstFix(t, fsys, r.Findings[0]), dev.fixed)
				}
			})
		}
	}
}

// wantFindings checks a plugin and compares the places of its findings.
func wantFindings(t *testing.T, fsys fs.FS, want, message string) Report {
	t.Helper()
	r := Check(fsys, Options{})
	want = strings.ReplaceAll(strings.TrimSuffix(want, "; "), "; ", "\n")
	if got := places(r.Findings); got != want {
		t.Fatalf("found\n%s\nwant\n%s\n%+v", got, want, r.Findings)
	}
	if want != "" && !strings.Contains(r.Findings[0].Message, message) {
		t.Errorf("message %q does not say %q", r.Findings[0].Message, message)
	}
	if wantOK := r.Errors() == 0; r.OK != wantOK {
		t.Errorf("OK is %t with %d errors", r.OK, r.Errors())
	}
	for _, f := range r.Findings {
		if strings.ContainsAny(f.Message, "\n\x00\x1b") || f.Message == "" || f.File == "" || f.Fixes == nil {
			t.Errorf("finding is not fit to print: %+v", f)
		}
	}
	return r
}

// firstFix returns the files that a finding's first fix changes, as they are
// then; nil when it has none.
func firstFix(t *testing.T, fsys fs.FS, f Finding) map[string]string {
	t.Helper()
	if len(f.Fixes) == 0 {
		return nil
	}
	changed := map[string]string{}
	for name, edits := range byFile(f.Fixes[0].Edits) {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		after, err := ApplyEdits(data, edits)
		if err != nil {
			t.Fatal(err)
		}
		changed[name] = string(after)
	}
	return changed
}

// compareFiles says where the files after a finding's first fix differ from
// those that were wanted.
func compareFiles(t *testing.T, f Finding, got, want map[string]string) {
	t.Helper()
	names := maps.Clone(got)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, want)
	for name := range names {
		a, b := got[name], want[name]
		if a == b {
			continue
		}
		from := 0
		for from < min(len(a), len(b)) && a[from] == b[from] {
			from++
		}
		excerpt := func(s string) string { return s[max(0, min(from-40, len(s))):min(from+80, len(s))] }
		t.Errorf("%s: the fixes %+v: the first gives %s with …%q…\nwant …%q…", f.Rule, f.Fixes, name, excerpt(a), excerpt(b))
	}
}

func TestACompleteManifestHasNothingToFind(t *testing.T) {
	r := Check(plugin(complete(t)), Options{Path: "alerts"})
	if !r.OK || len(r.Findings) != 0 || r.Score != (Score{8, 8}) {
		t.Fatalf("report %+v", r)
	}
	if r.Manifest == nil || r.Manifest.Name != "notice" || r.Document == nil || string(r.Source) != complete(t) {
		t.Fatalf("the manifest and its source must come with the report: %+v", r)
	}
}
