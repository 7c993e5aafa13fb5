package ui

import (
	"sort"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// scanChunk is how many lines the filter copies out of the log at a time.
const scanChunk = 512

// logView is a window on a Log: it follows the end, scrolls and filters, and
// takes only the lines it shows. Lines are known by their number since the log
// was last cleared, so the view stands still while old lines fall out.
type logView struct {
	st    *state
	width int
	times bool // lines begin with the time of day
	empty string

	scrolled bool   // not following the end
	top      uint64 // number of the first shown line, when scrolled
	shown    int    // rows drawn last

	typing  bool
	input   textinput.Model
	filter  string // lower case; empty shows all
	matches []uint64
	scanned uint64         // lines before this number are in matches
	last    studio.LogLine // the last of them, to notice a cleared log
}

func newLogView(st *state, times bool, empty string) *logView {
	v := &logView{st: st, times: times, empty: empty, input: textinput.New()}
	v.input.Prompt = "/ "
	v.input.CharLimit = 200
	return v
}

func (v *logView) bindings() []key.Binding {
	if v.typing {
		return []key.Binding{bind("enter", "keep the filter", "enter"), v.st.keys.log.Clear}
	}
	return v.st.keys.log.all()
}

func (v *logView) hints() []key.Binding {
	k := v.st.keys.log
	switch {
	case v.typing:
		return v.bindings()
	case v.filter != "":
		return []key.Binding{k.Clear, k.Filter}
	case v.scrolled:
		return []key.Binding{k.Follow, k.Filter}
	}
	return []key.Binding{k.Filter, bind("↑↓", "scroll", "up")}
}

func (v *logView) update(log Log, msg tea.KeyMsg) tea.Cmd {
	if v.typing {
		return v.typed(msg)
	}
	k := v.st.keys.log
	switch {
	case key.Matches(msg, k.Filter):
		v.typing = true
		v.input.SetValue(v.filter)
		v.input.CursorEnd()
		return v.input.Focus()
	case key.Matches(msg, k.Clear):
		v.setFilter("")
	case key.Matches(msg, k.Follow):
		if v.scrolled {
			v.scrolled = false
		} else {
			v.scroll(log, 0)
		}
	case key.Matches(msg, k.Up):
		v.scroll(log, -1)
	case key.Matches(msg, k.Down):
		v.scroll(log, 1)
	case key.Matches(msg, k.PageUp):
		v.scroll(log, -v.shown)
	case key.Matches(msg, k.PageDown):
		v.scroll(log, v.shown)
	case key.Matches(msg, k.First):
		v.scroll(log, -v.size(log))
	case key.Matches(msg, k.Last):
		v.scrolled = false
	}
	return nil
}

func (v *logView) typed(msg tea.KeyMsg) tea.Cmd {
	switch msg.Type {
	case tea.KeyEnter:
		v.typing = false
		v.input.Blur()
		return nil
	case tea.KeyEsc:
		v.typing = false
		v.input.Blur()
		v.setFilter("")
		return nil
	}
	var cmd tea.Cmd
	v.input, cmd = v.input.Update(msg)
	v.setFilter(v.input.Value())
	return cmd
}

func (v *logView) setFilter(text string) {
	v.filter = strings.ToLower(text)
	v.rescan()
	v.scrolled = false
}

func (v *logView) rescan() { v.matches, v.scanned = nil, 0 }

// size returns how many lines there are to show.
func (v *logView) size(log Log) int {
	if v.filter != "" {
		return len(v.matches)
	}
	return log.Len()
}

// topIndex returns the place of the first shown line among those to show.
func (v *logView) topIndex(log Log) int {
	end := max(v.size(log)-v.shown, 0)
	if !v.scrolled {
		return end
	}
	if v.filter != "" {
		return min(sort.Search(len(v.matches), func(i int) bool { return v.matches[i] >= v.top }), end)
	}
	dropped := log.Dropped()
	if v.top <= dropped {
		return 0
	}
	return min(int(v.top-dropped), end)
}

func (v *logView) scroll(log Log, by int) {
	end := max(v.size(log)-v.shown, 0)
	i := max(min(v.topIndex(log)+by, end), 0)
	if by > 0 && i == end {
		v.scrolled = false
		return
	}
	v.scrolled = true
	if v.filter == "" {
		v.top = log.Dropped() + uint64(i)
	} else if len(v.matches) > 0 {
		v.top = v.matches[min(i, len(v.matches)-1)]
	}
}

// draw returns exactly height lines, the last one the view's own state.
func (v *logView) draw(log Log, width, height int) []string {
	v.width, v.shown = width, max(height-1, 0)
	lines := make([]string, 0, height)
	if log == nil {
		return append(lines, v.st.th.Dim.Paint(v.empty))
	}
	if v.filter != "" {
		v.scan(log)
	}
	for _, line := range v.window(log) {
		lines = append(lines, v.line(line)...)
	}
	if over := len(lines) - v.shown; over > 0 && v.scrolled { // long lines take several rows
		lines = lines[:v.shown]
	} else if over > 0 {
		lines = lines[over:]
	}
	if len(lines) == 0 && log.Len() == 0 && v.shown > 0 {
		lines = append(lines, v.st.th.Dim.Paint(cell.Cut(v.empty, width)))
	}
	for len(lines) < v.shown {
		lines = append(lines, "")
	}
	return append(lines, v.status(log))
}

// window returns the lines to show.
func (v *logView) window(log Log) []studio.LogLine {
	i := v.topIndex(log)
	if v.filter == "" {
		return log.Window(i, v.shown)
	}
	dropped := log.Dropped()
	var out []studio.LogLine
	for _, number := range v.matches[i:min(i+v.shown, len(v.matches))] {
		if number >= dropped {
			out = append(out, log.Window(int(number-dropped), 1)...)
		}
	}
	return out
}

// scan brings matches up to date, reading each line of the log once.
func (v *logView) scan(log Log) {
	if v.scanned > 0 && !v.stillThere(log) {
		v.rescan()
	}
	for uncertain := 0; ; {
		dropped := log.Dropped()
		if v.scanned < dropped {
			v.scanned = dropped
			v.matches = v.matches[sort.Search(len(v.matches), func(i int) bool { return v.matches[i] >= dropped }):]
		}
		chunk := log.Window(int(v.scanned-dropped), scanChunk)
		if log.Dropped() != dropped && uncertain < 8 { // lines fell out meanwhile: the chunk's numbers are uncertain
			uncertain++
			continue
		}
		for i, line := range chunk {
			if strings.Contains(strings.ToLower(line.Text), v.filter) {
				v.matches = append(v.matches, v.scanned+uint64(i))
			}
			v.last = line
		}
		v.scanned += uint64(len(chunk))
		if len(chunk) < scanChunk {
			return
		}
	}
}

// stillThere tells whether the last scanned line is where it was.
func (v *logView) stillThere(log Log) bool {
	dropped := log.Dropped()
	if v.scanned <= dropped {
		return v.scanned > 0 && log.Len() > 0
	}
	line := log.Window(int(v.scanned-1-dropped), 1)
	return len(line) == 1 && line[0] == v.last
}

// maxRows is how many rows one line may take; what is longer is cut.
const maxRows = 6

// line draws one line, wrapped; its ink says how bad it is, as its words do.
func (v *logView) line(l studio.LogLine) []string {
	prefix, indent := "", "  "
	if v.times && v.width >= 60 && !beginsWithTime(l.Text) {
		prefix = v.st.th.Dim.Paint(l.At.Format("15:04:05.000")) + "  "
		indent = cell.Space(14)
	}
	room := max(v.width-len(indent), 1)
	text, ink := cell.Clean(l.Text), v.ink(l.Text)
	if cell.Width(text) <= v.width-cell.Width(prefix) {
		return []string{prefix + ink.Paint(text)}
	}
	rows := cell.Wrap(cell.Cut(text, room*maxRows), room)
	for i, row := range rows {
		if rows[i] = indent + ink.Paint(row); i == 0 {
			rows[i] = prefix + ink.Paint(row)
		}
	}
	return rows
}

// beginsWithTime tells whether a line says itself when it was printed:
// "2026-03-14T10:42:07Z …", "[2026/03/14 10:42:07] …", "10:42:07.120 …",
// "time=2026-03-14T…", `{"ts":"2026-03-14T…`.
func beginsWithTime(text string) bool {
	text = strings.TrimLeft(text, `[({"`)
	for _, key := range []string{"timestamp", "time", "ts"} {
		if rest, ok := strings.CutPrefix(text, key); ok {
			text = strings.TrimLeft(rest, `"=: `)
			break
		}
	}
	for _, shape := range []string{"0000-00-00", "0000/00/00", "00:00:00"} {
		if hasShape(text, shape) {
			return true
		}
	}
	return false
}

// hasShape tells whether text begins like shape, in which 0 is any digit.
func hasShape(text, shape string) bool {
	if len(text) < len(shape) {
		return false
	}
	for i := range len(shape) {
		if digit := text[i] >= '0' && text[i] <= '9'; shape[i] == '0' && !digit || shape[i] != '0' && text[i] != shape[i] {
			return false
		}
	}
	return true
}

// levelWords are how programs say that a line matters, with the colour to show it in.
var levelWords = []struct {
	word string
	bad  bool
}{{"ERROR", true}, {"CRITICAL", true}, {"FATAL", true}, {"Traceback (", true}, {"Error:", true}, {"WARN", false}}

func (v *logView) ink(text string) theme.Ink {
	head := text[:min(len(text), 48)]
	for _, l := range levelWords {
		if strings.Contains(head, l.word) {
			if l.bad {
				return v.st.th.Broken
			}
			return v.st.th.Attention
		}
	}
	return v.st.th.Text
}

func (v *logView) status(log Log) string {
	th := v.st.th
	if v.typing {
		v.input.Width = max(v.width-4-24, 8)
		return th.Key.Paint("/") + " " + v.input.View()[2:] + th.Dim.Paint("  "+cell.Plural(len(v.matches), "line", "lines"))
	}
	n := log.Len()
	if n == 0 {
		return ""
	}
	var parts []string
	if v.scrolled {
		parts = append(parts, "line "+cell.Count(v.topIndex(log)+1)+" of "+cell.Plural(v.size(log), "line", "lines"), "f follows")
	} else {
		parts = append(parts, "following", cell.Plural(v.size(log), "line", "lines"))
	}
	if dropped := log.Dropped(); dropped > 0 {
		parts = append(parts, cell.Count(int(dropped))+" older ones dropped")
	}
	if v.filter != "" {
		parts = append(parts, "with “"+cell.Clean(v.filter)+"” of "+cell.Count(n), "esc shows all")
	} else {
		parts = append(parts, "/ filters")
	}
	return th.Dim.Paint(cell.Cut(strings.Join(parts, " · "), v.width))
}
