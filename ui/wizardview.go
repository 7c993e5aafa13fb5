package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// preview is what the answers would write.
type preview struct {
	dir      string   // the folder's name
	name     string   // the answer it was made of
	taken    string   // why no project of that name can be written; empty when one can
	tree     []string // the files as a tree
	manifest []string // the lines of manifest.json
}

// previewMadeMsg is a preview of the answers of generation gen.
type previewMadeMsg struct {
	gen     int
	preview preview
}

// The widths of the wizard's halves.
const (
	wizardFormMin    = 60 // of the form, beside a preview
	wizardFormMax    = 74
	wizardPreviewMin = 34
)

// halves returns the widths of form and preview; 0 without a preview.
func (w *wizard) halves() (form, preview int) {
	if w.width < 98 { // a terminal of 100 columns
		return w.width, 0
	}
	form = min(max(w.width*11/20, wizardFormMin), wizardFormMax)
	return split(w.width, form, wizardPreviewMin)
}

func (w *wizard) formWidth() int {
	form, _ := w.halves()
	return max(form-2, 10)
}

// The lines around the form: a heading with its blank line above, the hint
// with its blank line below.
func (w *wizard) formHeight() int {
	above, below := 3, 3
	if w.height < 14 {
		above, below = 1, 1
	}
	return max(w.height-above-below, 3)
}

// fit gives the form its size; huh keeps the one it was given, whatever the terminal does.
func (w *wizard) fit() {
	if w.width == 0 || w.height == 0 {
		return
	}
	for _, input := range w.fields.inputs {
		input.Description(w.spaced(input.description))
	}
	w.form.WithWidth(w.formWidth()).WithHeight(w.formHeight())
	for _, list := range []*choiceList{&w.fields.template.choiceList, &w.fields.capabilities.choiceList} {
		list.fit(w.formWidth(), w.formHeight(), w.height >= 14)
	}
}

// askPreview plans the project for the answers as they stand; what is missing
// or wrong is stood in for, so that there is always something to see.
func (w *wizard) askPreview() tea.Cmd {
	w.gen++
	gen, a, out := w.gen, w.answers(), w.outputDir
	return func() tea.Msg {
		return previewMadeMsg{gen: gen, preview: makePreview(a, out)}
	}
}

func makePreview(a scaffold.Answers, outputDir string) preview {
	p := preview{name: a.Name}
	if validateAnswer("name", a.Name) == nil {
		if err := placeTaken(outputDir, a.Name); err != nil {
			p.taken = err.Error()
		}
	}
	for _, stand := range []struct {
		key     string
		value   *string
		instead string
	}{
		{"name", &a.Name, "my-plugin"},
		{"display_name", &a.DisplayName, "My Plugin"},
		{"description", &a.Description, "…"},
		{"author", &a.Author, "…"},
	} {
		if validateAnswer(stand.key, *stand.value) != nil {
			*stand.value = stand.instead
		}
	}
	if a.Port < scaffold.MinPort || a.Port > scaffold.MaxPort {
		a.Port = scaffold.DefaultPort
	}
	p.dir = a.Name
	plan, err := scaffold.NewPlan(a, outputDir)
	if err != nil {
		return p
	}
	p.tree = strings.Split(strings.TrimSuffix(plan.String(), "\n"), "\n")[1:] // without the folder itself
	if content, ok := plan.Content(manifest.FileName); ok {
		p.manifest = strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	}
	return p
}

func (w *wizard) draw() []string {
	formWidth, previewWidth := w.halves()
	left := w.drawForm(formWidth)
	if previewWidth == 0 {
		return left
	}
	right := w.drawPreview(previewWidth)
	lines := make([]string, w.height)
	for i := range lines {
		text := ""
		if i < len(left) {
			text = left[i]
		}
		lines[i] = cell.Fit(text, formWidth) + w.st.th.Rule.Paint(" │ ")
		if i < len(right) {
			lines[i] += right[i]
		}
	}
	return lines
}

func (w *wizard) drawForm(width int) []string {
	th := w.st.th
	head := th.Strong.Paint("New plugin")
	if w.step() > 0 && w.a.Name != "" {
		head += " " + th.Accent.Paint(cell.CutMiddle(cell.Clean(w.a.Name), width/2))
	}
	heading := cell.Ends(head, th.Dim.Paint(fmt.Sprintf("%d of %d", w.step()+1, len(wizardSteps))+" "), width)
	var lines []string
	if w.height >= 14 {
		lines = append(lines, "", heading, "")
	} else {
		lines = append(lines, heading)
	}
	if w.writing {
		return append(lines, th.Accent.Paint(theme.Spinner(w.st.frame))+" Writing the project…")
	}
	// The field itself: the form keeps what it drew last until the next key.
	form := strings.Split(strings.TrimRight(w.form.GetFocusedField().View(), "\n "), "\n")
	form = form[:min(len(form), w.formHeight())]
	lines = append(lines, form...)
	if w.height >= 14 {
		lines = append(lines, "")
	}
	return append(lines, w.hint(width, max(w.height-len(lines), 1))...)
}

// hint says below the field what is wrong with the answer, or what it means.
func (w *wizard) hint(width, height int) []string {
	th := w.st.th
	text, ink := "", th.Dim
	switch key := wizardSteps[w.step()]; {
	case w.problem != "":
		text, ink = theme.Failed+" "+cell.Clean(w.problem), th.Broken
	case w.answerProblem() != "" && !w.empty():
		text, ink = theme.Warn+" "+w.answerProblem(), th.Attention
	case key == "capabilities":
		var risky bool
		if text, risky = capabilityHint(w.fields.capabilities.hovered()); risky {
			text, ink = theme.Warn+" "+text, th.Attention
		}
	case key == "create":
		text = "The folder " + cell.Clean(w.preview.dir) + "/ is made in " + cell.Clean(w.outputDir) + "."
	}
	if text == "" {
		return nil
	}
	lines := cell.Wrap(text, max(width-2, 10))
	if len(lines) > height {
		lines = lines[:height]
		lines[height-1] = cell.Cut(lines[height-1], width-4) + " " + cell.Ellipsis
	}
	for i := range lines {
		lines[i] = ink.Paint(lines[i])
	}
	return lines
}

// shownKey is the manifest's key that a question is about.
var shownKey = map[string]string{
	"name": "name", "template": "health_check", "display_name": "display_name", "description": "description", "author": "author",
	"capabilities": "capabilities_required", "database": "migrations_dir", "port": "port", "create": "name",
}

// drawPreview shows the tree, and below it the part of the manifest that the
// current question is about.
func (w *wizard) drawPreview(width int) []string {
	th := w.st.th
	lines := []string{"", th.Strong.Paint(cell.CutMiddle(cell.Clean(w.preview.dir), width-1) + "/")}
	if w.height < 14 {
		lines = lines[1:]
	}
	treeRoom := max((w.height-len(lines))*3/5, 3)
	for i, line := range w.preview.tree {
		if i == treeRoom-1 && len(w.preview.tree) > treeRoom {
			lines = append(lines, th.Dim.Paint(fmt.Sprintf("… and %d more", len(w.preview.tree)-i)))
			break
		}
		lines = append(lines, th.Dim.Paint(cell.Cut(line, width)))
	}
	room := w.height - len(lines) - 2
	if room < 3 || len(w.preview.manifest) == 0 {
		return lines
	}
	lines = append(lines, "", th.Strong.Paint(manifest.FileName))
	from, to := keyLines(w.preview.manifest, shownKey[wizardSteps[w.step()]])
	first := window(max(from-2, 0), min(to, from+room-1), len(w.preview.manifest), room)
	for i := first; i < len(w.preview.manifest) && room > 0; i++ {
		text := cell.Clean(w.preview.manifest[i])
		if i < from || i > to {
			lines = append(lines, th.Dim.Paint(cell.Cut(text, width)))
			room--
			continue
		}
		for _, part := range cell.Wrap(text, width) { // what the question is about is shown in full
			lines = append(lines, th.Accent.Paint(part))
			room--
		}
	}
	return lines
}

// keyLines returns the first and last line of a top-level key of an indented
// JSON object; -1, -1 when it is not there.
func keyLines(lines []string, key string) (from, to int) {
	from = slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, `  "`+key+`":`) })
	if from < 0 {
		return -1, -1
	}
	to = from
	start := strings.TrimRight(lines[from], " ")
	for end, ok := map[byte]string{'[': "  ]", '{': "  }"}[start[len(start)-1]]; ok && to+1 < len(lines) && !strings.HasPrefix(lines[to], end); {
		to++
	}
	return from, to
}
