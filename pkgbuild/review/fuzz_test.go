package review

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// ofText is a plugin of a manifest and no other file; false when the text is
// none. It leaves out validation, which is fuzzed by itself and takes most of the time.
func ofText(text []byte) (Plugin, bool) {
	var m manifest.Manifest
	if json.Unmarshal(text, &m) != nil {
		return Plugin{}, false
	}
	return Plugin{Report: manifest.Report{Manifest: &m, Source: text}}, true
}

// FuzzCompare looks for manifests that make the comparison fail, and for those
// that differ from themselves.
func FuzzCompare(f *testing.F) {
	for _, cases := range [][]compareCase{compareCases, settingCases} {
		for _, c := range cases {
			f.Add([]byte(base), []byte(strings.Replace(base, c.old, c.new, 1)))
		}
	}
	f.Add([]byte(`{"settings_schema": {"properties": {"a": {"minimum": "x", "enum": 3, "type": 7, "items": [], "": 1}}}}`), []byte(`{"terminal_panels": [{}, {}]}`))
	f.Fuzz(func(t *testing.T, oldText, newText []byte) {
		if len(oldText)+len(newText) > 64<<10 {
			return
		}
		old, ok := ofText(oldText)
		new, both := ofText(newText)
		if !ok || !both {
			return
		}
		there, back := Compare(old, new), Compare(new, old)
		for _, d := range []Difference{there, back} {
			if _, err := json.Marshal(d); err != nil {
				t.Fatal(err)
			}
			for _, c := range d.Changes {
				if c.Message == "" || c.Subject == "" && c.Area != AreaPanels && c.Area != AreaSettings && c.Area != AreaCapabilities && c.Area != AreaIdentity || c.Bump.rank() < 1 || severityRank(c.Severity) < 0 {
					t.Fatalf("incomplete: %+v", c)
				}
			}
		}
		for _, p := range []Plugin{old, new} {
			if d := Compare(p, p); len(d.Changes) > 0 || d.Bump.Needed != BumpNone {
				t.Fatalf("it differs from itself: %+v", d.Changes)
			}
			_ = inspection(p)
		}
		gained := countOf(there, AreaCapabilities, Added)
		if lost := countOf(back, AreaCapabilities, Removed); gained != lost {
			t.Fatalf("%d capabilities gained, %d lost on the way back", gained, lost)
		}
		if a, b := len(there.Changes), len(back.Changes); (a == 0) != (b == 0) && !strings.Contains(string(oldText)+string(newText), "settings_schema") {
			t.Fatalf("%d changes there, %d back", a, b)
		}
	})
}

// countOf counts the changes of an area and a kind.
func countOf(d Difference, area Area, kind Kind) int {
	n := 0
	for _, c := range d.Changes {
		if c.Area == area && c.Kind == kind {
			n++
		}
	}
	return n
}
