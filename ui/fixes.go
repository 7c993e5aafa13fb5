package ui

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// Work on the project's files.
const (
	workFix  workKind = "fix"
	workUndo workKind = "undo"
)

// fixRequestedMsg asks to make a fix of a finding.
type fixRequestedMsg struct {
	finding manifest.Finding
	fix     manifest.Fix
}

// fixAllRequestedMsg asks to make every safe fix.
type fixAllRequestedMsg struct{}

// undoRequestedMsg asks to take back the last fix.
type undoRequestedMsg struct{}

// explainRequestedMsg asks for the page of a finding's rule.
type explainRequestedMsg struct{ finding manifest.Finding }

// repair handles what the manifest's page asks for; handled is false for any
// other message.
func (r *root) repair(msg tea.Msg) (cmd tea.Cmd, handled bool) {
	if r.mode != modeProject {
		return nil, false
	}
	switch msg := msg.(type) {
	case fixRequestedMsg:
		cmd = r.begin(workFix, func(ctx context.Context, p Project) error { return p.ApplyFix(ctx, msg.finding, msg.fix) })
	case fixAllRequestedMsg:
		cmd = r.begin(workFix, func(ctx context.Context, p Project) error {
			_, err := p.ApplySafeFixes(ctx)
			return err
		})
	case undoRequestedMsg:
		cmd = r.begin(workUndo, func(ctx context.Context, p Project) error { return p.UndoFix(ctx) })
	case explainRequestedMsg:
		r.dialogs = append(r.dialogs, newExplanation(r.st, msg.finding))
	default:
		return nil, false
	}
	return cmd, true
}

// notRepaired says why nothing was written.
func notRepaired(kind workKind, err error) string {
	switch {
	case errors.Is(err, studio.ErrNothingToUndo):
		return "No fix was made here that could be undone."
	case errors.Is(err, studio.ErrChanged) && kind == workUndo:
		return "The file changed since that fix: nothing was undone."
	case errors.Is(err, studio.ErrChanged):
		return "The file changed meanwhile: nothing was written, and it was checked again."
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return "Nothing was written: " + first
}
