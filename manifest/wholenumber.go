package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// wholeFields are the places that the schema types as integer.
var wholeFields = []string{
	"/port", "/resources/memory_limit",
	"/health_check/interval_seconds", "/health_check/timeout_seconds", "/health_check/retries", "/health_check/start_period_seconds",
}

// spellingIssues warns of whole numbers that are written with a fraction or an
// exponent, as 8080.0 and 8.08e3 are. To Draft-07 they are integers, so that the
// schema takes them; a decoder of whole numbers often does not. One that the
// schema refuses is written anew for that anyway.
func (p *project) spellingIssues() []issue {
	var issues []issue
	for _, pointer := range wholeFields {
		n, _ := p.doc.find(pointer)
		if n == nil || n.kind != kindNumber || !strings.ContainsAny(n.text, ".eE") {
			continue
		}
		v, ok := integer(n.text)
		if !ok || slices.ContainsFunc(p.issues, func(i issue) bool { return i.pointer == pointer && !isSyntax(i.rule) }) {
			continue
		}
		plain := strconv.FormatInt(v, 10)
		issues = append(issues, issue{
			rule: ruleNumberSpelt, offset: n.start, pointer: pointer, found: p.doc.found(n), allowed: plain,
			message: fmt.Sprintf("%s is written %s: the schema takes that for the whole number %s, but a program that decodes it into a whole number may refuse it; write %[3]s", subject(pointer), shorten(n.text, 60), plain),
			fixes:   []Fix{safeFix("write "+plain, replace(n, v))},
		})
	}
	return issues
}
