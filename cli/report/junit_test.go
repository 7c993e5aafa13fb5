package report

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// TestJUnitOfEveryReportIsValid holds every report against the XML Schema that
// Jenkins' xUnit plugin uses (testdata/README.md).
func TestJUnitOfEveryReportIsValid(t *testing.T) {
	lint := needs.Program(t, "xmllint", "libxml2-utils")
	dir := t.TempDir()
	args := []string{"--noout", "--nonet", "--schema", "testdata/junit-10.xsd"}
	reports := len(args)
	add := func(text string) string {
		path := filepath.Join(dir, "r"+time.Duration(len(args)).String()+".xml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	every(t, func(t *testing.T, _ string, r manifest.Report) {
		args = append(args, add(written(t, "junit", r, Options{Took: 1234567 * time.Microsecond})))
	})
	if out, err := exec.CommandContext(t.Context(), lint, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.3000s", err, out)
	}
	t.Logf("%d reports are valid", len(args)-reports)
	wrong := append(args[:reports:reports], add(`<testsuites><testsuite name="a"/></testsuites>`))
	if err := exec.CommandContext(t.Context(), lint, wrong...).Run(); err == nil {
		t.Error("the schema takes a suite without counts")
	}
}

func TestJUnitShowsErrorsAsFailuresAndTheRestAsSkipped(t *testing.T) {
	text := written(t, "junit", handmade(), Options{Took: 1234567 * time.Microsecond})
	var all junitSuites
	if err := xml.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	if all.Tests != 6 || all.Failures != 3 || all.Errors != 0 || all.Time != "1.235" {
		t.Errorf("%d tests, %d failures, %d errors, %s s", all.Tests, all.Failures, all.Errors, all.Time)
	}
	var got []string
	for _, s := range all.Suites {
		got = append(got, s.Name)
		for _, c := range s.Cases {
			line := c.ClassName + " / " + c.Name
			if c.Failure != nil {
				line += ": failed, " + c.Failure.Type
			}
			if c.Skipped != nil {
				line += ": skipped, " + c.Skipped.Type
			}
			got = append(got, line)
		}
	}
	want := `my-plugin: checks
my-plugin.checks / manifest.json exists
my-plugin.checks / service/Dockerfile exists: failed, dockerfile-exists
my-plugin.checks / Port in valid range: failed, port-range
my-plugin: rules
my-plugin.rules / NSP2016: port: failed, NSP2016
my-plugin.rules / X9: skipped, X9
my-plugin.rules / NSP3004: the image is a reference that engines take: skipped, NSP3004`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	rules := all.Suites[1].Cases
	if f := rules[0].Failure; f.Message != "port is 80, the Controller takes another" || strings.Count(f.Text, "manifest.json:9:11: error: port is 80") != 2 || !strings.Contains(f.Text, ".sql: warning: a ") {
		t.Errorf("the failure says %q: %q", f.Message, f.Text)
	}
	if s := rules[2].Skipped; !strings.Contains(s.Message, "(waived: a reason") || rules[2].Out != s.Text {
		t.Errorf("the waived finding says %q: %q", s.Message, s.Text)
	}
}

func TestJUnitHoldsOnlyWhatXMLAllows(t *testing.T) {
	text := written(t, "junit", handmade(), Options{})
	if !utf8.ValidString(text) {
		t.Error("it is not UTF-8")
	}
	for _, r := range text {
		if r < ' ' && r != '\n' || r == '\ufffe' || r == '\uffff' {
			t.Errorf("it holds %q, which XML 1.0 forbids", r)
		}
	}
}

func TestJUnitNamesAPluginWithoutAName(t *testing.T) {
	for path, want := range map[string]string{".": "plugin: checks", "a/b/": "b: checks", "/": "plugin: checks"} {
		text := written(t, "junit", manifest.Report{Path: path}, Options{})
		if !strings.Contains(text, `name="`+want+`"`) {
			t.Errorf("%s: got\n%s", path, text)
		}
	}
}
