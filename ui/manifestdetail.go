package ui

import (
	"fmt"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// maxPreview is how many lines of a fix's preview are shown at most.
const maxPreview = 8

// detail shows the focused finding in full in at most height lines: what is
// wrong and where, then what its fix would make of the files. Where it is low,
// what the fix changes goes before the place, which the source shows too.
func (p *manifestPage) detail(height int) []string {
	p.cut = false
	if len(p.items) == 0 || height < 1 {
		return nil
	}
	f, diff := p.items[p.focus], p.diff()
	limit := min(max(height-4, 1), 3)
	bare := height < 6 && len(f.Fixes) == 0 // no room to say that there is no fix
	if bare {
		limit = min(max(height-1, 1), 3)
	}
	lines := p.message(f, limit)
	if height-len(lines) >= 2+min(len(diff), 1) || bare && height > len(lines) {
		lines = append(lines, p.whereLine(f))
	}
	if height-len(lines) >= 1 && !bare {
		lines = append(lines, p.fixLine(f))
	}
	rows := min(height-len(lines), maxPreview)
	p.cut = len(diff) > rows
	lines = append(lines, drawDiff(p.st.th, diff, p.width, rows)...)
	if height >= 6 && len(lines) < height {
		lines = append([]string{""}, lines...)
	}
	return lines
}

// message is what a finding says, with its rule and its place in the list.
func (p *manifestPage) message(f manifest.Finding, limit int) []string {
	th := p.st.th
	glyph, ink := p.severity(f.Severity)
	count := cell.Clean(f.Rule)
	if len(p.items) > 1 {
		count = fmt.Sprintf("%d of %d   %s", p.focus+1, len(p.items), count)
	}
	width := p.width - 2
	if cell.Width(count)+30 < width { // it stands beside the first line, at the end of all
		width -= cell.Width(count) + 3
	} else {
		count = ""
	}
	message := cell.Wrap(cell.Clean(f.Message), width)
	if len(message) > limit {
		message = message[:limit]
		message[limit-1] = cell.Cut(message[limit-1]+" "+cell.Ellipsis, width)
	}
	lines := make([]string, len(message))
	for i, m := range message {
		lines[i] = "  " + m
	}
	lines[0] = cell.Ends(ink.Paint(glyph)+" "+message[0], th.Dim.Paint(count), p.width)
	return lines
}

// whereLine is a finding's place, and what stands there and may stand there.
func (p *manifestPage) whereLine(f manifest.Finding) string {
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
	text := found(f)
	if free := p.width - 2 - cell.Width(where) - 3; text != "" && free >= 24 {
		where += " · " + cell.Cut(text, free)
	}
	return "  " + p.st.th.Dim.Paint(cell.CutMiddle(where, p.width-2))
}

// found says what stands there and what may stand there.
func found(f manifest.Finding) string {
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
	return text
}

// fixLine says what the fix does; the footer has the keys.
func (p *manifestPage) fixLine(f manifest.Finding) string {
	th := p.st.th
	left := th.Dim.Paint("There is no ready fix for it.")
	if p.st.snap.Manifest.Trying {
		left = th.Dim.Paint("Its fixes are being tried.")
	}
	if n := len(f.Fixes); n > 0 {
		fix := f.Fixes[clamp(p.fix, n)]
		kind, ink := "safe fix", th.Good
		if !fix.Safe {
			kind, ink = "risky fix", th.Attention
		}
		if n > 1 {
			kind += fmt.Sprintf(" %d of %d", clamp(p.fix, n)+1, n)
		}
		left = ink.Paint(kind) + th.Dim.Paint(": ") + cell.Clean(fix.Title)
	}
	return "  " + cell.Cut(left, p.width-2)
}

// diff returns the preview of the chosen fix, made once.
func (p *manifestPage) diff() []diffLine {
	fixes := p.fixes()
	if len(fixes) == 0 {
		return nil
	}
	i := clamp(p.fix, len(fixes))
	if !p.preview.made || p.preview.fix != i {
		p.preview = fixPreview{made: true, fix: i, lines: previewOf(p.st.snap.Manifest.Report, p.conceal, fixes[i], p.items[p.focus].File)}
	}
	return p.preview.lines
}
