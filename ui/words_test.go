package ui

import (
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

func TestCodeKeepsItsCaseAndLosesItsBackticks(t *testing.T) {
	for text, want := range map[string]string{
		"settings_schema takes an object": "settings_schema takes an object.", "manifest.json is missing": "manifest.json is missing.",
		"`port` is 80": "`port` is 80.", "start the engine": "Start the engine.", "it's there!": "It's there!", "": "",
	} {
		if got := sentences(text); got != want {
			t.Errorf("sentences(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"`port` is asked for by `the Controller`": "port is\nasked for\nby the\nController", "a ` alone": "a ` alone",
	} {
		if got := strings.Join(wrapCode(plainTheme(), text, 10), "\n"); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
	f := manifest.Finding{Rule: "no-such-rule", Message: "version is text"}
	if d := newExplanation(newHarness(t, sampleFresh(), 80, 24).root.st, f); !strings.Contains(d.page, "\nversion is text.\n") {
		t.Errorf("the page is %q", d.page)
	}
}

func TestTheOverviewNamesErrorsFirst(t *testing.T) {
	h := newHarness(t, sampleMendable(), 120, 40)
	var marks []string
	_, below, _ := strings.Cut(h.screen(), "Attention\n")
	for line := range strings.SplitSeq(below, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		marks = append(marks, strings.Fields(line)[0])
	}
	if got := strings.Join(marks, ""); got != "✗✗✗!!!" {
		t.Errorf("the marks are %s:\n%s", got, h.screen())
	}
}

func TestAHeadingWithoutLinesIsNotDrawn(t *testing.T) {
	for height := minHeight; height < 40; height++ {
		sn := sampleMendable()
		sn.Recent = sampleFresh().Recent
		h := newHarness(t, sn, 60, height)
		body := strings.Split(h.screen(), "\n")[frameAbove : height-frameBelow]
		last := ""
		for _, line := range body {
			if strings.TrimSpace(line) != "" {
				last = strings.TrimSpace(line)
			}
		}
		if last == "Attention" || last == "Recent" {
			t.Errorf("60x%d ends with a heading:\n%s", height, h.screen())
		}
	}
}

func TestTheCurrentPageIsNamedAtEveryWidth(t *testing.T) {
	for _, width := range []int{40, 50, 60, 79, 80, 120} {
		h := newHarness(t, sampleMendable(), width, 15)
		for i, p := range h.root.pages {
			h.root.current = i
			if tabs := strings.Split(h.screen(), "\n")[1]; !strings.Contains(tabs, p.name()) {
				t.Errorf("%d columns: the tabs are %q on page %s", width, tabs, p.name())
			}
			h.fits()
		}
	}
}
