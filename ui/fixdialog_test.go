package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// sampleTransaction is a migration with a transaction of its own, whose fix is
// risky and changes lines far apart.
func sampleTransaction() studio.Snapshot {
	sn := sampleMendable()
	r := &sn.Manifest.Report
	f := &r.Findings[4] // COMMIT
	f.Fixes = []manifest.Fix{{Title: "remove the transaction", Edits: []manifest.Edit{
		replacement(f.File, "CREATE TABLE items (id INT);\n", ""), replacement(f.File, "COMMIT;\n", ""),
	}}}
	return sn
}

func TestACutPreviewSaysSoAndShowsWhatGoesFirst(t *testing.T) {
	lines := []diffLine{{'-', 3, "old a"}, {'+', 3, "new a"}, {'-', 7, "old b"}, {'+', 7, "new b"}}
	for height, want := range map[int][]string{
		1: {"3 - old a … 3 more lines"},
		2: {"3 - old a", "3 + new a … 2 more lines"},
		3: {"3 - old a", "3 + new a", "… 2 more lines"},
		4: {"3 - old a", "3 + new a", "7 - old b", "7 + new b"},
	} {
		got := drawDiff(plainTheme(), lines, 60, height)
		for i := range got {
			got[i] = strings.Join(strings.Fields(got[i]), " ")
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d lines: %q, want %q", height, got, want)
		}
	}
	named := append([]diffLine{{' ', 0, "service/Dockerfile"}}, lines...)
	if got := drawDiff(plainTheme(), named, 60, 1); len(got) != 1 || !strings.Contains(got[0], "- old a") {
		t.Errorf("of another file's change only its name is shown: %q", got)
	}
	for _, size := range [][2]int{{60, 15}, {50, 12}, {40, 12}} {
		h, _ := manifestPageOf(t, sampleMendable(), size[0], size[1])
		if len(h.rows("3 - ")) != 1 || len(h.rows("more line")) != 1 {
			t.Errorf("%v: what goes, or that there is more, is out of sight:\n%s", size, h.screen())
		}
	}
}

func TestARiskyFixThatIsNotInSightIsShownBeforeItIsMade(t *testing.T) {
	const call = "fix NSP3063: remove the transaction"
	for _, c := range []struct {
		name string
		size [2]int
		keys []string
		asks bool
		made bool
	}{
		{"in sight", [2]int{120, 40}, nil, false, true},
		{"cut, no answer", [2]int{50, 12}, nil, true, false},
		{"cut, the default", [2]int{50, 12}, []string{"enter"}, true, false},
		{"cut, no", [2]int{50, 12}, []string{"n"}, true, false},
		{"cut, yes", [2]int{50, 12}, []string{"down", "end", "pgup", "y"}, true, true},
		{"cut, yes chosen", [2]int{50, 12}, []string{"tab", "enter"}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := manifestPageOf(t, sampleTransaction(), c.size[0], c.size[1])
			h.press("j", "j", "j", "j", "f") // no frame is drawn in between
			if c.asks {
				h.shows("Make this risky fix?")
				if len(h.rows("1 - CREATE TABLE")) == 0 || len(h.rows("2 - COMMIT;")) == 0 {
					t.Errorf("the change is not shown:\n%s", h.screen())
				}
				h.fits()
			}
			h.press(c.keys...)
			if c.made {
				h.until(call, func() bool { return slices.Contains(h.project.seen(), call) })
			}
			if !c.made && len(h.project.seen()) > 0 {
				t.Errorf("calls: %v", h.project.seen())
			}
			if (len(h.root.dialogs) > 0) != (c.asks && len(c.keys) == 0) {
				t.Errorf("%d dialogs", len(h.root.dialogs))
			}
		})
	}
	h, _ := manifestPageOf(t, sampleMendable(), 50, 12)
	h.press("f") // safe, and u takes it back
	h.until("it is made", func() bool { return len(h.project.seen()) == 1 })
}

func TestALongChangeIsScrolledInItsQuestion(t *testing.T) {
	h, _ := manifestPageOf(t, sampleMendable(), 50, 12)
	m := fixRequestedMsg{fix: manifest.Fix{Title: strings.Repeat("remove all of it ", 9)}}
	for i := range 40 {
		m.show = append(m.show, diffLine{'-', i + 1, "line"})
	}
	h.handle(m)
	h.fits()
	for _, step := range []struct{ key, sees string }{{"", " 1 - line"}, {"down", " 2 - line"}, {"end", "40 - line"}, {"home", " 1 - line"}, {"pgdown", "7 - line"}} {
		if step.key != "" {
			h.press(step.key)
		}
		if !strings.Contains(h.screen(), step.sees) || !strings.Contains(h.screen(), "n Leave it") {
			t.Errorf("after %s %q is out of sight:\n%s", step.key, step.sees, h.screen())
		}
	}
}
