package nspkg

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// nameTests are names and the rules that keep them out.
var nameTests = []struct {
	name, rule string // no rule: packed
}{
	{"__pycache__", "__pycache__"},
	{"main.pyc", "*.pyc"},
	{".git", ".git"},
	{".DS_Store", ".DS_Store"},
	{".pytest_cache", ".pytest_cache"},
	{"venv", "venv"},
	{".venv", ".venv"},
	{"node_modules", "node_modules"},
	{"target", "target"},
	{".env", ".env"},
	{".env.local", ".env.*"},
	{".env.production", ".env.*"},
	{".env.example.local", ".env.*"},
	{".idea", ".idea"},
	{".vscode", ".vscode"},
	{".netstacks", ".netstacks"},
	{"my-plugin-0.9.0.nspkg", "*.nspkg"},
	{"MY-PLUGIN.NSPKG", "*.nspkg"},
	{".nspkgignore", ".nspkgignore"},
	{".ENV", ".env"},
	{".Env.Local", ".env.*"},
	{".env.EXAMPLE", ".env.*"},
	{"id_rsa", "id_rsa"},
	{"ID_RSA", "id_rsa"},
	{"id_ed25519", "id_ed25519"},
	{"id_ecdsa_sk", "id_ecdsa_sk"},
	{"client.p12", "*.p12"},
	{"client.PFX", "*.pfx"},
	{"putty.ppk", "*.ppk"},
	{"server.jks", "*.jks"},
	{"Debug.KEYSTORE", "*.keystore"},
	{".main.py.swp", "*.swp"},
	{".main.py.swo", "*.swo"},
	{"main.py~", "*~"},
	{"main.py.~1~", "*~"},
	{".#main.py", ".#*"},
	{"#main.py#", "#*#"},
	{".netstacks-plugin-2837", ".netstacks-plugin-*"},
	{"4913", "4913"},

	{".env.example", ""},
	{".environment", ""},
	{"env", ""},
	{".gitignore", ""},
	{".gitattributes", ""},
	{".github", ""},
	{"main.py", ""},
	{"pyc", ""},
	{"main.pyc.txt", ""},
	{"targets", ""},
	{"my-target", ""},
	{"Target", ""},
	{"nspkg", ""},
	{"venv.py", ""},
	{".dockerignore", ""},
	{"id_rsa.pub", ""},
	{"id_rsa_notes.md", ""},
	{"flash.swf", ""},
	{"runtime.swp", ""},
	{"#", ""},
	{"#1", ""},
	{"49130", ""},
	{".netstacks-plugin-notes", ""},
	{"netstacks.toml", ""},
}

func TestExcludedNames(t *testing.T) {
	for _, tt := range nameTests {
		for _, kind := range []string{"file", "folder", "file deep down", "link"} {
			if tt.name == ".nspkgignore" && (kind == "folder" || kind == "link") {
				continue // as the root's own, a folder is refused, and a link's target read
			}
			t.Run(tt.name+" as "+kind, func(t *testing.T) {
				dir := plant(t, map[string]string{"manifest.json": "{}", "content/file": "x"})
				packed, excluded := tt.name, tt.name
				var err error
				switch kind {
				case "file":
					err = os.WriteFile(filepath.Join(dir, tt.name), nil, 0o644)
				case "folder":
					packed, excluded = tt.name+"/file", tt.name+"/"
					err = os.Rename(filepath.Join(dir, "content"), filepath.Join(dir, tt.name))
				case "file deep down":
					packed, excluded = "content/"+tt.name, "content/"+tt.name
					err = os.WriteFile(filepath.Join(dir, "content", tt.name), nil, 0o644)
				case "link":
					// An innocent name does not let in what it points to.
					packed, excluded = "innocent", "innocent"
					err = errors.Join(os.WriteFile(filepath.Join(dir, "content", tt.name), nil, 0o644), os.Symlink("content/"+tt.name, filepath.Join(dir, "innocent")))
				}
				if err != nil {
					t.Fatal(err)
				}
				listing, err := List(dir)
				if err != nil {
					t.Fatal(err)
				}
				isPacked := slices.ContainsFunc(listing.Entries, func(e Entry) bool { return e.Path == packed })
				isExcluded := slices.ContainsFunc(listing.Excluded, func(e Excluded) bool { return e.Path == excluded && e.Rule == tt.rule })
				if isPacked != (tt.rule == "") || isExcluded != (tt.rule != "") {
					t.Errorf("rule %q wanted, got entries %+v, excluded %+v", tt.rule, listing.Entries, listing.Excluded)
				}
			})
		}
	}
}

func TestLinksInsideTheTreeArePackedAsTheirContent(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", "lib/tool.sh*": "#!/bin/sh\n", "lib/deep/data.txt": "data"})
	for name, target := range map[string]string{
		"service/tool.sh": "../lib/tool.sh",
		"service/lib":     "../lib",
		"again":           "service/lib/deep/data.txt", // through a link, to a file
	} {
		link(t, dir, name, target)
	}
	listing, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{Path: "manifest.json", Size: 2, Mode: 0o644},
		{Path: "again", Size: 4, Mode: 0o644},
		{Path: "lib/deep/data.txt", Size: 4, Mode: 0o644},
		{Path: "lib/tool.sh", Size: 10, Mode: 0o755},
		{Path: "service/lib/deep/data.txt", Size: 4, Mode: 0o644},
		{Path: "service/lib/tool.sh", Size: 10, Mode: 0o755},
		{Path: "service/tool.sh", Size: 10, Mode: 0o755},
	}
	if !slices.Equal(listing.Entries, want) {
		t.Errorf("got %+v\nwant %+v", listing.Entries, want)
	}
	if got := pack(t, dir); got.Files != len(want) {
		t.Errorf("packed %d files, want %d", got.Files, len(want))
	}
}

// link makes the symbolic link name, slash-separated, below dir.
func link(t *testing.T, dir, name, target string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.Symlink(target, file)); err != nil {
		t.Fatal(err)
	}
}

func TestLinksThatCannotBePacked(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		target func(dir string) string
		want   string
	}{
		{"absolute, outside", func(string) string { return outside }, "which leaves the plugin directory; put a copy of the file in its place"},
		{"absolute folder outside", func(string) string { return filepath.Dir(outside) }, "which leaves the plugin directory; put a copy"},
		{"relative, outside", func(dir string) string {
			rel, err := filepath.Rel(filepath.Join(dir, "service"), outside)
			if err != nil {
				t.Fatal(err)
			}
			return rel
		}, "which leaves the plugin directory; put a copy"},
		{"absolute, inside", func(dir string) string { return filepath.Join(dir, "manifest.json") }, "make the link relative"},
		{"out and in again", func(dir string) string { return "../../" + filepath.Base(dir) + "/manifest.json" }, "make the link relative"},
		{"nowhere", func(string) string { return "missing" }, "which cannot be followed: no such file or directory; mend the link or delete it"},
		{"itself", func(string) string { return "link" }, "which cannot be followed: "},
		{"the folder it is in", func(string) string { return "." }, "which contains the link itself; delete it"},
		{"the whole tree", func(string) string { return ".." }, "which contains the link itself; delete it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := plant(t, map[string]string{"manifest.json": "{}"})
			link(t, dir, "service/link", tt.target(dir))
			refused(t, dir, "service/link", tt.want)
		})
	}
	t.Run("two folders in each other", func(t *testing.T) {
		dir := plant(t, map[string]string{"a/file": "", "b/file": ""})
		link(t, dir, "a/to-b", "../b")
		link(t, dir, "b/to-a", "../a")
		refused(t, dir, "a/to-b/to-a", "which contains the link itself")
	})
}

// refused checks that dir is refused for path and reason, and that nothing is written.
func refused(t *testing.T, dir, path, reason string) {
	t.Helper()
	folder := t.TempDir()
	_, err := Write(t.Context(), Options{Dir: dir, Output: filepath.Join(folder, "out.nspkg")})
	unpackable := (*UnpackableError)(nil)
	if !errors.As(err, &unpackable) {
		t.Fatalf("error %v, want an *UnpackableError", err)
	}
	if !slices.ContainsFunc(unpackable.Problems, func(p Problem) bool { return p.Path == path && strings.Contains(p.Reason, reason) }) {
		t.Errorf("problems %q, want %q with %q", unpackable.Problems, path, reason)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("something was written: %v %v", entries, err)
	}
}

func TestEmptyDirectoryListsNothing(t *testing.T) {
	listing, err := List(t.TempDir())
	if err != nil || listing.Entries == nil || listing.Excluded == nil || len(listing.Entries)+len(listing.Excluded) != 0 {
		t.Errorf("got %+v, %v", listing, err)
	}
}
