package manifest

import (
	"fmt"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// templateIssues finds what a program was to fill in before PostgreSQL reads
// the file: the variables of psql (:x, :'x', :"x"), and braces, which mean nothing
// in SQL outside of quotes and stand for a template: {{x}}, ${x}.
func (f *sqlFile) templateIssues(text sqltext.Text) []issue {
	var issues []issue
	for i := range text.Statements {
		s := &text.Statements[i]
		var colons []bool // of each open bracket, whether a colon may stand in it
		for n := 0; n < len(s.Tokens) && len(issues) < maxSQLIssues; n++ {
			if s.Tokens[n].Kind() != sqltext.Symbol {
				continue
			}
			switch f.sql[s.Tokens[n].Start()] {
			case '(', '[':
				colons = append(colons, f.takesColons(s, n))
			case ')', ']':
				colons = colons[:max(0, len(colons)-1)]
			case ':':
				if last := f.variable(s, n); last > n && (len(colons) == 0 || !colons[len(colons)-1]) {
					found := f.issueAt(rulePsql, s.Tokens[n].Start(), s.Tokens[last].End(), "SQL alone")
					found.message = fmt.Sprintf("%s is a variable of psql or of a program, which nobody fills in, so that PostgreSQL refuses the colon; write the value", found.found)
					issues = append(issues, found)
					n = last
				}
			case '{', '}':
				last := f.braces(s, n)
				start := s.Tokens[n].Start()
				if start > 0 && f.sql[start-1] == '$' && f.sql[start] == '{' {
					start--
				}
				found := f.issueAt(rulePsql, start, s.Tokens[last].End(), "SQL alone")
				found.message = fmt.Sprintf("%s looks like a part of a template, which nobody fills in, and PostgreSQL refuses braces outside of quotes; write what it stands for", found.found)
				issues = append(issues, found)
				n = last
			}
		}
	}
	return issues
}

// takesColons says whether colons may stand in the brackets at n: in a slice
// of an array, and between the key and the value of JSON_OBJECT.
func (f *sqlFile) takesColons(s *sqltext.Statement, n int) bool {
	m := mentions{sql: f.sql}
	return m.symbol(s, n, '[') || m.is(s, n-1, "json_object") || m.is(s, n-1, "json_objectagg")
}

// variable returns the index of the last token of the variable that the colon
// at n begins; n when it is another colon, as that of a cast.
func (f *sqlFile) variable(s *sqltext.Statement, n int) int {
	m := mentions{sql: f.sql}
	if n+1 >= len(s.Tokens) || !m.touch(s, n) || m.symbol(s, n-1, ':') {
		return n
	}
	switch kind := s.Tokens[n+1].Kind(); {
	case kind == sqltext.Word, strings.IndexByte(`'"`, f.sql[s.Tokens[n+1].Start()]) >= 0:
		return n + 1
	}
	return n
}

// braces returns the index of the last brace of those that open at n and close
// nearby; n when they do not.
func (f *sqlFile) braces(s *sqltext.Statement, n int) int {
	m := mentions{sql: f.sql}
	const most = 12 // tokens of a template's expression
	for last := n; last < len(s.Tokens) && last < n+most; last++ {
		if m.symbol(s, last, '}') && !m.symbol(s, last+1, '}') {
			return last
		}
	}
	return n
}
