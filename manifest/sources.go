package manifest

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// What is read below service/ to learn what the service does.
const (
	maxSources      = 300       // files
	maxSourceSize   = 256 << 10 // bytes of one file
	maxSourceText   = 2 << 20   // bytes in all
	maxSourceListed = 5000      // entries of directories that are looked at
)

// notSources are directories below service/ that hold no code of the plugin's own.
var notSources = []string{"node_modules", "target", ".venv", "venv", "dist", ".git", "vendor", "__pycache__"}

// pictures are the kinds of files that hold no code and are no text.
var pictures = []string{".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".woff", ".woff2", ".ttf", ".otf", ".pdf"}

// sourceFile is a text file below service/.
type sourceFile struct {
	name string // relative to the plugin directory, such as "service/main.py"
	*source
}

// sources returns the text files below service/, those of a directory before
// those below it, each directory by name, and whether these are all: links are
// not followed, what is too large or no text is left out, and it ends at the
// bounds above. The files are read once for all rules and trials of fixes.
func (p *project) sources() (list []sourceFile, all bool) {
	all = true
	listed, size := 0, 0
	for dirs := []string{"service"}; len(dirs) > 0; dirs = dirs[1:] {
		entries, err := p.files.ReadDir(dirs[0])
		all = all && err == nil
		for _, e := range entries {
			if listed++; listed > maxSourceListed || len(list) == maxSources {
				return list, false
			}
			name := path.Join(dirs[0], e.Name())
			switch {
			case e.IsDir():
				if !slices.Contains(notSources, e.Name()) {
					dirs = append(dirs, name)
				}
			case slices.Contains(pictures, strings.ToLower(path.Ext(name))):
			case !e.Type().IsRegular():
				all = false
			default:
				s, err := p.files.source(name, maxSourceSize)
				if err != nil || bytes.IndexByte(s.data, 0) >= 0 {
					all = false
					continue
				}
				if size += len(s.data); size > maxSourceText {
					return list, false
				}
				list = append(list, sourceFile{name, s})
			}
		}
	}
	return list, all
}

// anySource says whether tell is true of a source or of a migration, and
// whether it was asked of all of them. kind names the question: the answer for
// each file is remembered under it.
func (p *project) anySource(kind string, tell func(text []byte) bool) (found, all bool) {
	list, all := p.sources()
	for _, s := range list {
		if yes, _ := p.files.fact(kind, s.name, tell); yes {
			return true, all
		}
	}
	dir := p.doc.root.get("migrations_dir")
	if dir == nil || dir.kind != kindString || !fs.ValidPath(path.Clean(dir.text)) {
		return false, all
	}
	entries, _ := p.files.ReadDir(path.Clean(dir.text)) // what is not there says nothing
	for i, e := range entries {
		name := path.Join(dir.text, e.Name())
		if path.Ext(name) != ".sql" {
			continue
		}
		yes, err := p.files.fact(kind, name, tell)
		if yes {
			return true, all
		}
		if err != nil || i >= maxSources {
			return false, false
		}
	}
	return false, all
}

// fact returns what tell says of the text of a file of at most maxSourceSize,
// asking it once for what is on disk.
func (f *files) fact(kind, name string, tell func([]byte) bool) (bool, error) {
	if s := f.edited[name]; s != nil {
		return tell(s.data), nil
	}
	return once(f.facts, kind+"\x00"+name, func() (bool, error) {
		if s := f.text(name); s != nil {
			return tell(s.data), nil
		}
		text, err := f.bytes(name, maxSourceSize) // not kept: who reads migrations may take larger ones
		return err == nil && tell(text), err
	})
}
