//go:build unix

package image

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestSpecialFilesAreNamedAndNotRead(t *testing.T) {
	dir := folder(t, "Dockerfile", "", ".dockerignore", "quiet\n")
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	must(t, syscall.Mkfifo(filepath.Join(dir, "quiet"), 0o600))
	short, err := os.MkdirTemp("", "s")
	must(t, err)
	defer os.RemoveAll(short)
	l, err := net.Listen("unix", filepath.Join(short, "s"))
	must(t, err)
	defer l.Close()
	must(t, os.Rename(filepath.Join(short, "s"), filepath.Join(dir, "sock")))

	before, err := Fingerprint(folder(t, "Dockerfile", "", ".dockerignore", "quiet\n"))
	must(t, err)
	sum, skipped, err := Options{ContextDir: dir}.withDefaults().fingerprint(t.Context())
	must(t, err)
	if sum != before {
		t.Error("special files are in the fingerprint")
	}
	if got := strings.Join(skipped, ", "); !strings.Contains(got, "pipe (named pipe)") || !strings.Contains(got, "sock (socket)") {
		t.Errorf("got %q", got)
	}
	root, err := newPlainFS(dir, nil)
	must(t, err)
	var sent []string
	must(t, root.Walk(t.Context(), "", func(path string, _ fs.DirEntry, err error) error {
		sent = append(sent, path)
		return err
	}))
	if want := []string{".dockerignore", "Dockerfile"}; !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}
