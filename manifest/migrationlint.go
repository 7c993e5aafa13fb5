package manifest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// sqlFile is a migration, with all that can be said without knowing of the
// plugin or of other migrations.
type sqlFile struct {
	name   string
	source *source
	sql    string
	issues []issue
	schemaUses
	slotless bool // a subscription was parted from its slot
	// named are the mentions of schemas that fixes were made for.
	named map[string][]mention
}

// sqlKey is a migration as it is on disk, or as the last fix made it.
type sqlKey struct {
	name   string
	edited bool
}

// sqlOf judges a file once: trying a fix of another file must not judge it
// again. Of those that fixes made, one is kept.
func (f *files) sqlOf(name string, s *source) *sqlFile {
	key := sqlKey{name, f.edited[name] != nil}
	if known, ok := f.worked[key].(*sqlFile); ok && known.source == s {
		return known
	}
	judged := judgeSQL(name, s)
	f.worked[key] = judged
	return judged
}

// maxSQLIssues bounds what is found in one migration.
const maxSQLIssues = 100

func judgeSQL(name string, s *source) *sqlFile {
	f := &sqlFile{name: name, source: s, sql: string(s.data)}
	if text, marked := strings.CutPrefix(f.sql, string(byteOrderMark)); marked {
		f.sql = strings.Repeat(" ", len(byteOrderMark)) + text // offsets stay
	}
	issues, whole := f.encodingIssues()
	if whole {
		text := sqltext.Split(f.sql)
		for _, rule := range []func(sqltext.Text) []issue{f.unclosedIssues, f.transactionIssues, f.doIssues, f.outsideIssues, f.enumIssues, f.psqlIssues, f.templateIssues, f.downIssues} {
			found := rule(text)
			issues = append(issues, found[:min(len(found), maxSQLIssues)]...)
		}
		f.collectSchemas(text)
	}
	f.issues = issues
	return f
}

// sqlIssues judges what the migrations do.
func (p *project) sqlIssues(m migrations) []issue {
	files, issues := p.readMigrations(m)
	return append(issues, p.schemaNameIssues(files)...)
}

// sqlCost is what trying a fix costs in migrations that are judged again, in
// bytes of manifest.
func (p *project) sqlCost(fix Fix) int {
	cost := 0
	for name := range byFile(fix.Edits) {
		if s := p.files.text(name); s != nil && name != FileName {
			cost += len(s.data) / 2
		}
	}
	return cost
}

// issueOf is an issue of the file without a place.
func (f *sqlFile) issueOf(rule, allowed string) issue {
	return issue{rule: rule, file: f.name, allowed: allowed, offset: -1}
}

// issueAt is an issue of the bytes from start to end, which are what was found.
func (f *sqlFile) issueAt(rule string, start, end int, allowed string) issue {
	i := f.issueOf(rule, allowed)
	i.offset, i.end = start, end
	i.found = harmless(shorten(strings.Join(strings.Fields(f.sql[start:min(end, start+500)]), " "), 80))
	return i
}

// edit replaces bytes of the file.
func (f *sqlFile) edit(start, end int, text string) Edit {
	return Edit{File: f.name, Start: start, End: end, New: text}
}

// word returns the i-th token of a statement for comparing: a keyword in upper
// case, a symbol as it is, "" for anything else and behind the end.
func (f *sqlFile) word(s sqltext.Statement, i int) string {
	if i >= len(s.Tokens) {
		return ""
	}
	switch t := s.Tokens[i]; t.Kind() {
	case sqltext.Word:
		if t.End()-t.Start() > 30 {
			return "?" // longer than any keyword
		}
		return strings.ToUpper(t.Text(f.sql))
	case sqltext.Symbol:
		return t.Text(f.sql)
	}
	return "?"
}

// begins says whether a statement begins with these words.
func (f *sqlFile) begins(s sqltext.Statement, words ...string) bool {
	for i, word := range words {
		if f.word(s, i) != word {
			return false
		}
	}
	return true
}

// removal is the edit that takes a statement out of the file, with its lines
// when it has them for itself.
func (f *sqlFile) removal(s sqltext.Statement) Edit {
	end := s.End
	if s.Semicolon >= 0 {
		end = s.Semicolon + 1
	}
	return f.cut(s.Start, end)
}

// cut is the edit that takes bytes out of the file, with their lines when
// nothing else stands on them, and then with one of two blank lines around them.
func (f *sqlFile) cut(start, end int) Edit {
	data := f.source.data
	lineStart := bytes.LastIndexByte(data[:start], '\n') + 1
	if lineStart == 0 && bytes.HasPrefix(data, byteOrderMark) {
		lineStart = len(byteOrderMark)
	}
	lineEnd := len(data)
	if n := bytes.IndexByte(data[end:], '\n'); n >= 0 {
		lineEnd = end + n + 1
	}
	before, after := data[lineStart:start], data[end:lineEnd]
	if len(bytes.TrimSpace(before)) > 0 || len(bytes.TrimSpace(after)) > 0 {
		if blanks := len(after) - len(bytes.TrimLeft(after, " \t")); len(bytes.TrimSpace(after)) > 0 {
			return f.edit(start, end+blanks, "")
		}
		return f.edit(start-(len(before)-len(bytes.TrimRight(before, " \t"))), end, "")
	}
	if blankBefore := lineStart == 0 || bytes.HasSuffix(data[:lineStart], []byte("\n\n")) || bytes.HasSuffix(data[:lineStart], []byte("\n\r\n")); blankBefore {
		for _, blank := range []string{"\n", "\r\n"} {
			if bytes.HasPrefix(data[lineEnd:], []byte(blank)) {
				lineEnd += len(blank)
			}
		}
		if lineEnd == len(data) && lineStart > 0 { // the blank line before it would end the file
			lineStart -= len("\n")
			if data[lineStart-1] == '\r' {
				lineStart--
			}
		}
	}
	return f.edit(lineStart, lineEnd, "")
}

// mergedEdits are removals of one file, those that touch or overlap made one.
func mergedEdits(edits ...Edit) []Edit {
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	var out []Edit
	for _, e := range edits {
		if n := len(out); n > 0 && e.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, e.End)
			continue
		}
		out = append(out, e)
	}
	return out
}

// unclosedIssues finds the quote or the comment that never ends, and
// parentheses that have no partner in their statement.
func (f *sqlFile) unclosedIssues(text sqltext.Text) []issue {
	var issues []issue
	for _, s := range text.Statements {
		if last := s.Tokens[len(s.Tokens)-1]; last.Open() {
			break // it may have swallowed the partner
		}
		if at, what := f.lonelyParenthesis(s); what != "" && len(issues) < maxSQLIssues {
			i := f.issueAt(ruleSQLUnclosed, at, at+1, "each ( closed by a ) of the same statement")
			i.message = fmt.Sprintf("%s in the statement of line %d, which PostgreSQL refuses; write the other one or remove it", what, s.Line)
			issues = append(issues, i)
		}
	}
	if text.Open == nil {
		return issues
	}
	start := text.Open.Start()
	i := f.issueAt(ruleSQLUnclosed, start, min(text.Open.End(), start+opening(*text.Open, f.sql)), "an end for all that is opened")
	switch text.Open.Kind() {
	case sqltext.Comment:
		i.message = "the comment that begins here never ends, so that the rest of the file is lost, and PostgreSQL refuses it; write */, once for each /* (they nest)"
	case sqltext.Dollar:
		i.message = fmt.Sprintf("the text that begins with %s never ends, and PostgreSQL refuses the file; write %s behind it", i.found, i.found)
	case sqltext.Quoted:
		i.message = `the name that begins with " never ends, and PostgreSQL refuses the file; write the closing "`
	default:
		i.message = "the text that begins with ' never ends, and PostgreSQL refuses the file; write the closing ', and two of them for each ' inside a text"
	}
	return append(issues, i)
}

// opening returns the length of the quote that a token opens with.
func opening(t sqltext.Token, sql string) int {
	switch t.Kind() {
	case sqltext.Dollar:
		start, _ := t.Body(sql)
		return start - t.Start()
	case sqltext.Comment:
		return len("/*")
	}
	return 1 + strings.IndexAny(t.Text(sql), `'"`)
}

// lonelyParenthesis returns where a parenthesis without a partner stands, and
// what it is.
func (f *sqlFile) lonelyParenthesis(s sqltext.Statement) (at int, what string) {
	var open []int
	for _, t := range s.Tokens {
		if t.Kind() != sqltext.Symbol {
			continue
		}
		switch f.sql[t.Start()] {
		case '(':
			open = append(open, t.Start())
		case ')':
			if len(open) == 0 {
				return t.Start(), "a ) without its ("
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return open[len(open)-1], "a ( without its )"
	}
	return 0, ""
}
