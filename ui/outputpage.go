package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// outputPage is what the pages of work that prints something have in common.
type outputPage struct {
	st            *state
	width, height int
	log           *logView
}

func (p *outputPage) captures() bool           { return p.log.typing }
func (p *outputPage) resize(width, height int) { p.width, p.height = width, height }

// withLog returns the page's own keys and those of its output; while a filter
// is typed there are no others than its.
func (p *outputPage) withLog(own ...key.Binding) []key.Binding {
	if p.log.typing {
		return p.log.bindings()
	}
	return append(own, p.log.bindings()...)
}

// press takes a key: cancel while the work can be cancelled, else one of the
// output's. output is nil while there is none.
func (p *outputPage) press(msg tea.Msg, cancel key.Binding, cancels bool, output Log) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	switch {
	case !ok:
		return nil
	case cancels && !p.log.typing && key.Matches(k, cancel):
		return func() tea.Msg { return cancelRequestedMsg{} }
	case output == nil:
		return nil
	}
	return p.log.update(output, k)
}
