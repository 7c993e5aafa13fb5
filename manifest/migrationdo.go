package manifest

import (
	"fmt"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// doIssues finds COMMIT and ROLLBACK in the bodies of DO blocks. PostgreSQL
// allows them where the block is no part of a transaction, as in psql, and
// refuses them in a migration ("invalid transaction termination"). What is made
// there for later, a procedure, may have them.
func (f *sqlFile) doIssues(text sqltext.Text) []issue {
	var issues []issue
	for i := range text.Statements {
		s := &text.Statements[i]
		file := mentions{sql: f.sql}
		if !file.is(s, 0, "do") || !file.hasBody(s) {
			continue
		}
		for _, t := range s.Tokens {
			if start, end := doBody(t, f.sql); end > start {
				issues = append(issues, f.endsInDo(start, end, maxSQLIssues-len(issues))...)
			}
		}
		if len(issues) >= maxSQLIssues {
			break
		}
	}
	return issues
}

// doBody returns the offsets of the program in a token of a DO: a dollar quote,
// or a text that needs no unescaping.
func doBody(t sqltext.Token, sql string) (start, end int) {
	switch text := t.Text(sql); {
	case t.Open():
	case t.Kind() == sqltext.Dollar:
		return t.Body(sql)
	case t.Kind() == sqltext.String && text[0] == '\'' && !strings.Contains(text, "''"):
		return t.Start() + 1, t.End() - 1
	}
	return 0, 0
}

// branching are the words with which PL/pgSQL may pass over a statement, or
// catch what it fails with.
var branching = []string{"if", "case", "when", "loop", "exception", "return", "exit", "continue"}

// endsInDo finds at most n COMMITs and ROLLBACKs in the body between two offsets.
func (f *sqlFile) endsInDo(start, end, n int) []issue {
	body := mentions{sql: f.sql[start:end]}
	statements := sqltext.Split(body.sql).Statements
	level := SeverityError
	for i := range statements {
		for j := range statements[i].Tokens {
			for _, word := range branching {
				if body.is(&statements[i], j, word) {
					level = SeverityWarning
				}
			}
		}
	}
	var issues []issue
	for i := range statements {
		s := &statements[i]
		at := body.endOfTransaction(s)
		if at < 0 || s.Semicolon < 0 || len(issues) >= n {
			continue
		}
		what := strings.ToUpper(s.Tokens[at].Text(body.sql))
		from := start + s.Tokens[at].Start()
		found := f.issueAt(ruleTransaction, from, start+s.End, "no statement that ends a transaction")
		found.level = level
		found.message = fmt.Sprintf("%s in a DO block ends a transaction, but the Controller runs each migration in one, so that PostgreSQL refuses it there (invalid transaction termination); remove it", what)
		fix := riskyFix("remove "+what+" from the DO block", f.cut(from, start+s.Semicolon+1))
		fix.Safe = what == "COMMIT"
		found.fixes = []Fix{fix}
		issues = append(issues, found)
	}
	return issues
}

// endOfTransaction returns the index of the COMMIT or ROLLBACK that a statement
// of PL/pgSQL is, behind what may stand before it; -1 when it is another one.
func (m mentions) endOfTransaction(s *sqltext.Statement) int {
	at := len(s.Tokens) - 1
	if m.is(s, at, "chain") {
		if at--; m.is(s, at, "no") {
			at--
		}
		if !m.is(s, at, "and") {
			return -1
		}
		at--
	}
	if !m.is(s, at, "commit") && !m.is(s, at, "rollback") {
		return -1
	}
	if at == 0 || m.symbol(s, at-1, '>') && m.symbol(s, at-2, '>') {
		return at
	}
	for _, word := range []string{"begin", "then", "else", "loop"} {
		if m.is(s, at-1, word) {
			return at
		}
	}
	return -1
}
