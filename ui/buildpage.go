package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// buildPage shows the steps of the last build and the end of its output; after
// a failure, first of all why.
type buildPage struct{ outputPage }

func newBuildPage(st *state) *buildPage {
	return &buildPage{outputPage{st: st, log: newLogView(st, false, "")}}
}

func (p *buildPage) name() string { return "Build" }

func (p *buildPage) mark() (string, theme.Ink) {
	b := p.st.snap.Build
	if b.Phase == studio.PhaseDone && b.Stale {
		return theme.Warn, p.st.th.Attention
	}
	return p.st.phaseGlyph(b.Phase)
}

func (p *buildPage) bindings() []key.Binding {
	return p.withLog(p.st.keys.build.Cancel, p.st.keys.build.Again)
}

func (p *buildPage) hints() []key.Binding {
	k, phase := p.st.keys.build, p.st.snap.Build.Phase
	switch {
	case p.log.typing:
		return p.log.hints()
	case phase == studio.PhaseWorking:
		return append([]key.Binding{k.Cancel}, p.log.hints()...)
	case phase == studio.PhaseIdle:
		return nil
	}
	return append(p.log.hints(), k.Again)
}

func (p *buildPage) update(msg tea.Msg) tea.Cmd {
	return p.press(msg, p.st.keys.build.Cancel, true, p.st.build)
}

func (p *buildPage) draw() []string {
	b := p.st.snap.Build
	lines := make([]string, 0, p.height)
	if p.height >= 14 {
		lines = append(lines, "")
	}
	lines = append(lines, p.head(b))
	if b.Phase == studio.PhaseIdle {
		return append(lines, "", p.st.th.Dim.Paint(cell.Cut("The image is built from service/ with the engine's BuildKit and tagged as the manifest says.", p.width)))
	}
	if b.Problem != nil {
		lines = append(lines, problemLines(p.st.th, b.Problem, p.width, max(p.height/2, 4))...)
	}
	// The steps take what they need; of the log at least its last lines stay.
	keep := 0
	if p.st.build != nil && p.st.build.Len() > 0 {
		keep = min(p.st.build.Len(), leastLog) + 2 // with the blank line above it and its state below
	}
	lines = append(lines, p.steps(b, max(p.height-len(lines)-keep, 1))...)
	if keep == 0 {
		return lines
	}
	lines = append(lines, "")
	return append(lines, p.log.draw(p.st.build, p.width, p.height-len(lines))...)
}

// leastLog is how many lines of output stay in sight below the steps.
const leastLog = 3

func (p *buildPage) head(b studio.BuildState) string {
	th := p.st.th
	glyph, ink := p.st.phaseGlyph(b.Phase)
	image := cell.CutMiddle(cell.Clean(b.Image), max(p.width-50, 20))
	switch b.Phase {
	case studio.PhaseWorking:
		return cell.Ends(ink.Paint(glyph)+" building "+th.Strong.Paint(image), th.Dim.Paint(cell.Clock(p.st.now.Sub(b.Started))+"   x cancels"), p.width)
	case studio.PhaseDone:
		word := ink.Paint(glyph+" built") + " "
		if b.Stale {
			word = th.Attention.Paint(theme.Warn+" files changed since") + " "
		}
		return cell.Ends(word+th.Strong.Paint(image), th.Dim.Paint(p.facts(b)), p.width)
	case studio.PhaseFailed:
		return cell.Ends(ink.Paint(glyph+" the build failed"), th.Dim.Paint(p.facts(b)), p.width)
	case studio.PhaseCancelled:
		return cell.Ends(ink.Paint(glyph+" the build was cancelled")+"  "+th.Dim.Paint("b builds again"), th.Dim.Paint(p.facts(b)), p.width)
	}
	if p.st.mended.build {
		return "Nothing built; " + mendedSince + ". Press " + th.Key.Paint("b") + " to build."
	}
	return "Nothing built yet. Press " + th.Key.Paint("b") + " to build; the first build takes a while."
}

func (p *buildPage) facts(b studio.BuildState) string {
	var parts []string
	if b.Size > 0 {
		parts = append(parts, cell.ImageSize(b.Size))
	}
	if b.Builder != "" {
		parts = append(parts, cell.Clean(b.Builder))
	}
	if !b.Started.IsZero() {
		parts = append(parts, cell.Took(b.Took), cell.Ago(p.st.now, b.Started.Add(b.Took)))
	}
	return strings.Join(parts, " · ")
}

// steps draws at most limit steps, the one at work in sight.
func (p *buildPage) steps(b studio.BuildState, limit int) []string {
	if len(b.Steps) == 0 {
		return nil
	}
	th := p.st.th
	cursor := len(b.Steps) - 1
	for i, s := range b.Steps {
		if s.Phase == studio.PhaseWorking || s.Phase == studio.PhaseFailed {
			cursor = i
			break
		}
	}
	lines := []string{"", th.Dim.Paint("Steps")}
	if p.height < 14 || limit < 4 {
		lines = nil
	}
	limit = max(limit-len(lines), 1)
	first := min(window(0, min(cursor+1, len(b.Steps)-1), len(b.Steps), limit), cursor)
	for _, s := range b.Steps[first:min(first+limit, len(b.Steps))] {
		lines = append(lines, p.step(s))
	}
	return lines
}

func (p *buildPage) step(s studio.BuildStep) string {
	th := p.st.th
	glyph, ink := p.st.phaseGlyph(s.Phase)
	aside := ""
	switch {
	case s.Cached:
		aside = "cached"
	case s.Phase == studio.PhaseWorking && s.Total > 0:
		aside = cell.ImageSize(s.Current) + " of " + cell.ImageSize(s.Total)
	case s.Phase == studio.PhaseWorking && s.Took == 0:
		aside = ""
	case s.Took > 0 || s.Phase == studio.PhaseDone:
		aside = cell.Took(s.Took)
	}
	name := cell.Cut(cell.Clean(s.Name), p.width-18)
	if s.Phase == studio.PhaseIdle {
		name = th.Dim.Paint(name)
	}
	return cell.Ends("  "+ink.Paint(glyph)+" "+name, th.Dim.Paint(aside), p.width)
}

// problemLines draws what happened, what to do next, and the raw output behind
// it, in at most height lines.
func problemLines(th theme.Theme, p *studio.Problem, width, height int) []string {
	if p == nil || height <= 0 {
		return nil
	}
	lines := []string{""}
	if p.Hint != "" { // the likely cause first
		for _, line := range cell.Wrap(cell.Clean(p.Hint), width-2) {
			lines = append(lines, th.Attention.Paint(line))
		}
	}
	for _, line := range cell.Wrap(cell.Clean(p.Title), width-2) {
		lines = append(lines, th.Text.Paint(line))
	}
	if room := height - len(lines) - 1; len(p.Detail) > 0 && room > 0 {
		lines = append(lines, "")
		for _, line := range p.Detail[max(len(p.Detail)-room, 0):] {
			lines = append(lines, th.Dim.Paint("│ ")+cell.Cut(cell.Clean(line), width-2))
		}
	}
	return lines[:min(len(lines), height)]
}
