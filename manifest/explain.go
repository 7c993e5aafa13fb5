package manifest

import (
	"embed"
	"slices"
	"strings"
)

// pages holds the page of each rule, rules/<ID>.md, and rules/intro.md, what
// is said before them.
//
//go:embed rules/*.md
var pages embed.FS

// RulePage returns the page of a rule as Markdown, and whether there is one.
// Its first line is "# ID: title"; then follow what is asked, why, examples
// and what mends it. Upper and lower case of the id are the same.
func RulePage(id string) (string, bool) {
	rule, ok := RuleByID(strings.ToUpper(id))
	if !ok {
		return "", false
	}
	page, err := pages.ReadFile("rules/" + rule.ID + ".md")
	return string(page), err == nil
}

// SimilarRules returns the rules that somebody may have meant who wrote text,
// at most ten, best first: those whose id begins like it, then those whose
// title holds it; else those whose ids differ least, by two characters at most.
func SimilarRules(text string) []Rule {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" || len(text) > 100 {
		return nil
	}
	var byID, byTitle, near []Rule
	least := 2
	for _, r := range rules {
		id := strings.ToLower(r.ID)
		switch {
		case strings.HasPrefix(id, text), strings.HasPrefix(id, "nsp"+text):
			byID = append(byID, r)
		case strings.Contains(strings.ToLower(r.Title), text):
			byTitle = append(byTitle, r)
		}
		distance := min(editDistance(text, id), editDistance("nsp"+text, id))
		if distance < least {
			least, near = distance, nil
		}
		if distance == least {
			near = append(near, r)
		}
	}
	found := slices.Concat(byID, byTitle)
	if found == nil {
		found = near
	}
	return found[:min(len(found), 10)]
}
