package ui

import (
	"errors"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// bumpDialog asks which part of the version to raise, and shows what the manifest says then.
type bumpDialog struct {
	st      *state
	choices []manifest.Bump
	needed  int // the choice that the changes since the last release need; -1 when nobody knows
	cursor  int
	apply   func(manifest.Part) tea.Cmd
}

// meanings say when a part is the one to raise, as diff judges it.
var meanings = map[manifest.Part]string{
	manifest.PartPatch: "nothing new, nothing gone",
	manifest.PartMinor: "something is new, or asked for",
	manifest.PartMajor: "what is in use may stop working",
}

// newBumpDialog makes the question. The error says why the version cannot be raised.
func newBumpDialog(st *state, apply func(manifest.Part) tea.Cmd) (*bumpDialog, error) {
	d := &bumpDialog{st: st, needed: -1, apply: apply}
	document := st.snap.Manifest.Report.Document
	if document == nil {
		return nil, errors.New("there is no manifest.json whose version could be raised")
	}
	for i, part := range manifest.Parts {
		b, err := document.Bump(part)
		if err != nil {
			return nil, err
		}
		if c := st.snap.Compared; c != nil && c.Phase == studio.PhaseDone && c.New == b.Old && !c.Verdict.Enough && c.Verdict.Suggested == b.New {
			d.needed, d.cursor = i, i
		}
		d.choices = append(d.choices, b)
	}
	return d, nil
}

func (d *bumpDialog) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := d.st.keys.dialog
	switch {
	case key.Matches(msg, keys.Up):
		d.cursor = max(d.cursor-1, 0)
	case key.Matches(msg, keys.Down):
		d.cursor = min(d.cursor+1, len(d.choices)-1)
	case key.Matches(msg, keys.First):
		d.cursor = 0
	case key.Matches(msg, keys.Last):
		d.cursor = len(d.choices) - 1
	case key.Matches(msg, keys.Confirm):
		return d.apply(d.choices[d.cursor].Part), true
	case key.Matches(msg, keys.Close):
		return nil, true
	}
	return nil, false
}

// draw keeps the choices and the way out in sight whatever the height.
func (d *bumpDialog) draw(width, height int) []string {
	th, inner := d.st.th, max(min(width, 72)-4, 1)
	var lines []string
	for i, b := range d.choices {
		sign, ink := "  ", th.Text
		if i == d.cursor {
			sign, ink = theme.Focus+" ", th.Selection
		}
		version := cell.Clean(b.New)
		lines = append(lines, ink.Paint(cell.Cut(sign+cell.Pad(string(b.Part), 7)+cell.Pad(version, max(12, cell.Width(version)+2))+meanings[b.Part]+" ", inner)))
	}
	foot := hints(th, []key.Binding{bind("↑↓", "move", "up"), bind("enter", "raise", "enter"), bind("esc", "leave", "esc")}, inner)
	room := height - 2 - len(lines) - 1 // without the border and the foot
	var about []string
	if d.needed >= 0 {
		about = d.advice(inner)
	}
	for _, text := range d.about(d.choices[d.cursor]) {
		about = append(about, cell.Wrap(text, inner)...)
	}
	switch {
	case len(about)+3 <= room:
		lines = append([]string{""}, lines...)
		lines = append(append(append(lines, ""), about...), "", foot)
	case len(about) <= room:
		lines = append(append(lines, about...), foot)
	default:
		lines = append(append(lines, about[:max(room, 0)]...), foot)
	}
	return box(th, "Raise the version "+cell.Clean(d.choices[0].Old), lines, inner+4, height)
}

// advice says whether the choice goes as far as the changes since the last release.
func (d *bumpDialog) advice(width int) []string {
	th, chosen, needed := d.st.th, cell.Clean(d.choices[d.cursor].New), cell.Clean(d.choices[d.needed].New)
	if d.cursor < d.needed {
		return marked(theme.Warn, th.Attention, chosen+" does not go far enough: what changed since the last release needs "+needed+".", width)
	}
	return marked(theme.Done, th.Good, chosen+" goes as far as what changed since the last release.", width)
}

// about says what a choice writes.
func (d *bumpDialog) about(b manifest.Bump) []string {
	writes := "manifest.json gets the version " + cell.Clean(b.New) + "; u on page 2 takes it back."
	switch {
	case b.NewImage != b.OldImage:
		return []string{writes, "The image becomes " + cell.Clean(b.NewImage) + ": b builds it under that tag."}
	case b.ImageNote != "":
		return []string{writes, "! " + cell.Clean(b.ImageNote) + "."}
	}
	return []string{writes}
}
