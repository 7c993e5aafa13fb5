package manifest

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// peek returns the byte at p.pos, 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

// punctuation names what is hard to read in a sentence.
var punctuation = map[rune]string{',': "a comma", ':': "a colon", ';': "a semicolon", '.': "a point"}

// here names what stands at p.pos, for a sentence.
func (p *parser) here() string {
	rest := p.data[p.pos:]
	if len(rest) == 0 {
		return "the end of the file"
	}
	if n := wordLength(rest); n > 0 {
		return shorten(string(rest[:n]), 60)
	}
	r, _ := utf8.DecodeRune(rest)
	if n := bytes.IndexAny(rest[1:], "\"\n"); r == '"' && n >= 0 {
		return quoteShort(string(rest[1 : 1+n]))
	}
	if name := punctuation[r]; name != "" {
		return name
	}
	return printable(r)
}

// printable is a character as a terminal can show it.
func printable(r rune) string {
	if unicode.IsPrint(r) && r != utf8.RuneError {
		return string(r)
	}
	return fmt.Sprintf("U+%04X", r)
}

// skipSpace skips white space and, with a finding each, comments and what only
// looks like white space.
func (p *parser) skipSpace() {
	for p.pos < len(p.data) && !p.stopped {
		c := p.data[p.pos]
		rest := p.data[p.pos:]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.pos++
		case c == '#' || bytes.HasPrefix(rest, []byte("//")):
			p.report(ruleComment, p.pos, "no comment", "a comment is not JSON; remove it")
			if n := bytes.IndexByte(rest, '\n'); n >= 0 {
				p.pos += n
			} else {
				p.pos = len(p.data)
			}
		case bytes.HasPrefix(rest, []byte("/*")):
			if n := bytes.Index(rest[2:], []byte("*/")); n >= 0 {
				p.report(ruleComment, p.pos, "no comment", "a comment is not JSON; remove it")
				p.pos += n + 4
			} else {
				p.report(ruleUnclosed, p.pos, "*/", "the comment that starts here never ends, and a comment is not JSON; remove it")
				p.stop()
			}
		default:
			r, size := utf8.DecodeRune(rest)
			if !unicode.IsSpace(r) && r != '\ufeff' && r != '\u200b' {
				return
			}
			p.report(ruleSyntax, p.pos, "a space, tab or line break", "U+%04X looks like a space but is not one to JSON; replace it by a space", r)
			p.pos += size
		}
	}
}

// skipJunk skips at least one byte and on to where the next item may start.
func (p *parser) skipJunk() {
	if p.pos >= len(p.data) {
		return
	}
	switch p.data[p.pos] {
	case ',', '}', ']', '\n':
		return
	}
	p.pos++
	if n := bytes.IndexAny(p.data[p.pos:], ",}]\n"); n >= 0 {
		p.pos += n
		return
	}
	p.pos = len(p.data)
}

// quotePairs are the characters people and word processors quote text with.
var quotePairs = map[rune]string{'"': `"`, '\'': "'", '`': "`", '“': "”", '”': "”", '„': "“", '‘': "’", '’': "’", '«': "»"}

// atQuote says whether a text starts here, in whatever quotes.
func (p *parser) atQuote() bool {
	r, _ := utf8.DecodeRune(p.data[p.pos:])
	return quotePairs[r] != ""
}

// parseString reads a quoted text and returns what it stands for. p.pos is at
// its opening quote.
func (p *parser) parseString() string {
	start := p.pos
	r, size := utf8.DecodeRune(p.data[p.pos:])
	closer := quotePairs[r]
	p.pos += size
	if r != '"' {
		p.report(ruleQuotes, start, "straight double quotes", `text stands in %c quotes; JSON takes straight double quotes only: "…"`, r)
	}
	var text strings.Builder
	for from := p.pos; p.pos < len(p.data); {
		c := p.data[p.pos]
		switch {
		case c == closer[0] && bytes.HasPrefix(p.data[p.pos:], []byte(closer)):
			text.Write(p.data[from:p.pos])
			p.pos += len(closer)
			return text.String()
		case c == '\\':
			text.Write(p.data[from:p.pos])
			text.WriteString(p.parseEscape())
			from = p.pos
		case c == '\n' || c == '\r':
			return p.unclosedString(start, from, &text)
		case c < 0x20:
			remedy := "write " + controlEscape(c)
			if c == 0 { // its escape would be no better: see nulIssues
				remedy = "remove it"
			}
			p.report(ruleControlChar, p.pos, "an escape", "a raw %s inside a text is not JSON; %s", controlName(c), remedy)
			p.pos++
		default:
			p.pos++
		}
		if p.pos >= len(p.data) {
			return p.unclosedString(start, from, &text)
		}
	}
	return p.unclosedString(start, p.pos, &text)
}

// unclosedString ends a text at the end of its line; a comma there is taken
// for the separator that it most likely is.
func (p *parser) unclosedString(start, from int, text *strings.Builder) string {
	p.report(ruleUnclosed, start, "a closing quote", "the text that starts here is not closed on its line; add the closing quote")
	p.guess()
	rest := bytes.TrimRight(p.data[from:p.pos], " \t")
	rest = bytes.TrimSuffix(rest, []byte(","))
	text.Write(rest)
	p.pos = from + len(rest)
	return text.String()
}

var simpleEscapes = map[byte]string{'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t"}

// parseEscape reads one escape and returns what it stands for.
func (p *parser) parseEscape() string {
	start := p.pos
	p.pos++
	c := p.peek()
	if s, ok := simpleEscapes[c]; ok {
		p.pos++
		return s
	}
	if c == 'u' {
		r, ok := p.hexEscape(start)
		if !ok {
			p.report(ruleEscape, start, "four hexadecimal digits", `\u must be followed by four hexadecimal digits; write \\ for a backslash`)
			p.pos++
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
		p.report(ruleEscape, start, "a pair of surrogates", `\u%04x is half a surrogate pair and stands for no character; write the character itself`, r)
		return "\ufffd"
	}
	if c < 0x20 { // the line or the file ends: the text is not closed
		return `\`
	}
	r, size := utf8.DecodeRune(p.data[p.pos:])
	p.report(ruleEscape, start, `one of \" \\ \/ \b \f \n \r \t \uXXXX`, `\%s is no escape of JSON; write \\ for a backslash`, printable(r))
	p.pos += size
	return `\` + string(r)
}

// hexEscape reads the \uXXXX at an offset.
func (p *parser) hexEscape(at int) (rune, bool) {
	if at+6 > len(p.data) || p.data[at] != '\\' || p.data[at+1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.data[at+2:at+6]), 16, 16)
	return rune(v), err == nil
}

// word reads a run of word characters.
func (p *parser) word() string {
	n := wordLength(p.data[p.pos:])
	w := string(p.data[p.pos : p.pos+n])
	p.pos += n
	return w
}

// parseNumber reads a number, and what only looks like one.
func (p *parser) parseNumber() *node {
	start := p.pos
	for p.pos < len(p.data) {
		if c := p.data[p.pos]; !isWordByte(c) && !isDigit(c) && c != '+' && c != '-' && c != '.' {
			break
		}
		p.pos++
	}
	n := &node{kind: kindNumber, start: start, end: p.pos, text: string(p.data[start:p.pos])}
	if !isJSONNumber(n.text) {
		p.report(ruleNumber, start, "a number as JSON writes it", "%s is not a number of JSON; %s", shorten(n.text, 60), numberHint(n.text))
		p.damaged = true
		return n
	}
	// Arithmetic on a number such as 1e999999999 would take for ever.
	exponent := 0
	if i := strings.IndexAny(n.text, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(n.text[i+1:]); err != nil {
			exponent = math.MaxInt
		}
	}
	if exponent < -308 || exponent > 308 || len(n.text) > 400 {
		p.report(ruleNumber, start, "a number that a computer can hold", "%s is beyond what a number can hold; write an ordinary one", shorten(n.text, 60))
		p.damaged = true
	}
	return n
}

// parseWord reads true, false, null and what people write for them.
func (p *parser) parseWord() *node {
	start := p.pos
	w := p.word()
	n := &node{kind: kindString, start: start, end: p.pos, text: w}
	lower := strings.ToLower(w)
	switch lower {
	case "true", "false":
		n.kind, n.text = kindBool, lower
	case "null", "none", "nil", "undefined":
		n.kind, lower = kindNull, "null"
	case "nan", "inf", "infinity":
		p.report(ruleLiteral, start, "a number", "%s is not a value of JSON; write a number", w)
		p.damaged = true
		return n
	default:
		p.report(ruleUnquoted, start, "text in double quotes", "%s is not in quotes; write \"%s\"", shorten(w, 60), shorten(w, 60))
		p.damaged = true
		if p.peek() == '"' { // only the opening quote was forgotten
			p.pos++
			n.end = p.pos
		}
		return n
	}
	if w != lower {
		p.report(ruleLiteral, start, lower, "%s is not a value of JSON; write %s", w, lower)
	}
	return n
}

// isJSONNumber says whether s is a number by the grammar of RFC 8259.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits(s) == len(s)
}

// digits counts the digits s starts with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// numberHint says how to write what was meant by a number that is none.
func numberHint(s string) string {
	lower := strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "+"):
		return "remove the plus sign"
	case strings.HasPrefix(lower, "0x") || strings.HasPrefix(lower, "0b") || strings.HasPrefix(lower, "0o"):
		return "write it in decimal"
	case strings.Contains(s, "_"):
		return "remove the underscores"
	case strings.Count(s, ".") > 1:
		return "put it in double quotes"
	case strings.HasPrefix(s, ".") || strings.HasPrefix(s, "-."):
		return "write a 0 before the point"
	case strings.HasSuffix(s, "."):
		return "write a digit behind the point, or remove the point"
	case len(s) > 1 && s[0] == '0' && digits(s) == len(s):
		return "remove the leading zero"
	}
	return "write digits only, or put it in double quotes when it is text"
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWordByte says whether c may start a word outside quotes.
func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
}

// wordLength is the length of the word data starts with.
func wordLength(data []byte) int {
	n := 0
	for n < len(data) && (isWordByte(data[n]) || isDigit(data[n]) || data[n] == '-' && n > 0) {
		n++
	}
	return n
}

func controlName(c byte) string {
	if c == '\t' {
		return "tab"
	}
	return fmt.Sprintf("U+%04X", c)
}

func controlEscape(c byte) string {
	if c == '\t' {
		return `\t`
	}
	return fmt.Sprintf(`\u%04x`, c)
}
