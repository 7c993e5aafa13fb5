package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/scaffold"
)

// toTemplates answers the name.
func (h *harness) toTemplates() {
	h.t.Helper()
	h.typeText("demo-plugin")
	h.press("enter")
	h.shows("2 of 9")
}

func TestTheWizardOffersEveryTemplateWithWhatItIsMadeOf(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
		h, _ := newWizardHarness(t, size[0], size[1])
		h.toTemplates()
		for _, template := range scaffold.Templates() {
			h.shows("▸ " + template.Title)
			h.shows(template.Summary)
			h.press("down")
		}
		if strings.Contains(h.screen(), "! ") {
			t.Errorf("something is wrong with a choice:\n%s", h.screen())
		}
		h.fits()
	}
}

func TestThePreviewFollowsTheTemplate(t *testing.T) {
	h, _ := newWizardHarness(t, 120, 40)
	h.toTemplates()
	for _, template := range scaffold.Templates() {
		a := scaffold.Defaults("demo-plugin")
		a.Template, a.Description, a.Author = template.Name, "x", "x"
		plan, err := scaffold.NewPlan(a, "")
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimSpace(plan.String()), "\n")[1:]
		h.until("the tree is that of "+template.Name, func() bool { return strings.Join(h.root.wizard.preview.tree, "\n") == strings.Join(want, "\n") })
		h.shows(`"health_check": {`)
		h.press("down")
	}
}

func TestTheChosenTemplateIsWritten(t *testing.T) {
	templates := scaffold.Templates()
	last := templates[len(templates)-1]
	h, out := newWizardHarness(t, 80, 24)
	h.toTemplates()
	h.press("end", "down")
	h.shows("▸ " + last.Title)
	h.press("shift+tab")
	h.shows("Plugin name")
	h.press("enter")
	h.shows("▸ " + last.Title) // the choice is kept
	h.press("enter")
	h.shows("Display name")
	h.press("enter")
	h.shows("Description")
	h.typeText("x")
	for _, title := range []string{"Author", "Capabilities", "Database", "Port", "Create the project?"} {
		h.press("enter")
		h.shows(title)
	}
	h.press("enter")
	h.until("the project is open", func() bool { return h.root.mode == modeProject })
	a := scaffold.Defaults("demo-plugin")
	a.Template, a.Description, a.Author = last.Name, "x", "Ada"
	plan, err := scaffold.NewPlan(a, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range plan.Files {
		if _, err := os.Stat(filepath.Join(plan.Dir, f.Path)); err != nil {
			t.Error(err)
		}
	}
}

// A template may be named by an alias on the command line.
func TestAnAliasPointsAtItsTemplate(t *testing.T) {
	for i, template := range scaffold.Templates() {
		for _, alias := range template.Aliases {
			list := newTemplateList(nil, &alias)
			if list.cursor != i {
				t.Errorf("%s points at %s", alias, list.all[list.cursor].Name)
			}
		}
	}
}

func TestKeysOfTheTemplateAreShown(t *testing.T) {
	h, _ := newWizardHarness(t, 80, 24)
	h.toTemplates()
	for _, want := range []string{"enter next", "↑/↓ choose", "shift+tab back", "esc leave"} {
		h.shows(want)
	}
	h.press("?")
	for _, want := range []string{"Keys", "A new plugin", "↑/k", "↓/j", "home", "end"} {
		h.shows(want)
	}
	if strings.Contains(h.screen(), "the left answer") {
		t.Errorf("the help tells of keys that are of no use here:\n%s", h.screen())
	}
}
