package ui

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// mistyped is a project whose manifest has never decoded: a port that is text.
func mistyped(text string) studio.Snapshot {
	sn := sampleFresh()
	r := manifest.Check(fstest.MapFS{manifest.FileName: {Data: []byte(text)}}, manifest.Options{})
	if r.Manifest != nil {
		panic("it decodes")
	}
	sn.Manifest.Report, sn.Manifest.Source, sn.Manifest.Good, sn.Manifest.Whole, sn.Panels = r, r.Source, nil, &r, nil
	return sn
}

func TestWhatAMistypedManifestDeclaresIsNotDenied(t *testing.T) {
	const typed, slip = `"port": "8080"`, `"port": 8080 "`
	for _, c := range []struct{ name, text, header string }{
		{"a wrong type", strings.Replace(sampleSource, `"port": 8080`, typed, 1), "◆ monitoring-integration 1.0.0"},
		{"a name that is no text", strings.NewReplacer(`"monitoring-integration"`, "12", `"port": 8080`, typed).Replace(sampleSource), "◆ monitoring-integration "}, // the folder's
		{"a slip behind them", strings.Replace(sampleSource, `"port": 8080`, slip, 1), "◆ monitoring-integration 1.0.0"},
		{"no object", "[]", "◆ monitoring-integration "},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range [][2]int{{120, 40}, {60, 15}} {
				h := newHarness(t, mistyped(c.text), size[0], size[1])
				if first := strings.Split(h.screen(), "\n")[0]; !strings.Contains(first, c.header) {
					t.Errorf("the header is %q", first)
				}
				if strings.Contains(h.screen(), "declares no terminal_panels") || len(h.rows("panels      "+notKnown)) != 1 || len(h.rows("database    "+notKnown)) != 1 {
					t.Errorf("the overview says something else:\n%s", h.screen())
				}
				h.press("5")
				if strings.Contains(h.screen(), "shows nothing") || !strings.Contains(h.screen(), notKnown) {
					t.Errorf("the panels' page says something else:\n%s", h.screen())
				}
				if tabs := strings.Split(h.screen(), "\n")[1]; !strings.Contains(tabs, "?") {
					t.Errorf("the tabs are %q", tabs)
				}
			}
		})
	}
}

func TestTheLastGoodManifestAnswersWhileTheFileIsMistyped(t *testing.T) {
	sn := mistyped(strings.NewReplacer(`"port": 8080`, `"port": "8080"`, `"1.0.0"`, "1").Replace(sampleSource))
	good := sampleFresh()
	sn.Manifest.Good, sn.Panels = good.Manifest.Good, good.Panels
	h := newHarness(t, sn, 120, 40)
	if !strings.Contains(h.screen(), "◆ monitoring-integration 1.0.0") || strings.Contains(h.screen(), notKnown) || !strings.Contains(h.screen(), "5 Panels 1") {
		t.Errorf("what was known is forgotten:\n%s", h.screen())
	}
}
