package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// fixDialog asks before a risky fix whose preview had no room on the page. It
// shows all of what the fix changes, to be scrolled; the answer no is the default.
type fixDialog struct {
	*confirmDialog
	diff         []diffLine
	first, shown int // of the drawn lines
	drawn        int
}

// newFixDialog makes the question; apply makes the fix.
func newFixDialog(st *state, m fixRequestedMsg, apply func() tea.Cmd) *fixDialog {
	return &fixDialog{confirmDialog: newConfirm(st, confirm{
		title: "Make this risky fix?", text: cell.Clean(m.fix.Title), yes: "Make it", no: "Leave it", do: apply,
	}), diff: m.show}
}

func (d *fixDialog) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	if to, ok := scrolled(d.st, msg, d.first, d.shown, d.drawn); ok {
		d.first = to
		return nil, false
	}
	return d.confirmDialog.key(msg)
}

func (d *fixDialog) draw(width, height int) []string {
	th, inner := d.st.th, max(min(width, pageWidth)-4, 1)
	choices := d.choices(inner)
	text := cell.Wrap(d.text, inner)
	if most := max(height/5, 1); len(text) > most {
		text = text[:most]
		text[most-1] = cell.Cut(text[most-1]+" "+cell.Ellipsis, inner)
	}
	diff := drawDiff(th, d.diff, inner, len(d.diff))
	room := max(height-2-len(text)-len(choices), 1)
	roomy := len(diff)+2 <= room
	d.drawn, d.shown = len(diff), len(diff)
	if d.drawn > room {
		d.shown = max(room-1, 1) // without the line that tells of the others
	}
	d.first = max(min(d.first, d.drawn-d.shown), 0)
	lines := text
	if roomy {
		lines = append(lines, "")
	}
	lines = append(lines, diff[d.first:d.first+d.shown]...)
	if d.shown < d.drawn {
		foot, below := th.Dim.Paint("↑↓ move"), d.drawn-d.first-d.shown
		if below > 0 {
			foot = cell.Ends(foot, th.Dim.Paint(cell.Ellipsis+" "+cell.Plural(below, "more line", "more lines")), inner)
		}
		lines = append(lines, foot)
	}
	if roomy {
		lines = append(lines, "")
	}
	return box(th, d.title, append(lines, choices...), inner+4, height)
}
