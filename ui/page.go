package ui

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// page is one tab of the open project.
type page interface {
	// name is the tab's word; mark is the state it shows there, a glyph or a
	// number with the ink it is drawn in.
	name() string
	mark() (string, theme.Ink)
	// update handles a key or one of the page's own messages.
	update(msg tea.Msg) tea.Cmd
	// resize tells the page what draw fills.
	resize(width, height int)
	// draw returns at most height lines of at most width cells.
	draw() []string
	// bindings are all of the page's keys, for the help; hints are the few that
	// make sense now, most useful first, for the footer.
	bindings() []key.Binding
	hints() []key.Binding
	// captures tells that the page wants all keys, because something is typed into it.
	captures() bool
}

// state is what pages share: what to draw with, what to draw, and when. Sizes,
// selections and errors are the pages' own.
type state struct {
	ctx     context.Context // ends with the project
	th      theme.Theme
	keys    *keyMap
	project Project
	snap    studio.Snapshot
	mended  mended // failures that snap no longer shows
	build   Log
	run     Log
	now     time.Time // of the message that is being handled
	frame   int       // counts the spinner's steps
}

// running tells whether something of this session is on the engine, or on its
// way there.
func (s *state) running() bool {
	r := s.snap.Run
	return r.Phase == studio.PhaseWorking || (r.Phase == studio.PhaseDone && r.Exit == nil)
}

// up tells whether the plugin's process runs.
func (s *state) up() bool {
	r := s.snap.Run
	return r.Phase == studio.PhaseDone && r.Exit == nil
}

// busy tells whether anything works, so that a spinner turns.
func (s *state) busy() bool {
	sn := s.snap
	return sn.Build.Phase == studio.PhaseWorking || sn.Run.Phase == studio.PhaseWorking || sn.Run.Stopping ||
		sn.Package.Phase == studio.PhaseWorking || sn.Plan.Phase == studio.PhaseWorking ||
		(sn.Compared != nil && sn.Compared.Phase == studio.PhaseWorking) || (s.up() && sn.Run.Health == studio.HealthStarting)
}

// phaseGlyph returns the glyph and ink of a phase.
func (s *state) phaseGlyph(p studio.Phase) (string, theme.Ink) {
	switch p {
	case studio.PhaseWorking:
		return theme.Spinner(s.frame), s.th.Accent
	case studio.PhaseDone:
		return theme.Done, s.th.Good
	case studio.PhaseFailed:
		return theme.Failed, s.th.Broken
	case studio.PhaseCancelled:
		return theme.Warn, s.th.Attention
	}
	return theme.Off, s.th.Dim
}

// runGlyph returns the glyph, ink and word of the plugin's process.
func (s *state) runGlyph() (string, theme.Ink, string) {
	r := s.snap.Run
	switch {
	case r.Stopping:
		return theme.Spinner(s.frame), s.th.Accent, "stopping"
	case r.Phase == studio.PhaseWorking:
		return theme.Spinner(s.frame), s.th.Accent, "starting"
	case r.Exit != nil:
		return theme.Failed, s.th.Broken, "exited"
	case r.Phase == studio.PhaseFailed:
		return theme.Failed, s.th.Broken, "failed"
	case r.Phase != studio.PhaseDone:
		return theme.Off, s.th.Dim, "not running"
	}
	switch r.Health {
	case studio.HealthHealthy:
		return theme.Live, s.th.Good, "healthy"
	case studio.HealthUnhealthy:
		return theme.Failed, s.th.Broken, "unhealthy"
	case studio.HealthStarting:
		return theme.Waiting, s.th.Attention, "starting"
	}
	return theme.Live, s.th.Text, "running"
}
