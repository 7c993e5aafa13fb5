package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxExcerpt is how much of a line is shown, in cells of a terminal; of a longer
// one, what is around the place, with at most beforePlace cells before it.
const (
	maxExcerpt  = 100
	beforePlace = 40
)

// tab is what a tab is shown as, in the line and below it.
const tab = "    "

// excerpt is a line of a file as it is shown, and what stands below it.
type excerpt struct {
	line   string // harmless, without tabs, cut to maxExcerpt cells
	indent string // what stands before the marks: spaces
	marks  string // a caret below each cell of the place
}

// excerptOf shows the columns [from, to) of a line, which count code points
// from 1. A place of no width, and one behind the line, is one caret wide.
func excerptOf(line string, from, to int) excerpt {
	before, rest := cutRunes(line, max(from, 1)-1)
	marked, after := cutRunes(rest, max(to-from, 1))

	head := window{limit: maxExcerpt}
	head.takeBack(before)
	tail := window{limit: maxExcerpt}
	tail.take(marked)
	markedCells := ansi.StringWidth(tail.text)
	tail.take(after)
	if head.cut || tail.cut || ansi.StringWidth(head.text+tail.text) > maxExcerpt {
		head = window{limit: beforePlace}
		head.takeBack(before)
		tail = window{limit: maxExcerpt - ansi.StringWidth(head.text)}
		tail.take(marked)
		markedCells = ansi.StringWidth(tail.text)
		tail.take(after)
	}
	if head.cut {
		head.text = "…" + head.text
	}
	if tail.cut {
		tail.text += "…"
	}
	return excerpt{
		line:   strings.TrimRight(head.text+tail.text, " "),
		indent: strings.Repeat(" ", ansi.StringWidth(head.text)),
		marks:  strings.Repeat("^", max(markedCells, 1)),
	}
}

// window collects text until it is as wide as the limit.
type window struct {
	text  string
	limit int
	cut   bool // there was more
}

// take adds text to the end.
func (w *window) take(text string) {
	var b strings.Builder
	b.WriteString(w.text)
	cells := ansi.StringWidth(w.text)
	for len(text) > 0 && !w.cut {
		r, size := utf8.DecodeRuneInString(text)
		shown := visible(r)
		// A mark that combines with what is before it takes no cell of its own.
		cells += ansi.StringWidth(shown)
		if w.cut = cells > w.limit; !w.cut {
			b.WriteString(shown)
			text = text[size:]
		}
	}
	w.text = b.String()
}

// takeBack adds text before what is there, from its end.
func (w *window) takeBack(text string) {
	var parts []string
	cells := ansi.StringWidth(w.text)
	for len(text) > 0 && !w.cut {
		r, size := utf8.DecodeLastRuneInString(text)
		shown := visible(r)
		cells += ansi.StringWidth(shown)
		if w.cut = cells > w.limit; !w.cut {
			parts = append(parts, shown)
			text = text[:len(text)-size]
		}
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	w.text = b.String() + w.text
}

// visible is how a character of a line is shown: a tab as spaces, and what a
// terminal would act on as the sign for it.
func visible(r rune) string {
	switch {
	case r == '\t':
		return tab
	case unicode.IsControl(r), isBidiControl(r), r == '\u2028', r == '\u2029':
		return "\uFFFD"
	}
	return string(r) // a byte that is not UTF-8 is U+FFFD already
}

func isBidiControl(r rune) bool {
	return r == '\u200e' || r == '\u200f' || r == '\u061c' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// cutRunes splits text behind its first n code points, or at its end.
func cutRunes(text string, n int) (head, tail string) {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return text[:at], text[at:]
}
