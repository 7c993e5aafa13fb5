package manifest

import (
	"errors"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML reads TOML as a tree with the place of every value, of the same
// kind as a manifest's; a date stands in it as a number does. The error is a
// *toml.DecodeError.
func parseTOML(data []byte) (*node, error) {
	// The tree builder sees only the syntax; the decoder also refuses what
	// contradicts itself, such as a key given twice.
	var all map[string]any
	if err := toml.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	b := tomlBuilder{root: &node{kind: kindObject, end: len(data)}}
	b.table = b.root
	b.parser.Reset(data)
	for b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if b.block != nil {
		b.block.end = len(data)
	}
	return b.root, b.parser.Error()
}

// tomlPlace returns the offset that an error of parseTOML is about, and what
// it says; -1 when it names no place.
func tomlPlace(s *source, err error) (offset int, message string) {
	var e *toml.DecodeError
	if !errors.As(err, &e) {
		return -1, err.Error()
	}
	line, column := e.Position()
	if line < 1 || line > len(s.lines) {
		return -1, e.Error()
	}
	return min(s.lines[line-1]+column-1, len(s.data)), e.Error()
}

type tomlBuilder struct {
	parser unstable.Parser
	root   *node
	table  *node // that key-value lines belong to
	block  *node // the item of a list of tables whose text is not over yet
}

func (b *tomlBuilder) expression(e *unstable.Node) {
	switch e.Kind {
	case unstable.KeyValue:
		b.keyValue(b.table, e)
	case unstable.Table, unstable.ArrayTable:
		at := b.headerStart(e)
		if b.block != nil {
			b.block.end, b.block = at, nil
		}
		b.table = b.root
		for keys := e.Key(); keys.Next(); {
			last := keys.IsLast() && e.Kind == unstable.ArrayTable
			b.table = b.step(b.table, keys.Node(), last)
		}
		if e.Kind == unstable.ArrayTable {
			item := &node{kind: kindObject, start: at}
			b.table.items = append(b.table.items, item)
			b.table, b.block = item, item
		}
	}
}

// headerStart returns where the line of a [table] begins.
func (b *tomlBuilder) headerStart(e *unstable.Node) int {
	at := int(e.Child().Raw.Offset)
	for at > 0 && b.parser.Data()[at-1] != '\n' {
		at--
	}
	return at
}

// step goes into the table or list of a key, which it makes when it is new. Of
// a list of tables the last one is meant.
func (b *tomlBuilder) step(n *node, key *unstable.Node, list bool) *node {
	next := n.get(string(key.Data))
	if next == nil {
		next = &node{kind: kindObject, start: int(key.Raw.Offset), end: int(key.Raw.Offset + key.Raw.Length)}
		if list {
			next.kind = kindArray
		}
		n.members = append(n.members, b.member(key, next))
	}
	if !list && next.kind == kindArray && len(next.items) > 0 {
		return next.items[len(next.items)-1]
	}
	return next
}

func (b *tomlBuilder) member(key *unstable.Node, value *node) member {
	start := int(key.Raw.Offset)
	return member{key: string(key.Data), keyStart: start, keyEnd: start + int(key.Raw.Length), value: value}
}

func (b *tomlBuilder) keyValue(table *node, e *unstable.Node) {
	for keys := e.Key(); keys.Next(); {
		if keys.IsLast() {
			table.members = append(table.members, b.member(keys.Node(), b.value(e.Value())))
			return
		}
		table = b.step(table, keys.Node(), false)
	}
}

func (b *tomlBuilder) value(e *unstable.Node) *node {
	n := &node{kind: kindNumber, start: int(e.Raw.Offset), text: string(e.Data)}
	n.end = n.start + int(e.Raw.Length)
	switch e.Kind {
	case unstable.String:
		n.kind = kindString
	case unstable.Bool:
		n.kind = kindBool
	case unstable.Array:
		n.kind = kindArray
		for items := e.Children(); items.Next(); {
			n.items = append(n.items, b.value(items.Node()))
		}
	case unstable.InlineTable:
		n.kind = kindObject
		for pairs := e.Children(); pairs.Next(); {
			b.keyValue(n, pairs.Node())
		}
	}
	return n
}
