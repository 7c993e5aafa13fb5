//go:build unix

package nspkg

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSameBytesUnderAnyUmask(t *testing.T) {
	before := syscall.Umask(0)
	t.Cleanup(func() { syscall.Umask(before) })
	for _, umask := range []int{0, 0o022, 0o027, 0o077} {
		syscall.Umask(umask)
		same(t, bytesOfPlugin, pack(t, plant(t, plugin)))
	}
}

func TestArchiveIsReadableAsTheUmaskAllows(t *testing.T) {
	before := syscall.Umask(0o027)
	t.Cleanup(func() { syscall.Umask(before) })
	info, err := os.Stat(pack(t, plant(t, plugin)).Path)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, error %v; want 0640", info.Mode(), err)
	}
}

func TestEveryFileThatCannotBePackedIsNamedAtOnce(t *testing.T) {
	dir := plant(t, plugin)
	if err := syscall.Mkfifo(filepath.Join(dir, "service", "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // a socket's path must be short
	listener, err := net.Listen("unix", "app.sock")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	link(t, dir, "null", "/dev/null")
	link(t, dir, "to-pipe", "service/pipe")
	if err := os.WriteFile(filepath.Join(dir, "latin\xe9.txt"), nil, 0o644); err != nil {
		t.Logf("this file system refuses names that are not UTF-8: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, `back\slash`), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "app.sock", "is a socket; delete it, or move it out of the plugin directory")
	refused(t, dir, "service/pipe", "is a named pipe; delete it")
	refused(t, dir, "to-pipe", "is a named pipe; delete it")
	refused(t, dir, "null", "leaves the plugin directory")
	refused(t, dir, `back\slash`, "has a name that other systems cannot read")

	_, err = List(dir)
	unpackable := (*UnpackableError)(nil)
	if !errors.As(err, &unpackable) || len(strings.Split(err.Error(), "\n")) != len(unpackable.Problems)+1 {
		t.Errorf("the error does not give each problem its line: %v", err)
	}
}

func TestPipeThatTakesTheFilesPlaceDoesNotBlock(t *testing.T) {
	dir := plant(t, map[string]string{"data": ""})
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := errors.Join(os.Remove(filepath.Join(dir, "data")), syscall.Mkfifo(filepath.Join(dir, "data"), 0o600)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, _, err := openFile(root, "data")
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "no longer a regular file") {
			t.Errorf("error %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("opening a named pipe waits for its other end")
	}
}
