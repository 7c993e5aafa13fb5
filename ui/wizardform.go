package ui

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// newWizardForm builds the form: one question per group, so that each has the
// screen for itself and Enter always means the next one.
func newWizardForm(w *wizard) (*huh.Form, wizardFields) {
	fields := wizardFields{template: newTemplateList(w.st, &w.a.Template), capabilities: newCapabilityList(w.st, &w.a.Capabilities)}
	input := func(key, title, description string, value *string) *huh.Input {
		field := w.input(key, title, value)
		fields.inputs = append(fields.inputs, describedInput{field, description})
		return field
	}
	fields.display = input("display_name", "Display name", "What people read in the Terminal and the Admin UI.", &w.a.DisplayName)
	questions := []huh.Field{
		input("name", "Plugin name", "Lowercase letters and hyphens, 3 to 50 characters.", &w.a.Name),
		fields.template,
		fields.display,
		input("description", "Description", "One sentence for the Admin UI.", &w.a.Description),
		input("author", "Author", "You or your team.", &w.a.Author),
		fields.capabilities,
		huh.NewConfirm().Key("database").Title("Database").Description("A PostgreSQL schema of its own, with a first migration.").
			Affirmative("Yes").Negative("No").WithButtonAlignment(lipgloss.Left).Value(&w.a.Database),
		input("port", "Port", "Where the service listens inside its container.", &w.port),
		huh.NewConfirm().Key("create").Title("Create the project?").Description("This is the moment files are written.").
			Affirmative("Create").Negative("Change answers").WithButtonAlignment(lipgloss.Left).Value(&w.yes),
	}
	groups := make([]*huh.Group, len(questions))
	for i, q := range questions {
		groups[i] = huh.NewGroup(q)
	}
	form := huh.NewForm(groups...).WithShowHelp(false).WithShowErrors(false).WithTheme(formTheme(w.st.th))
	return form, fields
}

// spaced puts a blank line below a description, where there is room for it.
func (w *wizard) spaced(description string) string {
	if w.height < 14 {
		return description
	}
	return description + "\n"
}

func (w *wizard) input(key, title string, value *string) *huh.Input {
	return huh.NewInput().Key(key).Title(title).Prompt(theme.Focus + " ").Value(value).
		Validate(func(text string) error {
			if w.lenient {
				return nil // one may always go back
			}
			if err := validateAnswer(key, text); err != nil || key != "name" {
				return err
			}
			return placeTaken(w.outputDir, text)
		})
}

// placeTaken returns an error when there is something where the project of
// the given name would be written.
func placeTaken(outputDir, name string) error {
	err := scaffold.CheckTarget(filepath.Join(outputDir, strings.TrimSpace(name)))
	var taken *scaffold.ExistsError
	if errors.As(err, &taken) {
		return taken
	}
	return nil // what else is wrong there is told by writing
}

// validateAnswer returns why text is no answer to the question of the given key.
func validateAnswer(key, text string) error {
	text = strings.TrimSpace(text)
	field, a := key, scaffold.Answers{}
	switch key {
	case "name":
		a.Name, field = text, scaffold.FieldName
	case "display_name":
		a.DisplayName, field = text, scaffold.FieldDisplayName
	case "description":
		a.Description, field = text, scaffold.FieldDescription
	case "author":
		a.Author, field = text, scaffold.FieldAuthor
	case "port":
		port, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("the port is a number from %d to %d", scaffold.MinPort, scaffold.MaxPort)
		}
		a.Port, field = port, scaffold.FieldPort
	default:
		return nil // every choice is an answer
	}
	for _, p := range a.Problems() {
		if p.Field == field {
			return errors.New(p.Message)
		}
	}
	return nil
}

// answerProblem is what is wrong with the current answer as it stands.
func (w *wizard) answerProblem() string {
	key := wizardSteps[w.step()]
	text := map[string]string{
		"name": w.a.Name, "display_name": w.a.DisplayName, "description": w.a.Description, "author": w.a.Author, "port": w.port,
	}[key]
	if err := validateAnswer(key, text); err != nil {
		return err.Error()
	}
	if key == "name" && w.preview.name == strings.TrimSpace(text) {
		return w.preview.taken
	}
	return ""
}

// empty tells whether nothing is typed yet, so that a problem is a hint rather than a fault.
func (w *wizard) empty() bool {
	value, ok := w.form.GetFocusedField().GetValue().(string)
	return ok && value == "" && w.form.GetFocusedField().Error() == nil
}

// capabilityHint says in full what the capability under the cursor means.
func capabilityHint(name string) (text string, risky bool) {
	c, ok := manifest.CapabilityByName(name)
	if !ok {
		return "", false
	}
	text = c.Name + ": " + c.Unlocks
	if c.Endpoint != "" {
		text += " (" + c.Endpoint + ")"
	}
	if c.Risk != "" {
		text += "; " + c.Risk
	}
	if c.Deprecated && c.Instead != "" {
		text += "; choose " + c.Instead + " instead"
	}
	return text + ".", c.HighTrust
}

// formTheme dresses huh in the Studio's inks: no borders, no colours of its own.
func formTheme(th theme.Theme) *huh.Theme {
	t := huh.ThemeBase()
	plain := th.Style(th.Tokens.Text)
	dim := th.Style(th.Tokens.Dim)
	accent := th.Style(th.Tokens.Accent)
	f := &t.Focused
	f.Base = lipgloss.NewStyle()
	f.Card = f.Base
	f.Title = plain.Bold(true)
	f.Description = dim
	f.ErrorIndicator = lipgloss.NewStyle()
	f.TextInput.Cursor = accent
	f.TextInput.Prompt = accent
	f.TextInput.Text = plain
	f.TextInput.Placeholder = dim
	f.FocusedButton = th.SelectionStyle().Bold(true).Padding(0, 2).MarginRight(1)
	f.BlurredButton = dim.Padding(0, 2).MarginRight(1)
	t.Blurred = t.Focused
	t.FieldSeparator = lipgloss.NewStyle().SetString("\n")
	return t
}
