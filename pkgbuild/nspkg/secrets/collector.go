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
}

// piecePlace is a finding whose line counts from the beginning of its piece.
type piecePlace struct {
	place
	piece int64 // where in the file the piece begins
}

// pieceLines are the line ends of a piece, without those that the piece before had, too.
type pieceLines struct {
	offset int64 // of the first byte that is new
	lines  int
}

// Piece looks through a piece of the file of that path. The piece begins at an offset in the
// file, and with seen bytes that the piece before ended with: at least 8 KB where there is
// one, for what lies across to be found.
func (c *Collector) Piece(path string, offset int64, data []byte, seen int) {
	s, ok := c.scanners.Get().(*Scanner)
	if !ok {
		s = NewScanner()
	}
	defer c.scanners.Put(s)
	s.Reset(path)
	s.begin(data)
	s.Write(data)
	s.look(true)
	lines := bytes.Count(data[seen:], []byte("\n"))
	before := bytes.Count(data[:seen], []byte("\n"))
	if len(s.findings) == 0 && lines == 0 {
		return // so that most pictures and programs cost nothing
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines == nil {
		c.lines = map[string][]pieceLines{}
	}
	c.lines[path] = append(c.lines[path], pieceLines{offset: offset + int64(seen), lines: lines})
	for _, f := range s.findings {
		f.start, f.end = f.start+offset, f.end+offset
		f.Line -= before // from the first new byte on; negative in front of it
		c.findings = append(c.findings, piecePlace{f, offset + int64(seen)})
	}
}

// Findings returns what was found in all files, in the order of their paths and lines.
func (c *Collector) Findings() []Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortFunc(c.findings, func(a, b piecePlace) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.start, b.start), cmp.Compare(a.rank, b.rank), cmp.Compare(b.end, a.end))
	})
	var kept []piecePlace
	for _, f := range c.findings {
		if last := len(kept) - 1; last >= 0 && kept[last].Path == f.Path && f.start < kept[last].end {
			// Two pieces saw it: of one that was cut off, the longer counts.
			if f.rank < kept[last].rank || f.rank == kept[last].rank && f.end-f.start > kept[last].end-kept[last].start {
				kept[last] = f
			}
			continue
		}
		kept = append(kept, f)
	}
	all := make([]Finding, 0, len(kept))
	for _, f := range kept {
		for _, p := range c.lines[f.Path] {
			if p.offset < f.piece {
				f.Line += p.lines
			}
		}
		all = append(all, f.Finding)
	}
	return all
}
