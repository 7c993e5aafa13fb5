package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
	"github.com/netstacks/netstacks-plugin/studio"
)

// DifferenceFormats are the names of the formats of a difference, the default
// first.
var DifferenceFormats = []string{"text", "json", "github"}

// Difference prints what a new version changes, in one of DifferenceFormats.
// document is the new version's manifest, which says where GitHub shows a
// change. The error is that of w.
func Difference(w io.Writer, format string, d review.Difference, document *manifest.Document, o Options) error {
	switch format {
	case "json":
		return encode(w, d)
	case "github":
		return differenceForGitHub(w, d, document, o)
	}
	return differenceText(w, d, o)
}

// differenceText prints a difference for people.
func differenceText(w io.Writer, d review.Difference, o Options) error {
	p := &printer{w: w, color: o.Color}
	risk := string(d.New.Risk)
	if d.Old.Risk != d.New.Risk {
		risk = string(d.Old.Risk) + " → " + string(d.New.Risk)
	}
	p.line("%s %s → %s  risk %s", d.New.Name, d.Old.Version, d.New.Version, risk)
	p.line("  old  %s", sideWords(d.Old))
	p.line("  new  %s", sideWords(d.New))
	area := review.Area("")
	for _, c := range d.Changes {
		if c.Area != area {
			area = c.Area
			p.heading(true, area.Title(), "")
		}
		sign := " "
		switch c.Severity {
		case manifest.SeverityError:
			sign = p.styled(worst[c.Severity], "✗")
		case manifest.SeverityWarning:
			sign = p.styled(worst[c.Severity], "!")
		}
		p.raw("  " + sign + " " + studio.CleanLine(c.Subject+" "+c.Message))
	}
	p.changedFiles(d.Files)
	p.heading(true, "Version", "")
	if d.Bump.Enough {
		p.line("  ✓ %s", d.Bump.Reason)
	} else {
		p.raw("  " + p.styled(worst[manifest.SeverityWarning], "!") + " " + studio.CleanLine(d.Bump.Reason))
	}
	if n := differenceTally(d); n != "" {
		p.line("")
		p.line("%s", n)
	}
	return p.err
}

func sideWords(s review.Side) string {
	if s.SHA256 == "" {
		return s.Path
	}
	return s.Path + "  SHA-256 " + s.SHA256
}

// changedFiles prints the files that differ.
func (p *printer) changedFiles(f review.FileChanges) {
	p.heading(f.Any(), "Files", fmt.Sprintf("%d added, %d removed, %d changed, %s → %s in all", len(f.Added), len(f.Removed), len(f.Changed), review.Size(f.OldTotal), review.Size(f.NewTotal)))
	for _, c := range f.Added {
		p.line("  + %s  %s", c.Path, review.Size(c.NewSize))
	}
	for _, c := range f.Removed {
		p.line("  - %s  %s", c.Path, review.Size(c.OldSize))
	}
	for _, c := range f.Changed {
		sizes := review.Size(c.OldSize)
		if c.OldSize != c.NewSize {
			sizes += " → " + review.Size(c.NewSize)
		}
		if c.Mode != "" {
			sizes += ", mode " + c.Mode
		}
		p.line("  ~ %s  %s", c.Path, sizes)
	}
}

// differenceTally counts what needs attention: "2 errors, 1 warning".
func differenceTally(d review.Difference) string {
	r := manifest.Report{}
	for _, c := range d.Changes {
		if c.Severity != manifest.SeverityInfo {
			r.Findings = append(r.Findings, manifest.Finding{Severity: c.Severity})
		}
	}
	return tally(r)
}

// differenceForGitHub prints workflow commands: what breaks an installation as
// errors, what needs a decision as warnings, the rest as notices.
func differenceForGitHub(w io.Writer, d review.Difference, document *manifest.Document, o Options) error {
	p := &printer{w: w}
	changes := slices.Clone(d.Changes)
	if !d.Bump.Enough {
		changes = append(changes, review.Change{Severity: manifest.SeverityWarning, Subject: "version", Message: d.Bump.Reason, File: manifest.FileName, Pointer: "/version"})
	}
	for _, c := range changes {
		title := "Version"
		if c.Area != "" {
			title = c.Area.Title()
		}
		a := annotation{level: githubLevel(c.Severity), file: inFolder(o.Folder, c.File), title: title + ": " + studio.CleanLine(c.Subject)}
		if document != nil && c.File == manifest.FileName {
			if span, ok := document.Locate(c.Pointer); ok && c.Pointer != "" {
				a.line, a.col = span.Line, span.Column
				if span.KeyLine > 0 {
					a.line, a.col = span.KeyLine, span.KeyColumn
				}
			}
		}
		p.command(a, c.Subject+" "+c.Message)
	}
	summary := differenceTally(d)
	switch {
	case summary != "":
	case d.Attention:
		summary = "the version needs attention"
	default:
		summary = "nothing that needs attention"
	}
	p.line("netstacks-plugin diff %s %s: %s; %s", d.Old.Path, d.New.Path, summary, d.Bump.Reason)
	return p.err
}
