package report

import (
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
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
	return renumbered(text)
}

// hunk is the heading of a part of a diff.
var hunk = regexp.MustCompile(`(?m)^@@ -([0-9]+),([0-9]+) \+[0-9]+,([0-9]+) @@`)

// renumbered is a diff with the second line number of each heading counted
// anew: go-udiff v0.4.1 forgets the lines between two changes of one part. A
// number of lines that is 1 is left out of a heading; such parts have no
// neighbours to count wrong.
func renumbered(diff string) string {
	shift := 0
	return hunk.ReplaceAllStringFunc(diff, func(heading string) string {
		part := hunk.FindStringSubmatch(heading)
		from, _ := strconv.Atoi(part[1])
		old, _ := strconv.Atoi(part[2])
		now, _ := strconv.Atoi(part[3])
		if old > 0 && now > 0 {
			heading = fmt.Sprintf("@@ -%d,%d +%d,%d @@", from, old, from+shift, now)
		}
		shift += now - old
		return heading
	})
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
