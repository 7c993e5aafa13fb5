package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// checked lets the Studio see another state of the project.
func (h *harness) checked(change func(*studio.Snapshot)) {
	h.project.set(func(sn *studio.Snapshot) {
		sn.Manifest.Report.Findings = slices.Clone(sn.Manifest.Report.Findings)
		change(sn)
		sn.Manifest.At = sn.Manifest.At.Add(-1)
	})
	h.root.Update(snapshotChangedMsg{owner: h.root.owner})
	h.screen()
}

// without takes the finding of a rule out of the report.
func without(rule string) func(*studio.Snapshot) {
	return func(sn *studio.Snapshot) {
		r := &sn.Manifest.Report
		r.Findings = slices.DeleteFunc(r.Findings, func(f manifest.Finding) bool { return f.Rule == rule })
	}
}

func TestASlipThatMakesTheManifestUnreadableIsShownAtOnce(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 60, 15)
	h.press("j", "j", "F")
	before := h.root.st.snap
	slip := func(sn *studio.Snapshot) {
		r := manifest.Check(fstest.MapFS{manifest.FileName: {Data: []byte(strings.Replace(mendable[manifest.FileName], `"author": "Ada",`, `"author": "Ada"`, 1))}}, manifest.Options{})
		sn.Manifest.Report = r
	}
	h.checked(slip)
	if f := p.items[p.focus]; !strings.HasPrefix(f.Rule, "NSP1") || f.Severity != manifest.SeverityError || p.pane.line != f.Line {
		t.Fatalf("the focus is on %+v, the cursor on line %d\n%s", f, p.pane.line, h.screen())
	}
	h.press("home")
	h.checked(slip)
	if p.pane.line != 1 {
		t.Errorf("it was seen, and the cursor moved on: a second check takes it back to line %d", p.pane.line)
	}
	h.checked(func(sn *studio.Snapshot) { sn.Manifest.Report = before.Manifest.Report })
	if f := p.items[p.focus]; f.Rule != "NSP3011" || p.fix != 1 || p.pane.line != 11 {
		t.Errorf("once it is mended the focus is on %s, fix %d, line %d", f.Rule, p.fix, p.pane.line)
	}
}

func TestTheCursorReturnsToTheFindingOfAFixThatIsTakenBack(t *testing.T) {
	h, p := manifestPageOf(t, sampleMendable(), 120, 40)
	all := h.root.st.snap.Manifest.Report.Findings
	h.press("j", "f")
	h.until("the fix is asked for", func() bool { return len(h.project.seen()) == 1 })
	h.checked(func(sn *studio.Snapshot) {
		without("NSP2016")(sn)
		without("NSP2011")(sn) // mended along with it
		sn.Manifest.Undo = "wrote"
	})
	h.press("j", "j", "u")
	h.checked(func(sn *studio.Snapshot) { sn.Manifest.Report.Findings, sn.Manifest.Undo = all, "" })
	if f := p.items[p.focus]; f.Rule != "NSP2016" || p.pane.line != 8 {
		t.Errorf("the focus is on %s, the cursor on line %d", f.Rule, p.pane.line)
	}
	h.press("j")
	h.checked(func(*studio.Snapshot) {})
	if f := p.items[p.focus]; f.Rule != "NSP3011" {
		t.Errorf("the next check takes the focus to %s", f.Rule)
	}
}

func TestTheCursorStaysWhileTheFolderIsAway(t *testing.T) {
	for _, keys := range [][]string{{"j", "j", "F"}, {"j", "j", "J", "J", "J"}, {"j", "j", "j", "j", "home"}} {
		t.Run(strings.Join(keys, " "), func(t *testing.T) {
			h, p := manifestPageOf(t, sampleMendable(), 120, 24)
			h.press(keys...)
			before, screen := h.root.st.snap, h.screen()
			h.checked(func(sn *studio.Snapshot) {
				sn.Gone, sn.Manifest.Report = true, manifest.Check(fstest.MapFS{}, manifest.Options{})
			})
			h.shows("The project's folder is gone")
			h.checked(func(sn *studio.Snapshot) { sn.Gone, sn.Manifest.Report = false, before.Manifest.Report })
			if got := h.screen(); got != screen {
				t.Errorf("after it is back (focus %d, line %d):\n%s\nbefore:\n%s", p.focus, p.pane.line, got, screen)
			}
		})
	}
}
