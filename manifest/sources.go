package manifest

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Bounds of what is read below service/ to learn what the service does.
const (
	maxServiceFiles  = 300
	serviceFileLimit = 256 << 10 // bytes of one file
	maxServiceText   = 2 << 20   // bytes of all
	maxServiceListed = 5000      // entries of directories that are looked at
)

// The directories below service/ that hold nothing of the author's own, and
// the kinds of files that are no text.
var (
	foreignDirs = []string{"node_modules", "target", ".venv", "venv", "dist", ".git", "vendor", "__pycache__", ".pytest_cache", ".mypy_cache", ".idea", ".vscode"}
	pictures    = []string{".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".woff", ".woff2", ".ttf", ".otf", ".pdf"}
)

// serviceFile is a regular file below service/.
type serviceFile struct {
	name string // relative to the plugin directory, such as "service/main.py"
	fits bool   // it is within the bounds of what is read
}

// service is what there is below service/.
type service struct {
	files []serviceFile
	whole bool // these are all files
}

// service lists the files below service/, those of a directory before those
// below it, each directory by name. Links are not followed, and it ends at the
// bounds above. The list is made once for all rules and trials of fixes.
func (f *files) service() service {
	type question struct{}
	return remember(f, question{}, f.listService)
}

func (f *files) listService() service {
	s := service{whole: true}
	listed, size := 0, int64(0)
	for dirs := []string{"service"}; len(dirs) > 0; dirs = dirs[1:] {
		entries, err := f.ReadDir(dirs[0])
		s.whole = s.whole && err == nil
		for _, e := range entries {
			name := path.Join(dirs[0], e.Name())
			listed++
			switch {
			case listed > maxServiceListed:
				s.whole = false
				return s
			case e.IsDir():
				if !slices.Contains(foreignDirs, e.Name()) {
					dirs = append(dirs, name)
				}
			case slices.Contains(pictures, strings.ToLower(path.Ext(name))):
			case !e.Type().IsRegular():
				s.whole = false
			case len(s.files) == maxServiceFiles:
				s.whole = false
				return s
			default:
				info, err := f.Stat(name)
				fits := err == nil && info.Size() <= serviceFileLimit && size+info.Size() <= maxServiceText
				if fits {
					size += info.Size()
				}
				s.files = append(s.files, serviceFile{name, fits})
			}
		}
	}
	return s
}

// serviceSource returns the text of a file below service/; nil when it is
// beyond the bounds, or no text.
func (f *files) serviceSource(file serviceFile) *source {
	if !file.fits {
		return nil
	}
	s, err := f.source(file.name, serviceFileLimit)
	if err != nil || bytes.IndexByte(s.data, 0) >= 0 {
		return nil
	}
	return s
}

// sources returns the names of the files below service/, in the order of service, and whether
// all were read and are text. Nothing is read when some lie beyond the bounds: no rule
// concludes anything from a part of them.
func (f *files) sources() (names []string, all bool) {
	s := f.service()
	if !s.whole || slices.ContainsFunc(s.files, func(file serviceFile) bool { return !file.fits }) {
		return nil, false
	}
	for _, file := range s.files {
		if f.serviceSource(file) == nil {
			return nil, false
		}
		names = append(names, file.name)
	}
	return names, true
}

// anySource says whether tell is true of a source or of a migration, and
// whether it could be asked of all of them. kind names the question: the answer for
// each file is remembered under it.
func (p *project) anySource(kind string, tell func(text []byte) bool) (found, all bool) {
	names, all := p.files.sources()
	if !all {
		return false, false
	}
	for _, name := range names {
		if yes, _ := p.files.fact(kind, name, tell); yes {
			return true, true
		}
	}
	dir := p.doc.root.get("migrations_dir")
	if dir == nil || dir.kind != kindString || !fs.ValidPath(path.Clean(dir.text)) {
		return false, true
	}
	entries, _ := p.files.ReadDir(path.Clean(dir.text)) // what is not there says nothing
	for i, e := range entries {
		name := path.Join(dir.text, e.Name())
		if path.Ext(name) != ".sql" {
			continue
		}
		yes, err := p.files.fact(kind, name, tell)
		if yes {
			return true, true
		}
		if err != nil || i >= maxServiceFiles {
			return false, false
		}
	}
	return false, true
}

// fact returns what tell says of the text of a file of at most
// serviceFileLimit, asking it once for what is on disk.
func (f *files) fact(kind, name string, tell func([]byte) bool) (bool, error) {
	if s := f.edited[name]; s != nil {
		return tell(s.data), nil
	}
	type question struct{ kind, name string }
	r := remember(f, question{kind, name}, func() read[bool] {
		if s := f.text(name); s != nil {
			return read[bool]{value: tell(s.data)}
		}
		text, err := f.bytes(name, serviceFileLimit) // not kept: who reads migrations may take larger ones
		return read[bool]{err == nil && tell(text), err}
	})
	return r.value, r.err
}
