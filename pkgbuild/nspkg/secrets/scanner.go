package secrets

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"
	"sync"
)

// maxFindings bounds the findings of one file: a file with so many is not mended one by one.
const maxFindings = 100

// Scanner looks through one file after another. It is for one goroutine.
type Scanner struct {
	find  *marks
	words []marked
	rules []rule

	file     file
	buffer   []byte // what has arrived and may still be looked at
	base     int64  // where in the file buffer begins
	lines    int    // in front of buffer
	column   int    // how many characters of its first line stand in front of buffer
	head     []byte // the file's beginning
	lineRule int    // that every line is looked at by; -1 for none
	hits     []hitWord
	pending  []hit // marks whose surroundings have not all arrived
	covered  []int64
	findings []place
	begun    bool
	binary   bool
	utf16    utf16Text
}

// marked is a word and the rules it belongs to.
type marked struct {
	word  string // as written; compared with case unless anyCase
	exact bool
	rule  int
}

// hit is a mark in the file.
type hit struct {
	rule  int
	start int64
}

// place is a finding with where it stands.
type place struct {
	Finding
	start, end int64
	rank       int
	bare       bool // it counts if the file holds bare values, which its name does not say
}

// automaton is made once: it is the same for every file.
var automaton = sync.OnceValue(func() (a struct {
	find  *marks
	words []marked
	lines map[string]int // the rules about lines, by the names of files
}) {
	var lower []string
	a.lines = map[string]int{}
	for i, r := range everyRule() {
		for _, name := range r.names {
			a.lines[name] = i
		}
		for _, word := range r.marks {
			a.words = append(a.words, marked{word: word, exact: !r.anyCase, rule: i})
			lower = append(lower, strings.ToLower(word))
		}
	}
	a.find = newMarks(lower)
	return a
})

// NewScanner returns a scanner; Reset makes it ready for a file.
func NewScanner() *Scanner {
	a := automaton()
	s := &Scanner{find: a.find, words: a.words, rules: everyRule()}
	s.covered = make([]int64, len(s.rules))
	return s
}

// Scan looks through a whole file.
func Scan(name string, content io.Reader) ([]Finding, error) {
	s := NewScanner()
	s.Reset(name)
	if _, err := io.Copy(s, content); err != nil {
		return nil, err
	}
	return s.Findings(), nil
}

// Reset makes the scanner ready for the file of that slash-separated path.
func (s *Scanner) Reset(name string) {
	s.file = fileOf(name)
	s.lineRule = -1
	if rule, ok := automaton().lines[s.file.base]; ok {
		s.lineRule = rule
	}
	s.buffer, s.base, s.lines, s.column, s.head = s.buffer[:0], 0, 0, 0, s.head[:0]
	s.pending, s.findings = s.pending[:0], nil
	s.begun, s.binary, s.utf16 = false, false, utf16Text{}
	clear(s.covered)
}

// window sizes of the buffer: it is shortened when it has grown beyond keep.
const keep = 128 << 10

// Write takes the next piece of the file. It never fails.
func (s *Scanner) Write(piece []byte) (int, error) {
	for rest := piece; len(rest) > 0; {
		n := min(len(rest), keep/2)
		s.take(rest[:n])
		rest = rest[n:]
	}
	return len(piece), nil
}

func (s *Scanner) take(piece []byte) {
	s.begin(piece)
	from := len(s.buffer)
	if s.utf16.is() {
		s.buffer = s.utf16.append(s.buffer, piece)
	} else {
		s.buffer = append(s.buffer, piece...)
	}
	s.arrived(from)
	if len(s.buffer) > keep {
		s.forget()
	}
}

// whole looks through all of a file, or of a piece of one, where it stands: a copy would cost more than to
// search it for marks. It goes on in steps, as a file that is full of marks would take much memory at once.
func (s *Scanner) whole(text []byte) {
	own := s.buffer
	for from := 0; from < len(text); from = len(s.buffer) {
		s.buffer = text[:min(from+keep/2, len(text))]
		s.arrived(from)
	}
	s.look(true)
	s.buffer = own
}

// arrived looks at what is new in the buffer from an offset on.
func (s *Scanner) arrived(from int) {
	if missing := headSize - len(s.head); missing > 0 {
		s.head = append(s.head, s.buffer[from:min(len(s.buffer), from+missing)]...)
	}
	if s.lineRule >= 0 {
		s.noteLines(from)
	}
	s.hits = s.find.find(s.buffer, from, s.hits[:0])
	for _, h := range s.hits {
		s.noteMark(h.word, h.end)
	}
	s.look(false)
}

// begin judges by the first piece of a file what it holds.
func (s *Scanner) begin(piece []byte) {
	if s.begun {
		return
	}
	s.begun = true
	s.utf16 = utf16Of(piece)
	s.binary = !s.utf16.is() && bytes.IndexByte(piece, 0) >= 0
}

// noteLines notes the beginnings of the lines in the buffer from an offset on, for the rule about lines.
func (s *Scanner) noteLines(from int) {
	for i := from; i < len(s.buffer); i++ {
		if s.base == 0 && i == 0 || i > 0 && s.buffer[i-1] == '\n' {
			s.pending = append(s.pending, hit{rule: s.lineRule, start: s.base + int64(i)})
		}
	}
}

// noteMark notes a word that ends at an offset in the buffer.
func (s *Scanner) noteMark(w, end int) {
	word := &s.words[w]
	start := end - len(word.word)
	if word.exact && string(s.buffer[start:end]) != word.word || s.rules[word.rule].text && s.binary {
		return
	}
	if word.rule == len(s.rules)-1 && !s.mayBeNamed(end) { // by far the most
		return
	}
	s.pending = append(s.pending, hit{rule: word.rule, start: s.base + int64(start)})
}

// look asks the rules about the marks whose surroundings have arrived; at the end
// of the file, about all.
func (s *Scanner) look(atEnd bool) {
	arrived := s.base + int64(len(s.buffer))
	waiting := s.pending[:0]
	for _, h := range s.pending {
		r := &s.rules[h.rule]
		switch {
		case h.start+int64(r.ahead) > arrived && !atEnd:
			waiting = append(waiting, h)
		case r.rank == rankNamed || r.names != nil || h.start+int64(r.ahead)/2 > s.covered[h.rule]: // else that was looked at already
			s.ask(r, h)
		}
	}
	s.pending = waiting
}

// ask looks for a rule's secrets around a mark.
func (s *Scanner) ask(r *rule, h hit) {
	at := int(h.start - s.base)
	if r.least > 0 && !inToken(s.buffer, at, r.least) || r.may != nil && !r.may(s.buffer[at:]) {
		return
	}
	from, to := max(0, at-r.behind), min(len(s.buffer), at+r.ahead)
	s.covered[h.rule] = s.base + int64(to)
	w := window{text: string(s.buffer[from:to]), mark: at - from, file: s.file}
	for _, found := range r.find(w) {
		// In a program, all its texts stand side by side: what follows a mark may be another one.
		if s.binary && r.shown > 0 && strings.IndexAny(w.text[found[0]:found[1]], "0123456789") < 0 {
			continue
		}
		s.add(r, w.text[found[0]:found[1]], from+found[0])
	}
}

// add notes a secret that begins at an offset in the buffer.
func (s *Scanner) add(r *rule, secret string, at int) {
	start := s.base + int64(at)
	end := start + int64(len(secret))
	for i := len(s.findings) - 1; i >= 0; i-- {
		if o := &s.findings[i]; start < o.end && o.start < end {
			if r.rank >= o.rank {
				return
			}
			s.findings = slices.Delete(s.findings, i, i+1)
		}
	}
	if len(s.findings) >= maxFindings {
		return
	}
	before := s.buffer[:at]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	column := characters(line) + 1
	if len(line) == len(before) {
		column += s.column
	}
	bare := s.file.untold && r.rank == rankNamed && at > 0 && strings.IndexByte("\"'`>", before[at-1]) < 0
	s.findings = append(s.findings, place{
		Finding: Finding{
			Path: s.file.path, Line: s.lines + bytes.Count(before, []byte("\n")) + 1, Column: column,
			Rule: r.id, What: r.what, Advice: r.advice, Masked: mask(secret, r.shown), Fingerprint: fingerprint(r.id, s.file.path, secret),
		},
		start: start, end: end, rank: r.rank, bare: bare,
	})
}

// forget shortens the buffer to what may still be looked at.
func (s *Scanner) forget() {
	from := len(s.buffer) - behind
	for _, h := range s.pending {
		from = min(from, int(h.start-s.base)-behind)
	}
	if from <= 0 {
		return
	}
	gone := s.buffer[:from]
	s.lines += bytes.Count(gone, []byte("\n"))
	if end := bytes.LastIndexByte(gone, '\n'); end >= 0 {
		s.column, gone = 0, gone[end+1:]
	}
	s.column += characters(gone)
	s.base += int64(from)
	s.buffer = s.buffer[:copy(s.buffer, s.buffer[from:])]
}

// Findings ends the file and returns what was found, in the file's order; nil when
// nothing was. A second call returns the same.
func (s *Scanner) Findings() []Finding {
	s.look(true)
	if s.file.untold && !holdsBareValues(s.head) {
		s.findings = slices.DeleteFunc(s.findings, func(p place) bool { return p.bare })
	}
	if len(s.findings) == 0 {
		return nil
	}
	slices.SortFunc(s.findings, func(a, b place) int { return cmp.Compare(a.start, b.start) })
	all := make([]Finding, len(s.findings))
	for i := range s.findings {
		all[i] = s.findings[i].Finding
	}
	return all
}
