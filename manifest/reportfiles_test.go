package manifest

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReportsCountLines(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "\n": 1, "{}": 1, "{}\n": 1, "{\n}": 2, "{\r\n}\r\n": 2, "{}\n\n": 2, "\xef\xbb\xbf{}\n": 1,
	} {
		r := Check(fstest.MapFS{FileName: {Data: []byte(text)}}, Options{})
		if got := r.Lines(FileName); got != want {
			t.Errorf("%q has %d lines, want %d", text, got, want)
		}
	}
	r := Check(fstest.MapFS{}, Options{})
	if r.Lines(FileName) != 0 || (Report{}).Lines(FileName) != 0 {
		t.Error("a file that was not read has lines")
	}
	if _, ok := r.Content(FileName); ok || r.Judged() {
		t.Error("a file that is missing has content")
	}
}

func TestReportsKeepTheFilesTheyRead(t *testing.T) {
	text := complete(t)
	r := Check(plugin(text), Options{})
	if data, ok := r.Content(FileName); !ok || string(data) != text || !r.Judged() {
		t.Errorf("the manifest is kept as %q, %t", data, ok)
	}
	if !slices.Contains(r.Files(), FileName) {
		t.Errorf("the manifest is not among the files read: %v", r.Files())
	}
	for _, damaged := range []string{text[:len(text)/2], "[]", "", "{"} {
		if Check(plugin(damaged), Options{}).Judged() {
			t.Errorf("%.20q was judged as a whole", damaged)
		}
	}
}

func TestChangesOfAFix(t *testing.T) {
	r := Check(fstest.MapFS{FileName: {Data: []byte("{\"a\": 1}\n")}}, Options{})
	at := func(start, end int, text string) Fix {
		return Fix{Edits: []Edit{{File: FileName, Start: start, End: end, New: text}}}
	}
	changes, err := r.Changes(at(6, 7, "2"))
	if err != nil || len(changes) != 1 || string(changes[0].Before) != "{\"a\": 1}\n" || string(changes[0].After) != "{\"a\": 2}\n" {
		t.Errorf("got %+v, %v", changes, err)
	}
	if changes, err := r.Changes(at(6, 7, "1")); err != nil || len(changes) != 0 {
		t.Errorf("a fix that changes nothing: %+v, %v", changes, err)
	}
	if _, err := r.Changes(at(6, 70, "1")); err == nil {
		t.Error("an edit outside of the file was made")
	}
	other := Fix{Edits: []Edit{{File: "service/Nothing", New: "x"}}}
	for name, r := range map[string]Report{"a file that was not read": r, "no report": {}} {
		if _, err := r.Changes(other); err == nil {
			t.Errorf("%s was changed", name)
		}
	}
}

// TestFindingsCanBeHadBeforeTheirFixes: with -race it also tells whether the
// early report is safe to be read while fixes are tried.
func TestFindingsCanBeHadBeforeTheirFixes(t *testing.T) {
	text := complete(t)
	f := plugin(text)
	p := evaluate(newFiles(f))
	p.issues = []issue{{rule: ruleUnknownField, message: "made up", fixes: []Fix{safeFix("change nothing", edit(0, 0, " "))}}}
	read := make(chan int)
	var early Report
	p.foundSoFar(p.configure(), Options{Found: func(r Report) {
		early = r
		go func() { read <- r.Lines(FileName) + len(r.Line(FileName, 1)) + len(r.Files()) }()
	}})
	p.tryFixes(p.issues, nil)
	if <-read == 0 || len(early.Findings) != 1 || early.Findings[0].Fixes == nil || len(early.Findings[0].Fixes) != 0 {
		t.Errorf("the early report is %+v", early.Findings)
	}
	Check(f, Options{Found: func(Report) { t.Error("it is told early although there is no fix to try") }})
}

func TestRulePagesAreFoundByTheirRule(t *testing.T) {
	if page, ok := RulePage("NSP3011"); !ok || len(page) < 200 {
		t.Errorf("got %q, %t", page, ok)
	}
	for _, id := range []string{"", "NSP9999", "../rules", "dockerfile-exists"} {
		if page, ok := RulePage(id); ok {
			t.Errorf("%q has the page %q", id, page)
		}
	}
}

// TestTheTrialOfFixesCanBeEnded: a reader whose files have changed meanwhile
// still gets every finding, and no fix that was not tried.
func TestTheTrialOfFixesCanBeEnded(t *testing.T) {
	f := plugin(strings.Replace(complete(t), `"capabilities_required": [`, `"capabilities_required": ["red_devices", "index_knowledge", `, 1))
	fixes := func(r Report) (n int) {
		for _, f := range r.Findings {
			n += len(f.Fixes)
		}
		return n
	}
	stop := make(chan struct{})
	whole := Check(f, Options{Stop: stop})
	ended := Check(f, Options{Stop: stop, Found: func(Report) { close(stop) }})
	if len(whole.Findings) < 2 || fixes(whole) < 2 {
		t.Fatalf("the findings are %+v", whole.Findings)
	}
	if len(ended.Findings) != len(whole.Findings) || fixes(ended) != 0 {
		t.Errorf("%d findings with %d fixes, not %d with none", len(ended.Findings), fixes(ended), len(whole.Findings))
	}
}
