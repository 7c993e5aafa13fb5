package manifest

import (
	"bytes"
	"fmt"
	"strings"
)

// duplicateKeys finds keys that stand twice in one object, anywhere: readers
// differ in which of the two they take.
func (d *Document) duplicateKeys() []issue {
	var issues []issue
	d.root.walk(nil, func(n *node, path []string) bool {
		first := make(map[string]int, len(n.members))
		for i, m := range n.members {
			if len(issues) >= maxFindings {
				return false
			}
			earlier, twice := first[m.key]
			if !twice {
				first[m.key] = i
				continue
			}
			issues = append(issues, issue{
				rule: ruleDuplicateKey, offset: m.keyStart, pointer: pointerTo(append(path, m.key)), found: quoteShort(m.key), allowed: "each key once",
				message: fmt.Sprintf("%s is given twice, first on line %d; remove one of them", quoteShort(m.key), d.line(n.members[earlier].keyStart)),
				fixes:   d.keepOne(n, earlier, i),
			})
		}
		return true
	})
	return issues
}

// keepOne removes one of the two members of a key: the second when both say the
// same. Otherwise which one counts is a choice: most readers take the last.
func (d *Document) keepOne(n *node, first, second int) []Fix {
	if sameValue(n.members[first].value, n.members[second].value) {
		return []Fix{safeFix("remove the second of the two", d.withoutMember(n, second))}
	}
	return []Fix{
		riskyFix(fmt.Sprintf("keep the last, on line %d, as most readers do", d.line(n.members[second].keyStart)), d.withoutMember(n, first)),
		riskyFix(fmt.Sprintf("keep the first, on line %d", d.line(n.members[first].keyStart)), d.withoutMember(n, second)),
	}
}

// withoutMember is removeMember; of a member that has its lines for itself it
// takes the whole lines.
func (d *Document) withoutMember(n *node, i int) Edit {
	p := &parser{data: d.data}
	m := n.members[i]
	if comma := bytes.IndexByte(d.data[m.value.end:], ','); i+1 < len(n.members) && comma >= 0 && m.value.end+comma < n.members[i+1].keyStart {
		end := m.value.end + comma + 1
		if start, stop := p.alone(m.keyStart, end); stop > end {
			return edit(start, stop, "")
		}
	}
	return removeMember(n, i)
}

// sameValue says whether two values are equal. Of objects the order of the keys
// does not count.
func sameValue(a, b *node) bool {
	if a.kind != b.kind || a.text != b.text || len(a.items) != len(b.items) || len(a.members) != len(b.members) {
		return false
	}
	for i := range a.items {
		if !sameValue(a.items[i], b.items[i]) {
			return false
		}
	}
	values := make(map[string]*node, len(a.members))
	for _, m := range a.members {
		values[m.key] = m.value
	}
	for _, m := range b.members {
		if v := values[m.key]; v == nil || !sameValue(v, m.value) {
			return false
		}
	}
	return true
}

// nulIssues finds U+0000 in texts and keys, anywhere: JSON can write it, but
// the Controller stores the manifest as JSONB, and PostgreSQL's has no place
// for it, so that the upload would fail in the database.
func (d *Document) nulIssues() []issue {
	if !bytes.Contains(d.data, []byte(`\u0000`)) {
		return nil
	}
	var issues []issue
	report := func(start, end int, path []string, what, found string) {
		issues = append(issues, issue{
			rule: ruleNUL, offset: start, pointer: pointerTo(path), found: found, allowed: "text without U+0000",
			message: what + ` holds the character U+0000 (\u0000), which the Controller cannot store: its database refuses it; remove it`,
			fixes:   d.withoutNUL(start, end),
		})
	}
	d.root.walk(nil, func(n *node, path []string) bool {
		if n.kind == kindString && strings.ContainsRune(n.text, 0) {
			report(n.start, n.end, path, wholePath(path), d.found(n))
		}
		for _, m := range n.members {
			if strings.ContainsRune(m.key, 0) && len(issues) < maxFindings {
				report(m.keyStart, m.keyEnd, append(path, m.key), "the key "+quoteShort(m.key), quoteShort(m.key))
			}
		}
		return len(issues) < maxFindings
	})
	return issues
}

// withoutNUL removes each \u0000 from the text at [start, end).
func (d *Document) withoutNUL(start, end int) []Fix {
	var edits []Edit
	for i := start; i < end; i++ {
		if d.data[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(d.data[i:end], []byte(`\u0000`)) && len(edits) <= maxFindings {
			edits = append(edits, edit(i, i+6, ""))
		}
		i++ // of an escaped backslash
	}
	if len(edits) == 0 || len(edits) > maxFindings {
		return nil
	}
	return []Fix{safeFix(`remove \u0000`, edits...)}
}

// asObject takes the manifest out of what was put around it: a list of one, or
// the quotes of a text that holds it.
func (d *Document) asObject() []Fix {
	n := d.root
	switch {
	case d.wrapped != nil:
		n, inner := d.wrapped, d.root
		return []Fix{safeFix("take the object out of the list", edit(n.start, inner.start, ""), edit(inner.end, n.end, ""))}
	case n.kind == kindString && len(n.text) <= maxFixText && strings.HasPrefix(strings.TrimLeft(n.text, " \t\r\n"), "{"):
		if inner := Index([]byte(n.text)); len(inner.issues) == 0 && inner.root.kind == kindObject {
			text := strings.TrimRight(n.text, " \t\r\n")
			return []Fix{safeFix("write the object that the text holds", edit(n.start, n.end, text))}
		}
	}
	return nil
}
