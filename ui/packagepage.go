package ui

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// packagePage shows what a package holds and leaves out, the archive that was written and
// how to upload it.
type packagePage struct {
	st            *state
	width, height int
	closed        map[string]bool // folders whose content is not shown
	cursor, first int             // in rows
	shown         int             // rows on the screen

	tree   *treeNode
	rows   []packageRow
	treeOf [2]time.Time // of the plan and the package that the tree was made of
}

func newPackagePage(st *state) *packagePage { return &packagePage{st: st, closed: map[string]bool{}} }

func (p *packagePage) name() string             { return "Package" }
func (p *packagePage) captures() bool           { return false }
func (p *packagePage) resize(width, height int) { p.width, p.height = width, height }

func (p *packagePage) mark() (string, theme.Ink) {
	if a := p.st.snap.Package; a.Phase == studio.PhaseDone && !a.Uploadable() {
		return theme.Warn, p.st.th.Attention
	}
	return p.st.phaseGlyph(p.st.snap.Package.Phase)
}

func (p *packagePage) hints() []key.Binding {
	p.refresh()
	k := p.st.keys.pack
	if len(p.rows) == 0 || p.shown == 0 {
		return []key.Binding{k.Compare, k.Bump}
	}
	return []key.Binding{bind("↑↓", "why", "up"), k.Fold, k.Compare, k.Bump}
}

func (p *packagePage) bindings() []key.Binding {
	k := p.st.keys.pack
	return []key.Binding{
		bind(k.Compare.Help().Key, "compare with the last release", k.Compare.Keys()...), bind(k.Bump.Help().Key, "raise the version", k.Bump.Keys()...),
		k.Up, k.Down, k.Fold, k.PageUp, k.PageDown, k.First, k.Last,
	}
}

// refresh makes the tree anew when the plan or the package is another one.
func (p *packagePage) refresh() {
	of := [2]time.Time{p.st.snap.Plan.At, p.st.snap.Package.At}
	if p.tree == nil || of != p.treeOf {
		p.tree, p.treeOf = packageTree(p.st.snap), of
		p.rows = p.tree.rows(p.closed)
		if i := slices.IndexFunc(p.rows, func(r packageRow) bool { return r.state == rowBlocked }); i >= 0 {
			p.cursor = i // what has to be mended is in sight
		}
	}
	if p.rows == nil {
		p.rows = p.tree.rows(p.closed)
	}
	p.cursor = max(min(p.cursor, len(p.rows)-1), 0)
}

func (p *packagePage) update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	p.refresh()
	keys := p.st.keys.pack
	switch {
	case key.Matches(k, keys.Compare):
		return func() tea.Msg { return compareRequestedMsg{} }
	case key.Matches(k, keys.Bump):
		return func() tea.Msg { return bumpRequestedMsg{} }
	case key.Matches(k, keys.Up):
		p.cursor--
	case key.Matches(k, keys.Down):
		p.cursor++
	case key.Matches(k, keys.PageUp):
		p.cursor -= max(p.shown, 1)
	case key.Matches(k, keys.PageDown):
		p.cursor += max(p.shown, 1)
	case key.Matches(k, keys.First):
		p.cursor = 0
	case key.Matches(k, keys.Last):
		p.cursor = len(p.rows)
	case key.Matches(k, keys.Fold) && len(p.rows) > 0 && p.rows[p.cursor].folder:
		path := p.rows[p.cursor].path
		p.closed[path] = !p.closed[path]
		p.rows = nil
	}
	p.refresh()
	return nil
}

func (p *packagePage) draw() []string {
	p.refresh()
	lines := make([]string, 0, p.height)
	if p.height >= 14 {
		lines = append(lines, "")
	}
	lines = append(lines, p.state(p.height-len(lines))...)
	var upload []string
	if a := p.st.snap.Package; a.Phase == studio.PhaseDone && !a.Gone {
		upload = p.upload(a)
	}
	room := p.height - len(lines) - len(upload)
	if room < 4 {
		p.shown = 0
		return append(lines, upload...)
	}
	return append(append(append(lines, ""), p.plan(room-1)...), upload...)
}

// state says what has been written.
func (p *packagePage) state(height int) []string {
	th, a := p.st.th, p.st.snap.Package
	glyph, ink := p.st.phaseGlyph(a.Phase)
	switch a.Phase {
	case studio.PhaseWorking:
		return []string{ink.Paint(glyph) + " Packing…"}
	case studio.PhaseFailed:
		room := height - 1
		if len(p.rows) > 0 { // half of the page stays for the tree
			room = max(height/2, 4)
		}
		return append([]string{ink.Paint(glyph + " Nothing was packaged.")}, problemLines(th, a.Problem, p.width, room)...)
	case studio.PhaseDone:
		return p.written(a)
	}
	state := "Not packaged yet."
	if p.st.mended.pack {
		state = "Not packaged yet; " + mendedSince + "."
	}
	press := "Press " + th.Key.Paint("p") + " to validate the project and write its .nspkg archive."
	if cell.Width(state+" "+press) > p.width {
		return []string{state, cell.Cut(press, p.width)}
	}
	return []string{state + " " + press}
}

// written tells of the archive.
func (p *packagePage) written(a studio.PackageState) []string {
	th := p.st.th
	head := th.Good.Paint(theme.Done) + " " + th.Strong.Paint(baseName(a.Path))
	facts := cell.Plural(a.Files, "file", "files") + " · " + cell.Size(a.TotalSize) + " → " + cell.Size(a.PackageSize) + " · "
	switch {
	case a.Gone:
		head = th.Attention.Paint(theme.Warn) + " " + th.Strong.Paint(baseName(a.Path)) + th.Attention.Paint(": no longer there; p writes it anew")
		facts = "" // of what is not there
	case a.Stale:
		head = th.Attention.Paint(theme.Warn) + " " + th.Strong.Paint(baseName(a.Path)) + th.Attention.Paint(": files changed since; p writes it anew")
	}
	lines := []string{cell.Ends(head, th.Dim.Paint(facts+cell.Ago(p.st.now, a.At)), p.width)}
	if p.height >= 10 {
		lines = append(lines,
			th.Dim.Paint("  path    ")+cell.CutMiddle(cell.Clean(a.Path), p.width-10),
			th.Dim.Paint("  sha256  ")+cell.CutMiddle(cell.Clean(a.SHA256), p.width-10))
	}
	return lines
}

// upload is the hint that `package` prints, word for word.
func (p *packagePage) upload(a studio.PackageState) []string {
	th := p.st.th
	lines := []string{th.Dim.Paint("To upload this plugin:")}
	for _, step := range []string{
		"1. Open Controller Admin UI: https://localhost:3000",
		"2. Navigate to Plugins > Upload Plugin",
		"3. Select file: " + cell.CutMiddle(cell.Clean(filepath.Base(a.Path)), p.width-18),
	} {
		for i, part := range cell.Wrap(step, p.width-2) {
			lines = append(lines, cell.Space(2+3*min(i, 1))+part)
		}
	}
	if p.height >= 10 {
		lines = append([]string{""}, lines...)
	}
	return lines
}

// plan shows what goes in and what stays out, in at most height lines: a summary, the tree, and why
// the chosen file is where it is.
func (p *packagePage) plan(height int) []string {
	th, plan := p.st.th, p.st.snap.Plan
	if len(p.rows) == 0 {
		p.shown = 0
		switch {
		case plan.Problem != nil:
			return problemLines(th, plan.Problem, p.width, height)
		case plan.Phase == studio.PhaseWorking:
			return []string{th.Accent.Paint(theme.Spinner(p.st.frame)) + " Looking at what goes in…"}
		}
		return []string{th.Dim.Paint(cell.Cut("The archive goes into the project's folder; what belongs to git, editors, caches and secrets (.env) stays out.", p.width))}
	}
	var lines []string
	if !plan.At.IsZero() && height > 5 {
		lines = append(lines, p.summary())
	}
	why := p.why(min(3, height-len(lines)-3))
	p.shown = height - len(lines) - len(why)
	if len(p.rows) <= p.shown {
		p.first = 0
	}
	p.first = max(min(p.first, p.cursor, len(p.rows)-p.shown), p.cursor-p.shown+1, 0)
	lines = append(lines, p.list(p.rows[p.first:min(len(p.rows), p.first+p.shown)])...)
	return append(lines, why...)
}

// summary counts what goes in, and says what is to be looked at.
func (p *packagePage) summary() string {
	th, plan := p.st.th, p.st.snap.Plan
	left := th.Dim.Paint("Goes in: " + cell.Plural(len(plan.Entries), "file", "files") + " · " + cell.Size(plan.TotalSize) + " → about " + cell.Size(plan.CompressedSize))
	if plan.Phase == studio.PhaseWorking {
		left += " " + th.Accent.Paint(theme.Spinner(p.st.frame))
	}
	right := th.Good.Paint("no secrets " + theme.Done)
	if plan.Waived > 0 {
		right = th.Attention.Paint(cell.Plural(plan.Waived, "secret", "secrets") + " let in")
	}
	if len(plan.Warnings) > 0 {
		right = th.Attention.Paint(theme.Warn+" "+cell.Plural(len(plan.Warnings), "warning", "warnings")) + "  " + right
	}
	if len(plan.Blocked) > 0 {
		right = th.Broken.Paint(theme.Failed + " " + cell.Plural(len(plan.Blocked), "stands", "stand") + " in the way")
	}
	return cell.Ends(left, right, p.width)
}

// list draws rows of the tree with a map of their sizes.
func (p *packagePage) list(rows []packageRow) []string {
	th := p.st.th
	name, top := 12, max(p.tree.row.size, 1)
	for _, r := range p.rows {
		name = max(name, 2*r.depth+cell.Width(cell.Clean(r.name))+3)
	}
	name = max(min(name, p.width-14, p.width/2), 4)
	bar := max(min(p.width-name-17, 30), 0)
	lines := make([]string, 0, len(rows))
	for i, r := range rows {
		sign, ink := "  ", th.Text
		if p.first+i == p.cursor {
			sign = th.Accent.Paint(theme.Focus + " ")
		}
		label := cell.Clean(r.name)
		if r.folder {
			label += "/"
			if p.closed[r.path] && r.files > 0 {
				label += " …"
			}
		}
		indent := cell.Space(min(2*r.depth, name/2))
		label = indent + cell.CutMiddle(label, name-cell.Width(indent))
		var rest string
		switch r.state {
		case rowExcluded:
			ink = th.Dim
			rest = th.Dim.Paint(cell.Cut("  "+theme.Off+" excluded: "+cell.Clean(r.why), p.width-name-2))
		case rowBlocked:
			ink = th.Broken
			first, _, _ := strings.Cut(r.why, "\n")
			rest = th.Broken.Paint(cell.Cut("  "+theme.Failed+" "+cell.Clean(first), p.width-name-2))
		default:
			rest = th.Dim.Paint(cell.PadLeft(cell.Size(r.size), 11)) + "   " + th.Accent.Paint(cell.Bar(r.size, top, bar))
		}
		lines = append(lines, sign+ink.Paint(cell.Pad(label, name))+rest)
	}
	return lines
}

// why says in at most height lines what decided about the chosen file, or what is to be
// looked at.
func (p *packagePage) why(height int) []string {
	if height <= 0 {
		return nil
	}
	th, r, plan := p.st.th, p.rows[p.cursor], p.st.snap.Plan
	text, ink := "", th.Dim
	switch {
	case r.state == rowBlocked:
		text, ink = r.path+": "+r.why, th.Broken
	case r.state == rowExcluded:
		text = r.path + " stays out: " + r.why
	case r.folder:
		text = r.path + "/ holds " + cell.Plural(r.files, "file that goes", "files that go") + " in, " + cell.Size(r.size)
	case r.packed > 0:
		text = r.path + " goes in: " + r.why + "; " + cell.Size(r.size) + " become " + cell.Size(r.packed)
	default:
		text = r.path + " goes in: " + r.why
	}
	for _, w := range plan.Warnings {
		if r.state == rowPacked && (strings.HasPrefix(w, `"`+r.path+`"`) || strings.HasPrefix(w, `"`+r.path+`/"`) || strings.HasPrefix(w, r.path+":")) {
			text, ink = w, th.Attention
		}
	}
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		lines = append(lines, cell.Wrap(cell.Clean(part), p.width-2)...)
	}
	lines = lines[:min(len(lines), height)]
	for i := range lines {
		lines[i] = ink.Paint(cell.Cut("  "+lines[i], p.width))
	}
	if height > 1 && len(lines) < height {
		lines = append([]string{""}, lines...)
	}
	return lines
}
