// Package devicestate holds what a device of the local Controller is: a tree of
// OpenConfig data that gNMI reads and writes by path (path.go, tree.go) and
// NETCONF as XML in three datastores (xml.go, filter.go, edit.go). What is
// written lasts as long as the State.
//
// A tree is made of what encoding/json decodes with UseNumber: objects are
// containers, arrays of objects are lists whose direct values are their keys
// (as OpenConfig has it), other arrays are leaf-lists, the rest are leaves.
package devicestate

import (
	"fmt"
	"regexp"
	"strings"
)

// elem is one step of a path.
type elem struct {
	name string
	keys map[string]string
}

// name is what an element may be called, in a path and in XML.
var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// parsePath reads a gNMI path as text: /interfaces/interface[name=Ethernet1]/mtu.
// Prefixes of modules are left out. An empty path is the root.
func parsePath(text string) ([]elem, error) {
	if !strings.HasPrefix(text, "/") {
		return nil, fmt.Errorf("%.80q does not begin with /", text)
	}
	var path []elem
	for rest := strings.TrimSuffix(text[1:], "/"); rest != ""; {
		var e elem
		end := strings.IndexAny(rest, "/[")
		if end < 0 {
			end = len(rest)
		}
		e.name, rest = unprefixed(rest[:end]), rest[end:]
		if e.name != "*" && !validName.MatchString(e.name) {
			return nil, fmt.Errorf("%.80q has an element without a name that is possible", text)
		}
		for strings.HasPrefix(rest, "[") {
			key, value, after, ok := parseKey(rest[1:])
			if !ok {
				return nil, fmt.Errorf("%.80q has a key that is not [name=value]", text)
			}
			if e.keys == nil {
				e.keys = map[string]string{}
			}
			e.keys[key], rest = value, after
		}
		if rest != "" {
			if !strings.HasPrefix(rest, "/") {
				return nil, fmt.Errorf("%.80q has something between ] and /", text)
			}
			rest = rest[1:]
		}
		path = append(path, e)
	}
	return path, nil
}

// parseKey reads name=value] with \ before ] and \ in the value.
func parseKey(text string) (key, value, rest string, ok bool) {
	key, text, ok = strings.Cut(text, "=")
	key = unprefixed(key)
	if !ok || !validName.MatchString(key) {
		return "", "", "", false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case c == ']':
			return key, b.String(), text[i+1:], true
		default:
			b.WriteByte(c)
		}
	}
	return "", "", "", false
}

func unprefixed(name string) string {
	_, after, found := strings.Cut(name, ":")
	if found {
		return after
	}
	return name
}

var escapeKey = strings.NewReplacer(`\`, `\\`, `]`, `\]`)

// step writes one step of a path with the keys of the list's entry.
func step(name string, entry map[string]any) string {
	var b strings.Builder
	b.WriteString("/" + name)
	for _, key := range keysOf(entry) {
		b.WriteString("[" + key + "=" + escapeKey.Replace(text(entry[key])) + "]")
	}
	return b.String()
}
