package manifest

import (
	"bytes"
	"encoding/json"
)

// joinedPart is a plus sign and what a program would add to a text: another
// text, or what it calculates.
var joinedPart = onDemand(`^([ \t\r\n]*)\+([ \t\r\n]*)(?:("(?:[^"\\\x00-\x1f]|\\.)*")|[\w$][\w.$]*(?:\([^()"\r\n]{0,100}\))?)`)

// maxParts bounds how many texts one value joins.
const maxParts = 50

// joined is what programs write for a text, as in "a" + "b".
type joined struct {
	plus  int // offset of the first plus sign
	end   int
	parts [][2]int // of each part but the first: its bytes
	plain bool     // they are texts
	apart bool     // white space stands around the plus signs
}

// joinedAt reads what is joined with the text that ends at pos. It is false
// when nothing is.
func (p *parser) joinedAt(pos int) (joined, bool) {
	j := joined{end: pos, plain: true, apart: true}
	limit := min(len(p.data), pos+maxLook)
	for len(j.parts) < maxParts {
		m := joinedPart().FindSubmatchIndex(p.data[j.end:limit])
		if m == nil {
			break
		}
		if len(j.parts) == 0 {
			j.plus = j.end + m[3]
		}
		start, end := j.end+m[5], j.end+m[1]
		j.apart = j.apart && m[2] < m[3] && m[4] < m[5]
		j.plain = j.plain && m[6] >= 0 && json.Valid(p.data[start:end])
		j.parts = append(j.parts, [2]int{start, end})
		j.end = end
	}
	rest := bytes.TrimLeft(p.data[j.end:limit], " \t")
	return j, len(j.parts) > 0 && (len(rest) == 0 || bytes.IndexByte([]byte(",}]\r\n/#"), rest[0]) >= 0)
}

// joins says whether the quote at p.pos ends a text that a plus sign joins with
// another one.
func (p *parser) joins(q quoted) bool {
	if q.opener != '"' || p.inKey || q.end >= 0 || !p.plusBehind(p.pos+1) {
		return false
	}
	_, ok := p.joinedAt(p.pos + 1)
	return ok
}

func (p *parser) plusBehind(pos int) bool {
	return bytes.HasPrefix(bytes.TrimLeft(p.data[pos:], " \t\r\n"), []byte("+"))
}

// joinTexts reads what is joined with the text n, which was just read. Two
// texts are one text; a program's value nobody can tell.
func (p *parser) joinTexts(n *node) {
	if p.stopped || n.end-n.start < 2 || p.data[n.start] != '"' || p.data[n.end-1] != '"' || !p.plusBehind(n.end) {
		return
	}
	j, ok := p.joinedAt(n.end)
	if !ok {
		return
	}
	var join, escape []Edit
	text, behind := n.text, n.end
	for _, part := range j.parts {
		var more string
		if j.plain && json.Unmarshal(p.data[part[0]:part[1]], &more) == nil {
			text += more
		}
		join = append(join, edit(behind-1, part[0]+1, ""))
		behind = part[1]
	}
	for i := n.start + 1; i < j.end-1; i++ {
		switch p.data[i] {
		case '\\':
			i++
		case '"':
			escape = append(escape, edit(i, i, `\`))
		}
	}
	remedy := "write its value as one text"
	if j.plain {
		remedy = "write the joined text"
	}
	at := p.report(ruleSyntax, j.plus, "one text", "JSON has no + that joins texts; %s", remedy)
	if j.plain {
		p.offer(at, Fix{Title: "join the texts", Safe: j.apart, Edits: join})
	}
	if oneLine := bytes.IndexByte(p.data[n.start:j.end], '\n') < 0; oneLine && p.data[j.end-1] == '"' && !(j.plain && j.apart) {
		p.offer(at, riskyFix(`write \" inside the text`, escape...))
	}
	p.mended, p.pos = true, j.end
	n.text, n.end, n.joined = text, j.end, true
	if !j.plain || !j.apart {
		n.forget()
	}
}
