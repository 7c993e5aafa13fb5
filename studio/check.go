package studio

import (
	"os"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// check validates the project and puts the report into the snapshot. Panels
// follow the last manifest that decoded, so that a half-typed edit does not
// make them vanish.
func (s *Session) check() manifest.Report {
	started := s.opts.Now()
	report := manifest.Check(os.DirFS(s.dir), manifest.Options{Path: s.dir})
	s.update(func(sn *Snapshot) {
		sn.Manifest.Report = report
		sn.Manifest.Source = report.Source
		sn.Manifest.At = s.opts.Now()
		sn.Manifest.Took = s.opts.Now().Sub(started)
		if report.Manifest != nil {
			sn.Manifest.Good = report.Manifest
			sn.Panels = mergePanels(sn.Panels, report.Manifest.TerminalPanels)
		}
	}, Event{Kind: KindManifest})
	return report
}

// mergePanels returns the states for the manifest's panels, keeping what was
// fetched for those whose definition did not change.
func mergePanels(old []PanelState, panels []manifest.Panel) []PanelState {
	merged := make([]PanelState, len(panels))
	for i, p := range panels {
		merged[i] = PanelState{Panel: p}
		if i < len(old) && samePanelSource(old[i].Panel, p) {
			merged[i] = old[i]
			merged[i].Panel = p
		}
	}
	return merged
}

// samePanelSource tells whether rows fetched for a are rows for b.
func samePanelSource(a, b manifest.Panel) bool {
	return a.ID == b.ID && a.DataEndpoint == b.DataEndpoint && len(a.Columns) == len(b.Columns) && equalColumns(a.Columns, b.Columns)
}

func equalColumns(a, b []manifest.Column) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
