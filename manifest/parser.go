package manifest

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Bounds that keep any file's cost small; a real manifest is far below them.
const (
	maxDepth        = 128 // levels of nesting; serde_json, which the Controller reads with, takes no more
	maxValues       = 50_000
	maxSyntaxIssues = 20
	maxGuesses      = 3 // after so many guesses about the structure the rest is noise
)

// parser reads JSON, and goes on after what is not JSON as long as it can tell
// what was meant. Where it had to guess, damaged is set.
type parser struct {
	data    []byte
	pos     int
	open    []openBracket // the objects and arrays that are being read
	values  int
	guesses int
	issues  []issue
	damaged bool
	stopped bool // nothing that follows would be worth saying
}

type openBracket struct {
	char   byte
	offset int
}

// report records a finding of broken JSON at an offset; of several at one
// place the first counts.
func (p *parser) report(rule string, offset int, allowed, message string, args ...any) {
	if p.stopped {
		return
	}
	for _, i := range p.issues {
		if i.offset == offset {
			return
		}
	}
	p.issues = append(p.issues, issue{rule: rule, offset: offset, allowed: allowed, message: fmt.Sprintf(message, args...)})
	if len(p.issues) >= maxSyntaxIssues {
		p.stop()
	}
}

// guess notes that from here on the tree may not be what the author meant.
func (p *parser) guess() {
	p.damaged = true
	if p.guesses++; p.guesses >= maxGuesses {
		p.stop()
	}
}

func (p *parser) stop() { p.stopped, p.damaged = true, true }

// parseFile reads the whole file; nil when it holds no value.
func (p *parser) parseFile() *node {
	if !p.checkEncoding() {
		return nil
	}
	p.skipSpace()
	if p.pos == len(p.data) {
		p.report(ruleEmpty, 0, "a JSON object", "manifest.json is empty; write a JSON object, or make a plugin with the new command")
		p.stop()
		return nil
	}
	root := p.parseValue()
	p.skipSpace()
	if p.pos < len(p.data) && !p.damaged {
		p.report(ruleTrailing, p.pos, "the end of the file", "%s stands behind the end of the manifest; remove it", p.here())
	}
	return root
}

// checkEncoding deals with the byte order mark and with what is not UTF-8. It
// is false when the file cannot be read as text at all.
func (p *parser) checkEncoding() bool {
	utf16 := bytes.HasPrefix(p.data, []byte("\xff\xfe")) || bytes.HasPrefix(p.data, []byte("\xfe\xff")) ||
		len(p.data) >= 2 && (p.data[0] == 0) != (p.data[1] == 0)
	if utf16 {
		p.report(ruleEncoding, 0, "UTF-8", "manifest.json is written in UTF-16; save it as UTF-8")
		p.stop()
		return false
	}
	if bytes.HasPrefix(p.data, byteOrderMark) {
		p.report(ruleBOM, 0, "UTF-8 without a byte order mark", "the file starts with a byte order mark, which is not JSON; save it as UTF-8 without BOM")
		p.pos = len(byteOrderMark)
	}
	if i := firstInvalid(p.data); i >= 0 {
		p.report(ruleEncoding, i, "UTF-8", "byte 0x%02X is not UTF-8; save the file as UTF-8", p.data[i])
	}
	return true
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// parseValue reads one value at p.pos, which is not white space. It always
// returns a node; where there was no value it is a null and damaged is set.
func (p *parser) parseValue() *node {
	start := p.pos
	if p.values++; p.values > maxValues {
		p.report(ruleTooMany, start, fmt.Sprintf("at most %d values", maxValues), "the file holds more than %d values; this is no manifest", maxValues)
		p.stop()
	}
	if p.stopped || start >= len(p.data) {
		return p.missingValue()
	}
	switch c := p.data[start]; {
	case c == '{' || c == '[':
		return p.parseNested(c)
	case p.atQuote():
		text := p.parseString()
		return &node{kind: kindString, start: start, end: p.pos, text: text}
	case c == '-' || c == '+' || c == '.' || isDigit(c):
		return p.parseNumber()
	case isWordByte(c):
		return p.parseWord()
	}
	return p.missingValue()
}

// parseNested reads an object or an array, within maxDepth.
func (p *parser) parseNested(c byte) *node {
	if len(p.open) >= maxDepth {
		p.report(ruleTooDeep, p.pos, fmt.Sprintf("at most %d levels", maxDepth), "values are nested more than %d levels deep", maxDepth)
		p.stop()
		return p.missingValue()
	}
	p.open = append(p.open, openBracket{c, p.pos})
	n := &node{start: p.pos}
	p.pos++
	if c == '{' {
		n.kind = kindObject
		p.parseList(n, '}', p.parseMember)
	} else {
		n.kind = kindArray
		p.parseList(n, ']', func(n *node) { n.items = append(n.items, p.parseValue()) })
	}
	p.open = p.open[:len(p.open)-1]
	n.end = p.pos
	return n
}

// missingValue stands for a value that is not there.
func (p *parser) missingValue() *node {
	p.expected("a value", "here")
	return &node{kind: kindNull, start: p.pos, end: p.pos}
}

// expected says that something else stands at p.pos than must. At the end of
// the file it leaves that to unclosed, which says what to do about it.
func (p *parser) expected(what, where string) {
	if p.pos < len(p.data) {
		p.report(ruleSyntax, p.pos, what, "%s is expected %s, found %s", what, where, p.here())
	}
	p.guess()
}

// parseList reads what stands between brackets, up to and including closer.
// Every round reads at least one byte or returns.
func (p *parser) parseList(n *node, closer byte, parseItem func(*node)) {
	comma := -1     // offset of the comma just read, while nothing followed it
	expect := false // an item was read and no comma yet
	for !p.stopped {
		p.skipSpace()
		c, before := p.peek(), p.pos
		switch {
		case c == closer:
			if comma >= 0 {
				p.report(ruleExtraComma, comma, "no comma", "a comma before %c is not JSON; remove it", closer)
			}
			p.pos++
			return
		case p.pos == len(p.data) || c == '}' || c == ']':
			p.unclosed(c, closer)
			return
		case c == ',' || c == ';' && expect:
			p.separator(c, expect, comma)
			comma, expect = p.pos, false
			p.pos++
			continue
		case expect && c == ':' && p.keyInArray(n):
			return
		case expect:
			p.report(ruleMissingComma, p.lastEnd(n), "a comma", "a comma is missing here, before %s; add it", p.here())
		}
		parseItem(n)
		comma, expect = -1, true
		if p.pos == before {
			p.skipJunk()
		}
	}
}

// keyInArray says whether the colon at p.pos shows that the array n was to end
// before its last item, which is a key of the object around it. If so it takes
// that item back.
func (p *parser) keyInArray(n *node) bool {
	if n.kind != kindArray || len(n.items) < 2 || len(p.open) < 2 || p.open[len(p.open)-2].char != '{' {
		return false
	}
	key := n.items[len(n.items)-1]
	if key.kind != kindString {
		return false
	}
	p.report(ruleUnclosed, key.start, "]", "a ] is missing before %s: the [ of line %d is not closed; add ]", quoteShort(key.text), p.line(n.start))
	p.guess()
	n.items = n.items[:len(n.items)-1]
	p.pos = p.lastEnd(n)
	return true
}

// line returns the line of an offset, from 1.
func (p *parser) line(offset int) int { return 1 + bytes.Count(p.data[:offset], []byte{'\n'}) }

// separator judges what stands between two items.
func (p *parser) separator(c byte, expect bool, comma int) {
	switch {
	case c == ';':
		p.report(ruleMissingComma, p.pos, "a comma", "a semicolon stands where a comma belongs; write a comma")
	case !expect && comma >= 0:
		p.report(ruleExtraComma, p.pos, "one comma", "two commas in a row are not JSON; remove one")
	case !expect:
		p.report(ruleExtraComma, p.pos, "a value first", "a comma with no value before it is not JSON; remove it")
	}
}

// unclosed deals with the end of the file or another bracket's closer where
// closer is expected. The list ends here.
func (p *parser) unclosed(found, closer byte) {
	opened := p.open[len(p.open)-1]
	line := p.line(opened.offset)
	if p.pos == len(p.data) {
		end := len(bytes.TrimRight(p.data, " \t\r\n"))
		p.report(ruleUnclosed, end, fmt.Sprintf("%c", closer), "the file ends here, but the %c of line %d is never closed; add %c", opened.char, line, closer)
		p.guess()
		return
	}
	p.report(ruleUnclosed, p.pos, fmt.Sprintf("%c", closer), "%c stands where %c is expected: it would close the %c of line %d", found, closer, opened.char, line)
	p.guess()
	for _, o := range p.open[:len(p.open)-1] {
		if (o.char == '{') == (found == '}') {
			return // it closes a list further out
		}
	}
	p.pos++
}

// parseMember reads a key, a colon and a value.
func (p *parser) parseMember(n *node) {
	m := member{keyStart: p.pos}
	switch c := p.peek(); {
	case p.atQuote():
		m.key = p.parseString()
	case isWordByte(c) || isDigit(c):
		m.key = p.word()
		p.report(ruleUnquoted, m.keyStart, "a key in double quotes", "the key %s is not in quotes; write \"%s\"", shorten(m.key, 60), shorten(m.key, 60))
		if p.peek() == '"' { // only the opening quote was forgotten
			p.pos++
		}
	default:
		p.expected("a key in double quotes", "here")
		p.skipJunk()
		return
	}
	m.keyEnd = p.pos
	p.skipSpace()
	switch p.peek() {
	case ':':
		p.pos++
	case '=':
		p.report(ruleSyntax, p.pos, "a colon", "= stands where a colon belongs; write a colon")
		p.pos++
	default:
		p.expected("a colon", "after the key "+quoteShort(m.key))
		p.skipJunk()
		return
	}
	p.skipSpace()
	m.value = p.parseValue()
	n.members = append(n.members, m)
}

// lastEnd is the offset behind the last item of a list.
func (p *parser) lastEnd(n *node) int {
	end := n.start + 1
	if len(n.members) > 0 {
		end = max(end, n.members[len(n.members)-1].value.end)
	}
	if len(n.items) > 0 {
		end = max(end, n.items[len(n.items)-1].end)
	}
	return end
}
