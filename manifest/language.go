package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// windows1252 are the characters of the bytes 0x80 to 0x9F; those that stand
// for none are 0.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// checkEncoding deals with the byte order mark and with what is not UTF-8. It
// is false when the file cannot be read as text at all.
func (p *parser) checkEncoding() bool {
	if big, ok := isUTF32(p.data); ok {
		at := p.report(ruleEncoding, 0, "UTF-8", "manifest.json is written in UTF-32; save it as UTF-8")
		if text, ok := fromUTF32(p.data, big); ok {
			p.offer(at, safeFix("write the file in UTF-8", edit(0, len(p.data), text)))
		}
		p.stop()
		return false
	}
	if big, ok := isUTF16(p.data); ok {
		at := p.report(ruleEncoding, 0, "UTF-8", "manifest.json is written in UTF-16; save it as UTF-8")
		if text, ok := fromUTF16(p.data, big); ok {
			p.offer(at, safeFix("write the file in UTF-8", edit(0, len(p.data), text)))
		}
		p.stop()
		return false
	}
	if bytes.HasPrefix(p.data, byteOrderMark) {
		at := p.report(ruleBOM, 0, "UTF-8 without a byte order mark", "the file starts with a byte order mark, which is not JSON; save it as UTF-8 without BOM")
		p.offer(at, safeFix("remove the byte order mark", edit(0, len(byteOrderMark), "")))
		p.pos = len(byteOrderMark)
	}
	if i := firstInvalid(p.data); i >= 0 {
		at := p.report(ruleEncoding, i, "UTF-8", "byte 0x%02X is not UTF-8; save the file as UTF-8", p.data[i])
		p.offer(at, fromWindows(p.data, i))
	}
	return true
}

// isUTF16 says whether data is UTF-16, and whether the high byte comes first.
func isUTF16(data []byte) (big, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return false, true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return true, true
	}
	return len(data) >= 2 && data[0] == 0, len(data) >= 2 && (data[0] == 0) != (data[1] == 0)
}

// fromUTF16 returns UTF-16 as UTF-8, without a byte order mark; false when it
// is broken, or large.
func fromUTF16(data []byte, big bool) (string, bool) {
	if len(data)%2 != 0 || len(data) > 2*maxFixText {
		return "", false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		low, high := uint16(data[2*i]), uint16(data[2*i+1])
		if big {
			low, high = high, low
		}
		units[i] = high<<8 | low
	}
	if len(units) > 0 && units[0] == 0xfeff {
		units = units[1:]
	}
	runes := utf16.Decode(units)
	return string(runes), !slices.Contains(runes, utf8.RuneError)
}

// fromWindows is a fix that reads every byte that is not UTF-8 as Windows-1252,
// from the first at from on. It is a guess: nothing says what the bytes are.
func fromWindows(data []byte, from int) Fix {
	var edits []Edit
	var text []byte // of the last edit
	var first rune
	for i := from; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r != utf8.RuneError || size > 1 {
			i += size
			continue
		}
		if r = rune(data[i]); r < 0xa0 {
			r = windows1252[r-0x80]
		}
		if r == 0 || len(edits) > maxFindings || len(text) > maxFixText {
			return Fix{}
		}
		if first == 0 {
			first = r
		}
		if n := len(edits); n > 0 && edits[n-1].End == i {
			edits[n-1].End = i + 1
		} else {
			if n > 0 {
				edits[n-1].New = string(text)
			}
			edits, text = append(edits, edit(i, i+1, "")), text[:0]
		}
		text = utf8.AppendRune(text, r)
		i++
	}
	edits[len(edits)-1].New = string(text)
	return riskyFix(fmt.Sprintf("read the bytes as Windows-1252: write %s", printable(first)), edits...)
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

// How files of other languages start.
var (
	jsStart   = onDemand(`^(?:module\.exports|exports\.[\w$]+|(?:export +)?(?:const|let|var) +[\w$]+)(?: *: *[\w.<>, ]+)? *= *|^export +default +|^return +`)
	tomlStart = onDemand(`^(?:\[\[?[A-Za-z_][\w.-]*\]\]?[ \t]*(?:#.*)?\r?\n|(?:[A-Za-z_][\w.-]*|"[\w.-]+"|'[\w.-]+')[ \t]*=[ \t]*[^>\s])`)
	yamlStart = onDemand(`^(?:---[ \t]*\r?\n|%YAML|- +\w|(?:[A-Za-z_$][\w-]*|"[\w$-]+"|'[\w$-]+'):(?:[ \t]*\r?\n|[ \t]+[^,{\[\n]*[^,{\[\s][ \t]*\r?\n))`)
	markup    = onDemand(`^<(?:[A-Za-z!?])`)
	fence     = onDemand("^```[\\w]*[ \\t]*\\r?\\n")
)

// otherLanguage says in one finding that the file is not meant for JSON. It is
// false when it is.
func (p *parser) otherLanguage() bool {
	start := p.languageStart()
	if start < len(p.data) && p.data[start] == '{' { // as nearly every file starts, and none of the others
		return false
	}
	head := p.data[start:min(len(p.data), start+maxLook)]
	say := func(what, remedy string) int {
		at := p.report(ruleSyntax, start, "a JSON object", "manifest.json is %s, the Controller reads JSON only; %s", what, remedy)
		p.stop()
		return at
	}
	switch {
	case fence().Match(head):
		at := say("wrapped in a code fence of Markdown", "remove the lines with ```")
		end := len(bytes.TrimRight(p.data, " \t\r\n"))
		open := edit(start, start+len(fence().Find(head)), "")
		if body := p.data[open.End:end]; bytes.HasSuffix(body, []byte("\n```")) {
			p.offer(at, safeFix("remove the code fence", open, edit(end-3, len(p.data), "")))
		}
		p.offer(at, safeFix("remove the code fence", open))
	case jsStart().Match(head):
		at := say("a JavaScript module", "keep its object alone, as JSON")
		if text, ok := fromJS(p.data[start+len(jsStart().Find(head)):]); ok && !p.trial {
			p.offer(at, riskyFix("write the object alone, as JSON", edit(p.pos, len(p.data), text)))
		}
	case markup().Match(head):
		say("a page of HTML or XML", "write a JSON object")
	case tomlStart().Match(head) && !json.Valid(p.data[start:]): // [null] would be both
		say("written in TOML", `write it as a JSON object: { "name": …, "version": … }`)
	case yamlStart().Match(head):
		say("written in YAML", `write it as a JSON object: { "name": …, "version": … }`)
	default:
		return false
	}
	return true
}

// languageStart returns where the text starts, behind white space and comments.
func (p *parser) languageStart() int {
	at := p.pos
	for range 100 {
		at += len(p.data[at:]) - len(bytes.TrimLeft(p.data[at:], " \t\r\n"))
		rest := p.data[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("#")) || bytes.HasPrefix(rest, []byte("//")):
			n := bytes.IndexByte(rest, '\n')
			if n < 0 {
				return at
			}
			at += n
		case bytes.HasPrefix(rest, []byte("/*")):
			n := bytes.Index(rest, []byte("*/"))
			if n < 0 {
				return at
			}
			at += n + 2
		default:
			return at
		}
	}
	return at
}

// fromJS returns the object that a JavaScript module exports, as JSON and with
// the author's formatting; false when it holds more than values.
func fromJS(data []byte) (string, bool) {
	if len(data) > maxFixText {
		return "", false
	}
	text := string(bytes.TrimSuffix(bytes.TrimRight(data, " \t\r\n"), []byte(";")))
	ending := string(data[len(bytes.TrimRight(data, " \t\r\n")):])
	for range 10 {
		p := &parser{data: []byte(text + ending)}
		p.parseFile()
		if len(p.issues) == 0 {
			return text + ending, true
		}
		var edits []Edit
		for _, i := range p.issues {
			if len(i.fixes) > 0 && (i.fixes[0].Safe || i.rule == ruleComment) {
				edits = append(edits, apart(edits, i.fixes[0].Edits)...)
			}
		}
		after, err := ApplyEdits(p.data, edits)
		if err != nil || len(edits) == 0 {
			return "", false
		}
		text, ending = string(after), ""
	}
	return "", false
}

// apart returns the edits when none of them meets one of the others.
func apart(others, edits []Edit) []Edit {
	for _, e := range edits {
		for _, o := range others {
			if e.File == o.File && e.Start <= o.End && o.Start <= e.End {
				return nil
			}
		}
	}
	return edits
}

// atMember says whether a key and a colon stand at p.pos.
func (p *parser) atMember() bool {
	line := p.data[p.pos:p.lineEnd(p.pos)]
	n := bareKey(line)
	if len(line) > 0 && line[0] == '"' {
		if n = 1 + bytes.IndexByte(line[1:], '"'); n == 0 {
			return false
		}
		n++
	}
	return n > 0 && bytes.HasPrefix(bytes.TrimLeft(line[n:], " \t"), []byte(":"))
}

// conflict reads the mark of a merge conflict at p.pos: the lines of the first
// side count, the others are skipped. It is false when there is no such mark.
func (p *parser) conflict() bool {
	if p.pos > 0 && p.data[p.pos-1] != '\n' {
		return false
	}
	mark := p.data[p.pos]
	if !p.marked(p.pos, mark) {
		return false
	}
	end := p.lineAfter(p.pos)
	if mark != '<' {
		if p.pos == p.side[0] && p.pos < p.side[1] { // the end of the side that counts
			p.pos = p.side[1]
			return true
		}
		at := p.report(ruleSyntax, p.pos, "no mark of a merge", "the mark of a merge conflict stands here; keep one side and remove the marks")
		p.offer(at, riskyFix("remove the line", edit(p.pos, end, "")))
		if mark == '>' {
			p.pos = end
			return true
		}
		p.pos = p.lineAfter(p.findMark(p.pos, '>'))
		return true
	}
	at := p.report(ruleSyntax, p.pos, "one side of the merge", "a merge conflict starts here that nobody resolved; keep one side and remove the marks")
	p.damaged = true
	middle := p.findMark(end-1, '=')
	last := p.findMark(middle, '>')
	if last == len(p.data) {
		p.pos = end
		return true
	}
	ours := min(middle, p.findMark(end-1, '|'))
	p.offer(at,
		riskyFix("keep the first side", edit(p.pos, end, ""), edit(ours, p.lineAfter(last), "")),
		riskyFix("keep the second side", edit(p.pos, p.lineAfter(middle), ""), edit(last, p.lineAfter(last), "")),
	)
	p.side = [2]int{ours, p.lineAfter(last)}
	p.pos = end
	return true
}

// marked says whether a line starts at pos with seven of a mark.
func (p *parser) marked(pos int, mark byte) bool {
	if !bytes.HasPrefix(p.data[pos:], bytes.Repeat([]byte{mark}, 7)) {
		return false
	}
	rest := p.data[pos+7:]
	return len(rest) == 0 || rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\r'
}

// lineAfter returns the offset of the line behind pos's.
func (p *parser) lineAfter(pos int) int {
	if i := bytes.IndexByte(p.data[pos:], '\n'); i >= 0 {
		return pos + i + 1
	}
	return len(p.data)
}

// findMark returns the offset of the next line with a mark, or the length of
// the file.
func (p *parser) findMark(pos int, mark byte) int {
	for !p.noMark[mark] && pos < len(p.data) {
		i := bytes.Index(p.data[pos:], append([]byte{'\n'}, bytes.Repeat([]byte{mark}, 7)...))
		if i < 0 {
			p.noMark[mark] = true
			break
		}
		if pos += i + 1; p.marked(pos, mark) {
			return pos
		}
	}
	return len(p.data)
}
