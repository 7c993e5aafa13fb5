//go:build unix

package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

func TestWhatIsNoBundleIsSaidAsWhatItIs(t *testing.T) {
	tests := []struct {
		name    string
		place   func(bundle string) error
		message string // "" where there is nothing to find
	}{
		{"a file", func(name string) error { return os.WriteFile(name, nil, 0o600) }, ""},
		{"a link to a file", func(name string) error { return os.Symlink("../../manifest.json", name) }, ""},
		{"a link to nothing", func(name string) error { return os.Symlink("nowhere", name) }, `"ui/dist/index.js" is a symbolic link that leads nowhere`},
		{"a loop of links", func(name string) error { return os.Symlink(filepath.Base(name), name) }, "leads nowhere"},
		{"a link to a folder", func(name string) error { return os.Symlink("..", name) }, "is a folder, the entry is a file"},
		{"a folder", func(name string) error { return os.Mkdir(name, 0o700) }, "is a folder, the entry is a file"},
		{"a pipe", func(name string) error { return syscall.Mkfifo(name, 0o600) }, "is a named pipe, the entry is a file"},
		{"a device", func(name string) error { return os.Symlink(os.DevNull, name) }, "is a device"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, file := range plugin(complete(t)) {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if name != "ui/dist/index.js" {
					if err := os.WriteFile(filepath.Join(dir, name), file.Data, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := tt.place(filepath.Join(dir, "ui/dist/index.js")); err != nil {
				machine.Missing(t, "this machine cannot make it: %v", err)
			}
			r := Check(os.DirFS(dir), Options{})
			switch {
			case tt.message == "" && len(r.Findings) > 0, tt.message != "" && len(r.Findings) != 1:
				t.Errorf("found %+v", r.Findings)
			case tt.message != "" && (r.Findings[0].Rule != ruleBundleFile || !strings.Contains(r.Findings[0].Message, tt.message)):
				t.Errorf("found %+v, want %q", r.Findings[0], tt.message)
			}
		})
	}
}
