package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// View returns the whole screen: exactly height lines of at most width cells.
func (r *root) View() string {
	if !r.ready || r.width == 0 || r.height == 0 {
		return "" // the first size and the background are on their way
	}
	if layoutFor(r.width, r.height).tooSmall {
		return r.finish(cell.Wrap(fmt.Sprintf("Needs %dx%d, this is %dx%d.", minWidth, minHeight, r.width, r.height), r.width))
	}
	lines := make([]string, 0, r.height)
	lines = append(lines, r.header())
	lines = append(lines, r.tabs()...)
	body, foot := r.body(0), r.foot() // in this order: which keys a page has is known once it is drawn
	if more := len(foot) - frameBelow; more > 0 {
		body = r.body(more)
	}
	lines = append(append(lines, body...), foot...)
	around := 4 // lines that stay in sight above and below a dialog
	if r.height < 16 {
		around = 2
	}
	for _, d := range r.dialogs {
		lines = overlay(lines, d.draw(r.width-4, r.height-around), r.width, r.st.th)
	}
	return r.finish(lines)
}

// finish makes exactly height harmless lines of what was drawn.
func (r *root) finish(lines []string) string {
	var b strings.Builder
	b.Grow(r.height * (r.width + 32))
	for i := range r.height {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i >= len(lines) {
			continue
		}
		line := cell.Seal(lines[i], r.width)
		if r.opts.ASCII {
			line = cell.ASCII(line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// body returns the lines between the rules, indented by the margin; less many
// of them are the note's.
func (r *root) body(less int) []string {
	l := layoutFor(r.width, r.height)
	l.bodyHeight -= less
	var content []string
	switch r.mode {
	case modeOpening:
		content = []string{"", r.st.th.Accent.Paint(theme.Spinner(r.st.frame)) + " Opening the project…"}
	case modeClosing:
		content = []string{
			"", r.st.th.Accent.Paint(theme.Spinner(r.st.frame)) + " Stopping the plugin and removing what was started…", "",
			r.st.th.Dim.Paint("ctrl+c leaves without waiting; `netstacks-plugin clean` removes the rest."),
		}
	case modeWelcome:
		content = r.welcome.draw()
	case modeWizard:
		content = r.wizard.draw()
	default:
		r.page().resize(l.bodyWidth, l.bodyHeight)
		content = r.page().draw()
	}
	lines := make([]string, l.bodyHeight)
	for i := range lines {
		if i < len(content) && content[i] != "" {
			lines[i] = cell.Space(margin) + content[i]
		}
	}
	return lines
}

// header is the first line: which plugin, how it is, which engine.
func (r *root) header() string {
	th := r.st.th
	left := " " + th.Accent.Paint(theme.Brand) + " "
	name := cell.Clean(r.st.pluginName())
	switch {
	case r.mode == modeWizard || r.st.project == nil:
		return left + th.Strong.Paint("netstacks-plugin")
	case name == "":
		left += th.Strong.Paint(cell.CutMiddle(baseName(r.st.snap.Dir), r.width/2))
	default:
		left += th.Strong.Paint(cell.CutMiddle(name, r.width/2)) + " " + th.Dim.Paint(cell.Cut(cell.Clean(r.st.version()), 16))
	}
	if health := r.health(); health != "" {
		left += "   " + health
	}
	for _, right := range r.engine() {
		if cell.Width(left)+cell.Width(right)+3 <= r.width {
			return cell.Ends(left, right+" ", r.width)
		}
	}
	return cell.Cut(left, r.width)
}

// health is the run's state in the header, nothing while nothing runs.
func (r *root) health() string {
	run := r.st.snap.Run
	if run.Phase == studio.PhaseIdle || run.Phase == studio.PhaseCancelled {
		return ""
	}
	glyph, ink, word := r.st.runGlyph()
	text := ink.Paint(glyph + " " + word)
	if r.st.up() && !run.Started.IsZero() && !run.Stopping {
		text += " " + r.st.th.Dim.Paint(cell.Clock(r.st.now.Sub(run.Started)))
	}
	return text
}

// engine says which engine answers, the longest form first.
func (r *root) engine() []string {
	th, e := r.st.th, r.st.snap.Engine
	switch {
	case !e.Checked:
		return []string{th.Dim.Paint(theme.Waiting + " looking for an engine"), th.Dim.Paint(theme.Waiting + " engine")}
	case e.Problem != nil:
		return []string{th.Attention.Paint(theme.Warn + " no engine")}
	}
	name := cell.Clean(e.Name)
	parts := []string{name}
	if e.Context != "" {
		parts = append(parts, cell.Cut(cell.Clean(e.Context), 20))
	}
	return []string{th.Dim.Paint(strings.Join(append(parts, cell.Clean(e.Network)), " · ")), th.Dim.Paint(name)}
}

// tabs are the tab line and the rule under it, whose heavy part marks the
// current page without any colour.
func (r *root) tabs() []string {
	th := r.st.th
	if r.mode != modeProject {
		return []string{" " + th.Dim.Paint(r.subtitle()), th.Rule.Paint(strings.Repeat("─", r.width))}
	}
	const none, current, all = 0, 1, 2
	for _, form := range []struct{ words, gap int }{{all, 3}, {all, 2}, {current, 3}, {current, 2}, {current, 1}, {none, 3}, {none, 1}} {
		if form.words == all && !layoutFor(r.width, r.height).fullTabs {
			continue
		}
		named := func(i int) bool { return form.words == all || form.words == current && i == r.current }
		line, from, to := r.tabLine(named, form.gap)
		if cell.Width(line) <= r.width {
			rule := th.Rule.Paint(strings.Repeat("─", from)) + th.Accent.Paint(strings.Repeat("━", to-from)) + th.Rule.Paint(strings.Repeat("─", max(r.width-to, 0)))
			return []string{line, rule}
		}
	}
	return []string{"", th.Rule.Paint(strings.Repeat("─", r.width))}
}

// tabLine draws the tabs, those that named tells with their words, and returns
// from where to where the current one reaches.
func (r *root) tabLine(named func(int) bool, gap int) (line string, from, to int) {
	th := r.st.th
	var b strings.Builder
	b.WriteString(cell.Space(margin))
	at := margin
	for i, p := range r.pages {
		if i > 0 {
			b.WriteString(cell.Space(gap))
			at += gap
		}
		label := fmt.Sprint(i + 1)
		if named(i) {
			label += " " + p.name()
		}
		mark, ink := p.mark()
		width := cell.Width(label)
		if i == r.current {
			b.WriteString(th.Accent.Paint(label))
		} else {
			b.WriteString(th.Dim.Paint(label))
		}
		if mark != "" {
			if named(i) || mark[0] <= '9' && mark[0] >= '0' { // "5 1", not "51"
				b.WriteByte(' ')
				width++
			}
			b.WriteString(ink.Paint(mark))
			width += cell.Width(mark)
		}
		if i == r.current {
			from, to = at, at+width
		}
		at += width
	}
	return b.String(), from, to
}

func (r *root) subtitle() string {
	switch r.mode {
	case modeWizard:
		return "A new plugin"
	case modeClosing:
		return "Closing"
	}
	return "Studio for NetStacks plugins"
}

// globalHints are the keys that make sense now, so that the next step is
// always in sight.
func (r *root) globalHints() []key.Binding {
	keys := r.st.keys.global
	if r.page().captures() {
		return nil
	}
	if r.st.running() {
		return []key.Binding{keys.Stop, keys.Package}
	}
	return []key.Binding{keys.Build, keys.Run, keys.Package}
}

// hints draws bindings as "key does", as many as fit; the last one always stays.
func hints(th theme.Theme, bindings []key.Binding, width int) string {
	if len(bindings) == 0 {
		return ""
	}
	last := bindings[len(bindings)-1]
	room := width - hintWidth(last)
	var b strings.Builder
	for _, k := range bindings[:len(bindings)-1] {
		w := hintWidth(k) + 2
		if !k.Enabled() || w > room {
			continue
		}
		room -= w
		b.WriteString(hint(th, k))
		b.WriteString("  ")
	}
	b.WriteString(hint(th, last))
	return b.String()
}

func hint(th theme.Theme, k key.Binding) string {
	return th.Key.Paint(k.Help().Key) + " " + th.Dim.Paint(k.Help().Desc)
}

// hintsWidth is what all bindings take.
func hintsWidth(bindings []key.Binding) int {
	width := 0
	for _, k := range bindings {
		if k.Enabled() {
			width += hintWidth(k) + 2
		}
	}
	return max(width-2, 0)
}

func hintWidth(k key.Binding) int { return cell.Width(k.Help().Key) + 1 + cell.Width(k.Help().Desc) }

// lastNote is the younger of the project's last note and the Studio's own.
func (r *root) lastNote() studio.Note {
	if recent := r.st.snap.Recent; r.st.project != nil && len(recent) > 0 && recent[0].At.After(r.note.At) {
		return recent[0]
	}
	return r.note
}

// baseName returns the last element of a path of either kind of slash.
func baseName(path string) string {
	path = strings.TrimRight(cell.Clean(path), `/\`)
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
