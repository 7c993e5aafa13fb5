package nspkg

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// plugin is a small plugin directory: path → content. A path that ends in "*" is
// executable.
var plugin = map[string]string{
	"manifest.json":                      `{"name": "my-plugin", "version": "1.0.0"}`,
	"README.md":                          strings.Repeat("A plugin. ", 200),
	"a.b":                                "a file that sorts before the folder a/ only byte by byte",
	"a/b":                                "",
	"migrations/001_initial_schema.sql":  "CREATE SCHEMA plugin_my_plugin;\n",
	"service/Dockerfile":                 "FROM python:3.12-slim\n",
	"service/main.py":                    "print('hello')\n",
	"service/routes/__init__.py":         "",
	"service/start.sh*":                  "#!/bin/sh\nexec python main.py\n",
	"service/.env.example":               "TOKEN=\n",
	"service/übersetzung/日本.txt":         "UTF-8 names\n",
	"service/.dockerignore":              ".env\n",
	"service/node_modules.txt":           "not the folder\n",
	"service/environment/.environment":   "not .env\n",
	"service/targets/venvs/pycache.json": "{}",
}

// order is how an archive of plugin is ordered.
var order = []string{
	"manifest.json",
	"README.md",
	"a.b",
	"a/b",
	"migrations/001_initial_schema.sql",
	"service/.dockerignore",
	"service/.env.example",
	"service/Dockerfile",
	"service/environment/.environment",
	"service/main.py",
	"service/node_modules.txt",
	"service/routes/__init__.py",
	"service/start.sh",
	"service/targets/venvs/pycache.json",
	"service/übersetzung/日本.txt",
}

// bytesOfPlugin is the SHA-256 of plugin's archive, on every machine. It changes with
// plugin, and when a new klauspost/compress compresses differently: then look at what
// changed, and say it in CHANGELOG.md.
const bytesOfPlugin = "2949ed47507a16c2b22b4f5a482e8393450a2758ea57cf312b6c505a7216c978"

// plant writes files to a new directory, in the order of paths.
func plant(t testing.TB, files map[string]string, paths ...string) string {
	t.Helper()
	dir := t.TempDir()
	if paths == nil {
		paths = slices.Sorted(maps.Keys(files))
	}
	for _, name := range paths {
		mode := fs.FileMode(0o666)
		file := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, "*")))
		if strings.HasSuffix(name, "*") {
			mode = 0o777
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(files[name]), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pack writes the archive of dir to a new place and returns it.
func pack(t testing.TB, dir string) Summary {
	t.Helper()
	summary, err := Write(t.Context(), Options{Dir: dir, Output: filepath.Join(t.TempDir(), "out.nspkg")})
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func TestArchiveHoldsTheTreeInItsOrder(t *testing.T) {
	dir := plant(t, plugin)
	output := filepath.Join(t.TempDir(), "dist", "my-plugin-1.0.0.nspkg") // dist is made
	summary, err := Write(t.Context(), Options{Dir: dir, Output: output})
	if err != nil {
		t.Fatal(err)
	}

	archive, err := zip.OpenReader(output)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var names []string
	var total int64
	for i, f := range archive.File {
		names = append(names, f.Name)
		total += int64(f.UncompressedSize64)
		mode := fs.FileMode(0o644)
		if f.Name == "service/start.sh" {
			mode = 0o755
		}
		if f.Mode() != mode {
			t.Errorf("%s: mode %v, want %v", f.Name, f.Mode(), mode)
		}
		if len(f.Extra) != 0 || f.Comment != "" || f.Flags&^flagUTF8 != 0 {
			t.Errorf("%s: extra %x, comment %q, flags %x; want none but that of UTF-8", f.Name, f.Extra, f.Comment, f.Flags)
		}
		if f.CompressedSize64 > f.UncompressedSize64 || (f.Method == zip.Store) != (f.CompressedSize64 == f.UncompressedSize64) {
			t.Errorf("%s: method %d makes %d bytes of %d", f.Name, f.Method, f.CompressedSize64, f.UncompressedSize64)
		}
		if want := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); !f.Modified.Equal(want) {
			t.Errorf("%s: time %v, want %v", f.Name, f.Modified, want)
		}
		if content := read(t, f); content != plugin[f.Name] && content != plugin[f.Name+"*"] {
			t.Errorf("%s: content %q", f.Name, content)
		}
		want := Entry{Path: f.Name, Size: int64(f.UncompressedSize64), CompressedSize: int64(f.CompressedSize64), Mode: mode}
		if summary.Entries[i] != want {
			t.Errorf("summary entry %d: %+v, want %+v", i, summary.Entries[i], want)
		}
	}
	if !slices.Equal(names, order) {
		t.Errorf("order of the archive:\n%q\nwant\n%q", names, order)
	}

	data, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(data)
	if summary.Path != output || summary.Files != len(order) || summary.TotalSize != total ||
		summary.PackageSize != int64(len(data)) || summary.SHA256 != hex.EncodeToString(hash[:]) {
		t.Errorf("summary %+v does not tell the archive (%d files of %d bytes, %d packed, SHA-256 %x)", summary, len(order), total, len(data), hash)
	}
	if summary.SHA256 != bytesOfPlugin {
		t.Errorf("SHA-256 of the archive: %s, want the pinned %s", summary.SHA256, bytesOfPlugin)
	}
}

func TestEpochIsTheTimeOfEveryFile(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}"})
	tests := []struct {
		name  string
		epoch time.Time
		want  time.Time
	}{
		{"none", time.Time{}, time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"SOURCE_DATE_EPOCH=0", time.Unix(0, 0), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"whole seconds", time.Unix(1700000000, 0), time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)},
		{"odd seconds lose one", time.Unix(1700000001, 0), time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)},
		{"another zone", time.Unix(1700000000, 0).In(time.FixedZone("", 5*3600)), time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)},
		{"beyond the format", time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "out.nspkg")
			if _, err := Write(t.Context(), Options{Dir: dir, Output: output, Epoch: tt.epoch}); err != nil {
				t.Fatal(err)
			}
			archive, err := zip.OpenReader(output)
			if err != nil {
				t.Fatal(err)
			}
			defer archive.Close()
			if got := archive.File[0].Modified; !got.Equal(tt.want) {
				t.Errorf("time %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSameTreeGivesTheSameBytes(t *testing.T) {
	paths := slices.Sorted(maps.Keys(plugin))
	want := pack(t, plant(t, plugin, paths...)).SHA256

	t.Run("files made in another order", func(t *testing.T) {
		reversed := slices.Clone(paths)
		slices.Reverse(reversed)
		same(t, want, pack(t, plant(t, plugin, reversed...)))
	})
	t.Run("other modification times", func(t *testing.T) {
		dir := plant(t, plugin)
		err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Chtimes(name, time.Time{}, time.Unix(1234567890, 0)))
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, pack(t, dir))
	})
	t.Run("another time zone", func(t *testing.T) {
		local := time.Local
		t.Cleanup(func() { time.Local = local })
		time.Local = time.FixedZone("elsewhere", -9*3600-1800)
		same(t, want, pack(t, plant(t, plugin)))
	})
	t.Run("excluded files beside it", func(t *testing.T) {
		dir := plant(t, plugin)
		for name, content := range map[string]string{".env": "SECRET=1", "service/main.pyc": "x", "old.nspkg": "x"} {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		same(t, want, pack(t, dir))
	})
	t.Run("written into the plugin directory, again and again", func(t *testing.T) {
		dir := plant(t, plugin)
		for range 3 {
			summary, err := Write(t.Context(), Options{Dir: dir, Output: filepath.Join(dir, "my-plugin-1.0.0.nspkg")})
			if err != nil {
				t.Fatal(err)
			}
			same(t, want, summary)
		}
	})
}

func same(t *testing.T, want string, got Summary) {
	t.Helper()
	if got.SHA256 != want {
		t.Errorf("SHA-256 %s, want %s", got.SHA256, want)
	}
}

func TestArchiveIsNeverPackedIntoItself(t *testing.T) {
	dir := plant(t, plugin)
	output := filepath.Join(dir, "dist", "plugin"+Extension)
	first, err := Write(t.Context(), Options{Dir: dir, Output: output})
	if err != nil {
		t.Fatal(err)
	}
	link(t, dir, "latest.zip", "dist/plugin"+Extension)
	second, err := Write(t.Context(), Options{Dir: dir, Output: output})
	if err != nil {
		t.Fatal(err)
	}
	same(t, first.SHA256, second)
}

// `package a --output a/manifest.json` wrote the archive over the manifest, and left it out.
func TestOutputNeverOverwritesAFileThatBelongsIntoThePackage(t *testing.T) {
	tests := []struct {
		name   string
		output func(t *testing.T, dir string) string
		file   string // the one of the plugin that the message names
	}{
		{"the manifest", func(_ *testing.T, dir string) string { return filepath.Join(dir, "manifest.json") }, "manifest.json"},
		{"a source file", func(_ *testing.T, dir string) string { return filepath.Join(dir, "service", "main.py") }, "service/main.py"},
		{"another spelling", func(_ *testing.T, dir string) string { return dir + "/a/../service/./main.py" }, "service/main.py"},
		{"relative", func(t *testing.T, dir string) string {
			t.Chdir(filepath.Join(dir, "service"))
			return "main.py"
		}, "service/main.py"},
		{"through a link to the folder", func(t *testing.T, dir string) string {
			other := t.TempDir()
			link(t, other, "here", dir)
			return filepath.Join(other, "here", "manifest.json")
		}, "manifest.json"},
		{"through a link to the file", func(t *testing.T, dir string) string {
			other := t.TempDir()
			link(t, other, "out.nspkg", filepath.Join(dir, "service", "main.py"))
			return filepath.Join(other, "out.nspkg")
		}, "service/main.py"},
		{"a link inside", func(t *testing.T, dir string) string {
			link(t, dir, "a/start", "../service/start.sh")
			return filepath.Join(dir, "a", "start")
		}, "a/start"},
		{"a hard link", func(t *testing.T, dir string) string {
			output := filepath.Join(t.TempDir(), "out.nspkg")
			if err := os.Link(filepath.Join(dir, "README.md"), output); err != nil {
				machine.Missing(t, "no hard links here: %v", err)
			}
			return output
		}, "README.md"},
		{"an earlier archive that is not called one", func(t *testing.T, dir string) string {
			output := filepath.Join(dir, "plugin.zip")
			if _, err := Write(t.Context(), Options{Dir: dir, Output: output}); err != nil {
				t.Fatal(err)
			}
			return output
		}, "plugin.zip"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := plant(t, plugin)
			output := tt.output(t, dir)
			before := tree(t, dir)
			_, err := Write(t.Context(), Options{Dir: dir, Output: output})
			want := "writing the package: " + output + " is the plugin's own file " + strconv.Quote(tt.file) +
				", which belongs into the package; choose another output, such as my-plugin-1.0.0.nspkg"
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
			if !maps.Equal(tree(t, dir), before) {
				t.Error("the plugin is not what it was")
			}
		})
	}
}

// tree returns the files below dir: slash-separated path → content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		files[path.Clean(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	dir := plant(t, plugin)
	tests := []struct {
		name, output, want string
	}{
		{"none", "", "no output file named"},
		{"a folder", t.TempDir(), "is a folder; name a file in it instead"},
		{"below a file", filepath.Join(dir, "README.md", "out.nspkg"), "not a directory"},
		{"a device", os.DevNull, "is not a regular file; name another one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Write(t.Context(), Options{Dir: dir, Output: tt.output})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	t.Run("no such plugin directory", func(t *testing.T) {
		output := filepath.Join(t.TempDir(), "out.nspkg")
		_, err := Write(t.Context(), Options{Dir: filepath.Join(dir, "missing"), Output: output})
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v, want one that is fs.ErrNotExist", err)
		}
		if _, err := os.Stat(output); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("something was written: %v", err)
		}
	})
}

// untouched checks that output is what it was, and alone in its folder.
func untouched(t *testing.T, output string) {
	t.Helper()
	if got := tree(t, filepath.Dir(output)); !maps.Equal(got, map[string]string{filepath.Base(output): "previous"}) {
		t.Fatalf("the previous archive and nothing else should be there: %q", slices.Collect(maps.Keys(got)))
	}
}

func TestNameIsNameAndVersion(t *testing.T) {
	if got := Name(&manifest.Manifest{Name: "my-plugin", Version: "1.0.0"}); got != "my-plugin-1.0.0.nspkg" {
		t.Errorf("got %s", got)
	}
}
