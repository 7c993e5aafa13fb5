package ui

import (
	"path/filepath"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// packagePage shows the archive that was written and how to upload it.
type packagePage struct {
	st            *state
	width, height int
	first         int // of the entries
	shown         int
}

func newPackagePage(st *state) *packagePage { return &packagePage{st: st} }

func (p *packagePage) name() string             { return "Package" }
func (p *packagePage) captures() bool           { return false }
func (p *packagePage) resize(width, height int) { p.width, p.height = width, height }

func (p *packagePage) mark() (string, theme.Ink) {
	if a := p.st.snap.Package; a.Phase == studio.PhaseDone && a.Stale {
		return theme.Warn, p.st.th.Attention
	}
	return p.st.phaseGlyph(p.st.snap.Package.Phase)
}

func (p *packagePage) hints() []key.Binding {
	if p.shown >= len(p.st.snap.Package.Entries) {
		return nil
	}
	return []key.Binding{bind("↑↓", "files", "up")}
}

func (p *packagePage) bindings() []key.Binding {
	k := p.st.keys.pack
	return []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.First, k.Last}
}

func (p *packagePage) update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	keys, n := p.st.keys.pack, len(p.st.snap.Package.Entries)
	switch {
	case key.Matches(k, keys.Up):
		p.first--
	case key.Matches(k, keys.Down):
		p.first++
	case key.Matches(k, keys.PageUp):
		p.first -= p.shown
	case key.Matches(k, keys.PageDown):
		p.first += p.shown
	case key.Matches(k, keys.First):
		p.first = 0
	case key.Matches(k, keys.Last):
		p.first = n
	}
	p.first = max(min(p.first, n-p.shown), 0)
	return nil
}

func (p *packagePage) draw() []string {
	th, a := p.st.th, p.st.snap.Package
	lines := make([]string, 0, p.height)
	if p.height >= 14 {
		lines = append(lines, "")
	}
	glyph, ink := p.st.phaseGlyph(a.Phase)
	switch a.Phase {
	case studio.PhaseWorking:
		return append(lines, ink.Paint(glyph)+" Packing…")
	case studio.PhaseFailed:
		lines = append(lines, ink.Paint(glyph+" Nothing was packaged."))
		return append(lines, problemLines(th, a.Problem, p.width, p.height-len(lines))...)
	case studio.PhaseDone:
		return append(lines, p.result(a, p.height-len(lines))...)
	}
	state := "Not packaged yet."
	if p.st.mended.pack {
		state = "Not packaged yet; " + mendedSince + "."
	}
	line := state + " Press " + th.Key.Paint("p") + " to validate the project and write its .nspkg archive."
	if cell.Width(line) > p.width {
		lines = append(lines, state)
		line = "Press " + th.Key.Paint("p") + " to validate the project and write its .nspkg archive."
	}
	return append(lines, cell.Cut(line, p.width), "", th.Dim.Paint(cell.Cut("The archive goes into the project's folder; what belongs to git, editors, caches and secrets (.env) stays out.", p.width)))
}

func (p *packagePage) result(a studio.PackageState, height int) []string {
	th := p.st.th
	head := th.Good.Paint(theme.Done) + " " + th.Strong.Paint(baseName(a.Path))
	if a.Stale {
		head = th.Attention.Paint(theme.Warn) + " " + th.Strong.Paint(baseName(a.Path)) + th.Attention.Paint(": files changed since; p writes it anew")
	}
	facts := cell.Plural(a.Files, "file", "files") + " · " + cell.Size(a.TotalSize) + " → " + cell.Size(a.PackageSize)
	lines := []string{cell.Ends(head, th.Dim.Paint(facts+" · "+cell.Ago(p.st.now, a.At)), p.width)}
	if p.height >= 10 {
		lines = append(lines,
			th.Dim.Paint("  path    ")+cell.CutMiddle(cell.Clean(a.Path), p.width-10),
			th.Dim.Paint("  sha256  ")+cell.CutMiddle(cell.Clean(a.SHA256), p.width-10))
	}
	upload := p.upload(a)
	room := height - len(lines) - len(upload)
	if room >= 3 {
		lines = append(lines, "")
		lines = append(lines, p.entries(a, room-1)...)
	}
	return append(lines, upload...)
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

// entries lists the archive's files with their sizes and shares, at most height of them.
func (p *packagePage) entries(a studio.PackageState, height int) []string {
	th := p.st.th
	p.shown = height
	if len(a.Entries) > height {
		p.shown = height - 1 // the last line says how many there are
	}
	p.first = max(min(p.first, len(a.Entries)-p.shown), 0)
	var top int64 = 1
	name := 12
	for _, e := range a.Entries {
		top = max(top, e.Size)
		name = max(name, cell.Width(cell.Clean(e.Path)))
	}
	name = min(name, p.width-14)
	bar := min(p.width-name-16, 24)
	var lines []string
	for _, e := range a.Entries[p.first:min(len(a.Entries), p.first+p.shown)] {
		line := "  " + cell.Pad(cell.CutMiddle(cell.Clean(e.Path), name), name) + "  " + th.Dim.Paint(cell.PadLeft(cell.Size(e.Size), 9))
		lines = append(lines, line+"   "+th.Accent.Paint(cell.Bar(e.Size, top, bar)))
	}
	if p.shown < len(a.Entries) {
		lines = append(lines, th.Dim.Paint("  "+cell.Count(p.first+1)+" to "+cell.Count(p.first+p.shown)+" of "+cell.Plural(len(a.Entries), "file", "files")))
	}
	return lines
}
