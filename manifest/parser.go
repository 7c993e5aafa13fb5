package manifest

import (
	"bytes"
	"fmt"
	"slices"
)

// Bounds that keep any file's cost small; a real manifest is far below them.
const (
	maxDepth        = 128 // levels of nesting; serde_json, which the Controller reads with, takes no more
	maxValues       = 50_000
	maxSyntaxIssues = 1000     // those that can be told for sure; of more than maxFindings only their number is told
	maxGuesses      = 3        // after so many guesses about the structure the rest is noise
	maxLook         = 4 << 10  // bytes that are looked ahead to tell what was meant
	maxFixText      = 64 << 10 // bytes that one fix writes
)

// parser reads JSON, and goes on after what is not JSON as long as it can tell
// what was meant. Where it had to guess the structure, damaged is set.
type parser struct {
	data       []byte
	pos        int
	open       []openBracket // the objects and arrays that are being read
	values     int
	guesses    int
	issues     []issue
	damaged    bool
	mended     bool // a value was read as its fix writes it, or is unknown
	stopped    bool // nothing that follows would be worth saying
	unread     int  // bytes at the end of the file that were not looked at, because of guesses
	trial      bool // a reading that another parser tries: it makes no trials itself
	inMember   bool // the value to be read belongs to a key
	inKey      bool // what is read is a key
	headless   int  // offset of the first key of a manifest without its {; -1
	noComma    int  // offset where a missing comma was told of in other words
	lineStart  int  // offset of the line that indentOf was asked about last
	lineSeen   int  // how far lines were looked for
	lineIndent int  // of that line; -1 at first
	depth      int  // how many brackets were open at the end of the file
	suspects   []suspect
	strange    []Edit    // replace what only looks like white space
	side       [2]int    // where the side of a merge conflict ends that counts, and the whole conflict
	noMark     [128]bool // the marks of merge conflicts that do not follow any more
}

type openBracket struct {
	char   byte
	offset int
	indent int // of its line
}

// report records a finding of broken JSON at an offset and returns its index,
// for offer; of several at one place the first counts, and of the others the
// index is -1.
func (p *parser) report(rule string, offset int, allowed, message string, args ...any) int {
	if p.stopped {
		return -1
	}
	for _, i := range p.issues {
		if i.offset == offset && offset != p.headless {
			return -1
		}
	}
	p.issues = append(p.issues, issue{rule: rule, offset: offset, allowed: allowed, message: fmt.Sprintf(message, args...)})
	if len(p.issues) >= maxSyntaxIssues {
		p.leave()
	}
	return len(p.issues) - 1
}

// offer adds fixes to the finding of an index, unless they are too large.
func (p *parser) offer(at int, fixes ...Fix) {
	if at < 0 || at >= maxFindings {
		return
	}
	for _, fix := range fixes {
		size := 0
		for _, e := range fix.Edits {
			size += len(e.New)
		}
		if len(fix.Edits) > 0 && size <= maxFixText {
			p.issues[at].fixes = append(p.issues[at].fixes, fix)
		}
	}
}

// guess notes that from here on the tree may not be what the author meant.
func (p *parser) guess() {
	p.damaged = true
	if p.guesses++; p.guesses >= maxGuesses {
		p.leave()
	}
}

// leave gives up on the rest of the file.
func (p *parser) leave() {
	if !p.stopped {
		p.unread = len(p.data) - p.pos
	}
	p.stop()
}

func (p *parser) stop() { p.stopped, p.damaged = true, true }

// parseFile reads the whole file; nil when it holds no value.
func (p *parser) parseFile() *node {
	p.noComma, p.lineIndent, p.headless = -1, -1, -1
	if !p.checkEncoding() || p.otherLanguage() {
		return nil
	}
	p.skipSpace()
	if p.pos == len(p.data) {
		p.report(ruleEmpty, 0, "a JSON object", "manifest.json is empty; write a JSON object, or make a plugin with the new command")
		p.stop()
		return nil
	}
	root := p.parseRoot()
	p.skipSpace()
	if p.pos < len(p.data) && !p.stopped {
		if p.damaged {
			p.unread = len(p.data) - p.pos
		} else {
			p.trailing(root)
		}
	}
	p.tellStrange()
	return root
}

// parseRoot reads the value that is the manifest, also when its { is missing.
func (p *parser) parseRoot() *node {
	start := p.pos
	if !p.atMember() {
		return p.parseValue()
	}
	at := p.report(ruleUnclosed, start, "{", "the { that the manifest starts with is missing; add it")
	open := "{" + p.eol()
	if len(bytes.TrimLeft(p.data[:start], " \t\r\n")) == 0 {
		start = 0
	}
	whole := []Edit{edit(start, start, open)}
	if rest := bytes.TrimRight(p.data, " \t\r\n,"); !bytes.HasSuffix(rest, []byte("}")) {
		end := len(bytes.TrimRight(p.data, " \t\r\n"))
		p.offer(at, safeFix("add { and }", append(slices.Clone(whole), edit(len(rest), end, p.eol()+"}"))...))
	}
	p.offer(at, safeFix("add {", whole...), safeFix("add { and }", append(slices.Clone(whole), edit(len(p.data), len(p.data), p.eol()+"}"))...))
	p.guess()
	p.headless = p.pos
	p.open = append(p.open, openBracket{char: '{', offset: p.pos, indent: -1})
	n := &node{kind: kindObject, start: p.pos}
	p.parseList(n, '}', p.parseMember)
	p.open = p.open[:0]
	n.end = p.pos
	return n
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
		n := &node{kind: kindString, start: start, end: p.pos, text: text}
		p.joinTexts(n)
		return n
	case p.atNumber() || p.atBareText():
		if n := p.parseUnopened(); n != nil {
			return n
		}
		if p.atNumber() {
			return p.parseNumber()
		}
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
	p.open = append(p.open, openBracket{c, p.pos, p.indentOf(p.pos)})
	n := &node{start: p.pos}
	p.pos++
	p.parseItems(n, c)
	return n
}

// parseItems reads what stands behind the bracket c, which was the last to be
// opened, up to and including its closer.
func (p *parser) parseItems(n *node, c byte) {
	if c == '{' {
		n.kind = kindObject
		p.parseList(n, '}', p.parseMember)
	} else {
		n.kind = kindArray
		p.parseList(n, ']', func(n *node) {
			p.inMember = false
			n.items = append(n.items, p.parseValue())
		})
	}
	p.open = p.open[:len(p.open)-1]
	n.end = p.pos
}

// missingValue stands for a value that is not there.
func (p *parser) missingValue() *node {
	p.expected("a value", "here")
	return &node{kind: kindNull, start: p.pos, end: p.pos}
}

// expected says that something else stands at p.pos than must. At the end of
// the file it leaves that to unclosed, which says what to do about it.
func (p *parser) expected(what, where string) int {
	at := -1
	if p.pos < len(p.data) {
		at = p.report(ruleSyntax, p.pos, what, "%s is expected %s, found %s", what, where, p.here())
	}
	p.guess()
	return at
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
		case c == closer && p.pos < len(p.data):
			if comma >= 0 {
				p.extraComma(comma, "no comma", fmt.Sprintf("a comma before %c is not JSON; remove it", closer))
			}
			p.pos++
			return
		case p.pos == len(p.data):
			p.endOfFile(n, closer)
			return
		case c == '}' || c == ']':
			if p.wrongCloser(n, c, closer) {
				continue
			}
			return
		case c == ',' || c == ';' && expect:
			p.separator(c, expect, comma)
			comma, expect = p.pos, false
			p.pos++
			continue
		case expect && (c == ':' && p.lostOpener(n, '{') || c == '{' && p.lostOpener(n, '[')), comma >= 0 && c == '{' && p.lostOpener(n, '['):
			comma, expect = -1, true
			continue
		case expect && c == ':' && p.keyInArray(n), c == '{' && p.objectInObject(n):
			return
		}
		p.suspectAt(n, closer)
		if expect && p.lastEnd(n) != p.noComma {
			p.missingComma(n)
		}
		parseItem(n)
		comma, expect = -1, true
		if p.pos == before {
			p.skipJunk()
		}
	}
}

// missingComma says that there is none between the last item and p.pos.
func (p *parser) missingComma(n *node) {
	end := p.lastEnd(n)
	at := p.report(ruleMissingComma, end, "a comma", "a comma is missing here, before %s; add it", p.here())
	// What touches the value before it, as /health in "…"/health, may belong to it.
	apart := end < p.pos || p.atQuote() || p.peek() == '{' || p.peek() == '['
	p.offer(at, Fix{Title: "add the comma", Safe: apart, Edits: []Edit{edit(end, end, ",")}})
}

// separator judges what stands between two items.
func (p *parser) separator(c byte, expect bool, comma int) {
	switch {
	case c == ';':
		at := p.report(ruleMissingComma, p.pos, "a comma", "a semicolon stands where a comma belongs; write a comma")
		p.offer(at, safeFix("write a comma", edit(p.pos, p.pos+1, ",")), safeFix("remove the semicolon", edit(p.pos, p.pos+1, "")))
	case !expect && comma >= 0:
		p.extraComma(p.pos, "one comma", "two commas in a row are not JSON; remove one")
	case !expect:
		p.extraComma(p.pos, "a value first", "a comma with no value before it is not JSON; remove it")
	}
}

// extraComma says that a comma is one too many.
func (p *parser) extraComma(comma int, allowed, message string) {
	at := p.report(ruleExtraComma, comma, allowed, "%s", message)
	start, end := p.alone(comma, comma+1)
	if start == comma && comma > 0 && comma+1 < len(p.data) && (p.data[comma-1] == '[' || p.data[comma-1] == '{') && p.data[comma+1] == ' ' {
		end++ // [, 1] becomes [1]
	}
	p.offer(at, safeFix("remove the comma", edit(start, end, "")))
}

// parseMember reads a key, a colon and a value.
func (p *parser) parseMember(n *node) {
	m := member{keyStart: p.pos}
	switch {
	case p.atQuote():
		p.inKey = true
		m.key = p.parseString()
		p.inKey = false
	case bareKey(p.data[p.pos:]) > 0:
		m.key = p.parseBareKey()
	default:
		p.expected("a key in double quotes", "here")
		p.skipJunk()
		return
	}
	m.keyEnd = p.pos
	p.skipSpace()
	if !p.colon(m) {
		p.skipJunk()
		return
	}
	p.skipSpace()
	p.inMember = true
	if m.value = p.parseValue(); m.value.end > m.value.start {
		n.members = append(n.members, m)
	} else {
		p.noValue(m)
	}
}

// parseBareKey reads a key without quotes, or without the opening one.
func (p *parser) parseBareKey() string {
	start := p.pos
	p.pos += bareKey(p.data[start:])
	key := string(p.data[start:p.pos])
	at := p.report(ruleUnquoted, start, "a key in double quotes", "the key %s is not in quotes; write %s", shorten(key, 60), jsonText(shorten(key, 60)))
	whole := edit(start, p.pos, jsonText(key))
	if p.peek() == '"' { // only the opening quote was forgotten
		p.pos++
		whole = edit(start, start, `"`)
	}
	p.offer(at, safeFix("write "+jsonText(shorten(key, 60)), whole))
	return key
}

// colon reads what parts a key from its value; false when there is nothing
// that could be taken for it.
func (p *parser) colon(m member) bool {
	switch c := p.peek(); {
	case c == ':':
		p.pos++
		return true
	case c == '=':
		size := 1
		if bytes.HasPrefix(p.data[p.pos:], []byte("=>")) {
			size = 2
		}
		at := p.report(ruleSyntax, p.pos, "a colon", "%s stands where a colon belongs; write a colon", p.data[p.pos:p.pos+size])
		start := p.pos
		if len(bytes.TrimSpace(p.data[m.keyEnd:p.pos])) == 0 {
			start = m.keyEnd
		}
		p.pos += size
		p.offer(at, safeFix("write a colon", edit(start, p.pos, ":")))
		return true
	}
	if p.peek() == '"' && bytes.HasPrefix(bytes.TrimLeft(p.data[p.pos+1:], " \t"), []byte(":")) {
		at := p.report(ruleQuotes, p.pos, "one quote", "a second quote stands behind the key %s; remove it", quoteShort(m.key))
		p.offer(at, safeFix("remove the quote", edit(p.pos, p.pos+1, "")))
		p.pos++
		p.skipSpace()
		p.pos++
		return true
	}
	at := p.expected("a colon", "after the key "+quoteShort(m.key))
	if p.pos < len(p.data) && !bytes.ContainsRune(p.data[m.keyEnd:p.pos], '\n') && (p.atQuote() || p.atNumber() || p.atBareText() || p.peek() == '{' || p.peek() == '[') {
		p.offer(at, safeFix("add the colon", edit(m.keyEnd, m.keyEnd, ":")))
		return !p.stopped
	}
	return false
}

// noValue offers to remove a key whose value is missing.
func (p *parser) noValue(m member) {
	if len(p.issues) == 0 || p.peek() != ',' || p.issues[len(p.issues)-1].offset != p.pos {
		return
	}
	start, end := p.alone(m.keyStart, p.pos+1)
	p.offer(len(p.issues)-1, riskyFix("remove the key "+quoteShort(m.key), edit(start, end, "")))
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
	return min(end, len(p.data))
}
