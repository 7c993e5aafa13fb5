package manifest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseWord reads true, false, null and what people write for them, and text
// without quotes.
func (p *parser) parseWord() *node {
	start := p.pos
	end := p.bareText()
	w := string(p.data[start:end])
	p.pos = end
	n := &node{kind: kindString, start: start, end: end, text: w}
	lower := strings.ToLower(w)
	var how = safeFix
	switch lower {
	case "true", "false":
		n.kind, n.text = kindBool, lower
	case "null", "none", "nil", "undefined":
		if n.kind = kindNull; lower == "undefined" {
			how = riskyFix
		}
		lower = "null"
	case "nan", "inf", "infinity":
		p.report(ruleLiteral, start, "a number", "%s is not a value of JSON; write a number", w)
		p.takeFix(n, nil)
		return n
	default:
		p.textWithoutQuotes(n)
		return n
	}
	if w != lower {
		at := p.report(ruleLiteral, start, lower, "%s is not a value of JSON; write %s", w, lower)
		p.offer(at, how("write "+lower, edit(start, end, lower)))
		n.unknown = lower == "null" && strings.EqualFold(w, "undefined")
	}
	return n
}

// textWithoutQuotes reports the text n.
func (p *parser) textWithoutQuotes(n *node) {
	quoted := jsonText(n.text)
	at := p.report(ruleUnquoted, n.start, "text in double quotes", "%s is not in quotes; write %s", harmless(shorten(n.text, 60)), shorten(quoted, 64))
	fix := safeFix("write "+shorten(quoted, 64), edit(n.start, n.end, quoted))
	switch strings.ToLower(n.text) {
	case "yes", "on", "no", "off":
		value := strconv.FormatBool(strings.EqualFold(n.text, "yes") || strings.EqualFold(n.text, "on"))
		fix.Safe = false
		p.offer(at, fix, riskyFix("write "+value, edit(n.start, n.end, value)))
	default:
		// Text such as process.env.PORT is a program's, which quotes would keep.
		// And where no letter stands, nobody can tell that it is one.
		fix.Safe = (!strings.ContainsAny(n.text, ".()+*") || strings.ContainsAny(n.text, "/:")) && strings.ContainsFunc(n.text, isWordRune)
		p.offer(at, fix)
	}
	p.mended = true
	if !fix.Safe {
		n.forget()
	}
}

// bareText returns the end of the text without quotes at p.pos. The text holds
// at least one character.
func (p *parser) bareText() int {
	_, size := utf8.DecodeRune(p.data[p.pos:])
	rest := p.data[p.pos:min(p.lineEnd(p.pos), p.pos+longestUnopened)]
	end := len(rest)
	if i := bytes.IndexAny(rest[min(size, end):], ",]}\"{["); i >= 0 {
		end = min(size, end) + i
	}
	quote := end < len(rest) && rest[end] == '"'
	for _, mark := range []string{" //", " #", "/*", ";", "\t//", "\t#"} {
		if i := bytes.Index(rest[size:end], []byte(mark)); i >= 0 {
			end = size + i
		}
	}
	if word := wordLength(rest); quote && word > 0 { // a quote of something else follows
		end = min(end, word)
	}
	blank := func(r rune) bool { return unicode.IsSpace(r) || zeroWidth(r) }
	return p.pos + max(size, len(bytes.TrimRightFunc(rest[:end], blank)))
}

// parseUnopened reads a text whose opening quote alone is missing; nil when
// there is none at p.pos.
func (p *parser) parseUnopened() *node {
	end := p.unopenedEnd()
	if end < 0 {
		return nil
	}
	raw := string(p.data[p.pos:end])
	n := &node{kind: kindString, start: p.pos, end: end + 1}
	if json.Unmarshal([]byte(`"`+raw+`"`), &n.text) != nil {
		return nil
	}
	at := p.report(ruleUnquoted, n.start, "text in double quotes", `%s is not in quotes, its opening quote is missing; write "%s"`, harmless(shorten(raw, 60)), harmless(shorten(raw, 60)))
	p.pos, p.mended = n.end, true
	add := edit(n.start, n.start, `"`)
	switch word := strings.TrimSpace(raw); {
	case json.Valid([]byte(word)): // a number, true, false or null: the quote behind it may be one too many
		p.offer(at, riskyFix("add the opening quote", add), riskyFix("remove the quote behind it", edit(end, end+1, "")))
		n.forget()
	default:
		p.offer(at, safeFix("add the opening quote", add))
	}
	return n
}

// longestUnopened bounds how far the closing quote of a text is looked for that has no
// opening one: each word of a long line may be such a text.
const longestUnopened = 4 << 10

// unopenedEnd returns where the closing quote stands of a text at p.pos that
// has no opening one: it ends a value, and what is before it is one text. It is
// -1 when there is none.
func (p *parser) unopenedEnd() int {
	rest := p.data[p.pos:p.lineEnd(p.pos)]
	if bytes.IndexByte(rest, '"') < 0 {
		return -1 // most often, and quicker than to look at each byte
	}
	end, escaped := 0, false
	for end < len(rest) && rest[end] != '"' {
		if rest[end] == '\\' {
			escaped = true
			end++
		}
		end++
	}
	if end >= len(rest) {
		return -1
	}
	after := bytes.TrimLeft(rest[end+1:], " \t")
	if len(after) > 0 && bytes.IndexByte([]byte(",]}"), after[0]) < 0 {
		return -1
	}
	text := bytes.TrimRight(rest[:end], " \t")
	if len(text) == 0 || bytes.IndexByte([]byte(",:[{"), text[len(text)-1]) >= 0 {
		return -1 // the quote opens the next text
	}
	// Commas may part values that have no quotes at all; in a text with escapes they do not.
	if comma := bytes.IndexByte(text, ','); comma >= 0 && !escaped && (!p.inMember || bytes.IndexByte(text[comma:], ':') >= 0) {
		return -1
	}
	return p.pos + end
}
