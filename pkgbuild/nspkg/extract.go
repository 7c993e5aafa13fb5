package nspkg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
)

// Extract writes the archive's files to the folder dst, which must be missing
// or empty. Nothing is written outside of it, whatever the archive holds.
//
// The folder appears whole or not at all: the files are written to a new folder
// beside it, synced, and that is renamed. When Extract fails, or ctx is
// cancelled, nothing is left behind. Files are 0644, or 0755 where their owner
// may run them, and folders 0755, whatever the umask.
func (a *Archive) Extract(ctx context.Context, dst string) error {
	dst, err := filepath.Abs(dst)
	if err != nil {
		return fmt.Errorf("extracting to %s: %w", dst, err)
	}
	parent, err := os.OpenRoot(filepath.Dir(dst))
	if err != nil {
		return fmt.Errorf("extracting to %s: the folder it goes into cannot be opened: %w", dst, cause(err))
	}
	defer parent.Close()
	base := filepath.Base(dst)
	if err := checkTarget(parent, base); err != nil {
		return fmt.Errorf("extracting to %s: %w", dst, err)
	}
	temporary := ".extracting-" + rand.Text()
	err = a.extractNew(ctx, parent, temporary)
	if err == nil {
		err = moveFolder(parent, temporary, base)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("extracting to %s: %w", dst, err), removeFolder(parent, temporary))
	}
	return syncFolder(parent, ".")
}

// checkTarget refuses a target that is there and no empty folder.
func checkTarget(parent *os.Root, base string) error {
	info, err := parent.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cause(err)
	case !info.IsDir():
		return errors.New("it is there and no folder; name one that is missing or empty")
	}
	dir, err := parent.Open(base)
	if err != nil {
		return cause(err)
	}
	defer dir.Close()
	switch _, err := dir.Readdirnames(1); {
	case err == nil:
		return errors.New("the folder is not empty; name one that is missing or empty")
	case !errors.Is(err, io.EOF):
		return cause(err)
	}
	return nil
}

// moveFolder gives the folder its name. An empty folder may stand in the way,
// which not all systems replace.
func moveFolder(parent *os.Root, from, to string) error {
	first := parent.Rename(from, to)
	if first == nil {
		return nil
	}
	if err := parent.Remove(to); err != nil { // it removes no folder that holds something
		return first
	}
	return parent.Rename(from, to)
}

func removeFolder(parent *os.Root, name string) error {
	if err := parent.RemoveAll(name); err != nil {
		return fmt.Errorf("removing what was extracted: %w", err)
	}
	return nil
}

// extractNew writes the files to a new folder of parent.
func (a *Archive) extractNew(ctx context.Context, parent *os.Root, name string) error {
	if err := parent.Mkdir(name, 0o700); err != nil {
		return cause(err)
	}
	root, err := parent.OpenRoot(name)
	if err != nil {
		return cause(err)
	}
	defer root.Close()
	e := extraction{root: root, folders: map[string]bool{".": true}, buffer: make([]byte, 64<<10)}
	for i := range a.records {
		r := &a.records[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.isFolder() {
			err = e.folder(r.path())
		} else {
			err = e.file(ctx, a.open(r), r)
		}
		if err != nil {
			return err
		}
	}
	for folder := range e.folders {
		if err := syncFolder(root, folder); err != nil {
			return err
		}
	}
	return root.Chmod(".", 0o755)
}

// extraction writes files below its root.
type extraction struct {
	root    *os.Root
	folders map[string]bool // those that are made
	buffer  []byte
}

// folder makes a folder and those around it.
func (e *extraction) folder(name string) error {
	if e.folders[name] {
		return nil
	}
	if around := path.Dir(name); around != name {
		if err := e.folder(around); err != nil {
			return err
		}
	}
	local := filepath.FromSlash(name)
	err := e.root.Mkdir(local, 0o755)
	if err == nil {
		err = e.root.Chmod(local, 0o755)
	}
	if err != nil {
		return fmt.Errorf("making the folder %q: %w", name, cause(err))
	}
	e.folders[name] = true
	return nil
}

// file writes a new file, which must not be there: os.O_EXCL follows no link.
func (e *extraction) file(ctx context.Context, content io.ReadCloser, r *record) error {
	defer content.Close()
	if err := e.folder(path.Dir(r.name)); err != nil {
		return err
	}
	file, err := e.root.OpenFile(filepath.FromSlash(r.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, r.mode())
	if err != nil {
		return fmt.Errorf("writing %q: %w", r.name, cause(err))
	}
	_, err = io.CopyBuffer(onlyWriter{file}, untilDone{ctx, content}, e.buffer)
	if err == nil {
		err = file.Chmod(r.mode())
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %q: %w", r.name, cause(err))
	}
	return nil
}

// onlyWriter hides what else a file can do, so that copying uses the buffer.
type onlyWriter struct{ io.Writer }

// syncFolder makes the names in a folder last. Windows has no such thing.
func syncFolder(root *os.Root, name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := root.Open(filepath.FromSlash(name))
	if err == nil {
		err = errors.Join(folder.Sync(), folder.Close())
	}
	if err != nil {
		return fmt.Errorf("syncing the folder %q: %w", name, cause(err))
	}
	return nil
}
