package manifest

import (
	"strconv"
	"strings"
)

// MaxSize is the largest manifest.json that is read, in bytes.
const MaxSize = 1 << 20

// Document is the text of a manifest with the place of every value in it. It
// also stands for text that is not JSON, as far as that could be understood.
// It is immutable and keeps the bytes it was made of.
type Document struct {
	source
	root    *node // nil when nothing could be read
	wrapped *node // the list of one that root was taken out of; nil when there is none
	issues  []issue
	mended  bool // values were read as their fixes write them, or are unknown
	damaged bool // the structure was guessed: only the syntax can be judged
	unread  int  // bytes at the end that were not looked at, because of guesses
}

// Span is where a value stands. Offsets are bytes of the file; lines and
// columns count from 1, columns in Unicode code points.
type Span struct {
	Line, Column       int // of the value's first character
	Start, End         int // the value is the bytes [Start, End)
	KeyLine, KeyColumn int // of the key's first character; 0 when the value has no key
	KeyStart, KeyEnd   int // the key, quotes included
}

// Index reads data as a manifest's text. It never fails: what is not JSON is
// worked around, and Check says what that was.
func Index(data []byte) *Document {
	d := &Document{source: newSource(data)}
	if len(data) > MaxSize {
		d.damaged = true
		d.issues = []issue{tooLarge(int64(len(data)))}
		return d
	}
	p := &parser{data: data}
	d.root = p.parseFile()
	d.issues, d.mended, d.damaged, d.unread = p.issues, p.mended, p.damaged, p.unread
	d.unwrap()
	return d
}

// Locate returns where the value of an RFC 6901 JSON Pointer stands, and
// whether there is such a value. Of a key that is given twice the last counts.
func (d *Document) Locate(pointer string) (Span, bool) {
	n, m := d.find(pointer)
	if n == nil {
		return Span{}, false
	}
	s := Span{Start: n.start, End: n.end}
	s.Line, s.Column = d.Position(n.start)
	if m != nil {
		s.KeyStart, s.KeyEnd = m.keyStart, m.keyEnd
		s.KeyLine, s.KeyColumn = d.Position(m.keyStart)
	}
	return s, true
}

// find returns the value of a JSON Pointer, and the member it is the value of
// when it has a key; nil when there is none.
func (d *Document) find(pointer string) (*node, *member) {
	n := d.root
	if n == nil || pointer == "" {
		return n, nil
	}
	if pointer[0] != '/' {
		return nil, nil
	}
	var m *member
	for _, token := range strings.Split(pointer[1:], "/") {
		if n, m = n.child(unescapePointer(token)); n == nil {
			return nil, nil
		}
	}
	return n, m
}

// text returns a value's own text.
func (d *Document) text(n *node) string { return string(d.data[n.start:n.end]) }

// valueKind is the type of a JSON value.
type valueKind byte

const (
	kindNull valueKind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

// node is one value of the tree.
type node struct {
	kind       valueKind
	unknown    bool // nobody can tell which value was meant; the kind is kindNull
	joined     bool // programs would join its text of several
	start, end int  // bytes of the value in the file
	text       string
	members    []member
	items      []*node
}

// member is one key of an object with its value.
type member struct {
	key              string
	keyStart, keyEnd int
	value            *node
}

// child returns the value of a key or, in an array, of an index.
func (n *node) child(token string) (*node, *member) {
	switch n.kind {
	case kindObject:
		if m := n.member(token); m != nil {
			return m.value, m
		}
	case kindArray:
		i, err := strconv.Atoi(token)
		if err == nil && i >= 0 && i < len(n.items) && strconv.Itoa(i) == token {
			return n.items[i], nil
		}
	}
	return nil, nil
}

// walk calls visit for n and all values below it with the path to each, until
// visit returns false. The path is valid during that call only.
func (n *node) walk(path []string, visit func(n *node, path []string) bool) bool {
	if !visit(n, path) {
		return false
	}
	for _, m := range n.members {
		if !m.value.walk(append(path, m.key), visit) {
			return false
		}
	}
	for i, item := range n.items {
		if !item.walk(append(path, strconv.Itoa(i)), visit) {
			return false
		}
	}
	return true
}

// member returns the last member of that key, nil when there is none or n is
// nil or no object.
func (n *node) member(key string) *member {
	if n == nil {
		return nil
	}
	for i := len(n.members) - 1; i >= 0; i-- {
		if n.members[i].key == key {
			return &n.members[i]
		}
	}
	return nil
}

// get returns the value of a key; nil when there is none.
func (n *node) get(key string) *node {
	if m := n.member(key); m != nil {
		return m.value
	}
	return nil
}

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

func escapePointer(token string) string { return pointerEscaper.Replace(token) }

// maxPointer bounds the JSON Pointer of a finding, in bytes. Keys may be as
// long as the file, and every finding below one would repeat it.
const maxPointer = 1000

// pointerTo returns the JSON Pointer of a path; "" when it is too long to show.
func pointerTo(path []string) string {
	length := 0
	for _, token := range path {
		if length += 1 + len(token); length > maxPointer {
			return ""
		}
	}
	return jsonPointer(path)
}

func unescapePointer(token string) string { return pointerUnescaper.Replace(token) }
