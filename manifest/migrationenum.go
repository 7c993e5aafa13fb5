package manifest

import (
	"fmt"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// newValue is a value that ALTER TYPE ... ADD VALUE gives an enum.
type newValue struct {
	enum string // without its schema, as PostgreSQL reads it
	line int
}

// createdTypes finds the names behind CREATE TYPE, also in DO blocks. Of a type
// that is as new as its values, PostgreSQL 17 takes these at once; the versions
// before it do not, and which one the Controller runs is not documented.
var createdTypes = onDemand(`(?i)\bcreate\s+type\s+(?:[\w"]+\s*\.\s*)?"?(\w+)`)

// enumIssues finds values that are added to an enum and used before the
// transaction ends, which PostgreSQL refuses ("unsafe use of new value"). A
// value that is cast to the enum is sure to be one; in other statements that
// read or write rows, it may be a text, hence the warning.
func (f *sqlFile) enumIssues(text sqltext.Text) []issue {
	added := map[string]newValue{} // by the literal
	var created map[string]bool
	var issues []issue
	for i := range text.Statements {
		s := &text.Statements[i]
		if literal, enum := f.addedValue(s); literal != "" {
			if created == nil {
				created = f.createdTypes()
			}
			if !created[strings.ToLower(enum)] && len(added) < maxNames {
				added[literal] = newValue{enum, s.Line}
			}
			continue
		}
		if len(added) == 0 {
			continue
		}
		for n, t := range s.Tokens {
			value, known := added[t.Text(f.sql)]
			if t.Kind() != sqltext.String || !known {
				continue
			}
			level := f.useOfEnum(s, n, value.enum)
			if level == "" {
				continue
			}
			i := f.issueAt(ruleOutside, t.Start(), t.End(), "a new value of an enum in a later migration")
			i.level = level
			i.message = fmt.Sprintf("line %d adds %s to %s, and PostgreSQL refuses to use a new value in the same transaction, which is the whole file; use it in a migration of its own behind this one",
				value.line, i.found, harmless(shorten(value.enum, 63)))
			issues = append(issues, i)
			delete(added, t.Text(f.sql)) // once is enough
		}
		if len(issues) >= maxSQLIssues {
			break
		}
	}
	return issues
}

func (f *sqlFile) createdTypes() map[string]bool {
	created := map[string]bool{}
	for _, found := range createdTypes().FindAllStringSubmatch(f.sql, maxNames) {
		created[strings.ToLower(found[1])] = true
	}
	return created
}

// addedValue returns the literal and the enum of ALTER TYPE ... ADD VALUE; ""
// of other statements.
func (f *sqlFile) addedValue(s *sqltext.Statement) (literal, enum string) {
	m := mentions{sql: f.sql}
	if !m.is(s, 0, "alter") || !m.is(s, 1, "type") {
		return "", ""
	}
	name, last := m.name(s, 2)
	if m.symbol(s, last+1, '.') {
		name, last = m.name(s, last+2)
	}
	at := last + 3
	if !m.is(s, last+1, "add") || !m.is(s, last+2, "value") {
		return "", ""
	}
	if m.is(s, at, "if") {
		at += 3
	}
	if at >= len(s.Tokens) || s.Tokens[at].Kind() != sqltext.String {
		return "", ""
	}
	return s.Tokens[at].Text(f.sql), name
}

// useOfEnum says how sure it is that the literal at n is a value of the enum: "" when
// nothing says so.
func (f *sqlFile) useOfEnum(s *sqltext.Statement, n int, enum string) Severity {
	m := mentions{sql: f.sql}
	named := func(at int) bool {
		name, last := m.name(s, at)
		if m.symbol(s, last+1, '.') {
			name, _ = m.name(s, last+2)
		}
		return name == enum
	}
	switch {
	case m.symbol(s, n+1, ':') && m.symbol(s, n+2, ':') && named(n+3), m.is(s, n+1, "as") && m.is(s, n-2, "cast") && named(n+2):
		return SeverityError
	case m.is(s, 0, "insert"), m.is(s, 0, "update"), m.is(s, 0, "delete"), m.is(s, 0, "merge"):
		return SeverityWarning
	case m.is(s, 0, "alter") && m.is(s, 1, "table") && m.is(s, n-1, "default") && m.is(s, n-2, "set"):
		return SeverityWarning
	}
	return ""
}
