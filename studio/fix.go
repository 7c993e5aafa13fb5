package studio

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// ErrChanged is returned when a file is not what a repair was made for.
var ErrChanged = errors.New("it changed meanwhile; nothing was written, check it again")

// WriteChanges writes what a repair made of the files of the project at dir.
// Each file is replaced by a whole new one with the same permissions; where it
// is a link inside the project, what the link leads to is. Before the first is
// written, all must still be as the repair saw them, else the error wraps
// ErrChanged and nothing is written.
func WriteChanges(dir string, changes []manifest.Change) error {
	targets := make([]string, len(changes))
	for i, c := range changes {
		target, err := insideProject(dir, c.File)
		if err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
		now, err := os.ReadFile(target)
		if err == nil && !bytes.Equal(now, c.Before) {
			err = ErrChanged
		}
		if err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
		targets[i] = target
	}
	for i, c := range changes {
		if err := replaceFile(targets[i], c.After); err != nil {
			return fmt.Errorf("repairing %s: %w", c.File, err)
		}
	}
	return nil
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

// replaceFile writes a file's new content beside it and puts it in its place,
// so that no reader ever sees half of it.
func replaceFile(target string, data []byte) error {
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), target)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(temp.Name()))
	}
	return err
}
