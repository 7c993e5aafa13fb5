package manifest

import (
	"bytes"
	"fmt"
	"slices"
)

// maxTrialSize is the largest file of which several readings are tried to tell
// what a wrong bracket was to be, in bytes.
const maxTrialSize = 64 << 10

// suspect is a place that stands as far left as the bracket around it: when
// brackets are missing at the end of the file, one is missing there.
type suspect struct {
	opened openBracket
	offset int
	here   string
	edit   Edit
	closer byte
}

// suspectAt notes p.pos when the next item of n stands no further right than
// the line that n starts on.
func (p *parser) suspectAt(n *node, closer byte) {
	opened := p.open[len(p.open)-1]
	if p.trial || len(p.suspects) >= 8 || n.start+1 == p.lastEnd(n) || !p.firstOnLine(p.pos) || p.indentOf(p.pos) > opened.indent {
		return
	}
	for _, s := range p.suspects {
		if s.opened.offset == opened.offset {
			return
		}
	}
	p.suspects = append(p.suspects, suspect{opened, p.pos, p.here(), p.closing(n, closer, p.pos), closer})
}

// endOfFile deals with the end of the file where closer is expected.
func (p *parser) endOfFile(n *node, closer byte) {
	if p.depth > 0 { // told of already
		return
	}
	p.depth = len(p.open)
	opened := p.open[len(p.open)-1]
	if s, ok := p.culprit(); ok {
		p.issues = slices.DeleteFunc(p.issues, func(i issue) bool { return i.rule == ruleMissingComma && i.offset == s.edit.Start })
		at := p.report(ruleUnclosed, s.offset, string(s.closer), "a %c is missing before %s: the %c of line %d is not closed; add %c", s.closer, s.here, s.opened.char, p.line(s.opened.offset), s.closer)
		p.offer(at, safeFix(fmt.Sprintf("add %c", s.closer), s.edit))
		p.guess()
		return
	}
	end := len(bytes.TrimRight(p.data, " \t\r\n"))
	message := fmt.Sprintf("the file ends here, but the %c of line %d is never closed; add %c", opened.char, p.line(opened.offset), closer)
	if len(p.open) > 1 {
		message = fmt.Sprintf("the file ends in the middle: the %c of line %d and %d more are never closed; add what is missing", opened.char, p.line(opened.offset), len(p.open)-1)
	}
	at := p.report(ruleUnclosed, end, string(closer), "%s", message)
	closers := p.closers()
	start := end
	if end > 0 && p.data[end-1] == ',' {
		start--
	}
	whole := p.lastEnd(n)
	switch {
	case len(p.open) == 1:
		p.offer(at, Fix{Title: "add " + string(closer), Safe: start == end && !p.damaged && !p.mended, Edits: []Edit{edit(start, end, closers)}})
	default:
		p.offer(at, riskyFix("close what is open", edit(start, end, closers)))
	}
	if whole < start {
		p.offer(at, riskyFix("remove the unfinished end and close what is open", edit(whole, end, closers)))
	}
	p.guess()
}

// culprit returns the first suspect whose closing mends the end of the file.
func (p *parser) culprit() (suspect, bool) {
	if p.trial || len(p.data) > maxTrialSize {
		return suspect{}, false
	}
	for _, s := range p.suspects {
		if q := p.try(s.edit); q != nil && q.depth < p.depth && len(q.issues) <= len(p.issues)+1 {
			return s, true
		}
	}
	return suspect{}, false
}

// try reads the file with an edit made.
func (p *parser) try(e Edit) *parser {
	data, err := ApplyEdits(p.data, []Edit{e})
	if err != nil {
		return nil
	}
	q := &parser{data: data, trial: true}
	q.parseFile()
	return q
}

// closers returns the text that closes all that is open.
func (p *parser) closers() string {
	var b bytes.Buffer
	for i := len(p.open) - 1; i >= 0; i-- {
		o := p.open[i]
		if bytes.IndexByte(p.data[o.offset:], '\n') >= 0 {
			b.WriteString(p.eol())
			if o.indent >= 0 {
				b.WriteString(p.indentText(o.offset))
			}
		}
		b.WriteByte(o.char + 2) // { and }, [ and ] are two apart
	}
	return b.String()
}

// closing adds the closer of n behind its last item, on a line of its own when
// n has several lines; and a comma when next follows without one.
func (p *parser) closing(n *node, closer byte, next int) Edit {
	at := p.lastEnd(n)
	text := string(closer)
	if bytes.IndexByte(p.data[n.start:at], '\n') >= 0 {
		text = p.eol() + p.indentText(n.start) + text
	}
	if next > at && bytes.IndexByte(p.data[at:next], ',') < 0 {
		text += ","
	}
	return edit(at, at, text)
}

// wrongCloser deals with another bracket's closer where closer is expected. It
// is true when n goes on behind it.
func (p *parser) wrongCloser(n *node, found, closer byte) bool {
	const swap, add, drop = 0, 1, 2
	opened := p.open[len(p.open)-1]
	start, end := p.alone(p.pos, p.pos+1)
	fixes := []Fix{
		riskyFix(fmt.Sprintf("write %c", closer), edit(p.pos, p.pos+1, string(closer))),
		riskyFix(fmt.Sprintf("add %c", closer), p.closing(n, closer, -1)),
		riskyFix(fmt.Sprintf("remove %c", found), edit(start, end, "")),
	}
	reading, sure := p.best(fixes)
	if reading < 0 {
		reading = swap
		if slices.ContainsFunc(p.open, func(o openBracket) bool { return o.char+2 == found }) {
			reading = add // it closes a list further out
		}
	}
	fixes[reading].Safe = sure
	message := "%[1]c stands where %[2]c is expected: it would close the %[3]c of line %[4]d; write %[2]c"
	switch reading {
	case add:
		message = "%[1]c stands where %[2]c is expected: the %[3]c of line %[4]d is not closed; add %[2]c"
	case drop:
		message = "%[1]c closes nothing here: the %[3]c of line %[4]d is still open; remove this %[1]c"
	}
	at := p.report(ruleUnclosed, p.pos, string(closer), message, found, closer, opened.char, p.line(opened.offset))
	p.offer(at, fixes[reading])
	p.offer(at, slices.Delete(fixes, reading, reading+1)...)
	p.guess()
	if reading != add {
		p.pos++
	}
	return reading == drop
}

// best returns which of the fixes leaves the least to be said, and whether no
// other does as well; -1 when that is not tried.
func (p *parser) best(fixes []Fix) (int, bool) {
	if p.trial || len(p.data) > maxTrialSize {
		return -1, false
	}
	best, least, sure := -1, 0, false
	for i, fix := range fixes {
		q := p.try(fix.Edits[0])
		if q == nil {
			continue
		}
		bad := len(q.issues)
		if q.unread > 0 {
			bad += maxSyntaxIssues
		}
		if best < 0 || bad < least {
			best, least, sure = i, bad, true
		} else if bad == least {
			sure = false
		}
	}
	return best, sure
}

// keyInArray says whether the colon at p.pos shows that the array n was to end
// before its last item, which is a key of the object around it. If so it takes
// that item back.
func (p *parser) keyInArray(n *node) bool {
	if n.kind == kindArray && len(n.items) == 1 && n.items[0].kind == kindString {
		p.objectInBrackets(n)
		return true
	}
	if n.kind != kindArray || len(n.items) < 2 || len(p.open) < 2 || p.open[len(p.open)-2].char != '{' {
		return false
	}
	key := n.items[len(n.items)-1]
	if key.kind != kindString {
		return false
	}
	n.items = n.items[:len(n.items)-1]
	p.endsBefore(n, ']', key.start, quoteShort(key.text))
	return true
}

// objectInBrackets reads a list again that starts with a key: as the object
// that it is.
func (p *parser) objectInBrackets(n *node) {
	at := p.report(ruleSyntax, n.start, "{", "this [ starts a list, but keys follow; write {, and } at its end")
	p.offer(at, safeFix("write {", edit(n.start, n.start+1, "{")))
	p.guess()
	p.open[len(p.open)-1].char = '{'
	p.pos = n.start + 1
	n.kind, n.items = kindObject, nil
	p.parseList(n, '}', p.parseMember)
}

// objectInObject says whether the { at p.pos shows that the object n, an item
// of a list, was to end before it.
func (p *parser) objectInObject(n *node) bool {
	if n.kind != kindObject || len(n.members) == 0 || len(p.open) < 2 || p.open[len(p.open)-2].char != '[' {
		return false
	}
	p.endsBefore(n, '}', p.pos, "{")
	return true
}

// lostOpener says whether the opening bracket before the last value of the
// object n was lost: what follows at p.pos would fit if it were there. If so it
// reads that value again, as the list or object that it is.
func (p *parser) lostOpener(n *node, opener byte) bool {
	if n.kind != kindObject || len(n.members) == 0 {
		return false
	}
	m := n.members[len(n.members)-1]
	at := m.value.start
	add := edit(at, at, string(opener))
	if opener == '{' {
		if m.value.kind != kindString {
			return false
		}
		if between := p.data[m.keyEnd:at]; bytes.IndexByte(between, '\n') >= 0 { // as on the line of the key
			colon := m.keyEnd + bytes.IndexByte(between, ':') + 1
			add = edit(colon, colon, " {")
		}
	} else if m.value.kind != kindObject {
		return false
	}
	q := p.tryShort(add)
	if q == nil || q.unread > 0 || len(q.issues) > len(p.issues) {
		return false
	}
	told := p.report(ruleUnclosed, at, string(opener), "the %c that the value of %s starts with is missing; add it", opener, quoteShort(m.key))
	p.offer(told, safeFix(fmt.Sprintf("add %c", opener), add))
	p.guess()
	p.pos = at
	p.open = append(p.open, openBracket{opener, at, p.indentOf(at)})
	m.value = &node{start: at}
	p.parseItems(m.value, opener)
	n.members[len(n.members)-1] = m
	return true
}

// endsBefore says that n lacks its closer before the item at next, and goes
// back behind the item before that.
func (p *parser) endsBefore(n *node, closer byte, next int, here string) {
	end := p.lastEnd(n)
	p.issues = slices.DeleteFunc(p.issues, func(i issue) bool { return i.rule == ruleMissingComma && i.offset == end })
	at := p.report(ruleUnclosed, next, string(closer), "a %c is missing before %s: the %c of line %d is not closed; add %c", closer, here, closer-2, p.line(n.start), closer)
	p.offer(at, safeFix(fmt.Sprintf("add %c", closer), p.closing(n, closer, next)))
	p.guess()
	p.noComma, p.pos = end, end
}

// trailing says what stands behind the end of the manifest.
func (p *parser) trailing(root *node) {
	rest := bytes.TrimRight(p.data[p.pos:], " \t\r\n")
	end := p.pos + len(rest)
	remove := edit(root.end, end, "")
	if len(bytes.Trim(rest, ",;}] \t\r\n\x00\x1a")) == 0 {
		at := p.report(ruleTrailing, p.pos, "the end of the file", "%s stands behind the end of the manifest; remove it", p.here())
		p.offer(at, safeFix("remove what is behind the end", remove))
		return
	}
	shorter := edit(root.end-1, root.end, "")
	if before := bytes.TrimRight(p.data[:root.end-1], " \t\r\n"); bytes.HasSuffix(before, []byte("}")) {
		shorter.Start = len(before) // of two braces, the one before is as good
	}
	if q := p.tryShort(shorter); root.kind == kindObject && q != nil && q.unread == 0 && len(q.issues) <= len(p.issues) {
		at := p.report(ruleTrailing, root.end-1, "a } at the end alone", "this } ends the manifest, but more of it follows; there is one } too many, here or above")
		p.offer(at, riskyFix("remove this }", shorter), riskyFix("remove what is behind the end", remove))
		p.damaged = true
		return
	}
	if rest[0] != '{' {
		at := p.report(ruleTrailing, p.pos, "the end of the file", "%s stands behind the end of the manifest; remove it", p.here())
		p.offer(at, riskyFix("remove what is behind the end", remove))
		return
	}
	at := p.report(ruleTrailing, p.pos, "the end of the file", "a second { stands behind the end of the manifest, the file takes one object; remove one of the two")
	p.offer(at, riskyFix("remove what is behind the end", remove), riskyFix("keep what is behind the end alone", edit(root.start, p.pos, "")))
}

// tryShort is try for files that are small enough.
func (p *parser) tryShort(e Edit) *parser {
	if p.trial || len(p.data) > maxTrialSize {
		return nil
	}
	return p.try(e)
}
