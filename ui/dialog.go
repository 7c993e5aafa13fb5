package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// dialog is drawn above everything and takes all keys while it is open.
type dialog interface {
	// key handles a key and tells whether the dialog is closed by it.
	key(msg tea.KeyMsg) (cmd tea.Cmd, closed bool)
	// draw returns the dialog with its border, in at most width by height cells.
	draw(width, height int) []string
}

// dialogKey gives a key to the topmost dialog.
func (r *root) dialogKey(msg tea.KeyMsg) tea.Cmd {
	top := len(r.dialogs) - 1
	cmd, closed := r.dialogs[top].key(msg)
	if closed && len(r.dialogs) > top { // what the dialog did may have closed all of them
		r.dialogs = r.dialogs[:top]
	}
	return cmd
}

// confirm is a question whose answer no is the default. Brief says what would
// be lost where text does not fit.
type confirm struct {
	title, text, brief, yes, no string
	do                          func() tea.Cmd
}

// ask puts a question above everything.
func (r *root) ask(c confirm) tea.Cmd {
	r.dialogs = append(r.dialogs, newConfirm(r.st, c))
	return nil
}

type confirmDialog struct {
	confirm
	st      *state
	chooses bool // yes has the focus
}

func newConfirm(st *state, c confirm) *confirmDialog { return &confirmDialog{confirm: c, st: st} }

func (d *confirmDialog) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := d.st.keys.dialog
	switch {
	case key.Matches(msg, keys.Yes):
		return d.do(), true
	case key.Matches(msg, keys.No, keys.Close):
		return nil, true
	case key.Matches(msg, keys.Switch):
		d.chooses = !d.chooses
	case key.Matches(msg, keys.Left, keys.Right):
		d.chooses = key.Matches(msg, keys.Right)
	case key.Matches(msg, keys.Confirm):
		if d.chooses {
			return d.do(), true
		}
		return nil, true
	}
	return nil, false
}

// draw keeps the choices in sight whatever the height: the text goes first.
func (d *confirmDialog) draw(width, height int) []string {
	inner := min(width-4, 60)
	choices := d.choices(inner)
	room := max(height-2-len(choices)-1, 0) // without the border and the blank line above the choices
	text := cell.Wrap(d.text, inner)
	if len(text) > room && d.brief != "" {
		text = cell.Wrap(d.brief, inner)
	}
	if len(text) > room {
		text = text[:room]
		if room > 0 {
			text[room-1] = cell.Cut(text[room-1], inner-2) + " " + cell.Ellipsis
		}
	}
	var lines []string
	if len(text) < room {
		lines = append(lines, "")
	}
	if len(text) > 0 {
		lines = append(append(lines, text...), "")
	}
	return box(d.st.th, d.title, append(lines, choices...), inner+4, height)
}

// choices are the two answers, the focused one marked, one below the other
// where they do not fit side by side.
func (d *confirmDialog) choices(width int) []string {
	th := d.st.th
	yes, no := th.Dim.Paint("  y "+d.yes+" "), th.Selection.Paint(theme.Focus+" n "+d.no+" ")
	if d.chooses {
		yes, no = th.Selection.Paint(theme.Focus+" y "+d.yes+" "), th.Dim.Paint("  n "+d.no+" ")
	}
	if both := no + "   " + yes; cell.Width(both) <= width {
		return []string{both}
	}
	return []string{no, yes}
}

// helpDialog lists all keys that work now, made from the key maps.
type helpDialog struct {
	st    *state
	lines []string
	first int
	shown int
}

// newHelp lists the keys of one place, called title, and those that work everywhere.
func newHelp(st *state, title string, here, everywhere []key.Binding) *helpDialog {
	d := &helpDialog{st: st}
	d.section(title, here)
	d.section("Everywhere", everywhere)
	return d
}

// showHelp lists the keys that work where the user is.
func (r *root) showHelp() tea.Cmd {
	g := r.st.keys.global
	title, here, everywhere := "", []key.Binding(nil), []key.Binding{g.Redraw, g.Suspend, g.Help, g.Leave}
	switch r.mode {
	case modeWelcome:
		title, here = "Start", r.welcome.bindings()
	case modeWizard:
		title, here = "A new plugin", r.wizard.bindings()
	default:
		title, here, everywhere = r.page().name(), r.page().bindings(), g.all()
	}
	r.dialogs = append(r.dialogs, newHelp(r.st, title, here, everywhere))
	return nil
}

func (d *helpDialog) section(title string, bindings []key.Binding) {
	if len(bindings) == 0 {
		return
	}
	if len(d.lines) > 0 {
		d.lines = append(d.lines, "")
	}
	d.lines = append(d.lines, d.st.th.Dim.Paint(title))
	for _, b := range bindings {
		d.lines = append(d.lines, "  "+d.st.th.Key.Paint(cell.Pad(b.Help().Key, 11))+b.Help().Desc)
	}
}

func (d *helpDialog) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := d.st.keys.dialog
	switch {
	case key.Matches(msg, keys.Up):
		d.first = max(d.first-1, 0)
	case key.Matches(msg, keys.Down):
		d.first = max(min(d.first+1, len(d.lines)-d.shown), 0)
	case key.Matches(msg, keys.Close, keys.Confirm):
		return nil, true
	}
	return nil, false
}

func (d *helpDialog) draw(width, height int) []string {
	d.shown = min(len(d.lines), height-4)
	d.first = max(min(d.first, len(d.lines)-d.shown), 0)
	lines := append([]string{""}, d.lines[d.first:d.first+d.shown]...)
	more := ""
	if d.shown < len(d.lines) {
		more = "↑↓ move, "
	}
	return box(d.st.th, "Keys", append(lines, d.st.th.Dim.Paint(more+"esc close")), min(width, 46), height)
}

// box draws a border around lines; title stands in its upper edge.
func box(th theme.Theme, title string, lines []string, width, height int) []string {
	inner := max(width-4, 1)
	edge := th.Accent
	title = " " + cell.Cut(title, max(inner-2, 1)) + " "
	out := make([]string, 0, len(lines)+2)
	out = append(out, edge.Paint("╭─")+th.Strong.Paint(title)+edge.Paint(strings.Repeat("─", max(inner+1-cell.Width(title), 0))+"╮"))
	for _, line := range lines[:min(len(lines), max(height-2, 0))] {
		out = append(out, edge.Paint("│")+" "+cell.Fit(line, inner)+" "+edge.Paint("│"))
	}
	return append(out, edge.Paint("╰"+strings.Repeat("─", inner+2)+"╯"))
}

// overlay draws top over the middle of lines; what is below loses its colours,
// so that the eye goes to the dialog.
func overlay(lines, top []string, width int, th theme.Theme) []string {
	w := 0
	for _, line := range top {
		w = max(w, cell.Width(line))
	}
	x, y := max((width-w)/2, 0), max((len(lines)-len(top))/2, 0)
	out := make([]string, len(lines))
	for i, line := range lines {
		below := ansi.Strip(line)
		ink := th.Dim
		if strings.HasPrefix(below, "─") {
			ink = th.Rule
		}
		if i < y || i >= y+len(top) {
			out[i] = ink.Paint(below)
			continue
		}
		below = cell.Pad(below, width)
		out[i] = ink.Paint(cell.Fit(ansi.Truncate(below, x, ""), x)) + cell.Fit(top[i-y], w) + ink.Paint(ansi.TruncateLeft(below, x+w, ""))
	}
	return out
}
