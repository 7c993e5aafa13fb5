package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// GitHub prints r as workflow commands, which annotate the files of a pull
// request: one for each failed check that no finding speaks of and for each
// finding, then a line with the score for the log. The error is that of w.
func GitHub(w io.Writer, r manifest.Report, o Options) error {
	p := &printer{w: w}
	for _, c := range unspoken(r) {
		p.command(annotation{level: "error", file: inFolder(o.Folder, manifest.FileName), title: c.Label}, cmp.Or(c.Detail, c.Label))
	}
	for _, f := range r.Findings {
		message := f.Message
		if fix, ok := firstFix(f); ok {
			message += "\nfix: " + fix.Title
		}
		title := f.Rule
		if rule, ok := manifest.RuleByID(f.Rule); ok {
			title += ": " + rule.Title
		}
		a := annotation{level: githubLevel(f.Severity), file: inFolder(o.Folder, f.File), line: f.Line, col: f.Column, endLine: f.EndLine, endCol: f.EndColumn, title: title}
		p.command(a, message)
	}
	p.line("netstacks-plugin validate %s: %s", r.Path, Summary(r))
	return p.err
}

// Summary says in one line how a plugin does: "8/8 checks passed, 2 errors, 1
// warning".
func Summary(r manifest.Report) string {
	parts := []string{fmt.Sprintf("%d/%d checks passed", r.Score.Passed, r.Score.Total)}
	for _, s := range []struct {
		severity  manifest.Severity
		one, many string
	}{
		{manifest.SeverityError, "error", "errors"},
		{manifest.SeverityWarning, "warning", "warnings"},
		{manifest.SeverityInfo, "info", "infos"},
	} {
		switch n := r.Count(s.severity); n {
		case 0:
		case 1:
			parts = append(parts, "1 "+s.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, s.many))
		}
	}
	if n := len(r.Waived); n > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", n))
	}
	return strings.Join(parts, ", ")
}

func githubLevel(s manifest.Severity) string {
	switch s {
	case manifest.SeverityWarning:
		return "warning"
	case manifest.SeverityInfo:
		return "notice"
	}
	return "error"
}

// annotation is what a workflow command says of its place. Columns count code
// points from 1, the end lies behind the place.
type annotation struct {
	level, file, title         string
	line, col, endLine, endCol int
}

// command prints a workflow command. The runner takes columns only where a
// place begins and ends on one line.
func (p *printer) command(a annotation, message string) {
	properties := []string{"file=" + escapeProperty(a.file)}
	if a.line > 0 {
		properties = append(properties, fmt.Sprintf("line=%d", a.line))
		end := max(a.endLine, a.line)
		if end == a.line {
			properties = append(properties, fmt.Sprintf("col=%d", a.col))
		}
		properties = append(properties, fmt.Sprintf("endLine=%d", end))
		if end == a.line && a.endCol > a.col {
			properties = append(properties, fmt.Sprintf("endColumn=%d", a.endCol))
		}
	}
	properties = append(properties, "title="+escapeProperty(a.title))
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = studio.CleanLine(line)
	}
	p.raw("::" + a.level + " " + strings.Join(properties, ",") + "::" + dataEscaper.Replace(strings.Join(lines, "\n")))
}

// What the runner's commands escape, in their data and in their properties.
var (
	dataEscaper     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeProperty(text string) string { return propertyEscaper.Replace(text) }
