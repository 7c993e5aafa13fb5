package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/cli/report"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// edit replaces text in a file of the world.
func (w world) edit(t *testing.T, name, old, text string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s does not hold %s", name, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, text, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// archive writes a ZIP of files, one after another name and content.
func (w world) archive(t *testing.T, name string, files ...string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := z.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w.write(t, name, b.String())
}

func (w world) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReportsEndWithTheScore(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		code           int
		finding, end   string
	}{
		{"an error fails", `"cpu_limit": 0.5`, `"cpu_limit": 9`, 1, "cpu_limit is 9", "Validation results: 8/8 checks passed\n✗ Plugin validation failed\n"},
		{"a warning passes", `"capabilities_required": []`, `"capabilities_required": ["index_knowledge"]`, 0, "index_knowledge", "Validation results: 8/8 checks passed\n✓ Plugin validation passed\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			w.edit(t, "my-plugin/manifest.json", test.old, test.new)
			code, out, _ := w.run("validate", "my-plugin")
			if code != test.code || !strings.HasSuffix(out, test.end) || !strings.Contains(out, "\nmy-plugin/manifest.json:") || !strings.Contains(out, test.finding) || !strings.Contains(out, "^\n") {
				t.Errorf("exit code %d, output:\n%s", code, out)
			}
			code, packaged, _ := w.run("package", "my-plugin")
			if code != test.code || !strings.HasPrefix(packaged, "Running validation before packaging...\n"+out) {
				t.Errorf("package: exit code %d, output:\n%s", code, packaged)
			}
			code, out, _ = w.run("validate", "my-plugin", "--checks-only")
			if code != 0 || strings.Contains(out, "manifest.json:") || !strings.HasSuffix(out, "✓ Plugin validation passed\n") {
				t.Errorf("the checks alone: exit code %d, output:\n%s", code, out)
			}
		})
	}
}

func TestEveryFormatTellsAnErrorByItsExitCode(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for _, format := range []string{"text", "json", "sarif", "junit", "github"} {
		w.edit(t, "my-plugin/manifest.json", `"cpu_limit": 0.5`, `"cpu_limit": 9`)
		code, out, stderr := w.run("validate", "my-plugin", "--format", format)
		if code != 1 || stderr != "" || !strings.Contains(out, "NSP2032") {
			t.Errorf("%s: exit code %d, %s\n%s", format, code, stderr, out)
		}
		w.edit(t, "my-plugin/manifest.json", `"cpu_limit": 9`, `"cpu_limit": 0.5`)
		if code, out, stderr = w.run("validate", "my-plugin", "--format", format); code != 0 || stderr != "" || strings.Contains(out, "NSP") {
			t.Errorf("%s: exit code %d, %s\n%s", format, code, stderr, out)
		}
	}
}

func TestReportsAreColouredOnlyOnATerminalThatWantsIt(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.edit(t, "my-plugin/manifest.json", `"cpu_limit": 0.5`, `"cpu_limit": 9`)
	for _, test := range []struct {
		name     string
		terminal bool
		env      map[string]string
		format   string
		colored  bool
	}{
		{"a pipe", false, nil, "text", false},
		{"a terminal", true, nil, "text", true},
		{"NO_COLOR", true, map[string]string{"NO_COLOR": "1"}, "text", false},
		{"an empty NO_COLOR", true, map[string]string{"NO_COLOR": ""}, "text", true},
		{"a dumb terminal", true, map[string]string{"TERM": "dumb"}, "text", false},
		{"another format", true, nil, "json", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			s := w.streams(&out, &errs)
			s.OutTTY = test.terminal
			s.Getenv = func(key string) string { return test.env[key] }
			if code := Run(t.Context(), s, []string{"validate", "my-plugin", "--format", test.format}); code != 1 {
				t.Fatalf("exit code %d, %s", code, errs.String())
			}
			if got := strings.Contains(out.String(), "\x1b["); got != test.colored {
				t.Errorf("coloured %v:\n%s", got, out.String())
			}
		})
	}
}

func TestOptionsThatDoNotGoTogetherAreRefused(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for _, test := range []struct {
		args   string
		stderr string
	}{
		{"--format yaml", "text, json, sarif, junit or github"},
		{"--unsafe", "goes with --fix"},
		{"--dry-run", "goes with --fix"},
		{"--json --format text", "do not go together"},
		{"--fix --dry-run --format json", "prints a diff"},
		{"--fix --dry-run --json", "prints a diff"},
		{"--fix --checks-only", "nothing to mend"},
		{"--explain NSP2016", "leave that out"},
	} {
		code, out, stderr := w.run(append([]string{"validate", "my-plugin"}, strings.Fields(test.args)...)...)
		if code != 2 || out != "" || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%s: exit code %d, %s%s", test.args, code, out, stderr)
		}
	}
}

func TestExplain(t *testing.T) {
	w := newWorld(t)
	code, page, stderr := w.run("validate", "--explain", "NSP2016")
	if code != 0 || stderr != "" || !strings.HasPrefix(page, "# NSP2016: port\n") {
		t.Errorf("exit code %d, %s%s", code, page, stderr)
	}
	if _, lower, _ := w.run("validate", "--explain", "nsp2016"); lower != page {
		t.Errorf("in lower case it is\n%s", lower)
	}
	code, list, _ := w.run("validate", "--explain", "list")
	if lines := strings.Count(list, "\n"); code != 0 || lines != len(manifest.Rules()) || !strings.Contains(list, "\nNSP2016  error    port\n") {
		t.Errorf("the list has %d lines, exit code %d:\n%s", lines, code, list)
	}
	for _, test := range []struct{ id, stderr string }{
		{"NSP2999", "there is no rule \"NSP2999\"; did you mean"},
		{"cpu_limit", "NSP2032 cpu_limit"},
		{"NPS1099", "NSP1099 more findings"},
		{"nonsense", "--explain list"},
		{"", "--explain list"},
		{"\x1b[31m", "--explain list"},
	} {
		code, out, stderr := w.run("validate", "--explain", test.id)
		if code != 2 || out != "" || !strings.Contains(stderr, test.stderr) || strings.Contains(stderr, "\x1b") {
			t.Errorf("%q: exit code %d, %s%q", test.id, code, out, stderr)
		}
	}
}

// repaired is a repair that writes 8080 for the port 80 of the world's plugin.
func repaired(t *testing.T, w world) (validateOptions, target, manifest.Repaired, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	w.plugin(t)
	w.edit(t, "my-plugin/manifest.json", `"port": 8080`, `"port": 80`)
	var out, errs bytes.Buffer
	o := validateOptions{streams: w.streams(&out, &errs), named: "my-plugin", format: "text", fix: true}
	before, err := o.streams.openTarget("my-plugin")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(w.dir, "my-plugin", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	after := bytes.Replace(data, []byte(`"port": 80`), []byte(`"port": 8080`), 1)
	found := manifest.Check(before.files, manifest.Options{}).Findings
	if len(found) == 0 || found[0].Rule != "NSP2016" {
		t.Fatalf("found %+v", found)
	}
	w.write(t, "after/manifest.json", string(after))
	fixed, err := o.streams.openTarget("after/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	made := manifest.Repaired{
		Changes: []manifest.Change{{File: "manifest.json", Before: data, After: after}},
		Applied: []manifest.Applied{{Finding: found[0], Fix: manifest.Fix{Title: `write "port": 8080`, Safe: true}}},
		Report:  manifest.Check(fixed.files, manifest.Options{Path: "my-plugin"}),
	}
	return o, before, made, &out, &errs
}

// told is what is said of the one fix of a repair.
func told(made manifest.Repaired) string {
	return "my-plugin/manifest.json:8:11: " + made.Applied[0].Finding.Message + " → write \"port\": 8080 [NSP2016]\n"
}

func TestFixWritesAndReportsWhatIsLeft(t *testing.T) {
	w := newWorld(t)
	o, before, made, out, errs := repaired(t, w)
	o.format = "json"
	if err := writeRepair(o, before, made, time.Second); !errors.Is(err, errSilent) {
		t.Errorf("the plugin has no service: %v", err)
	}
	if errs.String() != "mended "+told(made) {
		t.Errorf("stderr %q", errs.String())
	}
	var r manifest.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Path != "my-plugin" || r.Score.Passed != 6 {
		t.Errorf("%v: %s", err, out.String())
	}
	if code, _, _ := w.run("validate", "my-plugin"); code != 0 {
		t.Error("nothing was written")
	}
	if err := writeRepair(o, before, made, time.Second); !errors.Is(err, studio.ErrChanged) {
		t.Errorf("what changed meanwhile was written over: %v", err)
	}
}

func TestDryRunShowsADiffAndWritesNothing(t *testing.T) {
	w := newWorld(t)
	o, before, made, out, errs := repaired(t, w)
	if err := showRepair(o, before, made); !errors.Is(err, errSilent) {
		t.Errorf("the plugin would have no service: %v", err)
	}
	want := "would mend " + told(made) + "nothing was written; --fix without --dry-run does it, and `patch -p1` from this diff\nafter that: " + report.Summary(made.Report) + "\n"
	if errs.String() != want {
		t.Errorf("stderr\n%s\nwant\n%s", errs.String(), want)
	}
	for _, line := range []string{"--- a/my-plugin/manifest.json\n+++ b/my-plugin/manifest.json\n", "\n-  \"port\": 80,\n+  \"port\": 8080,\n"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the diff has no %q:\n%s", line, out.String())
		}
	}
	if code, _, _ := w.run("validate", "my-plugin"); code != 1 {
		t.Error("something was written")
	}
	for named, want := range map[string]string{".": "", "./": "", "my-plugin/manifest.json": "my-plugin", "a/../b": "b", "../x": "", "/x/y": "", "manifest.json": ""} {
		if got := (validateOptions{named: named}).namedFolder(); got != want {
			t.Errorf("the folder of %q is %q, want %q", named, got, want)
		}
	}
}

func TestFixOfAPluginInOrderChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for _, args := range [][]string{{"--fix"}, {"--fix", "--unsafe"}, {"--fix", "--dry-run"}} {
		code, _, stderr := w.run(append([]string{"validate", "my-plugin"}, args...)...)
		if code != 0 || !strings.HasPrefix(stderr, "there is nothing that --fix mends by itself\n") {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
}
