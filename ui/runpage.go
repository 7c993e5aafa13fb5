package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// runPage shows how the running plugin is: health, CPU and memory, how to
// reach it, and its output.
type runPage struct{ outputPage }

func newRunPage(st *state) *runPage {
	return &runPage{outputPage{st: st, log: newLogView(st, true, "Nothing printed yet.")}}
}

func (p *runPage) name() string { return "Run" }

func (p *runPage) mark() (string, theme.Ink) {
	glyph, ink, _ := p.st.runGlyph()
	return glyph, ink
}

func (p *runPage) bindings() []key.Binding {
	return p.withLog(p.st.keys.run.Cancel)
}

func (p *runPage) hints() []key.Binding {
	switch {
	case p.log.typing:
		return p.log.hints()
	case p.st.snap.Run.Phase == studio.PhaseWorking:
		return append([]key.Binding{p.st.keys.run.Cancel}, p.log.hints()...)
	case p.st.run == nil || p.st.run.Len() == 0:
		return nil
	}
	return p.log.hints()
}

func (p *runPage) update(msg tea.Msg) tea.Cmd {
	return p.press(msg, p.st.keys.run.Cancel, p.st.snap.Run.Phase == studio.PhaseWorking, p.st.run)
}

func (p *runPage) draw() []string {
	r := p.st.snap.Run
	lines := make([]string, 0, p.height)
	if p.height >= 14 {
		lines = append(lines, "")
	}
	lines = append(lines, p.head(r))
	idle := r.Phase == studio.PhaseIdle || r.Phase == studio.PhaseCancelled
	if idle && (p.st.run == nil || p.st.run.Len() == 0) {
		return append(lines, p.invitation()...)
	}
	if p.st.up() && p.st.snap.Build.Stale {
		for _, line := range cell.Wrap(theme.Warn+" "+staleRun, p.width) {
			lines = append(lines, p.st.th.Attention.Paint(line))
		}
	}
	if r.Problem != nil {
		lines = append(lines, problemLines(p.st.th, r.Problem, p.width, max(p.height/2, 4))...)
	}
	if p.st.up() && r.Health == studio.HealthUnhealthy && r.HealthDetail != "" {
		lines = append(lines, p.st.th.Broken.Paint(cell.Cut("health check: "+cell.Clean(r.HealthDetail), p.width)))
	}
	if r.Phase == studio.PhaseWorking || r.Phase == studio.PhaseFailed {
		lines = append(lines, p.steps(r, max((p.height-len(lines))/2, 2))...)
	}
	if p.st.up() {
		lines = append(lines, p.use()...)
		lines = append(lines, p.reach(r)...)
	}
	if p.height >= 14 {
		lines = append(lines, "")
	}
	return append(lines, p.output(p.height-len(lines))...)
}

// output is the plugin's log; while the image is built for the run, the build's.
func (p *runPage) output(height int) []string {
	if p.st.snap.Run.Phase == studio.PhaseWorking && p.st.snap.Build.Phase == studio.PhaseWorking && p.st.build != nil {
		return p.log.draw(p.st.build, p.width, height)
	}
	return p.log.draw(p.st.run, p.width, height)
}

func (p *runPage) invitation() []string {
	th := p.st.th
	wrap := func(text string) []string { return cell.Wrap(text, min(p.width, 90)) }
	lines := []string{""}
	for _, line := range wrap("A run builds the image if files changed, then starts a local Controller, a PostgreSQL database with your migrations, and the plugin " +
		"in the environment the Controller would give it. Everything is removed again when you stop it.") {
		lines = append(lines, th.Dim.Paint(line))
	}
	return lines
}

func (p *runPage) head(r studio.RunState) string {
	th := p.st.th
	glyph, ink, word := p.st.runGlyph()
	left := ink.Paint(glyph + " " + word)
	switch {
	case r.Exit != nil:
		left += "  " + cell.Clean(r.Exit.Reason)
		return cell.Ends(left, th.Dim.Paint(cell.Ago(p.st.now, r.Exit.At)+"   r runs it again"), p.width)
	case p.st.mended.run:
		return left + "; " + mendedSince + ". Press " + th.Key.Paint("r") + " to build and run it."
	case r.Phase == studio.PhaseIdle:
		return left + ". Press " + th.Key.Paint("r") + " to build and run it."
	case r.Phase == studio.PhaseCancelled:
		return left + ": the start was cancelled. Press " + th.Key.Paint("r") + " to try again."
	case r.Phase == studio.PhaseFailed:
		return left + ": it did not start. Press " + th.Key.Paint("r") + " to try again."
	case r.Phase == studio.PhaseWorking:
		return cell.Ends(left+"  "+cell.Clean(r.Step), th.Dim.Paint("x cancels"), p.width)
	}
	times := []string{"up " + cell.Clock(p.st.now.Sub(r.Started))}
	if r.HealthyAfter > 0 {
		times = append(times, "healthy after "+cell.Took(r.HealthyAfter))
	}
	left += "   " + th.Dim.Paint(strings.Join(times, " · "))
	right, port := cell.Clean(r.Container), ""
	if n := p.st.port(); n != 0 {
		port = fmt.Sprintf("port %d", n)
		right += " · " + port
	}
	if cell.Width(left)+3+cell.Width(right) > p.width {
		right = port // the container's name is the plugin's with the usual words before it
	}
	return cell.Ends(left, th.Dim.Paint(right), p.width)
}

func (p *runPage) steps(r studio.RunState, limit int) []string {
	lines := []string{}
	first := window(0, len(r.Steps)-1, len(r.Steps), limit)
	for _, s := range r.Steps[first:] {
		glyph, ink := p.st.phaseGlyph(s.Phase)
		took := ""
		if s.Phase != studio.PhaseWorking {
			took = cell.Took(s.Took)
		}
		name := cell.Clean(s.Name)
		if s.Phase == studio.PhaseWorking && p.st.snap.Build.Phase == studio.PhaseWorking {
			name += ": " + currentStep(p.st.snap.Build)
		}
		lines = append(lines, cell.Ends("  "+ink.Paint(glyph)+" "+cell.Cut(name, p.width-14), p.st.th.Dim.Paint(took), p.width))
	}
	return lines
}

// use draws two sparklines; in a low window one line without them.
func (p *runPage) use() []string {
	th, sn := p.st.th, p.st.snap
	if sn.Run.Stats.At.IsZero() {
		return nil
	}
	cpu, memory := cpuUse(sn), memoryUse(sn)
	if p.height < 12 || p.width < 50 {
		return []string{th.Dim.Paint(cell.Cut("CPU "+cpu+" · memory "+memory, p.width))}
	}
	width := min(p.width-8-22, 60)
	values, top := cpuSeries(sn)
	lines := []string{th.Dim.Paint("CPU     ") + th.Accent.Paint(cell.Spark(values, top, width)) + "  " + cpu}
	values, top = memorySeries(sn)
	return append(lines, th.Dim.Paint("memory  ")+th.Accent.Paint(cell.Spark(values, top, width))+"  "+memory)
}

// reach says how this machine reaches the plugin through the local Controller.
func (p *runPage) reach(r studio.RunState) []string {
	if r.Controller == "" {
		return nil
	}
	th := p.st.th
	slugs := make([]string, len(r.Orgs))
	for i, o := range r.Orgs {
		slugs[i] = cell.Clean(o.Slug)
	}
	line := th.Dim.Paint("reach   ") + cell.Clean(r.Controller) + "/api/plugins/" + cell.Clean(p.st.pluginName()) + "/"
	if p.height < 12 {
		return []string{cell.Cut(line, p.width)}
	}
	with := th.Dim.Paint("        ") + "as " + strings.Join(slugs, " or ") + th.Dim.Paint(", tokens in .netstacks/session.json")
	if len(slugs) == 0 {
		return []string{cell.Cut(line, p.width)}
	}
	return []string{cell.Cut(line, p.width), cell.Cut(with, p.width)}
}
