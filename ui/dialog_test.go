package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
)

func TestChoicesOfDialogsAreAlwaysInSight(t *testing.T) {
	exited := func() studio.Snapshot {
		sn := sampleRunning()
		sn.Run.Phase, sn.Run.Exit = studio.PhaseFailed, &studio.Exit{Code: 1, Reason: "exit code 1", At: sampleNow}
		return sn
	}
	for _, c := range []struct {
		name   string
		sample func() studio.Snapshot
		key    string
		want   []string
	}{
		{"quit while running", sampleRunning, "q", []string{"n Stay", "y Stop and quit", "rows"}},
		{"quit while building", sampleBuilding, "q", []string{"n Stay", "y Cancel and quit"}},
		{"quit after an exit", exited, "q", []string{"n Stay", "y Stop and quit", "rows"}},
		{"stop with a database", sampleRunning, "s", []string{"n Keep it running", "y Stop", "rows"}},
		{"run again with a database", exited, "r", []string{"n Keep it", "y Run again", "rows"}},
	} {
		for _, size := range [][2]int{{40, 12}, {40, 24}, {80, 12}, {60, 16}, {80, 24}} {
			t.Run(fmt.Sprintf("%s at %dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				h := newHarness(t, c.sample(), size[0], size[1])
				h.press(c.key)
				for _, want := range c.want {
					if !strings.Contains(h.screen(), want) {
						t.Errorf("the screen lacks %q:\n%s", want, h.screen())
					}
				}
				h.fits()
			})
		}
	}
}

func TestALowDialogKeepsItsChoicesAndDropsItsText(t *testing.T) {
	h := newHarness(t, sampleRunning(), 80, 24)
	d := newConfirm(h.root.st, confirm{title: "T", text: strings.Repeat("long text ", 60), yes: "Do it", no: "Leave it"})
	for height := 3; height < 24; height++ {
		lines := d.draw(36, height)
		if len(lines) > height || !strings.Contains(strings.Join(lines, "\n"), "n Leave it") {
			t.Errorf("height %d:\n%s", height, strings.Join(lines, "\n"))
		}
	}
	narrow := d.draw(24, 10)
	if text := strings.Join(narrow, "\n"); !strings.Contains(text, "n Leave it") || !strings.Contains(text, "y Do it") {
		t.Errorf("narrow:\n%s", text)
	}
}

func TestArrowsOfADialogDoNotWrap(t *testing.T) {
	h := newHarness(t, sampleRunning(), 80, 24)
	h.press("q")
	d := h.root.dialogs[0].(*confirmDialog)
	for _, c := range []struct {
		key  string
		want bool
	}{{"left", false}, {"right", true}, {"right", true}, {"left", false}, {"tab", true}, {"tab", false}} {
		h.press(c.key)
		if d.chooses != c.want {
			t.Errorf("after %s yes is chosen: %t", c.key, d.chooses)
		}
	}
}

func TestStoppingAsksBeforeADatabaseIsLost(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	h.press("s")
	if !strings.Contains(h.screen(), "plugin_monitoring_integration is removed with all") {
		t.Fatalf("no question:\n%s", h.screen())
	}
	h.press("enter")
	if got := h.project.seen(); len(got) != 0 {
		t.Fatalf("the default is not no: %v", got)
	}
	h.press("s", "y")
	h.until("stop was called", func() bool { return slices.Contains(h.project.seen(), "stop") })
}

func TestRunningAgainAfterAnExitRemovesWhatIsLeftFirst(t *testing.T) {
	for _, c := range []struct {
		name, database string
		keys           []string
	}{{"without a database", "", []string{"r"}}, {"with one", "plugin_x", []string{"r", "y"}}} {
		t.Run(c.name, func(t *testing.T) {
			sn := sampleRunning()
			sn.Run.Phase, sn.Run.Database, sn.Run.Exit = studio.PhaseFailed, c.database, &studio.Exit{Code: 1, Reason: "exit code 1", At: sampleNow}
			h := newHarness(t, sn, 100, 30)
			h.press(c.keys...)
			h.until("it ran", func() bool { return slices.Contains(h.project.seen(), "run") })
			if got := h.project.seen(); !slices.Equal(got, []string{"stop", "run"}) {
				t.Errorf("calls: %v", got)
			}
		})
	}
}

func TestChangedFilesWhileRunningAreSaidWithWhatToPress(t *testing.T) {
	sn := sampleRunning()
	sn.Build.Stale = true
	for page, name := range map[int]string{pageOverview: "overview", pageRun: "run"} {
		for _, size := range [][2]int{{120, 40}, {80, 24}} {
			h := newHarness(t, sn, size[0], size[1])
			h.root.current = page
			screen := strings.Join(strings.Fields(h.screen()), " ")
			if !strings.Contains(screen, "! "+staleRun) {
				t.Errorf("%s at %v does not say so:\n%s", name, size, h.screen())
			}
		}
	}
	h := newHarness(t, sn, 140, 30)
	h.press("r")
	footer := h.screen()[strings.LastIndex(h.screen(), "\n"):]
	if !strings.Contains(footer, staleRun) || len(h.project.seen()) > 0 {
		t.Errorf("r says %q and calls %v", footer, h.project.seen())
	}
}

func TestCtrlZSuspendsOutsideTextFields(t *testing.T) {
	suspends := func(h *harness) bool {
		cmd := h.root.Update(keyMsg("ctrl+z"))
		if cmd == nil {
			return false
		}
		_, ok := cmd().(tea.SuspendMsg)
		return ok
	}
	h := newHarness(t, sampleRunning(), 100, 30)
	if !suspends(h) {
		t.Error("not on a page")
	}
	h.press("4", "/")
	if suspends(h) {
		t.Error("in the filter")
	}
	wizard, _ := newWizardHarness(t, 80, 24)
	if suspends(wizard) {
		t.Error("in the wizard's name")
	}
	wizard.toCapabilities()
	if !suspends(wizard) {
		t.Error("not in the wizard's list")
	}
}
