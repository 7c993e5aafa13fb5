package ui

import (
	"fmt"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// compareDialog shows what a package would change for those who run an earlier one, to be
// scrolled. The state has the comparison; it may still be under way.
type compareDialog struct {
	st           *state
	compare      func(archive string) tea.Cmd
	first, shown int
	lines        []string
	of           *studio.Comparison // that lines were made of, for width
	width        int
}

func newCompareDialog(st *state, compare func(string) tea.Cmd) *compareDialog {
	return &compareDialog{st: st, compare: compare}
}

func (d *compareDialog) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys, c := d.st.keys.dialog, d.st.snap.Compared
	if to, ok := scrolled(d.st, msg, d.first, d.shown, len(d.lines)); ok {
		d.first = to
		return nil, false
	}
	switch {
	case key.Matches(msg, keys.Switch):
		if c == nil || c.Phase == studio.PhaseWorking || len(c.Archives) < 2 {
			return nil, false
		}
		d.first = 0
		n := len(c.Archives)
		step := 1
		if msg.Type == tea.KeyShiftTab {
			step = n - 1
		}
		return d.compare(c.Archives[(slices.Index(c.Archives, c.With)+step)%n]), false
	case key.Matches(msg, d.st.keys.pack.Bump):
		return func() tea.Msg { return bumpRequestedMsg{} }, true
	}
	return nil, key.Matches(msg, keys.Close, keys.Confirm, d.st.keys.pack.Compare)
}

func (d *compareDialog) draw(width, height int) []string {
	th, c := d.st.th, d.st.snap.Compared
	width = min(width, pageWidth)
	inner := width - 4
	if c == nil {
		c = &studio.Comparison{Phase: studio.PhaseWorking}
	}
	if d.of != c || d.width != width || c.Phase == studio.PhaseWorking { // a spinner turns
		d.of, d.width, d.lines = c, width, d.text(c, inner, max(height-5, 1))
	}
	d.shown = min(len(d.lines), max(height-5, 1))
	d.first = max(min(d.first, len(d.lines)-d.shown), 0)
	lines := append([]string{""}, d.lines[d.first:d.first+d.shown]...)
	var foot []key.Binding
	right := ""
	if d.shown < len(d.lines) {
		foot = append(foot, bind("↑↓", "move", "up"))
		if d.first+d.shown < len(d.lines) {
			right = th.Dim.Paint("more below")
		}
	}
	if len(c.Archives) > 1 {
		foot = append(foot, bind("tab", fmt.Sprintf("package %d of %d", slices.Index(c.Archives, c.With)+1, len(c.Archives)), "tab"))
	}
	if c.Phase == studio.PhaseDone && c.With != "" {
		foot = append(foot, d.st.keys.pack.Bump)
	}
	foot = append(foot, bind("esc", "close", "esc"))
	left := hints(th, foot, inner-cell.Width(right)-min(cell.Width(right), 2))
	return box(th, d.title(c), append(lines, "", cell.Ends(left, right, inner)), width, height)
}

func (d *compareDialog) title(c *studio.Comparison) string {
	if c.Phase == studio.PhaseDone && c.With != "" {
		return "What changes for those who run " + cell.Clean(c.Old)
	}
	return "Compare with the last release"
}

// text is all there is to say.
func (d *compareDialog) text(c *studio.Comparison, width, height int) []string {
	th := d.st.th
	switch {
	case c.Phase == studio.PhaseWorking:
		return []string{th.Accent.Paint(theme.Spinner(d.st.frame)) + " Comparing…"}
	case c.Phase == studio.PhaseFailed:
		return append([]string{th.Broken.Paint(theme.Failed + " Nothing was compared.")}, problemLines(th, c.Problem, width, height-1)...)
	case c.With == "":
		return cell.Wrap("There is no earlier package of this plugin: none in its folder, in dist there, or beside it. Keep what p writes, and d tells what a later version changes.", width)
	}
	lines := []string{th.Dim.Paint(cell.Cut("Compared with "+baseName(c.With)+" · risk "+cell.Clean(c.Risk), width))}
	glyph, ink := theme.Done, th.Good
	if !c.Verdict.Enough {
		glyph, ink = theme.Warn, th.Attention
	}
	reason := cell.Clean(c.Verdict.Reason)
	if c.Same() {
		reason = "a package would hold the same files"
	}
	lines = append(lines, marked(glyph, ink, reason, width)...)
	area := ""
	for _, change := range c.Changes {
		if change.Area != area {
			area = change.Area
			lines = append(lines, "", th.Dim.Paint(cell.Clean(area)))
		}
		switch change.Severity {
		case manifest.SeverityError:
			lines = append(lines, marked(theme.Failed, th.Broken, cell.Clean(change.Text), width)...)
		case manifest.SeverityWarning:
			lines = append(lines, marked(theme.Warn, th.Attention, cell.Clean(change.Text), width)...)
		default:
			lines = append(lines, marked(" ", th.Text, cell.Clean(change.Text), width)...)
		}
	}
	return append(lines, d.files(c, width)...)
}

// marked wraps a sentence behind a glyph.
func marked(glyph string, ink theme.Ink, text string, width int) []string {
	lines := cell.Wrap(text, max(width-2, 1))
	for i, line := range lines {
		sign := " "
		if i == 0 {
			sign = ink.Paint(glyph)
		}
		lines[i] = sign + " " + line
	}
	return lines
}

// files lists the files that differ.
func (d *compareDialog) files(c *studio.Comparison, width int) []string {
	if len(c.Files) == 0 {
		return nil
	}
	th, counts := d.st.th, map[string]int{}
	for _, f := range c.Files {
		counts[f.Kind]++
	}
	sum := fmt.Sprintf("%d added, %d removed, %d changed · %s → %s", counts["added"], counts["removed"], counts["changed"], cell.Size(c.Sizes[0]), cell.Size(c.Sizes[1]))
	lines := []string{"", cell.Ends(th.Dim.Paint("Files"), th.Dim.Paint(sum), width)}
	for _, f := range c.Files {
		sign, ink, sizes := "~", th.Text, cell.Size(f.OldSize)
		switch {
		case f.Kind == "added":
			sign, ink, sizes = "+", th.Good, cell.Size(f.NewSize)
		case f.Kind == "removed":
			sign, ink = "-", th.Broken
		case f.OldSize != f.NewSize:
			sizes += " → " + cell.Size(f.NewSize)
		}
		if f.Mode != "" {
			sizes += ", mode " + f.Mode
		}
		lines = append(lines, cell.Ends(ink.Paint(sign)+" "+cell.CutMiddle(cell.Clean(f.Path), max(width-cell.Width(sizes)-4, 4)), th.Dim.Paint(sizes), width))
	}
	return lines
}
