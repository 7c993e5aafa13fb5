package manifest

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// variants are ways to write one and the same manifest.
var variants = map[string]func(string) string{
	"as written": func(s string) string { return s },
	"CRLF":       func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"tabs":       func(s string) string { return strings.ReplaceAll(s, "  ", "\t") },
}

// eachDeviation calls f for every deviation of the corpus in every variant.
func eachDeviation(t *testing.T, f func(t *testing.T, fsys fstest.MapFS)) {
	base := complete(t)
	n := 0
	for variant, write := range variants {
		for _, group := range corpus {
			for _, dev := range group {
				if n++; n%everyNth != 0 {
					continue
				}
				t.Run(variant+"/"+dev.name, func(t *testing.T) {
					t.Parallel()
					f(t, plugin(write(strings.Replace(base, dev.old, dev.new, 1))))
				})
			}
		}
		for _, group := range treeCorpus {
			for _, dev := range group {
				if n++; n%everyNth != 0 {
					continue
				}
				t.Run(variant+"/"+dev.name, func(t *testing.T) {
					t.Parallel()
					fsys := dev.plugin(t)
					fsys[FileName] = &fstest.MapFile{Data: []byte(write(string(fsys[FileName].Data)))}
					f(t, fsys)
				})
			}
		}
	}
}

func TestEveryFixMendsItsFindingAndBreaksNothing(t *testing.T) {
	eachDeviation(t, func(t *testing.T, fsys fstest.MapFS) {
		before := Check(fsys, Options{})
		for _, finding := range before.Findings {
			for _, fix := range finding.Fixes {
				if fix.Title == "" || len(fix.Edits) == 0 {
					t.Errorf("%s: the fix %+v says or does nothing", finding.Rule, fix)
				}
				after := findingsOf(with(t, fsys, fix))
				if problem := worse(before, after, finding.Rule); problem != "" {
					t.Errorf("%s %q: %s\n%+v", finding.Rule, fix.Title, problem, after.Findings)
				}
			}
		}
	})
}

// findingsOf is the report of Check without its trials of fixes.
func findingsOf(fsys fs.FS) Report {
	p := evaluate(newFiles(fsys))
	c := p.configure()
	c.issues = bounded(c.issues)
	return p.report(c, Options{})
}

// with returns the files after a fix, which must leave every byte outside its
// edits as it is.
func with(t *testing.T, fsys fstest.MapFS, fix Fix) fstest.MapFS {
	t.Helper()
	after := maps.Clone(fsys)
	for name, edits := range byFile(fix.Edits) {
		old := fsys[name]
		if old == nil {
			t.Fatalf("the fix %+v changes %s, which is not there", fix, name)
		}
		data, err := ApplyEdits(old.Data, edits)
		if err != nil {
			t.Fatalf("the fix %+v: %v", fix, err)
		}
		if len(edits) == 1 {
			e := edits[0]
			if !bytes.HasPrefix(data, old.Data[:e.Start]) || !bytes.HasSuffix(data, old.Data[e.End:]) || len(data) != len(old.Data)-(e.End-e.Start)+len(e.New) {
				t.Errorf("the fix %+v changed bytes outside its edit", fix)
			}
		}
		after[name] = &fstest.MapFile{Data: data}
	}
	return after
}

// worse says what of after is worse than before, apart from the one finding of
// rule that must be gone. What a broken file hid does not count.
func worse(before, after Report, rule string) string {
	a, b := countRules(before), countRules(after)
	if b[rule] >= a[rule] {
		return fmt.Sprintf("%d findings of %s are still there", b[rule], rule)
	}
	hidden := strings.HasPrefix(rule, "NSP1") && rule != ruleDuplicateKey
	for id, n := range b {
		if n > a[id] && (!hidden || strings.HasPrefix(id, "NSP1") && id != ruleDuplicateKey && id != ruleNotObject) {
			return "there is a new finding of " + id
		}
	}
	for i, c := range before.Checks {
		if c.OK && !after.Checks[i].OK {
			return "the check " + c.ID + " fails anew"
		}
	}
	return ""
}

func countRules(r Report) map[string]int {
	n := map[string]int{}
	for _, f := range r.Findings {
		n[f.Rule]++
	}
	return n
}

func TestRepairTwiceChangesNothing(t *testing.T) {
	eachDeviation(t, func(t *testing.T, fsys fstest.MapFS) {
		before := findingsOf(fsys)
		for _, risky := range []bool{false, true} {
			once := Repair(fsys, Options{}, risky)
			repaired := maps.Clone(fsys)
			for _, c := range once.Changes {
				if old, err := fs.ReadFile(fsys, c.File); err != nil || !bytes.Equal(old, c.Before) {
					t.Errorf("%s: before is not what is there (%v)", c.File, err)
				}
				if strings.Contains(string(c.Before), "\r\n") && strings.Count(string(c.After), "\n") != strings.Count(string(c.After), "\r\n") {
					t.Errorf("%s: the line endings are mixed:\n%q", c.File, c.After)
				}
				repaired[c.File] = &fstest.MapFile{Data: c.After}
			}
			if len(once.Changes) > 0 && len(once.Applied) == 0 {
				t.Error("files changed without a fix")
			}
			if len(once.Report.Findings) > len(before.Findings) && before.Judged() {
				t.Errorf("there are more findings than before: %+v", once.Report.Findings)
			}
			if len(once.Changes) == 0 {
				continue // a second repair would be the first one again
			}
			twice := Repair(repaired, Options{}, risky)
			if len(twice.Changes) != 0 || len(twice.Applied) != 0 {
				t.Errorf("a second repair made %+v", twice.Applied)
			}
			if got, want := places(twice.Report.Findings), places(once.Report.Findings); got != want {
				t.Errorf("the report after the repair says\n%s\nthe files say\n%s", want, got)
			}
		}
	})
}
