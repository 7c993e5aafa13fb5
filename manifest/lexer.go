package manifest

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
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

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWordByte says whether c may start a word outside quotes.
func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
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

// wordLength is the length of the word data starts with.
func wordLength(data []byte) int {
	n := 0
	for n < len(data) {
		r, size := utf8.DecodeRune(data[n:])
		if !isWordRune(r) && (n == 0 || r != '-') {
			break
		}
		n += size
	}
	return n
}

// isWordRune says whether r may stand in a word outside quotes.
func isWordRune(r rune) bool {
	return r == '_' || r == '$' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// bareKey is the length of the key without quotes data starts with.
func bareKey(data []byte) int {
	n := wordLength(data)
	for n > 0 && n+1 < len(data) && data[n] == '.' {
		more := wordLength(data[n+1:])
		if more == 0 {
			break
		}
		n += 1 + more
	}
	return n
}

// skipSpace skips white space and, with a finding each, comments, the marks of
// a merge conflict and what only looks like white space.
func (p *parser) skipSpace() {
	for p.pos < len(p.data) && !p.stopped {
		c := p.data[p.pos]
		rest := p.data[p.pos:]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.pos++
		case c == '#' || bytes.HasPrefix(rest, []byte("//")):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			p.comment(p.pos + len(bytes.TrimRight(rest[:end], "\r")))
		case bytes.HasPrefix(rest, []byte("/*")):
			if n := bytes.Index(rest[2:], []byte("*/")); n >= 0 {
				p.comment(p.pos + n + 4)
			} else {
				p.endlessComment()
			}
		case c == '<' || c == '=' || c == '|' || c == '>':
			if !p.conflict() {
				return
			}
		default:
			if size := strangeSpace(rest); size == 0 || !p.skipStrange() {
				return
			}
		}
	}
}

// comment reports the comment that ends at end, and skips it.
func (p *parser) comment(end int) {
	at := p.report(ruleComment, p.pos, "no comment", "a comment is not JSON; remove it")
	start, stop := p.alone(p.pos, end)
	if start == p.pos && stop == end { // something else stands on its line
		before := len(bytes.TrimRight(p.data[:start], " \t"))
		switch {
		case end == len(p.data) || p.data[end] == '\n' || p.data[end] == '\r':
			start = before
		case before < start || before == 0 || p.data[before-1] == '\n':
			stop += len(p.data[end:]) - len(bytes.TrimLeft(p.data[end:], " \t"))
		}
	}
	p.offer(at, riskyFix("remove the comment", edit(start, stop, "")))
	p.pos = end
}

// endlessComment reports a block comment without an end, which hides the rest
// of the file.
func (p *parser) endlessComment() {
	at := p.report(ruleUnclosed, p.pos, "*/", "the comment that starts here never ends, and a comment is not JSON; remove it")
	rest := p.data[p.pos:]
	line := bytes.IndexByte(rest, '\n')
	if line < 0 {
		line = len(rest)
	}
	mark := 2 + len(rest[2:]) - len(bytes.TrimLeft(rest[2:], "* \t"))
	start, end := p.alone(p.pos, p.pos+len(bytes.TrimRight(rest[:line], "\r")))
	p.offer(at, riskyFix("remove "+string(rest[:2]), edit(p.pos, p.pos+mark, "")), riskyFix("remove the rest of the line", edit(start, end, "")))
	p.stop()
}

// strangeSpace is the length of the character rest starts with when it only
// looks like white space; 0 when it does not.
func strangeSpace(rest []byte) int {
	r, size := utf8.DecodeRune(rest)
	if zeroWidth(r) || unicode.IsSpace(r) && !strings.ContainsRune(" \t\r\n", r) {
		return size
	}
	return 0
}

// zeroWidth says whether nothing at all is drawn for r.
func zeroWidth(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u180e':
		return true
	}
	return false
}

// skipStrange skips a run of what only looks like white space. All of them are
// one finding: text that was copied from a page is full of them.
func (p *parser) skipStrange() bool {
	start := p.pos
	var plain strings.Builder
	for p.pos < len(p.data) {
		r, size := utf8.DecodeRune(p.data[p.pos:])
		switch {
		case r == ' ' || r == '\t':
			plain.WriteRune(r)
		case strangeSpace(p.data[p.pos:]) == 0:
			size = 0
		case r == '\u0085' || r == '\u2028' || r == '\u2029':
			plain.WriteString(p.eol())
		case !zeroWidth(r):
			plain.WriteByte(' ')
		}
		if size == 0 {
			break
		}
		p.pos += size
	}
	p.strange = append(p.strange, edit(start, p.pos, plain.String()))
	return true
}

// tellStrange reports what skipStrange skipped.
func (p *parser) tellStrange() {
	if len(p.strange) == 0 {
		return
	}
	stopped := p.stopped
	p.stopped = false
	first := p.strange[0].Start
	r, _ := utf8.DecodeRune(p.data[first:])
	what, remedy := fmt.Sprintf("U+%04X looks like a space but is not one to JSON", r), "replace it by a space"
	if zeroWidth(r) {
		what, remedy = fmt.Sprintf("the invisible character U+%04X is not JSON", r), "remove it"
	}
	if n := len(p.strange); n > 1 {
		remedy += fmt.Sprintf(", as at all %d places", n)
	}
	at := p.report(ruleSyntax, first, "a space, tab or line break", "%s; %s", what, remedy)
	p.offer(at, safeFix("write plain white space", p.strange...))
	p.stopped = stopped
}

// eol returns the line ending that the file uses.
func (p *parser) eol() string {
	if i := bytes.IndexByte(p.data, '\n'); i > 0 && p.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// firstOnLine says whether only white space stands before pos on its line.
func (p *parser) firstOnLine(pos int) bool {
	for pos > 0 && (p.data[pos-1] == ' ' || p.data[pos-1] == '\t') {
		pos--
	}
	return pos == 0 || p.data[pos-1] == '\n'
}

// alone returns the range of bytes that is to be removed with [start, end):
// the whole lines when nothing else stands on them.
func (p *parser) alone(start, end int) (int, int) {
	from, to := start, end
	for from > 0 && (p.data[from-1] == ' ' || p.data[from-1] == '\t') {
		from--
	}
	for to < len(p.data) && (p.data[to] == ' ' || p.data[to] == '\t' || p.data[to] == '\r') {
		to++
	}
	switch {
	case from > 0 && p.data[from-1] != '\n':
	case to < len(p.data) && p.data[to] == '\n':
		return from, to + 1
	case to == len(p.data) && from > 0:
		from--
		if from > 0 && p.data[from-1] == '\r' {
			from--
		}
		return from, to
	}
	return start, end
}

// indentOf returns how far the line of pos is indented, in bytes.
func (p *parser) indentOf(pos int) int {
	start := p.lineStart
	if pos < p.lineSeen { // going back is rare
		start = 1 + bytes.LastIndexByte(p.data[:pos], '\n')
	} else {
		if i := bytes.LastIndexByte(p.data[p.lineSeen:pos], '\n'); i >= 0 {
			start = p.lineSeen + i + 1
		}
		p.lineSeen = pos
	}
	if start != p.lineStart || p.lineIndent < 0 {
		rest := p.data[start:]
		p.lineStart, p.lineIndent = start, len(rest)-len(bytes.TrimLeft(rest, " \t"))
	}
	return p.lineIndent
}

// indentText returns the white space that the line of pos starts with.
func (p *parser) indentText(pos int) string {
	start := 1 + bytes.LastIndexByte(p.data[:pos], '\n')
	return string(p.data[start : start+p.indentOf(pos)])
}

// line returns the line of an offset, from 1.
func (p *parser) line(offset int) int { return 1 + bytes.Count(p.data[:offset], []byte{'\n'}) }

// lineEnd returns the offset of the end of pos's line, at most maxLook bytes on.
func (p *parser) lineEnd(pos int) int {
	rest := p.data[pos:min(len(p.data), pos+maxLook)]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = bytes.TrimSuffix(rest[:i], []byte{'\r'})
	}
	return pos + len(rest)
}
