package ui

import (
	"slices"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// stamp tells one check from the next.
type stamp struct {
	at       time.Time
	document *manifest.Document
	first    *manifest.Finding
	findings int
	whole    *manifest.Report
	gone     bool
}

// findingKey is what a finding is recognised by after its place has moved.
type findingKey struct{ rule, file, pointer, message string }

func keyOf(f manifest.Finding) findingKey { return findingKey{f.Rule, f.File, f.Pointer, f.Message} }

// sync takes in the last check, once. The focus stays on its finding, wherever
// that is now; when it is gone, the next one takes its place. Where turn knows better, it goes there.
func (p *manifestPage) sync() {
	m := p.st.snap.Manifest
	now := stamp{at: m.At, document: m.Report.Document, findings: len(m.Report.Findings), whole: m.Whole, gone: p.st.snap.Gone}
	if now.findings > 0 {
		now.first = &m.Report.Findings[0]
	}
	if now == p.seen && p.pane.file != "" {
		return
	}
	begun := p.pane.file != ""
	atFinding := !p.pane.moved
	p.seen = now
	p.lost = m.Lost() && m.Whole != nil
	p.asIs = p.asIs && p.lost
	p.former, p.items = p.items, p.concealed(itemsOf(m.Report))
	if p.st.snap.Gone { // it says nothing of the files
		p.items = nil
	}
	p.pane.forget()
	if p.turn(begun) {
		return
	}
	same := p.find(p.key)
	kept, focus := same >= 0, clamp(p.focus, len(p.items))
	if kept {
		focus = same
	}
	switch {
	case len(p.items) == 0:
		p.focus, p.fix, p.key = 0, 0, findingKey{}
		p.show()
	case !begun || atFinding:
		fix := p.fix
		p.focusOn(focus)
		if kept {
			p.fix = clamp(fix, len(p.items[focus].Fixes))
		}
	default: // the cursor was moved on: it stays where it is
		p.focus, p.key = focus, keyOf(p.items[focus])
		p.fix = clamp(p.fix, len(p.items[focus].Fixes))
		p.preview = fixPreview{}
		p.show()
	}
}

// focusOn moves the cursor to item i.
func (p *manifestPage) focusOn(i int) {
	p.focus = clamp(i, len(p.items))
	p.fix, p.key, p.pane.moved = 0, keyOf(p.items[p.focus]), false
	p.preview = fixPreview{}
	p.show()
}

// show brings the file and line of the cursor into the source pane.
func (p *manifestPage) show() {
	file, line := manifest.FileName, p.pane.line
	if p.pane.moved {
		file = p.pane.file
	} else if len(p.items) > 0 {
		if f := p.items[p.focus]; f.Line > 0 {
			file, line = f.File, f.Line
		} else if f.File != "" {
			file, line = f.File, 0
		}
	}
	report := p.st.snap.Manifest.Report
	if file != manifest.FileName && report.Lines(file) == 0 {
		file, line = manifest.FileName, 0
	}
	report, whole := p.shownReport(file)
	if whole {
		line = min(line, report.Lines(file))
	}
	p.pane.show(report, p.conceal, file, min(line, report.Lines(file)))
}

// shownReport returns the report whose lines of a file are shown, and whether
// that is the last one on a whole manifest instead of the last one.
func (p *manifestPage) shownReport(file string) (manifest.Report, bool) {
	m := p.st.snap.Manifest
	if p.lost && !p.asIs && file == manifest.FileName {
		return *m.Whole, true
	}
	return m.Report, false
}

// lines is how many lines the shown file has.
func (p *manifestPage) lines() int {
	report, _ := p.shownReport(p.pane.file)
	return report.Lines(p.pane.file)
}

// moveLine moves the cursor within the shown file; a finding of the line that
// it comes to is focused.
func (p *manifestPage) moveLine(by int) {
	n := p.lines()
	if n == 0 {
		return
	}
	report, whole := p.shownReport(p.pane.file)
	line := max(min(max(p.pane.line, 1)+by, n), 1)
	if p.pane.line == 0 && !p.pane.moved { // the first step shows the cursor where the eye is
		line = max(min(p.pane.first+1+max(by, 0), n), 1)
	}
	p.pane.moved = true
	p.pane.scroll(by, n)
	p.pane.show(report, p.conceal, p.pane.file, line)
	if whole {
		return
	}
	for i, f := range p.items {
		if f.File == p.pane.file && f.Line == line {
			if f := p.items[p.focus]; f.File != p.pane.file || f.Line != line {
				p.focusOn(i)
			}
			p.pane.moved = false
			return
		}
	}
}

// conceal masks text of the files. A report on a manifest whose structure had
// to be guessed knows of no secrets: those of the last one that did are hidden
// then too.
func (p *manifestPage) conceal(text string) string {
	m := p.st.snap.Manifest
	text = m.Report.Mask(text)
	if m.Whole != nil && !m.Report.Judged() {
		text = m.Whole.Mask(text)
	}
	return text
}

// concealed are findings whose words show no secret.
func (p *manifestPage) concealed(items []manifest.Finding) []manifest.Finding {
	m := p.st.snap.Manifest
	if m.Whole == nil || m.Report.Judged() {
		return items // the report has masked them
	}
	items = slices.Clone(items)
	for i, f := range items {
		items[i].Message, items[i].Found, items[i].Allowed = p.conceal(f.Message), p.conceal(f.Found), p.conceal(f.Allowed)
		items[i].Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(fix manifest.Fix) bool { return p.conceal(fix.Title) != fix.Title })
	}
	return items
}

// itemsOf are the findings, and the failed checks that no finding speaks of.
func itemsOf(r manifest.Report) []manifest.Finding {
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
