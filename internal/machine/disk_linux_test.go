package machine

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestSmallDiskIsFullWhenItIsFull(t *testing.T) {
	dir := t.TempDir()
	SmallDisk(t, dir, 8192)
	if err := os.WriteFile(filepath.Join(dir, "fits"), make([]byte, 4096), 0o644); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "does not"), make([]byte, 8192), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
}
