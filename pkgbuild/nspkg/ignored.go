package nspkg

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/ignore"
)

const gitIgnoreName = ".gitignore"

// maxIgnoreFile bounds a file of patterns.
const maxIgnoreFile = 256 << 10

// ignoredByGit is what goes into the package though git ignores it.
type ignoredByGit struct {
	path    string // a directory's ends in a slash
	files   int    // that go in
	pattern *ignore.Pattern
}

// patterns reads a file of patterns; none when it is not there. A .nspkgignore that cannot be
// read stands in the way of a package, for nobody knows what it would keep out.
func (w *walker) patterns(name string) ignore.List {
	file, _, err := openFile(w.root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var data []byte
	if err == nil {
		defer file.Close()
		data, err = io.ReadAll(io.LimitReader(file, maxIgnoreFile+1))
	}
	if err == nil && len(data) > maxIgnoreFile {
		err = fmt.Errorf("it is larger than %d KB", maxIgnoreFile>>10)
	}
	switch {
	case err == nil:
	case name == IgnoreName:
		w.problem(name, "cannot be read: %v; nobody knows what it keeps out, so mend or delete it", cause(err))
		return nil
	default:
		return nil // told where it is packed
	}
	folder := path.Dir(name)
	if folder == "." {
		folder = ""
	}
	return ignore.Parse(name, folder, data)
}

// askGit notes a file or directory that goes in though git ignores it, unless
// .nspkgignore says that it shall, or the directory around it is noted already.
func (w *walker) askGit(name string, isFolder bool, s *surroundings) {
	if s.told > 0 || s.let != nil {
		return
	}
	p := s.git.Decides(name, isFolder)
	if p == nil || p.Negated {
		return
	}
	if isFolder {
		name += "/"
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ignored = append(w.ignored, ignoredByGit{path: name, pattern: p})
	s.told = len(w.ignored)
}

// warn makes the warnings of what was noted.
func (w *walker) warn() {
	for _, i := range w.ignored {
		if i.files == 0 {
			continue
		}
		count := ""
		if i.files > 1 {
			count = fmt.Sprintf(" (%d files)", i.files)
		}
		w.listing.Warnings = append(w.listing.Warnings, Warning{
			Path: i.path, Files: i.files, Pattern: i.pattern.Text, File: i.pattern.File, Line: i.pattern.Line,
			Message: fmt.Sprintf("%q%s goes into the package, but git ignores it (%s:%d: %s); write /%s into %s to leave it out, or !/%s to say that it belongs there",
				i.path, count, i.pattern.File, i.pattern.Line, i.pattern.Text, i.path, IgnoreName, i.path),
		})
	}
	slices.SortStableFunc(w.listing.Warnings, func(a, b Warning) int { return cmp.Compare(a.Path, b.Path) })
}

// broad warns of a pattern of .nspkgignore that would let in what no such pattern can.
func (w *walker) broad(name string, out *Exclusion, let *ignore.Pattern) {
	if let == nil {
		return
	}
	advice := "nothing lets it in"
	if out.Class == ClassSecrets {
		advice = fmt.Sprintf("only !/%s lets it in, which names it exactly", name)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listing.Warnings = append(w.listing.Warnings, Warning{
		Path: name, Files: 1, Pattern: let.Text, File: let.File, Line: let.Line,
		Message: fmt.Sprintf("%q stays out, whatever %s:%d (%s) says, %s; %s", name, let.File, let.Line, let.Text, out.Where(), advice),
	})
}

// required complains when a rule keeps out what no package is one without.
func (w *walker) required(name string, out *Exclusion) {
	if name == manifest.FileName {
		w.problem(name, "is kept out by %q (%s), but no package can be installed without it; make that pattern narrower, or write !/%s below it", out.Rule, out.Where(), name)
	}
}
