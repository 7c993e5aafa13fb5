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
	"runtime"
	"slices"
	"sync"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/ignore"
)

// List returns what a package of the plugin directory dir would hold. The error is
// an *UnpackableError when files stand in the way.
func List(dir string) (Listing, error) { return listFolder(context.Background(), dir) }

func listFolder(ctx context.Context, dir string) (Listing, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Listing{}, fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	return list(ctx, root)
}

// ListAhead begins List while something else is done, such as the check of the manifest. wait
// returns what List does, as often as it is called; end gives the listing up, if it is not made yet.
func ListAhead(ctx context.Context, dir string) (wait func() (Listing, error), end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var listing Listing
	var err error
	made := make(chan struct{})
	go func() {
		defer close(made)
		listing, err = listFolder(ctx, dir)
	}()
	wait = func() (Listing, error) {
		<-made
		return listing, err
	}
	return wait, func() {
		cancel()
		<-made
	}
}

func list(ctx context.Context, root *os.Root) (Listing, error) {
	real, err := filepath.Abs(root.Name())
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return Listing{}, fmt.Errorf("finding the plugin directory: %w", err)
	}
	w := walker{root: root, real: real, others: make(chan struct{}, runtime.GOMAXPROCS(0)-1)}
	w.listing.Entries = []Entry{} // JSON: [], not null
	w.listing.Excluded = []Excluded{}
	w.listing.infos = map[string]fs.FileInfo{}
	w.rules.own = w.patterns(IgnoreName)
	w.directory(ctx, ".", surroundings{})
	w.walking.Wait()
	if err := ctx.Err(); err != nil {
		return Listing{}, err
	}
	slices.SortFunc(w.listing.Entries, func(a, b Entry) int {
		return cmp.Or(manifestFirst(a.Path)-manifestFirst(b.Path), cmp.Compare(a.Path, b.Path))
	})
	w.collisions()
	w.limits()
	if len(w.problems) > 0 {
		slices.SortFunc(w.problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason)) })
		return Listing{}, &UnpackableError{Problems: w.problems}
	}
	slices.SortFunc(w.listing.Excluded, func(a, b Excluded) int { return cmp.Compare(a.Path, b.Path) })
	w.warn()
	return w.listing, nil
}

func manifestFirst(path string) int {
	if path == manifest.FileName {
		return 0
	}
	return 1
}

// walker collects a listing. Folders are walked side by side: what is found is sorted in the end.
type walker struct {
	root    *os.Root
	real    string // absolute path of root without symbolic links
	rules   rules
	walking sync.WaitGroup
	others  chan struct{} // a place for each walk beside the first

	mu       sync.Mutex // guards what follows
	listing  Listing
	problems []Problem
	ignored  []ignoredByGit
}

// surroundings are what is known of the directories around a file.
type surroundings struct {
	above []fs.FileInfo   // the directories themselves, by the path that led here
	git   ignore.List     // of their .gitignore files
	let   *ignore.Pattern // of .nspkgignore, the pattern that let the nearest of them in
	told  int             // 1 + the index in walker.ignored of the one that git ignores
}

func (w *walker) problem(path, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problems = append(w.problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
}

func (w *walker) unreadable(path string, err error) {
	w.problem(path, "cannot be read: %v; make it readable, or move it out of the plugin directory", cause(err))
}

func (w *walker) exclude(path string, rule *Exclusion) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listing.Excluded = append(w.listing.Excluded, Excluded{Path: path, Exclusion: *rule})
}

// directory collects what is in dir and below it, some of which may go on when it returns.
func (w *walker) directory(ctx context.Context, dir string, s surroundings) {
	if ctx.Err() != nil {
		return
	}
	info, entries, err := readDirectory(w.root, dir)
	if err != nil {
		w.unreadable(dir, err)
		return
	}
	// Entries of one directory must not share the memory that append may give to another.
	s.above = append(slices.Clip(s.above), info)
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == gitIgnoreName && !e.IsDir() }) {
		s.git = append(slices.Clip(s.git), w.patterns(path.Join(dir, gitIgnoreName))...)
	}
	f := folder{files: opener{root: w.root}, around: s}
	for _, entry := range entries {
		w.entry(path.Join(dir, entry.Name()), entry, &f)
	}
	f.files.close() // before what is below: in a deep tree, too many would be open
	for _, below := range f.below {
		select {
		case w.others <- struct{}{}:
			w.walking.Go(func() {
				defer func() { <-w.others }()
				w.directory(ctx, below.name, below.around)
			})
		default:
			w.directory(ctx, below.name, below.around)
		}
	}
}

// folder is a directory while its entries are collected.
type folder struct {
	files  opener
	around surroundings
	below  []subfolder
}

// subfolder is a directory in a folder that goes in.
type subfolder struct {
	name   string
	around surroundings
}

// entry collects one directory entry.
func (w *walker) entry(name string, entry fs.DirEntry, f *folder) {
	kind := entry.Type()
	out, let := w.rules.decide(name, kind.IsDir(), nil)
	if out != nil {
		w.broad(name, out, let)
		w.required(name, out)
		if kind.IsDir() {
			name += "/"
		}
		w.exclude(name, out)
		return
	}
	w.checkName(name, entry.Name(), kind.IsDir())
	s := f.around
	if let != nil {
		s.let = let
	}
	w.askGit(name, kind.IsDir(), &s)
	switch {
	case kind.IsDir():
		f.below = append(f.below, subfolder{name, s})
	case kind.IsRegular():
		if info, err := entry.Info(); err != nil || !readableByAll(info) || mayHoldKey(name) {
			w.file(name, name, f, s)
		} else {
			w.add(name, info, s)
		}
	case kind&fs.ModeSymlink != 0:
		w.link(name, f, s)
	default:
		w.special(name, kind)
	}
}

// file collects a regular file, or a symbolic link to target.
func (w *walker) file(name, target string, f *folder, s surroundings) {
	file, info, err := f.files.open(name)
	if err != nil {
		w.unreadable(name, err)
		return
	}
	defer file.Close()
	if holdsKey(target, file) {
		out, let := w.rules.decide(name, false, &Exclusion{Rule: "private key in " + path.Base(target), Class: ClassSecrets})
		if out != nil {
			w.broad(name, out, let)
			w.exclude(name, out)
			return
		}
	}
	w.add(name, info, s)
}

// readableByAll says that a file need not be opened to know that it can be: half of the time that a
// listing takes. Where access is denied by other means than its mode, that is told when it is packed.
func readableByAll(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Mode().Perm()&0o444 == 0o444
}

// add adds a file that is what info says.
func (w *walker) add(name string, info fs.FileInfo, s surroundings) {
	// The owner's bit alone decides: the others depend on the umask of whoever made the file.
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	e := Entry{Path: name, Size: info.Size(), Mode: mode}
	if s.let != nil {
		e.Rule = fmt.Sprintf("%s (%s)", s.let.Text, place(s.let.File, s.let.Line))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listing.Entries = append(w.listing.Entries, e)
	w.listing.infos[name] = info
	if s.told > 0 {
		w.ignored[s.told-1].files++
	}
}

// link collects what the symbolic link name leads to, as if it stood in the link's place. What the
// rules exclude is not let in by the back door.
func (w *walker) link(name string, f *folder, s surroundings) {
	target, err := w.root.Readlink(name)
	if err != nil {
		w.problem(name, "is a symbolic link that cannot be read: %v", cause(err))
		return
	}
	real, err := filepath.EvalSymlinks(filepath.Join(w.real, filepath.FromSlash(name)))
	if err != nil {
		w.problem(name, "is a symbolic link to %q, which cannot be followed: %v; mend the link or delete it", target, cause(err))
		return
	}
	inside, err := filepath.Rel(w.real, real)
	if err != nil || !filepath.IsLocal(inside) {
		w.problem(name, "is a symbolic link to %q, which leaves the plugin directory; put a copy of the file in its place", target)
		return
	}
	info, err := w.root.Stat(name)
	if out := w.rules.decidePath(filepath.ToSlash(inside), err == nil && info.IsDir()); out != nil && inside != "." {
		w.exclude(name, out)
		return
	}
	switch {
	case err != nil:
		w.problem(name, "is a symbolic link to %q, which leaves the plugin directory on its way; make the link relative", target)
	case info.IsDir() && slices.ContainsFunc(s.above, func(dir fs.FileInfo) bool { return os.SameFile(dir, info) }):
		w.problem(name, "is a symbolic link to %q, which contains the link itself; delete it", target)
	case info.IsDir():
		f.below = append(f.below, subfolder{name, s})
	case info.Mode().IsRegular():
		w.file(name, filepath.ToSlash(inside), f, s)
	default:
		w.special(name, info.Mode().Type())
	}
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
