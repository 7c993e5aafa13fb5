package manifest

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// source is a file's bytes with the place of each line.
type source struct {
	data  []byte
	lines []int // offset of each line's first byte, behind a byte order mark
}

func newSource(data []byte) source { return source{data: data, lines: lineStarts(data)} }

// Position returns the line and column, from 1, of a byte offset. Columns
// count Unicode code points; a byte that is not UTF-8 counts as one, a byte
// order mark as none.
func (s source) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(s.data)))
	line = s.line(offset)
	from := min(s.lines[line-1], offset) // of a byte order mark: its own place
	return line, 1 + utf8.RuneCount(s.data[from:offset])
}

// line returns the line of a byte offset, from 1, without counting columns.
func (s source) line(offset int) int {
	return max(1, sort.SearchInts(s.lines, offset+1))
}

// lineText returns line n, from 1, without its line break; "" when there is none.
func (s source) lineText(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	end := len(s.data)
	if n < len(s.lines) {
		end = s.lines[n]
	}
	return string(bytes.TrimRight(s.data[min(s.lines[n-1], end):end], "\r\n"))
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// lineStarts returns the offset of every line's first byte. Only \n ends a
// line, so that \r\n does too.
func lineStarts(data []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))
	if bytes.HasPrefix(data, byteOrderMark) {
		starts[0] = len(byteOrderMark)
	}
	for at := 0; ; {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return starts
		}
		at += n + 1
		starts = append(starts, at)
	}
}
