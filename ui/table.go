package ui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// tableView draws a panel's table by hand: only the rows in sight, so that a
// key costs the same with ten rows and with a hundred thousand.
type tableView struct {
	first, cursor int
	id            string // of the row at cursor, to stay on it when rows move

	of     *panel.Table // what the widths were measured for
	width  int
	gap    int // between columns
	widths []int
	labels []string
}

// measuredRows is how many rows are measured for the columns' widths.
const measuredRows = 200

// actionsLabel heads the column of row buttons, as in the Terminal.
const actionsLabel = "Actions"

// move moves the cursor by n rows; scrolling follows when the table is drawn.
func (v *tableView) move(t *panel.Table, n int) {
	if t == nil || len(t.Rows) == 0 {
		return
	}
	v.cursor = clamp(v.cursor+n, len(t.Rows))
	v.id = t.Rows[v.cursor].ID
}

// settle finds the focused row again in a table that came in since.
func (v *tableView) settle(t *panel.Table) {
	if t == v.of {
		return
	}
	v.of, v.widths = t, nil
	if t == nil {
		return
	}
	v.cursor = clamp(v.cursor, len(t.Rows))
	if v.id == "" || (v.cursor < len(t.Rows) && t.Rows[v.cursor].ID == v.id) {
		return
	}
	for i := range t.Rows {
		if t.Rows[i].ID == v.id {
			v.cursor = i
			return
		}
	}
}

// maxRowLines bounds the lines of one row, so that a cell of a megabyte leaves
// room for others and costs no more than it shows.
const maxRowLines = 8

// draw returns the heading and as many rows as fit height, each width cells,
// with the row actions as buttons behind them.
// Cells wrap, as the Terminal's do (terminal.md, "How a panel is drawn").
func (v *tableView) draw(th theme.Theme, t *panel.Table, actions []manifest.Action, width, height int) []string {
	v.settle(t)
	rowButtons := buttons(actions)
	v.measure(t, rowButtons, width)
	lines := make([]string, 0, height)
	lines = append(lines, th.Dim.Paint(cell.Fit(v.heading(), width)))
	v.scroll(t, rowButtons, height-len(lines))
	for i := v.first; i < len(t.Rows) && len(lines) < height; i++ {
		for _, line := range v.row(t.Rows[i].Cells, rowButtons) {
			if len(lines) == height {
				break
			}
			line = cell.Fit(line, width)
			if i == v.cursor {
				line = th.Selection.Paint(line)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// scroll moves the first row so that the row at the cursor is seen whole. It
// looks at the rows in sight only: a row has at least one line.
func (v *tableView) scroll(t *panel.Table, buttons string, height int) {
	v.first = clamp(min(v.first, v.cursor), len(t.Rows))
	if v.cursor >= len(t.Rows) {
		return
	}
	room := max(height, 1)
	for i := v.cursor; i >= v.first; i-- {
		room -= len(v.row(t.Rows[i].Cells, buttons))
		if room < 0 {
			v.first = min(i+1, v.cursor)
			return
		}
	}
}

// heading is the line of column labels; a label that is too long is cut.
func (v *tableView) heading() string {
	var b strings.Builder
	for i, w := range v.widths {
		if i > 0 {
			b.WriteString(cell.Space(v.gap))
		}
		b.WriteString(cell.Fit(cell.Clean(v.labels[i]), w))
	}
	return b.String()
}

// row lays cells out in the measured widths, buttons behind them, in as many
// lines as its tallest cell needs, at most maxRowLines.
func (v *tableView) row(cells []string, buttons string) []string {
	columns := make([][]string, len(v.widths))
	height := 1
	for i, w := range v.widths {
		text := buttons
		if i < len(cells) {
			text = cells[i]
		}
		columns[i] = wrapCell(text, w)
		height = max(height, len(columns[i]))
	}
	lines := make([]string, height)
	for n := range lines {
		var b strings.Builder
		for i, w := range v.widths {
			if i > 0 {
				b.WriteString(cell.Space(v.gap))
			}
			text := ""
			if n < len(columns[i]) {
				text = columns[i][n]
			}
			b.WriteString(cell.Fit(text, w))
		}
		lines[n] = b.String()
	}
	return lines
}

// wrapCell breaks a cell's text into lines of the width, at most maxRowLines;
// what is left out is marked.
func wrapCell(text string, width int) []string {
	if width < 1 {
		return nil
	}
	if most := width * maxRowLines * utf8.UTFMax; len(text) > 2*most {
		text = strings.ToValidUTF8(text[:2*most], "")
	}
	text = cell.Clean(text)
	if cell.Width(text) <= width {
		return []string{text}
	}
	lines := cell.WrapHyphens(text, width)
	if len(lines) > maxRowLines {
		lines = lines[:maxRowLines]
		lines[maxRowLines-1] = cell.Cut(lines[maxRowLines-1], width-1) + "…"
	}
	return lines
}

// buttons draws actions as the Terminal labels them.
func buttons(actions []manifest.Action) string {
	labels := make([]string, len(actions))
	for i, a := range actions {
		labels[i] = "[" + cell.Clean(a.Label) + "]"
	}
	return strings.Join(labels, " ")
}

// measure sets the columns' widths: the manifest's where it names one, else
// what the first rows need, shrunk in fair shares when that is too much.
func (v *tableView) measure(t *panel.Table, buttons string, width int) {
	if v.widths != nil && v.width == width {
		return
	}
	v.width = width
	v.labels = v.labels[:0]
	for _, c := range t.Columns {
		v.labels = append(v.labels, c.Label)
	}
	n := len(t.Columns)
	if buttons != "" {
		v.labels = append(v.labels, actionsLabel)
		n++
	}
	want := make([]int, n)
	for i := range want {
		want[i] = max(cell.Width(cell.Clean(v.labels[i])), 1)
		for _, row := range t.Rows[:min(len(t.Rows), measuredRows)] {
			if i < len(row.Cells) {
				want[i] = max(want[i], min(cell.Width(cell.Clean(row.Cells[i])), width))
			}
		}
		if i < len(t.Columns) {
			if css, ok := cssWidth(t.Columns[i].Width, width); ok {
				want[i] = css
			}
		} else {
			want[i] = max(want[i], cell.Width(buttons))
		}
	}
	v.gap = 1
	if total := sum(want) + 2*(n-1); total <= width {
		v.gap = 2
	}
	v.widths = shares(want, width-v.gap*(n-1))
}

func sum(values []int) int {
	total := 0
	for _, v := range values {
		total += v
	}
	return total
}

// pixelsPerCell is how wide a character of the Terminal's side bar is: 280 px
// for about 40 characters (terminal.md, "How a panel is drawn").
const pixelsPerCell = 7

// cssWidth turns "120px" or "20%" into cells.
func cssWidth(css string, width int) (int, bool) {
	if n, ok := strings.CutSuffix(css, "px"); ok {
		v, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
		return max(int(v/pixelsPerCell), 1), err == nil && v > 0 && v < 10000
	}
	if n, ok := strings.CutSuffix(css, "%"); ok {
		v, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
		return max(int(v*float64(width)/100), 1), err == nil && v > 0 && v <= 100
	}
	return 0, false
}

// shares fits wanted widths into room: columns that want less than an even
// share get what they want, the others share the rest.
func shares(want []int, room int) []int {
	out := make([]int, len(want))
	left, open := max(room, 0), len(want)
	for settled := true; settled && open > 0; {
		settled = false
		share := left / open
		for i, w := range want {
			if out[i] == 0 && w <= share {
				out[i], settled = w, true
				left -= w
				open--
			}
		}
	}
	for i := range out {
		if out[i] == 0 && open > 0 {
			out[i] = left / open
			left -= out[i]
			open--
		}
	}
	return out
}
