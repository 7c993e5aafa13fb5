package nspkg

import (
	"os"
	"path/filepath"
	"runtime"
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

	err := asNobody(func() error {
		// The user is the thread's: folders are walked by others as well when there are processors.
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		_, err := List(dir)
		return err
	})
	want := `cannot pack 3 files:
  "key" cannot be read: permission denied; make it readable, or move it out of the plugin directory
  "locked" cannot be read: permission denied; make it readable, or move it out of the plugin directory
  "sub/secret" cannot be read: permission denied; make it readable, or move it out of the plugin directory`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

// asNobody runs f as a user that owns nothing, should this process be root's: root
// may read everything.
func asNobody(f func() error) error {
	done := make(chan error)
	go func() {
		// The thread stays locked, so that it ends with this goroutine.
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			if err := syscall.Setfsuid(nobody); err != nil {
				done <- err
				return
			}
		}
		done <- f()
	}()
	return <-done
}
