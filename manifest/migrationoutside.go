package manifest

import (
	"fmt"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// outsider is a statement that PostgreSQL refuses inside a transaction.
type outsider struct {
	what string
	// word is the index of the token without which it may run there; 0 when
	// there is none.
	word int
}

// outsideIssues finds statements that PostgreSQL refuses inside a transaction.
// Those that it refuses of some objects only, such as REINDEX of a partitioned
// table, are not among them.
func (f *sqlFile) outsideIssues(text sqltext.Text) []issue {
	var issues []issue
	for _, s := range text.Statements {
		f.slotless = f.slotless || f.begins(s, "ALTER", "SUBSCRIPTION") && f.has(s, "SLOT_NAME", "NONE")
		o := f.outside(s)
		if o.what == "" {
			continue
		}
		i := f.issueAt(ruleOutside, s.Start, s.End, "statements that can run inside a transaction")
		i.found = o.what
		i.message = fmt.Sprintf("%s cannot run inside a transaction, and the Controller runs each migration in one, so that PostgreSQL refuses it; ", o.what)
		if o.word > 0 {
			t := s.Tokens[o.word]
			i.offset, i.end = t.Start(), t.End()
			i.message += "remove CONCURRENTLY"
			i.fixes = []Fix{safeFix("remove CONCURRENTLY", f.withoutWord(s, o.word))}
		} else {
			i.end = s.Tokens[0].End()
			if f.word(s, 1) != "(" {
				i.end = s.Tokens[min(len(strings.Fields(o.what)), len(s.Tokens))-1].End()
			}
			i.message += "remove it"
			i.fixes = []Fix{riskyFix("remove the statement of "+o.what, f.removal(s))}
		}
		if issues = append(issues, i); len(issues) == maxSQLIssues {
			break
		}
	}
	return issues
}

// outside says what of a statement cannot run inside a transaction; the zero
// value when nothing.
func (f *sqlFile) outside(s sqltext.Statement) outsider {
	switch first, second := f.word(s, 0), f.word(s, 1); first {
	case "CREATE", "DROP":
		return f.outsideCreate(s, first, second)
	case "ALTER":
		switch {
		case second == "SYSTEM":
			return outsider{what: "ALTER SYSTEM"}
		case second == "DATABASE" && f.word(s, 3) == "SET" && f.word(s, 4) == "TABLESPACE":
			return outsider{what: "ALTER DATABASE"}
		case second == "SUBSCRIPTION" && f.word(s, 3) == "REFRESH":
			return outsider{what: "ALTER SUBSCRIPTION"}
		case second == "TABLE":
			return f.outsideDetach(s)
		}
	case "REINDEX":
		return f.outsideReindex(s)
	case "VACUUM":
		return outsider{what: "VACUUM"}
	case "CLUSTER":
		if behind := f.behindOptions(s, 1); f.word(s, behind) == "" || f.word(s, behind) == "VERBOSE" && f.word(s, behind+1) == "" {
			return outsider{what: "CLUSTER"}
		}
	case "DISCARD":
		if second == "ALL" {
			return outsider{what: "DISCARD ALL"}
		}
	}
	return outsider{}
}

func (f *sqlFile) outsideCreate(s sqltext.Statement, first, second string) outsider {
	index := 1
	if second == "UNIQUE" {
		index = 2
	}
	switch {
	case f.word(s, index) == "INDEX" && f.word(s, index+1) == "CONCURRENTLY":
		return outsider{first + " INDEX CONCURRENTLY", index + 1}
	case second == "DATABASE" || second == "TABLESPACE":
		return outsider{what: first + " " + second}
	case second == "SUBSCRIPTION" && first == "CREATE" && !f.has(s, "CREATE_SLOT", "FALSE", "OFF", "0") && !f.has(s, "CONNECT", "FALSE", "OFF", "0"):
		return outsider{what: "CREATE SUBSCRIPTION"}
	case second == "SUBSCRIPTION" && first == "DROP" && f.word(s, 2) != "IF" && !f.slotless:
		return outsider{what: "DROP SUBSCRIPTION"}
	}
	return outsider{}
}

// outsideDetach looks for DETACH PARTITION name CONCURRENTLY.
func (f *sqlFile) outsideDetach(s sqltext.Statement) outsider {
	for i := 3; i < len(s.Tokens) && i < 12; i++ {
		if f.word(s, i) == "DETACH" && f.word(s, i+1) == "PARTITION" {
			for j := i + 3; j < len(s.Tokens) && j < i+6; j++ {
				if f.word(s, j) == "CONCURRENTLY" {
					return outsider{"ALTER TABLE ... DETACH PARTITION CONCURRENTLY", j}
				}
			}
		}
	}
	return outsider{}
}

func (f *sqlFile) outsideReindex(s sqltext.Statement) outsider {
	behind := f.behindOptions(s, 1)
	for i := 1; i < behind; i++ {
		if value := f.word(s, i+1); f.word(s, i) == "CONCURRENTLY" && value != "FALSE" && value != "OFF" && value != "?" {
			return outsider{"REINDEX CONCURRENTLY", i}
		}
	}
	switch kind := f.word(s, behind); {
	case kind == "SCHEMA" || kind == "DATABASE" || kind == "SYSTEM":
		return outsider{what: "REINDEX " + kind}
	case f.word(s, behind+1) == "CONCURRENTLY":
		return outsider{"REINDEX CONCURRENTLY", behind + 1}
	}
	return outsider{}
}

// behindOptions returns the index behind the options in parentheses at i; i
// when there are none.
func (f *sqlFile) behindOptions(s sqltext.Statement, i int) int {
	if f.word(s, i) != "(" {
		return i
	}
	for j := i + 1; j < len(s.Tokens); j++ {
		if f.word(s, j) == ")" {
			return j + 1
		}
	}
	return i
}

// has says whether a statement gives an option one of these values.
func (f *sqlFile) has(s sqltext.Statement, option string, values ...string) bool {
	for i := range s.Tokens {
		if f.word(s, i) != option || f.word(s, i+1) != "=" || i+2 >= len(s.Tokens) {
			continue
		}
		got := strings.Trim(strings.ToUpper(s.Tokens[i+2].Text(f.sql)), "'")
		for _, value := range values {
			if got == value {
				return true
			}
		}
	}
	return false
}

// withoutWord is the edit that takes the i-th token out of a statement: with
// the blanks behind it, with the comma of a list of options, with the
// parentheses of a list that it was alone in.
func (f *sqlFile) withoutWord(s sqltext.Statement, i int) Edit {
	t, last := s.Tokens, i
	before := f.word(s, i-1)
	if value := f.word(s, i+1); (before == "(" || before == ",") && (value == "TRUE" || value == "ON") {
		last++
	}
	after := f.word(s, last+1)
	switch {
	case before == "(" && after == ")":
		return f.blanksToo(t[i-1].Start(), t[last+1].End())
	case (before == "(" || before == ",") && after == ",":
		return f.blanksToo(t[i].Start(), t[last+1].End())
	case before == "," && after == ")":
		return f.edit(t[i-1].Start(), t[last].End(), "")
	}
	return f.blanksToo(t[i].Start(), t[last].End())
}

// blanksToo removes bytes with the blanks behind them, or at the end of a line
// or a statement with those before them.
func (f *sqlFile) blanksToo(start, end int) Edit {
	behind := end
	for behind < len(f.sql) && (f.sql[behind] == ' ' || f.sql[behind] == '\t') {
		behind++
	}
	if behind == len(f.sql) || strings.IndexByte("\r\n;", f.sql[behind]) >= 0 {
		for start > 0 && (f.sql[start-1] == ' ' || f.sql[start-1] == '\t') {
			start--
		}
		return f.edit(start, end, "")
	}
	return f.edit(start, behind, "")
}
