package ui

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// manifestPage shows the checked files with their findings beside the lines,
// and the focused finding in full with its fix. The list of findings and the
// source follow one cursor.
type manifestPage struct {
	st            *state
	width, height int

	seen  stamp // the check that what follows was made of
	items []manifest.Finding
	focus int        // of the items
	key   findingKey // of the focused item, to find it again after the next check
	fix   int        // of the focused item's fixes
	lost  bool       // the manifest is missing or cut off: its last whole state is shown
	asIs  bool       // the manifest is shown as it is all the same
	pane  sourcePane

	former  []manifest.Finding // the items of the check before
	undoing bool               // the next check is that of a fix taken back
	made    []findingKey       // what fixes were made for, the last one last
	back    *standpoint        // where the cursor goes once all is well again

	preview fixPreview // of the focused item's fix
	cut     bool       // the preview was not shown whole
	short   bool       // the list of findings is a few lines above the source
}

func newManifestPage(st *state) *manifestPage { return &manifestPage{st: st} }

func (p *manifestPage) name() string             { return "Manifest" }
func (p *manifestPage) captures() bool           { return false }
func (p *manifestPage) resize(width, height int) { p.width, p.height = width, height }

func (p *manifestPage) mark() (string, theme.Ink) {
	r := p.st.snap.Manifest.Report
	failures, warnings := countFindings(r)
	switch {
	case failures > 0:
		return fmt.Sprint(failures) + theme.Failed, p.st.th.Broken
	case !r.OK:
		return theme.Failed, p.st.th.Broken
	case warnings > 0:
		return fmt.Sprint(warnings) + theme.Warn, p.st.th.Attention
	}
	return theme.Done, p.st.th.Good
}

func (p *manifestPage) bindings() []key.Binding { return p.st.keys.manifest.all() }

// hints are always in the same order, and what a fix may want next comes first.
func (p *manifestPage) hints() []key.Binding {
	k := p.st.keys.manifest
	var hints []key.Binding
	if len(p.fixes()) > 0 {
		hints = append(hints, bind("f", "apply", "f"))
	}
	if p.st.snap.Manifest.Undo != "" {
		hints = append(hints, bind("u", "undo", "u"))
	}
	if len(p.fixes()) > 1 {
		hints = append(hints, bind("F", "next fix", "F"))
	}
	if p.safeFixes() > 0 {
		hints = append(hints, bind("A", "all safe", "A"))
	}
	if !p.st.snap.Gone {
		hints = append(hints, bind("e", "edit", "e"))
	}
	if len(p.items) > 0 {
		hints = append(hints, bind("x", "explain", "x"))
	}
	if len(p.items) > 1 {
		hints = append(hints, bind("↑↓", "findings", "up"))
	}
	if p.lost && !p.st.snap.Gone {
		does := "as it is"
		if p.asIs {
			does = "as it was"
		}
		hints = append(hints, bind("v", does, k.AsIs.Keys()...))
	}
	return hints
}

func (p *manifestPage) update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	p.sync()
	keys, n := p.st.keys.manifest, len(p.items)
	switch {
	case key.Matches(k, keys.Fix, keys.Next, keys.FixAll, keys.Undo):
		return p.repair(k)
	case key.Matches(k, keys.Edit):
		return p.edit()
	case key.Matches(k, keys.Explain):
		return p.explain()
	case key.Matches(k, keys.AsIs):
		p.asIs = p.lost && !p.st.snap.Gone && !p.asIs
		p.show()
	case key.Matches(k, keys.Up) && n > 0:
		p.focusOn(p.focus - 1)
	case key.Matches(k, keys.Down) && n > 0:
		p.focusOn(p.focus + 1)
	case key.Matches(k, keys.Up, keys.LineUp):
		p.moveLine(-1)
	case key.Matches(k, keys.Down, keys.LineDown):
		p.moveLine(1)
	case key.Matches(k, keys.PageUp):
		p.moveLine(-p.pane.shown)
	case key.Matches(k, keys.PageDown):
		p.moveLine(p.pane.shown)
	case key.Matches(k, keys.First):
		p.moveLine(-p.lines())
	case key.Matches(k, keys.Last):
		p.moveLine(p.lines())
	}
	return nil
}

// repair handles the keys that change files.
func (p *manifestPage) repair(k tea.KeyMsg) tea.Cmd {
	keys, fixes := p.st.keys.manifest, p.fixes()
	var msg tea.Msg
	switch {
	case key.Matches(k, keys.Undo) && p.st.snap.Manifest.Undo == "":
		msg = notedMsg{text: nothingToUndo}
	case key.Matches(k, keys.Undo):
		p.undoing = true
		msg = undoRequestedMsg{}
	case key.Matches(k, keys.FixAll) && p.safeFixes() == 0:
		msg = notedMsg{text: "There is no safe fix to apply."}
	case key.Matches(k, keys.FixAll):
		msg = fixAllRequestedMsg{}
	case len(fixes) == 0:
		msg = notedMsg{text: "There is no fix to apply here: e edits, x explains."}
	case key.Matches(k, keys.Next):
		p.fix = (p.fix + 1) % len(fixes)
		return nil
	default:
		p.made = append(p.made[max(len(p.made)-maxMade+1, 0):], p.key)
		msg = p.fixRequest(p.items[p.focus], fixes[p.fix])
	}
	return func() tea.Msg { return msg }
}

// fixRequest asks for a fix; for a risky one whose preview is not in sight as a
// whole it is to be shown first.
func (p *manifestPage) fixRequest(f manifest.Finding, fix manifest.Fix) fixRequestedMsg {
	request := fixRequestedMsg{finding: f, fix: fix}
	p.draw() // keys may come faster than frames: this one tells whether it is cut
	if p.cut && !fix.Safe {
		request.show = p.diff()
	}
	return request
}

// edit opens the editor at the cursor, which is where the focused finding is
// unless the cursor was moved on.
func (p *manifestPage) edit() tea.Cmd {
	p.sync()
	if p.st.snap.Gone {
		return func() tea.Msg { return notedMsg{text: "There is nothing to edit: the project's folder is gone."} }
	}
	file, line, column := p.pane.file, max(p.pane.line, 1), 1
	if len(p.items) > 0 {
		f := p.items[p.focus]
		switch {
		case p.lost && !p.asIs, f.Line == 0 && f.File != "" && !p.pane.moved: // the lines shown are not those of the file
			file, line, column = f.File, max(f.Line, 1), max(f.Column, 1)
		case f.File == file && f.Line == line:
			column = max(f.Column, 1)
		}
	}
	if !filepath.IsLocal(file) {
		file, line, column = manifest.FileName, 1, 1
	}
	request := editRequestedMsg{path: filepath.Join(p.st.snap.Dir, filepath.FromSlash(file)), line: line, column: column}
	return func() tea.Msg { return request }
}

func (p *manifestPage) explain() tea.Cmd {
	if len(p.items) == 0 {
		return func() tea.Msg { return notedMsg{text: "There is no finding to explain."} }
	}
	f := p.items[p.focus]
	return func() tea.Msg { return explainRequestedMsg{finding: f} }
}

// fixes are those of the focused finding.
func (p *manifestPage) fixes() []manifest.Fix {
	if len(p.items) == 0 {
		return nil
	}
	return p.items[clamp(p.focus, len(p.items))].Fixes
}

// safeFixes counts the findings that A mends.
func (p *manifestPage) safeFixes() int {
	n := 0
	for _, f := range p.items {
		if slices.ContainsFunc(f.Fixes, func(x manifest.Fix) bool { return x.Safe }) {
			n++
		}
	}
	return n
}
