package nspkg

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user that owns nothing.
const nobody = 65534

func TestUnreadableFilesAreAllNamed(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", "key": "", "sub/secret": "", "locked/file": ""})
	for name, mode := range map[string]os.FileMode{"key": 0, "sub/secret": 0, "locked": 0} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "locked"), 0o755) })
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // the other user below must come this far
		t.Fatal(err)
	}

	done := make(chan error)
	go func() {
		// Root may read everything; a thread whose file system user is another one may not.
		// The thread stays locked, so that it ends with this goroutine.
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			if err := syscall.Setfsuid(nobody); err != nil {
				done <- err
				return
			}
		}
		_, err := List(dir)
		done <- err
	}()
	err := <-done
	want := `cannot pack 3 files:
  "key" cannot be read: permission denied; make it readable, or move it out of the plugin directory
  "locked" cannot be read: permission denied; make it readable, or move it out of the plugin directory
  "sub/secret" cannot be read: permission denied; make it readable, or move it out of the plugin directory`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestFullDiskLeavesThePreviousArchive(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=64k,mode=0755"); err != nil {
		t.Skipf("a small file system cannot be mounted here (%v); run as root to test a full disk", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	output := filepath.Join(folder, "out.nspkg")
	if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := plant(t, map[string]string{"manifest.json": "{}", "noise": noise(1 << 20)})
	_, err := Write(t.Context(), Options{Dir: dir, Output: output})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), output) {
		t.Errorf("error %v, want one that names the package and says that no space is left", err)
	}
	untouched(t, output)

	// With less to write, the same disk is enough.
	if err := os.Truncate(filepath.Join(dir, "noise"), 1<<10); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), Options{Dir: dir, Output: output}); err != nil {
		t.Errorf("the disk is full of what was left behind: %v", err)
	}
}
