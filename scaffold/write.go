package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// ExistsError says that the place of a new project is taken. Nothing there was touched.
type ExistsError struct {
	Path string // the project's directory
	What string // what is there: "is not empty", "is a file" …
}

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s already exists and %s; choose another name or output directory, or move it away first", e.Path, e.What)
}

// Write makes the project's directory, and the directories above it. The files
// are written into a temporary sibling that is then renamed, so the project is
// there whole or not at all, and a failure leaves nothing behind. An empty
// directory in its place is taken over; anything else there returns an
// *ExistsError.
func (p Plan) Write() (err error) {
	if err := CheckTarget(p.Dir); err != nil {
		return err
	}
	defer func() {
		var exists *ExistsError
		if err != nil && !errors.As(err, &exists) {
			err = fmt.Errorf("creating %s: %w; nothing was left behind", p.Dir, err)
		}
	}()
	parent := filepath.Dir(p.Dir)
	undoParents, err := makeDirs(parent)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			undoParents()
		}
	}()
	staging, err := os.MkdirTemp(parent, ".netstacks-new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(staging) }()
	// MkdirTemp's own directory is closed to others; the one inside gets the
	// permissions that the umask allows.
	project := filepath.Join(staging, "project")
	if err := p.writeFiles(project); err != nil {
		return err
	}
	return p.moveIn(project)
}

// CheckTarget returns an *ExistsError unless dir, where a project is to be
// written, is absent or an empty directory.
func CheckTarget(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("looking at %s: %w", dir, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return &ExistsError{dir, "is a symbolic link"}
	case !info.IsDir():
		return &ExistsError{dir, "is not a directory"}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("looking into %s: %w", dir, err)
	}
	if len(entries) > 0 {
		return &ExistsError{dir, "is not empty"}
	}
	return nil
}

// writeFiles makes dir and writes the plan's files into it, and nowhere else.
func (p Plan) writeFiles(dir string) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range p.Files {
		if err := root.MkdirAll(path.Dir(f.Path), 0o777); err != nil {
			return err
		}
		if err := writeFile(root, f); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(root *os.Root, f File) error {
	file, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Content)
	return errors.Join(err, file.Close())
}

// moveIn puts the finished project in its place. What appeared there since
// checkTarget is left alone, because only an empty directory can be removed and
// os.Rename replaces none.
func (p Plan) moveIn(project string) error {
	empty, err := os.Lstat(p.Dir)
	if err == nil {
		err = os.Remove(p.Dir)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		if err = os.Rename(project, p.Dir); err != nil && empty != nil {
			err = errors.Join(err, os.Mkdir(p.Dir, empty.Mode().Perm()))
		}
	}
	if err == nil {
		return nil
	}
	if taken := CheckTarget(p.Dir); taken != nil {
		return taken
	}
	return err
}

// makeDirs makes dir and what is missing above it. The function it returns
// removes again what was made, as far as it is empty.
func makeDirs(dir string) (undo func(), err error) {
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		_, err := os.Stat(at)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		missing = append(missing, at)
	}
	var made []string
	undo = func() {
		for i := len(made) - 1; i >= 0; i-- {
			_ = os.Remove(made[i])
		}
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			undo()
			return nil, err
		} else if err == nil {
			made = append(made, missing[i])
		}
	}
	return undo, nil
}
