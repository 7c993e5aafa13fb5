package ui

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

var samples = []struct {
	name string
	make func() studio.Snapshot
}{{"fresh", sampleFresh}, {"building", sampleBuilding}, {"build-failed", sampleBuildFailed}, {"running", sampleRunning}, {"broken", sampleBroken}}

func TestPagesLookAsIntended(t *testing.T) {
	for _, c := range []struct {
		sample string
		page   int
	}{
		{"fresh", pageOverview},
		{"fresh", pageBuild},
		{"fresh", pageRun},
		{"fresh", pagePanels},
		{"fresh", pagePackage},
		{"building", pageBuild},
		{"building", pageOverview},
		{"build-failed", pageBuild},
		{"running", pageOverview},
		{"running", pageManifest},
		{"running", pageBuild},
		{"running", pageRun},
		{"running", pagePanels},
		{"running", pagePackage},
		{"broken", pageOverview},
		{"broken", pageManifest},
		{"broken", pageRun},
		{"broken", pagePanels},
		{"broken", pagePackage},
	} {
		for _, size := range [][2]int{{120, 40}, {80, 24}} {
			h := newHarness(t, sampleNamed(c.sample), size[0], size[1])
			h.root.current = c.page
			name := fmt.Sprintf("%s-%s-%dx%d", strings.ToLower(h.root.page().name()), c.sample, size[0], size[1])
			t.Run(name, func(t *testing.T) { golden(t, name, h.screen()) })
		}
	}
}

// fixPreview shows a plan that does not change with the templates.
func (h *harness) fixPreview() {
	w := h.root.wizard
	w.gen++ // previews on their way are dropped
	w.preview = preview{
		dir: "demo-plugin", tree: []string{"├── manifest.json", "└── service/", "    ├── Dockerfile", "    └── main.py"},
		manifest: []string{"{", `  "name": "demo-plugin",`, `  "version": "1.0.0",`, `  "capabilities_required": [`, `    "read_devices"`, "  ],", `  "port": 8080`, "}"},
	}
}

func TestDialogsAndOtherModesLookAsIntended(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		suffix := fmt.Sprintf("-%dx%d", size[0], size[1])
		h := newHarness(t, sampleRunning(), size[0], size[1])
		h.press("q")
		golden(t, "dialog-quit"+suffix, h.screen())
		h.press("n", "4", "?")
		golden(t, "dialog-help"+suffix, h.screen())

		h = newRootHarness(t, Options{Open: noProject}, size[0], size[1])
		h.do(h.root.open("/home/ada/plugins"))
		h.shows("No plugin here yet")
		golden(t, "welcome"+suffix, h.screen())
		h.press("n")
		h.typeText("demo-plugin")
		h.fixPreview()
		golden(t, "wizard-name"+suffix, h.screen())
		for _, title := range []string{"Template", "Display name", "Description", "Author", "Capabilities"} {
			h.press("enter")
			h.shows(title)
			if title == "Description" || title == "Author" {
				h.typeText("Ada")
			}
		}
		h.press(" ", "down")
		h.fixPreview()
		golden(t, "wizard-capabilities"+suffix, h.screen())
	}
}

func sampleNamed(name string) studio.Snapshot {
	for _, s := range samples {
		if s.name == name {
			return s.make()
		}
	}
	panic("no sample " + name)
}

func TestNoScreenExceedsTheTerminalAtAnySize(t *testing.T) {
	var widths, heights []int
	for w := 1; w <= 200; w += 9 {
		widths = append(widths, w)
	}
	widths = append(widths, 39, 40, 41, 79, 80, 81, 99, 100, 120, 200)
	for h := 1; h <= 60; h += 6 {
		heights = append(heights, h)
	}
	heights = append(heights, 11, 12, 14, 24, 40)
	for _, s := range samples {
		h := newHarness(t, s.make(), 80, 24)
		for _, w := range widths {
			for _, ht := range heights {
				h.root.resize(w, ht)
				for i := range h.root.pages {
					h.root.current = i
					h.fits()
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

func TestOtherModesFitAtAnySize(t *testing.T) {
	for _, mode := range []mode{modeOpening, modeWelcome, modeWizard, modeClosing} {
		h := newRootHarness(t, Options{Open: noProject}, 80, 24)
		h.root.wizard.start(h.root.opts.Defaults)
		h.root.mode = mode
		for w := 1; w <= 200; w += 13 {
			for ht := 1; ht <= 60; ht += 7 {
				h.root.resize(w, ht)
				h.fits()
			}
		}
		for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 40}, {200, 60}} {
			h.root.resize(size[0], size[1])
			h.fits()
		}
	}
}

func TestATooSmallTerminalIsToldTheSizeThatIsNeeded(t *testing.T) {
	h := newHarness(t, sampleRunning(), 30, 8)
	if got, want := strings.Split(h.screen(), "\n")[0], "Needs 40x12, this is 30x8."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h = newHarness(t, sampleRunning(), 20, 5)
	if got := strings.Join(strings.Fields(h.screen()), " "); got != "Needs 40x12, this is 20x5." {
		t.Errorf("at 20x5 it reads %q", got)
	}
}

func TestLayoutArithmetic(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want layout
	}{
		{40, 12, layout{bodyWidth: 38, bodyHeight: 7}},
		{80, 24, layout{fullTabs: true, bodyWidth: 78, bodyHeight: 19}},
		{120, 40, layout{fullTabs: true, bodyWidth: 118, bodyHeight: 35}},
		{200, 60, layout{fullTabs: true, bodyWidth: 198, bodyHeight: 55}},
		{39, 12, layout{tooSmall: true, bodyWidth: 37, bodyHeight: 7}},
		{0, 0, layout{tooSmall: true}},
	} {
		if got := layoutFor(c.w, c.h); got != c.want {
			t.Errorf("layoutFor(%d, %d) = %+v, want %+v", c.w, c.h, got, c.want)
		}
	}
	for _, c := range []struct{ first, cursor, n, height, want int }{
		{0, 0, 10, 5, 0}, {0, 5, 10, 5, 1}, {3, 2, 10, 5, 2}, {9, 9, 10, 5, 5}, {4, 4, 3, 5, 0}, {0, 0, 0, 5, 0}, {2, 4, 10, 0, 0},
	} {
		if got := window(c.first, c.cursor, c.n, c.height); got != c.want {
			t.Errorf("window(%d, %d, %d, %d) = %d, want %d", c.first, c.cursor, c.n, c.height, got, c.want)
		}
	}
	if l, r := split(80, 40, 30); l != 40 || r != 37 {
		t.Errorf("split of 80 = %d, %d", l, r)
	}
	if l, r := split(60, 40, 30); l != 60 || r != 0 {
		t.Errorf("split of 60 = %d, %d, want one column", l, r)
	}
}

// evil is foreign text that would clear the screen, colour it, set the title
// and turn the writing direction.
const evil = "\x1b[2J\x1b[31mEVIL\x1b]0;pwned\x07\t\r\nnext\u202e\u009b5H"

// poison replaces every string in v by evil, in fresh copies of what it reaches.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeOf("") {
			v.SetString(evil)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(time.Time{}) {
			return
		}
		for i := range v.NumField() {
			poison(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem())
		}
	}
}

func TestForeignTextCannotSteerTheTerminal(t *testing.T) {
	for _, s := range samples {
		sn := s.make()
		poison(reflect.ValueOf(&sn).Elem())
		report := manifest.Check(fstest.MapFS{manifest.FileName: {Data: []byte(strings.Repeat(evil+"\n", 30))}}, manifest.Options{})
		poisoned := sn.Manifest.Report
		report.Findings, report.Checks, report.Extra = poisoned.Findings, poisoned.Checks, poisoned.Extra
		sn.Manifest.Report, sn.Manifest.Source = report, report.Source
		if len(sn.Panels) > 0 && sn.Panels[0].Table != nil {
			sn.Panels[0].Err = ""
			sn.Panels[0].Table.Rows[0].Raw = []byte(`{"a":"` + evil + `"}`)
		}
		h := newHarness(t, sn, 120, 40)
		for _, log := range []*sampleLog{&h.project.build, &h.project.run} {
			for i := range log.lines {
				log.lines[i].Text = evil
			}
		}
		for i, p := range h.root.pages {
			h.root.current = i
			for _, c := range h.screen() {
				if c != '\n' && (c < 0x20 || c >= 0x7f && c < 0xa0 || c == '\u202e') {
					t.Errorf("%s, page %s: the screen holds %q\n%q", s.name, p.name(), c, h.screen())
					break
				}
			}
			h.fits()
		}
	}
}

func TestASCIIScreensHoldASCIIAlone(t *testing.T) {
	for _, s := range samples {
		h := newHarness(t, s.make(), 100, 30)
		h.root.opts.ASCII = true
		for i, p := range h.root.pages {
			h.root.current = i
			for _, c := range h.screen() {
				if c >= 0x7f {
					t.Errorf("page %s: %q is not ASCII", p.name(), c)
				}
			}
			h.fits()
		}
	}
}

func TestEveryPageSaysWhatToDoWhileNothingIsThere(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	for page, want := range map[int]string{
		pageOverview: "r  build and run it; the first build takes a while",
		pageBuild:    "Nothing built yet. Press b to build; the first build takes a while.",
		pageRun:      "not running. Press r to build and run it.",
		pagePanels:   "The plugin is not running. Press r",
		pagePackage:  "Not packaged yet. Press p",
	} {
		h.root.current = page
		if !strings.Contains(h.screen(), want) {
			t.Errorf("page %s does not say %q:\n%s", h.root.page().name(), want, h.screen())
		}
	}
}

func TestNextStepAfterAChangeBuildsIt(t *testing.T) {
	built := sampleFresh()
	built.Build.Phase = studio.PhaseDone
	for stale, want := range map[bool]string{false: "r  run it with a Controller and a database of its own", true: "r  build what changed, and run it"} {
		built.Build.Stale = stale
		if h := newHarness(t, built, 100, 30); !strings.Contains(h.screen(), want) {
			t.Errorf("stale: %v; the overview does not say %q:\n%s", stale, want, h.screen())
		}
	}
}

func TestViewCopesWithAnEmptySnapshot(t *testing.T) {
	h := newHarness(t, studio.Snapshot{}, 80, 24)
	for i := range h.root.pages {
		h.root.current = i
		h.fits()
	}
}
