package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// overviewPage shows where the plugin stands on its way to a package, what to
// do next, what wants attention and what happened lately.
type overviewPage struct {
	st            *state
	width, height int
	first         int // of the lines, when they do not fit
	over          int // how many do not fit
}

func newOverview(st *state) *overviewPage { return &overviewPage{st: st} }

func (p *overviewPage) name() string              { return "Overview" }
func (p *overviewPage) mark() (string, theme.Ink) { return "", theme.Ink{} }
func (p *overviewPage) captures() bool            { return false }
func (p *overviewPage) resize(width, height int)  { p.width, p.height = width, height }

func (p *overviewPage) hints() []key.Binding { return nil }

func (p *overviewPage) bindings() []key.Binding {
	if p.over == 0 {
		return nil // there is nothing to scroll
	}
	return []key.Binding{p.st.keys.overview.Up, p.st.keys.overview.Down}
}

func (p *overviewPage) update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyMsg); ok {
		switch {
		case key.Matches(msg, p.st.keys.overview.Up):
			p.first = max(p.first-1, 0)
		case key.Matches(msg, p.st.keys.overview.Down):
			p.first++
		}
	}
	return nil
}

// stage is one row of the pipeline.
type stage struct {
	glyph    string
	ink      theme.Ink
	word     string
	sentence string
	aside    string // right-aligned
}

func (p *overviewPage) draw() []string {
	th := p.st.th
	roomy := p.height >= 16
	lines := make([]string, 0, 32)
	if roomy {
		lines = append(lines, "")
	}
	lines = append(lines, th.Dim.Paint("Pipeline"))
	for _, s := range p.pipeline() {
		lines = append(lines, p.row(s))
	}
	next, what := p.next()
	if roomy {
		lines = append(lines, "")
	}
	lines = append(lines, th.Dim.Paint(cell.Pad("Next", 13))+th.Key.Paint(next)+"  "+th.Text.Paint(cell.Cut(what, p.width-16)))
	var headings []int // lines that say nothing without those below them
	if notes := p.attention(); len(notes) > 0 {
		headings = append(headings, len(lines)+1)
		lines = append(lines, "", th.Dim.Paint("Attention"))
		for _, note := range notes {
			mark := th.Attention.Paint(theme.Warn)
			if note.broken {
				mark = th.Broken.Paint(theme.Failed)
			}
			for _, line := range cell.Wrap(note.text, p.width-4) {
				lines = append(lines, "  "+mark+" "+line)
				mark = " "
			}
		}
	}
	if recent := p.st.snap.Recent; len(recent) > 0 {
		headings = append(headings, len(lines)+1)
		lines = append(lines, "", th.Dim.Paint("Recent"))
		for _, n := range recent {
			lines = append(lines, "  "+th.Dim.Paint(n.At.Format("15:04:05"))+"  "+noteText(th, n, th.Text, p.width-12))
		}
	}
	p.over = max(len(lines)-p.height, 0)
	p.first = min(p.first, p.over)
	last := min(len(lines), p.first+p.height)
	if slices.Contains(headings, last-1) {
		last--
	}
	return lines[min(p.first, last):last]
}

// noteText marks what went wrong with a glyph, for those who see no colours.
func noteText(th theme.Theme, n studio.Note, plain theme.Ink, width int) string {
	text := cell.Clean(n.Text)
	switch n.Kind {
	case "broken":
		return th.Broken.Paint(cell.Cut(theme.Failed+" "+text, width))
	case "attention":
		return th.Attention.Paint(cell.Cut(theme.Warn+" "+text, width))
	}
	return plain.Paint(cell.Cut(text, width))
}

func (p *overviewPage) row(s stage) string {
	th := p.st.th
	const lead = 2 + 2 + 12
	left := "  " + s.ink.Paint(s.glyph) + " " + th.Strong.Paint(cell.Pad(s.word, 12))
	aside := cell.Width(s.aside)
	room := p.width - lead
	if aside > 0 && aside+2 < room-20 {
		return left + cell.Fit(s.sentence, room-aside-2) + "  " + th.Dim.Paint(s.aside)
	}
	return left + cell.Cut(s.sentence, room)
}

func (p *overviewPage) pipeline() []stage {
	return []stage{p.manifestStage(), p.imageStage(), p.containerStage(), p.databaseStage(), p.panelsStage(), p.packageStage()}
}

func (p *overviewPage) manifestStage() stage {
	th, m := p.st.th, p.st.snap.Manifest
	s := stage{word: "manifest", aside: cell.Took(m.Took), glyph: theme.Done, ink: th.Good}
	score := fmt.Sprintf("%d/%d checks", m.Report.Score.Passed, m.Report.Score.Total)
	failures, warnings := countFindings(m.Report)
	switch {
	case failures > 0 || !m.Report.OK:
		s.glyph, s.ink = theme.Failed, th.Broken
		s.sentence = score
		if failures > 0 {
			s.sentence += ", " + cell.Plural(failures, "error", "errors")
		}
		s.sentence += ": " + firstTrouble(m.Report)
	case warnings > 0:
		s.sentence = score + ", " + cell.Plural(warnings, "warning", "warnings")
	default:
		s.sentence = score + ", the Controller's schema accepts it"
	}
	return s
}

func (p *overviewPage) imageStage() stage {
	th, b := p.st.th, p.st.snap.Build
	glyph, ink := p.st.phaseGlyph(b.Phase)
	s := stage{word: "image", glyph: glyph, ink: ink}
	image := cell.CutMiddle(cell.Clean(b.Image), max(p.width-44, 20))
	switch b.Phase {
	case studio.PhaseWorking:
		s.sentence, s.aside = "building: "+currentStep(b), cell.Clock(p.st.now.Sub(b.Started))
	case studio.PhaseDone:
		s.sentence = image
		if b.Stale {
			s.glyph, s.ink, s.sentence = theme.Warn, th.Attention, image+": files changed since it was built"
		}
		s.aside = buildAside(b, p.st, p.width >= 100)
	case studio.PhaseFailed:
		s.sentence = "the build failed"
		if b.Problem != nil {
			s.sentence += ": " + cell.Clean(b.Problem.Title)
		}
	case studio.PhaseCancelled:
		s.sentence = "the build was cancelled"
	default:
		s.sentence = "nothing built yet"
		if p.st.mended.build {
			s.sentence += "; " + mendedSince
		}
	}
	return s
}

// buildAside says size, age and duration of what was built, as far as known.
func buildAside(b studio.BuildState, st *state, long bool) string {
	var parts []string
	if b.Size > 0 {
		parts = append(parts, cell.ImageSize(b.Size))
	}
	if ago := cell.Ago(st.now, b.Started.Add(b.Took)); !b.Started.IsZero() && long && b.Took > 0 {
		parts = append(parts, "built "+ago+" in "+cell.Took(b.Took))
	} else if !b.Started.IsZero() {
		parts = append(parts, ago)
	}
	return strings.Join(parts, "   ")
}

func (p *overviewPage) containerStage() stage {
	r := p.st.snap.Run
	glyph, ink, word := p.st.runGlyph()
	s := stage{word: "container", glyph: glyph, ink: ink, sentence: word}
	switch {
	case r.Exit != nil:
		s.sentence = cell.Clean(r.Exit.Reason)
		s.aside = cell.Ago(p.st.now, r.Exit.At)
	case r.Phase == studio.PhaseWorking:
		s.sentence = cell.Clean(r.Step)
		if s.sentence == "" {
			s.sentence = word
		}
	case r.Phase == studio.PhaseFailed:
		s.sentence = "did not start"
		if r.Problem != nil {
			s.sentence += ": " + cell.Clean(r.Problem.Title)
		}
	case p.st.mended.run:
		s.sentence += "; " + mendedSince
	case p.st.up():
		s.aside = cell.Clock(p.st.now.Sub(r.Started))
		if r.Health == studio.HealthUnhealthy && r.HealthDetail != "" {
			s.sentence += ": " + cell.Clean(r.HealthDetail)
			break
		}
		if use := p.use(r); use != "" {
			s.sentence += " · " + use
		}
	}
	return s
}

// use draws CPU and memory with their course, when there is room for it.
func (p *overviewPage) use(r studio.RunState) string {
	if r.Stats.At.IsZero() {
		return ""
	}
	cpu, cpuTop := cpuSeries(p.st.snap)
	memory, memoryTop := memorySeries(p.st.snap)
	cpuText, memoryText := cpuUse(p.st.snap), memoryUse(p.st.snap)
	if p.width < 90 {
		return "CPU " + cpuText + " · memory " + memoryText
	}
	th := p.st.th
	return "CPU " + th.Accent.Paint(cell.Spark(cpu, cpuTop, 8)) + " " + cpuText + " · memory " + th.Accent.Paint(cell.Spark(memory, memoryTop, 8)) + " " + memoryText
}

func (p *overviewPage) databaseStage() stage {
	th, r, m := p.st.th, p.st.snap.Run, p.st.snap.Manifest.Good
	s := stage{word: "database", glyph: theme.Off, ink: th.Dim, sentence: "starts together with the plugin"}
	switch {
	case m != nil && m.MigrationsDir == "":
		s.sentence = "not asked for: the manifest names no migrations_dir"
	case m == nil && !p.st.running():
		s.sentence = notKnown
	case p.st.running() && r.Database != "":
		s.glyph, s.ink = theme.Done, th.Good
		s.sentence = cell.Clean(r.Database) + " · " + cell.Plural(len(r.Migrations), "migration", "migrations")
	case r.Phase == studio.PhaseWorking:
		s.glyph, s.sentence = theme.Waiting, "starting with the plugin"
	}
	return s
}

func (p *overviewPage) panelsStage() stage {
	th, panels := p.st.th, p.st.snap.Panels
	s := stage{word: "panels", glyph: theme.Off, ink: th.Dim}
	if len(panels) == 0 {
		s.sentence = "the manifest declares no terminal_panels"
		if !p.st.known() {
			s.sentence = notKnown
		}
		return s
	}
	var parts []string
	for _, state := range panels {
		label := cell.Clean(state.Panel.Label)
		switch {
		case state.Err != "":
			s.glyph, s.ink = theme.Failed, th.Broken
			parts = append(parts, label+": "+cell.Clean(state.Err))
		case state.Table != nil:
			if s.glyph != theme.Failed {
				s.glyph, s.ink = theme.Live, th.Good
			}
			parts = append(parts, label+": "+cell.Plural(len(state.Table.Rows), "row", "rows"))
			s.aside = cell.PadLeft(cell.Took(state.Took), 8) + "   " + cell.Ago(p.st.now, state.At)
		case state.Loading:
			parts = append(parts, label+": loading")
		default:
			parts = append(parts, label)
		}
	}
	s.sentence = strings.Join(parts, " · ")
	if s.glyph == theme.Off {
		s.sentence += ": filled once the plugin is healthy"
		s.aside = ""
	}
	return s
}

func (p *overviewPage) packageStage() stage {
	th, a := p.st.th, p.st.snap.Package
	glyph, ink := p.st.phaseGlyph(a.Phase)
	s := stage{word: "package", glyph: glyph, ink: ink}
	switch a.Phase {
	case studio.PhaseWorking:
		s.sentence = "packing"
	case studio.PhaseDone:
		s.sentence = baseName(a.Path)
		s.aside = cell.Size(a.PackageSize) + "   " + cell.Ago(p.st.now, a.At)
		switch {
		case a.Gone:
			s.glyph, s.ink, s.sentence = theme.Warn, th.Attention, baseName(a.Path)+": no longer there"
		case a.Stale:
			s.glyph, s.ink, s.sentence = theme.Warn, th.Attention, baseName(a.Path)+": files changed since"
		}
	case studio.PhaseFailed:
		s.sentence = "nothing was packaged"
		if a.Problem != nil {
			s.sentence += ": " + cell.Clean(a.Problem.Title)
		}
	default:
		s.sentence = "not packaged yet"
		if p.st.mended.pack {
			s.sentence += "; " + mendedSince
		}
	}
	return s
}

// next returns the key of the step that makes most sense now, and what it does.
func (p *overviewPage) next() (string, string) {
	sn := p.st.snap
	switch {
	case manifestMissing(sn.Manifest.Report):
		return "2", "see what is missing; the file is checked once it is back"
	case !sn.Manifest.Report.OK:
		return "2", "see what the manifest needs; e edits it there"
	case sn.Build.Phase == studio.PhaseWorking:
		return "3", "watch the build"
	case sn.Build.Phase == studio.PhaseFailed:
		return "3", "see why the build failed"
	case sn.Run.Phase == studio.PhaseWorking:
		return "4", "watch it start"
	case sn.Engine.Problem != nil && !p.st.up():
		if sn.Package.Uploadable() {
			return "6", "see how to upload the package"
		}
		return "p", "package it; building and running wait for an engine"
	case sn.Run.Exit != nil, sn.Run.Phase == studio.PhaseFailed:
		return "4", "see why it does not run; r tries again"
	case p.st.up() && sn.Run.Health == studio.HealthUnhealthy:
		return "4", "see what the health check and the log say"
	case !p.st.up() && sn.Build.Phase != studio.PhaseDone:
		return "r", "build and run it; the first build takes a while"
	case !p.st.up() && sn.Build.Stale:
		return "r", "build what changed, and run it"
	case !p.st.up() && sn.Package.Phase != studio.PhaseDone:
		return "r", "run it with a Controller and a database of its own"
	case sn.Package.Uploadable():
		return "6", "see how to upload the package"
	case p.st.up() && len(sn.Panels) > 0 && sn.Package.Phase == studio.PhaseIdle && sn.Run.Health != studio.HealthHealthy:
		return "5", "look at its panels once it is healthy"
	}
	return "p", "package it and see what goes in"
}

// notice is something that the author should know.
type notice struct {
	text   string
	broken bool
}

// maxNotices bounds how many are shown; page 2 has all findings.
const maxNotices = 6

// attention lists what the author should know and no row says in full, errors
// of the manifest before warnings.
func (p *overviewPage) attention() []notice {
	sn := p.st.snap
	var notes []notice
	if sn.Gone {
		notes = append(notes, notice{"The project's folder is gone; all goes on once it is back at " + cell.Clean(sn.Dir) + ".", true})
	}
	if e := sn.Engine; e.Problem != nil {
		notes = append(notes, notice{text: sentences(e.Problem.Title, e.Problem.Hint, "Validating and packaging work without an engine.")})
	}
	if p.st.up() && sn.Build.Stale {
		notes = append(notes, notice{text: staleRun})
	}
	for _, severity := range []manifest.Severity{manifest.SeverityError, manifest.SeverityWarning, manifest.SeverityInfo} {
		for _, f := range sn.Manifest.Report.Findings {
			if f.Severity == severity && len(notes) < maxNotices {
				notes = append(notes, notice{cell.Cut(place(f)+cell.Clean(f.Message), p.width-4), severity == manifest.SeverityError})
			}
		}
	}
	return notes
}

// sentences joins texts, each ended by a full stop and begun with a capital
// unless it begins with code, whose case means something.
func sentences(texts ...string) string {
	var parts []string
	for _, text := range texts {
		text = strings.TrimSpace(cell.Clean(text))
		if text == "" {
			continue
		}
		if !strings.ContainsAny(text[len(text)-1:], ".!?:") {
			text += "."
		}
		word, _, _ := strings.Cut(text, " ")
		if !strings.ContainsFunc(strings.TrimRight(word, ".,:;!?"), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
			first, size := utf8.DecodeRuneInString(text)
			text = string(unicode.ToUpper(first)) + text[size:]
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// manifestMissing tells whether there is no manifest.json at all.
func manifestMissing(r manifest.Report) bool {
	for _, c := range r.Checks {
		if c.ID == "manifest-exists" {
			return !c.OK
		}
	}
	return false
}

// place is "manifest.json:12: ", as far as the finding has a place.
func place(f manifest.Finding) string {
	switch {
	case f.File == "":
		return ""
	case f.Line == 0:
		return cell.Clean(f.File) + ": "
	}
	return fmt.Sprintf("%s:%d: ", cell.Clean(f.File), f.Line)
}

func countFindings(r manifest.Report) (failures, warnings int) {
	for _, f := range r.Findings {
		switch f.Severity {
		case manifest.SeverityError:
			failures++
		case manifest.SeverityWarning:
			warnings++
		}
	}
	return failures, warnings
}

// firstTrouble is the first error's message, or the first failed check's.
func firstTrouble(r manifest.Report) string {
	for _, f := range r.Findings {
		if f.Severity == manifest.SeverityError {
			return place(f) + cell.Clean(f.Message)
		}
	}
	for _, c := range append(r.Checks[:len(r.Checks):len(r.Checks)], r.Extra...) {
		if !c.OK {
			if c.Detail != "" {
				return cell.Clean(c.Detail)
			}
			return cell.Clean(c.Label)
		}
	}
	return "see page 2"
}

// currentStep is the name of the step that works now.
func currentStep(b studio.BuildState) string {
	for _, s := range b.Steps {
		if s.Phase == studio.PhaseWorking {
			return cell.Clean(s.Name)
		}
	}
	return "starting"
}
