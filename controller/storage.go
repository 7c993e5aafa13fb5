package controller

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// uploads is the folder of uploaded plugins, one in it for each, by its name. It is made
// for the first upload.
type uploads struct {
	dir   string
	limit int64 // bytes of a package

	mu   sync.Mutex // one plugin is put in place at a time
	root *os.Root   // of dir; nil before the first upload
}

// Names in the folder that no plugin has: they begin with a dot.
const (
	spoolPrefix    = ".upload-"
	incomingPrefix = ".incoming-"
	outgoingPrefix = ".outgoing-"
)

// open returns the folder, which is made when it is missing.
func (u *uploads) open() (*os.Root, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.root != nil {
		return u.root, nil
	}
	if err := os.MkdirAll(u.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of uploaded plugins: %w", err)
	}
	root, err := os.OpenRoot(u.dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of uploaded plugins: %w", err)
	}
	u.root = root
	return root, nil
}

// spooled is a package while it is received. Where the system can do that it has no name, so that
// nothing of it outlives the process.
type spooled struct {
	*os.File
	root *os.Root
	name string // "" when it has none
}

// spool makes a file to receive a package into; discard is to be called.
func (u *uploads) spool() (*spooled, error) {
	root, err := u.open()
	if err != nil {
		return nil, err
	}
	s := &spooled{root: root, name: spoolPrefix + rand.Text()}
	if s.File, err = root.OpenFile(s.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, fmt.Errorf("receiving a package: %w", err)
	}
	if root.Remove(s.name) == nil {
		s.name = ""
	}
	return s, nil
}

// discard removes the file.
func (s *spooled) discard() {
	_ = s.Close() // what it holds is not needed any more
	if s.name != "" {
		_ = s.root.Remove(s.name)
	}
}

// install extracts an archive as the plugin of that name, in place of an earlier one, which stays when
// anything fails. The name is one that the Controller's schema takes: no path.
func (u *uploads) install(ctx context.Context, archive *nspkg.Archive, name string) error {
	if !filepath.IsLocal(name) || filepath.Base(name) != name || name[0] == '.' {
		return fmt.Errorf("%q is no name of a folder", name)
	}
	root, err := u.open()
	if err != nil {
		return err
	}
	incoming, outgoing := incomingPrefix+rand.Text(), outgoingPrefix+rand.Text()
	if err := archive.Extract(ctx, filepath.Join(u.dir, incoming)); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	moved := root.Rename(name, outgoing)
	if moved != nil && !errors.Is(moved, fs.ErrNotExist) {
		return errors.Join(moved, root.RemoveAll(incoming))
	}
	if err := root.Rename(incoming, name); err != nil {
		err = errors.Join(err, root.RemoveAll(incoming))
		if moved == nil {
			err = errors.Join(err, root.Rename(outgoing, name))
		}
		return err
	}
	if moved != nil {
		return nil
	}
	return root.RemoveAll(outgoing)
}

// close lets go of the folder. It does nothing for nil.
func (u *uploads) close() error {
	if u == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.root == nil {
		return nil
	}
	root := u.root
	u.root = nil
	return root.Close()
}
