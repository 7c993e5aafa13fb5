//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package nspkg

import (
	"errors"
	"os"
	"syscall"
)

// renamesOpenFiles tells that an open file can be renamed, and keeps its lock.
const renamesOpenFiles = true

// lock marks a file as one that a process works on. The mark ends with the process. Some
// network file systems have no locks; then nobody finds the file stale either.
func lock(file *os.File) { _ = flock(file, syscall.LOCK_EX) }

// tryLock tells whether no process works on the file.
func tryLock(file *os.File) bool { return flock(file, syscall.LOCK_EX|syscall.LOCK_NB) == nil }

func flock(file *os.File, how int) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var lockErr error
	err = raw.Control(func(fd uintptr) {
		for lockErr = syscall.EINTR; errors.Is(lockErr, syscall.EINTR); {
			lockErr = syscall.Flock(int(fd), how)
		}
	})
	return errors.Join(err, lockErr)
}

// syncNames makes the names in folder last. File systems that have no such thing say so.
func syncNames(folder string) error {
	dir, err := os.Open(folder)
	if errors.Is(err, os.ErrPermission) {
		return nil // a folder may be written to and not read
	}
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, dir.Close())
}
