package studio

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// ErrChanged is returned when a file is not what a repair was made for.
var ErrChanged = errors.New("it changed meanwhile; nothing was written, check it again")

// tempPrefix begins the name of a file's new content until it is put in place;
// the watch does not look at such files.
const tempPrefix = ".netstacks-plugin-"

// WriteChanges writes what a repair made of the files of the project at dir.
// Each file is replaced by a whole new one with the same permissions; where it
// is a link inside the project, what the link leads to is. Before the first is
// replaced, all must still be as the repair saw them, else the error wraps
// ErrChanged, and all new ones must have been written: nothing is changed by a
// repair that cannot be made as a whole.
func WriteChanges(dir string, changes []manifest.Change) (err error) {
	staged := make([]stagedFile, 0, len(changes))
	defer func() {
		for _, f := range staged { // those in place have no temporary file left
			if removed := os.Remove(f.temp); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
				err = errors.Join(err, removed)
			}
		}
	}()
	for _, c := range changes {
		target, err := insideProject(dir, c.File)
		if err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
		if err := unchanged(target, c.Before); err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
		f, err := stage(target, c.After)
		if err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
		staged = append(staged, f)
	}
	for i, c := range changes { // once more: writing took a moment
		if err := unchanged(staged[i].target, c.Before); err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
	}
	for i, c := range changes {
		if err := os.Rename(staged[i].temp, staged[i].target); err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
	}
	return nil
}

// unchanged returns ErrChanged when a file does not hold data.
func unchanged(target string, data []byte) error {
	now, err := os.ReadFile(target)
	if err == nil && !bytes.Equal(now, data) {
		err = ErrChanged
	}
	return err
}

// insideProject returns the path of a file of the project with all links
// followed, which must not lead out of it.
func insideProject(dir, name string) (string, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(root, target); err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("it is a link that leads out of the project, to %s; repair that file by hand", target)
	}
	return target, nil
}

// stagedFile is a file's new content that waits beside it to be put in place,
// so that no reader ever sees half of it.
type stagedFile struct{ temp, target string }

// stage writes the new content of target, on the disk when it returns.
func stage(target string, data []byte) (stagedFile, error) {
	info, err := os.Stat(target)
	if err != nil {
		return stagedFile{}, err
	}
	// To put another file in its place needs no right to write it, but who took
	// that right away meant something by it.
	probe, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return stagedFile{}, err
	}
	if err := probe.Close(); err != nil {
		return stagedFile{}, err
	}
	temp, err := os.CreateTemp(filepath.Dir(target), tempPrefix)
	if err != nil {
		return stagedFile{}, err
	}
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return stagedFile{}, errors.Join(err, os.Remove(temp.Name()))
	}
	return stagedFile{temp.Name(), target}, nil
}
