package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/netstacks/netstacks-plugin/scaffold"
)

// wizard asks for what a new plugin needs, one question at a time, and shows
// what it will write. It writes nothing before the last question is answered
// with yes; an error then is shown there, with all answers kept.
type wizard struct {
	st            *state
	outputDir     string
	create        func(scaffold.Answers) (dir string, err error)
	width, height int

	given scaffold.Answers // what the form began with, to see whether anything would be lost
	a     scaffold.Answers // bound to the form's fields
	port  string           // bound; digits or not
	yes   bool             // bound to the last question

	form      *huh.Form
	fields    wizardFields
	lenient   bool   // going back past a field that does not hold yet
	derived   string // the display name made of the name, until the user writes another
	problem   string // why the last attempt to write failed
	attempted bool   // there was one
	writing   bool
	confirmed bool

	preview preview
	gen     int // counts previews asked for
}

// wizardFields are the fields that change after they were made.
type wizardFields struct {
	display      *huh.Input
	template     *templateList
	capabilities *capabilityList
	inputs       []describedInput
}

// describedInput is a text field and its description.
type describedInput struct {
	*huh.Input
	description string
}

// The questions by the key of their field, in order.
var wizardSteps = []string{"name", "template", "display_name", "description", "author", "capabilities", "database", "port", "create"}

func newWizard(st *state, o Options) *wizard {
	w := &wizard{st: st, outputDir: o.OutputDir}
	w.create = func(a scaffold.Answers) (string, error) {
		plan, err := scaffold.NewPlan(a, w.outputDir)
		if err == nil {
			err = plan.Write()
		}
		return plan.Dir, err
	}
	return w
}

// answers returns the answers as they stand.
func (w *wizard) answers() scaffold.Answers {
	a := w.a
	a.Name, a.DisplayName = strings.TrimSpace(a.Name), strings.TrimSpace(a.DisplayName)
	a.Description, a.Author = strings.TrimSpace(a.Description), strings.TrimSpace(a.Author)
	a.Capabilities = slices.Clone(a.Capabilities)
	a.Port, _ = strconv.Atoi(strings.TrimSpace(w.port))
	return a
}

// start begins anew with the given answers.
func (w *wizard) start(given scaffold.Answers) tea.Cmd {
	w.a, w.port = given, strconv.Itoa(given.Port)
	w.a.Capabilities = slices.Clone(given.Capabilities)
	w.derived = scaffold.DisplayName(w.a.Name)
	if w.a.DisplayName == "" {
		w.a.DisplayName = w.derived
	}
	w.given = w.answers()
	w.problem, w.confirmed, w.writing, w.attempted = "", false, false, false
	w.preview = preview{}
	return tea.Batch(w.ask(0), w.askPreview())
}

// ask builds the form and goes to the given step. A huh form cannot be used
// again once it has ended.
func (w *wizard) ask(step int) tea.Cmd {
	w.yes = true
	w.form, w.fields = newWizardForm(w)
	w.fit()
	cmds := []tea.Cmd{w.form.Init()}
	for range step {
		cmds = append(cmds, w.form.NextGroup())
	}
	return tea.Batch(cmds...)
}

// step is the place of the current question, from 0.
func (w *wizard) step() int {
	return max(slices.Index(wizardSteps, w.form.GetFocusedField().GetKey()), 0)
}

func (w *wizard) resize(width, height int) {
	w.width, w.height = width, height
	if w.form != nil {
		w.fit()
	}
}

// restyle follows a change of the theme.
func (w *wizard) restyle() {
	if w.form != nil {
		w.form.WithTheme(formTheme(w.st.th))
	}
}

// hints are the keys of the current question, for the footer.
func (w *wizard) hints() []key.Binding {
	k := w.st.keys.wizard
	out := []key.Binding{k.Next}
	switch wizardSteps[w.step()] {
	case "template":
		out = append(out, bind("↑/↓", "choose", "up"))
	case "capabilities":
		out = append(out, k.Toggle, bind("↑/↓", "move", "up"))
	case "database":
		out = append(out, bind("←/→", "switch", "left"))
	case "create":
		out = []key.Binding{bind("enter", "create it", "enter"), bind("←/→", "switch", "left")}
	}
	if w.step() > 0 {
		out = append(out, k.Back)
	}
	return append(out, k.Leave)
}

// bindings are all keys of the current question, for the help.
func (w *wizard) bindings() []key.Binding {
	k := w.st.keys.wizard
	out := []key.Binding{k.Next, k.Back}
	switch w.form.GetFocusedField().(type) {
	case *templateList:
		out = append(out, k.Up, k.Down, k.First, k.Last)
	case *capabilityList:
		out = append(out, k.Toggle, k.Up, k.Down, k.First, k.Last)
	case *huh.Confirm:
		out = append(out, k.Yes, k.No)
	}
	return append(out, k.Leave)
}

// typing tells whether the current question takes text.
func (w *wizard) typing() bool {
	if w.form == nil || w.writing {
		return false
	}
	_, ok := w.form.GetFocusedField().(*huh.Input)
	return ok
}

// wizardKey handles what the form does not know, and gives it the rest.
func (r *root) wizardKey(msg tea.KeyMsg) tea.Cmd {
	w := r.wizard
	if w.writing {
		return nil
	}
	if key.Matches(msg, r.st.keys.wizard.Leave) {
		if !w.changed() && !w.attempted {
			return r.leaveWizard()
		}
		return r.ask(confirm{
			title: "Throw the answers away?", text: "Nothing has been written. Leaving the wizard forgets what you answered.",
			brief: "Nothing has been written.", yes: "Leave", no: "Go on", do: r.leaveWizard,
		})
	}
	if key.Matches(msg, r.st.keys.global.Help) && !w.typing() {
		return r.showHelp()
	}
	if w.atTheEnd(msg) {
		return nil
	}
	return w.update(msg)
}

// atTheEnd tells whether an arrow points past the last of two answers; huh
// would take it for the other one.
func (w *wizard) atTheEnd(msg tea.KeyMsg) bool {
	k := w.st.keys.wizard
	if _, ok := w.form.GetFocusedField().(*huh.Confirm); !ok {
		return false
	}
	yes, _ := w.form.GetFocusedField().GetValue().(bool)
	return key.Matches(msg, k.Yes) && yes || key.Matches(msg, k.No) && !yes
}

// leaveWizard goes back to where the wizard was called from.
func (r *root) leaveWizard() tea.Cmd {
	if r.wizardOnly {
		return r.quit()
	}
	r.mode = modeWelcome
	return nil
}

// changed tells whether any answer differs from the one given at the start.
func (w *wizard) changed() bool {
	a, b := w.answers(), w.given
	return a.Name != b.Name || a.Template != b.Template || a.DisplayName != b.DisplayName || a.Description != b.Description || a.Author != b.Author ||
		a.Database != b.Database || a.Port != b.Port || !slices.Equal(a.Capabilities, b.Capabilities)
}

// update gives a message to the form, and to the form alone: its messages carry
// no name of their form.
func (w *wizard) update(msg tea.Msg) tea.Cmd {
	if found, ok := msg.(previewMadeMsg); ok {
		if found.gen == w.gen {
			w.preview = found.preview
		}
		return nil
	}
	if w.writing || w.confirmed {
		return nil // a form that has ended would end again with every message, and write again
	}
	if k, ok := msg.(tea.KeyMsg); ok {
		w.lenient = key.Matches(k, w.st.keys.wizard.Back)
		w.problem = ""
	}
	before := w.answers()
	_, cmd := w.form.Update(msg)
	cmds := []tea.Cmd{cmd}
	if w.followName() || !sameAnswers(before, w.answers()) {
		cmds = append(cmds, w.askPreview())
	}
	switch {
	case w.form.State == huh.StateCompleted && w.yes:
		cmds = append(cmds, w.write())
	case w.form.State == huh.StateCompleted: // the last question was answered with no
		cmds = append(cmds, w.ask(0))
	case w.form.State == huh.StateAborted: // only through a key we do not send it
		cmds = append(cmds, w.ask(0))
	}
	return tea.Batch(cmds...)
}

func sameAnswers(a, b scaffold.Answers) bool {
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// followName lets the display name follow the name until the user writes one.
func (w *wizard) followName() bool {
	derived := scaffold.DisplayName(strings.TrimSpace(w.a.Name))
	if derived == w.derived {
		return false
	}
	if w.a.DisplayName == w.derived || w.a.DisplayName == "" {
		w.a.DisplayName = ""
		w.fields.display.Value(&w.a.DisplayName) // emptied first, the field puts its cursor behind the new text
		w.a.DisplayName = derived
		w.fields.display.Value(&w.a.DisplayName)
	}
	w.derived = derived
	return true
}

// wizardEndedMsg is the end of writing the project.
type wizardEndedMsg struct {
	dir string
	err error
}

// write makes the project of the answers.
func (w *wizard) write() tea.Cmd {
	w.writing, w.problem = true, ""
	a, create := w.answers(), w.create
	return func() tea.Msg {
		dir, err := create(a)
		return wizardEndedMsg{dir: dir, err: err}
	}
}

// wizardEnded opens what was written, or goes back to the last question and
// says why nothing was.
func (r *root) wizardEnded(msg wizardEndedMsg) tea.Cmd {
	w := r.wizard
	w.writing = false
	if msg.err != nil {
		cmd := w.ask(len(wizardSteps) - 1)
		w.problem, w.attempted = msg.err.Error(), true
		return cmd
	}
	w.confirmed = true
	if r.wizardOnly {
		return r.quit()
	}
	return r.open(msg.dir)
}
