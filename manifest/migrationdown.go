package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// downMarks begin the half of a file that other migration tools run to undo
// the other half, and upMarks that one.
var (
	downMarks = onDemand(`(?i)^--\s*(?:\+goose\s+down|\+migrate\s+down|migrate:down|(?://)?@undo)\b`)
	upMarks   = onDemand(`(?i)^--\s*(?:\+goose\s+up|\+migrate\s+up|migrate:up)\b`)
)

// sqlMark is a comment that other tools obey.
type sqlMark struct {
	comment sqltext.Token
	down    bool
}

// marks returns the comments that begin a half of the file.
func (f *sqlFile) marks(text sqltext.Text) []sqlMark {
	var list []sqlMark
	for _, t := range text.Between {
		comment := t.Text(f.sql)
		if t.Kind() != sqltext.Comment || len(comment) > 200 {
			continue
		}
		// Most comments are told by their first character.
		words := strings.TrimLeft(strings.TrimPrefix(comment, "--"), " \t")
		if words == "" || strings.IndexByte("+mM/@", words[0]) < 0 {
			continue
		}
		if down := downMarks().MatchString(comment); down || upMarks().MatchString(comment) {
			list = append(list, sqlMark{t, down})
		}
	}
	return list
}

// downIssues warns of a file that has its own undoing in it, as goose, dbmate
// and others write it: to the Controller the marks are comments.
func (f *sqlFile) downIssues(text sqltext.Text) []issue {
	var issues []issue
	marks := f.marks(text)
	for n, m := range marks {
		if !m.down || n > 0 && marks[n-1].down {
			continue
		}
		end := len(f.sql)
		for _, next := range marks[n+1:] {
			if !next.down {
				end = next.comment.Start()
				break
			}
		}
		first, _ := slices.BinarySearchFunc(text.Statements, m.comment.End(), func(s sqltext.Statement, at int) int { return s.Start - at })
		if first == len(text.Statements) || text.Statements[first].Start >= end {
			continue // nothing is undone
		}
		name := harmless(shorten(m.comment.Text(f.sql), 40))
		i := f.issueAt(ruleOrder, m.comment.Start(), m.comment.End(), "what makes, not what undoes")
		i.message = fmt.Sprintf("the statements behind %s run as well: to the Controller it is a comment, so that the file undoes itself; remove them", name)
		i.fixes = []Fix{riskyFix("remove "+name+" and what it is about", f.edit(m.comment.Start(), end, ""))}
		if issues = append(issues, i); len(issues) == maxSQLIssues {
			break
		}
	}
	return issues
}
