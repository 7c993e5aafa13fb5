package cell

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Seal is the last gate before the terminal: it returns line in at most width
// cells with nothing in it that is neither printable nor a colour sequence
// (ESC [ … m). Pages clean foreign text before they colour it; Seal makes sure
// that one forgotten place cannot move the cursor.
func Seal(line string, width int) string {
	if !isSealed(line) {
		line = keepColours(line)
	}
	if Width(line) > width {
		line = ansi.Truncate(line, max(width, 0), "")
	}
	return line
}

// isSealed tells whether all control characters in line belong to colour sequences.
func isSealed(line string) bool {
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == 0x1b:
			n := colourSequence(line[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		case c < 0x20 || c == 0x7f:
			return false
		case c == 0xc2 && i+1 < len(line) && line[i+1] < 0xa0:
			return false // C1 control characters
		}
	}
	return true
}

// colourSequence returns the length of the SGR sequence s begins with, else 0.
func colourSequence(s string) int {
	if len(s) < 3 || s[0] != 0x1b || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

func keepColours(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		if n := colourSequence(line[i:]); n > 0 {
			b.WriteString(line[i : i+n])
			i += n
			continue
		}
		end := strings.IndexByte(line[i+1:], 0x1b)
		if end < 0 {
			end = len(line)
		} else {
			end += i + 1
		}
		if line[i] == 0x1b { // a sequence that is not a colour: without its ESC it is text
			i++
		}
		b.WriteString(Clean(line[i:end]))
		i = end
	}
	return b.String()
}

// asciiOf is what --ascii prints for the characters the Studio draws itself.
var asciiOf = map[rune]byte{
	'…': '~', '·': '-', '─': '-', '━': '=', '│': '|', '┃': '|', '┌': '+', '┐': '+', '└': '+', '┘': '+', '├': '+', '┤': '+',
	'╭': '+', '╮': '+', '╰': '+', '╯': '+', '✓': '+', '✗': 'x', '●': '*', '○': 'o', '◌': '.', '▸': '>', '◆': '*',
	'→': '>', '←': '<', '↑': '^', '↓': 'v', '▁': '.', '▂': ':', '▃': '-', '▄': '=', '▅': '+', '▆': '*', '▇': '#', '█': '@', '▏': '|',
	'“': '"', '”': '"', '‘': '\'', '’': '\'', '–': '-', '—': '-', '•': '*',
}

// ASCII returns line with every character outside ASCII replaced by one that
// takes the same cells: the Studio's own glyphs by their stand-in, all others
// by one question mark per cell. Colour sequences stay.
func ASCII(line string) string {
	i := 0
	for i < len(line) && line[i] < utf8.RuneSelf {
		i++
	}
	if i == len(line) {
		return line
	}
	var b strings.Builder
	b.Grow(len(line))
	b.WriteString(line[:i])
	for _, r := range line[i:] {
		switch stand, ok := asciiOf[r]; {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case ok:
			b.WriteByte(stand)
		case r >= '\u2800' && r <= '\u28ff':
			b.WriteByte('~') // the spinner
		default:
			for range ansi.StringWidth(string(r)) {
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}
