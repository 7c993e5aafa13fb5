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

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/ignore"
)

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
	w := walker{root: root, real: real, output: output, files: opener{root: root}}
	defer w.files.close()
	w.listing.Entries = []Entry{} // JSON: [], not null
	w.listing.Excluded = []Excluded{}
	w.listing.infos = map[string]fs.FileInfo{}
	w.rules.own = w.patterns(IgnoreName)
	if err := w.directory(ctx, ".", surroundings{}); err != nil {
		return Listing{}, err
	}
	slices.SortFunc(w.listing.Entries, func(a, b Entry) int {
		return cmp.Or(manifestFirst(a.Path)-manifestFirst(b.Path), cmp.Compare(a.Path, b.Path))
	})
	w.collisions()
	w.limits()
	if len(w.overwritten) > 0 {
		return Listing{}, &overwriteError{slices.Min(w.overwritten)}
	}
	if len(w.problems) > 0 {
		slices.SortFunc(w.problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
		return Listing{}, &UnpackableError{Problems: w.problems}
	}
	slices.SortFunc(w.listing.Excluded, func(a, b Excluded) int { return cmp.Compare(a.Path, b.Path) })
	w.warn()
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
	real        string // absolute path of root without symbolic links
	files       opener
	output      fs.FileInfo // what stands where the package goes; may be nil
	rules       rules
	overwritten []string // paths of output in the plugin
	listing     Listing
	problems    []Problem
	ignored     []ignoredByGit
}

// surroundings are what is known of the directories around a file.
type surroundings struct {
	above []fs.FileInfo   // the directories themselves, by the path that led here
	git   ignore.List     // of their .gitignore files
	let   *ignore.Pattern // of .nspkgignore, the pattern that let the nearest of them in
	told  int             // 1 + the index in walker.ignored of the one that git ignores
}

func (w *walker) problem(path, format string, args ...any) {
	w.problems = append(w.problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
}

func (w *walker) unreadable(path string, err error) {
	w.problem(path, "cannot be read: %v; make it readable, or move it out of the plugin directory", cause(err))
}

func (w *walker) exclude(path string, rule *Exclusion) {
	w.listing.Excluded = append(w.listing.Excluded, Excluded{Path: path, Exclusion: *rule})
}

// directory collects what is in dir. The error is the context's.
func (w *walker) directory(ctx context.Context, dir string, s surroundings) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, entries, err := readDirectory(w.root, dir)
	if err != nil {
		w.unreadable(dir, err)
		return nil
	}
	// Entries of one directory must not share the memory that append may give to another.
	s.above = append(slices.Clip(s.above), info)
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == gitIgnoreName && !e.IsDir() }) {
		s.git = append(slices.Clip(s.git), w.patterns(path.Join(dir, gitIgnoreName))...)
	}
	for _, entry := range entries {
		if err := w.entry(ctx, path.Join(dir, entry.Name()), entry, s); err != nil {
			return err
		}
	}
	return nil
}

// entry collects one directory entry.
func (w *walker) entry(ctx context.Context, name string, entry fs.DirEntry, s surroundings) error {
	kind := entry.Type()
	out, let := w.rules.decide(name, kind.IsDir(), nil)
	if out != nil {
		w.broad(name, out, let)
		w.required(name, out)
		if kind.IsDir() {
			name += "/"
		}
		w.exclude(name, out)
		return nil
	}
	w.checkName(name, entry.Name(), kind.IsDir())
	if let != nil {
		s.let = let
	}
	w.askGit(name, kind.IsDir(), &s)
	switch {
	case kind.IsDir():
		return w.directory(ctx, name, s)
	case kind.IsRegular():
		w.file(name, name, s)
	case kind&fs.ModeSymlink != 0:
		return w.link(ctx, name, s)
	default:
		w.special(name, kind)
	}
	return nil
}

// file collects a regular file, or a symbolic link to target.
func (w *walker) file(name, target string, s surroundings) {
	file, info, err := w.files.open(name)
	if err != nil {
		w.unreadable(name, err)
		return
	}
	defer file.Close()
	if w.output != nil && os.SameFile(info, w.output) {
		w.overwritten = append(w.overwritten, name)
		return
	}
	if holdsKey(target, file) {
		out, let := w.rules.decide(name, false, &Exclusion{Rule: "private key in " + path.Base(target), Class: ClassSecrets})
		if out != nil {
			w.broad(name, out, let)
			w.exclude(name, out)
			return
		}
	}
	// The owner's bit alone decides: the others depend on the umask of whoever made the file.
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	e := Entry{Path: name, Size: info.Size(), Mode: mode}
	if s.let != nil {
		e.Rule = fmt.Sprintf("%s (%s)", s.let.Text, place(s.let.File, s.let.Line))
	}
	w.listing.Entries = append(w.listing.Entries, e)
	w.listing.infos[name] = info
	if s.told > 0 {
		w.ignored[s.told-1].files++
	}
}

// link collects what the symbolic link name leads to, as if it stood in the link's place. What the
// rules exclude is not let in by the back door.
func (w *walker) link(ctx context.Context, name string, s surroundings) error {
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
	info, err := w.root.Stat(name)
	if out := w.rules.decidePath(filepath.ToSlash(inside), err == nil && info.IsDir()); out != nil && inside != "." {
		w.exclude(name, out)
		return nil
	}
	switch {
	case err != nil:
		w.problem(name, "is a symbolic link to %q, which leaves the plugin directory on its way; make the link relative", target)
	case info.IsDir() && slices.ContainsFunc(s.above, func(dir fs.FileInfo) bool { return os.SameFile(dir, info) }):
		w.problem(name, "is a symbolic link to %q, which contains the link itself; delete it", target)
	case info.IsDir():
		return w.directory(ctx, name, s)
	case info.Mode().IsRegular():
		w.file(name, filepath.ToSlash(inside), s)
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

// cause strips the operation and path from a file error: both are told already.
func cause(err error) error {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
