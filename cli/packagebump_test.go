package cli

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/studio"
)

func manifestOf(t *testing.T, w world) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, "my-plugin", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func rewrite(t *testing.T, w world, old, new string) {
	t.Helper()
	text := manifestOf(t, w)
	if !strings.Contains(text, old) {
		t.Fatalf("the manifest does not hold %s", old)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "my-plugin", "manifest.json"), []byte(strings.Replace(text, old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPackageRaisesTheVersionAndSaysSo(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	before := manifestOf(t, w)
	code, out, stderr := w.run("package", "my-plugin", "--bump", "minor")
	want := []string{
		"✓ Plugin validation passed", "Raising the version: 1.0.0 → 1.1.0", "Creating package: my-plugin-1.1.0.nspkg", "Package summary:",
		"✓ Package created successfully: my-plugin-1.1.0.nspkg",
		"✓ manifest.json: version 1.1.0, image netstacks-plugin-my-plugin:1.1.0",
		"The image has a new tag. Build it before you upload: netstacks-plugin build my-plugin",
		"To upload this plugin:", "3. Select file: my-plugin-1.1.0.nspkg", "SHA-256: ",
	}
	rest := out
	for _, line := range want {
		_, behind, found := strings.Cut(rest, line)
		if !found {
			t.Fatalf("%q is missing, or not in its place:\n%s", line, out)
		}
		rest = behind
	}
	if code != 0 || stderr != "netstacks-plugin: service/main.py:48 still says 1.0.0; if that is the plugin's version, write 1.1.0 there, and package again without --bump\n" {
		t.Errorf("%d %s", code, stderr)
	}
	if after := manifestOf(t, w); after != strings.NewReplacer(`"version": "1.0.0"`, `"version": "1.1.0"`, "my-plugin:1.0.0", "my-plugin:1.1.0").Replace(before) {
		t.Errorf("the manifest is\n%s", after)
	}

	rewrite(t, w, "my-plugin:1.1.0", "my-plugin:stable")
	code, out, stderr = w.run("package", "my-plugin", "--bump", "patch", "--json")
	var p studio.PackageState
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if b := p.Bump; code != 0 || b == nil || b.Part != "patch" || b.Old != "1.1.0" || b.New != "1.1.1" || b.NewImage != b.OldImage || b.ImageNote == "" || filepath.Base(p.Path) != "my-plugin-1.1.1.nspkg" {
		t.Errorf("%d %s", code, out)
	}
	if strings.Contains(out, "elsewhere\": null") || stderr != "" {
		t.Errorf("%s%s", out, stderr)
	}
	if code, out, stderr = w.run("package", "my-plugin", "--bump", "patch"); code != 0 || strings.Contains(out, "Build it before") || stderr != "netstacks-plugin: "+strings.ReplaceAll(p.Bump.ImageNote, "1.1.1", "1.1.2")+"\n" {
		t.Errorf("%d %s%s", code, out, stderr)
	}
}

func TestPackageThatFailsDoesNotRaiseTheVersionTwice(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	token := filepath.Join(w.dir, "my-plugin", "token.txt")
	if err := os.WriteFile(token, []byte("gh"+"p_"+strings.Repeat("q1W2e3R4t5Y6", 3)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := manifestOf(t, w)
	for range 2 {
		if code, _, stderr := w.run("package", "my-plugin", "--bump", "patch"); code != 1 || !strings.Contains(stderr, "token.txt") {
			t.Fatalf("%d %s", code, stderr)
		}
		if manifestOf(t, w) != before {
			t.Fatal("the manifest is another")
		}
	}
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := w.run("package", "my-plugin", "--bump", "patch"); code != 0 || !strings.Contains(out, "1.0.0 → 1.0.1") {
		t.Errorf("%d %s%s", code, out, stderr)
	}
}

func TestVersionsThatCannotBeRaised(t *testing.T) {
	tests := []struct {
		name, old, new string
		args           []string
		code           int
		want           string // a part of standard output and error
	}{
		{"no part of a version", "", "", []string{"--bump", "huge"}, 2, `--bump is "huge"; it can be patch, minor or major`},
		{"with --list, which writes nothing", "", "", []string{"--bump", "patch", "--list"}, 2, "leave one of them out"},
		{"a version that is none", `"version": "1.0.0"`, `"version": "one"`, []string{"--bump", "patch"}, 1, "[NSP2011]"},
		{"no version", `  "version": "1.0.0",`, ``, []string{"--bump", "patch"}, 1, "version is missing"},
		{"a leading zero, which the Controller takes", `"version": "1.0.0"`, `"version": "1.00.0"`, []string{"--bump", "patch"}, 1, `version is the text "1.00.0", which is not a semantic version (NSP2011)`},
		{"two versions", `"version": "1.0.0"`, `"version": "1.0.0", "version": "1.0.0"`, []string{"--bump", "patch"}, 1, "[NSP1014]"},
		{"a pre-release, which becomes its release", `"version": "1.0.0"`, `"version": "2.0.0-rc.1"`, []string{"--bump", "patch"}, 0, "2.0.0-rc.1 → 2.0.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			if tt.old != "" {
				rewrite(t, w, tt.old, tt.new)
			}
			before := manifestOf(t, w)
			code, out, stderr := w.run(append([]string{"package", "my-plugin"}, tt.args...)...)
			if code != tt.code || !strings.Contains(out+stderr, tt.want) {
				t.Errorf("%d %s%s; want %d, %s", code, out, stderr, tt.code, tt.want)
			}
			if archives, _ := filepath.Glob(filepath.Join(w.dir, "*.nspkg")); (manifestOf(t, w) != before) != (code == 0) || (len(archives) == 1) != (code == 0) {
				t.Errorf("packages %v, manifest\n%s", archives, manifestOf(t, w))
			}
		})
	}
}

func TestWhatFailsBehindThePackageSaysThatTheVersionWasRaised(t *testing.T) {
	failed := errors.New("signing the package: no space left on device")
	if err := (release{}).behind(failed); err != failed {
		t.Errorf("without --bump: %v", err)
	}
	bump := studio.Bump{}
	bump.New = "1.0.1"
	if err := (release{&bump}).behind(failed); !errors.Is(err, failed) || !strings.HasSuffix(err.Error(), "\nThe version is 1.0.1 by now: package again without --bump") {
		t.Errorf("%v", err)
	}
}
