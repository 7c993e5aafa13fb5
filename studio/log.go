package studio

import (
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// logCapacity bounds each log; the oldest lines fall out first.
const logCapacity = 20_000

// maxLineRunes bounds one line, so that a plugin that prints a megabyte
// without a newline costs neither memory nor drawing time.
const maxLineRunes = 4_000

// LogLine is one line of output, free of control characters and escape sequences.
type LogLine struct {
	At     time.Time `json:"at"`
	Stream string    `json:"stream"` // stdout, stderr or build
	Text   string    `json:"text"`
}

// Log is a bounded ring of lines, safe for concurrent use.
type Log struct {
	mu      sync.RWMutex
	lines   []LogLine
	start   int // index of the oldest line once the ring is full
	dropped uint64
}

// Len returns how many lines are kept.
func (l *Log) Len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.lines)
}

// Dropped returns how many lines fell out of the ring since it was last cleared.
func (l *Log) Dropped() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.dropped
}

// Window returns up to n kept lines from index from on; 0 is the oldest kept line.
func (l *Log) Window(from, n int) []LogLine {
	l.mu.RLock()
	defer l.mu.RUnlock()
	from = max(from, 0)
	n = min(n, len(l.lines)-from)
	if n <= 0 {
		return nil
	}
	out := make([]LogLine, n)
	for i := range out {
		out[i] = l.lines[(l.start+from+i)%len(l.lines)]
	}
	return out
}

func (l *Log) add(line LogLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) < logCapacity {
		l.lines = append(l.lines, line)
		return
	}
	l.lines[l.start] = line
	l.start = (l.start + 1) % logCapacity
	l.dropped++
}

func (l *Log) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines, l.start, l.dropped = nil, 0, 0
}

// CleanLine makes a line of foreign text harmless to a terminal: escape
// sequences are removed, tabs expanded to the next multiple of eight, other
// control and bidirectional override characters dropped, and the rest cut at
// maxLineRunes.
func CleanLine(s string) string {
	s = strings.TrimRight(s, "\r\n")
	if i := strings.LastIndexByte(s, '\r'); i >= 0 {
		s = s[i+1:] // what a terminal would show after the carriage return
	}
	s = ansi.Strip(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	column := 0
	for _, r := range s {
		switch {
		case column >= maxLineRunes:
			return b.String() + "…"
		case r == '\t':
			pad := 8 - column%8
			b.WriteString("        "[:pad])
			column += pad
		case unicode.IsControl(r), isBidiControl(r):
		default:
			b.WriteRune(r)
			column++
		}
	}
	return b.String()
}

func isBidiControl(r rune) bool {
	return r == '\u200e' || r == '\u200f' || r == '\u061c' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}
