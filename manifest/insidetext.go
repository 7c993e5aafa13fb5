package manifest

import "unicode/utf8"

// insideText returns the offset in the file of the i-th byte of a text's
// decoded form. A byte of a character that the file writes as an escape is at
// the start of that escape; behind the last byte is the closing quote.
func (d *Document) insideText(n *node, i int) int { return d.insideTexts(n, i)[0] }

// insideTexts is insideText of several bytes, in their order.
func (d *Document) insideTexts(n *node, list ...int) []int {
	opener, quote := utf8.DecodeRune(d.data[n.start:])
	if quotePairs[opener] == "" {
		quote = 0
	}
	p := parser{data: d.data[:n.end], pos: n.start + quote, stopped: true} // it reads again what was read once, so it has nothing to report
	at, end := 0, n.end
	if closer, size := utf8.DecodeLastRune(d.data[n.start:n.end]); quotePairs[closer] != "" {
		end -= size
	}
	offsets := make([]int, 0, len(list))
	for _, i := range list {
		for p.pos < end && at < i {
			from, before := p.pos, at
			if d.data[from] == '\\' {
				at += len(p.parseEscape(&quoted{opener: opener}))
			} else {
				p.pos++
				at++
			}
			if at > i { // inside what an escape stands for
				p.pos, at = from, before
				break
			}
		}
		offsets = append(offsets, p.pos)
	}
	return offsets
}
