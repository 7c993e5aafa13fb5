package report

import (
	"io"
	"path"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// contextLines is how many lines around a change a diff shows.
const contextLines = 3

// DiffOptions say what a diff is printed with.
type DiffOptions struct {
	Folder   string              // stands before the files' names, slash-separated; may be empty
	Mask     func(string) string // hides secrets
	Terminal bool                // somebody reads it: what a terminal would act on is shown as a sign, and `patch` may not take it
	Color    bool
}

// Diff prints what a repair changes as unified diffs that `patch -p1` takes.
// Secrets are hidden, and exact says whether the diff is the true one all the
// same. The error is that of w.
func Diff(w io.Writer, changes []manifest.Change, o DiffOptions) (exact bool, err error) {
	p := &printer{w: w, color: o.Color}
	exact = true
	for _, c := range changes {
		name := path.Join(o.Folder, c.File)
		before, after := string(c.Before), string(c.After)
		plain := unified(name, before, after)
		masked := unified(name, o.Mask(before), o.Mask(after))
		exact = exact && plain == masked
		for line := range strings.Lines(masked) {
			p.diffLine(line, o.Terminal)
		}
	}
	return exact, p.err
}

// unified is the diff of one file. A name with a space ends with a tab, or
// `patch` would end it at the space.
func unified(name, before, after string) string {
	if strings.Contains(name, " ") {
		name += "\t"
	}
	text, err := udiff.ToUnified("a/"+name, "b/"+name, before, udiff.Lines(before, after), contextLines)
	if err != nil { // edits that overlap: those of Lines do not
		return ""
	}
	return text
}

// diffLine prints a line of a diff; line ends with its line break.
func (p *printer) diffLine(line string, terminal bool) {
	if p.err != nil {
		return
	}
	if terminal {
		line = strings.TrimRight(line, "\r\n")
		var b strings.Builder
		for _, r := range line {
			b.WriteString(visible(r))
		}
		line = p.styled(diffStyle(line), b.String()) + "\n"
	}
	_, p.err = io.WriteString(p.w, line)
}

func diffStyle(line string) ansi.Style {
	switch {
	case strings.HasPrefix(line, "+"):
		return ansi.NewStyle().ForegroundColor(ansi.Green)
	case strings.HasPrefix(line, "-"):
		return ansi.NewStyle().ForegroundColor(ansi.Red)
	case strings.HasPrefix(line, "@@"):
		return ansi.NewStyle().ForegroundColor(ansi.Cyan)
	}
	return ansi.NewStyle()
}
