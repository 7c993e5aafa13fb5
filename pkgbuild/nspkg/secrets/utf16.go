package secrets

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Text turns text in UTF-16 that arrives piece by piece into UTF-8. Its zero value is
// for text that is none.
type utf16Text struct {
	high  int  // which byte of a unit is the upper one: 2 with little endian, 1 with big endian; 0: it is no UTF-16
	half  bool // a unit's first byte has come
	first byte
	lead  rune // a surrogate that waits for the second one
}

// Bounds for telling UTF-16 that has no mark.
const (
	utf16Sample = 2048
	utf16Least  = 16
)

// utf16Of judges a piece by the mark at its beginning, or by its letters: those of
// Latin scripts have an upper byte of zero.
func utf16Of(piece []byte) utf16Text {
	switch {
	case bytes.HasPrefix(piece, []byte("\xff\xfe")):
		return utf16Text{high: 2}
	case bytes.HasPrefix(piece, []byte("\xfe\xff")):
		return utf16Text{high: 1}
	}
	sample := piece[:min(len(piece), utf16Sample)/2*2]
	if len(sample) < utf16Least || sample[0] != 0 && sample[1] != 0 && bytes.IndexByte(sample, 0) < 0 {
		return utf16Text{}
	}
	var zeros [2]int
	for i := 0; i < len(sample); i += 2 {
		for k := range 2 {
			if sample[i+k] != 0 {
				continue
			}
			zeros[k]++
			if c := sample[i+1-k]; c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
				return utf16Text{} // no text
			}
		}
	}
	for k, n := range zeros {
		if zeros[1-k] == 0 && n*4 >= len(sample)/2*3 {
			return utf16Text{high: k + 1}
		}
	}
	return utf16Text{}
}

func (u *utf16Text) is() bool { return u.high != 0 }

// append appends a piece in UTF-8. What belongs to the next piece waits for it.
func (u *utf16Text) append(to, piece []byte) []byte {
	for _, c := range piece {
		if u.half = !u.half; u.half {
			u.first = c
			continue
		}
		unit := rune(u.first)<<8 | rune(c)
		if u.high == 2 {
			unit = rune(c)<<8 | rune(u.first)
		}
		switch {
		case unit == '\ufeff': // the mark is no character
		case u.lead != 0:
			to = utf8.AppendRune(to, utf16.DecodeRune(u.lead, unit))
			u.lead = 0
		case utf16.IsSurrogate(unit):
			u.lead = unit
		default:
			to = utf8.AppendRune(to, unit)
		}
	}
	return to
}

// utf16Length is how many bytes a text has in UTF-16.
func utf16Length(text []byte) int64 {
	n := int64(0)
	for _, r := range string(text) {
		n += 2 * int64(utf16.RuneLen(r))
	}
	return n
}

// characters counts the characters of a text in UTF-8, which may begin or end within
// one: each counts where it begins.
func characters(text []byte) int {
	n := 0
	for _, c := range text {
		if c&0xc0 != 0x80 {
			n++
		}
	}
	return n
}
