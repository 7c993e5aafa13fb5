package ui

import (
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/studio"
)

// mended tells which failures were about a manifest that has been mended since.
type mended struct{ build, run, pack bool }

// mendedSince is what a page says of such a failure.
const mendedSince = "the manifest has been mended since"

// look takes in the project's state. What failed because of the manifest is
// forgotten once the manifest is in order again.
func (s *state) look() {
	s.snap = s.project.Snapshot()
	s.mended = mended{}
	m := s.snap.Manifest
	gone := func(phase studio.Phase, p *studio.Problem, at time.Time) bool {
		return phase == studio.PhaseFailed && m.Report.OK && aboutManifest(p) && m.At.After(at)
	}
	if b := s.snap.Build; gone(b.Phase, b.Problem, b.Started.Add(b.Took)) {
		s.snap.Build, s.mended.build = studio.BuildState{Phase: studio.PhaseIdle, Image: b.Image}, true
	}
	if r := s.snap.Run; r.Exit == nil && gone(r.Phase, r.Problem, r.At) {
		s.snap.Run, s.mended.run = studio.RunState{Phase: studio.PhaseIdle, Health: studio.HealthNone}, true
	}
	if a := s.snap.Package; gone(a.Phase, a.Problem, a.At) {
		s.snap.Package, s.mended.pack = studio.PackageState{Phase: studio.PhaseIdle}, true
	}
}

// aboutManifest tells whether a problem is the manifest's: its hint sends the
// author to the manifest's page.
func aboutManifest(p *studio.Problem) bool {
	return p != nil && strings.HasPrefix(p.Hint, "Press 2 ")
}

// port is the port of what runs, else the manifest's; 0 when neither is known.
func (s *state) port() int {
	if n := s.snap.Run.Port; n != 0 && s.running() {
		return n
	}
	if m := s.snap.Manifest.Good; m != nil {
		return m.Port
	}
	return 0
}
