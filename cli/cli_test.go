package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/ui"
)

// world is a place to run commands in: a folder, an environment, no terminal.
type world struct {
	dir string
	env map[string]string
	in  string
}

func newWorld(t *testing.T) world {
	dir := t.TempDir()
	return world{dir: dir, env: map[string]string{"HOME": dir, "DOCKER_HOST": "unix://" + filepath.Join(dir, "nobody.sock")}}
}

func (w world) streams(out, err *bytes.Buffer) Streams {
	return Streams{
		In: strings.NewReader(w.in), Out: out, Err: err, Dir: w.dir, Now: time.Now,
		Getenv: func(key string) string { return w.env[key] },
	}
}

// run executes one command line.
func (w world) run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Run(context.Background(), w.streams(&out, &err), args)
	return code, out.String(), err.String()
}

// plugin makes a plugin called my-plugin.
func (w world) plugin(t *testing.T) {
	t.Helper()
	if code, _, stderr := w.run("new", "my-plugin", "--yes", "--author", "Ada"); code != 0 {
		t.Fatalf("making a plugin: %d %s", code, stderr)
	}
}

func TestExitCodesAndMessages(t *testing.T) {
	for _, test := range []struct {
		args   []string
		code   int
		stderr string // a part of it
	}{
		{[]string{}, 2, "needs a terminal"},
		{[]string{"my-plugin"}, 2, "needs a terminal"},
		{[]string{"nonsense"}, 2, "neither a command nor a folder"},
		{[]string{"vaildate", "my-plugin"}, 2, "did you mean `netstacks-plugin validate`?"},
		{[]string{"my-plugin", "b"}, 2, "too many arguments"},
		{[]string{"new", "my-plugin", "--yes", "--author", "a", "--dry-run"}, 1, "my-plugin"},
		{[]string{"controller", "url", "my-plugin"}, 1, "nothing is running in my-plugin; start it with `netstacks-plugin run my-plugin`"},
		{[]string{"--version"}, 0, ""},
		{[]string{"vaildate"}, 2, "did you mean `netstacks-plugin validate`?"},
		{[]string{"validate", "--nonsense"}, 2, "netstacks-plugin validate --help"},
		{[]string{"validate", "a", "b"}, 2, "too many arguments"},
		{[]string{"validate", "nowhere"}, 2, "nowhere"},
		{[]string{"validate", "my-plugin/service/main.py"}, 2, "manifest.json or a .nspkg"},
		{[]string{"validate", "my-plugin"}, 0, ""},
		{[]string{"validate", "my-plugin/manifest.json"}, 0, ""},
		{[]string{"schema"}, 2, "schema manifest"},
		{[]string{"schema", "nonsense"}, 2, "schema manifest"},
		{[]string{"schema", "manifest"}, 0, ""},
		{[]string{"schema", "api"}, 0, ""},
		{[]string{"version"}, 0, ""},
		{[]string{"build", "my-plugin"}, 3, "nobody.sock"},
		{[]string{"build", "nowhere"}, 2, "nowhere"},
		{[]string{"run", "my-plugin", "--listen", "127.0.0.1:0"}, 3, "nobody.sock"},
		{[]string{"preview", "my-plugin"}, 1, "nothing is running in my-plugin; start it with `netstacks-plugin run my-plugin`"},
		{[]string{"controller", "url"}, 1, "nothing is running here; start it with `netstacks-plugin run`"},
		{[]string{"preview", "my-plugin", "--panel", "x"}, 2, "it has: items"},
		{[]string{"package", "nowhere"}, 2, "nowhere"},
		{[]string{"clean"}, 3, "nobody.sock"},
		{[]string{"controller", "token", "my-plugin"}, 1, "nothing is running in my-plugin; start it with `netstacks-plugin run my-plugin`"},
		{[]string{"completion"}, 0, ""},
		{[]string{"completion", "zsh"}, 0, ""},
		{[]string{"completion", "ksh"}, 2, "there is no completion for \"ksh\"; there is for bash, fish, powershell, zsh"},
		{[]string{"controller", "--plugin", "Bad_Name"}, 2, "--plugin: \"Bad_Name\" must start with a lowercase letter"},
		{[]string{"controller", "token", "--plugin", "a b", "--capability", "read_devices"}, 2, "--plugin: \"a b\" holds ' '"},
		{[]string{"new", "Bad_Name", "--yes"}, 2, "lowercase letter; \"bad-name\" would do"},
		{[]string{"new", "my-plugin", "--port", "abc"}, 2, "\"abc\" for \"--port\" flag: it must be a whole number; see"},
		{[]string{"new", "other", "--yes", "--author", "a", "--database", "--no-database"}, 2, "exclude each other"},
		{[]string{"new", "my-plugin", "--yes", "--author", "a"}, 1, "my-plugin"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			code, _, stderr := w.run(test.args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d; stderr: %s", code, test.code, stderr)
			}
			if !strings.Contains(stderr, test.stderr) {
				t.Errorf("stderr %q does not hold %q", stderr, test.stderr)
			}
			if test.code == 0 && stderr != "" {
				t.Errorf("a result came with stderr %q", stderr)
			}
		})
	}
}

func TestCapabilityThatNobodyKnowsIsToldWithTheNearest(t *testing.T) {
	for capability, want := range map[string]string{
		"read_devices": "",
		"read_device":  `asks for the capability "read_device"; did you mean "read_devices"?`,
		"brew_coffee":  "asks for the capability \"brew_coffee\"; `netstacks-plugin validate` says which there are",
	} {
		w := newWorld(t)
		code, _, stderr := w.run("new", "near", "--yes", "--author", "a", "--description", "d", "--dry-run", "--capability", capability)
		if code != 0 || !strings.Contains(stderr, want) || want == "" && stderr != "" {
			t.Errorf("%s: exit code %d, %s; want %q", capability, code, stderr, want)
		}
	}
}

func TestNewWithoutATerminalTakesAnswersFromFlags(t *testing.T) {
	w := newWorld(t)
	code, _, stderr := w.run("new", "full", "--display-name", `Full "x"`, "--description", "All\nof it", "--author", "Ada",
		"--capability", "read_devices", "--capability", "invoke_llm", "--no-database", "--port", "9000", "--output-dir", "sub")
	if code != 0 {
		t.Fatalf("%d %s", code, stderr)
	}
	data, err := os.ReadFile(filepath.Join(w.dir, "sub", "full", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		DisplayName   string   `json:"display_name"`
		Description   string   `json:"description"`
		Capabilities  []string `json:"capabilities_required"`
		Port          int      `json:"port"`
		MigrationsDir *string  `json:"migrations_dir"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if m.DisplayName != `Full "x"` || m.Description != "All\nof it" || strings.Join(m.Capabilities, " ") != "read_devices invoke_llm" || m.Port != 9000 || m.MigrationsDir != nil {
		t.Errorf("the manifest says %+v", m)
	}
}

func TestNewInATerminalAsks(t *testing.T) {
	answers := scaffold.Answers{Name: "asked", DisplayName: "Asked", Description: "d", Author: "a", Template: "python", Database: true, Port: 8080}
	for _, test := range []struct {
		name      string
		confirmed bool
		code      int
	}{
		{"confirmed", true, 0},
		{"left", false, 130},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			var out, errs bytes.Buffer
			s := w.streams(&out, &errs)
			s.InTTY, s.OutTTY = true, true
			o := newOptions{streams: s, outputDir: ".", answers: scaffold.Answers{Name: "asked", Template: "python", Database: true, Port: 8080}}
			o.wizard = func(_ context.Context, u ui.Options) (scaffold.Answers, bool, error) {
				if u.Defaults.DisplayName != "Asked" {
					t.Errorf("the wizard starts with the display name %q", u.Defaults.DisplayName)
				}
				if !test.confirmed {
					return scaffold.Answers{}, false, nil
				}
				return answers, true, u.Create(answers)
			}
			code := exitCode(context.Background(), &errs, runNew(context.Background(), o))
			if code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, errs.String())
			}
			_, err := os.Stat(filepath.Join(w.dir, "asked", "manifest.json"))
			if written := err == nil; written != test.confirmed {
				t.Errorf("written: %v", written)
			}
		})
	}
}

// TestValidateJSON holds the shape that design.md fixes for programs.
func TestValidateJSON(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	code, out, _ := w.run("validate", "my-plugin", "--json")
	if code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var shape map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &shape); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"path": `"my-plugin"`, "ok": "true", "findings": "[]"} {
		if string(shape[key]) != want {
			t.Errorf("%s is %s, want %s", key, shape[key], want)
		}
	}
	var checks []struct {
		ID, Label string
		OK        bool
	}
	if err := json.Unmarshal(shape["checks"], &checks); err != nil || len(checks) != 8 {
		t.Errorf("%d checks, %v", len(checks), err)
	}
}

func TestSourceDateEpochDatesTheArchive(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	sum := func(epoch string) string {
		t.Helper()
		w.env["SOURCE_DATE_EPOCH"] = epoch
		code, out, stderr := w.run("package", "my-plugin", "--json", "--output", "x.nspkg")
		if code != 0 {
			t.Fatalf("%d %s", code, stderr)
		}
		var p struct {
			SHA256 string `json:"sha256"`
		}
		if err := json.Unmarshal([]byte(out), &p); err != nil || p.SHA256 == "" {
			t.Fatalf("%s: %v", out, err)
		}
		return p.SHA256
	}
	if a, b, c := sum(""), sum("1700000000"), sum("1700000000"); a == b || b != c {
		t.Errorf("sums %s %s %s", a, b, c)
	}
	w.env["SOURCE_DATE_EPOCH"] = "yesterday"
	if code, _, stderr := w.run("package", "my-plugin"); code != 2 || !strings.Contains(stderr, "SOURCE_DATE_EPOCH") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestGuardDoesNothingWhenItsOwnerCleanedUp(t *testing.T) {
	w := newWorld(t) // no engine answers here, so cleaning would fail
	w.in = "clean\n"
	if code, _, stderr := w.run("clean", "--when-orphaned", w.dir, "session"); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	w.in = ""
	if code, _, _ := w.run("clean", "--when-orphaned", w.dir, "session"); code != 3 {
		t.Errorf("an orphaned guard did not try to clean: exit code %d", code)
	}
}
