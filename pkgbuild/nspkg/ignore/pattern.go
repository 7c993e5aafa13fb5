// Package ignore reads files in the syntax of .gitignore and says which of their
// patterns decides about a path, as `git check-ignore` does.
//
// The parts of a path are matched by the standard library's path.Match, into whose syntax git's
// globs are translated; lines and folders are read here. Of the libraries for .gitignore
// that could be had, none agrees with git: go-git's, the only one kept alive, differs on [!a], []a],
// [[:digit:]], /** and **/x/**; sabhiram's on those and on a+b.
package ignore

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Pattern is one line of such a file.
type Pattern struct {
	File string // where it is written, as the caller of Parse named it
	Line int    // from 1
	Text string // as it is written, without the spaces at its end
	// Negated says that it begins with an exclamation mark: what it matches is not ignored.
	Negated bool

	folder     string // the slash-separated path of the folder that it is about; "" is the root
	foldersTo  bool   // it ends in a slash: it matches folders only
	byName     bool   // it has no slash: the last part of a path alone counts
	exact      string // what it matches, when it has no wildcard
	wild       bool
	ending     string // what it matches when all of it is a name's ending behind a *, as in *.pyc: most wildcards are
	isEnding   bool
	within     string     // what stands in every name that it matches, of one with other wildcards
	globs      [][]string // what it matches otherwise, part by part in the syntax of path.Match
	impossible bool       // it cannot match anything
}

// maxPatterns bounds the patterns of one file, and maxPattern the bytes of one of them: a
// longer one is no pattern that somebody wrote.
const (
	maxPatterns = 10_000
	maxPattern  = 4 << 10
)

// Parse reads the patterns of one file. They are about what is below folder, a
// slash-separated path; "" is the root.
func Parse(file, folder string, data []byte) []Pattern {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var patterns []Pattern
	line := 0
	for raw := range bytes.SplitSeq(data, []byte("\n")) {
		line++
		text := trimSpaces(string(bytes.TrimSuffix(raw, []byte("\r"))))
		if text == "" || text[0] == '#' || len(text) > maxPattern || len(patterns) == maxPatterns {
			continue
		}
		p := Pattern{File: file, Line: line, Text: text, folder: folder}
		p.read(text)
		patterns = append(patterns, p)
	}
	return patterns
}

// read takes a line apart.
func (p *Pattern) read(text string) {
	text, p.Negated = strings.CutPrefix(text, "!")
	text, p.foldersTo = strings.CutSuffix(text, "/")
	p.byName = !strings.Contains(text, "/")
	if text == "" {
		p.impossible = true
		return
	}
	if !p.byName {
		text = strings.TrimPrefix(text, "/")
	}
	if p.wild = strings.ContainsAny(text, `*?[\`); !p.wild {
		p.exact = text
		return
	}
	p.ending, p.isEnding = strings.CutPrefix(text, "*")
	p.isEnding = p.isEnding && p.byName && !strings.ContainsAny(p.ending, `*?[\`)
	if p.byName {
		p.within = literal(text)
	}
	p.globs = translateAll(text)
	p.impossible = len(p.globs) == 0 || !slices.ContainsFunc(p.globs, valid)
}

// literal returns the longest text without wildcards in front of the first bracket or backslash.
func literal(glob string) string {
	longest := ""
	for part := range strings.FieldsFuncSeq(glob[:strings.IndexAny(glob+"[", `[\`)], func(c rune) bool { return c == '*' || c == '?' }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

func valid(glob []string) bool {
	return !slices.ContainsFunc(glob, func(part string) bool { _, err := path.Match(part, ""); return err != nil })
}

// trimSpaces cuts off the spaces at the end, but for those behind a backslash.
func trimSpaces(line string) string {
	end := -1
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			if end < 0 {
				end = i
			}
		case '\\':
			i++
			if i == len(line) {
				return line
			}
			end = -1
		default:
			end = -1
		}
	}
	if end < 0 {
		return line
	}
	return line[:end]
}

// match says whether the pattern matches a path, whatever the folders it lies in.
func (p *Pattern) match(name string, isFolder bool) bool {
	if p.impossible || p.foldersTo && !isFolder {
		return false
	}
	if p.folder != "" {
		below, ok := strings.CutPrefix(name, p.folder)
		if !ok || below == "" || below[0] != '/' {
			return false
		}
		name = below[1:]
	}
	if p.byName {
		name = path.Base(name)
	}
	switch {
	case !p.wild:
		return name == p.exact
	case p.isEnding:
		return strings.HasSuffix(name, p.ending)
	case !strings.Contains(name, p.within): // much quicker than to match it
		return false
	}
	parts := strings.Split(name, "/")
	return slices.ContainsFunc(p.globs, func(glob []string) bool { return matches(glob, parts) })
}

// Names says whether the pattern names one path and no other: from the root, and
// without a wildcard.
func (p *Pattern) Names(name string) bool {
	if p.byName || p.wild || p.impossible {
		return false
	}
	return path.Join(p.folder, p.exact) == name
}

// List holds patterns in the order in which they are written, those of a folder
// behind those of the folders around it.
type List []Pattern

// Decides returns the pattern that decides about a path by itself, the last that
// matches; nil when none does. That a folder around it is ignored is the caller's
// concern: nothing in an ignored folder can be brought back.
func (l List) Decides(name string, isFolder bool) *Pattern {
	for i := range slices.Backward(l) {
		if l[i].match(name, isFolder) {
			return &l[i]
		}
	}
	return nil
}
