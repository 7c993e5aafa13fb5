package netstacks

import (
	"fmt"
	"net/url"
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
// url.PathEscape leaves more of them as they are.
func escape(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }
