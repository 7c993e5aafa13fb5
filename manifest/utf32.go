package manifest

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// isUTF32 says whether data is UTF-32, and whether the high byte comes first.
// Without a byte order mark the first character tells, which is one of ASCII.
func isUTF32(data []byte) (big, ok bool) {
	switch {
	case len(data) < 4:
		return false, false
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")):
		return false, true
	case bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return true, true
	case data[1] == 0 && data[2] == 0:
		return data[0] == 0, (data[0] == 0) != (data[3] == 0)
	}
	return false, false
}

// fromUTF32 returns UTF-32 as UTF-8, without a byte order mark; false when it
// is broken, or large.
func fromUTF32(data []byte, big bool) (string, bool) {
	if len(data)%4 != 0 || len(data) > 4*maxFixText {
		return "", false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	var text strings.Builder
	for i := 0; i < len(data); i += 4 {
		r := order.Uint32(data[i:])
		if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) || r == utf8.RuneError {
			return "", false
		}
		if i > 0 || r != 0xfeff {
			text.WriteRune(rune(r))
		}
	}
	return text.String(), true
}
