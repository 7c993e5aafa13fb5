package ui

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// Work towards the next version.
const (
	workCompare workKind = "compare"
	workBump    workKind = "bump"
)

// compareRequestedMsg asks what a package would change for those who run an earlier one.
type compareRequestedMsg struct{}

// bumpRequestedMsg asks which part of the version to raise.
type bumpRequestedMsg struct{}

// release handles what the package's page asks for; handled is false for any other message.
func (r *root) release(msg tea.Msg) (cmd tea.Cmd, handled bool) {
	if r.mode != modeProject {
		return nil, false
	}
	switch msg.(type) {
	case compareRequestedMsg:
		if r.work[workCompare] != nil { // of a dialog that was closed
			return r.say("attention", "An earlier comparison is still under way."), true
		}
		r.dialogs = append(r.dialogs, newCompareDialog(r.st, r.compare))
		cmd = r.compare("")
	case bumpRequestedMsg:
		d, err := newBumpDialog(r.st, r.bump)
		if err != nil {
			return r.say("attention", firstLine(err)), true
		}
		r.dialogs = append(r.dialogs, d)
	default:
		return nil, false
	}
	return cmd, true
}

// compare compares the project with an earlier package, of the Studio's choice when archive is empty.
func (r *root) compare(archive string) tea.Cmd {
	return r.begin(workCompare, func(ctx context.Context, p Project) error { return p.Compare(ctx, archive) })
}

func (r *root) bump(part manifest.Part) tea.Cmd {
	return r.begin(workBump, func(ctx context.Context, p Project) error { return p.Bump(ctx, part) })
}

// notRaised says why the version is the same as before.
func notRaised(err error) string {
	if errors.Is(err, studio.ErrChanged) {
		return "The file changed meanwhile: the version was not raised."
	}
	return firstLine(err)
}

// firstLine is an error in one line.
func firstLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
