package nspkg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Entry is one file of a package.
type Entry struct {
	Path           string      `json:"path"`                      // slash-separated, relative to the plugin directory
	Size           int64       `json:"size"`                      // bytes
	CompressedSize int64       `json:"compressed_size,omitempty"` // bytes in the archive; 0 before it is written
	Mode           fs.FileMode `json:"mode"`                      // 0644, or 0755 for a file its owner may execute
}

// Excluded is a file or directory that stays out.
type Excluded struct {
	Path string `json:"path"` // as Entry.Path; a directory ends in a slash and is not looked into
	Rule string `json:"rule"` // what decided: a name ("node_modules") or a pattern ("*.pyc")
}

// Listing is what a package of a directory would hold, and what it would leave out.
type Listing struct {
	Entries  []Entry    `json:"entries"`  // in the archive's order: manifest.json first, the rest in byte order of their paths
	Excluded []Excluded `json:"excluded"` // in byte order of their paths
}

// UnpackableError tells every file that stands in the way of a package, in byte
// order of their paths.
type UnpackableError struct {
	Problems []Problem `json:"problems"`
}

// Problem is one file that cannot be packed.
type Problem struct {
	Path   string `json:"path"`   // as Entry.Path
	Reason string `json:"reason"` // what it is, and what to do about it: "is a socket; …"
}

// Error names all files, one a line when there are several.
func (e *UnpackableError) Error() string {
	if len(e.Problems) == 1 {
		return fmt.Sprintf("cannot pack %q: it %s", e.Problems[0].Path, e.Problems[0].Reason)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cannot pack %d files:", len(e.Problems))
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  %q %s", p.Path, p.Reason)
	}
	return b.String()
}

// List returns what a package of the plugin directory dir would hold. The error is
// an *UnpackableError when files stand in the way.
func List(dir string) (Listing, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Listing{}, fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	return list(context.Background(), root, nil)
}

// list walks root. That a file to be packed is the same as output, by whatever name or link, is
// an *overwriteError: the package would take the place of what belongs into it.
func list(ctx context.Context, root *os.Root, output fs.FileInfo) (Listing, error) {
	real, err := filepath.Abs(root.Name())
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return Listing{}, fmt.Errorf("finding the plugin directory: %w", err)
	}
	w := walker{root: root, real: real, output: output}
	w.listing.Entries = []Entry{} // JSON: [], not null
	w.listing.Excluded = []Excluded{}
	if err := w.directory(ctx, ".", nil); err != nil {
		return Listing{}, err
	}
	if len(w.overwritten) > 0 {
		return Listing{}, &overwriteError{slices.Min(w.overwritten)}
	}
	if len(w.problems) > 0 {
		slices.SortFunc(w.problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
		return Listing{}, &UnpackableError{Problems: w.problems}
	}
	slices.SortFunc(w.listing.Entries, func(a, b Entry) int {
		return cmp.Or(manifestFirst(a.Path)-manifestFirst(b.Path), cmp.Compare(a.Path, b.Path))
	})
	slices.SortFunc(w.listing.Excluded, func(a, b Excluded) int { return cmp.Compare(a.Path, b.Path) })
	return w.listing, nil
}

// overwriteError says that the output is this file of the plugin.
type overwriteError struct{ path string }

func (e *overwriteError) Error() string {
	return fmt.Sprintf("the plugin's own file %q, which belongs into the package", e.path)
}

func manifestFirst(path string) int {
	if path == manifest.FileName {
		return 0
	}
	return 1
}

// walker collects a listing.
type walker struct {
	root        *os.Root
	real        string      // absolute path of root without symbolic links
	output      fs.FileInfo // what stands where the package goes; may be nil
	overwritten []string    // paths of output in the plugin
	listing     Listing
	problems    []Problem
}

func (w *walker) problem(path, format string, args ...any) {
	w.problems = append(w.problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
}

// directory collects what is in dir; above are the directories it stands in, by the
// path that led here. The error is the context's.
func (w *walker) directory(ctx context.Context, dir string, above []fs.FileInfo) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, entries, err := readDirectory(w.root, dir)
	if err != nil {
		w.problem(dir, "cannot be read: %v; make it readable, or move it out of the plugin directory", cause(err))
		return nil
	}
	// Entries of one directory must not share the memory that append may give to another.
	above = append(slices.Clip(above), info)
	for _, entry := range entries {
		if err := w.entry(ctx, path.Join(dir, entry.Name()), entry, above); err != nil {
			return err
		}
	}
	return nil
}

// entry collects one directory entry.
func (w *walker) entry(ctx context.Context, name string, entry fs.DirEntry, above []fs.FileInfo) error {
	kind := entry.Type()
	if rule := excludedBy(entry.Name()); rule != "" {
		if kind.IsDir() {
			name += "/"
		}
		w.listing.Excluded = append(w.listing.Excluded, Excluded{Path: name, Rule: rule})
		return nil
	}
	if !utf8.ValidString(entry.Name()) || strings.Contains(entry.Name(), `\`) {
		w.problem(name, "has a name that other systems cannot read (backslashes, or not UTF-8); rename it")
		return nil
	}
	switch {
	case kind.IsDir():
		return w.directory(ctx, name, above)
	case kind.IsRegular():
		w.file(name)
	case kind&fs.ModeSymlink != 0:
		return w.link(ctx, name, above)
	default:
		w.special(name, kind)
	}
	return nil
}

// file collects a regular file, or a symbolic link to one.
func (w *walker) file(name string) {
	file, info, err := openFile(w.root, name)
	if err != nil {
		w.problem(name, "cannot be read: %v; make it readable, or move it out of the plugin directory", cause(err))
		return
	}
	defer file.Close()
	if w.output != nil && os.SameFile(info, w.output) {
		w.overwritten = append(w.overwritten, name)
		return
	}
	// The owner's bit alone decides: the others depend on the umask of whoever made the file.
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	w.listing.Entries = append(w.listing.Entries, Entry{Path: name, Size: info.Size(), Mode: mode})
}

// link collects what the symbolic link name leads to, as if it stood in the link's place. What the
// rules exclude is not let in by the back door.
func (w *walker) link(ctx context.Context, name string, above []fs.FileInfo) error {
	target, err := w.root.Readlink(name)
	if err != nil {
		w.problem(name, "is a symbolic link that cannot be read: %v", cause(err))
		return nil
	}
	real, err := filepath.EvalSymlinks(filepath.Join(w.real, filepath.FromSlash(name)))
	if err != nil {
		w.problem(name, "is a symbolic link to %q, which cannot be followed: %v; mend the link or delete it", target, cause(err))
		return nil
	}
	inside, err := filepath.Rel(w.real, real)
	if err != nil || !filepath.IsLocal(inside) {
		w.problem(name, "is a symbolic link to %q, which leaves the plugin directory; put a copy of the file in its place", target)
		return nil
	}
	if rule := excludedPathBy(filepath.ToSlash(inside)); rule != "" {
		w.listing.Excluded = append(w.listing.Excluded, Excluded{Path: name, Rule: rule})
		return nil
	}
	info, err := w.root.Stat(name)
	switch {
	case err != nil:
		w.problem(name, "is a symbolic link to %q, which leaves the plugin directory on its way; make the link relative", target)
	case info.IsDir() && slices.ContainsFunc(above, func(dir fs.FileInfo) bool { return os.SameFile(dir, info) }):
		w.problem(name, "is a symbolic link to %q, which contains the link itself; delete it", target)
	case info.IsDir():
		return w.directory(ctx, name, above)
	case info.Mode().IsRegular():
		w.file(name)
	default:
		w.special(name, info.Mode().Type())
	}
	return nil
}

// special refuses what is neither file, directory nor link.
func (w *walker) special(name string, kind fs.FileMode) {
	what := "is not a regular file"
	switch {
	case kind&fs.ModeSocket != 0:
		what = "is a socket"
	case kind&fs.ModeNamedPipe != 0:
		what = "is a named pipe"
	case kind&fs.ModeDevice != 0:
		what = "is a device"
	}
	w.problem(name, "%s; delete it, or move it out of the plugin directory", what)
}

// readDirectory returns what dir is and holds.
func readDirectory(root *os.Root, dir string) (fs.FileInfo, []fs.DirEntry, error) {
	file, err := root.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	entries, err := file.ReadDir(-1)
	return info, entries, err
}

// openFile opens a regular file for reading. It does not wait for the other end,
// should a named pipe have taken the file's place since it was listed.
func openFile(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("no longer a regular file")
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, info, nil
}

// cause strips the operation and path from a file error: both are told already.
func cause(err error) error {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
