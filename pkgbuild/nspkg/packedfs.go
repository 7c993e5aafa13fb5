package nspkg

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// KeepsOut says whether a rule of .nspkgignore keeps anything out. What this program keeps
// out by itself, no plugin needs.
func (l Listing) KeepsOut() bool {
	return slices.ContainsFunc(l.Excluded, func(e Excluded) bool { return e.File != "" })
}

// PackedFS is a plugin directory as its package holds it: without what l leaves out. A plugin has
// to be in order as that, too.
func (l Listing) PackedFS(directory fs.FS) fs.FS {
	out := map[string]bool{}
	for _, e := range l.Excluded {
		out[strings.TrimSuffix(e.Path, "/")] = true
	}
	return packedFS{directory, out}
}

type packedFS struct {
	fs.FS
	out map[string]bool
}

// has says whether a path, or a folder around it, is left out.
func (p packedFS) has(name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if p.out[name] {
			return false
		}
	}
	return true
}

func (p packedFS) Open(name string) (fs.File, error) {
	if !p.has(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return p.FS.Open(name)
}

// Stat does not open the file: that would wait for the other end of a named pipe.
func (p packedFS) Stat(name string) (fs.FileInfo, error) {
	if !p.has(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fs.Stat(p.FS, name)
}

func (p packedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if !p.has(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	entries, err := fs.ReadDir(p.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return p.out[path.Join(name, e.Name())] }), err
}
