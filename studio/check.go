package studio

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// check validates the project and puts the report into the snapshot. Panels
// follow the last manifest that decoded, so that a half-typed edit does not
// make them vanish. One check runs at a time, so that the last to begin is the
// last to be seen.
func (s *Session) check() manifest.Report {
	_, whole := s.beginCheck()
	return <-whole
}

// checkSoon is check for a reader who waits: where many fixes have to be tried,
// it returns what was found without them, and they follow in the snapshot.
func (s *Session) checkSoon() manifest.Report {
	found, whole := s.beginCheck()
	select {
	case report := <-found:
		return report
	case report := <-whole:
		return report
	}
}

// findingsFirst is how long the trial of fixes may hold up their findings.
const findingsFirst = time.Millisecond

// beginCheck starts a check, which ends the trial of fixes of the one before:
// they would mend files that are others by now. Of the channels it returns,
// found gets the report without fixes, unless they are tried quickly, and whole
// always gets the last one.
func (s *Session) beginCheck() (found, whole <-chan manifest.Report) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	former := s.stopTrial
	s.stopTrial = cancel
	s.mu.Unlock()
	if former != nil {
		former()
	}
	s.checkMu.Lock()
	started := s.opts.Now()
	early, last := make(chan manifest.Report, 1), make(chan manifest.Report, 1)
	s.background(func(context.Context) {
		defer s.checkMu.Unlock()
		defer cancel()
		var mu sync.Mutex
		done := false
		report := manifest.Check(os.DirFS(s.dir), manifest.Options{Path: s.dir, Stop: ctx.Done(), Found: func(found manifest.Report) {
			time.AfterFunc(findingsFirst, func() {
				mu.Lock()
				defer mu.Unlock()
				if !done {
					s.checked(found, started, true)
					early <- found
				}
			})
		}})
		mu.Lock()
		defer mu.Unlock()
		done = true
		s.checked(report, started, ctx.Err() != nil)
		last <- report
	})
	return early, last
}

// checked puts a report into the snapshot.
func (s *Session) checked(report manifest.Report, started time.Time, trying bool) {
	info, err := os.Stat(s.dir)
	gone, was := err != nil || !info.IsDir(), s.Snapshot().Gone
	s.update(func(sn *Snapshot) {
		sn.Gone = gone
		sn.Manifest.Undo = s.undoable()
		sn.Manifest.Report = report
		sn.Manifest.Source = report.Source
		sn.Manifest.Trying = trying
		sn.Manifest.At = s.opts.Now()
		sn.Manifest.Took = s.opts.Now().Sub(started)
		if report.Judged() {
			sn.Manifest.Whole, sn.Manifest.WholeAt = &report, sn.Manifest.At
		}
		if report.Manifest != nil {
			sn.Manifest.Good = report.Manifest
			sn.Panels = mergePanels(sn.Panels, report.Manifest.TerminalPanels)
		}
	}, Event{Kind: KindManifest})
	switch {
	case gone && !was:
		s.note("broken", "the project's folder is gone: "+CleanLine(s.dir))
	case was && !gone:
		s.note("good", filepath.Base(CleanLine(s.dir))+" is back")
	}
}

// Lost tells whether the manifest is missing, cannot be read, is empty or ends
// in its middle, as while it is being written: Whole then shows more than it.
// A mistake with all of the file around it is none of these.
func (m ManifestState) Lost() bool {
	r := m.Report
	if r.Document == nil {
		return true
	}
	for _, f := range r.Findings {
		switch f.Rule {
		case "NSP1007": // the file is empty
			return true
		case "NSP1017": // something opened is not closed, here: when the file ends
			line, column := r.Document.Position(len(bytes.TrimRight(r.Source, " \t\r\n")))
			if f.File == manifest.FileName && f.Line == line && f.Column == column {
				return true
			}
		}
	}
	return false
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
