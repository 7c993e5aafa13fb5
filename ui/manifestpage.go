package ui

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// manifestPage shows the eight checks, the file with its findings beside the
// lines, and the focused finding in full.
type manifestPage struct {
	st            *state
	width, height int
	focus         int  // of the findings
	first         int  // line of the source on top
	shown         int  // source lines drawn last
	free          bool // scrolled by hand: the focused finding may be out of sight

	seen  []byte // the source that lines were made of
	lines []string
}

func newManifestPage(st *state) *manifestPage { return &manifestPage{st: st} }

func (p *manifestPage) name() string             { return "Manifest" }
func (p *manifestPage) captures() bool           { return false }
func (p *manifestPage) resize(width, height int) { p.width, p.height = width, height }

func (p *manifestPage) mark() (string, theme.Ink) {
	r := p.st.snap.Manifest.Report
	failures, warnings := countFindings(r)
	switch {
	case failures > 0:
		return fmt.Sprint(failures) + theme.Failed, p.st.th.Broken
	case !r.OK:
		return theme.Failed, p.st.th.Broken
	case warnings > 0:
		return fmt.Sprint(warnings) + theme.Warn, p.st.th.Attention
	}
	return theme.Done, p.st.th.Good
}

func (p *manifestPage) bindings() []key.Binding {
	k := p.st.keys.manifest
	return []key.Binding{k.Edit, k.Up, k.Down, k.PageUp, k.PageDown, k.First, k.Last}
}

func (p *manifestPage) hints() []key.Binding {
	k := p.st.keys.manifest
	if len(p.items()) > 1 {
		return []key.Binding{k.Edit, bind("↑↓", "findings", "up")}
	}
	return []key.Binding{k.Edit}
}

func (p *manifestPage) update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	keys := p.st.keys.manifest
	n := len(p.items())
	switch {
	case key.Matches(k, keys.Edit):
		return p.edit()
	case key.Matches(k, keys.Up) && n > 0:
		p.focus, p.free = max(p.focus-1, 0), false
	case key.Matches(k, keys.Down) && n > 0:
		p.focus, p.free = min(p.focus+1, n-1), false
	case key.Matches(k, keys.Up):
		p.scroll(-1)
	case key.Matches(k, keys.Down):
		p.scroll(1)
	case key.Matches(k, keys.PageUp):
		p.scroll(-p.shown)
	case key.Matches(k, keys.PageDown):
		p.scroll(p.shown)
	case key.Matches(k, keys.First):
		p.scroll(-len(p.lines))
	case key.Matches(k, keys.Last):
		p.scroll(len(p.lines))
	}
	return nil
}

func (p *manifestPage) scroll(by int) {
	p.free = true
	p.first = max(min(p.first+by, len(p.lines)-p.shown), 0)
}

// edit opens the editor at the focused finding, else at the top of what is shown.
func (p *manifestPage) edit() tea.Cmd {
	request := editRequestedMsg{path: filepath.Join(p.st.snap.Dir, manifest.FileName), line: p.first + 1, column: 1}
	if items := p.items(); len(items) > 0 {
		f := items[clamp(p.focus, len(items))]
		request.line, request.column = max(f.Line, 1), max(f.Column, 1)
		if f.File != "" && filepath.IsLocal(f.File) {
			request.path = filepath.Join(p.st.snap.Dir, filepath.FromSlash(f.File))
		}
	}
	return func() tea.Msg { return request }
}

// items are the findings, and the failed checks no finding speaks of.
func (p *manifestPage) items() []manifest.Finding {
	r := p.st.snap.Manifest.Report
	items := r.Findings
	if failures, _ := countFindings(r); failures > 0 {
		return items
	}
	for _, c := range slices.Concat(r.Checks, r.Extra) {
		if !c.OK {
			message := c.Detail
			if message == "" {
				message = c.Label
			}
			items = append(items[:len(items):len(items)], manifest.Finding{Rule: c.ID, Severity: manifest.SeverityError, Message: message})
		}
	}
	return items
}

func (p *manifestPage) draw() []string {
	p.read()
	items := p.items()
	p.focus = clamp(p.focus, len(items))
	lines := p.checks()
	detail := p.detail(items)
	p.shown = max(p.height-len(lines)-len(detail), 1)
	p.follow(items)
	left, right := split(p.width, max(p.width*3/5, 60), 30)
	if len(items) < 2 || right == 0 {
		left, right = p.width, 0
	}
	marks := marksOf(items)
	for i := range p.shown {
		line := p.source(p.first+i, left, marks, items)
		if right > 0 {
			line = cell.Fit(line, left) + "   " + p.listed(items, i, right)
		}
		lines = append(lines, line)
	}
	return append(lines, detail...)
}

// read splits the source into lines when it is another one than before.
func (p *manifestPage) read() {
	source := p.st.snap.Manifest.Source
	if p.lines != nil && bytes.Equal(source, p.seen) {
		return
	}
	p.seen, p.lines = source, []string{}
	if len(source) == 0 {
		return
	}
	for _, line := range bytes.Split(bytes.TrimSuffix(source, []byte("\n")), []byte("\n")) {
		p.lines = append(p.lines, cell.Clean(string(bytes.TrimSuffix(line, []byte("\r")))))
	}
}

// follow keeps the focused finding's line in sight, unless the user scrolled away.
func (p *manifestPage) follow(items []manifest.Finding) {
	if !p.free && len(items) > 0 {
		if f := items[p.focus]; f.Line > 0 && inManifest(f) {
			p.first = window(p.first, f.Line-1, len(p.lines), p.shown)
		}
	}
	p.first = max(min(p.first, len(p.lines)-p.shown), 0)
}

func inManifest(f manifest.Finding) bool { return f.File == "" || f.File == manifest.FileName }

// checks draws the score, and the checklist in two columns where there is room;
// in a low window only the checks that failed.
func (p *manifestPage) checks() []string {
	th, m := p.st.th, p.st.snap.Manifest
	glyph, ink, word := theme.Done, th.Good, "Plugin validation passed"
	if !m.Report.OK {
		glyph, ink, word = theme.Failed, th.Broken, "Plugin validation failed"
	}
	head := ink.Paint(glyph+" "+word) + th.Dim.Paint(fmt.Sprintf(" · %d/%d checks passed", m.Report.Score.Passed, m.Report.Score.Total))
	lines := []string{cell.Ends(head, th.Dim.Paint("checked "+cell.Ago(p.st.now, m.At)+" in "+cell.Took(m.Took)), p.width)}
	if p.height >= 14 {
		lines = append([]string{""}, lines...)
	}
	all := slices.Concat(m.Report.Checks, m.Report.Extra)
	if p.height < 17 || p.width < 76 {
		for _, c := range all {
			if !c.OK && p.height >= 12 {
				lines = append(lines, p.check(c, p.width))
			}
		}
		return append(lines, "")
	}
	half := (len(m.Report.Checks) + 1) / 2
	column := 34
	for i := range half {
		line := p.check(m.Report.Checks[i], column-2)
		if j := i + half; j < len(m.Report.Checks) {
			line = cell.Fit(line, column) + p.check(m.Report.Checks[j], p.width-column)
		}
		lines = append(lines, line)
	}
	for _, c := range m.Report.Extra {
		lines = append(lines, p.check(c, p.width))
	}
	return append(lines, "")
}

func (p *manifestPage) check(c manifest.CheckResult, width int) string {
	if c.OK {
		return "  " + p.st.th.Good.Paint(theme.Done) + " " + cell.Cut(cell.Clean(c.Label), width-4)
	}
	return "  " + p.st.th.Broken.Paint(theme.Failed+" "+cell.Cut(cell.Clean(c.Label), width-4))
}

// marksOf maps lines of the manifest to the worst severity found there.
func marksOf(items []manifest.Finding) map[int]manifest.Severity {
	if len(items) == 0 {
		return nil
	}
	marks := map[int]manifest.Severity{}
	for _, f := range items {
		if f.Line > 0 && inManifest(f) && severityRank(f.Severity) > severityRank(marks[f.Line]) {
			marks[f.Line] = f.Severity
		}
	}
	return marks
}

func severityRank(s manifest.Severity) int {
	switch s {
	case manifest.SeverityError:
		return 3
	case manifest.SeverityWarning:
		return 2
	case manifest.SeverityInfo:
		return 1
	}
	return 0
}

func (p *manifestPage) severity(s manifest.Severity) (string, theme.Ink) {
	switch s {
	case manifest.SeverityError:
		return theme.Failed, p.st.th.Broken
	case manifest.SeverityWarning:
		return theme.Warn, p.st.th.Attention
	}
	return "i", p.st.th.Dim
}

// source draws line i of the file, from 0, with its number and mark.
func (p *manifestPage) source(i, width int, marks map[int]manifest.Severity, items []manifest.Finding) string {
	if i >= len(p.lines) {
		if i == 0 {
			return p.st.th.Dim.Paint("There is no manifest.json to show.")
		}
		return ""
	}
	th := p.st.th
	number := cell.PadLeft(strconv.Itoa(i+1), max(len(strconv.Itoa(len(p.lines))), 3))
	text := cell.Cut(p.lines[i], width-len(number)-5)
	mark := "  "
	if s, ok := marks[i+1]; ok {
		glyph, ink := p.severity(s)
		mark = ink.Paint(glyph) + " "
	}
	if len(items) > 0 && items[p.focus].Line == i+1 && inManifest(items[p.focus]) {
		return mark + th.Text.Paint(number) + "  " + th.Selection.Paint(cell.Pad(text, width-len(number)-5))
	}
	return mark + th.Dim.Paint(number) + "  " + th.Text.Paint(text)
}

// listed draws row i of the list of findings beside the source.
func (p *manifestPage) listed(items []manifest.Finding, i, width int) string {
	first := window(0, p.focus, len(items), p.shown)
	if first+i >= len(items) {
		return ""
	}
	f := items[first+i]
	glyph, ink := p.severity(f.Severity)
	where := ""
	if f.Line > 0 {
		where = cell.Pad("line "+strconv.Itoa(f.Line), 9)
	}
	text := cell.Cut(where+cell.Clean(f.Message), width-4)
	if first+i == p.focus {
		return ink.Paint(glyph) + " " + p.st.th.Selection.Paint(cell.Pad(text, width-2))
	}
	return ink.Paint(glyph) + " " + text
}

// detail shows the focused finding in full.
func (p *manifestPage) detail(items []manifest.Finding) []string {
	if len(items) == 0 {
		return nil
	}
	th := p.st.th
	f := items[p.focus]
	glyph, ink := p.severity(f.Severity)
	count := cell.Clean(f.Rule)
	if len(items) > 1 {
		count = fmt.Sprintf("%d of %d   %s", p.focus+1, len(items), count)
	}
	where := "the project"
	switch {
	case f.Line > 0:
		where = fmt.Sprintf("%s:%d:%d", cell.Clean(f.File), f.Line, f.Column)
	case f.File != "":
		where = cell.Clean(f.File)
	}
	if f.Pointer != "" {
		where += "  " + cell.Clean(f.Pointer)
	}
	message := cell.Wrap(cell.Clean(f.Message), p.width-2)
	limit := 3
	if p.height < 14 {
		limit = 1
	}
	if len(message) > limit {
		message = message[:limit]
		message[limit-1] = cell.Cut(message[limit-1]+" "+cell.Ellipsis, p.width-2)
	}
	lines := []string{""}
	for i, m := range message {
		if i == 0 {
			lines = append(lines, ink.Paint(glyph)+" "+m)
		} else {
			lines = append(lines, "  "+m)
		}
	}
	if p.height >= 14 && (f.Found != "" || f.Allowed != "") {
		lines = append(lines, "  "+found(th, f, p.width-2))
	}
	return append(lines, "  "+cell.Ends(th.Dim.Paint(where), th.Dim.Paint(count), p.width-2))
}

// found says what stands there and what may stand there.
func found(th theme.Theme, f manifest.Finding, width int) string {
	text := ""
	if f.Found != "" {
		text = "found " + cell.CutMiddle(cell.Clean(f.Found), 32)
	}
	if f.Allowed != "" {
		if text != "" {
			text += ", "
		}
		text += "allowed: " + cell.Clean(f.Allowed)
	}
	return th.Dim.Paint(cell.Cut(text, width))
}
