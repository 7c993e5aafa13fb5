package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// mendable are the files of a plugin with findings of all kinds.
var mendable = map[string]string{
	manifest.FileName: strings.NewReplacer(
		`"version": "1.0.0"`, `"version": "1.0"`, `:1.0.0"`, `:1.0"`, "268435456", "6710886", `"port": 8080`, `"port": 80`,
	).Replace(sampleSource),
	"service/Dockerfile":                "FROM python:3.12-slim\nENV API_KEY=hunter2hunter2\nCOPY . .\nEXPOSE 80\n",
	"service/main.py":                   "app = 1\n",
	"migrations/001_initial_schema.sql": "CREATE TABLE items (id INT);\nCOMMIT;\n",
}

// replacement is the edit that writes is in place of the only was of a file.
func replacement(file, was, is string) manifest.Edit {
	text := mendable[file]
	if strings.Count(text, was) != 1 {
		panic(fmt.Sprintf("%q stands %d times in %s", was, strings.Count(text, was), file))
	}
	at := strings.Index(text, was)
	return manifest.Edit{File: file, Start: at, End: at + len(was), New: is}
}

// at is a finding at the only place of text in a file.
func at(rule string, severity manifest.Severity, file, text, message string, fixes ...manifest.Fix) manifest.Finding {
	e := replacement(file, text, "")
	before := mendable[file][:e.Start]
	line, column := 1+strings.Count(before, "\n"), e.Start-strings.LastIndex(before, "\n")
	if fixes == nil {
		fixes = []manifest.Fix{}
	}
	return manifest.Finding{
		Rule: rule, Severity: severity, Message: message, File: file, Line: line, Column: column, EndLine: line, EndColumn: column + len(text), Fixes: fixes,
	}
}

// sampleMendable is a manifest with findings, in other files too, and fixes for some.
func sampleMendable() studio.Snapshot {
	fsys := fstest.MapFS{}
	for name, text := range mendable {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	sn := sampleFresh()
	sn.Recent = nil
	r := manifest.Check(fsys, manifest.Options{Path: "monitoring-integration"})
	r.OK, r.Score.Passed, r.Checks, r.Waived = false, 6, sampleChecks("Version matches semver pattern", "Port in valid range"), make([]manifest.Waived, 2)
	const m, d, q = manifest.FileName, "migrations/001_initial_schema.sql", "ui/dist/index.js"
	port := at("NSP2016", manifest.SeverityError, m, "80,", "port is 80, the Controller takes a whole number from 1024 to 65535",
		manifest.Fix{Title: `write "port": 8080`, Safe: true, Edits: []manifest.Edit{replacement(m, "80,", "8080,")}},
		manifest.Fix{Title: `write "port": 1080`, Edits: []manifest.Edit{replacement(m, "80,", "1080,")}},
	)
	port.Pointer, port.Found, port.Allowed, port.EndColumn = "/port", "80", "a whole number from 1024 to 65535", port.EndColumn-1
	r.Findings = []manifest.Finding{
		at("NSP2011", manifest.SeverityError, m, `"1.0"`, `version is the text "1.0", the Controller takes X.Y.Z with numeric parts only`,
			manifest.Fix{Title: `write "version": "1.0.0", and the image's tag with it`, Safe: true, Edits: []manifest.Edit{
				replacement(m, `"1.0"`, `"1.0.0"`), replacement(m, `:1.0"`, `:1.0.0"`),
			}}),
		port,
		at("NSP3011", manifest.SeverityWarning, m, `"index_knowledge"`, "index_knowledge unlocks nothing: no endpoint checks it; declare create_knowledge_document instead",
			manifest.Fix{Title: `declare "create_knowledge_document" instead`, Safe: true, Edits: []manifest.Edit{replacement(m, "index_knowledge", "create_knowledge_document")}},
			manifest.Fix{Title: `remove "index_knowledge"`, Edits: []manifest.Edit{replacement(m, ",\n    \"index_knowledge\"", "")}}),
		at("NSP3043", manifest.SeverityWarning, m, "30\n  },", "a probe may take 30 s, but the next one is due after 30 s"),
		at("NSP3063", manifest.SeverityError, d, "COMMIT", "COMMIT ends the transaction that the Controller applies this migration in: leave it out",
			manifest.Fix{Title: "remove COMMIT", Edits: []manifest.Edit{replacement(d, "COMMIT;\n", "")}}),
		{Rule: "NSP3050", Severity: manifest.SeverityInfo, Message: "ui_bundle is not built: dist/index.js is missing", File: q, Fixes: []manifest.Fix{}},
	}
	sn.Manifest.Report, sn.Manifest.Source, sn.Manifest.Whole, sn.Manifest.WholeAt = r, r.Source, &r, sn.Manifest.At
	return sn
}

func init() {
	samples = append(samples, struct {
		name string
		make func() studio.Snapshot
	}{"mendable", sampleMendable})
}

// manifestPageOf opens the page on a snapshot.
func manifestPageOf(t *testing.T, sn studio.Snapshot, width, height int) (*harness, *manifestPage) {
	t.Helper()
	h := newHarness(t, sn, width, height)
	h.press("2")
	h.screen()
	return h, h.root.page().(*manifestPage)
}

func TestTheManifestPageLooksAsIntended(t *testing.T) {
	lost := func(change func(*studio.Snapshot)) func() studio.Snapshot {
		return func() studio.Snapshot {
			sn := sampleRunning()
			whole := sn.Manifest.Report
			sn.Manifest.Whole, sn.Manifest.WholeAt = &whole, sampleNow.Add(-time.Minute)
			change(&sn)
			return sn
		}
	}
	cut := lost(func(sn *studio.Snapshot) {
		r := manifest.Check(fstest.MapFS{manifest.FileName: {Data: []byte(sampleSource[:200])}}, manifest.Options{})
		line, column := r.Document.Position(200)
		r.Findings = []manifest.Finding{{
			Rule: "NSP1017", Severity: manifest.SeverityError, Message: "the file ends here, but the { of line 1 is never closed; add }", File: manifest.FileName,
			Line: line, Column: column, Allowed: "}",
			Fixes: []manifest.Fix{{Title: "write }", Edits: []manifest.Edit{{File: manifest.FileName, Start: 200, End: 200, New: "\"\n}\n"}}}},
		}}
		sn.Manifest.Report, sn.Manifest.Source = r, r.Source
	})
	gone := lost(func(sn *studio.Snapshot) {
		sn.Gone = true
		sn.Manifest.Report = manifest.Check(fstest.MapFS{}, manifest.Options{})
		sn.Manifest.Source = nil
	})
	for _, c := range []struct {
		name  string
		make  func() studio.Snapshot
		keys  []string
		sizes [][2]int
	}{
		{"first", sampleMendable, nil, [][2]int{{200, 50}, {120, 40}, {80, 24}, {60, 15}, {40, 12}}},
		{"alternative", sampleMendable, []string{"j", "j", "F"}, [][2]int{{120, 40}, {60, 15}, {40, 12}}},
		{"otherfile", sampleMendable, []string{"j", "j", "j", "j"}, [][2]int{{120, 40}, {80, 24}}},
		{"cut", cut, nil, [][2]int{{120, 40}, {40, 12}}},
		{"cut-asis", cut, []string{"v"}, [][2]int{{80, 24}}},
		{"gone", gone, nil, [][2]int{{80, 24}}},
		{"ask", sampleTransaction, []string{"j", "j", "j", "j", "f"}, [][2]int{{50, 12}, {40, 12}}},
		{"explain", sampleMendable, []string{"j", "j", "x"}, [][2]int{{120, 40}, {40, 12}}},
	} {
		for _, size := range c.sizes {
			name := fmt.Sprintf("manifest-%s-%dx%d", c.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				h, _ := manifestPageOf(t, c.make(), size[0], size[1])
				for _, k := range c.keys {
					h.handle(keyMsg(k))
				}
				if c.name == "ask" {
					h.until("the question is asked", func() bool { return len(h.root.dialogs) > 0 })
				}
				if c.name == "explain" {
					h.until("the page is open", func() bool { return len(h.root.dialogs) > 0 })
					h.root.dialogs[0].(*explanation).page = samplePage
				}
				golden(t, name, h.screen())
				h.fits()
			})
		}
	}
}

const samplePage = `# NSP3011: capabilities unlock something

Severity: warning. A declared capability is one that some endpoint
of the internal API asks for.

## Why

- The endpoint that indexes documents asks for ` + "`create_knowledge_document`" + `, which is another one, and it answers 403.
- Nothing else is lost.

## Wrong

` + "```json" + `
"capabilities_required": ["read_devices", "index_knowledge"]
` + "```" + `

## Fix

` + "`netstacks-plugin validate --fix`" + ` does it by itself.
`

func TestExplanationsAreScrolledAndClosed(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 60, 15)
	h.press("j", "j", "x")
	h.until("the page is open", func() bool { return len(h.root.dialogs) > 0 })
	d := h.root.dialogs[0].(*explanation)
	if page, ok := manifest.RulePage("NSP3011"); !ok || d.page != page {
		t.Errorf("it is not the rule's page: %q", d.page)
	}
	d.page = samplePage
	if h.screen(); len(h.rows("Severity: warning.")) != 1 || len(h.rows("more below")) != 1 {
		t.Errorf("the top is out of sight:\n%s", h.screen())
	}
	h.press("end")
	if len(h.rows("does it by itself")) != 1 || len(h.rows("more below")) != 0 {
		t.Errorf("the end is out of sight:\n%s", h.screen())
	}
	h.press("pgup", "pgup", "j", "k")
	if d.first != 0 {
		t.Errorf("line %d is on top", d.first)
	}
	h.press("x")
	if len(h.root.dialogs) != 0 {
		t.Error("x does not close what it opened")
	}
	p.items[p.focus].Rule = "dockerfile-exists"
	h.press("x")
	h.shows("There is no page about this")
}

// rows returns the lines of the screen that hold text.
func (h *harness) rows(text string) []string {
	var rows []string
	for _, line := range strings.Split(h.screen(), "\n") {
		if strings.Contains(line, text) {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

func TestListAndSourceFollowOneCursor(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 120, 24)
	type place struct {
		focus int
		file  string
		line  int
	}
	for _, step := range []struct {
		keys []string
		want place
	}{
		{nil, place{0, manifest.FileName, 3}},
		{[]string{"j"}, place{1, manifest.FileName, 8}},
		{[]string{"down", "down"}, place{3, manifest.FileName, 19}},
		{[]string{"k"}, place{2, manifest.FileName, 11}},
		{[]string{"K"}, place{2, manifest.FileName, 10}},                            // a line without a finding: the finding stays
		{[]string{"K", "K"}, place{1, manifest.FileName, 8}},                        // a line with one: it is focused
		{[]string{"home"}, place{1, manifest.FileName, 1}},                          // the top
		{[]string{"J", "J"}, place{0, manifest.FileName, 3}},                        // the first finding
		{[]string{"end"}, place{0, manifest.FileName, 30}},                          // the bottom
		{[]string{"j"}, place{1, manifest.FileName, 8}},                             // findings go on from the focused one
		{[]string{"j", "j", "j"}, place{4, "migrations/001_initial_schema.sql", 2}}, // another file's lines
		{[]string{"home"}, place{4, "migrations/001_initial_schema.sql", 1}},        // the cursor stays in that file
		{[]string{"j"}, place{5, manifest.FileName, 0}},                             // a file that was not read: the manifest, without a cursor
		{[]string{"k", "k", "k", "k", "k", "k"}, place{0, manifest.FileName, 3}},    // not beyond the first
	} {
		h.press(step.keys...)
		h.screen()
		if got := (place{p.focus, p.pane.file, p.pane.line}); got != step.want {
			t.Errorf("after %v: %+v, want %+v", step.keys, got, step.want)
		}
	}
}

func TestPageKeysScrollByPages(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 120, 24)
	shown := p.pane.shown
	h.press("home", "pgdown")
	h.screen()
	if p.pane.line != 1+shown {
		t.Errorf("the cursor is on line %d after a page of %d", p.pane.line, shown)
	}
	h.press("pgup")
	h.screen()
	if p.pane.line != 1 || p.pane.first != 0 {
		t.Errorf("the cursor is on line %d below line %d after a page back", p.pane.line, p.pane.first)
	}
}

func TestKeysMakeFixesAndTakeThemBack(t *testing.T) {
	for _, c := range []struct {
		keys []string
		undo string
		call string // "" for none
		says string
	}{
		{[]string{"f"}, "", `fix NSP2011: write "version": "1.0.0", and the image's tag with it`, ""},
		{[]string{"j", "f"}, "", `fix NSP2016: write "port": 8080`, ""},
		{[]string{"j", "F", "f"}, "", `fix NSP2016: write "port": 1080`, ""},
		{[]string{"j", "F", "F", "f"}, "", `fix NSP2016: write "port": 8080`, ""},
		{[]string{"j", "j", "j", "f"}, "", "", "There is no fix to apply here: e edits, x explains."},
		{[]string{"A"}, "", "fix all", ""},
		{[]string{"u"}, "wrote", "undo", ""},
		{[]string{"u"}, "", "", nothingToUndo},
	} {
		t.Run(strings.Join(c.keys, " "), func(t *testing.T) {
			sn := sampleMendable()
			sn.Manifest.Undo = c.undo
			h, _ := manifestPageOf(t, sn, 120, 40)
			h.press(c.keys...)
			if c.says != "" {
				h.shows(c.says)
			}
			if c.call != "" {
				h.until(c.call, func() bool { return slices.Contains(h.project.seen(), c.call) })
			}
			if c.call == "" && len(h.project.seen()) > 0 {
				t.Errorf("calls: %v", h.project.seen())
			}
		})
	}
}

func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	for _, c := range []struct {
		key  string
		err  error
		says string
	}{
		{"f", fmt.Errorf("repairing manifest.json: %w", studio.ErrChanged), "The file changed meanwhile: nothing was written."},
		{"u", fmt.Errorf("repairing manifest.json: %w", studio.ErrChanged), "The file changed since that fix: nothing was undone."},
		{"u", studio.ErrNothingToUndo, nothingToUndo},
		{"A", fmt.Errorf("manifest.json may not be written, so it was left as it is: %w", fs.ErrPermission), "Nothing was written: manifest.json may not be written"},
		{"A", errors.New("manifest.json may not be written, so it was left as it is"), "Nothing was written: manifest.json may not be written"},
	} {
		sn := sampleMendable()
		sn.Manifest.Undo = "wrote"
		h, _ := manifestPageOf(t, sn, 160, 40)
		h.project.err = c.err
		h.press(c.key)
		h.shows(c.says)
	}
}

func TestTheFocusStaysOnItsFindingAcrossChecks(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 120, 40)
	change := func(what func(r *manifest.Report)) {
		h.project.set(func(sn *studio.Snapshot) {
			sn.Manifest.Report.Findings = slices.Clone(sn.Manifest.Report.Findings)
			what(&sn.Manifest.Report)
		})
		h.root.Update(snapshotChangedMsg{owner: h.root.owner})
		h.screen()
	}
	h.press("j", "j", "F") // index_knowledge, its second fix
	change(func(r *manifest.Report) { r.Findings = r.Findings[1:] })
	if f := p.items[p.focus]; f.Rule != "NSP3011" || p.fix != 1 || p.pane.line != 11 {
		t.Errorf("one before it is mended: focus on %s, fix %d, line %d", f.Rule, p.fix, p.pane.line)
	}
	change(func(r *manifest.Report) { r.Findings[1].Line, r.Findings[1].Message = 12, "said otherwise" })
	if f := p.items[p.focus]; f.Rule != "NSP3011" || p.pane.line != 12 {
		t.Errorf("it moved and is said otherwise: focus on %s, line %d", f.Rule, p.pane.line)
	}
	change(func(r *manifest.Report) { r.Findings = slices.Delete(r.Findings, 1, 2) })
	if f := p.items[p.focus]; f.Rule != "NSP3043" || p.fix != 0 || p.pane.line != 19 {
		t.Errorf("it is mended: focus on %s, fix %d, line %d", f.Rule, p.fix, p.pane.line)
	}
	h.press("home")
	change(func(r *manifest.Report) { r.Findings = r.Findings[1:] })
	if p.pane.line != 1 {
		t.Errorf("the cursor was moved on: it is on line %d", p.pane.line)
	}
	change(func(r *manifest.Report) { r.Findings = r.Findings[:0]; r.OK, r.Checks = true, sampleChecks() })
	if len(h.rows("Nothing to mend.")) != 1 {
		t.Errorf("the calm state is missing:\n%s", h.screen())
	}
}

func TestEditOpensWhereTheCursorIs(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 120, 40)
	for _, c := range []struct {
		keys []string
		want editRequestedMsg
	}{
		{nil, editRequestedMsg{"manifest.json", 3, 14}},
		{[]string{"J"}, editRequestedMsg{"manifest.json", 4, 1}},
		{[]string{"k", "j", "j", "j", "j"}, editRequestedMsg{"migrations/001_initial_schema.sql", 2, 1}},
		{[]string{"j"}, editRequestedMsg{"ui/dist/index.js", 1, 1}},
	} {
		h.press(c.keys...)
		c.want.path = h.root.st.snap.Dir + "/" + c.want.path
		if got := p.edit()().(editRequestedMsg); got != c.want {
			t.Errorf("after %v: %+v, want %+v", c.keys, got, c.want)
		}
	}
}

// TestSecretsAreMaskedWhereverLinesAreShown holds also for a file that a slip
// has made unreadable, of which the rule that knows secrets says nothing.
func TestSecretsAreMaskedWhereverLinesAreShown(t *testing.T) {
	const secret = "ghp_R7kQ2mZx9Wb4Tn8VcL1yHs6JdF3gPa5EuK0o"
	source := strings.Replace(sampleSource, `"Ada"`, `"`+secret+`"`, 1)
	check := func(source string) manifest.Report {
		return manifest.Check(fstest.MapFS{manifest.FileName: {Data: []byte(source)}}, manifest.Options{})
	}
	whole := check(source)
	if whole.Mask(secret) == secret {
		t.Skip("no rule takes this for a secret")
	}
	for name, now := range map[string]string{
		"in order":       source,
		"with a slip":    strings.Replace(source, `"port"`, `port"`, 1),
		"cut off":        source[:strings.Index(source, secret)+len(secret)+10],
		"cut off within": source[:strings.Index(source, secret)+len(secret)],
	} {
		t.Run(name, func(t *testing.T) {
			sn := sampleFresh()
			sn.Manifest.Report = check(now)
			sn.Manifest.Source = sn.Manifest.Report.Source
			sn.Manifest.Whole, sn.Manifest.WholeAt = &whole, sampleNow
			h, p := manifestPageOf(t, sn, 160, 50)
			for range len(p.items) + 1 {
				for _, keys := range [][]string{nil, {"F"}, {"v"}, {"j"}} {
					h.press(keys...)
					if strings.Contains(h.screen(), secret) || strings.Contains(h.screen(), secret[:20]) {
						t.Fatalf("the secret is on the screen:\n%s", h.screen())
					}
				}
			}
		})
	}
}

func TestPreviewsShowTheLinesThatChange(t *testing.T) {
	type edit struct{ was, is string }
	for _, c := range []struct {
		name, text string
		edits      []edit
		want       []diffLine
	}{
		{"a value", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", []edit{{"1", "3"}}, []diffLine{{'-', 2, `"a": 1,`}, {'+', 2, `"a": 3,`}}},
		{"a line taken out", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", []edit{{"\"a\": 1,\n  ", ""}}, []diffLine{{'-', 2, `"a": 1,`}}},
		{"the last line taken out", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", []edit{{",\n  \"b\": 2", ""}},
			[]diffLine{{'-', 2, `"a": 1,`}, {'-', 3, `"b": 2`}, {'+', 2, `"a": 1`}}},
		{"a line put in", "{\r\n  \"b\": 2\r\n}\r\n", []edit{{"\"b\"", "\"a\": 1,\r\n  \"b\""}}, []diffLine{{'+', 2, `"a": 1,`}}},
		{"two places", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", []edit{{"1", "1,\n  \"x\": 0"}, {"3", "4"}},
			[]diffLine{{'+', 3, `"x": 0,`}, {'-', 4, `"c": 3`}, {'+', 5, `"c": 4`}}},
		{"two places of one line", `{"a": 1, "b": 2}`, []edit{{"1", "3"}, {"2", "4"}}, []diffLine{{'-', 1, `{"a": 1, "b": 2}`}, {'+', 1, `{"a": 3, "b": 4}`}}},
		{"at the end of a file without a line break", "{\n  \"a\": 1", []edit{{"1", "1\n}"}}, []diffLine{{'+', 3, `}`}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var edits []manifest.Edit
			for _, e := range c.edits {
				i := strings.Index(c.text, e.was)
				edits = append(edits, manifest.Edit{Start: i, End: i + len(e.was), New: e.is})
			}
			if got := dedented(diffOf([]byte(c.text), edits)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestLongPreviewsAreShortened(t *testing.T) {
	var lines []diffLine
	for i := range 20 {
		lines = append(lines, diffLine{'+', i + 1, strings.Repeat("x", 300)})
	}
	got := drawDiff(plainTheme(), lines, 60, 5)
	if len(got) != 5 || !strings.Contains(got[4], "16 more lines") {
		t.Errorf("got %q", got)
	}
	got = drawDiff(plainTheme(), []diffLine{{'-', 1, strings.Repeat("x", 300) + "old"}, {'+', 1, strings.Repeat("x", 300) + "new"}}, 60, 5)
	if len(got) != 2 || !strings.Contains(got[0], "old") || !strings.Contains(got[1], "new") {
		t.Errorf("the change is out of sight: %q", got)
	}
}

func TestTheFindingOfALongLineIsInSight(t *testing.T) {
	const line = `{"name": "demo", "x": "`
	source := line + strings.Repeat("y", 400) + `", "port": 80}` + "\n"
	sn := sampleFresh()
	r := sampleReport(source)
	column := strings.Index(source, "80}") + 1
	r.Findings = []manifest.Finding{{Rule: "NSP2016", Severity: manifest.SeverityError, Message: "port is 80", File: manifest.FileName, Line: 1, Column: column, EndLine: 1, EndColumn: column + 2}}
	sn.Manifest.Report, sn.Manifest.Source = r, r.Source
	h, _ := manifestPageOf(t, sn, 80, 24)
	if len(h.rows(`"port": 80}`)) != 1 {
		t.Errorf("the value is out of sight:\n%s", h.screen())
	}
}

func TestEveryKeyOfTheManifestPageIsInTheHelp(t *testing.T) {
	keys := newKeyMap().manifest
	if got, want := len(keys.all()), len(bindingsOf(keys)); got != want {
		t.Errorf("the help lists %d of %d keys", got, want)
	}
}
