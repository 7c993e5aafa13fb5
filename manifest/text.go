package manifest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// quotePairs are the characters people and word processors quote text with.
var quotePairs = map[rune]string{'"': `"`, '\'': "'", '`': "`", '“': "”", '”': "”", '„': "“", '‘': "’", '’': "’", '«': "»"}

// typographic are the quotes that word processors make of straight double ones.
const typographic = "“”„«»"

// drivePath is how a path of Windows starts, inside a text.
var drivePath = onDemand(`^[A-Za-z]:\\`)

// keyAndColon is a key with what follows it, where its closing quote is missing.
var keyAndColon = onDemand(`^([A-Za-z_$][\w$.-]*)\s*:`)

// quoted is a text that is being read.
type quoted struct {
	start    int    // of its opening quote
	inside   int    // behind it
	opener   rune   // '"' unless the author took another
	closer   string // what ends it
	end      int    // where it ends, when that was found out ahead; -1
	escapes  []int  // the findings about its escapes
	control  int    // the finding about its control characters
	controls []Edit // what to write for them
}

// atQuote says whether a text starts here, in whatever quotes.
func (p *parser) atQuote() bool {
	r, _ := utf8.DecodeRune(p.data[p.pos:])
	return quotePairs[r] != ""
}

// parseString reads a quoted text and returns what it stands for. p.pos is at
// its opening quote.
func (p *parser) parseString() string {
	r, size := utf8.DecodeRune(p.data[p.pos:])
	q := quoted{start: p.pos, inside: p.pos + size, opener: r, end: -1}
	q.closer = p.closerOf(q)
	at := -1
	if r != '"' {
		at = p.report(ruleQuotes, q.start, "straight double quotes", `text stands in %c quotes; JSON takes straight double quotes only: "…"`, r)
	}
	var text strings.Builder
	p.pos = q.inside
	from := p.pos
	for p.pos < len(p.data) && !p.stopped {
		c := p.data[p.pos]
		switch {
		case c == q.closer[0] && bytes.HasPrefix(p.data[p.pos:], []byte(q.closer)):
			if p.joins(q) {
				text.Write(p.data[from:p.pos])
				p.textEnds(q, at)
				return text.String()
			}
			if cut := p.lostQuote(q); cut >= 0 {
				return string(p.data[q.inside:cut])
			}
			if p.innerQuote(&q) {
				p.pos++
				continue
			}
			text.Write(p.data[from:p.pos])
			p.textEnds(q, at)
			return text.String()
		case c == '\\' && p.joinedLine(q):
			text.Write(p.data[from:p.pos])
			p.skipLineBreak(1)
			from = p.pos
		case c == '\\':
			text.Write(p.data[from:p.pos])
			text.WriteString(p.parseEscape(&q))
			from = p.pos
		case c == '\n' || c == '\r':
			if !p.goesOn(q) {
				return p.unclosedString(q, from, &text)
			}
			p.lineBreak(q)
		case c < 0x20:
			p.controlChar(&q, c)
		default:
			p.pos++
		}
	}
	return p.unclosedString(q, from, &text)
}

// closerOf returns what ends a text. Word processors do not always pair their
// quotes: what stands on the line counts.
func (p *parser) closerOf(q quoted) string {
	pair := quotePairs[q.opener]
	if q.opener == '"' || q.opener == '`' || q.opener == '\'' {
		return pair
	}
	line := p.data[q.inside:p.lineEnd(q.inside)]
	candidates := []string{pair, "”", "“", `"`}
	if q.opener == '‘' || q.opener == '’' {
		candidates = []string{pair, "‘", "'"}
	}
	for _, c := range candidates {
		if bytes.Contains(line, []byte(c)) {
			return c
		}
	}
	return pair
}

// textEnds reads the closing quote at p.pos, and offers what mends the text.
// at is the finding about its quotes.
func (p *parser) textEnds(q quoted, at int) {
	raw := p.data[q.inside:p.pos]
	p.pos += len(q.closer)
	p.tellControls(q)
	if at >= 0 {
		p.offer(at, safeFix("write it in double quotes", p.requote(q, raw)...))
	}
	if len(q.escapes) == 0 || len(raw) > maxLook || !drivePath().Match(raw) {
		return
	}
	// A path has no escapes at all, also where a letter makes one that JSON knows.
	whole := safeFix("double the backslashes", edit(q.inside, q.inside+len(raw), doubled(string(raw))))
	for _, at := range q.escapes {
		if at < maxFindings {
			p.issues[at].fixes = slices.Insert(p.issues[at].fixes, 0, whole)
		}
	}
}

// requote writes the text raw, which ends at p.pos, in double quotes. Where the
// quotes alone differ it leaves the text as it is: it may be a secret.
func (p *parser) requote(q quoted, raw []byte) []Edit {
	text := requoted(string(raw), q.opener)
	if text == `"`+string(raw)+`"` {
		return []Edit{edit(q.start, q.inside, `"`), edit(q.inside+len(raw), p.pos, `"`)}
	}
	return []Edit{edit(q.start, p.pos, text)}
}

// requoted is the text between two quotes as a text of JSON.
func requoted(raw string, opener rune) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw) && opener < utf8.RuneSelf && raw[i+1] == byte(opener) && opener != '"':
			i++
			b.WriteByte(raw[i])
		case c == '\\' && i+1 < len(raw):
			i++
			b.WriteString(raw[i-1 : i+1])
		case c == '"':
			b.WriteString(`\"`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// doubled doubles the backslashes that are not doubled yet.
func doubled(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		b.WriteByte(raw[i])
		if raw[i] == '\\' {
			b.WriteByte('\\')
			if i+1 < len(raw) && raw[i+1] == '\\' {
				i++
			}
		}
	}
	return b.String()
}

// lostQuote returns where a text ends whose closing quote is missing, when the
// quote at p.pos is the opening one of the text behind it; -1 when it is not.
func (p *parser) lostQuote(q quoted) int {
	if q.opener != '"' || q.end >= 0 || p.pos+1 >= len(p.data) {
		return -1
	}
	inside := bytes.TrimRight(p.data[q.inside:p.pos], " \t")
	mark := byte(',')
	if p.inKey {
		mark = ':'
	}
	if len(inside) < 2 || inside[len(inside)-1] != mark || bareText(p.data[p.pos+1:]) == 0 {
		return -1
	}
	rest := p.data[p.pos+1 : p.lineEnd(p.pos+1)]
	if p.inMember && !p.inKey && !keyBehind(rest) {
		return -1
	}
	inside = bytes.TrimRight(inside[:len(inside)-1], " \t")
	cut := q.inside + len(inside)
	fix := edit(cut, cut, `"`)
	if r, size := utf8.DecodeLastRune(inside); strings.ContainsRune(typographic, r) {
		cut -= size
		fix = edit(cut, cut+size, `"`)
		at := p.report(ruleQuotes, cut, "straight double quotes", `text ends with a %c quote; JSON takes straight double quotes only: "…"`, r)
		p.offer(at, safeFix("write a straight quote", fix))
	} else {
		at := p.report(ruleUnclosed, q.start, "a closing quote", "the text that starts here has no closing quote; add it before the %s", strings.TrimPrefix(punctuation[rune(mark)], "a "))
		p.offer(at, safeFix("add the closing quote", fix))
	}
	p.mended, p.pos = true, fix.End
	return cut
}

// bareText is the length of what could be text that rest starts with.
func bareText(rest []byte) int {
	if len(rest) > 0 && (rest[0] == '/' || rest[0] == '.') {
		return 1
	}
	return wordLength(rest)
}

// keyBehind says whether rest is a key without its opening quote.
func keyBehind(rest []byte) bool {
	n := bareKey(rest)
	return n > 0 && n < len(rest) && rest[n] == '"' && bytes.HasPrefix(bytes.TrimLeft(rest[n+1:], " \t"), []byte(":"))
}

// innerQuote says whether the quote at p.pos is part of the text: the text of
// a member that goes on behind it and ends with its line. The first such quote
// is the finding.
func (p *parser) innerQuote(q *quoted) bool {
	if q.end >= 0 {
		return p.pos < q.end
	}
	if q.opener != '"' && q.opener != '\'' || p.inKey || !p.inMember {
		return false
	}
	next := bytes.TrimLeft(p.data[p.pos+1:], " \t")
	if len(next) == 0 || bytes.IndexByte([]byte("\"',:;}]=#\r\n"), next[0]) >= 0 || bytes.HasPrefix(next, []byte("//")) || bytes.HasPrefix(next, []byte("/*")) {
		return false
	}
	rest := p.data[p.pos+1 : p.lineEnd(p.pos+1)]
	last := len(bytes.TrimRight(rest, " \t,}]")) - 1
	if last < 0 || rest[last] != byte(q.opener) {
		return false
	}
	for _, other := range []string{`":`, `" :`, `","`, `", "`} {
		if bytes.Contains(rest[:last+1], []byte(strings.ReplaceAll(other, `"`, q.closer))) {
			return false
		}
	}
	q.end = p.pos + 1 + last
	p.mended = true
	if q.opener == '\'' {
		return true // in double quotes, which are a finding of their own, it needs no escape
	}
	var edits []Edit
	for i := q.inside; i < q.end; i++ {
		switch p.data[i] {
		case '\\':
			i++
		case '"':
			edits = append(edits, edit(i, i, `\`))
		}
	}
	at := p.report(ruleQuotes, p.pos, `\"`, `a double quote inside a text ends the text; write \"`)
	// Quotes inside of a text come in pairs; a single one may be a slip of the finger.
	p.offer(at, Fix{Title: `write \" inside the text`, Safe: len(edits)%2 == 0, Edits: edits})
	return true
}

// joinedLine says whether the backslash at p.pos stands before a line break in
// a text that goes on behind it.
func (p *parser) joinedLine(q quoted) bool {
	if p.pos+1 >= len(p.data) || p.data[p.pos+1] != '\n' && p.data[p.pos+1] != '\r' {
		return false
	}
	p.pos++
	defer func() { p.pos-- }()
	return p.goesOn(q)
}

// skipLineBreak reads what stands before a line break, reports both and offers
// to join the lines.
func (p *parser) skipLineBreak(before int) {
	end := p.pos + before + 1
	if p.data[end-1] == '\r' && end < len(p.data) && p.data[end] == '\n' {
		end++
	}
	at := p.report(ruleControlChar, p.pos, "a text on one line", "a text goes on in the next line behind a backslash, which is not JSON; join the lines")
	p.offer(at, safeFix("join the lines", edit(p.pos, end, "")))
	p.pos = end
}

// lineBreak reads a line break inside a text that goes on behind it.
func (p *parser) lineBreak(q quoted) {
	end := p.pos + 1
	if p.data[p.pos] == '\r' && end < len(p.data) && p.data[end] == '\n' {
		end++
	}
	if q.opener == '"' {
		indented := end + len(p.data[end:]) - len(bytes.TrimLeft(p.data[end:], " \t"))
		at := p.report(ruleControlChar, p.pos, `\n`, `a raw line break inside a text is not JSON; write \n`)
		p.offer(at, safeFix(`write \n`, edit(p.pos, end, `\n`)), riskyFix("write a space", edit(p.pos, indented, " ")))
	}
	p.pos = end
}

// goesOn says whether a text goes on behind the line break at p.pos: a closing
// quote follows, with the end of a member behind it, before a line that starts
// as a line of JSON does.
func (p *parser) goesOn(q quoted) bool {
	rest := p.data[p.pos:min(len(p.data), p.pos+maxLook)]
	if q.opener == '`' {
		return bytes.IndexByte(rest, '`') >= 0
	}
	if q.opener != '"' || p.inKey || q.end >= 0 {
		return false
	}
	for n := 0; n < 20; n++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
		line, _, _ := bytes.Cut(rest, []byte{'\n'})
		line = bytes.Trim(line, " \t\r")
		if len(line) == 0 {
			continue
		}
		if bytes.IndexByte([]byte(`"'{}[],`), line[0]) >= 0 && !bytes.HasSuffix(line, []byte(`",`)) || len(line) > 1 && line[0] == '"' {
			return len(line) <= 2 && line[0] == '"'
		}
		for j := 0; j < len(line); j++ {
			switch line[j] {
			case '\\':
				j++
			case '"':
				after := bytes.TrimLeft(line[j+1:], " \t")
				return len(after) == 0 || bytes.IndexByte([]byte(",}]"), after[0]) >= 0
			}
		}
	}
	return false
}

// controlChar reads the raw control character at p.pos. Of several in one text
// the first is the finding.
func (p *parser) controlChar(q *quoted, c byte) {
	escape := controlEscape(c)
	remedy := "write " + escape
	if c == 0 { // its escape would be no better: see nulIssues
		remedy, escape = "remove it", ""
	}
	if len(q.controls) == 0 {
		q.control = p.report(ruleControlChar, p.pos, "an escape", "a raw %s inside a text is not JSON; %s", controlName(c), remedy)
	}
	if len(q.controls) < maxLook {
		q.controls = append(q.controls, edit(p.pos, p.pos+1, escape))
	}
	p.pos++
}

// tellControls offers to mend the control characters of a text that was read.
func (p *parser) tellControls(q quoted) {
	n := len(q.controls)
	if n == 0 || q.control < 0 || n == maxLook {
		return
	}
	title := "write " + q.controls[0].New
	if q.controls[0].New == "" {
		title = "remove it"
	}
	if n > 1 {
		p.issues[q.control].message += fmt.Sprintf(", as at all %d places in this text", n)
		title = "write escapes"
	}
	p.offer(q.control, safeFix(title, q.controls...))
}

// unclosedString ends a text at the end of its line; a comma there is taken
// for the separator that it most likely is.
func (p *parser) unclosedString(q quoted, from int, text *strings.Builder) string {
	p.tellControls(q)
	from = min(max(from, q.inside), p.pos)
	end := q.inside + len(bytes.TrimRight(p.data[q.inside:p.pos], " \t,"))
	if m := keyAndColon().FindSubmatch(p.data[q.inside:end]); p.inKey && m != nil {
		end = q.inside + len(m[1])
	}
	for len(p.open) > 0 && end > q.inside && p.data[end-1] == p.open[len(p.open)-1].char+2 && bytes.IndexByte(p.data[p.open[len(p.open)-1].offset:q.start], '\n') < 0 {
		end = q.inside + len(bytes.TrimRight(p.data[q.inside:end-1], " \t")) // the bracket of the same line is not text
		break
	}
	if r, size := utf8.DecodeLastRune(p.data[q.inside:end]); q.opener == '"' && strings.ContainsRune(typographic, r) && size > 1 {
		end -= size
		at := p.report(ruleQuotes, end, "straight double quotes", `text ends with a %c quote; JSON takes straight double quotes only: "…"`, r)
		p.offer(at, safeFix("write a straight quote", edit(end, end+size, `"`)))
		p.pos = end + size
		p.mended = true
		text.Write(p.data[min(from, end):end])
		return text.String()
	}
	at := p.report(ruleUnclosed, q.start, "a closing quote", "the text that starts here is not closed on its line; add the closing quote")
	// Behind \" the text may have ended already, and one that holds no letter may be no text at all.
	sure := p.pos < len(p.data) && !bytes.HasSuffix(p.data[q.inside:end], []byte(`\"`)) && (end == q.inside || bytes.ContainsFunc(p.data[q.inside:end], isWordRune))
	fix := Fix{Title: "add the closing quote", Safe: sure, Edits: []Edit{edit(end, end, q.closer)}}
	if q.opener != '"' {
		fix.Edits = []Edit{edit(q.start, end, requoted(string(p.data[q.inside:end]), q.opener))}
	}
	p.offer(at, fix)
	p.endsWithLine(fix.Safe)
	text.Write(p.data[min(from, end):end])
	p.pos = end
	return text.String()
}
