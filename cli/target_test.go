package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// targets puts things to validate beside the world's plugin.
func (w world) targets(t *testing.T) {
	t.Helper()
	manifestJSON, err := os.ReadFile(filepath.Join(w.dir, "my-plugin", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(manifestJSON)
	const service = "@app.get(\"/health\")\ndef health():\n    return {\"id\": 1}\n"
	w.archive(t, "good.nspkg", "manifest.json", text, "service/Dockerfile", "FROM x", "service/main.py", service, "migrations/1.sql", "SELECT 1;")
	w.archive(t, "GOOD.NSPKG", "manifest.json", text, "service/Dockerfile", "FROM x", "service/main.py", service, "migrations/1.sql", "SELECT 1;")
	w.archive(t, "bad.nspkg", "manifest.json", strings.Replace(text, `"cpu_limit": 0.5`, `"cpu_limit": 9`, 1), "service/Dockerfile", "FROM x", "service/main.py", service, "migrations/1.sql", "SELECT 1;")
	w.archive(t, "wrapped.nspkg", "my-plugin/", "", "my-plugin/manifest.json", text, "__MACOSX/my-plugin/._manifest.json", "x")
	w.archive(t, "foreign.nspkg", "src/main.c", "", "src/README", "")
	w.archive(t, "nothing.nspkg")
	w.archive(t, "twice.nspkg", "manifest.json", text, "manifest.json", "{}")
	w.archive(t, "escaping.nspkg", "manifest.json", text, "../../etc/x", "")
	w.archive(t, "deep.nspkg", strings.Repeat("a/", 100)+"b", "")
	w.archive(t, "long.nspkg", strings.Repeat("a", 2000), "")
	w.write(t, "empty.nspkg", "")
	w.write(t, "text.nspkg", "no archive")
	whole, err := os.ReadFile(filepath.Join(w.dir, "good.nspkg"))
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "cut.nspkg", string(whole[:len(whole)/2]))
	w.write(t, "torn.nspkg", strings.ReplaceAll(string(whole), "PK\x01\x02", "PK\x01\x03"))
	w.write(t, "zeroed.nspkg", string(whole[:60])+strings.Repeat("\x00", 300)+string(whole[360:]))
	w.write(t, "dir/manifest.json/manifest.json", text)
	w.write(t, "notes.txt", "")
	for _, dir := range []string{"loop", "nowhere", "elsewhere"} {
		if err := os.Mkdir(filepath.Join(w.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"loop/manifest.json": "manifest.json", "nowhere/manifest.json": "gone", "elsewhere/manifest.json": "../my-plugin/manifest.json", "link": "my-plugin", "circle": "circle"} {
		if err := os.Symlink(to, filepath.Join(w.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTargets(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.targets(t)
	for _, test := range []struct {
		target string
		code   int
		want   string // in what is printed
	}{
		{"my-plugin", 0, "8/8"},
		{"my-plugin/manifest.json", 0, "8/8"},
		{"link", 0, "8/8"},
		{"good.nspkg", 0, "8/8"},
		{"GOOD.NSPKG", 0, "8/8"},
		{"bad.nspkg", 1, "cpu_limit is 9"},
		{"dir/manifest.json", 1, "manifest.json is a directory; it must be a file"},
		{"dir", 1, "manifest.json is a directory; it must be a file"},
		{"loop/manifest.json", 1, "manifest.json cannot be read: too many levels of symbolic links"},
		{"loop", 1, "manifest.json cannot be read: too many levels of symbolic links"},
		{"nowhere/manifest.json", 1, "a symbolic link that leads nowhere"},
		{"elsewhere/manifest.json", 1, "service/Dockerfile is missing"},
		{"wrapped.nspkg", 1, "opening wrapped.nspkg as a plugin's archive: its files lie below my-plugin/, and the Controller looks for manifest.json at the top"},
		{"foreign.nspkg", 1, "manifest.json is missing"},
		{"nothing.nspkg", 1, "it holds no files"},
		{"empty.nspkg", 1, "the file is empty"},
		{"text.nspkg", 1, "it is no ZIP archive"},
		{"cut.nspkg", 1, "it is no ZIP archive, or its end is missing"},
		{"torn.nspkg", 1, "torn.nspkg as a plugin's archive: it"},
		{"zeroed.nspkg", 1, "manifest.json cannot be read"},
		{"deep.nspkg", 1, "100 folders"},
		{"long.nspkg", 1, "a name of 2000 bytes"},
		{"circle", 2, "too many levels of symbolic links"},
		{"notes.txt", 2, "name a plugin's folder, its manifest.json or a .nspkg"},
		{"my-plugin/service/main.py", 2, "name a plugin's folder, its manifest.json or a .nspkg"},
		{"gone", 2, "cannot validate gone: there is no such file or folder"},
		{"gone/manifest.json", 2, "there is no such file or folder"},
		{"gone.nspkg", 2, "there is no such file or folder"},
		{"", 2, "the plugin's name is empty"},
		{"twice.nspkg", 1, `it holds "manifest.json" twice`},
		{"escaping.nspkg", 1, "leads out of the plugin's folder"},
	} {
		t.Run(test.target, func(t *testing.T) {
			code, out, stderr := w.run("validate", test.target)
			if code != test.code || !strings.Contains(out+stderr, test.want) {
				t.Errorf("exit code %d, want %d with %q; printed\n%s%s", code, test.code, test.want, out, stderr)
			}
		})
	}
	for _, format := range []string{"json", "sarif", "junit", "github"} {
		if code, out, _ := w.run("validate", "text.nspkg", "--format", format); code != 1 || !strings.Contains(out, "it is no ZIP archive") {
			t.Errorf("a broken archive as %s: exit code %d, %s", format, code, out)
		}
	}
	for _, archive := range []string{"good.nspkg", "bad.nspkg"} {
		code, out, stderr := w.run("validate", "--fix", archive)
		if code != 2 || out != "" || !strings.Contains(stderr, "--fix changes nothing in an archive") {
			t.Errorf("--fix %s: exit code %d, %s%s", archive, code, out, stderr)
		}
	}
	if _, out, _ := w.run("validate", "bad.nspkg"); strings.Contains(out, "--fix") {
		t.Errorf("the report of an archive offers to change it:\n%s", out)
	}
}

func TestPlacesAreThoseOfTheRepository(t *testing.T) {
	w := newWorld(t)
	dir, err := filepath.EvalSymlinks(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"repo/.git", "repo/plugins/a", "other/b"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "repo", "plugins"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ cwd, path, workspace, want string }{
		{"repo", "repo", "", ""},
		{"repo", "repo/plugins/a", "", "plugins/a"},
		{"repo/plugins/a", "repo/plugins/a", "", "plugins/a"},
		{"other", "link/a", "", "plugins/a"},
		{"repo", "repo/plugins/a", "repo/plugins", "a"},
		{"repo", "repo/plugins/a", "other", "plugins/a"},
		{"other", "other/b", "", "b"},
		{"other/b", "other/b", "", ""},
		{"other/b", "other", "", dir + "/other"},
		{"other", "other/b/x.nspkg", "", "b/x.nspkg"},
	} {
		var out, errs bytes.Buffer
		w.env["GITHUB_WORKSPACE"] = ""
		if test.workspace != "" {
			w.env["GITHUB_WORKSPACE"] = filepath.Join(dir, test.workspace)
		}
		s := w.streams(&out, &errs)
		s.Dir = filepath.Join(dir, test.cwd)
		if got := s.inRepository(filepath.Join(dir, test.path)); got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}

func TestRepairCommandCanBeTyped(t *testing.T) {
	for named, want := range map[string]string{
		".": "netstacks-plugin validate --fix", "my-plugin": "netstacks-plugin validate --fix my-plugin",
		"a b": "netstacks-plugin validate --fix 'a b'", "it's": `netstacks-plugin validate --fix 'it'\''s'`, "-x": "netstacks-plugin validate --fix ./-x", "é": "netstacks-plugin validate --fix 'é'",
	} {
		if got := (target{named: named, dir: true}).repairCommand(); got != want {
			t.Errorf("%q: %s", named, got)
		}
	}
}
