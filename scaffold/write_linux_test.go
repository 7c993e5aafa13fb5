package scaffold

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

func TestFullDiskLeavesNothingBehind(t *testing.T) {
	disk := t.TempDir()
	// Room for a few files, but not for all of them.
	machine.SmallDisk(t, disk, 16<<10)
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
