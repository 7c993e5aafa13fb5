package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/scaffold"
)

// newWizardHarness shows the wizard, which writes below a temporary folder.
func newWizardHarness(t *testing.T, width, height int) (*harness, string) {
	t.Helper()
	out := t.TempDir()
	project := newSampleProject(sampleFresh())
	h := newRootHarness(t, Options{
		OutputDir: out, Defaults: scaffold.Answers{Author: "Ada"},
		Open: func(_ context.Context, dir string) (Project, error) {
			if dir == filepath.Join(out, "demo-plugin") {
				return project, nil
			}
			return nil, ErrNoProject
		},
	}, width, height)
	h.root.mode = modeWizard
	h.do(h.root.wizard.start(h.root.opts.Defaults))
	h.shows("Plugin name")
	return h, out
}

// TestTheProjectIsWrittenOnce: messages go on while it is being written, such as
// a cursor's blinking, and none may start the writing again.
func TestTheProjectIsWrittenOnce(t *testing.T) {
	h, _ := newWizardHarness(t, 120, 40)
	h.toLastQuestion()
	w := h.root.wizard
	write, written, proceed := w.create, 0, make(chan struct{})
	w.create = func(a scaffold.Answers) (string, error) {
		written++
		<-proceed
		return write(a)
	}
	h.press("enter")
	h.until("it is being written", func() bool { return w.writing })
	for range 20 {
		h.do(h.root.Update(struct{}{}))
	}
	close(proceed)
	h.until("the project is open", func() bool { return h.root.mode == modeProject })
	if written != 1 {
		t.Errorf("it was written %d times", written)
	}
}

// toLastQuestion answers everything up to the last question.
func (h *harness) toLastQuestion() {
	h.t.Helper()
	h.typeText("demo-plugin")
	h.press("enter")
	h.shows("The language that the service is written in.")
	h.press("enter")
	h.shows("Display name")
	h.press("enter")
	h.shows("Description")
	h.typeText("Shows things")
	h.press("enter")
	h.shows("Author")
	h.press("enter")
	h.shows("Capabilities")
	h.press(" ", "down", "down", "x")
	h.press("enter")
	h.shows("Database")
	h.press("enter")
	h.shows("Port")
	h.press("enter")
	h.shows("Create the project?")
}

func TestTheWizardWritesTheProjectAndOpensIt(t *testing.T) {
	h, out := newWizardHarness(t, 120, 40)
	h.toLastQuestion()
	if entries, _ := os.ReadDir(out); len(entries) != 0 {
		t.Fatalf("something was written before the confirmation: %v", entries)
	}
	want := scaffold.Answers{
		Name: "demo-plugin", DisplayName: "Demo Plugin", Description: "Shows things", Author: "Ada", Template: "python",
		Capabilities: []string{"read_devices", "invoke_llm"}, Database: true, Port: 8080,
	}
	if got := h.root.wizard.answers(); !sameAnswers(got, want) {
		t.Errorf("answers %+v, want %+v", got, want)
	}
	h.press("enter")
	h.until("the project is open", func() bool { return h.root.mode == modeProject })
	if _, err := os.Stat(filepath.Join(out, "demo-plugin", "manifest.json")); err != nil {
		t.Error(err)
	}
	if h.root.current != pageOverview {
		t.Errorf("the page is %s", h.root.page().name())
	}
}

func TestTheWizardShowsWhatItWillWrite(t *testing.T) {
	h, _ := newWizardHarness(t, 120, 40)
	h.shows("my-plugin/")
	h.typeText("demo-plugin")
	h.shows("demo-plugin/")
	h.shows(`"name": "demo-plugin"`)
	h.shows("001_initial_schema.sql")
	h.fits()
}

func TestTheWizardHasNoPreviewBelowAHundredColumns(t *testing.T) {
	h, _ := newWizardHarness(t, 99, 30)
	h.typeText("demo")
	if strings.Contains(h.screen(), "manifest.json") {
		t.Errorf("a preview at 99 columns:\n%s", h.screen())
	}
	h.root.resize(100, 30)
	h.shows("manifest.json")
}

func TestTheWizardSaysWhatIsWrongWhileOneTypesAndDoesNotGoOn(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.press("enter")
	h.shows("! the name is empty")
	for _, c := range []struct{ text, problem string }{
		{"Ab", "must start with a lowercase letter"},
		{"ab", "too short"},
		{"ab2c", "digit 2"},
		{"a_b", "lowercase letters"},
		{"core", "reserved"},
		{strings.Repeat("a", 51), "51 characters"},
	} {
		h.press("ctrl+u")
		h.typeText(c.text)
		h.shows(c.problem)
		h.press("enter")
		if got := h.root.wizard.step(); got != 0 {
			t.Fatalf("%q was accepted", c.text)
		}
	}
	h.press("ctrl+u")
	h.typeText("demo")
	h.press("tab")
	h.shows("Template")
}

func TestThePortIsANumberInRange(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.toLastQuestion()
	h.press("shift+tab")
	h.shows("8 of 9")
	for _, c := range []struct{ text, problem string }{{"80", "80 is out of range"}, {"http", "a number from 1024 to 65535"}, {"70000", "70000 is out of range"}} {
		h.press("ctrl+u")
		h.typeText(c.text)
		h.shows(c.problem)
	}
	h.press("ctrl+u")
	h.typeText("9090")
	h.press("enter")
	h.shows("Create the project?")
	if got := h.root.wizard.answers().Port; got != 9090 {
		t.Errorf("port %d", got)
	}
}

func TestTheDisplayNameFollowsTheNameUntilItIsWritten(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.typeText("demo")
	h.press("enter", "enter")
	h.shows("▸ Demo")
	h.press("shift+tab", "shift+tab")
	h.shows("Plugin name")
	h.typeText("-two")
	h.press("enter", "enter")
	h.shows("▸ Demo Two")
	h.typeText("!")
	h.press("shift+tab", "shift+tab")
	h.shows("Plugin name")
	h.typeText("x")
	h.press("enter", "enter")
	h.shows("▸ Demo Two!")
}

func TestOneMayGoBackFromAnAnswerThatDoesNotHold(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.typeText("demo")
	h.press("enter", "enter")
	h.shows("Display name")
	h.press("ctrl+u", "shift+tab", "shift+tab")
	h.shows("Plugin name")
	h.typeText("x")
	h.shows("▸ demox")
	h.press("enter", "enter")
	h.shows("▸ Demox") // an empty display name follows the name again
}

func TestLeavingAsksBeforeAnswersAreLost(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.typeText("demo")
	h.press("esc")
	if !strings.Contains(h.screen(), "Throw the answers away?") {
		t.Fatalf("no question:\n%s", h.screen())
	}
	h.press("n")
	if h.root.mode != modeWizard || h.root.wizard.a.Name != "demo" {
		t.Fatal("no did not go on with the answers")
	}
	h.press("esc", "y")
	if h.root.mode != modeWelcome {
		t.Error("yes did not leave")
	}
}

func TestLeavingAsksWhenOnlyTheTemplateWasChosen(t *testing.T) {
	for _, other := range scaffold.Templates()[1:] {
		h, _ := newWizardHarness(t, 80, 24)
		h.do(h.root.wizard.start(scaffold.Answers{Name: "demo", Author: "Ada", Template: "python", Database: true, Port: 8080}))
		h.press("enter")
		h.shows("▸ Python")
		for h.root.wizard.answers().Template != other.Name {
			h.press("down")
		}
		h.press("esc")
		if !strings.Contains(h.screen(), "Throw the answers away?") {
			t.Fatalf("no question:\n%s", h.screen())
		}
		h.press("n", "home", "esc")
		if h.root.mode != modeWelcome {
			t.Error("it asks, though the template is the given one again")
		}
	}
}

func TestLeavingWithoutAnswersDoesNotAsk(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.press("esc")
	if h.root.mode != modeWelcome {
		t.Error("esc did not leave")
	}
}

// TestAFolderThatAppearsMeanwhileIsSaidAndNoAnswerIsLost: it was not there yet
// when the name was asked for.
func TestAFolderThatAppearsMeanwhileIsSaidAndNoAnswerIsLost(t *testing.T) {
	h, out := newWizardHarness(t, 80, 24)
	target := filepath.Join(out, "demo-plugin")
	h.toLastQuestion()
	if err := os.MkdirAll(target, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(target, "precious"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := h.root.wizard.answers()
	h.press("enter")
	h.shows("already exists")
	h.shows("Create the project?")
	if got := h.root.wizard.answers(); !sameAnswers(got, before) {
		t.Errorf("answers %+v, want %+v", got, before)
	}
	h.press("esc")
	if !strings.Contains(h.screen(), "Throw the answers away?") {
		t.Errorf("esc throws the answers away:\n%s", h.screen())
	}
	h.press("n", "shift+tab")
	h.shows("Port")
	if entries, _ := os.ReadDir(target); len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestATakenFolderIsSaidAtTheName(t *testing.T) {
	h, out := newWizardHarness(t, 80, 24)
	if err := os.MkdirAll(filepath.Join(out, "demo-plugin", "precious"), 0o755); err != nil {
		t.Fatal(err)
	}
	h.typeText("demo-plugin")
	h.shows("choose another name or output directory")
	h.press("enter")
	if got := h.root.wizard.step(); got != 0 {
		t.Errorf("the name was accepted, step %d", got)
	}
	h.typeText("s")
	h.until("the complaint is gone", func() bool { return !strings.Contains(h.screen(), "already exists") })
	h.press("enter")
	h.shows("Template")
}

func TestEscAsksAfterAFailedCreationOfGivenAnswers(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.do(h.root.wizard.start(scaffold.Answers{
		Name: "demo", DisplayName: "Demo", Description: "x", Author: "Ada", Template: "python", Capabilities: []string{}, Port: 8080,
	}))
	h.root.wizard.create = func(scaffold.Answers) (string, error) { return "", errors.New("the disk is full") }
	for i := range wizardSteps {
		h.until("the question is asked", func() bool { return h.root.wizard.step() == i })
		h.press("enter")
	}
	h.shows("the disk is full")
	h.press("esc")
	if !strings.Contains(h.screen(), "Throw the answers away?") {
		t.Errorf("no question:\n%s", h.screen())
	}
}

// toCapabilities answers everything up to the list of capabilities.
func (h *harness) toCapabilities() {
	h.t.Helper()
	h.typeText("demo")
	for _, title := range []string{"Template", "Display name", "Description", "Author", "Capabilities"} {
		h.press("enter")
		h.shows(title)
		if title == "Description" {
			h.typeText("x")
		}
	}
}

func TestTheListOfCapabilitiesFollowsTheTerminal(t *testing.T) {
	for _, between := range [][2]int{{40, 12}, {80, 16}, {200, 60}} {
		h, _ := newWizardHarness(t, 120, 40)
		h.toCapabilities()
		h.press("down", "down", "down", " ", "down")
		want := h.screen()
		h.root.resize(between[0], between[1])
		h.fits()
		if hint := "index_knowledge"; !strings.Contains(h.screen(), "▸ [ ] "+hint) {
			t.Errorf("%dx%d: the cursor is out of sight:\n%s", between[0], between[1], h.screen())
		}
		h.root.resize(120, 40)
		if got := h.screen(); got != want {
			t.Errorf("after %dx%d the screen is\n%s\nwant\n%s", between[0], between[1], got, want)
		}
		h.press("shift+tab")
		h.shows("Author")
		h.press("enter")
		h.shows("trigger_agent")
	}
}

func TestDescriptionsOfCapabilitiesUseTheWidthThereIs(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.toCapabilities()
	h.root.resize(97, 24)
	if !strings.Contains(h.screen(), "chat completions through the LLM orchestrator") {
		t.Errorf("cut at the old width:\n%s", h.screen())
	}
}

func TestTheWizardAloneLooksLikeTheStudios(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	want := h.screen()
	alone := newRootHarness(t, h.root.opts, 80, 24)
	alone.root.resize(0, 0) // as before the terminal told its size
	alone.root.mode = modeWizard
	alone.do(alone.root.wizard.start(h.root.opts.Defaults))
	alone.root.resize(80, 24)
	if got := alone.screen(); got != want {
		t.Errorf("the screen is\n%s\nwant\n%s", got, want)
	}
}

func TestArrowsPointAtAnswersAndDoNotWrap(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.toLastQuestion()
	for _, c := range []struct {
		key  string
		want bool
	}{{"left", true}, {"right", false}, {"right", false}, {"left", true}, {"left", true}} {
		h.press(c.key)
		if h.root.wizard.yes != c.want {
			t.Errorf("after %s the answer is %t", c.key, h.root.wizard.yes)
		}
	}
}

func TestHelpIsThereWhereNoTextIsTyped(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.press("?")
	if len(h.root.dialogs) > 0 {
		t.Fatal("the help took a character of the name")
	}
	h.press("backspace")
	h.toCapabilities()
	h.press("?")
	for _, want := range []string{"Keys", "A new plugin", "choose", "Everywhere"} {
		if !strings.Contains(h.screen(), want) {
			t.Errorf("the help lacks %q:\n%s", want, h.screen())
		}
	}
}

func TestChangingAnswersGoesBackToTheFirstQuestion(t *testing.T) {
	h, out := newWizardHarness(t, 80, 24)
	h.toLastQuestion()
	h.press("right", "enter")
	h.shows("▸ demo-plugin")
	if entries, _ := os.ReadDir(out); len(entries) != 0 {
		t.Errorf("something was written: %v", entries)
	}
	if got := h.root.wizard.answers().Capabilities; !slices.Equal(got, []string{"read_devices", "invoke_llm"}) {
		t.Errorf("capabilities are now %v", got)
	}
}

func TestCtrlCLeavesTheWizardAndTheProgram(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.typeText("demo")
	h.press("ctrl+c")
	h.until("the program quits", func() bool { return h.quit })
}

func TestTheWizardAloneReturnsConfirmedAnswers(t *testing.T) {
	h, out := newWizardHarness(t, 80, 24)
	h.root.wizardOnly = true
	refuse := errors.New("the disk is full")
	h.root.wizard.create = func(scaffold.Answers) (string, error) { return "", refuse }
	h.toLastQuestion()
	h.press("enter")
	h.shows("the disk is full")
	refuse = nil
	h.press("enter")
	h.until("the program quits", func() bool { return h.quit })
	if !h.root.wizard.confirmed {
		t.Error("not confirmed")
	}
	if entries, _ := os.ReadDir(out); len(entries) != 0 {
		t.Errorf("something was written: %v", entries)
	}
}

func TestTheWizardTellsRisksOfCapabilities(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.toCapabilities()
	h.shows("read_devices: list and read the device inventory (GET /internal/v1/devices).")
	h.press("down")
	h.shows("! read_credentials: ")
	screen := h.screen()
	order := []string{"read_devices", "read_credentials", "invoke_llm", "search_knowledge", "index_knowledge", "create_knowledge_document"}
	at := -1
	for _, name := range order {
		i := strings.Index(screen, "] "+name)
		if i <= at {
			t.Errorf("%s is out of order:\n%s", name, screen)
		}
		at = i
	}
}
