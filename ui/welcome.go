package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// openRequestedMsg asks to open the project in a folder.
type openRequestedMsg struct{ dir string }

// welcomePage is what the Studio shows when there is no project to open.
type welcomePage struct {
	st            *state
	dir           string
	problem       string // why dir did not open; empty when it just holds no project
	width, height int
	typing        bool
	input         textinput.Model
}

func newWelcome(st *state, dir string) *welcomePage {
	w := &welcomePage{st: st, dir: dir, input: textinput.New()}
	w.input.Prompt = ""
	w.input.CharLimit = 4096
	return w
}

func (w *welcomePage) resize(width, height int) {
	w.width, w.height = width, height
	w.input.Width = max(min(width-14, 70), 8)
}

// refused shows that dir did not open, and why unless it simply holds no project.
func (w *welcomePage) refused(dir string, err error, noProject bool) {
	w.dir, w.problem = dir, ""
	if !noProject {
		w.problem = err.Error()
	}
}

func (w *welcomePage) bindings() []key.Binding {
	if w.typing {
		return []key.Binding{bind("enter", "open it", "enter"), bind("esc", "back", "esc")}
	}
	k := w.st.keys.welcome
	return []key.Binding{k.New, k.Open, k.Retry, k.Quit}
}

// welcomeKey handles a key on the welcome page.
func (r *root) welcomeKey(msg tea.KeyMsg) tea.Cmd {
	w, keys := r.welcome, r.st.keys.welcome
	if w.typing {
		return w.typed(msg)
	}
	switch {
	case key.Matches(msg, keys.New):
		r.mode = modeWizard
		return r.wizard.start(r.opts.Defaults)
	case key.Matches(msg, keys.Open):
		w.typing = true
		w.input.SetValue(w.dir)
		w.input.CursorEnd()
		return w.input.Focus()
	case key.Matches(msg, keys.Retry):
		return r.open(w.dir)
	case key.Matches(msg, keys.Quit):
		return r.quit()
	}
	return nil
}

func (w *welcomePage) typed(msg tea.KeyMsg) tea.Cmd {
	switch msg.Type {
	case tea.KeyEsc:
		w.typing = false
		w.input.Blur()
		return nil
	case tea.KeyEnter:
		dir := strings.TrimSpace(w.input.Value())
		if dir == "" {
			return nil
		}
		w.typing = false
		w.input.Blur()
		return func() tea.Msg { return openRequestedMsg{dir: dir} }
	}
	return w.update(msg)
}

// update gives the path field what is not a key, such as its cursor's blinking.
func (w *welcomePage) update(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	w.input, cmd = w.input.Update(msg)
	return cmd
}

func (w *welcomePage) draw() []string {
	th := w.st.th
	var lines []string
	if w.height >= 12 {
		lines = append(lines, "", "")
	}
	dir := cell.CutMiddle(cell.Clean(w.dir), max(w.width-26, 10))
	if w.problem == "" {
		lines = append(lines, th.Strong.Paint("No plugin here yet"), th.Dim.Paint(cell.Cut(dir+" holds no manifest.json.", w.width)))
	} else {
		lines = append(lines, th.Broken.Paint(theme.Failed+" "+dir+" cannot be opened"))
		for _, line := range cell.Wrap(cell.Clean(w.problem), w.width)[:1] {
			lines = append(lines, cell.Cut(line, w.width))
		}
	}
	lines = append(lines, "")
	if w.typing {
		return append(lines, th.Text.Paint("Open folder ")+w.input.View())
	}
	row := func(k key.Binding, does, more string) string {
		line := th.Key.Paint(cell.Pad(k.Help().Key, 7)) + cell.Pad(does, 22)
		if w.width >= 76 {
			line += th.Dim.Paint(more)
		}
		return line
	}
	keys := w.st.keys.welcome
	return append(lines,
		row(keys.New, "new plugin", "answer a few questions, get a project that builds and runs"),
		row(keys.Open, "open another folder", "one that holds a manifest.json"),
		row(keys.Retry, "look again", "after you put a manifest.json here"),
		row(keys.Quit, "quit", ""))
}
