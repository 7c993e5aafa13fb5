package ui

import (
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
type capabilityList struct {
	choiceList
	value *[]string // the chosen names, in the catalogue's order
	all   []manifest.Capability
}

var _ huh.Field = (*capabilityList)(nil)

func newCapabilityList(st *state, value *[]string) *capabilityList {
	l := &capabilityList{value: value, all: manifest.Capabilities()}
	l.choiceList = choiceList{field: l, key: "capabilities", st: st, count: len(l.all)}
	return l
}

// hovered returns the name under the cursor.
func (l *capabilityList) hovered() string { return l.all[l.cursor].Name }

// Update handles a key.
func (l *capabilityList) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return l, nil
	}
	if key.Matches(k, l.st.keys.wizard.Toggle) {
		l.toggle(l.hovered())
		return l, nil
	}
	return l, l.move(k)
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

// View draws the question and as many capabilities as fit.
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
	return strings.Join(l.draw(lines, l.row), "\n")
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
	box := th.Dim.Paint("[ ] ")
	if slices.Contains(*l.value, c.Name) {
		box = th.Accent.Paint("[x] ")
	}
	return box + th.Text.Paint(cell.Cut(cell.Pad(c.Name, 26)+mark+" "+c.Unlocks, max(l.width-6, 12)))
}

// KeyBinds returns the list's keys.
func (l *capabilityList) KeyBinds() []key.Binding {
	return append([]key.Binding{l.st.keys.wizard.Toggle}, l.choiceList.KeyBinds()...)
}

// GetValue returns the chosen names.
func (l *capabilityList) GetValue() any { return *l.value }
