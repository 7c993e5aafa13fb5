package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// target is a plugin to look at: a folder on disk, or an archive.
type target struct {
	named string // as the user named it
	path  string // the folder or the archive, absolute
	files fs.FS
	close func() error
	dir   bool // files can be written
}

// openTarget finds out what named means. A manifest.json stands for the folder
// it is in, whatever it is: what is wrong with it the report says.
func (s Streams) openTarget(named string) (target, error) {
	name := s.path(named)
	t := target{named: named, path: name, dir: true, close: func() error { return nil }}
	if filepath.Base(name) == manifest.FileName {
		if _, err := os.Lstat(name); err == nil {
			t.path = filepath.Dir(name)
			t.files = os.DirFS(t.path)
			return t, nil
		}
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return t, usagef("cannot validate %s: %w", named, statError(err))
	case info.IsDir():
		t.files = os.DirFS(name)
		return t, nil
	case strings.EqualFold(filepath.Ext(name), ".nspkg"):
		archive, err := nspkg.Open(name)
		if err != nil {
			return t, archiveError{fmt.Errorf("opening %s as a plugin's archive: %w", named, err)}
		}
		t.files, t.close, t.dir = archive, archive.Close, false
		return t, nil
	}
	return t, usagef("cannot validate %s: name a plugin's folder, its manifest.json or a .nspkg", named)
}

// archiveError is the error of an archive that cannot be opened as one.
type archiveError struct{ error }

// Open makes the archive a file system whose every file fails with the error: its
// report tells programs what people read as a message.
func (e archiveError) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: e.error}
}

// statError says in plain words why there is nothing to look at.
func statError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file or folder")
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// repairCommand is the command that mends the target; "" when nothing in it can be
// written.
func (t target) repairCommand() string {
	switch {
	case !t.dir:
		return ""
	case t.named == ".":
		return "netstacks-plugin validate --fix"
	}
	return "netstacks-plugin validate --fix " + shellWord(t.named)
}

// folder is the plugin's folder as the user named it, slash-separated; "" for
// the current folder and for an archive.
func (t target) folder() string {
	name := filepath.Clean(t.named)
	if filepath.Base(name) == manifest.FileName && filepath.Base(t.path) != manifest.FileName {
		name = filepath.Dir(name)
	}
	if !t.dir || name == "." {
		return ""
	}
	return filepath.ToSlash(name)
}

// shellWord quotes a path for a POSIX shell where it needs that.
func shellWord(word string) string {
	if strings.HasPrefix(word, "-") {
		word = "./" + word
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%,=", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// inRepository returns where a path lies in its repository: slash-separated, ""
// for its root. The root is $GITHUB_WORKSPACE, else the folder with a .git
// above the path, else the current folder; a path outside of it stays absolute.
func (s Streams) inRepository(path string) string {
	path = realPath(path)
	root := realPath(s.Dir)
	for dir := path; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			root = dir
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if workspace := s.Getenv("GITHUB_WORKSPACE"); workspace != "" && within(realPath(workspace), path) != "" {
		root = realPath(workspace)
	}
	return strings.TrimPrefix(filepath.ToSlash(cmp.Or(within(root, path), path)), ".")
}

// within returns path relative to root, "." for root itself; "" when it lies
// outside.
func within(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return rel
}

// realPath follows the links in a path, as far as that is possible.
func realPath(path string) string {
	if followed, err := filepath.EvalSymlinks(path); err == nil {
		return followed
	}
	return path
}
