package panel

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	xunicode "golang.org/x/text/encoding/unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// maxCells bounds a table: a body can name half a million keys in its first
// row and then hold half a million rows with one of them each.
const maxCells = 2_000_000

// missing is what the Terminal prints for null and for an absent value.
const missing = "-"

// tableOf turns a body into columns and rows. An empty body, and JSON that is
// neither an array nor an object with an array under "data", is no rows.
func tableOf(body []byte, columns []manifest.Column) (Table, error) {
	body = decodeUTF8(body)
	p := &parser{text: string(body)}
	t := Table{Columns: columns, Rows: []Row{}}
	if p.space() == 0 && p.pos >= len(p.text) {
		return t, nil
	}
	start, err := p.rowsAt()
	if err != nil || start < 0 {
		return t, err
	}
	p.pos, p.depth = start, 0
	b := rowBuilder{body: body, parser: p, table: &t}
	for _, c := range columns {
		b.keys = append(b.keys, c.Key)
	}
	return t, p.elements(b.row)
}

// rowsAt checks the whole document and returns where its array of rows
// starts, or -1 when there is none. Of a repeated "data" the last one counts.
func (p *parser) rowsAt() (int, error) {
	at := -1
	var err error
	switch start := p.pos; p.space() {
	case '[':
		at = start
		_, err = p.value(false)
	case '{':
		err = p.members(true, func(key string) error {
			c := p.space()
			if key == "data" {
				at = -1
				if c == '[' {
					at = p.pos
				}
			}
			_, err := p.value(false)
			return err
		})
	default:
		_, err = p.value(false)
	}
	if err == nil {
		err = p.end()
	}
	return at, err
}

// rowBuilder appends the rows of one document to a table.
type rowBuilder struct {
	body   []byte
	parser *parser
	table  *Table
	keys   []string // of the columns; as JavaScript has them, half surrogates included
	dashes []string // shared by all rows without a value
	cells  int
}

// row reads the row at the parser's position.
func (b *rowBuilder) row() error {
	b.parser.space()
	start := b.parser.pos
	v, err := b.parser.value(true)
	if err != nil {
		return err
	}
	t := b.table
	if len(t.Rows) == 0 && len(t.Columns) == 0 {
		b.keys = v.keys()
		t.Columns = columnsOf(b.keys)
	}
	if b.cells += max(1, len(b.keys)); b.cells > maxCells {
		return &LimitError{Limit: maxCells, Unit: "cells"}
	}
	row := Row{Cells: b.cellsOf(v), Raw: b.body[start:b.parser.pos:b.parser.pos]}
	if id, ok := v.property("id"); ok && id.truthy() {
		row.ID = id.String()
	}
	t.Rows = append(t.Rows, row)
	return nil
}

// cellsOf are the texts of one row. A row that is null, a number or a boolean
// has no properties, so all of its cells are missing.
func (b *rowBuilder) cellsOf(row value) []string {
	if row.kind < kindString || row.kind == kindObject && len(row.obj.keys) == 0 {
		if b.dashes == nil {
			b.dashes = make([]string, len(b.keys))
			for i := range b.dashes {
				b.dashes[i] = missing
			}
		}
		return b.dashes
	}
	cells := make([]string, len(b.keys))
	for i, key := range b.keys {
		v, ok := row.property(key)
		cells[i] = cellText(v, ok)
	}
	return cells
}

// cellText is the Terminal's renderCellValue.
func cellText(v value, ok bool) string {
	switch {
	case !ok || v.kind == kindNull:
		return missing
	case v.kind >= kindArray:
		return wellFormed(string(v.appendJSON(nil)))
	}
	return v.String()
}

// columnsOf are the columns the Terminal derives from the first row's keys.
func columnsOf(keys []string) []manifest.Column {
	columns := make([]manifest.Column, len(keys))
	upper := cases.Upper(language.Und) // not to be shared between goroutines
	for i, k := range keys {
		columns[i] = manifest.Column{Key: wellFormed(k), Label: labelOf(k, upper)}
	}
	return columns
}

// labelOf upper-cases a key's first UTF-16 unit and turns the underscores
// after it to spaces. A character beyond the first plane is two units, neither
// of which has an upper case.
func labelOf(key string, upper cases.Caser) string {
	r, size := utf8.DecodeRuneInString(key)
	first := key[:size]
	switch {
	case r == utf8.RuneError:
		// empty, or half a surrogate, which nothing can upper-case
	case r < utf8.RuneSelf:
		first = string(unicode.ToUpper(r))
	case r <= 0xFFFF:
		first = upper.String(first)
	}
	return wellFormed(first + strings.ReplaceAll(key[size:], "_", " "))
}

// decodeUTF8 reads bytes as a browser does: a byte order mark is dropped and
// ill-formed sequences become U+FFFD.
func decodeUTF8(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if utf8.Valid(body) {
		return body
	}
	decoded, err := xunicode.UTF8.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\ufffd"))
	}
	return decoded
}

// oneLine makes text fit for an error message: control characters and runs of
// white space become one space.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
