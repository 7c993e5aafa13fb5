package studio

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

func TestWriteChanges(t *testing.T) {
	change := manifest.Change{File: "manifest.json", Before: []byte("old"), After: []byte("new")}
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir string)
		want    string // content of manifest.json afterwards
		problem string
	}{
		{"a plain file keeps its permissions", func(t *testing.T, dir string) { write(t, dir, "manifest.json", "old") }, "new", ""},
		{"a file that changed is left alone", func(t *testing.T, dir string) { write(t, dir, "manifest.json", "other") }, "other", "changed meanwhile"},
		{"a link inside the project is kept", func(t *testing.T, dir string) {
			write(t, dir, "real.json", "old")
			link(t, "real.json", filepath.Join(dir, "manifest.json"))
		}, "new", ""},
		{"a link out of the project is refused", func(t *testing.T, dir string) {
			outside := t.TempDir()
			write(t, outside, "m.json", "old")
			link(t, filepath.Join(outside, "m.json"), filepath.Join(dir, "manifest.json"))
		}, "old", "leads out of the project"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.prepare(t, dir)
			path := filepath.Join(dir, "manifest.json")
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			err = WriteChanges(dir, []manifest.Change{change})
			if got := problemText(err); tt.problem == "" && got != "" || !strings.Contains(got, tt.problem) {
				t.Fatalf("error %q, want %q", got, tt.problem)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != tt.want {
				t.Errorf("the file holds %q (%v), want %q", data, err, tt.want)
			}
			if after, err := os.Lstat(path); err != nil || after.Mode() != before.Mode() {
				t.Errorf("the mode is %v (%v), it was %v", after.Mode(), err, before.Mode())
			}
			if entries, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*")); err != nil || len(entries) > 0 {
				t.Errorf("left behind: %v (%v)", entries, err)
			}
		})
	}
}

func TestWriteChangesWritesAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.sql", "old")
	write(t, dir, "b.sql", "other")
	err := WriteChanges(dir, []manifest.Change{
		{File: "a.sql", Before: []byte("old"), After: []byte("new")},
		{File: "b.sql", Before: []byte("old"), After: []byte("new")},
	})
	if !errors.Is(err, ErrChanged) {
		t.Fatalf("error %v", err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "a.sql")); err != nil || string(data) != "old" {
		t.Errorf("a.sql holds %q (%v)", data, err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

func problemText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
