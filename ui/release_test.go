package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// sampleCompared is what a package would change since two earlier ones.
func sampleCompared() *studio.Comparison {
	return &studio.Comparison{
		Phase:    studio.PhaseDone,
		Archives: []string{"/home/ada/plugins/monitoring-integration/monitoring-integration-1.0.0.nspkg", "/home/ada/plugins/monitoring-integration-0.9.0.nspkg"},
		With:     "/home/ada/plugins/monitoring-integration/monitoring-integration-1.0.0.nspkg",
		Old:      "1.0.0", New: "1.0.0", Risk: "low → high",
		Changes: []studio.Change{
			{Area: "Capabilities", Severity: manifest.SeverityWarning, Text: "read_credentials is new, high risk: the plugin reads every secret that the Controller holds, in clear text, and each read is logged"},
			{Area: "Capabilities", Severity: manifest.SeverityInfo, Text: "invoke_llm is no longer asked for"},
			{Area: "Settings", Severity: manifest.SeverityError, Text: "kafka.topic takes a number and took a text: saved values are refused"},
			{Area: "Container", Severity: manifest.SeverityInfo, Text: "port is 9090 and was 8080"},
		},
		Files: []studio.FileChange{
			{Kind: "added", Path: "service/kafka.py", NewSize: 2048},
			{Kind: "removed", Path: "service/queue.py", OldSize: 1500},
			{Kind: "changed", Path: "manifest.json", OldSize: 1650, NewSize: 1702},
			{Kind: "changed", Path: "service/start.sh", OldSize: 88, NewSize: 88, Mode: "0644 → 0755"},
		},
		Sizes: [2]int64{31334, 31900},
		Verdict: studio.VersionAdvice{
			Needed: "major", Suggested: "2.0.0", Reason: "1.0.0 does not go far enough: a major change needs at least 2.0.0, because of kafka.topic (settings)",
		},
		At: sampleNow,
	}
}

func TestReleaseDialogsLookAsIntended(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
		suffix := fmt.Sprintf("-%dx%d", size[0], size[1])
		sn := sampleRunning()
		sn.Compared = sampleCompared()
		h := newHarness(t, sn, size[0], size[1])
		h.press("6", "d")
		h.until("it is compared", func() bool { return len(h.root.dialogs) == 1 && h.root.work[workCompare] == nil })
		golden(t, "release-compare"+suffix, h.screen())
		h.fits()
		h.press("v")
		h.shows("▸ major")
		golden(t, "release-bump"+suffix, h.screen())
		h.fits()
	}
}

func TestComparisonIsScrolledAndAnotherPackageChosen(t *testing.T) {
	sn := sampleRunning()
	sn.Compared = sampleCompared()
	h := newHarness(t, sn, 80, 24)
	h.press("6", "d")
	h.until("it is compared", func() bool { return slices.Contains(h.project.seen(), "compare ") && h.root.work[workCompare] == nil })
	h.shows("more below")
	h.press("end")
	h.shows("service/start.sh")
	if strings.Contains(h.screen(), "more below") {
		t.Error("there is nothing below the end")
	}
	h.press("tab")
	h.until("the other package is compared", func() bool {
		return slices.Contains(h.project.seen(), "compare /home/ada/plugins/monitoring-integration-0.9.0.nspkg") && h.root.work[workCompare] == nil
	})
	h.press("shift+tab")
	h.until("the package before the first is the last", func() bool { return len(h.project.seen()) == 3 && h.root.work[workCompare] == nil })
	h.press("d")
	if len(h.root.dialogs) != 0 {
		t.Error("d does not close it")
	}
}

func TestComparisonSaysWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		name     string
		compared *studio.Comparison
		want     string
	}{
		{"under way", &studio.Comparison{Phase: studio.PhaseWorking}, "Comparing…"},
		{"nothing known yet", nil, "Comparing…"},
		{"no earlier package", &studio.Comparison{Phase: studio.PhaseDone}, "There is no earlier package of this plugin: none in its folder"},
		{"the same", &studio.Comparison{Phase: studio.PhaseDone, Archives: []string{"/a-1.0.0.nspkg"}, With: "/a-1.0.0.nspkg", Old: "1.0.0", New: "1.0.0", Verdict: studio.VersionAdvice{Enough: true}}, "✓ a package would hold the same files"},
		{"failed", &studio.Comparison{Phase: studio.PhaseFailed, With: "/a-1.0.0.nspkg", Problem: &studio.Problem{Title: "reading /a-1.0.0.nspkg: it is no ZIP archive"}}, "reading /a-1.0.0.nspkg: it is no ZIP archive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sn := sampleRunning()
			sn.Compared = c.compared
			h := newHarness(t, sn, 120, 40)
			h.press("6", "d")
			h.until("it says so", func() bool { return strings.Contains(h.screen(), c.want) })
			h.press("tab", "v", "esc")
			if calls := h.project.seen(); slices.ContainsFunc(calls, func(call string) bool { return strings.HasPrefix(call, "compare /") || strings.HasPrefix(call, "bump") }) {
				t.Errorf("%v", calls)
			}
		})
	}
}

func TestVersionIsRaisedByTheChosenPart(t *testing.T) {
	for _, c := range []struct {
		name     string
		compared *studio.Comparison
		keys     []string
		want     string
	}{
		{"patch, when nobody knows better", nil, []string{"enter"}, "bump patch"},
		{"minor", nil, []string{"down", "enter"}, "bump minor"},
		{"major, the last one", nil, []string{"end", "down", "enter"}, "bump major"},
		{"what the changes need", sampleCompared(), []string{"enter"}, "bump major"},
		{"another one than they need", sampleCompared(), []string{"home", "enter"}, "bump patch"},
		{"none", nil, []string{"esc"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			sn := sampleRunning()
			sn.Compared = c.compared
			h := newHarness(t, sn, 120, 40)
			h.press("6", "v")
			h.shows("Raise the version 1.0.0")
			h.shows("The image becomes netstacks-plugin-monitoring-integration:")
			h.press(c.keys...)
			h.until("the dialog is closed", func() bool { return len(h.root.dialogs) == 0 && h.root.work[workBump] == nil })
			if got := strings.Join(h.project.seen(), " "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestVersionThatCannotBeRaisedIsSaid(t *testing.T) {
	sn := sampleRunning()
	sn.Manifest.Report = manifest.Check(fstest.MapFS{"manifest.json": {Data: []byte("{}")}}, manifest.Options{Manifest: []byte(`{"version": "one"}`)})
	h := newHarness(t, sn, 120, 40)
	h.press("6", "v")
	h.shows("which is not a semantic version (NSP2011)")
	if len(h.root.dialogs) > 0 {
		t.Error("there is a question whose answers nobody can carry out")
	}
	sn.Manifest.Report.Document = nil
	h = newHarness(t, sn, 120, 40)
	h.press("6", "v")
	h.shows("there is no manifest.json")

	h = newHarness(t, sampleRunning(), 120, 40)
	h.project.err = fmt.Errorf("repairing manifest.json: %w", studio.ErrChanged)
	h.press("6", "v")
	h.shows("Raise the version")
	h.press("enter")
	h.shows("The file changed meanwhile: the version was not raised.")
	h.project.err = errors.New("reading a.nspkg: it is no ZIP archive")
	h.press("d", "esc")
	h.shows("Nothing was compared: d says why.")
}

// A comparison that is under way when its dialog is closed is not begun twice.
func TestComparisonUnderWayIsNotBegunTwice(t *testing.T) {
	h := newHarness(t, sampleRunning(), 120, 40)
	hold := make(chan struct{})
	h.root.st.project = slowProject{h.project, hold}
	h.press("6", "d")
	h.shows("Comparing…")
	h.press("esc", "d")
	h.shows("An earlier comparison is still under way.")
	close(hold)
	h.until("it ends", func() bool { return h.root.work[workCompare] == nil })
}

type slowProject struct {
	*sampleProject
	hold chan struct{}
}

func (p slowProject) Compare(ctx context.Context, _ string) error {
	select {
	case <-p.hold:
	case <-ctx.Done():
	}
	return ctx.Err()
}
