package nspkg

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// createUnnamed returns a new file in folder that has no name; nil where there are no such files.
func createUnnamed(folder string) *os.File {
	fd, err := unix.Open(folder, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return nil
	}
	file := os.NewFile(uintptr(fd), folder)
	// It is named through /proc, which a container may lack. When it gets its name, it is locked.
	if _, err := os.Stat(handle(file)); err != nil {
		_ = file.Close() // nothing was written to it
		return nil
	}
	lock(file)
	return file
}

// nameFile gives a file without a name one that nothing has yet.
func nameFile(file *os.File, name string) error {
	err := unix.Linkat(unix.AT_FDCWD, handle(file), unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: "the unfinished package", New: name, Err: err}
	}
	return nil
}

// startSync makes the disk begin to write size bytes from an offset on, and waits for nothing. Whether
// it does is told by Sync, which is still to be called.
func startSync(file *os.File, from, size int64) {
	_ = unix.SyncFileRange(int(file.Fd()), from, size, unix.SYNC_FILE_RANGE_WRITE)
}

func handle(file *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }
