package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFindings bounds what one report holds; nobody reads more.
const maxFindings = 200

// issue is a finding before its line and column are looked up.
type issue struct {
	rule    string
	file    string // "" for the manifest
	offset  int    // -1 when it is about the whole file
	end     int    // behind the offending text; 0 to take it from the pointer
	pointer string
	message string
	found   string
	allowed string
	fixes   []Fix    // best first
	secret  string   // text of the file that must not be shown
	level   Severity // in place of the rule's
}

// fileName returns the file the issue is about.
func (i issue) fileName() string { return cmp.Or(i.file, FileName) }

func (i issue) severity() Severity {
	if i.level != "" {
		return i.level
	}
	if r, ok := RuleByID(i.rule); ok {
		return r.Severity
	}
	return SeverityError
}

func severityRank(s Severity) int {
	return slices.Index([]Severity{SeverityError, SeverityWarning, SeverityInfo}, s)
}

// fieldAt returns what the place of a JSON Pointer takes.
func fieldAt(pointer string) (field, bool) {
	pattern := patternOf(pointer)
	for _, f := range fields {
		if f.pattern == pattern {
			return f, true
		}
	}
	return field{}, false
}

// patternOf is a JSON Pointer with * for every array index.
func patternOf(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		if _, err := strconv.Atoi(t); err == nil {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// valueIssue says that the value n at pointer is not one its place takes.
// reason is more than the place's words can tell, or empty.
func (d *Document) valueIssue(n *node, pointer, reason string) issue {
	f, ok := fieldAt(pointer)
	if !ok {
		f = field{rule: ruleSchemaOther, taker: theController, allowed: "another value"}
	}
	i := issue{rule: f.rule, offset: n.start, pointer: pointer, found: d.found(n), allowed: f.allowed}
	i.message = fmt.Sprintf("%s is %s, %s takes %s", subject(pointer), describe(n), f.taker, f.allowed)
	if reason != "" {
		i.message += "; " + reason
	}
	return i
}

// found is a value's own text on one line, cut to what a report can show.
func (d *Document) found(n *node) string {
	return harmless(shorten(strings.Join(strings.Fields(d.text(n)), " "), 120))
}

// harmless is text without anything a terminal would act on.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}

// subject names the place of a JSON Pointer in a sentence: the key alone, or
// the whole path below a list, as in terminal_panels[0].id.
func subject(pointer string) string {
	if pointer == "" {
		return "the manifest"
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, token := range tokens {
		tokens[i] = unescapePointer(token)
	}
	if path := wholePath(tokens); strings.Contains(path, "[") {
		return path
	}
	return wholePath(tokens[len(tokens)-1:])
}

// wholePath names a place by the keys that lead there, in at most 200
// characters.
func wholePath(tokens []string) string {
	var path strings.Builder
	for _, token := range tokens {
		token = harmless(shorten(token, 60))
		if _, err := strconv.Atoi(token); err == nil {
			path.WriteString("[" + token + "]")
			continue
		}
		if path.Len() > 0 {
			path.WriteByte('.')
		}
		path.WriteString(token)
	}
	return shorten(path.String(), 200)
}

// describe names a value in a sentence.
func describe(n *node) string {
	switch n.kind {
	case kindNull:
		return "null"
	case kindString:
		if n.text == "" {
			return "empty text"
		}
		if c := utf8.RuneCountInString(n.text); c > 100 {
			return fmt.Sprintf("%d characters long", c)
		}
		return "the text " + quoteShort(n.text)
	case kindArray:
		return "a list"
	case kindObject:
		return "an object"
	}
	return shorten(n.text, 60)
}

// quoteShort quotes text for a sentence, without control characters and at
// most 60 characters long.
func quoteShort(text string) string { return strconv.Quote(shorten(text, 60)) }

// shorten cuts text in its middle to at most n characters.
func shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	head := n / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(n-head-1):])
}
