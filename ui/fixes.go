package ui

import (
	"context"
	"errors"
	"io/fs"
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

// fixRequestedMsg asks to make a fix of a finding, after a question with the
// lines of show when there are any.
type fixRequestedMsg struct {
	finding manifest.Finding
	fix     manifest.Fix
	show    []diffLine
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
		apply := func() tea.Cmd {
			return r.begin(workFix, func(ctx context.Context, p Project) error { return p.ApplyFix(ctx, msg.finding, msg.fix) })
		}
		if len(msg.show) == 0 {
			return apply(), true
		}
		r.dialogs = append(r.dialogs, newFixDialog(r.st, msg, apply))
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

// nothingToUndo is said where no fix is left to take back.
const nothingToUndo = "There is no fix to undo, or its file has changed since."

// notRepaired says why nothing was written.
func notRepaired(kind workKind, err error) string {
	switch {
	case errors.Is(err, studio.ErrNothingToUndo):
		return nothingToUndo
	case errors.Is(err, studio.ErrChanged) && kind == workUndo:
		return "The file changed since that fix: nothing was undone."
	case errors.Is(err, studio.ErrChanged):
		return "The file changed meanwhile: nothing was written."
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	if errors.Is(err, fs.ErrPermission) {
		first, _, _ = strings.Cut(first, ", so it was left")
	}
	return "Nothing was written: " + first
}
