package nspkg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// temporaryPrefix begins the names of unfinished packages; they end in Extension, so
// that the exclusion rules know them.
const temporaryPrefix = ".packing-"

// temporary is a new file in the folder of a package, which takes the package's
// name when it is whole. Where the file system can do that it has no name before
// then, and nothing of it outlives this process however that ends. Elsewhere it
// has a name of its own and is locked: the lock ends with the process, and
// removeStale finds the file.
type temporary struct {
	*os.File
	folder string
	name   string // "" while it has none

	written, started int64 // bytes, and how many of them are on their way to the disk
}

// startEvery is how much is written before the disk is told to begin with it, so that there is
// little left to wait for at the end.
const startEvery = 2 << 20

// Write writes to the end of the file.
func (t *temporary) Write(p []byte) (int, error) {
	n, err := t.File.Write(p)
	t.written += int64(n)
	if fresh := t.written - t.started; fresh >= startEvery {
		startSync(t.File, t.started, fresh)
		t.started = t.written
	}
	return n, err
}

// createTemporary makes a file in folder.
func createTemporary(folder string) (*temporary, error) {
	if file := createUnnamed(folder); file != nil {
		return &temporary{File: file, folder: folder}, nil
	}
	return createNamed(folder)
}

// attempts is how often a name is tried that somebody else may take meanwhile.
const attempts = 100

func createNamed(folder string) (*temporary, error) {
	for range attempts {
		name := temporaryName(folder)
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return nil, err
		}
		info, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close(), os.Remove(name))
		}
		// Between creation and lock another process may have taken the file for a stale one.
		lock(file)
		if stands(info, name) {
			return &temporary{File: file, folder: folder, name: name}, nil
		}
		_ = file.Close() // nothing was written to it
	}
	return nil, fmt.Errorf("making a file in %s: other programs keep removing it", folder)
}

func temporaryName(folder string) string {
	return filepath.Join(folder, temporaryPrefix+rand.Text()+Extension)
}

// stands tells whether name is still that of the opened file.
func stands(opened fs.FileInfo, name string) bool {
	found, err := os.Lstat(name)
	return err == nil && os.SameFile(opened, found)
}

// publish syncs the file and gives it the name output, in place of what has it now. When
// publish fails, discard is still to be called.
func (t *temporary) publish(ctx context.Context, output string, replace bool) error {
	if err := errors.Join(t.Sync(), ctx.Err()); err != nil {
		return err
	}
	if t.name == "" {
		if !replace && nameFile(t.File, output) == nil {
			return errors.Join(t.Close(), t.syncName())
		}
		// There is no way to replace a file by one without a name: it gets one for a moment.
		name := temporaryName(t.folder)
		if err := nameFile(t.File, name); err != nil {
			return err
		}
		t.name = name
	}
	if !renamesOpenFiles {
		if err := t.Close(); err != nil {
			return err
		}
	}
	if err := os.Rename(t.name, output); err != nil {
		return err
	}
	t.name = ""
	if renamesOpenFiles {
		if err := t.Close(); err != nil {
			return err
		}
	}
	return t.syncName()
}

// syncName makes the package's name last.
func (t *temporary) syncName() error {
	if err := syncNames(t.folder); err != nil {
		return fmt.Errorf("it is there and whole, but its name could not be synced: %w", err)
	}
	return nil
}

// discard removes what is left of the file.
func (t *temporary) discard() error {
	err := t.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	if t.name != "" {
		if removeErr := os.Remove(t.name); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("removing the unfinished package: %w", removeErr))
		}
	}
	return err
}

// removeStale removes the unfinished packages of processes that are no more. It does
// what it can: what it may not look at or remove stays.
func removeStale(folder string) {
	dir, err := os.Open(folder)
	if err != nil {
		return
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return
	}
	for _, name := range names {
		if strings.HasPrefix(name, temporaryPrefix) && strings.HasSuffix(name, Extension) {
			removeIfStale(filepath.Join(folder, name))
		}
	}
}

func removeIfStale(name string) {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return
	}
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil && tryLock(file) && stands(info, name) {
		_ = os.Remove(name)
	}
}
