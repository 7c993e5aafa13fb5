package ui

import (
	"io"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// choiceList is what the lists among the wizard's questions have in common.
// They are drawn for the size they have now; huh's own list keeps the height
// and the texts it was first given, whatever the terminal does afterwards.
type choiceList struct {
	field         huh.Field // the list that this is a part of
	key           string    // of the question
	st            *state
	count         int // of the choices
	cursor, first int
	width, height int
	roomy         bool // blank line above the list
}

func (l *choiceList) fit(width, height int, roomy bool) {
	l.width, l.height, l.roomy = width, height, roomy
}

// move handles the keys that move the cursor or leave the question.
func (l *choiceList) move(k tea.KeyMsg) tea.Cmd {
	keys := l.st.keys.wizard
	switch {
	case key.Matches(k, keys.Up):
		l.cursor = clamp(l.cursor-1, l.count)
	case key.Matches(k, keys.Down):
		l.cursor = clamp(l.cursor+1, l.count)
	case key.Matches(k, keys.First):
		l.cursor = 0
	case key.Matches(k, keys.Last):
		l.cursor = l.count - 1
	case key.Matches(k, keys.Back):
		return huh.PrevField
	case key.Matches(k, keys.Next):
		return huh.NextField
	}
	return nil
}

// draw adds as many choices as fit below the lines above them, the one at the
// cursor among them.
func (l *choiceList) draw(lines []string, row func(i int) string) []string {
	if l.roomy {
		lines = append(lines, "")
	}
	rows := max(l.height-len(lines), 1)
	l.first = window(l.first, l.cursor, l.count, rows)
	for i := l.first; i < min(l.first+rows, l.count); i++ {
		focus := "  "
		if i == l.cursor {
			focus = l.st.th.Accent.Paint(theme.Focus + " ")
		}
		lines = append(lines, focus+row(i))
	}
	return lines
}

// The rest is what huh asks of a field. A list has no state of its own for
// these: it is drawn only while it has the focus, in the Studio's inks.

// Init does nothing.
func (l *choiceList) Init() tea.Cmd { return nil }

// Focus does nothing.
func (l *choiceList) Focus() tea.Cmd { return nil }

// Blur does nothing.
func (l *choiceList) Blur() tea.Cmd { return nil }

// Error returns nil: every choice is an answer.
func (l *choiceList) Error() error { return nil }

// Run shows the list alone.
func (l *choiceList) Run() error { return huh.Run(l.field) }

// RunAccessible keeps the choice: without a terminal the choice is made by flags.
func (l *choiceList) RunAccessible(io.Writer, io.Reader) error { return nil }

// Skip returns false.
func (l *choiceList) Skip() bool { return false }

// Zoom returns false.
func (l *choiceList) Zoom() bool { return false }

// KeyBinds returns the keys that all lists have.
func (l *choiceList) KeyBinds() []key.Binding {
	k := l.st.keys.wizard
	return []key.Binding{k.Up, k.Down, k.First, k.Last, k.Back, k.Next}
}

// WithTheme changes nothing.
func (l *choiceList) WithTheme(*huh.Theme) huh.Field { return l.field }

// WithAccessible changes nothing.
func (l *choiceList) WithAccessible(bool) huh.Field { return l.field }

// WithKeyMap changes nothing.
func (l *choiceList) WithKeyMap(*huh.KeyMap) huh.Field { return l.field }

// WithWidth changes nothing: fit sets the size.
func (l *choiceList) WithWidth(int) huh.Field { return l.field }

// WithHeight changes nothing: fit sets the size.
func (l *choiceList) WithHeight(int) huh.Field { return l.field }

// WithPosition changes nothing.
func (l *choiceList) WithPosition(huh.FieldPosition) huh.Field { return l.field }

// GetKey returns the name of the question.
func (l *choiceList) GetKey() string { return l.key }
