package secrets

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
)

// Collector gathers the findings of many files, of which several may be read at once and in
// pieces whose order does not matter. It is safe for concurrent use.
type Collector struct {
	scanners sync.Pool

	mu       sync.Mutex
	findings []piecePlace
	lines    map[string][]pieceLines
	bare     map[string]bool // the files that hold bare values, as their beginnings say
}

// piecePlace is a finding whose line counts from the first new byte of its piece; negative in front of it.
type piecePlace struct {
	place
	piece int64 // where in the file the piece's first new byte stands
	cut   bool  // its line begins in front of the piece: its column counts from the first new byte
	vague bool  // not even that is known; the piece before knows
}

// pieceLines are the line ends of a piece, without those that the piece before had, too.
type pieceLines struct {
	offset int64 // of the first byte that is new
	lines  int
	tail   int // characters behind the last of them, or all
}

// Piece looks through a piece of the file of that path. The piece begins at an offset in the
// file, and with seen bytes that the piece before ended with: at least 8 KB where there is
// one, for what lies across to be found. last says that none follows.
func (c *Collector) Piece(path string, offset int64, data []byte, seen int, last bool) {
	s, ok := c.scanners.Get().(*Scanner)
	if !ok {
		s = NewScanner()
	}
	defer c.scanners.Put(s)
	s.Reset(path)
	piece := offset + int64(seen)
	inFile := func(at int64) int64 { return offset + at }
	if kind := utf16Of(data); kind.is() {
		text := kind.append(make([]byte, 0, len(data)), data[:seen])
		seen, data = len(text), kind.append(text, data[seen:])
		inFile = func(at int64) int64 { return offset + utf16Length(data[:at]) }
	}
	s.begin(data)
	s.whole(data)
	if len(s.findings) == 0 && offset == 0 && last {
		return // so that most files cost nothing
	}
	behind := data[seen:]
	lines := pieceLines{offset: piece, lines: bytes.Count(behind, []byte("\n")), tail: characters(behind[bytes.LastIndexByte(behind, '\n')+1:])}
	before := bytes.Count(data[:seen], []byte("\n"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines == nil {
		c.lines, c.bare = map[string][]pieceLines{}, map[string]bool{}
	}
	if offset == 0 && s.file.untold && holdsBareValues(s.head) {
		c.bare[path] = true
	}
	c.lines[path] = append(c.lines[path], lines)
	for _, f := range s.findings {
		found := piecePlace{place: f, piece: piece, cut: f.Line == 1 && offset > 0}
		if found.cut {
			found.Column -= characters(data[:seen])
			found.vague = before > 0
		}
		found.start, found.end = inFile(f.start), inFile(f.end)
		found.Line -= before
		c.findings = append(c.findings, found)
	}
}

// Findings returns what was found in all files, in the order of their paths and lines.
func (c *Collector) Findings() []Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = slices.DeleteFunc(c.findings, func(f piecePlace) bool { return f.bare && !c.bare[f.Path] })
	slices.SortFunc(c.findings, func(a, b piecePlace) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.start, b.start), cmp.Compare(a.rank, b.rank), cmp.Compare(b.end, a.end), cmp.Compare(a.piece, b.piece))
	})
	for _, lines := range c.lines {
		slices.SortFunc(lines, func(a, b pieceLines) int { return cmp.Compare(a.offset, b.offset) })
	}
	var kept []piecePlace
	for _, f := range c.findings {
		c.settle(&f)
		last := len(kept) - 1
		if last < 0 || kept[last].Path != f.Path || f.start >= kept[last].end {
			kept = append(kept, f)
			continue
		}
		// Two pieces saw it: of one that was cut off, the longer counts.
		k := &kept[last]
		if f.rank < k.rank || f.rank == k.rank && f.end-f.start > k.end-k.start {
			*k, f = f, *k
		}
		if k.vague && !f.vague && k.start == f.start {
			k.Column, k.vague = f.Column, false
		}
	}
	all := make([]Finding, 0, len(kept))
	for _, f := range kept {
		all = append(all, f.Finding)
	}
	return all
}

// settle counts the line and column of a finding from the beginning of its file.
func (c *Collector) settle(f *piecePlace) {
	lines := c.lines[f.Path]
	of, _ := slices.BinarySearchFunc(lines, f.piece, func(p pieceLines, at int64) int { return cmp.Compare(p.offset, at) })
	for _, p := range lines[:of] {
		f.Line += p.lines
	}
	for i := of - 1; f.cut && i >= 0; i-- {
		f.Column += lines[i].tail
		if lines[i].lines > 0 {
			break
		}
	}
	f.Column = max(f.Column, 1)
}
