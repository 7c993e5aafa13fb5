package machine

import (
	"fmt"
	"syscall"
	"testing"
)

// SmallDisk mounts an empty file system that takes so many bytes at a folder of
// the test, until the test ends.
func SmallDisk(t testing.TB, folder string, size int) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", size)); err != nil {
		Missing(t, "a small file system cannot be mounted here (%v): run as root to test a full disk", err)
	}
	t.Cleanup(func() {
		// Not lazily: a file that was left open is an error, too.
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Errorf("unmounting %s: %v", folder, err)
		}
	})
}
