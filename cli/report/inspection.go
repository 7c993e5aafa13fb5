package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
	"github.com/netstacks/netstacks-plugin/studio"
)

// maxShown bounds how many findings of a validation an inspection shows.
const maxShown = 20

// bold is for headings.
var bold = ansi.NewStyle().Bold()

// Inspection prints what an archive is and asks for, for people. The error is
// that of w.
func Inspection(w io.Writer, i review.Inspection, o Options) error {
	p := &printer{w: w, color: o.Color}
	if i.Refused != nil {
		p.verdict(false, fmt.Sprintf("%s is refused: %s", i.Path, i.Refused.Problem))
		p.line("  %s (%s)", i.Refused.Advice, i.Refused.Trick)
		return p.err
	}
	p.line("%s  %s, %s, packed %s", i.Path, plural(len(i.Files), "file"), review.Size(i.TotalSize), review.Size(i.Size))
	p.line("SHA-256 %s", i.SHA256)
	if i.Misnamed != "" {
		p.raw(p.styled(worst[manifest.SeverityWarning], "!") + " " + studio.CleanLine(i.Misnamed))
	}
	p.line("")
	p.identity(i)
	p.risk(i)
	p.container(i)
	p.panels(i)
	p.settings(i)
	p.heading(len(i.Migrations) > 0, "Migrations", "in this order, in the schema "+i.Schema)
	for _, m := range i.Migrations {
		p.line("  %s  %s", m.Name, review.Size(m.Size))
	}
	p.files(i)
	p.trust(i)
	p.validation(i)
	return p.err
}

// heading prints the heading of a part that is there, with a blank line in front.
func (p *printer) heading(there bool, title, about string) {
	if !there {
		return
	}
	p.line("")
	if about != "" {
		about = "  " + p.styled(dim, studio.CleanLine(about))
	}
	p.raw(p.styled(bold, title) + about)
}

// verdict prints a sentence with the sign of what it says.
func (p *printer) verdict(good bool, sentence string) {
	if good {
		p.line("✓ %s", sentence)
		return
	}
	p.raw(p.styled(worst[manifest.SeverityError], "✗") + " " + studio.CleanLine(sentence))
}

func (p *printer) identity(i review.Inspection) {
	by := ""
	if i.Author != "" {
		by = ", by " + i.Author
	}
	p.line("%s (%s %s)%s", i.DisplayName, i.Name, i.Version, by)
	if i.Description != "" {
		p.line("  %s", i.Description)
	}
}

// levelStyle is how a level of risk looks.
func levelStyle(l review.Level) ansi.Style {
	switch l {
	case review.High:
		return worst[manifest.SeverityError]
	case review.Medium:
		return worst[manifest.SeverityWarning]
	}
	return ansi.NewStyle()
}

// risk prints the card: what the plugin may do, the worst first.
func (p *printer) risk(i review.Inspection) {
	p.line("")
	p.raw(p.styled(bold, "Risk") + "  " + p.styled(levelStyle(i.Risk.Level), string(i.Risk.Level)))
	if len(i.Risk.Reasons) == 0 {
		p.line("  it asks for nothing of the platform")
	}
	width := 0
	for _, r := range i.Risk.Reasons {
		width = max(width, ansi.StringWidth(studio.CleanLine(r.Subject)))
	}
	for _, r := range i.Risk.Reasons {
		level := fmt.Sprintf("%-6s", r.Level)
		p.raw("  " + p.styled(levelStyle(r.Level), level) + "  " + padded(studio.CleanLine(r.Subject), width) + "  " + studio.CleanLine(r.Text))
	}
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

func (p *printer) container(i review.Inspection) {
	p.heading(true, "Container", "")
	p.line("  image         %s", i.Image)
	p.line("  port          %d", i.Port)
	limits := "none"
	if i.Limits != nil {
		limits = fmt.Sprintf("%s, %s of memory", review.Cores(i.Limits.CPULimit), review.Size(i.Limits.MemoryLimit))
	}
	p.line("  limits        %s", limits)
	p.line("  health check  %s", healthWords(i.HealthCheck))
	if i.UIBundle != "" {
		p.line("  ui bundle     %s", i.UIBundle)
	}
}

// healthWords says how the engine tells whether the plugin is well.
func healthWords(h *manifest.HealthCheck) string {
	if h == nil {
		return "none"
	}
	words := h.Command
	for _, n := range []struct {
		value *int
		words string
	}{
		{h.IntervalSeconds, "every %d s"}, {h.TimeoutSeconds, "at most %d s long"}, {h.Retries, "%d failures in a row are too many"}, {h.StartPeriodSeconds, "%d s to start"},
	} {
		if n.value != nil {
			words += ", " + fmt.Sprintf(n.words, *n.value)
		}
	}
	return words
}

func (p *printer) panels(i review.Inspection) {
	p.heading(len(i.Panels) > 0, "Panels", "")
	for _, panel := range i.Panels {
		refresh := ""
		if panel.RefreshIntervalSeconds > 0 {
			refresh = fmt.Sprintf(", every %g s", panel.RefreshIntervalSeconds)
		}
		p.line("  %s (%s)  GET %s%s", panel.Label, panel.ID, panel.DataEndpoint, refresh)
		var columns []string
		for _, c := range panel.Columns {
			columns = append(columns, c.Label)
		}
		if len(columns) > 0 {
			p.line("    columns: %s", strings.Join(columns, ", "))
		}
		for _, a := range panel.Actions {
			method, asks := a.Method, ", without asking"
			if method == "" {
				method = "POST"
			}
			if a.Confirm != "" {
				asks = ", asks first"
			}
			p.line("    button %s: %s %s%s", a.Label, method, a.Endpoint, asks)
		}
	}
}

func (p *printer) settings(i review.Inspection) {
	p.heading(len(i.Settings) > 0, "Settings", "")
	width := 0
	for _, s := range i.Settings {
		width = max(width, ansi.StringWidth(studio.CleanLine(s.Name)))
	}
	for _, s := range i.Settings {
		words := "any value"
		if len(s.Types) > 0 {
			words = strings.Join(s.Types, " or ")
		}
		if s.Required {
			words += ", required"
		}
		if len(s.Allowed) > 0 {
			words += ", one of " + strings.Join(s.Allowed, ", ")
		}
		if s.Default != "" {
			words += ", by default " + s.Default
		}
		mark := ""
		if s.Sensitive {
			mark = p.styled(worst[manifest.SeverityWarning], ", sensitive")
		}
		p.raw("  " + padded(studio.CleanLine(s.Name), min(width, 40)) + "  " + studio.CleanLine(words) + mark)
	}
}

// files prints every file with its digest, as sha256sum does.
func (p *printer) files(i review.Inspection) {
	p.heading(true, "Files", "SHA-256, size and name")
	for _, f := range i.Files {
		runs := ""
		if f.Mode&0o100 != 0 {
			runs = "  (executable)"
		}
		p.line("  %s  %9s  %s%s", f.SHA256, review.Size(f.Size), f.Path, runs)
	}
}

// trust prints what is known of how the archive was made.
func (p *printer) trust(i review.Inspection) {
	p.heading(true, "Origin", "")
	if i.Form.Reproducible {
		p.line("  form       reproducible: order, times and modes are those that `netstacks-plugin package` writes")
	} else {
		p.line("  form       not that of `netstacks-plugin package`: %s", strings.Join(i.Form.Deviations, "; "))
	}
	said := string(i.Signature.Status)
	if i.Signature.Detail != "" {
		said += ": " + i.Signature.Detail
	}
	p.line("  signature  %s", said)
}

// validation prints the findings and whether the plugin can be installed.
func (p *printer) validation(i review.Inspection) {
	p.heading(true, "Validation", "")
	r := *i.Validation
	p.line("  %s", Summary(r))
	for _, c := range unspoken(r) {
		p.raw("  " + p.styled(worst[manifest.SeverityError], "✗") + " " + studio.CleanLine(c.Label+": "+c.Detail))
	}
	for n, f := range r.Findings {
		if n == maxShown {
			p.line("  %s more; `netstacks-plugin validate` shows them", plural(len(r.Findings)-n, "finding"))
			break
		}
		p.raw("  " + studio.CleanLine(Place("", f)) + ": " + p.styled(worst[f.Severity], string(f.Severity)) + ": " + studio.CleanLine(f.Message) + " " + p.styled(dim, "["+f.Rule+"]"))
	}
	p.line("")
	if i.OK {
		p.verdict(true, "nothing stands against installing it")
		return
	}
	if r.OK {
		p.verdict(false, "do not install it: its signature is not good; see Origin")
		return
	}
	p.verdict(false, "do not install it: the Controller refuses it, or it does not work; see Validation")
}

// plural counts things: "1 file", "2 files".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
