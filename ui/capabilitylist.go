package ui

import (
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// capabilityList is the wizard's list of capabilities, a field of its form.
// It is drawn for the size it has now; huh's own list keeps the height and the
// texts it was first given, whatever the terminal does afterwards.
type capabilityList struct {
	st            *state
	value         *[]string // the chosen names, in the catalogue's order
	all           []manifest.Capability
	cursor, first int
	width, height int
	roomy         bool // blank line above the list
}

var _ huh.Field = (*capabilityList)(nil)

func newCapabilityList(st *state, value *[]string) *capabilityList {
	return &capabilityList{st: st, value: value, all: manifest.Capabilities()}
}

func (l *capabilityList) fit(width, height int, roomy bool) {
	l.width, l.height, l.roomy = width, height, roomy
}

// hovered returns the name under the cursor.
func (l *capabilityList) hovered() string { return l.all[l.cursor].Name }

// Init does nothing.
func (l *capabilityList) Init() tea.Cmd { return nil }

// Update handles a key.
func (l *capabilityList) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return l, nil
	}
	keys := l.st.keys.wizard
	switch {
	case key.Matches(k, keys.Up):
		l.cursor = clamp(l.cursor-1, len(l.all))
	case key.Matches(k, keys.Down):
		l.cursor = clamp(l.cursor+1, len(l.all))
	case key.Matches(k, keys.First):
		l.cursor = 0
	case key.Matches(k, keys.Last):
		l.cursor = len(l.all) - 1
	case key.Matches(k, keys.Toggle):
		l.toggle(l.hovered())
	case key.Matches(k, keys.Back):
		return l, huh.PrevField
	case key.Matches(k, keys.Next):
		return l, huh.NextField
	}
	return l, nil
}

// toggle chooses name, or no longer.
func (l *capabilityList) toggle(name string) {
	if i := slices.Index(*l.value, name); i >= 0 {
		*l.value = slices.Delete(slices.Clone(*l.value), i, i+1)
		return
	}
	chosen := append(slices.Clone(*l.value), name)
	place := func(name string) int {
		return slices.IndexFunc(l.all, func(c manifest.Capability) bool { return c.Name == name })
	}
	slices.SortStableFunc(chosen, func(a, b string) int { return place(a) - place(b) })
	*l.value = chosen
}

// The legend of the list's marks, in full and short.
const (
	capabilityLegend      = theme.Warn + " high trust   - deprecated"
	capabilityLegendShort = theme.Warn + " trust  - old"
)

// View draws the question and as many capabilities as fit, the one at the
// cursor among them.
func (l *capabilityList) View() string {
	th := l.st.th
	title, question := th.Strong.Paint("Capabilities"), "What may this plugin ask of the platform?"
	lines := []string{title, th.Dim.Paint(cell.Cut(question, l.width))}
	switch {
	case cell.Width(question)+3+cell.Width(capabilityLegend) <= l.width:
		lines[1] = cell.Ends(lines[1], th.Dim.Paint(capabilityLegend), l.width)
	default:
		for _, legend := range []string{capabilityLegend, capabilityLegendShort} {
			if cell.Width("Capabilities")+3+cell.Width(legend) <= l.width {
				lines[0] = cell.Ends(title, th.Dim.Paint(legend), l.width)
				break
			}
		}
	}
	if l.roomy {
		lines = append(lines, "")
	}
	rows := max(l.height-len(lines), 1)
	l.first = window(l.first, l.cursor, len(l.all), rows)
	for i := l.first; i < min(l.first+rows, len(l.all)); i++ {
		lines = append(lines, l.row(i))
	}
	return strings.Join(lines, "\n")
}

func (l *capabilityList) row(i int) string {
	th, c := l.st.th, l.all[i]
	mark := " "
	switch {
	case c.HighTrust:
		mark = theme.Warn
	case c.Deprecated:
		mark = "-"
	}
	focus, box := "  ", th.Dim.Paint("[ ] ")
	if i == l.cursor {
		focus = th.Accent.Paint(theme.Focus + " ")
	}
	if slices.Contains(*l.value, c.Name) {
		box = th.Accent.Paint("[x] ")
	}
	return focus + box + th.Text.Paint(cell.Cut(cell.Pad(c.Name, 26)+mark+" "+c.Unlocks, max(l.width-6, 12)))
}

// The rest is what huh asks of a field. The list has no state of its own for
// these: it is drawn only while it has the focus, in the Studio's inks.

// Focus does nothing.
func (l *capabilityList) Focus() tea.Cmd { return nil }

// Blur does nothing.
func (l *capabilityList) Blur() tea.Cmd { return nil }

// Error returns nil: every choice is an answer.
func (l *capabilityList) Error() error { return nil }

// Run shows the list alone.
func (l *capabilityList) Run() error { return huh.Run(l) }

// RunAccessible keeps the choice: without a terminal the choice is made by flags.
func (l *capabilityList) RunAccessible(io.Writer, io.Reader) error { return nil }

// Skip returns false.
func (l *capabilityList) Skip() bool { return false }

// Zoom returns false.
func (l *capabilityList) Zoom() bool { return false }

// KeyBinds returns the list's keys.
func (l *capabilityList) KeyBinds() []key.Binding {
	k := l.st.keys.wizard
	return []key.Binding{k.Toggle, k.Up, k.Down, k.First, k.Last, k.Back, k.Next}
}

// WithTheme changes nothing.
func (l *capabilityList) WithTheme(*huh.Theme) huh.Field { return l }

// WithAccessible changes nothing.
func (l *capabilityList) WithAccessible(bool) huh.Field { return l }

// WithKeyMap changes nothing.
func (l *capabilityList) WithKeyMap(*huh.KeyMap) huh.Field { return l }

// WithWidth changes nothing: fit sets the size.
func (l *capabilityList) WithWidth(int) huh.Field { return l }

// WithHeight changes nothing: fit sets the size.
func (l *capabilityList) WithHeight(int) huh.Field { return l }

// WithPosition changes nothing.
func (l *capabilityList) WithPosition(huh.FieldPosition) huh.Field { return l }

// GetKey returns the name of the question.
func (l *capabilityList) GetKey() string { return "capabilities" }

// GetValue returns the chosen names.
func (l *capabilityList) GetValue() any { return *l.value }
