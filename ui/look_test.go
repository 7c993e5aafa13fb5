package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// words is the screen without its line breaks and runs of blanks.
func (h *harness) words() string { return strings.Join(strings.Fields(h.screen()), " ") }

func TestFailuresOfAMendedManifestAreForgotten(t *testing.T) {
	about := &studio.Problem{Title: "package needs a manifest the Controller accepts: port is 80", Hint: "Press 2 to see what to mend."}
	other := &studio.Problem{Title: "the disk is full", Hint: "Make room."}
	checked := sampleNow.Add(-3 * time.Second) // as in the samples
	before, after := checked.Add(-time.Second), checked.Add(time.Second)
	for _, c := range []struct {
		name    string
		problem *studio.Problem
		failed  time.Time
		ok      bool
		gone    bool
	}{
		{"mended since", about, before, true, true},
		{"still broken", about, before, false, false},
		{"failed after the check", about, after, true, false},
		{"about something else", other, before, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			sn := sampleFresh()
			sn.Manifest.Report.OK = c.ok
			sn.Package = studio.PackageState{Phase: studio.PhaseFailed, Problem: c.problem, At: c.failed}
			sn.Run = studio.RunState{Phase: studio.PhaseFailed, Problem: c.problem, At: c.failed}
			sn.Build = studio.BuildState{Phase: studio.PhaseFailed, Problem: c.problem, Started: c.failed}
			h := newHarness(t, sn, 120, 30)
			for page, sentence := range map[int]string{
				pageOverview: "not packaged yet; the manifest has been mended since",
				pageBuild:    "Nothing built; the manifest has been mended since. Press b",
				pageRun:      "not running; the manifest has been mended since. Press r",
				pagePackage:  "Not packaged yet; the manifest has been mended since. Press p",
			} {
				h.root.current = page
				if got := strings.Contains(h.words(), sentence); got != c.gone {
					t.Errorf("page %s says %q: %t, want %t\n%s", h.root.page().name(), sentence, got, c.gone, h.screen())
				}
				if got := strings.Contains(h.screen(), "✗"); c.gone && got {
					t.Errorf("page %s keeps a ✗:\n%s", h.root.page().name(), h.screen())
				}
			}
		})
	}
}

func TestVersionAndPortAreThoseOfWhatRuns(t *testing.T) {
	for _, c := range []struct {
		name         string
		change       func(*studio.Snapshot)
		header, port string
	}{
		{"the container's while it runs", func(sn *studio.Snapshot) { sn.Run.Version, sn.Run.Port = "0.9.0", 9999 }, "monitoring-integration 0.9.0", "port 9999"},
		{"the manifest's as long as the container's are not known", func(*studio.Snapshot) {}, "monitoring-integration 1.0.0", "port 8080"},
		{"the manifest's when nothing runs", func(sn *studio.Snapshot) {
			sn.Run = studio.RunState{Phase: studio.PhaseIdle, Version: "0.9.0", Port: 9999}
		}, "monitoring-integration 1.0.0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			sn := sampleRunning()
			c.change(&sn)
			h := newHarness(t, sn, 120, 30)
			h.root.current = pageRun
			if !strings.Contains(h.screen(), c.header) || !strings.Contains(h.screen(), c.port) {
				t.Errorf("want %q and %q:\n%s", c.header, c.port, h.screen())
			}
		})
	}
}

func TestWithoutAnEngineTheNextStepNeedsNone(t *testing.T) {
	sn := sampleFresh()
	sn.Engine = studio.EngineState{Checked: true, Problem: &studio.Problem{
		Title: "No container engine: nothing listens at unix:///var/run/docker.sock, which is where the context default points to.",
		Hint:  "Start Docker Desktop or dockerd, or name another engine with --host or DOCKER_HOST, then open the Studio again",
	}}
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		h := newHarness(t, sn, size[0], size[1])
		for _, want := range []string{
			"Next p package it; building and running wait for an engine", "which is where the context default points to.", "then open the Studio again.",
			"Validating and packaging work without an engine.", "image nothing built yet",
		} {
			if !strings.Contains(h.words(), want) {
				t.Errorf("%v: the page lacks %q:\n%s", size, want, h.screen())
			}
		}
	}
	sn.Package = sampleRunning().Package
	sn.Package.Stale = false
	h := newHarness(t, sn, 120, 40)
	if !strings.Contains(h.words(), "Next 6 see how to upload the package") {
		t.Errorf("a packaged project has another next step:\n%s", h.screen())
	}
}

func TestAMissingManifestHasNoPlaceAndCannotBeEditedThere(t *testing.T) {
	sn := sampleFresh()
	r := &sn.Manifest.Report
	r.OK, r.Score.Passed, r.Checks = false, 0, sampleChecks("manifest.json exists")
	r.Checks[0].ID = "manifest-exists"
	r.Findings = []manifest.Finding{{Rule: "NSP0001", Severity: manifest.SeverityError, Message: "manifest.json is missing", File: "manifest.json"}}
	sn.Manifest.Source = nil
	h := newHarness(t, sn, 100, 30)
	if !strings.Contains(h.words(), "Next 2 see what is missing; the file is checked once it is back") {
		t.Errorf("the next step is another:\n%s", h.screen())
	}
	for _, page := range []int{pageOverview, pageManifest} {
		h.root.current = page
		if strings.Contains(h.screen(), "json:0") {
			t.Errorf("page %d names line 0:\n%s", page, h.screen())
		}
	}
}

func TestNotesFadeFromTheFooter(t *testing.T) {
	sn := sampleRunning()
	h := newHarness(t, sn, 100, 30)
	footer := func() string { return h.screen()[strings.LastIndex(h.screen(), "\n"):] }
	if !strings.Contains(footer(), "admin.py changed") {
		t.Errorf("a note of six seconds ago is gone: %q", footer())
	}
	h.root.st.now = sampleNow.Add(5 * time.Second)
	if strings.Contains(footer(), "admin.py") {
		t.Errorf("a note of eleven seconds ago stays: %q", footer())
	}
}

func TestTheOverviewListsKeysOnlyWhereThereIsSomethingToScroll(t *testing.T) {
	for _, c := range []struct {
		height int
		want   bool
	}{{40, false}, {12, true}} {
		h := newHarness(t, sampleRunning(), 100, c.height)
		h.screen()
		if got := len(h.root.page().bindings()) > 0; got != c.want {
			t.Errorf("at %d lines keys are listed: %t", c.height, got)
		}
	}
}

func TestStepsOfABuildHaveTheRoomTheyNeedFirst(t *testing.T) {
	sn := sampleBuilding()
	for i := range 6 { // fourteen in all
		sn.Build.Steps = append(sn.Build.Steps, studio.BuildStep{Name: "[extra] step " + string(rune('a'+i)), Phase: studio.PhaseIdle})
	}
	for _, c := range []struct{ width, height, steps, log int }{{120, 40, 14, 11}, {80, 24, 10, 3}} {
		h := newHarness(t, sn, c.width, c.height)
		h.root.current = pageBuild
		steps, log := 0, 0
		for _, line := range strings.Split(h.screen(), "\n") {
			switch line = strings.TrimSpace(line); {
			case strings.Contains(line, "[") && !strings.HasPrefix(line, "#"), strings.HasSuffix(line, "exporting to image") && !strings.HasPrefix(line, "#"):
				steps++
			case strings.HasPrefix(line, "#"):
				log++
			}
		}
		if steps < c.steps || log < c.log {
			t.Errorf("%dx%d: %d steps and %d lines of output, want %d and %d\n%s", c.width, c.height, steps, log, c.steps, c.log, h.screen())
		}
	}
}

func TestTheManifestStartsAtTheTopWhenAllOfItFits(t *testing.T) {
	h := newHarness(t, sampleRunning(), 80, 24)
	h.press("2")
	h.screen()
	h.press("end")
	h.screen()
	h.root.resize(120, 60)
	if !strings.Contains(h.screen(), "  1  {") {
		t.Errorf("the top is out of sight:\n%s", h.screen())
	}
}
