package nspkg

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Entry is one file of a package.
type Entry struct {
	Path           string      `json:"path"`                      // slash-separated, relative to the plugin directory
	Size           int64       `json:"size"`                      // bytes
	CompressedSize int64       `json:"compressed_size,omitempty"` // bytes in the archive; 0 before it is written
	Mode           fs.FileMode `json:"mode"`                      // 0644, or 0755 for a file its owner may execute
	// Rule is the pattern of .nspkgignore that lets the file in: "!dist/ (.nspkgignore line 3)".
	// It is empty when nothing keeps the file out, as with most.
	Rule string `json:"rule,omitempty"`
}

// Excluded is a file or directory that stays out.
type Excluded struct {
	Path      string `json:"path"` // as Entry.Path; a directory ends in a slash and is not looked into
	Exclusion        // what decided
}

// Warning is about a file that goes in, although its author may not want it to.
type Warning struct {
	Path string `json:"path"` // as Excluded.Path
	// Files counts the files that go in below a directory; 1 for a file.
	Files   int    `json:"files"`
	Pattern string `json:"pattern"` // the pattern it is about
	File    string `json:"file"`    // where that is written
	Line    int    `json:"line"`    // from 1
	Message string `json:"message"` // a sentence with all of this, and what to do
}

// Listing is what a package of a directory would hold, and what it would leave out.
type Listing struct {
	Entries  []Entry    `json:"entries"`            // in the archive's order: manifest.json first, the rest in byte order of their paths
	Excluded []Excluded `json:"excluded"`           // in byte order of their paths
	Warnings []Warning  `json:"warnings,omitempty"` // in byte order of their paths

	infos map[string]fs.FileInfo // of the files as they were then, by Entry.Path
}

// giveManifest makes manifest.json a file of another size.
func (l *Listing) giveManifest(size int64) {
	if len(l.Entries) > 0 && l.Entries[0].Path == manifest.FileName {
		l.Entries[0].Size = size
	}
}

// holds returns the path of the file that is the same as another, by whatever name or link; ""
// when none is.
func (l *Listing) holds(file fs.FileInfo) string {
	for _, e := range l.Entries {
		if os.SameFile(l.infos[e.Path], file) {
			return e.Path
		}
	}
	return ""
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
		return fmt.Sprintf("cannot pack %s: it %s", subject(e.Problems[0].Path), e.Problems[0].Reason)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cannot pack %d files:", len(e.Problems))
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  %s %s", subject(p.Path), p.Reason)
	}
	return b.String()
}

// subject names what cannot be packed: a file, or the plugin as a whole.
func subject(path string) string {
	if path == "." {
		return "the plugin directory"
	}
	return fmt.Sprintf("%q", path)
}

// place names a line of a file for a sentence.
func place(file string, line int) string { return fmt.Sprintf("%s line %d", file, line) }
