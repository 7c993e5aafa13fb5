package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
)

// errTooLarge is returned for a file that is larger than was asked for.
var errTooLarge = errors.New("it is too large")

// files reads the files of a plugin, each at most once: the rules and the
// trials of their fixes all see one state of them, also while they are being
// saved. Each Check has its own.
type files struct {
	fsys   fs.FS
	infos  map[string]read[fs.FileInfo]
	dirs   map[string]read[[]fs.DirEntry]
	texts  map[string]read[*source]
	edited map[string]*source // what a fix made of files, in place of what is on disk
	worked map[any]any        // what rules worked out, see remember
}

// read is what reading gave.
type read[T any] struct {
	value T
	err   error
}

func newFiles(fsys fs.FS) *files {
	return &files{
		fsys: fsys, infos: map[string]read[fs.FileInfo]{}, dirs: map[string]read[[]fs.DirEntry]{}, texts: map[string]read[*source]{},
		worked: map[any]any{},
	}
}

// once returns what name stands for in memory, asking get the first time.
func once[T any](memory map[string]read[T], name string, get func() (T, error)) (T, error) {
	r, known := memory[name]
	if !known {
		r.value, r.err = get()
		memory[name] = r
	}
	return r.value, r.err
}

// Open opens a file as it is on disk.
func (f *files) Open(name string) (fs.File, error) { return f.fsys.Open(name) }

// Stat tells what a name stands for, links followed.
func (f *files) Stat(name string) (fs.FileInfo, error) {
	return once(f.infos, name, func() (fs.FileInfo, error) { return fs.Stat(f.fsys, name) })
}

// ReadDir lists a directory, sorted by name. What the name stands for is asked
// first: to open a FIFO would wait for a writer.
func (f *files) ReadDir(name string) ([]fs.DirEntry, error) {
	return once(f.dirs, name, func() ([]fs.DirEntry, error) {
		info, err := f.Stat(name)
		if err == nil && !info.IsDir() {
			err = errors.New("it is not a directory")
		}
		if err != nil {
			return nil, err
		}
		return fs.ReadDir(f.fsys, name)
	})
}

// isFile says whether name is a regular file.
func (f *files) isFile(name string) bool {
	info, err := f.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// isDir says whether name is a directory.
func (f *files) isDir(name string) bool {
	info, err := f.Stat(name)
	return err == nil && info.IsDir()
}

// source returns the text of a regular file of at most limit bytes; errTooLarge
// when it has more. The same name must always be asked for with the same limit.
func (f *files) source(name string, limit int64) (*source, error) {
	if s := f.edited[name]; s != nil {
		return s, nil
	}
	return once(f.texts, name, func() (*source, error) {
		data, err := f.bytes(name, limit)
		if err != nil {
			return nil, err
		}
		s := newSource(data)
		return &s, nil
	})
}

func (f *files) bytes(name string, limit int64) ([]byte, error) {
	info, err := f.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > limit:
		return nil, errTooLarge
	}
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// Room for all of it, and to see its end: growing would copy it several times.
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = data.ReadFrom(io.LimitReader(file, limit+1))
	if err == nil && int64(data.Len()) > limit {
		err = errTooLarge
	}
	return data.Bytes(), err
}

// text returns a file that was read before; nil when it was not.
func (f *files) text(name string) *source {
	if s := f.edited[name]; s != nil {
		return s
	}
	return f.texts[name].value
}

// edit returns the files as they are after edits. It takes edits of files that
// were read before.
func (f *files) edit(edits []Edit) (*files, error) {
	after := *f
	after.edited = maps.Clone(f.edited)
	if after.edited == nil {
		after.edited = map[string]*source{}
	}
	for name, list := range byFile(edits) {
		s := f.text(name)
		if s == nil {
			return nil, fmt.Errorf("editing %s, which was not read", name)
		}
		data, err := ApplyEdits(s.data, list)
		if err != nil {
			return nil, fmt.Errorf("editing %s: %w", name, err)
		}
		changed := newSource(data)
		after.edited[name] = &changed
	}
	return &after, nil
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// remember returns what work gave for key the first time. The key names all
// that the result depends on: the states of the files after fixes share it.
func remember[K comparable, V any](f *files, key K, work func() V) V {
	v, known := f.worked[key]
	if !known {
		v = work()
		f.worked[key] = v
	}
	return v.(V)
}
