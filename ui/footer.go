package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// noteStays is how long a note is in sight.
const noteStays = 10 * time.Second

// noteLines is how many lines an error takes at most.
const noteLines = 3

// foot returns the rule below the body and the footer. The footer's keys are
// always those that make sense now: what happened last stands beside them
// where both have room, else in the rule, and an error that is longer than that
// goes on below it.
func (r *root) foot() []string {
	th := r.st.th
	note := r.lastNote()
	if r.st.now.Sub(note.At) >= noteStays {
		note = studio.Note{}
	}
	bindings := r.footerKeys()
	room := r.width - 2*margin
	text := cell.Clean(note.Text)
	beside := text != "" && hintsWidth(bindings)+cell.Width(text)+5 <= room // with its mark and a gap
	free := room - hintsWidth(bindings)
	if beside {
		free -= cell.Width(text) + 5
	}
	if quit := r.st.keys.global.Quit; r.mode == modeProject && !r.typing() && hintWidth(quit)+2 <= free {
		bindings = append(bindings, quit)
	}
	keys, rule := hints(th, bindings, room), th.Rule.Paint(strings.Repeat("─", r.width))
	switch {
	case text == "":
		return []string{rule, cell.Space(margin) + keys}
	case beside:
		return []string{rule, cell.Space(margin) + cell.Ends(keys, noteText(th, note, th.Dim, room-cell.Width(keys)-3), room)}
	}
	lines := r.noteAbove(note)
	for i, line := range lines {
		if i == 0 {
			lines[i] = th.Rule.Paint("─") + " " + line + " " + th.Rule.Paint(strings.Repeat("─", max(r.width-cell.Width(line)-3, 0)))
		} else {
			lines[i] = cell.Space(4) + line
		}
	}
	return append(lines, cell.Space(margin)+keys)
}

// noteAbove returns a note in the lines it takes above the footer: errors in
// several where one is not enough.
func (r *root) noteAbove(note studio.Note) []string {
	th, width := r.st.th, max(r.width-5, 1)
	most := min(noteLines, layoutFor(r.width, r.height).bodyHeight/3)
	if note.Kind != "broken" && note.Kind != "attention" {
		most = 1
	}
	parts := cell.Wrap(cell.Clean(note.Text), width-2)
	if len(parts) <= 1 || most <= 1 {
		return []string{noteText(th, note, th.Dim, width)}
	}
	ink := th.Attention
	if note.Kind == "broken" {
		ink = th.Broken
	}
	if len(parts) > most {
		parts = parts[:most]
		parts[most-1] = cell.Cut(parts[most-1]+" "+cell.Ellipsis, width-2)
	}
	note.Text = parts[0]
	lines := []string{noteText(th, note, th.Dim, width)}
	for _, part := range parts[1:] {
		lines = append(lines, ink.Paint(part))
	}
	return lines
}

// footerKeys are the keys that make sense now, the most useful ones first; the
// last one always stays.
func (r *root) footerKeys() []key.Binding {
	var bindings []key.Binding
	switch r.mode {
	case modeWizard:
		bindings = r.wizard.hints()
	case modeWelcome:
		bindings = r.welcome.bindings()
	case modeProject:
		bindings = append(append(bindings, r.page().hints()...), r.globalHints()...)
	}
	switch help := r.st.keys.global.Help; {
	case r.typing() || r.mode == modeOpening || r.mode == modeClosing:
	case r.mode == modeProject:
		bindings = append(bindings, help)
	default: // the way out stays last, whatever the width
		bindings = slices.Insert(bindings, len(bindings)-1, help)
	}
	return bindings
}
