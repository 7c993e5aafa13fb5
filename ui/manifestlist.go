package ui

import (
	"strconv"

	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// shortRows is how many findings are named where there is no room for a list
// beside the source: the focused one and its neighbours.
const shortRows = 3

// shortList names the findings around the focused one, each on a line.
func (p *manifestPage) shortList() []string {
	first := window(0, min(p.focus+1, len(p.items)-1), len(p.items), shortRows)
	var lines []string
	for i := first; i < min(first+shortRows, len(p.items)); i++ {
		f := p.items[i]
		glyph, ink := p.severity(f.Severity)
		text := cell.Cut(place(f)+cell.Clean(f.Message), p.width-4)
		if i == p.focus {
			text = p.st.th.Selection.Paint(cell.Pad(text, p.width-4))
		}
		lines = append(lines, "  "+ink.Paint(glyph)+" "+text)
	}
	return lines
}

// listRow is a line of the list.
type listRow struct {
	item int // the finding, or the first one below a heading
	part int // which of the finding's lines; -1 for a heading
}

// list draws the findings by their files, in at most rows lines. Messages that
// are too long go on in a second line: all while there is room, else that of
// the focused finding. Only the lines in sight are drawn, however many there
// are.
func (p *manifestPage) list(width, rows int) []string {
	wraps := func(int) bool { return true }
	var all []listRow
	cursor := 0
	if len(p.items) <= rows {
		all, cursor = p.listRows(width, wraps)
	}
	if len(all) > rows || len(p.items) > rows {
		wraps = func(i int) bool { return i == p.focus }
		all, cursor = p.listRows(width, wraps)
	}
	last := cursor
	for last+1 < len(all) && all[last+1].item == p.focus && all[last+1].part > 0 {
		last++
	}
	first := min(window(0, last, len(all), rows), cursor)
	if first == cursor && first > 0 && all[first-1].part < 0 && last-first+2 <= rows {
		first-- // the heading of the first finding shown
	}
	var lines []string
	for _, r := range all[first:min(first+max(rows, 0), len(all))] {
		if r.part < 0 {
			lines = append(lines, p.heading(r.item, width))
		} else {
			lines = append(lines, p.listed(r.item, width, wraps(r.item))[r.part])
		}
	}
	return lines
}

// listRows are all lines of the list, and which is the focused finding's first.
func (p *manifestPage) listRows(width int, wraps func(int) bool) (all []listRow, cursor int) {
	several := p.severalFiles()
	for i, f := range p.items {
		if several && (i == 0 || p.items[i-1].File != f.File) {
			all = append(all, listRow{i, -1})
		}
		if i == p.focus {
			cursor = len(all)
		}
		all = append(all, listRow{i, 0})
		if wraps(i) && len(p.listed(i, width, true)) > 1 {
			all = append(all, listRow{i, 1})
		}
	}
	return all, cursor
}

// heading draws the name of a finding's file.
func (p *manifestPage) heading(item, width int) string {
	name := cell.Clean(p.items[item].File)
	if name == "" {
		name = "the project"
	}
	return p.st.th.Dim.Paint(cell.CutMiddle(name, width))
}

// listed draws one finding of the list, on two lines at most.
func (p *manifestPage) listed(i, width int, wraps bool) []string {
	f := p.items[i]
	glyph, ink := p.severity(f.Severity)
	where := ""
	if f.Line > 0 {
		where = cell.Pad("line "+strconv.Itoa(f.Line), 9)
	}
	room := max(width-2-cell.Width(where), 1)
	message := cell.Clean(f.Message)
	parts := []string{cell.Cut(message, room)}
	if wraps {
		if lines := cell.Wrap(message, room); len(lines) > 1 {
			second := lines[1]
			if len(lines) > 2 {
				second = cell.Cut(second+" "+cell.Ellipsis, room)
			}
			parts = []string{lines[0], second}
		}
	}
	mark := ink.Paint(glyph) + " "
	for n, part := range parts {
		text := where + part
		if i == p.focus {
			text = p.st.th.Selection.Paint(cell.Pad(text, width-2))
		}
		parts[n] = mark + text
		mark, where = "  ", cell.Space(cell.Width(where))
	}
	return parts
}
