package manifest

import (
	"bytes"
	"fmt"
	"strings"
)

// beyondSchema are the rules that a schema cannot state.
var beyondSchema = []func(*project) []issue{
	ofDocument((*Document).duplicateKeys),
	ofDocument((*Document).nulIssues),
	(*project).unknownFields,
	ofDocument((*Document).imageIssues),
	(*project).healthIssues,
	ofDocument((*Document).capabilityIssues),
	ofDocument((*Document).panelIssues),
	(*project).viewIssues,
	(*project).rowIDIssues,
	(*project).bundleIssues,
	ofDocument((*Document).settingsIssues),
	(*project).packagingIssues,
	(*project).reservedIssues,
}

// ofDocument is a rule that needs no other file than the manifest.
func ofDocument(rule func(*Document) []issue) func(*project) []issue {
	return func(p *project) []issue { return rule(p.doc) }
}

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
			})
		}
		return true
	})
	return issues
}

// nulIssues finds U+0000 in texts and keys, anywhere: JSON can write it, but
// the Controller stores the manifest as JSONB, and PostgreSQL's has no place
// for it, so that the upload would fail in the database.
func (d *Document) nulIssues() []issue {
	if !bytes.Contains(d.data, []byte(`\u0000`)) {
		return nil
	}
	var issues []issue
	report := func(offset int, path []string, what, found string) {
		issues = append(issues, issue{
			rule: ruleNUL, offset: offset, pointer: pointerTo(path), found: found, allowed: "text without U+0000",
			message: what + ` holds the character U+0000 (\u0000), which the Controller cannot store: its database refuses it; remove it`,
		})
	}
	d.root.walk(nil, func(n *node, path []string) bool {
		if n.kind == kindString && strings.ContainsRune(n.text, 0) {
			report(n.start, path, wholePath(path), d.found(n))
		}
		for _, m := range n.members {
			if strings.ContainsRune(m.key, 0) && len(issues) < maxFindings {
				report(m.keyStart, append(path, m.key), "the key "+quoteShort(m.key), quoteShort(m.key))
			}
		}
		return len(issues) < maxFindings
	})
	return issues
}

// nearest returns the candidate that a misspelt name most likely means, or "".
// Case, hyphens and camel case do not count as differences.
func nearest(name string, candidates []string) string {
	if len(name) > 100 {
		return ""
	}
	plain := snake(name)
	best, bestDistance := "", max(2, len(plain)/4)+1
	for _, c := range candidates {
		if distance := editDistance(plain, c); distance < bestDistance && distance < len(c) {
			best, bestDistance = c, distance
		}
	}
	return best
}

// snake spells a name as the manifest's keys are spelt.
func snake(name string) string {
	var b strings.Builder
	for i, c := range name {
		switch {
		case c == '-' || c == ' ' || c == '.':
			b.WriteByte('_')
		case c >= 'A' && c <= 'Z':
			if i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
				b.WriteByte('_')
			}
			b.WriteRune(c - 'A' + 'a')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
