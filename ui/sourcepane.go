package ui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// sourcePane is the window on a file's lines, with a cursor. It reads the lines
// it draws and no others, so that a large file costs no more than a small one.
type sourcePane struct {
	file  string
	line  int  // of the cursor, from 1; 0 when there is none
	first int  // line on top, from 0
	shown int  // lines drawn last
	moved bool // the cursor was moved away from the focused finding

	report  manifest.Report
	conceal func(string) string // masks what report does not
	cache   map[int]string      // masked lines of report
}

// forget drops what was kept of the lines: the file may have changed.
func (s *sourcePane) forget() { s.cache = nil }

// show puts the cursor on a line of a file.
func (s *sourcePane) show(report manifest.Report, conceal func(string) string, file string, line int) {
	if file != s.file {
		s.first = 0
	}
	s.report, s.conceal, s.file, s.line = report, conceal, file, line
	s.forget()
}

// scroll moves the window as far as the cursor, so that a page is a page.
func (s *sourcePane) scroll(by, lines int) { s.first = max(min(s.first+by, lines-s.shown), 0) }

// fit sets the window's height and keeps the cursor in it, with lines around it.
func (s *sourcePane) fit(height int) {
	n := s.report.Lines(s.file)
	s.shown = max(height, 1)
	if s.line > 0 {
		around := min(2, (s.shown-1)/2)
		s.first = window(s.first, min(s.line-1+around, n-1), n, s.shown)
		s.first = window(s.first, max(s.line-1-around, 0), n, s.shown)
	}
	s.first = max(min(s.first, n-s.shown), 0)
}

// longLine is the length in bytes from which only a part of a line is drawn: a
// whole file may stand on one line.
const longLine = 2048

// piece returns the part of line n that is worth drawing, masked, and how many
// code points of the line stand before it: of a long line the part around a
// column, from 1.
func (s *sourcePane) piece(n, column int) (part string, skipped int) {
	raw, ok := s.cache[n]
	if !ok {
		if s.cache == nil || len(s.cache) > 500 {
			s.cache = map[int]string{}
		}
		raw = s.conceal(s.report.Line(s.file, n))
		s.cache[n] = raw
	}
	return partOf(raw, column)
}

// partOf returns the part of a long line around a column, from 1, and how many
// code points stand before it.
func partOf(line string, column int) (part string, skipped int) {
	if len(line) <= longLine {
		return line, 0
	}
	skipped = max(column-1-longLine/8, 0)
	rest := line[len(firstRunes(line, skipped)):]
	return firstRunes(rest, longLine/2), skipped
}

// numberWidth is the width of the line numbers.
func (s *sourcePane) numberWidth() int { return max(len(strconv.Itoa(s.report.Lines(s.file))), 3) }

// text returns line n, cleaned.
func (s *sourcePane) text(n int) string {
	part, _ := s.piece(n, 1)
	return cell.Clean(part)
}

// marked returns line n, cleaned, and its cells [from, to) between two columns,
// from 1, in code points; an end of 0 is the end of the line.
func (s *sourcePane) marked(n, column, end int) (text string, from, to int) {
	part, skipped := s.piece(n, column)
	text = cell.Clean(part)
	from, to = cell.Width(cell.Clean(firstRunes(part, column-1-skipped))), cell.Width(text)
	if end > 0 {
		to = min(to, cell.Width(cell.Clean(firstRunes(part, end-1-skipped))))
	}
	if skipped > 0 {
		text, from, to = cell.Ellipsis+text, from+1, to+1
	}
	return text, from, to
}

// firstRunes returns the first n code points of s.
func firstRunes(s string, n int) string {
	at := 0
	for range n {
		if at >= len(s) {
			break
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return s[:at]
}

// around returns what width cells can show of text so that the cells from to
// are among them, and how far the shown part is moved.
func around(text string, width, from, to int) (part string, moved int) {
	if cell.Width(text) <= width || to < width-1 || width < 8 {
		return cell.Cut(text, width), 0
	}
	start := max(min(from-width/4, cell.Width(text)-width+1), 1)
	part = cell.Ellipsis + cell.Cut(ansi.TruncateLeft(text, start, ""), width-1)
	return part, start - 1
}

// paintSpan draws text as the focused row, padded to width, with the cells
// [from, to) marked.
func paintSpan(th theme.Theme, text string, width, from, to int) string {
	text = cell.Pad(text, width)
	from, to = max(min(from, width), 0), max(min(to, width), 0)
	if from >= to {
		return th.Selection.Paint(text)
	}
	before := ansi.Truncate(text, from, "")
	marked := ansi.Truncate(strings.TrimPrefix(text, before), to-from, "")
	return th.Selection.Paint(before) + th.Span.Paint(marked) + th.Selection.Paint(text[len(before)+len(marked):])
}
