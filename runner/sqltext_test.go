package runner

import (
	"fmt"
	"slices"
	"testing"
)

func TestStatementsAreFoundByPostgreSQLsRules(t *testing.T) {
	for sql, want := range map[string][]string{
		"":                                     nil,
		";;\n;":                                nil,
		"SELECT 1":                             {"1 SELECT 1"},
		"SELECT 1;\nSELECT 2;":                 {"1 SELECT 1", "2 SELECT 2"},
		"-- one; two\n/* a /* b; */ ; */\nA;B": {"3 A", "3 B"},
		"SELECT 'a;''b';C":                     {"1 SELECT 'a;''b'", "1 C"},
		`SELECT E'a\';b';C`:                    {`1 SELECT E'a\';b'`, "1 C"},
		`SELECT 'a\';C`:                        {`1 SELECT 'a\'`, "1 C"},
		`SELECT "x;y";C`:                       {`1 SELECT "x;y"`, "1 C"},
		"DO $$ a; b $$;\nC":                    {"1 DO $$ a; b $$", "2 C"},
		"DO $f$ $$;$$ $f$;C":                   {"1 DO $f$ $$;$$ $f$", "1 C"},
		"SELECT $1, a$b$c;D":                   {"1 SELECT $1, a$b$c", "1 D"},
		"CREATE FUNCTION f() RETURNS INT\nBEGIN ATOMIC\n SELECT 1; SELECT 2;\nEND;\nC": {
			"1 CREATE FUNCTION f() RETURNS INT\nBEGIN ATOMIC\n SELECT 1; SELECT 2;\nEND", "5 C",
		},
		"SELECT 'never closed; C": {"1 SELECT 'never closed; C"},
		"/* never closed; C":      nil,
		"DO $x$ never closed; C":  {"1 DO $x$ never closed; C"},
	} {
		var got []string
		for _, s := range splitSQL(sql) {
			got = append(got, fmt.Sprintf("%d %s", s.line, s.text))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\n got %q\nwant %q", sql, got, want)
		}
	}
}

func FuzzSplitSQL(f *testing.F) {
	f.Add("SELECT 'a'; DO $$ x $$; -- c")
	f.Add("$")
	f.Add("/*/**/")
	f.Fuzz(func(t *testing.T, sql string) {
		for _, s := range splitSQL(sql) {
			if s.line < 1 || s.text == "" {
				t.Errorf("statement %+v", s)
			}
		}
	})
}
