package studio

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// changed takes in a settled set of changed paths, below the project's folder
// and with slashes. It returns the report on the project as it is now, and
// whether it had to be checked again for it.
func (s *Session) changed(paths map[string]bool, ahead *checking) (report manifest.Report, checked bool) {
	before := s.Snapshot().Manifest.Report
	if checked = s.matter(paths, before); checked {
		report = s.checkSoon(ahead)
		s.noteSaved(paths, before, report)
	} else {
		report = before
	}
	s.update(func(sn *Snapshot) { sn.Plan.Changes++ }, Event{Kind: KindPlan, Phase: s.Snapshot().Plan.Phase})
	switch p := s.Snapshot().Package; {
	case p.Phase == PhaseDone && !p.Stale:
		s.update(func(sn *Snapshot) { sn.Package.Stale = sn.Package.Phase == PhaseDone }, Event{Kind: KindPackage, Phase: p.Phase})
	case p.Phase == PhaseFailed: // of files as they were: what stops a package now, the plan tells
		s.update(func(sn *Snapshot) {
			if sn.Package.Phase == PhaseFailed {
				sn.Package = PackageState{Phase: PhaseIdle}
			}
		}, Event{Kind: KindPackage, Phase: PhaseIdle})
	}
	return report, checked
}

// matter tells whether any of the paths may have become another one than the
// report saw. One that it read and that still holds the same bytes has not, as
// after a fix that was checked when it was written.
func (s *Session) matter(paths map[string]bool, report manifest.Report) bool {
	for path := range paths {
		if seen, ok := report.Content(path); !ok || !s.holds(path, seen) {
			return true
		}
	}
	return false
}

// holds tells whether a file of the project is a regular one with that content.
func (s *Session) holds(path string, content []byte) bool {
	name := filepath.Join(s.dir, filepath.FromSlash(path))
	info, err := os.Stat(name) // before opening: to open a FIFO would wait for a writer
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(content)) {
		return false
	}
	now, err := os.ReadFile(name)
	return err == nil && bytes.Equal(now, content)
}

// noteSaved says what became of the manifest where that is news.
func (s *Session) noteSaved(paths map[string]bool, before, after manifest.Report) {
	switch {
	case !paths[manifest.FileName] || before.OK == after.OK:
	case after.OK:
		s.note("good", "manifest.json saved: the Controller accepts it")
	default:
		s.note("broken", "manifest.json saved: it is not in order")
	}
}
