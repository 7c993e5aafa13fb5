package manifest

import (
	"fmt"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// txControl is a statement that begins or ends a transaction.
type txControl struct {
	statement sqltext.Statement
	what      string // its words, such as COMMIT
	begins    bool
	undoes    bool // what was done before
	plain     bool // removing it loses nothing but the transaction
	partner   *txControl
}

// transactionIssues finds statements that begin or end a transaction, in pairs
// where they are. Those in the bodies of functions and DO blocks are no
// statements of the file; savepoints stay inside the transaction.
func (f *sqlFile) transactionIssues(text sqltext.Text) []issue {
	var found []*txControl
	var open *txControl
	for _, s := range text.Statements {
		c := f.controls(s)
		if c == nil {
			continue
		}
		found = append(found, c)
		switch {
		case c.begins:
			open = c
		case open != nil:
			open.partner, c.partner, open = c, open, nil
		}
		if len(found) == maxSQLIssues {
			break
		}
	}
	var issues []issue
	for _, c := range found {
		i := f.issueAt(ruleTransaction, c.statement.Start, c.statement.End, "no statement that begins or ends a transaction")
		switch {
		case c.begins && c.partner != nil:
			i.message = fmt.Sprintf("%s and the %s of line %d: the Controller runs each migration in one transaction, which that %s ends; remove both",
				c.what, c.partner.what, c.partner.statement.Line, c.partner.what)
		case c.begins:
			i.level = SeverityWarning
			i.message = fmt.Sprintf("%s begins nothing: the Controller runs each migration in one transaction, in which PostgreSQL only warns of it; remove it", c.what)
		case c.undoes:
			i.message = fmt.Sprintf("%s undoes the file and ends the transaction that the Controller runs it in; remove it", c.what)
		default:
			i.message = fmt.Sprintf("%s ends the transaction that the Controller runs the file in, so that the rest cannot be undone with it; remove it", c.what)
		}
		i.fixes = []Fix{f.removeControl(c)}
		issues = append(issues, i)
	}
	return issues
}

// removeControl removes a statement together with its partner.
func (f *sqlFile) removeControl(c *txControl) Fix {
	title, edits, plain := "remove "+c.what, []Edit{f.removal(c.statement)}, c.plain
	if other := c.partner; other != nil {
		title += fmt.Sprintf(" and the %s of line %d", other.what, other.statement.Line)
		edits, plain = append(edits, f.removal(other.statement)), plain && other.plain
	}
	if plain {
		return safeFix(title, mergedEdits(edits...)...)
	}
	return riskyFix(title, mergedEdits(edits...)...)
}

// controls says what a statement does to the transaction it stands in; nil
// when it is another statement. Modes such as READ ONLY would be lost with a
// BEGIN, and what a ROLLBACK undid would stay without it.
func (f *sqlFile) controls(s sqltext.Statement) *txControl {
	c := &txControl{statement: s, what: f.word(s, 0)}
	switch c.what {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "PREPARE":
	default:
		return nil
	}
	second, behind := f.word(s, 1), 1
	if second == "WORK" || second == "TRANSACTION" {
		behind = 2
	}
	next := f.word(s, behind)
	switch c.what {
	case "START", "PREPARE":
		if second != "TRANSACTION" {
			return nil // PREPARE of a query
		}
		c.what += " TRANSACTION"
		c.begins = c.what[0] == 'S'
		c.plain = c.begins && next == ""
		return c
	case "BEGIN":
		c.begins, c.plain = true, next == ""
		return c.when(next == "" || next == "ISOLATION" || next == "READ" || next == "NOT" || next == "DEFERRABLE")
	case "COMMIT", "END":
		if second == "PREPARED" && c.what == "COMMIT" {
			c.what = "COMMIT PREPARED"
			return c
		}
		c.plain = true
		return c.when(next == "" || next == "AND")
	}
	if second == "PREPARED" && c.what == "ROLLBACK" {
		c.what = "ROLLBACK PREPARED"
		return c
	}
	c.undoes = true
	return c.when(next == "" || next == "AND") // ROLLBACK TO leaves the transaction open
}

// when is the statement itself if it is one after all, else nil.
func (c *txControl) when(ok bool) *txControl {
	if ok {
		return c
	}
	return nil
}
