package manifest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ApplyEdits returns data with the edits made, whose offsets are those of data
// and whose File is ignored. The error says that an edit lies outside of data
// or overlaps another; data is never written to.
func ApplyEdits(data []byte, edits []Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	out := make([]byte, 0, len(data))
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(data) {
			return nil, fmt.Errorf("the edit of the bytes %d to %d overlaps another or lies outside", e.Start, e.End)
		}
		out = append(append(out, data[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, data[at:]...), nil
}

// byFile groups edits by the file they change.
func byFile(edits []Edit) map[string][]Edit {
	groups := map[string][]Edit{}
	for _, e := range edits {
		groups[e.File] = append(groups[e.File], e)
	}
	return groups
}

// edit replaces bytes of the manifest.
func edit(start, end int, text string) Edit {
	return Edit{File: FileName, Start: start, End: end, New: text}
}

// safeFix is a repair that --fix makes without asking: there is one sensible
// reading of what stands there, and nothing the author wrote is lost.
func safeFix(title string, edits ...Edit) Fix { return Fix{Title: title, Safe: true, Edits: edits} }

// riskyFix is a repair that removes what the author wrote, or that is a guess
// among several: it is made only where somebody chooses it.
func riskyFix(title string, edits ...Edit) Fix { return Fix{Title: title, Edits: edits} }

// replace writes a JSON value in place of n.
func replace(n *node, value any) Edit { return edit(n.start, n.end, jsonText(value)) }

// rename writes another key.
func (m *member) rename(key string) Edit { return edit(m.keyStart, m.keyEnd, jsonText(key)) }

// removeMember takes the i-th member out of an object, with the comma that
// parted it from its neighbour.
func removeMember(n *node, i int) Edit {
	m := n.members[i]
	switch {
	case i > 0: // with what is before it, so that the next one keeps its own line
		return edit(n.members[i-1].value.end, m.value.end, "")
	case len(n.members) > 1:
		return edit(m.keyStart, n.members[1].keyStart, "")
	}
	return edit(n.start+1, n.end-1, "")
}

// removeKey takes the last member of a key out of an object that has it.
func removeKey(n *node, key string) Edit {
	for i := len(n.members) - 1; i > 0; i-- {
		if n.members[i].key == key {
			return removeMember(n, i)
		}
	}
	return removeMember(n, 0)
}

// removeItem takes the i-th item out of a list, with the comma that parted it
// from its neighbour.
func removeItem(n *node, i int) Edit {
	switch {
	case i > 0:
		return edit(n.items[i-1].end, n.items[i].end, "")
	case len(n.items) > 1:
		return edit(n.items[0].start, n.items[1].start, "")
	}
	return edit(n.start+1, n.end-1, "")
}

// insertMember adds a member to the object n at pointer, where the documented
// order of keys has it, and written as its neighbours are: in one line with
// them, or on a line of its own with their indentation and line ending.
func (d *Document) insertMember(n *node, pointer, key string, value any) Edit {
	if len(n.members) == 0 {
		eol, outer := d.eol(), d.indentAt(n.start)
		inner := outer + d.indentUnit()
		return edit(n.start+1, n.end-1, eol+inner+jsonText(key)+": "+d.jsonBlock(value, inner)+eol+outer)
	}
	after := -1
	if order := documentedKeys(pointer); slices.Contains(order, key) {
		order = order[:slices.Index(order, key)]
		for i, m := range n.members {
			if slices.Contains(order, m.key) {
				after = i
			}
		}
	} else {
		after = len(n.members) - 1
	}
	beside := n.members[max(after, 0)]
	gap, indent := " ", d.indentAt(beside.keyStart)
	if own := d.data[d.lines[d.line(beside.keyStart)-1]:beside.keyStart]; len(bytes.TrimSpace(own)) == 0 {
		gap = d.eol() + indent
	}
	text := jsonText(key) + ": " + d.jsonBlock(value, indent)
	if after < 0 {
		return edit(beside.keyStart, beside.keyStart, text+","+gap)
	}
	return edit(beside.value.end, beside.value.end, ","+gap+text)
}

// documentedKeys returns the keys of the object at pointer in the documented order.
func documentedKeys(pointer string) []string {
	pattern := patternOf(pointer) + "/"
	var keys []string
	for _, f := range fields {
		if key, below := strings.CutPrefix(f.pattern, pattern); below && key != "" && !strings.Contains(key, "/") {
			keys = append(keys, key)
		}
	}
	return keys
}

// eol returns the line ending that the file uses.
func (d *Document) eol() string {
	if i := bytes.IndexByte(d.data, '\n'); i > 0 && d.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// indentAt returns the white space that the line of an offset starts with.
func (d *Document) indentAt(offset int) string {
	rest := d.data[min(d.lines[d.line(offset)-1], offset):]
	return string(rest[:len(rest)-len(bytes.TrimLeft(rest, " \t"))])
}

// indentUnit returns what one level of nesting is indented by.
func (d *Document) indentUnit() string {
	if d.root != nil && len(d.root.members) > 0 {
		if unit := d.indentAt(d.root.members[0].keyStart); unit != "" {
			return unit
		}
	}
	return "  "
}

// jsonText is a value as JSON on one line, with a space behind commas and colons.
func jsonText(v any) string {
	switch v := v.(type) {
	case json.RawMessage:
		return string(v)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = jsonText(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case keyed:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = jsonText(m.key) + ": " + jsonText(m.value)
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // only strings, numbers and the like come here
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// keyed is an object with its keys in order, to be written.
type keyed []keyedValue

type keyedValue struct {
	key   string
	value any
}

// jsonBlock is a value as JSON: an object with a line for each of its members,
// indented below indent.
func (d *Document) jsonBlock(v any, indent string) string {
	object, ok := v.(keyed)
	if !ok {
		return jsonText(v)
	}
	eol, inner := d.eol(), indent+d.indentUnit()
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range object {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(eol + inner + jsonText(m.key) + ": " + d.jsonBlock(m.value, inner))
	}
	b.WriteString(eol + indent + "}")
	return b.String()
}
