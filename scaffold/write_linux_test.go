package scaffold

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFullDiskLeavesNothingBehind(t *testing.T) {
	disk := t.TempDir()
	// Room for a few files, but not for all of them.
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16k,mode=700"); err != nil {
		t.Skipf("a small disk cannot be mounted (%v): run as root to have this tested", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	empty := filepath.Join(disk, "my-plugin")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{disk, filepath.Join(disk, "new")} {
		err := planIn(t, dir).Write()
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("got %v", err)
		}
		if got := tree(t, disk); len(got) != 1 {
			t.Errorf("the disk holds %v, want the empty directory that was there", got)
		}
	}
}
