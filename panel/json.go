package panel

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a document, so that a hostile body cannot
// exhaust the stack.
const maxDepth = 10_000

// SyntaxError is a body that is not JSON.
type SyntaxError struct {
	Line, Column int    // 1-based; the column counts characters
	Offset       int    // bytes before the place
	Reason       string // "unexpected character 'x'"
	Excerpt      string // the text around the place, on one line
}

// Error names the place and shows what stands there.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("the answer is not valid JSON: %s at line %d, column %d, near %q", e.Reason, e.Line, e.Column, e.Excerpt)
}

// parser reads JSON text with the grammar of JavaScript's JSON.parse. It works
// on a string so that values without escapes share its memory.
type parser struct {
	text  string
	pos   int
	depth int
}

func (p *parser) fail(reason string) error {
	before := p.text[:p.pos]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	from, to := max(0, p.pos-20), min(len(p.text), p.pos+20)
	return &SyntaxError{Line: line, Column: column, Offset: p.pos, Reason: reason, Excerpt: oneLine(p.text[from:to])}
}

// unexpected is the error for whatever stands at the current position.
func (p *parser) unexpected() error {
	if p.pos >= len(p.text) {
		return p.fail("unexpected end")
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return p.fail(fmt.Sprintf("unexpected character %q", r))
}

// space skips white space and returns the byte after it, 0 at the end.
func (p *parser) space() byte {
	for ; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// end fails unless only white space is left.
func (p *parser) end() error {
	if p.space(); p.pos < len(p.text) {
		return p.unexpected()
	}
	return nil
}

// value reads one value. With build false it only checks the grammar, which
// allocates nothing, and returns the zero value.
func (p *parser) value(build bool) (value, error) {
	switch c := p.space(); {
	case c == '{':
		return p.object(build)
	case c == '[':
		return p.array(build)
	case c == '"':
		s, err := p.string(build)
		return value{kind: kindString, str: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number(build)
	case p.literal("null"):
		return value{kind: kindNull}, nil
	case p.literal("true"):
		return value{kind: kindBool, num: 1}, nil
	case p.literal("false"):
		return value{kind: kindBool}, nil
	}
	return value{}, p.unexpected()
}

func (p *parser) literal(word string) bool {
	if !strings.HasPrefix(p.text[p.pos:], word) {
		return false
	}
	p.pos += len(word)
	return true
}

// members calls visit with each key of the object that starts here, the
// position standing at the member's value; visit reads the value.
func (p *parser) members(build bool, visit func(key string) error) error {
	p.pos++ // the brace
	if p.depth++; p.depth > maxDepth {
		return p.fail(fmt.Sprintf("more than %d levels of nesting", maxDepth))
	}
	for first := true; ; first = false {
		c := p.space()
		if c == '}' && first {
			break
		}
		if c != '"' {
			return p.unexpected()
		}
		key, err := p.string(build)
		if err != nil {
			return err
		}
		if p.space() != ':' {
			return p.unexpected()
		}
		p.pos++
		if err := visit(key); err != nil {
			return err
		}
		if c = p.space(); c == '}' {
			break
		}
		if c != ',' {
			return p.unexpected()
		}
		p.pos++
	}
	p.pos++
	p.depth--
	return nil
}

// elements calls visit at each element of the array that starts here; visit
// reads the element.
func (p *parser) elements(visit func() error) error {
	p.pos++ // the bracket
	if p.depth++; p.depth > maxDepth {
		return p.fail(fmt.Sprintf("more than %d levels of nesting", maxDepth))
	}
	for first := true; ; first = false {
		if p.space() == ']' && first {
			break
		}
		if err := visit(); err != nil {
			return err
		}
		c := p.space()
		if c == ']' {
			break
		}
		if c != ',' {
			return p.unexpected()
		}
		p.pos++
	}
	p.pos++
	p.depth--
	return nil
}

func (p *parser) object(build bool) (value, error) {
	v := value{kind: kindObject}
	if !build {
		return v, p.members(false, func(string) error { _, err := p.value(false); return err })
	}
	o := &object{}
	err := p.members(true, func(key string) error {
		member, err := p.value(true)
		o.set(key, member)
		return err
	})
	o.sort()
	v.obj = o
	return v, err
}

func (p *parser) array(build bool) (value, error) {
	v := value{kind: kindArray}
	err := p.elements(func() error {
		element, err := p.value(build)
		if build {
			v.arr = append(v.arr, element)
		}
		return err
	})
	return v, err
}

// number reads a number: the grammar of RFC 8259, the value of a double, as
// JSON.parse does; what is too large becomes an infinity.
func (p *parser) number(build bool) (value, error) {
	start := p.pos
	digits := func() bool {
		from := p.pos
		for p.pos < len(p.text) && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
			p.pos++
		}
		return p.pos > from
	}
	accept := func(any string) bool {
		ok := p.pos < len(p.text) && strings.IndexByte(any, p.text[p.pos]) >= 0
		if ok {
			p.pos++
		}
		return ok
	}
	accept("-")
	if !accept("0") && !digits() {
		return value{}, p.unexpected()
	}
	if accept(".") && !digits() {
		return value{}, p.unexpected()
	}
	if accept("eE") {
		accept("+-")
		if !digits() {
			return value{}, p.unexpected()
		}
	}
	v := value{kind: kindNumber}
	if build {
		v.num, _ = strconv.ParseFloat(p.text[start:p.pos], 64) // a range error still yields ±Inf, as JavaScript
	}
	return v, nil
}

// string reads a string. Half surrogates, which JavaScript strings may hold
// and UTF-8 may not, are kept as the three bytes UTF-8 would use for them.
func (p *parser) string(build bool) (string, error) {
	p.pos++ // the quote
	start := p.pos
	for ; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			return p.text[start : p.pos-1], nil
		case c == '\\':
			return p.escaped(start, build)
		case c < 0x20:
			return "", p.fail("unescaped control character in a string")
		}
	}
	return "", p.unexpected()
}

// escaped reads on from the first backslash of a string that began at start.
func (p *parser) escaped(start int, build bool) (string, error) {
	var b []byte
	if build {
		b = append(b, p.text[start:p.pos]...)
	}
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			return string(b), nil
		case c < 0x20:
			return "", p.fail("unescaped control character in a string")
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			if build {
				b = appendRune(b, r)
			}
		default:
			if build {
				b = append(b, c)
			}
			p.pos++
		}
	}
	return "", p.unexpected()
}

// escape reads one escape sequence, or two when they are a surrogate pair.
func (p *parser) escape() (rune, error) {
	p.pos++ // the backslash
	if p.pos >= len(p.text) {
		return 0, p.unexpected()
	}
	c := p.text[p.pos]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		p.pos++
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' {
		return 0, p.fail("unknown escape in a string")
	}
	high, ok := p.hex4(p.pos + 1)
	if !ok {
		return 0, p.fail(`\u is not followed by four hexadecimal digits`)
	}
	p.pos += 5
	if strings.HasPrefix(p.text[p.pos:], `\u`) {
		if low, ok := p.hex4(p.pos + 2); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				p.pos += 6
				return r, nil
			}
		}
	}
	return high, nil
}

func (p *parser) hex4(at int) (rune, bool) {
	if at+4 > len(p.text) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(p.text[at : at+4]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// appendRune is utf8.AppendRune that keeps half surrogates.
func appendRune(b []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(b, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
	}
	return utf8.AppendRune(b, r)
}
