// Package cell does arithmetic with text as a terminal shows it: in cells,
// never in bytes or runes. A wide character takes two cells, a combining one
// none, and an escape sequence that sets colours takes none.
//
// Every function is pure and safe for concurrent use.
package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis marks the place where text was cut. It is one cell wide.
const Ellipsis = "…"

// spaces serves Pad without allocating for usual widths.
const spaces = "                                                                                                                                                                                                                                                                "

// Width returns how many cells s takes. Colour sequences take none.
func Width(s string) int {
	if isPlain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Space returns n blanks, none when n is negative.
func Space(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(spaces) {
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}

// Cut returns s in at most width cells; text that is too long loses its end,
// which is marked by an ellipsis. Colour sequences are kept.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if isPlain(s) {
		if len(s) <= width {
			return s
		}
		return s[:width-1] + Ellipsis
	}
	if ansi.StringWidth(s) <= width {
		return s
	}
	return ansi.Truncate(s, width, Ellipsis)
}

// CutMiddle returns s in at most width cells; text that is too long loses its
// middle, so that the ends that tell names apart stay. It is for text without
// colours.
func CutMiddle(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width < 5 {
		return Cut(s, width)
	}
	right := (width - 1) / 2
	left := width - 1 - right
	return ansi.Truncate(s, left, "") + Ellipsis + ansi.TruncateLeft(s, Width(s)-right, "")
}

// Pad returns s followed by blanks so that it takes width cells; longer text
// is returned as it is.
func Pad(s string, width int) string {
	if n := width - Width(s); n > 0 {
		return s + Space(n)
	}
	return s
}

// PadLeft is Pad with the blanks in front, for numbers.
func PadLeft(s string, width int) string {
	if n := width - Width(s); n > 0 {
		return Space(n) + s
	}
	return s
}

// Fit returns s in exactly width cells: cut at the end or padded.
func Fit(s string, width int) string { return Pad(Cut(s, width), width) }

// Ends returns left and right with as many blanks between them as make width
// cells. When both do not fit, left is cut, and right is dropped when that
// leaves less than a third of the width for left.
func Ends(left, right string, width int) string {
	l, r := Width(left), Width(right)
	if r == 0 {
		return Cut(left, width)
	}
	if l+r+2 <= width {
		return left + Space(width-l-r) + right
	}
	if room := width - r - 2; room >= width/3 {
		return Fit(left, room) + "  " + right
	}
	return Cut(left, width)
}

// noBreakHyphen looks like a hyphen and is part of its word.
const noBreakHyphen = "\u2011"

// Wrap breaks s into lines of at most width cells, between words where it can
// and not at hyphens, which would tear options and names apart ("-" at the end,
// "-host" on the next line). An empty text is one empty line.
func Wrap(s string, width int) []string {
	lines := WrapHyphens(strings.ReplaceAll(s, "-", noBreakHyphen), width)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], noBreakHyphen, "-")
	}
	return lines
}

// WrapHyphens is Wrap for table cells: like a browser it breaks at hyphens too.
func WrapHyphens(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	if Width(s) <= width && !strings.Contains(s, "\n") {
		return []string{s}
	}
	lines := strings.Split(ansi.Wrap(s, width, ""), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// Chop breaks s into lines of width cells wherever they end, for addresses.
func Chop(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	return strings.Split(ansi.Hardwrap(s, width, true), "\n")
}

// tabWidth is how far apart tab stops are in cleaned text.
const tabWidth = 4

// Clean makes one line of foreign text harmless to a terminal and countable in
// cells: escape sequences are removed, tabs become blanks up to the next
// stop, line breaks become one blank, and what would move the cursor, turn the
// writing direction or change a glyph's width (control characters, bidirectional
// overrides, variation selectors) is dropped. Text that is already harmless is
// returned as it is, without allocating.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = ansi.Strip(strings.ToValidUTF8(s, "\uFFFD"))
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	column := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\t':
			n := tabWidth - column%tabWidth
			b.WriteString(Space(n))
			column += n
		case r == '\n':
			b.WriteByte(' ')
			column++
		case isUnsafe(r):
		default:
			b.WriteRune(r)
			column++
		}
	}
	return b.String()
}

// isPlain tells whether s is printable ASCII alone: one cell per byte.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func isUnsafe(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u200e', r == '\u200f', r == '\u061c', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true // writing direction
	case r >= '\ufe00' && r <= '\ufe0f', r == '\u2028', r == '\u2029', r == '\ufeff':
		return true // terminals disagree about their width
	}
	return false
}
