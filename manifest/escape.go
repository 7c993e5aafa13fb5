package manifest

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var simpleEscapes = map[byte]string{'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t"}

// parseEscape reads one escape and returns what it stands for.
func (p *parser) parseEscape(q *quoted) string {
	start := p.pos
	p.pos++
	c := p.peek()
	if s, ok := simpleEscapes[c]; ok {
		p.pos++
		return s
	}
	if c == 'u' {
		return p.unicodeEscape(q)
	}
	if c < 0x20 { // the line or the file ends: the text is not closed
		return `\`
	}
	r, size := utf8.DecodeRune(p.data[p.pos:])
	p.pos += size
	if r == q.opener {
		return string(r)
	}
	at := p.report(ruleEscape, start, `one of \" \\ \/ \b \f \n \r \t \uXXXX`, `\%s is no escape of JSON; write \\ for a backslash`, printable(r))
	double := safeFix("double the backslash", edit(start, start, `\`))
	switch code, ok := p.hexDigits(start+2, 2); {
	case c == 'x' && ok:
		p.offer(at, safeFix(fmt.Sprintf(`write \u00%s`, p.data[start+2:start+4]), edit(start, start+2, `\u00`)))
		p.pos = start + 4
		q.escapes = append(q.escapes, at)
		return string(code)
	case c == '\'' || c == '`':
		p.offer(at, safeFix("remove the backslash", edit(start, start+1, "")))
		return string(r)
	}
	p.offer(at, double, riskyFix("write a slash", edit(start, start+1, "/")))
	q.escapes = keep(q.escapes, at)
	return `\` + string(r)
}

// keep adds the index of a finding that was reported.
func keep(list []int, at int) []int {
	if at >= 0 {
		return append(list, at)
	}
	return list
}

// unicodeEscape reads the \u before whose u p.pos is.
func (p *parser) unicodeEscape(q *quoted) string {
	start := p.pos - 1
	r, ok := p.hexEscape(start)
	if !ok {
		at := p.report(ruleEscape, start, "four hexadecimal digits", `\u must be followed by four hexadecimal digits; write \\ for a backslash`)
		p.pos++
		if m := codePoint().FindSubmatch(p.data[start:min(len(p.data), start+12)]); m != nil {
			if v, err := strconv.ParseUint(string(m[1]), 16, 32); err == nil && v > 0x1f && utf8.ValidRune(rune(v)) && v != '"' && v != '\\' {
				p.offer(at, safeFix("write "+printable(rune(v)), edit(start, start+len(m[0]), string(rune(v)))))
			}
		}
		_, digit := p.hexDigits(p.pos, 1)
		p.offer(at, Fix{Title: "double the backslash", Safe: !digit, Edits: []Edit{edit(start, start, `\`)}})
		q.escapes = keep(q.escapes, at)
		return `\u`
	}
	p.pos = start + 6
	if !utf16.IsSurrogate(r) {
		return string(r)
	}
	if low, ok := p.hexEscape(p.pos); ok {
		if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
			p.pos += 6
			return string(whole)
		}
	}
	at := p.report(ruleEscape, start, "a pair of surrogates", `\u%04x is half a surrogate pair and stands for no character; write the character itself`, r)
	p.offer(at, riskyFix("remove it", edit(start, p.pos, "")))
	return "\ufffd"
}

// codePoint is how JavaScript writes a character beyond the first 65536.
var codePoint = onDemand(`^\\u\{([0-9A-Fa-f]{1,6})\}`)

// hexEscape reads the \uXXXX at an offset.
func (p *parser) hexEscape(at int) (rune, bool) {
	if at+6 > len(p.data) || p.data[at] != '\\' || p.data[at+1] != 'u' {
		return 0, false
	}
	return p.hexDigits(at+2, 4)
}

// hexDigits reads n hexadecimal digits at an offset.
func (p *parser) hexDigits(at, n int) (rune, bool) {
	if at+n > len(p.data) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.data[at:at+n]), 16, 32)
	return rune(v), err == nil
}
