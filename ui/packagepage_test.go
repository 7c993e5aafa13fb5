package ui

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/netstacks/netstacks-plugin/studio"
)

func TestPackagePageTellsWhyEachFileIsWhereItIs(t *testing.T) {
	h := newHarness(t, sampleRunning(), 120, 40)
	h.press("6")
	h.shows("▸ manifest.json")
	h.shows("manifest.json goes in: no rule keeps it out; 101 B become 33 B")
	h.shows("! 1 warning")
	h.press("down")
	h.shows("▸ .env")
	h.shows(".env stays out: always (secrets): .env")
	h.press("end")
	h.shows("▸   sdk.py")
	h.shows(`"service/sdk.py" goes into the package, but git ignores it (service/.gitignore:2: /sdk.py)`)
	h.press("home", "down", "down", "down", "down", "down", "down")
	h.shows("▸ service/ ")
	h.shows("service/ holds 9 files that go in, 30.2 KB")
	h.press("enter")
	h.shows("▸ service/ … ")
	if strings.Contains(h.screen(), "Dockerfile") {
		t.Error("a closed folder shows its files")
	}
	h.press("enter")
	h.shows("Dockerfile")
}

func TestPackagePageShowsWhatStandsInTheWayFirst(t *testing.T) {
	h := newHarness(t, sampleBroken(), 80, 24)
	h.press("6")
	h.shows("✗ 1 stands in the way")
	h.shows("▸   main.py")
	h.shows("service/main.py: line 12: a GitHub token (github-token) ghp_••••••••; revoke")
}

// planner is a project whose plans are counted.
type planner struct {
	*sampleProject
	plans atomic.Int32
}

func (p *planner) PlanPackage(context.Context) error {
	p.plans.Add(1)
	return nil
}

func TestPlanIsMadeWhenItsPageIsShownAndFilesChanged(t *testing.T) {
	h := newHarness(t, sampleRunning(), 120, 40)
	p := &planner{sampleProject: h.project}
	h.root.st.project = p
	change := func() {
		p.set(func(sn *studio.Snapshot) { sn.Plan.Changes++ })
		h.handle(snapshotChangedMsg{owner: h.root.owner})
	}
	for i, s := range []struct {
		do   func()
		want int32
	}{
		{func() { h.press("2") }, 0},
		{func() { h.press("6") }, 1},
		{func() { h.press("down", "up") }, 1},
		{func() { h.press("1"); change() }, 1}, // nobody looks
		{func() { h.press("6") }, 2},
		{func() { h.press("tab", "6") }, 2},
		{change, 3},
	} {
		s.do()
		h.until("the plan is made", func() bool { return p.plans.Load() >= s.want && h.root.work[workPlan] == nil })
		if got := p.plans.Load(); got != s.want {
			t.Errorf("after step %d there are %d plans, want %d", i, got, s.want)
		}
	}
}

func TestArchiveThatIsGoneIsNotOfferedForUpload(t *testing.T) {
	sn := sampleRunning()
	sn.Package.Stale, sn.Package.Gone = false, true
	h := newHarness(t, sn, 100, 30)
	if screen := h.screen(); !strings.Contains(screen, "monitoring-integration-1.0.0.nspkg: no longer there") || strings.Contains(screen, "see how to upload") {
		t.Errorf("the overview has another package:\n%s", screen)
	}
	h.root.current = pagePackage
	if screen := h.screen(); !strings.Contains(screen, "monitoring-integration-1.0.0.nspkg: no longer there; p writes it anew") || strings.Contains(screen, "To upload this plugin") {
		t.Errorf("the page offers it:\n%s", screen)
	}
	h.fits()
}

func TestPackageTreeOfManyFilesIsMadeOnce(t *testing.T) {
	sn := sampleRunning()
	sn.Plan.Entries = nil
	for i := range 20_000 {
		sn.Plan.Entries = append(sn.Plan.Entries, studio.PlannedFile{Path: fmt.Sprintf("service/d%02d/f%05d.py", i%50, i), Size: 10})
	}
	h := newHarness(t, sn, 120, 40)
	h.press("6")
	h.screen()
	page := h.root.pages[pagePackage].(*packagePage)
	rows := page.rows
	h.press("down")
	h.screen()
	if &rows[0] != &page.rows[0] || len(rows) < 20_050 {
		t.Errorf("%d rows, made again for a key", len(rows))
	}
}
