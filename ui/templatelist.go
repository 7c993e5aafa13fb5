package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// templateList is the wizard's list of templates. The one under the cursor is
// the chosen one, so that the preview shows what it would write.
type templateList struct {
	choiceList
	value *string // the chosen one's name
	all   []scaffold.Template
}

var _ huh.Field = (*templateList)(nil)

func newTemplateList(st *state, value *string) *templateList {
	all := scaffold.Templates()
	l := &templateList{value: value, all: all}
	l.choiceList = choiceList{field: l, key: "template", st: st, count: len(all)}
	if chosen, ok := scaffold.TemplateByName(*value); ok {
		l.cursor = slices.IndexFunc(all, func(t scaffold.Template) bool { return t.Name == chosen.Name })
	}
	return l
}

// Update handles a key.
func (l *templateList) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return l, nil
	}
	before := l.cursor
	cmd := l.move(k)
	if l.cursor != before {
		*l.value = l.all[l.cursor].Name
	}
	return l, cmd
}

// View draws the question and the templates.
func (l *templateList) View() string {
	th := l.st.th
	lines := []string{th.Strong.Paint("Template"), th.Dim.Paint(cell.Cut("The language that the service is written in.", l.width))}
	return strings.Join(l.draw(lines, func(i int) string {
		t := l.all[i]
		title, summary := cell.Pad(t.Title, 13), cell.Cut(t.Summary, max(l.width-2-13, 0))
		if i == l.cursor {
			return th.Strong.Paint(title) + th.Text.Paint(summary)
		}
		return th.Text.Paint(title) + th.Dim.Paint(summary)
	}), "\n")
}

// GetValue returns the chosen template's name.
func (l *templateList) GetValue() any { return *l.value }
