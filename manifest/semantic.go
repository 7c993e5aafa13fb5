package manifest

import "strings"

// beyondSchema are the rules that a schema cannot state.
var beyondSchema = []func(*project) []issue{
	(*project).migrationIssues, // first: others look into migrations that were read, too
	ofDocument((*Document).duplicateKeys),
	ofDocument((*Document).nulIssues),
	(*project).spellingIssues,
	(*project).blankIssues,
	(*project).unknownFields,
	ofDocument((*Document).imageIssues),
	(*project).healthIssues,
	ofDocument((*Document).capabilityIssues),
	ofDocument((*Document).panelIssues),
	(*project).viewIssues,
	(*project).rowIDIssues,
	(*project).bundleIssues,
	ofDocument((*Document).settingsIssues),
	(*project).secretIssues,
	(*project).packagingIssues,
	(*project).reservedIssues,
}

// ofDocument is a rule that needs no other file than the manifest.
func ofDocument(rule func(*Document) []issue) func(*project) []issue {
	return func(p *project) []issue { return rule(p.doc) }
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
