package runner

import (
	"regexp"
	"strings"
)

// statement is one SQL statement of a file.
type statement struct {
	line int    // of its first word, counted from 1
	text string // from its first word, without the semicolon
}

var (
	copyStdin  = regexp.MustCompile(`(?is)^COPY\b.*\bFROM\s+STDIN\b`)
	dollarTag  = regexp.MustCompile(`^\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$`)
	atomicBody = regexp.MustCompile(`(?is)\bBEGIN\s+ATOMIC\b`)
)

// copiesFromStdin reports whether the statement expects data after it.
func (s statement) copiesFromStdin() bool { return copyStdin.MatchString(s.text) }

// splitSQL finds the statements of a file by PostgreSQL's rules for quotes,
// dollar quotes and comments. It only serves to tell people where something
// went wrong; PostgreSQL gets the whole file.
func splitSQL(sql string) []statement {
	var found []statement
	start := -1 // of the current statement
	end := func(i int) {
		if start >= 0 {
			found = append(found, statement{line: 1 + strings.Count(sql[:start], "\n"), text: sql[start:i]})
			start = -1
		}
	}
	for i := 0; i < len(sql); {
		n, blank := token(sql, i)
		switch {
		case sql[i] == ';':
			if start < 0 || !insideAtomic(sql[start:i]) {
				end(i)
			}
		case !blank && start < 0:
			start = i
		}
		i += n
	}
	end(len(sql))
	return found
}

// token returns the length of what stands at i, and whether it is white space
// or a comment.
func token(sql string, i int) (n int, blank bool) {
	rest := sql[i:]
	switch c := rest[0]; {
	case c == ' ', c == '\t', c == '\n', c == '\r', c == '\f', c == '\v':
		return 1, true
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return n, true
		}
		return len(rest), true
	case strings.HasPrefix(rest, "/*"):
		return blockComment(rest), true
	case c == '\'':
		escapes := i > 0 && (sql[i-1] == 'E' || sql[i-1] == 'e') && (i == 1 || !wordByte(sql[i-2]))
		return quoted(rest, '\'', escapes), false
	case c == '"':
		return quoted(rest, '"', false), false
	case c == '$' && (i == 0 || !wordByte(sql[i-1])):
		if tag := dollarTag.FindString(rest); tag != "" {
			if n := strings.Index(rest[len(tag):], tag); n >= 0 {
				return n + 2*len(tag), false
			}
			return len(rest), false
		}
	}
	return 1, false
}

// blockComment returns the length of the comment at the start of s; comments nest.
func blockComment(s string) int {
	depth := 0
	for i := 0; i < len(s)-1; i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// quoted returns the length of the quoted text at the start of s. A doubled
// quote needs no care: it reads as the end and the beginning of two texts.
func quoted(s string, quote byte, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return i + 1
		case s[i] == '\\' && escapes:
			i++
		}
	}
	return len(s)
}

// insideAtomic reports whether text, the beginning of a statement, is inside
// of an SQL-standard function body, BEGIN ATOMIC ... END, where semicolons
// belong to the body.
func insideAtomic(text string) bool {
	if !atomicBody.MatchString(text) {
		return false
	}
	words := strings.Fields(text)
	return !strings.EqualFold(words[len(words)-1], "END")
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
