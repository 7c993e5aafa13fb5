package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a file of the world's plugin.
func put(t *testing.T, w world, name, text string) {
	t.Helper()
	file := filepath.Join(w.dir, "my-plugin", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// secret is a token as GitHub gives it out, put together so that this file holds none.
var secret = "gh" + "p_" + strings.Repeat("q1W2e3R4t5Y6", 3)

func TestPackageListTellsWhatGoesInAndWhyAndWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	put(t, w, ".nspkgignore", "# ours\ndev/\n!/node_modules/\n")
	put(t, w, "dev/notes.txt", "x")
	put(t, w, ".env", "A=1\n")
	put(t, w, "node_modules/a.js", "x")
	put(t, w, "main.pyc", "x")
	put(t, w, ".gitignore", "gen/\n")
	put(t, w, "gen/x.py", "")
	put(t, w, "gen/y.py", "")

	code, out, stderr := w.run("package", "my-plugin", "--list")
	if code != 0 || stderr != "" {
		t.Fatalf("%d %s", code, stderr)
	}
	for _, want := range []string{
		"included: every package starts with it", "included: no rule keeps it out", "included by !/node_modules/ (.nspkgignore line 3)",
		"excluded: always (secrets)\n", "excluded: .nspkgignore line 2: dev/", "excluded: always (development cruft): *.pyc", "4 excluded",
		`! "gen/" (2 files) goes into the package, but git ignores it (.gitignore:1: gen/)`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(w.dir, "*.nspkg")); found != nil {
		t.Errorf("something was written: %v", found)
	}

	_, out, _ = w.run("package", "my-plugin", "--list", "--json")
	var list struct {
		OK      bool
		Entries []struct {
			Path, Why      string
			Size           int64
			CompressedSize int64 `json:"compressed_size"`
		}
		Excluded []struct{ Path, Rule, Class, File, Where string }
		Warnings []struct{ Path string }
		Secrets  []any
		Problems []any
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || !list.OK || len(list.Entries) < 10 || len(list.Excluded) != 4 || len(list.Warnings) != 1 || list.Secrets == nil || list.Problems == nil {
		t.Errorf("%+v %v", list, err)
	}
	for _, e := range list.Entries {
		if e.Why == "" || e.Size > 0 && e.CompressedSize == 0 {
			t.Errorf("%+v", e)
		}
	}
}

func TestSecretStopsThePackageUntilItIsWaived(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	put(t, w, "service/config.py", "a = 1\nb = '"+secret+"'\n")
	for _, args := range [][]string{{"package", "my-plugin"}, {"package", "my-plugin", "--list"}} {
		code, out, stderr := w.run(args...)
		for _, want := range []string{"service/config.py:2:6: a GitHub token (github-token): " + secret[:4] + "••••••••; revoke it at GitHub", "[[package.allow-secret]]", "line = 2"} {
			if code != 1 || !strings.Contains(out+stderr, want) {
				t.Errorf("%q: %d, %q is missing in\n%s%s", args, code, want, out, stderr)
			}
		}
		if strings.Contains(out+stderr, secret) {
			t.Errorf("%q prints the secret", args)
		}
	}
	put(t, w, "netstacks.toml", "[[package.allow-secret]]\nrule = \"github-token\"\nfile = \"service/config.py\"\nline = 2\nreason = \"revoked in May\"\n")
	code, _, stderr := w.run("package", "my-plugin")
	if code != 0 || !strings.Contains(stderr, "service/config.py:2: a GitHub token goes in, as netstacks.toml says: revoked in May") {
		t.Errorf("%d %s", code, stderr)
	}
	put(t, w, "service/config.py", "a = 1\n")
	if code, _, stderr := w.run("package", "my-plugin"); code != 0 || !strings.Contains(stderr, "matches no secret that goes into the package; remove it") {
		t.Errorf("%d %s", code, stderr)
	}
}

func TestIgnoredFileThatTheControllerNeedsStopsThePackage(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	put(t, w, ".nspkgignore", "Dockerfile\n")
	code, _, stderr := w.run("package", "my-plugin")
	if code != 1 || !strings.Contains(stderr, "without what .nspkgignore keeps out, the plugin is not in order: ") || !strings.Contains(stderr, "Dockerfile") {
		t.Errorf("%d %s", code, stderr)
	}
}

func TestPackageListTellsEverythingThatCannotBePacked(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	put(t, w, "nul.txt", "")
	put(t, w, "what?.md", "")
	code, out, _ := w.run("package", "my-plugin", "--list")
	if code != 1 || !strings.Contains(out, "2 files cannot be packed:\n  nul.txt has a name that Windows takes for a device") || !strings.Contains(out, `  what?.md has a name with "?"`) {
		t.Errorf("%d %s", code, out)
	}
}
