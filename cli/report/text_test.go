package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/manifest"
)

const repair = "netstacks-plugin validate --fix my-plugin"

func TestTextOfAPluginInOrderIsTheDocumentedOne(t *testing.T) {
	const want = `Validating plugin at: my-plugin
✓ manifest.json exists
✓ service/Dockerfile exists
✓ service entry point exists
✓ All required fields present
✓ Name matches pattern
✓ Version matches semver pattern
✓ Port in valid range
✓ Resources has cpu_limit and memory_limit
✓ Migrations directory has 1 SQL file(s)
Validation results: 8/8 checks passed
✓ Plugin validation passed
`
	if got := written(t, "text", check(plugin(complete(t))), Options{Repair: repair}); got != want {
		t.Errorf("got\n%s", got)
	}
}

// finding is one error of a manifest; more is put over it.
func finding(more func(*manifest.Finding)) manifest.Finding {
	f := manifest.Finding{
		Rule: "NSP2032", Severity: manifest.SeverityError, Message: "cpu_limit is 9, the Controller takes 0.1 to 4.0 cores", File: "manifest.json",
		Line: 12, Column: 18, EndLine: 12, EndColumn: 19, Pointer: "/resources/cpu_limit", Found: "9", Allowed: "0.1 to 4.0 cores", Fixes: []manifest.Fix{},
	}
	if more != nil {
		more(&f)
	}
	return f
}

func TestTextShowsEachFindingWithItsLine(t *testing.T) {
	r := check(changed(t, `"cpu_limit": 0.5`, `"cpu_limit": 9`))
	safe := manifest.Fix{Title: `write "cpu_limit": 4.0`, Safe: true}
	risky := manifest.Fix{Title: "remove cpu_limit"}
	for _, test := range []struct {
		name     string
		findings []manifest.Finding
		waived   int
		want     string // what stands between the checks and the score
	}{
		{"a value", []manifest.Finding{finding(nil)}, 0, `
manifest.json:12:18: error: cpu_limit is 9, the Controller takes 0.1 to 4.0 cores [NSP2032]
   12 |     "cpu_limit": 9,
      |                  ^

1 error
more about a rule: netstacks-plugin validate --explain NSP2032
`},
		{"what is allowed is said once", []manifest.Finding{finding(func(f *manifest.Finding) { f.Message = "cpu_limit is 9" })}, 0, `
manifest.json:12:18: error: cpu_limit is 9 [NSP2032]
   12 |     "cpu_limit": 9,
      |                  ^
      = allowed: 0.1 to 4.0 cores

1 error
more about a rule: netstacks-plugin validate --explain NSP2032
`},
		{"the safe fix before a risky one", []manifest.Finding{finding(func(f *manifest.Finding) { f.Fixes = []manifest.Fix{risky, safe} }), finding(nil)}, 0, `
manifest.json:12:18: error: cpu_limit is 9, the Controller takes 0.1 to 4.0 cores [NSP2032]
   12 |     "cpu_limit": 9,
      |                  ^
      = fix: write "cpu_limit": 4.0

manifest.json:12:18: error: cpu_limit is 9, the Controller takes 0.1 to 4.0 cores [NSP2032]
   12 |     "cpu_limit": 9,
      |                  ^

2 errors
1 of 2 can be mended: netstacks-plugin validate --fix my-plugin
more about a rule: netstacks-plugin validate --explain NSP2032
`},
		{"a fix that is not safe, of a whole file", []manifest.Finding{finding(func(f *manifest.Finding) { f.Fixes, f.Line = []manifest.Fix{risky}, 0 })}, 2, `
manifest.json: error: cpu_limit is 9, the Controller takes 0.1 to 4.0 cores [NSP2032]
      = fix, with --unsafe: remove cpu_limit

2 findings are waived in netstacks.toml
1 error
1 of 1 can be mended: netstacks-plugin validate --fix --unsafe my-plugin, which may remove what you wrote
more about a rule: netstacks-plugin validate --explain NSP2032
`},
		{"a warning over several lines", []manifest.Finding{finding(func(f *manifest.Finding) { f.Severity, f.EndLine, f.EndColumn = manifest.SeverityWarning, 13, 3 })}, 1, `
manifest.json:12:18: warning: cpu_limit is 9, the Controller takes 0.1 to 4.0 cores [NSP2032]
   12 |     "cpu_limit": 9,
      |                  ^^

1 finding is waived in netstacks.toml
1 warning
more about a rule: netstacks-plugin validate --explain NSP2032
`},
		{"only waived findings", nil, 1, `
1 finding is waived in netstacks.toml

`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := r
			r.Findings, r.Waived = test.findings, make([]manifest.Waived, test.waived)
			got := written(t, "text", r, Options{Repair: repair})
			_, got, _ = strings.Cut(got, "SQL file(s)\n")
			got, end, found := strings.Cut(got, "\nValidation results: ")
			if !found || end != "8/8 checks passed\n✗ Plugin validation failed\n" {
				t.Errorf("the end is %q", end)
			}
			if strings.TrimRight(got, "\n") != strings.TrimRight(test.want, "\n") {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

func TestTextOffersNoRepairWhereNothingCanBeWritten(t *testing.T) {
	r := handmade()
	if got := written(t, "text", r, Options{}); strings.Contains(got, "--fix") {
		t.Errorf("got\n%s", got)
	}
	want := "2 of 4 can be mended: " + repair
	if got := written(t, "text", r, Options{Repair: repair}); !strings.Contains(got, want+"\n") {
		t.Errorf("no line %q in\n%s", want, got)
	}
	r.Findings[0].Fixes = r.Findings[0].Fixes[1:]
	want = "1 of 4 can be mended: " + repair + "; 1 more with --unsafe, which may remove what you wrote"
	if got := written(t, "text", r, Options{Repair: repair}); !strings.Contains(got, want+"\n") {
		t.Errorf("no line %q in\n%s", want, got)
	}
}

func TestColoursAddNothingButColours(t *testing.T) {
	every(t, func(t *testing.T, name string, r manifest.Report) {
		plain, colored := written(t, "text", r, Options{}), written(t, "text", r, Options{Color: true})
		if ansi.Strip(colored) != plain {
			t.Fatalf("%s: in colours\n%s\nwithout\n%s", name, colored, plain)
		}
		if r.OK && len(r.Findings) == 0 && colored != plain {
			t.Fatalf("%s: a report without a finding is coloured:\n%q", name, colored)
		}
	})
	if got := written(t, "text", handmade(), Options{Color: true}); !strings.Contains(got, "\x1b[1;31merror\x1b[m") || !strings.Contains(got, "\x1b[1;33mwarning\x1b[m") {
		t.Errorf("severities have no colour:\n%q", got)
	}
}

func TestExcerptUnderlinesThePlace(t *testing.T) {
	long := strings.Repeat("0123456789", 30)
	for _, test := range []struct {
		name     string
		line     string
		from, to int
		want     string // the line and the marks below it
	}{
		{"a value", `  "port": 80,`, 11, 13, `
  "port": 80,
          ^^`},
		{"no width", "{}", 1, 1, "\n{}\n^"},
		{"behind the line", "{", 2, 3, "\n{\n ^"},
		{"far behind the line", "{", 9, 10, "\n{\n ^"},
		{"to behind the line", "abc", 2, 99, "\nabc\n ^^"},
		{"a column below 1", "abc", 0, 0, "\nabc\n^"},
		{"an empty line", "", 1, 1, "\n\n^"},
		{"tabs", "\t\t\"a\":\t1", 8, 9, "\n        \"a\":    1\n                ^"},
		{"a tab itself", "a\tb", 2, 3, "\na    b\n ^^^^"},
		{"wide characters before", `"名前": 1`, 7, 8, "\n\"名前\": 1\n        ^"},
		{"wide characters inside", `"名前"`, 2, 4, "\n\"名前\"\n ^^^^"},
		{"an accent of its own", "\"Zoe\u0308\": 1", 9, 10, "\n\"Zoe\u0308\": 1\n       ^"},
		{"control characters", "a\x1b[31mb\x00c", 7, 8, "\na\uFFFD[31mb\uFFFDc\n      ^"},
		{"no UTF-8", "a\xff\xfeb", 4, 5, "\na\uFFFD\uFFFDb\n   ^"},
		{"bidirectional overrides", "a\u202eb", 3, 4, "\na\uFFFDb\n  ^"},
		{"a long line, at its start", long, 1, 4, "\n" + long[:100] + "…\n^^^"},
		{"a long line, in its middle", long, 151, 153, "\n…" + long[110:210] + "…\n" + strings.Repeat(" ", 41) + "^^"},
		{"a long line, at its end", long, 300, 301, "\n…" + long[259:] + "\n" + strings.Repeat(" ", 41) + "^"},
		{"a long value", long, 1, 301, "\n" + long[:100] + "…\n" + strings.Repeat("^", 100)},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := excerptOf(test.line, test.from, test.to)
			if got := "\n" + e.line + "\n" + e.indent + e.marks; got != test.want {
				t.Errorf("got%s\nwant%s", got, test.want)
			}
		})
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("  \"port\": 80,", 11, 13)
	f.Add("\t名\u0308\x1b\xff", 2, 4)
	f.Fuzz(func(t *testing.T, line string, from, to int) {
		line, _, _ = strings.Cut(line, "\n")
		e := excerptOf(line, from, to)
		if w := ansi.StringWidth(e.line); w > maxExcerpt+4 {
			t.Errorf("the line is %d cells wide", w)
		}
		if len(e.indent)+len(e.marks) > maxExcerpt+4 || e.marks == "" {
			t.Errorf("indent %d, marks %d", len(e.indent), len(e.marks))
		}
		if ansi.Strip(e.line) != e.line {
			t.Errorf("a terminal acts on %q", e.line)
		}
	})
}

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	for _, format := range Formats {
		if err := Write(broken{}, format, handmade(), Options{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", format, err)
		}
	}
	if _, err := Diff(broken{}, []manifest.Change{{File: "a", Before: []byte("1\n"), After: []byte("2\n")}}, DiffOptions{Mask: func(s string) string { return s }}); !errors.Is(err, errBroken) {
		t.Errorf("diff: %v", err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }
