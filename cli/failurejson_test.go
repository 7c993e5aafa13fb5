package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/pkgbuild/image"
	"github.com/netstacks/netstacks-plugin/runner"
)

func TestJSONIsPrintedWhateverEndsACommandWithCodeOne(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*testing.T, world)
		args    string
		has     string // a key of the object that is printed
		want    string // of standard output
	}{
		{"a secret", func(t *testing.T, w world) { put(t, w, "service/config.py", "b = '"+secret+"'\n") }, "package my-plugin --json", "secrets", `"rule": "github-token"`},
		{"a file that cannot be packed", func(t *testing.T, w world) { put(t, w, "nul.txt", "") }, "package my-plugin --json", "problems", `"path": "nul.txt"`},
		{"a needed file that is kept out", func(t *testing.T, w world) { put(t, w, ".nspkgignore", "Dockerfile\n") }, "package my-plugin --json", "error", "the plugin is not in order"},
		{"a broken netstacks.toml", func(t *testing.T, w world) { put(t, w, "netstacks.toml", "[[") }, "package my-plugin --json", "findings", "netstacks.toml"},
		{"a broken netstacks.toml, listed", func(t *testing.T, w world) { put(t, w, "netstacks.toml", "[[") }, "package my-plugin --list --json", "error", "netstacks.toml"},
		{"no version to raise", func(t *testing.T, w world) { put(t, w, "manifest.json", `{"version": "one"}`) }, "package my-plugin --json --bump minor", "ok", "false"},
		{"an archive that cannot be written", nil, "package my-plugin --json -o my-plugin/manifest.json/x.nspkg", "error", "manifest.json"},
		{"validation fails", func(t *testing.T, w world) { put(t, w, "manifest.json", "{}") }, "package my-plugin --json", "checks", `"findings"`},
		{"a refused archive", func(t *testing.T, w world) { w.archive(t, "x.nspkg", "manifest.json", "{}", "../x", "") }, "diff --json my-plugin x.nspkg", "error", "leads out of the plugin's folder"},
		{"a broken manifest", func(t *testing.T, w world) { w.write(t, "broken/manifest.json", "{") }, "diff --format json broken my-plugin", "attention", "its manifest.json cannot be read"},
		{"nothing runs", nil, "preview my-plugin --json", "error", "nothing is running in my-plugin"},
		{"no manifest to preview", func(t *testing.T, w world) { put(t, w, "manifest.json", "{") }, "preview my-plugin --json", "error", "validate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			if test.prepare != nil {
				test.prepare(t, w)
			}
			code, out, stderr := w.run(strings.Fields(test.args)...)
			var object map[string]any
			if err := json.Unmarshal([]byte(out), &object); err != nil || code != 1 || object[test.has] == nil || !strings.Contains(out, test.want) {
				t.Errorf("exit code %d, %v, standard output %s", code, err, out)
			}
			if stderr == "" || strings.Contains(out+stderr, secret) {
				t.Errorf("standard error holds %q", stderr)
			}
		})
	}
}

func TestWrongUsageAndALeftCommandPrintNoJSON(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for _, args := range []string{"package nosuch --json", "package nosuch --list --json", "diff --json my-plugin gone", "package my-plugin --json -o -", "validate --json --explain NSP2016", "validate --format sarif --explain list"} {
		if code, out, _ := w.run(strings.Fields(args)...); code != 2 || out != "" {
			t.Errorf("%s: exit code %d, standard output %q", args, code, out)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := Run(ctx, w.streams(&out, &errs), []string{"package", "my-plugin", "--json"}); code != 130 || out.Len() > 0 {
		t.Errorf("exit code %d, %q", code, out.String())
	}
}

func TestWhatTheEnvironmentLacksEndsWithCodeThree(t *testing.T) {
	noHost := errors.New("lookup nosuch.invalid: no such host")
	for _, test := range []struct {
		name string
		err  error
		code int
	}{
		{"the database's image cannot be had", fmt.Errorf("starting: %w", &runner.PullError{Image: "nosuch.invalid/pg:1", Err: noHost}), 3},
		{"the registry of the base image cannot be reached", &image.FailedError{File: "Dockerfile", Instruction: "FROM x", Unreachable: true, Err: noHost}, 3},
		{"a base image that does not exist", &image.FailedError{File: "Dockerfile", Instruction: "FROM x", Err: errors.New("pull access denied")}, 1},
		{"anything else", errors.New("boom"), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var said bytes.Buffer
			if code := exitCode(t.Context(), &said, test.err); code != test.code || !strings.Contains(said.String(), test.err.Error()) {
				t.Errorf("exit code %d, want %d: %s", code, test.code, said.String())
			}
		})
	}
}

func TestOutputThatTheNextPackageWouldHoldIsRefused(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	if err := os.Symlink("my-plugin", filepath.Join(w.dir, "alias")); err != nil {
		machine.Missing(t, "this machine has no links: %v", err)
	}
	for _, test := range []struct {
		output string
		code   int
		want   string
	}{
		{"my-plugin/x.zip", 2, "lies in the plugin's folder and does not end in .nspkg, so that the next package would hold it; call it my-plugin/x.nspkg, or write it somewhere else"},
		{"alias/service/x", 2, "call it alias/service/x.nspkg"},
		{"-", 2, "name one, such as my-plugin.nspkg"},
		{"", 2, "--output is empty"},
		{"my-plugin/x.nspkg", 0, ""},
		{"x.zip", 0, ""},
	} {
		code, _, stderr := w.run("package", "my-plugin", "--output", test.output)
		if code != test.code || !strings.Contains(stderr, test.want) {
			t.Errorf("--output %q: exit code %d, want %d; %s", test.output, code, test.code, stderr)
		}
		if _, err := os.Stat(w.dir + "/" + test.output); code != 0 && err == nil && test.output != "" {
			t.Errorf("--output %q: it was written", test.output)
		}
	}
}

func TestListNamesAMissingFolderAsPackageDoes(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for _, named := range []string{"nosuch", "my-plugin/service/main.py"} {
		code, _, said := w.run("package", named)
		listCode, _, listSaid := w.run("package", "--list", named)
		if code != 2 || listCode != 2 || said != listSaid {
			t.Errorf("%s: %d %s, with --list %d %s", named, code, said, listCode, listSaid)
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestHelpThatCannotBeWrittenIsAnError(t *testing.T) {
	for _, args := range []string{"--help", "help package", "package --help", "--version", "version", "validate --explain list", "validate --explain NSP2016", "completion bash"} {
		w := newWorld(t)
		var errs bytes.Buffer
		s := w.streams(nil, &errs)
		s.Out = full{}
		if code := Run(t.Context(), s, strings.Fields(args)); code != 1 || strings.Count(errs.String(), "no space left") != 1 {
			t.Errorf("%s: exit code %d, %q", args, code, errs.String())
		}
	}
}
