package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// psqlIssues finds what only psql understands: its backslash commands, and
// COPY that reads or writes what psql sends and takes.
func (f *sqlFile) psqlIssues(text sqltext.Text) []issue {
	var issues []issue
	for _, t := range text.Between {
		if t.Kind() == sqltext.Command && len(issues) < maxSQLIssues {
			issues = append(issues, f.commandIssue(t))
		}
	}
	for _, s := range text.Statements {
		if len(issues) >= maxSQLIssues {
			break
		}
		switch {
		case s.ReadsStdin(f.sql):
			i := f.issueAt(rulePsql, s.Start, s.End, "INSERT statements")
			i.message = "COPY ... FROM STDIN waits for data that only psql sends, so that the migration fails; use INSERT statements"
			i.fixes = f.copyFixes(s, text.Between)
			issues = append(issues, i)
		case s.WritesStdout(f.sql):
			i := f.issueAt(rulePsql, s.Start, s.End, "statements that change something")
			i.level = SeverityWarning
			i.message = "COPY ... TO STDOUT writes to whoever runs the migration, and the Controller takes no data from it; remove it"
			i.fixes = []Fix{riskyFix("remove the COPY", f.removal(s))}
			issues = append(issues, i)
		}
	}
	return issues
}

// harmlessCommands change nothing of what a migration does: pg_dump and
// authors of scripts put them there for psql's own sake.
var harmlessCommands = onDemand(`^\\(?:(?:un)?restrict\b|set\s+(?:ON_ERROR_STOP|QUIET|VERBOSITY)\b|timing\b|pset\b)`)

// sendingCommands end a statement as a semicolon does.
var sendingCommands = onDemand(`^\\(?:g|gx|gset|gexec|gdesc|crosstabview)\b`)

// commandIssue is about a command of psql, which goes to the end of its line.
func (f *sqlFile) commandIssue(t sqltext.Token) issue {
	text := strings.TrimRight(t.Text(f.sql), " \t")
	end := t.Start() + len(text)
	name := text
	if n := strings.IndexFunc(text, unicode.IsSpace); n > 0 {
		name = text[:n]
	}
	i := f.issueAt(rulePsql, t.Start(), end, "SQL alone")
	i.message = fmt.Sprintf("%s is a command of psql, and the Controller sends the file to PostgreSQL, which refuses the backslash; remove it", harmless(shorten(name, 40)))
	title := "remove " + harmless(shorten(text, 60))
	switch {
	case sendingCommands().MatchString(text):
		i.fixes = []Fix{riskyFix("write ; in place of "+harmless(shorten(name, 40)), f.edit(t.Start(), end, ";"))}
	case harmlessCommands().MatchString(text):
		i.fixes = []Fix{safeFix(title, f.cut(t.Start(), end))}
	default:
		i.fixes = []Fix{riskyFix(title, f.cut(t.Start(), end))}
	}
	return i
}

// Bounds of what a fix makes of the data of a COPY.
const (
	maxCopyRows  = 5000
	maxCopyBytes = 512 << 10
)

// copyFixes writes the data behind a COPY ... FROM STDIN as an INSERT. It takes
// the plain form that pg_dump writes: COPY table (columns) FROM stdin.
func (f *sqlFile) copyFixes(s sqltext.Statement, between []sqltext.Token) []Fix {
	after, _ := slices.BinarySearchFunc(between, s.End, func(t sqltext.Token, at int) int { return t.Start() - at })
	if after == len(between) || between[after].Kind() != sqltext.Data || between[after].Start() != s.Semicolon+1 {
		return nil
	}
	data := between[after]
	from := len(s.Tokens) - 2
	if f.word(s, from) != "FROM" || from < 2 || data.End()-data.Start() > maxCopyBytes {
		return nil // it has options
	}
	columns := 0
	if f.word(s, from-1) == ")" {
		columns = 1 + strings.Count(f.sql[s.Tokens[1].End():s.Tokens[from].Start()], ",")
	}
	eol := "\n"
	if strings.Contains(data.Text(f.sql), "\r\n") {
		eol = "\r\n"
	}
	lines := strings.Split(strings.ReplaceAll(data.Text(f.sql), "\r\n", "\n"), "\n")
	if strings.TrimSpace(lines[0]) != "" || len(lines) > maxCopyRows+2 {
		return nil // something else stands on the line of the COPY
	}
	var rows []string
	for _, line := range lines[1 : len(lines)-1] {
		row, fields, ok := insertRow(line)
		if columns == 0 {
			columns = fields
		}
		if !ok || fields != columns {
			return nil
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return []Fix{safeFix("remove the COPY, which has no data", f.cut(s.Start, data.End()))}
	}
	head := "INSERT INTO " + f.sql[s.Tokens[1].Start():s.Tokens[from-1].End()] + " VALUES"
	insert := head + eol + "    " + strings.Join(rows, ","+eol+"    ") + ";"
	return []Fix{safeFix(fmt.Sprintf("write the COPY as an INSERT of %d row(s)", len(rows)), f.edit(s.Start, data.End(), insert))}
}

// insertRow makes the row of an INSERT from a line of COPY's text format. ok is
// false when the line holds what a migration cannot.
func insertRow(line string) (row string, fields int, ok bool) {
	parts := strings.Split(line, "\t")
	for i, part := range parts {
		if part == `\N` {
			parts[i] = "NULL"
			continue
		}
		text, ok := unescapeCopy(part)
		if !ok {
			return "", 0, false
		}
		parts[i] = sqlLiteral(text)
	}
	return "(" + strings.Join(parts, ", ") + ")", len(parts), true
}

// sqlLiteral writes text as SQL.
func sqlLiteral(text string) string {
	text = strings.ReplaceAll(text, "'", "''")
	if !strings.ContainsFunc(text, unicode.IsControl) {
		return "'" + text + "'"
	}
	var b strings.Builder
	b.WriteString("E'")
	for _, c := range text {
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(c):
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String() + "'"
}

// unescapeCopy reads a field of COPY's text format. ok is false for what is no
// text in UTF-8 then.
func unescapeCopy(field string) (text string, ok bool) {
	if !strings.Contains(field, `\`) {
		return field, utf8.ValidString(field) && !strings.Contains(field, "\x00")
	}
	var b []byte
	for i := 0; i < len(field); i++ {
		if field[i] != '\\' || i+1 == len(field) {
			b = append(b, field[i])
			continue
		}
		i++
		const names, values = "bfnrtv", "\b\f\n\r\t\v"
		if n := strings.IndexByte(names, field[i]); n >= 0 {
			b = append(b, values[n])
			continue
		}
		if c := field[i]; '0' <= c && c <= '7' || c == 'x' {
			return "", false // a byte by its number: rare, and any encoding
		}
		b = append(b, field[i])
	}
	return string(b), utf8.Valid(b) && !slices.Contains(b, 0)
}
