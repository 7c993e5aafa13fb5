package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// setConfig tells the schemas of set_config('search_path', 'a, b', ...) at i,
// and returns the index of the last token that belongs to them.
func (m mentions) setConfig(s *sqltext.Statement, i int) int {
	value := i + 4
	if !m.symbol(s, i+1, '(') || !m.symbol(s, i+3, ',') || value >= len(s.Tokens) || s.Tokens[value].Kind() != sqltext.String ||
		!strings.EqualFold(s.Tokens[i+2].Text(m.sql), "'search_path'") {
		return i
	}
	t := s.Tokens[value]
	text := t.Text(m.sql)
	if text[0] != '\'' || t.Open() {
		return i
	}
	at := t.Start() + 1
	for _, part := range strings.Split(text[1:len(text)-1], ",") {
		name := strings.TrimLeft(part, " ")
		start := at + len(part) - len(name)
		name = strings.TrimRight(name, " ")
		at += len(part) + 1
		found := mention{name: lowerASCII(name), start: start, end: start + len(name), how: howSchema}
		if n := len(name); n > 2 && name[0] == '"' && name[n-1] == '"' {
			found.name, found.start, found.end = name[1:n-1], start+1, start+n-1
		}
		if m.wants(found.name) {
			m.report(s, found)
		}
	}
	return value
}

// executes says whether the EXECUTE at i takes a text to run: in PL/pgSQL, but
// not in a trigger.
func (m mentions) executes(s *sqltext.Statement, i int) bool {
	return m.depth > 0 && m.is(s, i, "execute") && !m.is(s, i+1, "function") && !m.is(s, i+1, "procedure")
}

// dynamic tells the other plugins' schemas in a text that EXECUTE is given,
// or in a part of one. What the rest of the text is, nobody knows here: a name
// counts in front of a point, behind SCHEMA and in a search_path alone.
func (m mentions) dynamic(t sqltext.Token) {
	text := t.Text(m.sql)
	start, end := t.Start()+1, t.End()-1
	switch {
	case t.Open() || m.depth >= maxBodyDepth:
		return
	case t.Kind() == sqltext.Dollar:
		start, end = t.Body(m.sql)
	case text[0] != '\'':
		return // escapes would move what stands behind them
	}
	inner := m
	inner.offset, inner.depth, inner.executed = m.offset+start, m.depth+1, true
	// A quote within the quotes stands twice; the offsets must stay.
	inner.sql = m.sql[start:end]
	if t.Kind() == sqltext.String {
		inner.sql = strings.ReplaceAll(inner.sql, "''", " '")
	}
	inner.tell = func(found mention) {
		if !isPluginSchema(found.name) || found.glued {
			return
		}
		found.executed, found.creation = true, creation{}
		switch found.how {
		case howQualifies, howMakes:
			found.how = howQualifies
		case howSchema, howCreated, howDropped:
			if found.end == m.offset+end {
				return // it may go on in the next part
			}
			found.how = howSchema
		default:
			return
		}
		m.tell(found)
	}
	inner.in(sqltext.Split(inner.sql))
}

// movesTo says whether the word SCHEMA at i is that of ALTER ... SET SCHEMA. An
// extension may be wherever it likes.
func (m mentions) movesTo(s *sqltext.Statement, i int) bool {
	return m.is(s, i-1, "set") && m.is(s, 0, "alter") && !m.is(s, 1, "extension")
}

// leaveIssues are about what takes the plugin's tables away from where the
// service looks for them: ALTER ... SET SCHEMA, DROP SCHEMA of its own.
func (j *schemaJudge) leaveIssues(at int) {
	f := j.files[at]
	for _, m := range f.moved {
		if m.name == j.own || isPluginSchema(m.name) || m.name != "public" && j.makes[m.name] || len(j.issues) >= maxFindings {
			continue // the schema itself is a finding
		}
		i := f.issueAt(ruleOtherSchema, m.start, m.end, j.own)
		i.level = SeverityWarning
		i.message = fmt.Sprintf("this moves something out of the plugin's schema into %s, where the local Controller lets no plugin make anything; keep it in %s",
			shorten(harmless(m.name), 63), j.own)
		if m.statement != nil {
			i.fixes = []Fix{riskyFix("remove the SET SCHEMA", f.removal(*m.statement))}
		}
		j.issues = append(j.issues, i)
	}
	for _, m := range f.dropped {
		if m.name != j.own || m.statement == nil || j.madeAnew(at, m.start) || len(j.issues) >= maxFindings {
			continue
		}
		i := f.issueAt(ruleSchemaName, m.statement.Start, m.end, j.own+", left in place")
		i.message = fmt.Sprintf("this drops the plugin's schema, which the Controller makes and in which the service looks for its tables; drop what is in %s, or make it again behind this", j.own)
		i.fixes = []Fix{riskyFix("remove the DROP SCHEMA", f.removal(*m.statement))}
		j.issues = append(j.issues, i)
	}
}

// madeAnew says whether the plugin's schema is created behind an offset of a
// file, there or in a later one.
func (j *schemaJudge) madeAnew(at, offset int) bool {
	for n, f := range j.files[at:] {
		if slices.ContainsFunc(f.created, func(c mention) bool { return c.name == j.own && (n > 0 || c.start > offset) }) {
			return true
		}
	}
	return false
}
