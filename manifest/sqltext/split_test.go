package sqltext_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

func TestStatementsAreFoundByPostgreSQLsRules(t *testing.T) {
	for sql, want := range map[string][]string{
		"":                                     nil,
		";;\n;":                                nil,
		"SELECT 1":                             {"1 SELECT 1"},
		"SELECT 1 -- one\n":                    {"1 SELECT 1"},
		"SELECT 1;\nSELECT 2;":                 {"1 SELECT 1", "2 SELECT 2"},
		"SELECT 1;\r\nSELECT 2\r\n;":           {"1 SELECT 1", "2 SELECT 2"},
		"-- one; two\n/* a /* b; */ ; */\nA;B": {"3 A", "3 B"},
		"-- ends at\rA;B":                      {"1 A", "1 B"},
		"SELECT 'a;''b';C":                     {"1 SELECT 'a;''b'", "1 C"},
		`SELECT E'a\';b';C`:                    {`1 SELECT E'a\';b'`, "1 C"},
		`SELECT 'a\';C`:                        {`1 SELECT 'a\'`, "1 C"},
		`SELECT date'a\';C`:                    {`1 SELECT date'a\'`, "1 C"},
		"SELECT E'a'\n'b\\';c';D":              {"1 SELECT E'a'\n'b\\';c'", "2 D"},
		"SELECT E'a' -- d\n 'b\\';c';D":        {"1 SELECT E'a' -- d\n 'b\\';c'", "2 D"},
		"SELECT E'a' 'b\\';D":                  {"1 SELECT E'a' 'b\\'", "1 D"},
		"SELECT E'a',\n'b\\';D":                {"1 SELECT E'a',\n'b\\'", "2 D"},
		`SELECT U&'a;\0041', B'1;', x'f;';C`:   {`1 SELECT U&'a;\0041', B'1;', x'f;'`, "1 C"},
		`SELECT "x;""y", U&"d;a";C`:            {`1 SELECT "x;""y", U&"d;a"`, "1 C"},
		"DO $$ a; b $$;\nC":                    {"1 DO $$ a; b $$", "2 C"},
		"DO $f$ $$;$$ $f$;C":                   {"1 DO $f$ $$;$$ $f$", "1 C"},
		"DO $ф$ ; $ф$;C":                       {"1 DO $ф$ ; $ф$", "1 C"},
		"SELECT $1, a$b$c;D":                   {"1 SELECT $1, a$b$c", "1 D"},
		"SELECT 1 AS a$$;D; $$;":               {"1 SELECT 1 AS a$$", "1 D", "1 $$;"},
		"CREATE FUNCTION f() RETURNS INT\nBEGIN ATOMIC\n SELECT 1; SELECT 2;\nEND;\nC": {
			"1 CREATE FUNCTION f() RETURNS INT\nBEGIN ATOMIC\n SELECT 1; SELECT 2;\nEND", "5 C",
		},
		"create or replace procedure p() begin atomic select case when a then b end as end; select a.end, (case x when y then z end); end; C": {
			"1 create or replace procedure p() begin atomic select case when a then b end as end; select a.end, (case x when y then z end); end", "1 C",
		},
		"BEGIN; ATOMIC; END; C":                                                {"1 BEGIN", "1 ATOMIC", "1 END", "1 C"},
		"CREATE TABLE t (begin INT, atomic INT, case_ INT); C":                 {"1 CREATE TABLE t (begin INT, atomic INT, case_ INT)", "1 C"},
		"CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; SELECT 1); C": {"1 CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; SELECT 1)", "1 C"},
		"CREATE TABLE t (a INT; C":                                             {"1 CREATE TABLE t (a INT", "1 C"},
		"\\i a;b'c\nSELECT 1 \\g\n;C":                                          {"2 SELECT 1", "3 C"},
		"COPY t FROM stdin;\na;b\t'c\n\\.\nC":                                  {"1 COPY t FROM stdin", "4 C"},
		"COPY t (a, \"from\") FROM STDIN WITH (FORMAT csv);\r\n;;\r\n\\.\r\nC": {"1 COPY t (a, \"from\") FROM STDIN WITH (FORMAT csv)", "4 C"},
		"COPY t FROM stdin;\na;b":                                              {"1 COPY t FROM stdin", "2 a", "2 b"},
		"COPY t TO STDOUT;\na;b\n\\.\n":                                        {"1 COPY t TO STDOUT", "2 a", "2 b"},
		"SELECT 'never closed; C":                                              {"1 SELECT 'never closed; C"},
		"/* never closed; C":                                                   nil,
		"DO $x$ never closed; C":                                               {"1 DO $x$ never closed; C"},
	} {
		var got []string
		for _, s := range sqltext.Split(sql).Statements {
			got = append(got, fmt.Sprintf("%d %s", s.Line, s.Text))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\n got %q\nwant %q", sql, got, want)
		}
	}
}

func TestWhatIsNeverClosedIsNamed(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT 'a'; -- '":       "",
		"SELECT 'it's'; SELECT;": "'; SELECT;",
		`SELECT E'a\'`:           `E'a\'`,
		"SELECT \"a":             `"a`,
		"/* /* */ ;":             "/* /* */ ;",
		"/*/":                    "/*/",
		"DO $a$ $b$ $$":          "$a$ $b$ $$",
		"'":                      "'",
		"$":                      "",
	} {
		got, open := "", sqltext.Split(sql).Open
		if open != nil {
			got = open.Text(sql)
		}
		if got != want {
			t.Errorf("%q: open is %q, want %q", sql, got, want)
		}
	}
}

func TestBodyOfADollarQuote(t *testing.T) {
	for sql, want := range map[string]string{"$$ a $$": " a ", "$x$$x$": "", "$x$ a": " a", "$ф$б$$ $ф$": "б$$ "} {
		for token := range sqltext.Tokens(sql) {
			if start, end := token.Body(sql); sql[start:end] != want {
				t.Errorf("%q: body %q, want %q", sql, sql[start:end], want)
			}
		}
	}
}

func TestKindsOfTokens(t *testing.T) {
	const sql = `SELECT "a", U&"b", 'c', n'd', $$e$$, $1, 1.5, .5e3, 0x1F, ф$1 -- g` + "\n\\i h\n"
	const want = "Word Quoted Symbol Quoted Symbol String Symbol String Symbol Dollar Symbol Param Symbol Number Symbol Number Symbol Number Symbol Word Comment Command"
	names := map[sqltext.Kind]string{
		sqltext.Comment: "Comment", sqltext.Word: "Word", sqltext.Quoted: "Quoted", sqltext.String: "String", sqltext.Dollar: "Dollar",
		sqltext.Number: "Number", sqltext.Param: "Param", sqltext.Command: "Command", sqltext.Data: "Data", sqltext.Symbol: "Symbol",
	}
	var got []string
	for token := range sqltext.Tokens(sql) {
		if token.Kind() != sqltext.Space {
			got = append(got, names[token.Kind()])
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestCopyIsToldByItsDirection(t *testing.T) {
	for sql, want := range map[string]string{
		"COPY t FROM STDIN":                             "reads",
		"copy t (a) from stdin with (format csv)":       "reads",
		"COPY t TO STDOUT":                              "writes",
		"COPY (SELECT a FROM stdin) TO stdout":          "writes",
		"COPY t FROM 'stdin'":                           "",
		"COPY t (\"from\", stdin) FROM '/tmp/x'":        "",
		"SELECT a FROM stdin":                           "",
		"COPY (SELECT 'x' FROM stdin) TO PROGRAM 'cat'": "",
	} {
		s, got := sqltext.Split(sql).Statements[0], ""
		if s.ReadsStdin(sql) {
			got = "reads"
		}
		if s.WritesStdout(sql) {
			got += "writes"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, sql := range []string{
		"SELECT 'a'; DO $$ x $$; -- c", "$", "/*/**/", "COPY t FROM STDIN;\n1\n\\.\n", "E'\\", "\\i x\n;", "U&'", "$a$b$a$",
		"CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; END; C", "CREATE RULE r AS DO (a;b);c", "'a'\n'b'", "\xff\x00.5.",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		at := 0
		for token := range sqltext.Tokens(sql) {
			if token.Start() != at || token.End() <= at || token.End() > len(sql) || token.Open() && token.End() != len(sql) {
				t.Fatalf("token %+v at %d of %q", token, at, sql)
			}
			at = token.End()
			if token.Kind() == sqltext.Dollar {
				if start, end := token.Body(sql); start < token.Start() || end < start || end > token.End() {
					t.Fatalf("body %d to %d of %+v in %q", start, end, token, sql)
				}
			}
		}
		if at != len(sql) {
			t.Fatalf("the tokens of %q end at %d", sql, at)
		}
		end := 0
		for _, s := range sqltext.Split(sql).Statements {
			if s.Start < end || s.Text == "" || s.Text != sql[s.Start:s.End] || s.Line != 1+strings.Count(sql[:s.Start], "\n") {
				t.Fatalf("statement %+v of %q", s, sql)
			}
			if s.Semicolon >= 0 && (s.Semicolon < s.End || sql[s.Semicolon] != ';') {
				t.Fatalf("the semicolon of %+v of %q", s, sql)
			}
			if first, last := s.Tokens[0], s.Tokens[len(s.Tokens)-1]; first.Start() != s.Start || last.End() != s.End {
				t.Fatalf("the tokens of %+v of %q", s, sql)
			}
			end = s.End
		}
	})
}
