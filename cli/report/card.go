package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
	"github.com/netstacks/netstacks-plugin/studio"
)

// Card prints what a plugin asks for as Markdown, for a ticket or a pull
// request. The error is that of w.
func Card(w io.Writer, i review.Inspection) error {
	p := &printer{w: w}
	if i.Refused != nil {
		p.raw("# " + markdown(i.Path) + " is refused")
		p.raw("")
		p.raw(fmt.Sprintf("%s; %s (%s).", markdown(i.Refused.Problem), markdown(i.Refused.Advice), i.Refused.Trick))
		return p.err
	}
	p.raw(fmt.Sprintf("# %s %s: %s risk", markdown(i.Name), markdown(i.Version), i.Risk.Level))
	p.raw("")
	p.raw(fmt.Sprintf("%s (%s). %s", markdown(i.DisplayName), markdown(orNone(i.Author)), markdown(i.Description)))
	p.raw("")
	if i.Misnamed != "" {
		p.raw("**Note:** " + markdown(i.Misnamed) + ".")
		p.raw("")
	}
	p.rows("", "", [][2]string{
		{"archive", code(i.Path)}, {"SHA-256", code(i.SHA256)}, {"image", code(i.Image)}, {"port", fmt.Sprint(i.Port)}, {"limits", limitWords(i)},
		{"health check", code(healthWords(i.HealthCheck))}, {"files", fmt.Sprintf("%d, %s", len(i.Files), review.Size(i.TotalSize))},
		{"migrations", fmt.Sprint(len(i.Migrations))}, {"form", formWords(i.Form)}, {"signature", markdown(string(i.Signature.Status))}, {"validation", markdown(Summary(*i.Validation))},
	})
	p.raw("")
	p.raw("## What it may do")
	p.raw("")
	if len(i.Risk.Reasons) == 0 {
		p.raw("It asks for nothing of the platform.")
	} else {
		p.raw("| risk | what | it … |")
		p.raw("|---|---|---|")
	}
	for _, r := range i.Risk.Reasons {
		p.raw(fmt.Sprintf("| %s | %s | %s |", r.Level, code(r.Subject), markdown(r.Text)))
	}
	p.raw("")
	if i.OK {
		p.raw("Nothing stands against installing it.")
	} else {
		p.raw("**Do not install it**: validation fails.")
	}
	return p.err
}

// rows prints a table of two columns.
func (p *printer) rows(left, right string, rows [][2]string) {
	p.raw("| " + left + " | " + right + " |")
	p.raw("|---|---|")
	for _, row := range rows {
		p.raw("| " + row[0] + " | " + row[1] + " |")
	}
}

func orNone(author string) string {
	if author == "" {
		return "nobody named as its author"
	}
	return "by " + author
}

func limitWords(i review.Inspection) string {
	if i.Limits == nil {
		return "none"
	}
	return review.Cores(i.Limits.CPULimit) + ", " + review.Size(i.Limits.MemoryLimit)
}

func formWords(f review.Form) string {
	if f.Reproducible {
		return "reproducible"
	}
	return markdown(strings.Join(f.Deviations, "; "))
}

// markdownEscaper keeps text from being Markdown or HTML.
var markdownEscaper = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "|", `\|`, "#", `\#`, "~", `\~`, "!", `\!`, "@", "&#64;",
)

// markdown is foreign text in Markdown.
func markdown(text string) string { return markdownEscaper.Replace(studio.CleanLine(text)) }

// code is foreign text as code in a table: what would end the code or the cell
// is written as an entity, which takes HTML.
func code(text string) string {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", "@", "&#64;", "*", "&#42;", `\`, "&#92;", "[", "&#91;").Replace(studio.CleanLine(text))
	return "<code>" + escaped + "</code>"
}
