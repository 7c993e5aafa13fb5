package ui

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/panel"
	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// sideBarWidth is the Terminal's side bar at its first width, in characters,
// with its border and padding (terminal.md).
const sideBarWidth = 40

// panelsPage shows the plugin's terminal panels as the Terminal draws them, and
// beside that what the answer was.
type panelsPage struct {
	st            *state
	width, height int
	current       int
	wide          bool
	tables        map[int]*tableView // by place: two panels may have the same id
}

func newPanelsPage(st *state) *panelsPage {
	return &panelsPage{st: st, tables: map[int]*tableView{}}
}

func (p *panelsPage) name() string             { return "Panels" }
func (p *panelsPage) captures() bool           { return false }
func (p *panelsPage) resize(width, height int) { p.width, p.height = width, height }

func (p *panelsPage) mark() (string, theme.Ink) {
	panels := p.st.snap.Panels
	broken := 0
	for _, s := range panels {
		if s.Err != "" {
			broken++
		}
	}
	switch {
	case broken > 0:
		return fmt.Sprint(broken) + theme.Failed, p.st.th.Broken
	case len(panels) == 0 && !p.st.known():
		return p.st.unknownMark()
	case len(panels) == 0:
		return theme.Off, p.st.th.Dim
	case p.st.up():
		return fmt.Sprint(len(panels)), p.st.th.Good
	}
	return fmt.Sprint(len(panels)), p.st.th.Dim
}

func (p *panelsPage) bindings() []key.Binding {
	k := p.st.keys.panels
	return []key.Binding{k.Refresh, k.Wide, k.Left, k.Right, k.Up, k.Down, k.PageUp, k.PageDown, k.First, k.Last}
}

func (p *panelsPage) hints() []key.Binding {
	k, panels := p.st.keys.panels, p.st.snap.Panels
	if len(panels) == 0 {
		return nil
	}
	hints := []key.Binding{k.Refresh, k.Wide}
	if len(panels) > 1 {
		hints = append(hints, bind("←→", "panel", "left"))
	}
	if t := panels[clamp(p.current, len(panels))].Table; t != nil && len(t.Rows) > 1 {
		hints = append(hints, bind("↑↓", "rows", "up"))
	}
	return hints
}

func (p *panelsPage) update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok || len(p.st.snap.Panels) == 0 {
		return nil
	}
	keys := p.st.keys.panels
	n := len(p.st.snap.Panels)
	p.current = clamp(p.current, n)
	ps := p.st.snap.Panels[p.current]
	view := p.table()
	switch {
	case key.Matches(k, keys.Refresh):
		return p.refresh(ps.Panel.ID)
	case key.Matches(k, keys.Wide):
		p.wide = !p.wide
	case key.Matches(k, keys.Left):
		p.current = (p.current + n - 1) % n
	case key.Matches(k, keys.Right):
		p.current = (p.current + 1) % n
	case key.Matches(k, keys.Up):
		view.move(ps.Table, -1)
	case key.Matches(k, keys.Down):
		view.move(ps.Table, 1)
	case key.Matches(k, keys.PageUp):
		view.move(ps.Table, -max(p.height-6, 1))
	case key.Matches(k, keys.PageDown):
		view.move(ps.Table, max(p.height-6, 1))
	case key.Matches(k, keys.First):
		view.move(ps.Table, -math.MaxInt/2)
	case key.Matches(k, keys.Last):
		view.move(ps.Table, math.MaxInt/2)
	}
	return nil
}

// refresh fetches the panel now; what comes of it is in the snapshot.
func (p *panelsPage) refresh(id string) tea.Cmd {
	if !p.st.up() {
		return func() tea.Msg { return notedMsg{text: "The plugin is not running; r runs it."} }
	}
	project, ctx := p.st.project, p.st.ctx
	return func() tea.Msg {
		_ = project.RefreshPanel(ctx, id) // its error is the panel's own state
		return nil
	}
}

// table is the current panel's view.
func (p *panelsPage) table() *tableView {
	v := p.tables[p.current]
	if v == nil {
		v = &tableView{}
		p.tables[p.current] = v
	}
	return v
}

func (p *panelsPage) draw() []string {
	th, panels := p.st.th, p.st.snap.Panels
	if len(panels) == 0 && !p.st.known() {
		return []string{"", cell.Cut("Its panels are "+notKnown+"; 2 shows them.", p.width)}
	}
	if len(panels) == 0 {
		return []string{"", "This plugin shows nothing in the Terminal.", th.Dim.Paint(cell.Cut("Declare terminal_panels in manifest.json: an id, a label and a data_endpoint your service answers.", p.width))}
	}
	p.current = clamp(p.current, len(panels))
	ps := panels[p.current]
	lines := make([]string, 0, p.height)
	if p.height >= 14 {
		lines = append(lines, "")
	}
	if len(panels) > 1 {
		lines = append(lines, p.chooser(panels))
	}
	left, right := split(p.width, min(sideBarWidth, p.width), 30)
	if p.wide || right == 0 {
		url, answered := p.facts(ps, p.width)
		lines = append(lines, th.Dim.Paint(cell.CutMiddle(url, p.width)))
		note := ""
		if hasButtons(ps) {
			note = th.Dim.Paint(cell.Cut(buttonsNote, p.width))
		}
		if note != "" && cell.Width(answered)+3+cell.Width(note) <= p.width {
			answered, note = cell.Ends(answered, note, p.width), ""
		}
		for _, line := range []string{answered, note} {
			if line != "" {
				lines = append(lines, line)
			}
		}
		return append(lines, p.box(ps, p.width, p.height-len(lines))...)
	}
	height := p.height - len(lines)
	table, aside := p.box(ps, left, height), p.aside(ps, right, height)
	for i := range height {
		line := cell.Space(left)
		if i < len(table) {
			line = table[i]
		}
		if i < len(aside) && aside[i] != "" {
			line += "   " + aside[i]
		}
		lines = append(lines, line)
	}
	return lines
}

// chooser lists the panels in one line, the current one marked.
func (p *panelsPage) chooser(panels []studio.PanelState) string {
	th := p.st.th
	var parts []string
	for i, s := range panels {
		label := cell.CutMiddle(cell.Clean(s.Panel.Label), 20)
		state := ""
		switch {
		case s.Err != "":
			state = " " + th.Broken.Paint(theme.Failed)
		case s.Table != nil:
			state = " " + th.Dim.Paint(cell.Count(len(s.Table.Rows)))
		}
		if i == p.current {
			parts = append(parts, th.Accent.Paint(theme.Focus+" "+label)+state)
		} else {
			parts = append(parts, th.Dim.Paint("  "+label)+state)
		}
	}
	return cell.Cut(strings.Join(parts, "  "), p.width)
}

// box draws the panel with the Terminal's border.
func (p *panelsPage) box(ps studio.PanelState, width, height int) []string {
	th := p.st.th
	inner := max(width-4, 1)
	content := p.content(ps, inner, max(height-2, 1))
	if !p.wide && ps.Table != nil && len(ps.Table.Rows) > 0 { // a short table keeps its own height, as in the side bar
		height = min(height, len(content)+2)
	} else {
		height = min(height, max(len(content)+2, 5))
	}
	countdown := ""
	if !ps.Next.IsZero() && p.st.up() {
		countdown = " in " + cell.Clock(max(ps.Next.Sub(p.st.now)+time.Second-1, 0)) + " "
	}
	title := " " + cell.CutMiddle(cell.Clean(ps.Panel.Label), max(inner-cell.Width(countdown)-2, 1)) + " "
	dashes := max(width-3-cell.Width(title)-cell.Width(countdown)-1, 0)
	lines := make([]string, 0, height)
	lines = append(lines, th.Rule.Paint("┌─")+th.Strong.Paint(title)+th.Rule.Paint(strings.Repeat("─", dashes))+th.Dim.Paint(countdown)+th.Rule.Paint("─┐"))
	edge := th.Rule.Paint("│")
	for i := range max(height-2, 0) {
		text := ""
		if i < len(content) {
			text = content[i]
		}
		lines = append(lines, edge+" "+cell.Pad(text, inner)+" "+edge)
	}
	return append(lines, th.Rule.Paint("└"+strings.Repeat("─", max(width-2, 0))+"┘"))
}

// content is what the Terminal shows: the words are its own.
func (p *panelsPage) content(ps studio.PanelState, width, height int) []string {
	th := p.st.th
	switch {
	case ps.Loading:
		return []string{th.Dim.Paint("Loading...")}
	case ps.Err != "":
		var lines []string
		for _, line := range cell.Wrap("Error: "+cell.Clean(ps.Err), width) {
			lines = append(lines, th.Broken.Paint(line))
		}
		return append(lines[:min(len(lines), max(height-1, 1))], th.Dim.Paint("[Retry]"))
	case ps.Table == nil:
		return p.notYet(width)
	case len(ps.Table.Rows) == 0:
		return []string{th.Dim.Paint("No data")}
	}
	below := buttons(panel.TableActions(ps.Panel))
	rows := height
	if below != "" {
		rows -= 2
	}
	lines := p.table().draw(th, ps.Table, panel.RowActions(ps.Panel), width, max(rows, 2))
	if below != "" {
		lines = append(lines, "", th.Dim.Paint(cell.Cut(below, width)))
	}
	return lines
}

// notYet says why there is nothing to see and what to press.
func (p *panelsPage) notYet(width int) []string {
	text := "The plugin is not running. Press r to run it; the panel fills by itself."
	if p.st.running() {
		text = "Fetched as soon as the plugin is healthy."
	}
	lines := cell.Wrap(text, width)
	for i := range lines {
		lines[i] = p.st.th.Dim.Paint(lines[i])
	}
	return lines
}

// facts say what was asked and, in one line, how it was answered.
func (p *panelsPage) facts(ps studio.PanelState, width int) (url, answered string) {
	th := p.st.th
	url = "GET /api/plugins/" + cell.Clean(p.st.pluginName()) + cell.Clean(ps.Panel.DataEndpoint)
	if len(p.st.snap.Run.Orgs) > 0 {
		url += "?org_id=" + cell.Clean(p.st.snap.Run.Orgs[0].ID)
	}
	var answer []string
	switch {
	case ps.Err != "":
		answer = append(answer, th.Broken.Paint(theme.Failed+" failed"))
	case ps.Table != nil:
		answer = append(answer, th.Good.Paint(fmt.Sprintf("%s %d", theme.Done, ps.Table.Status)), cell.Plural(len(ps.Table.Rows), "row", "rows"))
	}
	if !ps.At.IsZero() {
		answer = append(answer, cell.Took(ps.Took))
	}
	if ps.Table != nil {
		answer = append(answer, cell.Size(int64(ps.Table.Bytes)))
	}
	if !ps.At.IsZero() {
		answer = append(answer, th.Dim.Paint(cell.Ago(p.st.now, ps.At)))
	}
	return url, answerLine(answer, width)
}

// hasButtons tells whether the panel shows buttons: only beside rows.
func hasButtons(ps studio.PanelState) bool {
	return len(ps.Panel.Actions) > 0 && ps.Err == "" && ps.Table != nil && len(ps.Table.Rows) > 0
}

// buttonsNote says what the drawn buttons are.
const buttonsNote = "buttons are a preview; call their endpoints with curl"

// answerLine joins as many parts as fit, the first ones first.
func answerLine(parts []string, width int) string {
	for n := len(parts); n > 0; n-- {
		if line := strings.Join(parts[:n], "   "); cell.Width(line) <= width {
			return line
		}
	}
	return ""
}

// aside is the right half: the answer, where columns come from, the focused row as sent.
func (p *panelsPage) aside(ps studio.PanelState, width, height int) []string {
	th := p.st.th
	url, answered := p.facts(ps, width)
	var lines []string
	for _, line := range cell.Chop(url, width) {
		lines = append(lines, th.Dim.Paint(line))
	}
	if answered != "" {
		lines = append(lines, answered)
	}
	columns := "columns from the first row"
	if len(ps.Panel.Columns) > 0 {
		columns = "columns from the manifest"
	}
	refresh := "fetched once and on R"
	if every := ps.Panel.RefreshIntervalSeconds; every > 0 {
		refresh = "refresh every " + cell.Took(time.Duration(every*float64(time.Second)))
	}
	if both := columns + " · " + refresh; cell.Width(both) <= width {
		lines = append(lines, th.Dim.Paint(both))
	} else {
		lines = append(lines, th.Dim.Paint(cell.Cut(columns, width)), th.Dim.Paint(cell.Cut(refresh, width)))
	}
	t := ps.Table
	if hasButtons(ps) {
		for _, line := range cell.Wrap(buttonsNote, width) {
			lines = append(lines, th.Dim.Paint(line))
		}
	}
	if t == nil || len(t.Rows) == 0 || height < 8 {
		return lines
	}
	v := p.table()
	v.settle(t)
	row := t.Rows[clamp(v.cursor, len(t.Rows))]
	lines = append(lines, "", th.Dim.Paint(fmt.Sprintf("row %s of %s, as sent", cell.Count(clamp(v.cursor, len(t.Rows))+1), cell.Count(len(t.Rows)))))
	for _, line := range rowJSON(row.Raw, width, height-len(lines)) {
		lines = append(lines, cell.Cut(line, width))
	}
	return lines
}
