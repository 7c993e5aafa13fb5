package nspkg

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Limits of an archive's list of files; a plugin stays far below them. What the
// files hold is bounded by those who read it.
const (
	maxDirectory = 8 << 20 // bytes that are read to learn what an archive holds
	maxName      = 1000    // bytes of a file's name
	maxDepth     = 64      // folders around a file
)

// Archive is an open .nspkg: its files, to be read as those of a plugin
// directory. Reading one may find that it is damaged.
type Archive struct {
	fs.FS
	file *os.File
}

// Close closes the archive.
func (a *Archive) Close() error { return a.file.Close() }

// Open opens a .nspkg for reading. The error says what is wrong with the file:
// it is no regular file, empty, no ZIP archive, damaged, holds nothing, lists
// more than an archive of a plugin does, or holds the plugin's folder where the
// Controller looks for what is in it.
func Open(name string) (*Archive, error) {
	// What it is comes first: to open a FIFO would wait for a writer.
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, cause(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() == 0:
		return nil, errors.New("the file is empty")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, cause(err)
	}
	in := &meter{in: file, left: maxDirectory}
	files, err := zip.NewReader(in, info.Size())
	if err == nil {
		err = checkList(files.File)
	}
	if err != nil {
		return nil, errors.Join(archiveError(err), file.Close())
	}
	in.left = -1
	return &Archive{FS: files, file: file}, nil
}

// archiveError says what the reader of ZIP files found in words of ours.
func archiveError(err error) error {
	switch {
	case errors.Is(err, zip.ErrFormat):
		return errors.New("it is no ZIP archive, or its end is missing")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("its list of files is damaged")
	}
	return err
}

// checkList refuses lists of files that no plugin has.
func checkList(files []*zip.File) error {
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		switch name := path.Clean(f.Name); {
		case !filepath.IsLocal(f.Name) || strings.Contains(f.Name, `\`):
			return fmt.Errorf("it holds %q, a name that leads out of the plugin's folder", f.Name)
		case seen[name]:
			return fmt.Errorf("it holds %q twice, and readers differ in which of the two they take", f.Name)
		default:
			seen[name] = true
		}
		if len(f.Name) > maxName || strings.Count(f.Name, "/") > maxDepth {
			return fmt.Errorf("it holds a file with a name of %d bytes in %d folders, %d and %d are allowed", len(f.Name), strings.Count(f.Name, "/"), maxName, maxDepth)
		}
	}
	top, wrapped := topFolder(files)
	switch {
	case len(files) == 0:
		return errors.New("it holds no files")
	case wrapped:
		return fmt.Errorf("its files lie below %s/, and the Controller looks for manifest.json at the top; `netstacks-plugin package` writes it so", top)
	}
	return nil
}

// topFolder returns the folder that all files lie below, when there is one and
// it is a plugin's: it holds a manifest.json. What macOS puts beside the files
// does not count.
func topFolder(files []*zip.File) (top string, wrapped bool) {
	for _, f := range files {
		first, _, below := strings.Cut(f.Name, "/")
		if below && first == "__MACOSX" {
			continue
		}
		if !below || top != "" && first != top {
			return "", false
		}
		top = first
		wrapped = wrapped || path.Clean(f.Name) == top+"/manifest.json"
	}
	return top, wrapped
}

// errListTooLong is returned for an archive whose list of files is too long.
var errListTooLong = fmt.Errorf("its list of files is longer than %d MiB", maxDirectory>>20)

// meter reads at most left bytes; as many as are asked for while left is -1.
type meter struct {
	in   io.ReaderAt
	left int64
}

func (m *meter) ReadAt(p []byte, at int64) (int, error) {
	if m.left < 0 {
		return m.in.ReadAt(p, at)
	}
	if int64(len(p)) > m.left {
		return 0, errListTooLong
	}
	m.left -= int64(len(p))
	return m.in.ReadAt(p, at)
}
