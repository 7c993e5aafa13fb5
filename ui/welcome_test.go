package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/scaffold"
)

// missingFolders opens nothing: what lies in here exists and holds no project.
func missingFolders(here string) func(context.Context, string) (Project, error) {
	return func(_ context.Context, dir string) (Project, error) {
		if dir == here {
			return nil, ErrNoProject
		}
		return nil, fmt.Errorf("opening %s: %w", dir, ErrNoFolder)
	}
}

func TestThePathFieldIsEmptyAndHintsAtTheFolder(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"/srv/x", "/srv/x"}, {"sub/y", "/home/ada/plugins/sub/y"}, {"../z/", "/home/ada/z"}, {"", "/home/ada/plugins"},
	} {
		asked := make(chan string, 2)
		h := newRootHarness(t, Options{Open: func(_ context.Context, dir string) (Project, error) {
			asked <- dir
			return nil, ErrNoProject
		}}, 100, 30)
		h.do(h.root.open("/home/ada/plugins"))
		h.shows("No plugin here yet")
		h.press("o")
		h.shows("Open folder /home/ada/plugins")
		h.typeText(c.typed)
		h.press("enter")
		h.until("it was opened", func() bool { return len(asked) == 2 })
		<-asked
		if got := <-asked; got != c.want {
			t.Errorf("%q opens %s, want %s", c.typed, got, c.want)
		}
	}
}

func TestAFolderThatDoesNotExistIsSaidAndMadeByTheWizard(t *testing.T) {
	here := t.TempDir()
	there := filepath.Join(here, "new")
	h := newRootHarness(t, Options{Open: missingFolders(here), Dir: here, OutputDir: here, Defaults: scaffold.Answers{Author: "Ada"}}, 120, 30)
	h.do(h.root.open(here))
	h.shows("holds no manifest.json.")
	h.press("o")
	h.typeText("new")
	h.press("enter")
	h.shows("There is no such folder")
	if screen := h.screen(); !strings.Contains(screen, "does not exist.") || strings.Contains(screen, "holds no manifest.json.") {
		t.Errorf("the screen is\n%s", screen)
	}
	h.press("n")
	h.shows("Plugin name")
	h.toLastQuestion()
	h.press("enter")
	h.until("the project was written", func() bool { return h.root.mode == modeWelcome })
	if _, err := os.Stat(filepath.Join(there, "demo-plugin", "manifest.json")); err != nil {
		t.Error(err)
	}
}

func TestTheWizardWritesWhereItWasToldForTheFirstFolder(t *testing.T) {
	here, out := t.TempDir(), t.TempDir()
	h := newRootHarness(t, Options{Open: missingFolders(here), Dir: here, OutputDir: out}, 100, 30)
	h.do(h.root.open(here))
	h.shows("No plugin here yet")
	h.press("n")
	if got := h.root.wizard.outputDir; got != out {
		t.Errorf("the wizard writes into %s, want %s", got, out)
	}
}

func TestLookingAgainSaysThatItLooked(t *testing.T) {
	h := newRootHarness(t, Options{Open: noProject}, 100, 30)
	h.do(h.root.open("/home/ada/plugins"))
	h.shows("No plugin here yet")
	if strings.Contains(h.screen(), "Looked again") {
		t.Error("said before anybody asked")
	}
	h.press("enter")
	h.shows("Looked again at 10:42:07: nothing to open yet.")
}

func TestTheStartPageHasHelp(t *testing.T) {
	h := newRootHarness(t, Options{Open: noProject}, 80, 24)
	h.do(h.root.open("/home/ada/plugins"))
	h.shows("No plugin here yet")
	h.press("?")
	for _, want := range []string{"Keys", "Start", "open another folder", "Everywhere", "ctrl+c"} {
		if !strings.Contains(h.screen(), want) {
			t.Errorf("the help lacks %q:\n%s", want, h.screen())
		}
	}
	h.press("esc", "o", "?")
	if len(h.root.dialogs) > 0 || h.root.welcome.input.Value() != "?" {
		t.Error("the help took a character of the path")
	}
}

func TestNothingOnTheStartPageIsCutWithoutAMark(t *testing.T) {
	for _, width := range []int{78, 80, 90, 120} {
		h := newRootHarness(t, Options{Open: noProject}, width, 24)
		h.do(h.root.open("/home/ada/plugins"))
		h.shows("No plugin here yet")
		for _, line := range strings.Split(h.screen(), "\n") {
			if words := strings.Fields(line); slices.Contains(words, "few") && !strings.HasSuffix(strings.TrimSpace(line), "runs") && !strings.Contains(line, "…") {
				t.Errorf("%d columns: %q", width, line)
			}
		}
	}
}
