package netstacks

import (
	"fmt"
	"strings"
)

// givenID returns the error of an id that is no id: empty, or white space alone.
func givenID(argument, id string) error {
	if strings.Trim(id, " \t\r\n\v\f") == "" {
		return &ArgumentError{argument, "an id that is empty or blank names nothing"}
	}
	return nil
}

// pathID refuses, besides, what URL parsers take for a path.
func pathID(id string) error {
	if id == "." || id == ".." {
		return &ArgumentError{"id", fmt.Sprintf("%q is a path and not an id", id)}
	}
	return givenID("id", id)
}

// escape percent-encodes every byte but the unreserved ones of RFC 3986.
func escape(id string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, b := range []byte(id) {
		if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("-._~", b) >= 0 {
			out.WriteByte(b)
		} else {
			out.Write([]byte{'%', digits[b>>4], digits[b&15]})
		}
	}
	return out.String()
}
