package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// explanation is the page of a finding's rule, to be scrolled.
type explanation struct {
	st           *state
	title, page  string
	width        int // that lines were wrapped to
	lines        []string
	first, shown int
}

// pageWidth is as wide as text is read with ease.
const pageWidth = 84

func newExplanation(st *state, f manifest.Finding) *explanation {
	d := &explanation{st: st, title: cell.Clean(f.Rule)}
	if rule, ok := manifest.RuleByID(f.Rule); ok {
		d.title += "  " + rule.Title
	}
	page, ok := manifest.RulePage(f.Rule)
	if !ok {
		page = "# \n\n" + withStop(f.Message) + "\n\nThere is no page about this; the message says all there is to know.\n"
		if text := found(f); text != "" {
			page += "\n## Here\n\n" + withStop(text) + "\n"
		}
	}
	d.page = page
	return d
}

func (d *explanation) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := d.st.keys.dialog
	if to, ok := scrolled(d.st, msg, d.first, d.shown, len(d.lines)); ok {
		d.first = to
		return nil, false
	}
	return nil, key.Matches(msg, keys.Close, keys.Confirm, d.st.keys.manifest.Explain)
}

func (d *explanation) draw(width, height int) []string {
	width = min(width, pageWidth)
	if d.width != width {
		d.width, d.lines = width, drawPage(d.st.th, d.page, width-4)
	}
	d.shown = min(len(d.lines), max(height-5, 1))
	d.first = max(min(d.first, len(d.lines)-d.shown), 0)
	lines := append([]string{""}, d.lines[d.first:d.first+d.shown]...)
	foot := d.st.th.Dim.Paint("esc close")
	if d.shown < len(d.lines) {
		foot = d.st.th.Dim.Paint("↑↓ move, esc close")
		if d.first+d.shown < len(d.lines) {
			foot = cell.Ends(foot, d.st.th.Dim.Paint("more below"), width-4)
		}
	}
	return box(d.st.th, d.title, append(lines, "", foot), width, height)
}

// drawPage draws the Markdown of a rule's page: headings, paragraphs, lists and
// code. The title is left out; the dialog's edge has it.
func drawPage(th theme.Theme, page string, width int) []string {
	var out, paragraph []string
	blank := func() {
		if len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, "")
		}
	}
	flush := func() {
		if len(paragraph) == 0 {
			return
		}
		text, indent := strings.Join(paragraph, " "), ""
		if strings.HasPrefix(text, "- ") {
			indent = "  "
		}
		for i, line := range wrapCode(th, cell.Clean(text), max(width-len(indent), 1)) {
			if i > 0 {
				line = indent + line
			}
			out = append(out, line)
		}
		paragraph = nil
	}
	code := false
	for line := range strings.SplitSeq(strings.TrimSpace(page), "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			if code = !code; code {
				blank()
			}
		case code:
			out = append(out, th.Dim.Paint("│ ")+cell.Cut(cell.Clean(line), width-2))
		case strings.HasPrefix(line, "# "):
		case strings.HasPrefix(line, "#"):
			flush()
			blank()
			out = append(out, th.Strong.Paint(cell.Cut(strings.ReplaceAll(cell.Clean(strings.TrimLeft(line, "# ")), "`", ""), width)))
		case strings.TrimSpace(line) == "":
			flush()
			blank()
		case strings.HasPrefix(line, "- "):
			flush()
			paragraph = append(paragraph, line)
		default:
			paragraph = append(paragraph, strings.TrimSpace(line))
		}
	}
	flush()
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// wrapCode wraps a paragraph of Markdown to width; code between backticks stands
// out by its colour alone, as it is. A backtick without a second one is text.
func wrapCode(th theme.Theme, text string, width int) []string {
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 {
		return cell.Wrap(text, width)
	}
	plain := strings.Join(parts, "")
	lines, from := cell.Wrap(plain, width), 0
	for i, line := range lines {
		for from < len(plain) && plain[from] == ' ' && !strings.HasPrefix(plain[from:], line) {
			from++ // blanks at which lines are broken are in none
		}
		if !strings.HasPrefix(plain[from:], line) {
			return lines
		}
		var b strings.Builder
		at := 0
		for n, part := range parts {
			first, end := max(at, from), min(at+len(part), from+len(line))
			piece := plain[first:max(first, end)]
			if n%2 == 1 && piece != "" {
				piece = th.Accent.Paint(piece)
			}
			b.WriteString(piece)
			at += len(part)
		}
		lines[i] = b.String()
		from += len(line)
	}
	return lines
}

// withStop is a finding's words with a full stop; their first word may be a name
// of the manifest, so its case stays.
func withStop(text string) string {
	text = strings.TrimSpace(cell.Clean(text))
	if text != "" && !strings.ContainsAny(text[len(text)-1:], ".!?:") {
		text += "."
	}
	return text
}

// scrolled returns the first of the lines that a key moves a dialog to, which
// shows so many of all lines; false when the key moves nothing.
func scrolled(st *state, msg tea.KeyMsg, first, shown, all int) (int, bool) {
	keys := st.keys.dialog
	switch {
	case key.Matches(msg, keys.Up):
		first--
	case key.Matches(msg, keys.Down):
		first++
	case key.Matches(msg, keys.PageUp):
		first -= shown
	case key.Matches(msg, keys.PageDown):
		first += shown
	case key.Matches(msg, keys.First):
		first = 0
	case key.Matches(msg, keys.Last):
		first = all
	default:
		return 0, false
	}
	return max(min(first, all-shown), 0), true
}
