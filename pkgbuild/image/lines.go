package image

import "unicode/utf8"

// maxLine bounds a line, in bytes. What is longer comes in pieces.
const maxLine = 64 << 10

// lines puts the chunks of a stream together to lines. A line ends with \n or
// \r\n. A \r alone moves a terminal back to the line's start, so what stands
// before it is overwritten by what follows: of a progress bar only the last
// state remains. The zero value is ready for use.
type lines struct {
	buf      []byte
	returned bool // the last byte was \r
}

// write calls emit for every line that chunk completes.
func (l *lines) write(chunk []byte, emit func(string)) {
	for _, b := range chunk {
		switch {
		case b == '\n':
			emit(string(l.buf))
			l.buf, l.returned = l.buf[:0], false
			continue
		case b == '\r':
			l.returned = true
			continue
		case l.returned:
			l.buf, l.returned = l.buf[:0], false
		}
		l.buf = append(l.buf, b)
		if len(l.buf) >= maxLine {
			l.cut(emit)
		}
	}
}

// cut emits the buffer without tearing its last character apart.
func (l *lines) cut(emit func(string)) {
	end := len(l.buf)
	for i := 1; i < utf8.UTFMax && i < end; i++ {
		if c := l.buf[end-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(l.buf[end-i:]) {
				end -= i
			}
			break
		}
	}
	emit(string(l.buf[:end]))
	l.buf = append(l.buf[:0], l.buf[end:]...)
}

// flush emits a last line that has no end.
func (l *lines) flush(emit func(string)) {
	if len(l.buf) > 0 {
		emit(string(l.buf))
	}
	l.buf, l.returned = l.buf[:0], false
}
