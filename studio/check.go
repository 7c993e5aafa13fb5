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
	c := s.beginCheck()
	c.show()
	return <-c.whole
}

// checkOnce is check, or what was checked just before the session was opened.
func (s *Session) checkOnce() manifest.Report {
	if s.opts.Watch || s.opts.Checked == nil {
		return s.check()
	}
	s.checked(*s.opts.Checked, 0, false)
	return *s.opts.Checked
}

// checkSoon is check for a reader who waits: where many fixes have to be tried,
// it returns what was found without them, and they follow in the snapshot. A
// check that is ahead is shown instead, unless another one has begun since.
func (s *Session) checkSoon(ahead *checking) manifest.Report {
	if ahead == nil || ahead.ctx.Err() != nil {
		ahead = s.beginCheck()
	}
	ahead.show()
	select {
	case report := <-ahead.found:
		return report
	case report := <-ahead.whole:
		return report
	}
}

const (
	// findingsFirst is how long the trial of fixes may hold up their findings.
	findingsFirst = time.Millisecond
	// manyFindings take longer than that for certain: they are shown at once,
	// and their fixes are not tried before the screen has had drawTime for them.
	manyFindings = 20
	drawTime     = 8 * time.Millisecond
)

// checking is a check that has begun. Nothing of it is seen before show, so
// that it can run while a save has yet to settle.
type checking struct {
	ctx    context.Context // ends with the check, or when a later one begins
	cancel context.CancelFunc
	shown  chan struct{}
	show   func()
	found  chan manifest.Report // gets the report without fixes, unless they are tried quickly
	whole  chan manifest.Report // gets the last report, always
}

// maySee waits until what the check found may be seen, and returns false when
// that will never be.
func (c *checking) maySee() bool {
	select {
	case <-c.shown:
		return true
	default:
	}
	select {
	case <-c.shown:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// beginCheck starts a check, which ends the trial of fixes of the one before:
// they would mend files that are others by now.
func (s *Session) beginCheck() *checking {
	c := &checking{shown: make(chan struct{}), found: make(chan manifest.Report, 1), whole: make(chan manifest.Report, 1)}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	c.show = sync.OnceFunc(func() { close(c.shown) })
	s.mu.Lock()
	former := s.stopTrial
	s.stopTrial = c.cancel
	s.mu.Unlock()
	if former != nil {
		former()
	}
	s.checkMu.Lock()
	s.background(func(context.Context) {
		defer s.checkMu.Unlock()
		defer c.cancel()
		s.carryOut(c)
	})
	return c
}

// carryOut is the check c, as far as it may be seen.
func (s *Session) carryOut(c *checking) {
	started := s.opts.Now()
	var mu sync.Mutex
	done := false
	first := func(found manifest.Report, took time.Duration) {
		if !c.maySee() {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if !done {
			s.checked(found, took, true)
			c.found <- found
		}
	}
	report := manifest.Check(os.DirFS(s.dir), manifest.Options{Path: s.dir, Stop: c.ctx.Done(), Found: func(found manifest.Report) {
		took := s.opts.Now().Sub(started)
		if len(found.Findings) < manyFindings {
			time.AfterFunc(findingsFirst, func() { first(found, took) })
			return
		}
		first(found, took)
		select {
		case <-time.After(drawTime):
		case <-c.ctx.Done():
		}
	}})
	took := s.opts.Now().Sub(started)
	mu.Lock()
	done = true // from here on nothing is seen but the whole
	mu.Unlock()
	if c.maySee() {
		s.checked(report, took, c.ctx.Err() != nil)
	}
	c.whole <- report
}

// checked puts a report into the snapshot.
func (s *Session) checked(report manifest.Report, took time.Duration, trying bool) {
	info, err := os.Stat(s.dir)
	gone, was := err != nil || !info.IsDir(), s.Snapshot().Gone
	s.update(func(sn *Snapshot) {
		sn.Gone = gone
		sn.Manifest.Undo = s.undoable()
		sn.Manifest.Report = report
		sn.Manifest.Source = report.Source
		sn.Manifest.Trying = trying
		sn.Manifest.At = s.opts.Now()
		sn.Manifest.Took = took
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
