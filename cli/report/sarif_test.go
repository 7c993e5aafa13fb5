package report

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// sarifStandard is the standard's own schema (testdata/README.md).
func sarifStandard(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(sarifSchema, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(sarifSchema)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFOfEveryReportIsValid(t *testing.T) {
	schema := sarifStandard(t)
	if schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}) == nil {
		t.Fatal("the schema takes a run without a tool")
	}
	n := 0
	every(t, func(t *testing.T, name string, r manifest.Report) {
		for _, folder := range []string{"", "plugins/a b:c%é", "/elsewhere/my-plugin"} {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(written(t, "sarif", r, Options{Folder: folder, Version: "1.0.0"})))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Fatalf("%s in %q: %v", name, folder, err)
			}
			n++
		}
	})
	t.Logf("%d logs are valid", n)
}

// log is a SARIF log as its readers take it apart.
type log struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Name, Version string
				Rules         []struct {
					ID                   string
					FullDescription      struct{ Text string }
					Help                 struct{ Text, Markdown string }
					DefaultConfiguration struct{ Level string }
				}
			}
		}
		AutomationDetails struct{ ID string }
		ColumnKind        string
		Results           []struct {
			RuleID, Level string
			RuleIndex     int
			Message       struct{ Text string }
			Locations     []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI, URIBaseID string }
					Region           map[string]int
				}
				LogicalLocations []struct{ Name, FullyQualifiedName string }
			}
			PartialFingerprints map[string]string
			Fixes               []struct {
				Description     struct{ Text string }
				ArtifactChanges []struct {
					ArtifactLocation struct{ URI string }
					Replacements     []struct {
						DeletedRegion   map[string]int
						InsertedContent struct{ Text string }
					}
				}
			}
			Suppressions []struct{ Kind, Status, Justification string }
		}
	}
}

func readLog(t *testing.T, text string) log {
	t.Helper()
	var l log
	if err := json.Unmarshal([]byte(text), &l); err != nil || len(l.Runs) != 1 {
		t.Fatalf("%d runs, %v", len(l.Runs), err)
	}
	for _, result := range l.Runs[0].Results {
		if rules := l.Runs[0].Tool.Driver.Rules; result.RuleIndex >= len(rules) || rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("the result of %s refers to rule %d", result.RuleID, result.RuleIndex)
		}
	}
	return l
}

func TestSARIFHoldsWhatTheReportHolds(t *testing.T) {
	run := readLog(t, written(t, "sarif", handmade(), Options{Folder: "plugins/mine", Version: "1.2.3"})).Runs[0]
	if run.Tool.Driver.Name != "netstacks-plugin" || run.Tool.Driver.Version != "1.2.3" || run.ColumnKind != "unicodeCodePoints" || run.AutomationDetails.ID != "netstacks-plugin/plugins/mine/" {
		t.Errorf("the run is of %+v, %s, %s", run.Tool.Driver, run.ColumnKind, run.AutomationDetails.ID)
	}
	var got []string
	for _, r := range run.Results {
		line := r.RuleID + " " + r.Level + " " + r.Locations[0].PhysicalLocation.ArtifactLocation.URI
		for range r.Suppressions {
			line += " suppressed"
		}
		got = append(got, line)
	}
	want := `dockerfile-exists error plugins/mine/manifest.json
NSP2016 error plugins/mine/manifest.json
NSP2016 error plugins/mine/manifest.json
NSP2016 warning plugins/mine/migrations/a%20b%3Ac%25%C3%A9%0A.sql
X9 note plugins/mine/manifest.json
NSP3004 error plugins/mine/manifest.json suppressed`
	if strings.Join(got, "\n") != want {
		t.Errorf("results\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	first := run.Results[1]
	region := first.Locations[0].PhysicalLocation.Region
	if region["startLine"] != 9 || region["startColumn"] != 11 || region["endLine"] != 9 || region["endColumn"] != 13 {
		t.Errorf("region %v", region)
	}
	if l := first.Locations[0].LogicalLocations; len(l) != 1 || l[0].FullyQualifiedName != "/port" || l[0].Name != "port" {
		t.Errorf("logical locations %+v", l)
	}
	if len(first.Fixes) != 2 || first.Fixes[0].Description.Text != `write "port": 8080` || first.Fixes[0].ArtifactChanges[0].Replacements[0].InsertedContent.Text != "8080" || len(first.Fixes[1].ArtifactChanges) != 2 {
		t.Errorf("fixes %+v", first.Fixes)
	}
	if s := run.Results[5].Suppressions[0]; s.Kind != "external" || s.Status != "accepted" || !strings.HasPrefix(s.Justification, "a reason") {
		t.Errorf("suppression %+v", s)
	}
	if r := run.Results[3].Locations[0].PhysicalLocation.Region; r != nil {
		t.Errorf("a finding about a whole file has the region %v", r)
	}
}

func TestSARIFPlacesOfFixesAreThoseOfTheFile(t *testing.T) {
	report := check(plugin("\xef\xbb\xbf{\n\t\"né\": 1}"))
	s := &sarifWriter{report: report}
	for _, test := range []struct {
		start, end int
		want       string
	}{
		{0, 3, `{"byteLength":3,"byteOffset":0}`},
		{3, 4, `{"endColumn":2,"endLine":1,"startColumn":1,"startLine":1}`},
		{11, 12, `{"endColumn":7,"endLine":2,"startColumn":6,"startLine":2}`},
		{12, 12, `{"endColumn":7,"endLine":2,"startColumn":7,"startLine":2}`},
		{4, 5, `{"endColumn":1,"endLine":2,"startColumn":2,"startLine":1}`},
	} {
		got, err := json.Marshal(s.region(manifest.Edit{File: manifest.FileName, Start: test.start, End: test.end}))
		if err != nil || string(got) != test.want {
			t.Errorf("bytes %d to %d are %s, want %s; %v", test.start, test.end, got, test.want, err)
		}
	}
	got, err := json.Marshal(s.region(manifest.Edit{File: "never read", Start: 2, End: 3}))
	if err != nil || string(got) != `{"byteLength":1,"byteOffset":2}` {
		t.Errorf("of a file that was not read: %s, %v", got, err)
	}
}

func TestSARIFFingerprintsStayWhenLinesMove(t *testing.T) {
	prints := func(fsys fstest.MapFS) string {
		var all []string
		for _, r := range readLog(t, written(t, "sarif", check(fsys), Options{})).Runs[0].Results {
			all = append(all, r.RuleID+" "+r.PartialFingerprints["finding/v1"])
		}
		return strings.Join(all, "\n")
	}
	one := changed(t, "8080,", "80,")
	moved := plugin(strings.Replace(string(one["manifest.json"].Data), "{", "{\n\n", 1))
	if a, b := prints(one), prints(moved); a != b || a == "" {
		t.Errorf("before\n%s\nafter\n%s", a, b)
	}
	r := handmade()
	seen := map[string]bool{}
	results := readLog(t, written(t, "sarif", r, Options{})).Runs[0].Results
	for _, result := range results {
		seen[result.PartialFingerprints["finding/v1"]] = true
	}
	if len(seen) != len(results) {
		t.Errorf("%d results share %d fingerprints", len(results), len(seen))
	}
}

func TestSARIFTellsFilesOutsideOfTheRepository(t *testing.T) {
	for folder, want := range map[string]string{"": "manifest.json %SRCROOT%", "a": "a/manifest.json %SRCROOT%", "/x y": "file:///x%20y/manifest.json "} {
		s := &sarifWriter{folder: folder}
		if got := s.artifact("manifest.json"); got.URI+" "+got.URIBaseID != want {
			t.Errorf("in %q it is %+v", folder, got)
		}
	}
}

func TestSARIFRulesCarryTheirPages(t *testing.T) {
	page, ok := manifest.RulePage("NSP2016")
	if !ok {
		t.Fatal("NSP2016 has no page")
	}
	rule := readLog(t, written(t, "sarif", check(changed(t, "8080,", "80,")), Options{})).Runs[0].Tool.Driver.Rules[0]
	if rule.ID != "NSP2016" || rule.DefaultConfiguration.Level != "error" || rule.Help.Markdown == "" || !strings.HasSuffix(strings.TrimSpace(page), rule.Help.Markdown) {
		t.Errorf("the rule is %+v", rule)
	}
	if d := rule.FullDescription.Text; d == "port" || strings.HasPrefix(d, "Severity") || strings.Contains(d, "\n") {
		t.Errorf("its description is %q", d)
	}
}
