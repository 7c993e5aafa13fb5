package studio

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

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
func WriteChanges(dir string, changes []manifest.Change) error {
	made, err := stageChanges(dir, changes)
	if err == nil {
		err = errors.Join(made.put(), made.drop())
	}
	if err != nil {
		return fmt.Errorf("repairing %w", err)
	}
	return nil
}

// stagedChanges are changes of files that wait beside them to be put in place.
type stagedChanges struct {
	changes []manifest.Change
	files   []stagedFile
}

// stageChanges writes the new content of files, which must be as the changes saw them. The error
// begins with a file's name; nothing is left then.
func stageChanges(dir string, changes []manifest.Change) (*stagedChanges, error) {
	s := &stagedChanges{changes: changes}
	for _, c := range changes {
		target, err := insideProject(dir, c.File)
		if err == nil {
			err = unchanged(target, c.Before)
		}
		if err == nil {
			var f stagedFile
			if f, err = stage(target, c.After); err == nil {
				s.files = append(s.files, f)
			}
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", c.File, err), s.drop())
		}
	}
	return s, nil
}

// put puts the files in place, all of which must still be as they were: writing took a moment.
// The error begins with a file's name. drop is to be called afterwards.
func (s *stagedChanges) put() error {
	for i, c := range s.changes {
		if err := unchanged(s.files[i].target, c.Before); err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
	}
	for i, c := range s.changes {
		if err := os.Rename(s.files[i].temp, s.files[i].target); err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
	}
	return nil
}

// drop removes what was not put in place. It does nothing for nil.
func (s *stagedChanges) drop() error {
	if s == nil {
		return nil
	}
	var errs []error
	for _, f := range s.files { // those in place have no temporary file left
		if err := os.Remove(f.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
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
	removeStale(temp)
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

// staleAfter is how much older than a new one a temporary file is that nobody will put in place
// any more: its process was killed.
const staleAfter = time.Hour

// removeStale removes such files from the folder of temp, as far as it can.
func removeStale(temp *os.File) {
	made, err := temp.Stat()
	if err != nil {
		return
	}
	dir := filepath.Dir(temp.Name())
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if number, ours := strings.CutPrefix(e.Name(), tempPrefix); !ours || strings.Trim(number, "0123456789") != "" || number == "" {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && made.ModTime().Sub(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
