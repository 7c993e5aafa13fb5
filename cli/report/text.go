package report

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// Text prints r for people: the lines that plugin-sdk.txt ("validate") shows,
// in its words and order, and between the checks and the score each finding
// with its line. The error is that of w.
func Text(w io.Writer, r manifest.Report, o Options) error {
	p := &printer{w: w, color: o.Color, named: o.Named}
	p.line("Validating plugin at: %s", r.Path)
	for _, c := range checks(r) {
		p.check(c)
	}
	for _, f := range r.Findings {
		p.line("")
		p.finding(r, f)
	}
	notes := notes(r, o)
	if len(notes) > 0 {
		p.line("")
	}
	for _, note := range notes {
		p.line("%s", note)
	}
	if len(notes) > 0 {
		p.line("")
	}
	p.line("Validation results: %d/%d checks passed", r.Score.Passed, r.Score.Total)
	if r.OK {
		p.line("✓ Plugin validation passed")
	} else {
		p.line("✗ Plugin validation failed")
	}
	return p.err
}

// printer writes lines and keeps the first error.
type printer struct {
	w      io.Writer
	err    error
	color  bool
	named  string
	detail string   // of the check that failed last
	last   struct { // the line that was asked for last: findings often share one
		file string
		n    int
		text string
	}
}

// line prints one line of words, harmless to a terminal.
func (p *printer) line(format string, args ...any) {
	p.raw(studio.CleanLine(fmt.Sprintf(format, args...)))
}

// raw prints one line as it is.
func (p *printer) raw(line string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, line)
	}
}

// styled is text in a style, where there are colours.
func (p *printer) styled(style ansi.Style, text string) string {
	if !p.color || text == "" {
		return text
	}
	return style.Styled(text)
}

// The styles of a report in colours.
var (
	dim   = ansi.NewStyle().Faint()
	worst = map[manifest.Severity]ansi.Style{
		manifest.SeverityError:   ansi.NewStyle().Bold().ForegroundColor(ansi.Red),
		manifest.SeverityWarning: ansi.NewStyle().Bold().ForegroundColor(ansi.Yellow),
		manifest.SeverityInfo:    ansi.NewStyle().Bold().ForegroundColor(ansi.Cyan),
	}
)

func (p *printer) check(c manifest.CheckResult) {
	if c.OK {
		p.line("✓ %s", c.Label)
		return
	}
	p.raw(p.styled(worst[manifest.SeverityError], "✗") + " " + studio.CleanLine(c.Label))
	if c.Detail != "" && c.Detail != p.detail { // what keeps several checks from being made is said once
		p.detail = c.Detail
		p.line("    %s", c.Detail)
	}
}

// finding prints file:line:column first, so that editors and terminals can
// jump; then the line itself with the place underlined, and what mends it.
func (p *printer) finding(r manifest.Report, f manifest.Finding) {
	style := worst[f.Severity]
	p.raw(fmt.Sprintf("%s: %s: %s %s", studio.CleanLine(Place(p.named, f)), p.styled(style, string(f.Severity)), studio.CleanLine(f.Message), p.styled(dim, "["+f.Rule+"]")))
	gutter := p.excerpt(r, f, style)
	if f.Allowed != "" && !strings.Contains(f.Message, f.Allowed) {
		p.line("%s = allowed: %s", gutter, f.Allowed)
	}
	if fix, ok := firstFix(f); ok {
		label := "fix"
		if !fix.Safe {
			label = "fix, with --unsafe"
		}
		p.line("%s = %s: %s", gutter, label, fix.Title)
	}
}

// excerpt prints the line of a finding and what underlines its place. It
// returns what lines below these start with.
func (p *printer) excerpt(r manifest.Report, f manifest.Finding, style ansi.Style) (gutter string) {
	number := fmt.Sprintf("%5d", f.Line)
	gutter = strings.Repeat(" ", len(number))
	if f.Line == 0 {
		return gutter
	}
	if p.last.file != f.File || p.last.n != f.Line {
		p.last.file, p.last.n, p.last.text = f.File, f.Line, r.Line(f.File, f.Line)
	}
	to := f.EndColumn
	if f.EndLine > f.Line {
		to = len(p.last.text) + 1 // no line has more code points than bytes
	}
	e := excerptOf(p.last.text, f.Column, to)
	if e.line == "" {
		return gutter
	}
	p.raw(p.styled(dim, number+" |") + " " + e.line)
	p.raw(p.styled(dim, gutter+" |") + " " + e.indent + p.styled(style, e.marks))
	return gutter
}

// Place is where a finding is, as file:line:column or, of a whole file, its
// name. named is the plugin's folder as the user named it, see Options.
func Place(named string, f manifest.Finding) string {
	file := path.Join(named, f.File)
	if f.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, f.Line, f.Column)
}

// firstFix returns the fix of a finding that is made first: the best safe one,
// else the best of all; false when it has none.
func firstFix(f manifest.Finding) (manifest.Fix, bool) {
	for _, fix := range f.Fixes {
		if fix.Safe {
			return fix, true
		}
	}
	if len(f.Fixes) == 0 {
		return manifest.Fix{}, false
	}
	return f.Fixes[0], true
}

// tally counts the findings by severity: "1 error, 2 warnings".
func tally(r manifest.Report) string {
	var parts []string
	for _, s := range []manifest.Severity{manifest.SeverityError, manifest.SeverityWarning, manifest.SeverityInfo} {
		switch n := r.Count(s); {
		case n == 1:
			parts = append(parts, "1 "+string(s))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// notes are the lines that follow the findings: at least one where there are
// findings.
func notes(r manifest.Report, o Options) []string {
	var lines []string
	switch n := len(r.Waived); {
	case n == 1:
		lines = append(lines, fmt.Sprintf("1 finding is waived in %s", manifest.ConfigName))
	case n > 1:
		lines = append(lines, fmt.Sprintf("%d findings are waived in %s", n, manifest.ConfigName))
	}
	if len(r.Findings) == 0 {
		return lines
	}
	lines = append(lines, tally(r))
	safe, risky := 0, 0
	for _, f := range r.Findings {
		switch fix, ok := firstFix(f); {
		case ok && fix.Safe:
			safe++
		case ok:
			risky++
		}
	}
	if o.Repair != "" {
		const mended = "%d of %d can be mended: %s"
		switch {
		case safe > 0 && risky > 0:
			lines = append(lines, fmt.Sprintf(mended+"; %d more with --unsafe, which may remove what you wrote", safe, len(r.Findings), o.Repair, risky))
		case safe > 0:
			lines = append(lines, fmt.Sprintf(mended, safe, len(r.Findings), o.Repair))
		case risky > 0:
			lines = append(lines, fmt.Sprintf(mended+", which may remove what you wrote", risky, len(r.Findings), strings.Replace(o.Repair, "--fix", "--fix --unsafe", 1)))
		}
	}
	return append(lines, fmt.Sprintf("more about a rule: netstacks-plugin validate --explain %s", r.Findings[0].Rule))
}
