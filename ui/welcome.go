package ui

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// openRequestedMsg asks to open the project in a folder.
type openRequestedMsg struct{ dir string }

// welcomePage is what the Studio shows when there is no project to open.
type welcomePage struct {
	st            *state
	dir           string
	missing       bool   // there is no folder dir
	problem       string // why dir did not open; empty when it just holds no project
	again         bool   // the user asked to look again
	width, height int
	typing        bool
	input         textinput.Model
}

func newWelcome(st *state, dir string) *welcomePage {
	w := &welcomePage{st: st, dir: dir, input: textinput.New()}
	w.input.Prompt = ""
	w.input.CharLimit = 4096
	w.input.PlaceholderStyle = lipgloss.NewStyle()
	return w
}

func (w *welcomePage) resize(width, height int) {
	w.width, w.height = width, height
	w.input.Width = max(min(width-14, 70), 8)
}

// refused shows that dir did not open, and why.
func (r *root) refused(dir string, err error) tea.Cmd {
	w := r.welcome
	again := w.again
	w.dir, w.problem, w.again = dir, "", false
	w.missing = errors.Is(err, ErrNoFolder)
	if !w.missing && !errors.Is(err, ErrNoProject) {
		w.problem = err.Error()
	}
	if again {
		return r.say("plain", "Looked again at "+r.st.now.Format("15:04:05")+": nothing to open yet.")
	}
	return nil
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
		if w.dir != r.opts.Dir { // where the screen says it is
			r.wizard.outputDir = w.dir
		} else {
			r.wizard.outputDir = r.opts.OutputDir
		}
		return r.wizard.start(r.opts.Defaults)
	case key.Matches(msg, keys.Open):
		w.typing = true
		w.input.SetValue("")
		w.input.Placeholder = cell.CutMiddle(cell.Clean(w.dir), w.input.Width)
		return w.input.Focus()
	case key.Matches(msg, keys.Retry):
		w.again = true
		return r.open(w.dir)
	case key.Matches(msg, r.st.keys.global.Help):
		return r.showHelp()
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
		switch {
		case dir == "":
			dir = w.dir // what the empty field hints at
		case !filepath.IsAbs(dir):
			dir = filepath.Join(w.dir, dir)
		}
		dir = filepath.Clean(dir)
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
	switch {
	case w.missing:
		lines = append(lines, th.Attention.Paint(theme.Warn+" There is no such folder"), th.Dim.Paint(cell.Cut(dir+" does not exist.", w.width)))
	case w.problem == "":
		lines = append(lines, th.Strong.Paint("No plugin here yet"), th.Dim.Paint(cell.Cut(dir+" holds no manifest.json.", w.width)))
	default:
		lines = append(lines, th.Broken.Paint(cell.Cut(theme.Failed+" "+dir+" cannot be opened", w.width)))
		why := cell.Wrap(cell.Clean(w.problem), w.width)
		lines = append(lines, why[:min(len(why), max(w.height-8, 1))]...)
	}
	lines = append(lines, "")
	if w.typing {
		return append(lines, th.Text.Paint("Open folder ")+w.input.View())
	}
	row := func(k key.Binding, does, more string) string {
		line := th.Key.Paint(cell.Pad(k.Help().Key, 7)) + cell.Pad(does, 22)
		if w.width >= 76 {
			line += th.Dim.Paint(cell.Cut(more, w.width-29))
		}
		return line
	}
	keys := w.st.keys.welcome
	creates := "a few questions, then a project that runs"
	if w.missing {
		creates = "makes the folder, and a project in it"
	}
	return append(lines,
		row(keys.New, "new plugin", creates),
		row(keys.Open, "open another folder", "one that holds a manifest.json"),
		row(keys.Retry, "look again", "after you put a manifest.json here"),
		row(keys.Quit, "quit", ""))
}
