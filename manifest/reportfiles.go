package manifest

import (
	"bytes"
	"maps"
	"slices"
)

// Lines returns how many lines a file has that was read for the report; 0 when
// it was not read. A line break at the end of the file begins no line.
func (r Report) Lines(file string) int {
	s := r.text(file)
	if s == nil {
		return 0
	}
	if n := len(s.lines); s.lines[n-1] < len(s.data) || n == 1 && len(s.data) > 0 {
		return n
	}
	return len(s.lines) - 1
}

// Content returns the bytes of a file that was read for the report, and whether
// it was. They are not masked and must not be written to.
func (r Report) Content(file string) ([]byte, bool) {
	s := r.text(file)
	if s == nil {
		return nil, false
	}
	return s.data, true
}

// Files returns the names of the files that were read and the folders that were
// listed for the report, sorted, also of those where that failed.
func (r Report) Files() []string {
	if r.files == nil {
		return nil
	}
	names := map[string]bool{}
	for name := range r.files.texts {
		names[name] = true
	}
	for name := range r.files.dirs {
		names[name] = true
	}
	return sortedKeys(names)
}

// Judged tells whether the manifest was looked at as a whole. Where its
// structure or a value had to be guessed, the findings do not tell all, and what
// they do not see they do not mask.
func (r Report) Judged() bool {
	return r.Document != nil && !r.Document.damaged && r.Document.root != nil && r.Document.root.kind == kindObject &&
		r.Document.wrapped == nil && !r.Document.hasUnknown()
}

// Changes returns what a fix of one of the report's findings makes of the
// files, as they were when they were checked; files it leaves as they are are
// left out. The error says that it is not a fix of this report.
func (r Report) Changes(fix Fix) ([]Change, error) {
	before := r.files
	if before == nil {
		before = &files{}
	}
	after, err := before.edit(fix.Edits)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, name := range sortedKeys(byFile(fix.Edits)) {
		c := Change{File: name, Before: before.text(name).data, After: after.text(name).data}
		if !bytes.Equal(c.Before, c.After) {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

func (r Report) text(file string) *source {
	if r.files == nil {
		return nil
	}
	return r.files.text(file)
}

// foundSoFar hands out the report as it is before fixes are tried.
func (p *project) foundSoFar(c configured, opts Options) {
	if opts.Found == nil || !slices.ContainsFunc(c.issues, func(i issue) bool { return len(i.fixes) > 0 }) {
		return
	}
	c.issues = slices.Clone(c.issues)
	for i := range c.issues {
		c.issues[i].fixes = nil
	}
	r := p.report(c, opts)
	// The trials go on reading files while somebody looks at this report.
	r.files = &files{texts: maps.Clone(p.files.texts), dirs: maps.Clone(p.files.dirs), edited: p.files.edited}
	opts.Found(r)
}
