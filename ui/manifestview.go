package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// The list of findings stands beside the source where both have room; where
// not, findings stand behind their lines.
const (
	sourceMin = 56
	sourceMax = 96
	listMin   = 30
)

func (p *manifestPage) draw() []string {
	p.sync()
	left, right := split(p.width, min(max(p.width*3/5, sourceMin), sourceMax), listMin)
	if len(p.items) == 0 || right == 0 {
		left, right = p.width, 0
	}
	p.short = right == 0 && len(p.items) > 1 && p.height >= 16
	lines := p.head()
	if lost := p.lostLine(); lost != "" {
		lines = append(lines, lost)
	}
	// The detail may take what leaves the source enough lines to be of use.
	least := min(max(p.height/3, 3), 12)
	detail := p.detail(p.height - len(lines) - least)
	rows := p.height - len(lines) - len(detail)
	var list []string
	if right > 0 {
		list = p.list(right, rows)
	}
	for i, line := range p.source(left, rows, right == 0) {
		if i < len(list) {
			line = cell.Fit(line, left) + cell.Space(columnGap) + list[i]
		}
		lines = append(lines, line)
	}
	return append(lines, detail...)
}

// head says how the project stands: the score, then what is known beyond it.
func (p *manifestPage) head() []string {
	th, m := p.st.th, p.st.snap.Manifest
	glyph, ink, word := theme.Done, th.Good, "passed"
	if !m.Report.OK {
		glyph, ink, word = theme.Failed, th.Broken, "failed"
	}
	score := fmt.Sprintf("%d/%d checks", m.Report.Score.Passed, m.Report.Score.Total)
	more, schema := tally(m.Report), ""
	switch {
	case more != "":
		more = " · " + more
	case m.Report.OK:
		schema = " · the Controller's schema accepts it"
	}
	ago := "checked " + cell.Ago(p.st.now, m.At)
	took := ago + " in " + cell.Took(m.Took)
	line := ""
	for _, form := range []struct{ state, aside, right string }{ // the longest that fits
		{"Plugin validation " + word, " · " + score + " passed" + more + schema, took},
		{"Plugin validation " + word, " · " + score + " passed" + more, took},
		{"Plugin validation " + word, " · " + score + " passed" + more, ago},
		{"Plugin validation " + word, " · " + score + " passed" + more, ""},
		{"Validation " + word, " · " + score + more, ""},
		{strings.ToUpper(word[:1]) + word[1:], more, ""},
	} {
		line = cell.Ends(ink.Paint(glyph+" "+form.state)+th.Dim.Paint(form.aside), th.Dim.Paint(form.right), p.width)
		if cell.Width(glyph+" "+form.state+form.aside+form.right)+2 <= p.width {
			break
		}
	}
	lines := []string{line}
	if p.height >= 14 {
		lines = []string{"", line}
	}
	if p.st.snap.Gone {
		return p.gone()
	}
	calm := len(p.items) == 0
	if calm && p.height >= 17 && p.width >= 76 {
		lines = append(lines, p.checklist()...)
	} else if p.short {
		lines = append(lines, p.shortList()...)
	} else if p.height >= 12 && !p.lost { // what is lost fails them all
		lines = append(lines, p.failedChecks()...)
	}
	if n := len(m.Report.Waived); n > 0 && p.height >= 14 && !p.short {
		lines = append(lines, "  "+th.Dim.Paint(theme.Off+" "+cell.Plural(n, "finding is", "findings are")+" waived in "+manifest.ConfigName))
	}
	if calm && p.height >= 22 {
		lines = append(lines, "", th.Dim.Paint("Nothing to mend. Each save is checked at once; e opens the editor here."))
	}
	if p.height < 14 {
		return lines
	}
	return append(lines, "")
}

// gone says that the project's folder is gone, and what goes on.
func (p *manifestPage) gone() []string {
	th := p.st.th
	lines := []string{th.Broken.Paint(theme.Failed + " The project's folder is gone")}
	for _, line := range cell.Wrap(cell.CutMiddle(cell.Clean(p.st.snap.Dir), p.width-4)+" is looked for twice a second; once it is back, all goes on.", p.width-2) {
		lines = append(lines, "  "+th.Dim.Paint(line))
	}
	if p.height < 14 {
		return lines
	}
	return append(append([]string{""}, lines...), "")
}

// tally counts the findings by severity, worst first.
func tally(r manifest.Report) string {
	var parts []string
	for _, s := range []struct {
		severity  manifest.Severity
		one, many string
	}{
		{manifest.SeverityError, "error", "errors"}, {manifest.SeverityWarning, "warning", "warnings"}, {manifest.SeverityInfo, "remark", "remarks"},
	} {
		if n := r.Count(s.severity); n > 0 {
			parts = append(parts, cell.Plural(n, s.one, s.many))
		}
	}
	return strings.Join(parts, ", ")
}

// checklist draws the eight checks in two columns and the unscored line.
func (p *manifestPage) checklist() []string {
	r := p.st.snap.Manifest.Report
	const column = 34
	half := (len(r.Checks) + 1) / 2
	var lines []string
	for i := range half {
		line := p.check(r.Checks[i], column-2)
		if j := i + half; j < len(r.Checks) {
			line = cell.Fit(line, column) + p.check(r.Checks[j], p.width-column)
		}
		lines = append(lines, line)
	}
	for _, c := range r.Extra {
		lines = append(lines, p.check(c, p.width))
	}
	return lines
}

// failedChecks names the checks that failed, on as few lines as they take; in a
// low window on one.
func (p *manifestPage) failedChecks() []string {
	var lines []string
	line := ""
	for _, c := range slices.Concat(p.st.snap.Manifest.Report.Checks, p.st.snap.Manifest.Report.Extra) {
		if c.OK {
			continue
		}
		check := p.check(c, p.width)
		if line != "" && cell.Width(line)+cell.Width(check)+1 > p.width {
			lines = append(lines, line)
			line = ""
		}
		line += check + " "
	}
	if line != "" {
		lines = append(lines, line)
	}
	if p.height < 24 && len(lines) > 1 {
		return lines[:1]
	}
	return lines
}

func (p *manifestPage) check(c manifest.CheckResult, width int) string {
	if c.OK {
		return "  " + p.st.th.Good.Paint(theme.Done) + " " + cell.Cut(cell.Clean(c.Label), width-4)
	}
	return "  " + p.st.th.Broken.Paint(theme.Failed+" "+cell.Cut(cell.Clean(c.Label), width-4))
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

func severityRank(s manifest.Severity) int {
	return slices.Index([]manifest.Severity{manifest.SeverityInfo, manifest.SeverityWarning, manifest.SeverityError}, s) + 1
}

// source draws the shown file in at most rows lines. With notes each finding's
// message stands behind its line.
func (p *manifestPage) source(width, rows int, notes bool) []string {
	th := p.st.th
	report, whole := p.shownReport(p.pane.file)
	var lines []string
	if p.severalFiles() {
		lines = append(lines, th.Dim.Paint(cell.CutMiddle(cell.Clean(p.pane.file), width)))
	}
	p.pane.fit(rows - len(lines))
	n := report.Lines(p.pane.file)
	if n == 0 {
		return p.pad(append(lines, th.Dim.Paint("There is no manifest.json to show.")), rows)
	}
	worst := map[int]manifest.Finding{}
	if !whole {
		worst = p.worst()
	}
	for i := p.pane.first + 1; i <= min(p.pane.first+p.pane.shown, n) && len(lines) < rows; i++ {
		lines = append(lines, p.sourceLine(i, width, worst, whole, notes))
	}
	return p.pad(lines, rows)
}

// pad adds empty lines, so that what is below stays where it is.
func (p *manifestPage) pad(lines []string, rows int) []string {
	for len(lines) < rows {
		lines = append(lines, "")
	}
	return lines[:max(min(len(lines), rows), 0)]
}

// lostLine says what became of the manifest, and what is shown in its place.
func (p *manifestPage) lostLine() string {
	th, m := p.st.th, p.st.snap.Manifest
	text := ""
	switch {
	case !p.lost:
		return ""
	case p.asIs:
		text = p.wrongNow() + "; v shows how it was at " + m.WholeAt.Format("15:04:05")
	case p.st.snap.Gone:
		text = "this is the manifest as it was at " + m.WholeAt.Format("15:04:05")
	default:
		text = p.wrongNow() + "; this is how it was at " + m.WholeAt.Format("15:04:05")
	}
	return th.Attention.Paint(theme.Warn + " " + cell.Cut(text, p.width-2))
}

// wrongNow says what became of the manifest.
func (p *manifestPage) wrongNow() string {
	m := p.st.snap.Manifest
	switch {
	case manifestMissing(m.Report):
		return "manifest.json is missing"
	case m.Report.Document == nil:
		return "manifest.json cannot be read"
	case m.Report.Lines(manifest.FileName) == 0:
		return "manifest.json is empty"
	}
	return "manifest.json is cut off"
}

func (p *manifestPage) severalFiles() bool {
	return slices.ContainsFunc(p.items, func(f manifest.Finding) bool { return f.File != "" && f.File != manifest.FileName })
}

// worst maps lines of the shown file to the worst finding there.
func (p *manifestPage) worst() map[int]manifest.Finding {
	worst := map[int]manifest.Finding{}
	for _, f := range p.items {
		if f.Line > 0 && f.File == p.pane.file && severityRank(f.Severity) > severityRank(worst[f.Line].Severity) {
			worst[f.Line] = f
		}
	}
	return worst
}

// sourceLine draws line i of the shown file with its number and mark.
func (p *manifestPage) sourceLine(i, width int, worst map[int]manifest.Finding, whole, notes bool) string {
	th := p.st.th
	number := cell.PadLeft(strconv.Itoa(i), p.pane.numberWidth())
	room := max(width-len(number)-4, 1)
	if whole {
		return "  " + th.Dim.Paint(number+"  "+cell.Cut(p.pane.text(i), room))
	}
	f, marked := worst[i]
	mark, ink := "  ", th.Dim
	if marked {
		var glyph string
		glyph, ink = p.severity(f.Severity)
		mark = ink.Paint(glyph) + " "
	}
	cursor := i == p.pane.line && (len(p.items) > 0 || p.pane.moved)
	if !cursor {
		text := p.pane.text(i)
		line := mark + th.Dim.Paint(number) + "  " + th.Text.Paint(cell.Cut(text, room))
		if free := room - cell.Width(text) - 3; notes && marked && free >= 16 {
			line += "   " + ink.Paint(cell.Cut(cell.Clean(f.Message), free))
		}
		return line
	}
	text, from, to := p.pane.text(i), 0, 0
	if len(p.items) > 0 {
		if f := p.items[p.focus]; f.File == p.pane.file && f.Line == i {
			end := f.EndColumn
			if f.EndLine != f.Line {
				end = 0
			}
			text, from, to = p.pane.marked(i, f.Column, end)
		}
	}
	part, moved := around(text, room, from, to)
	return mark + th.Text.Paint(number) + "  " + paintSpan(th, part, room, from-moved, to-moved)
}
