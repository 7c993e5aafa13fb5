package ui

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/ui/cell"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// fixPreview is what a fix would change, kept until another one is looked at.
type fixPreview struct {
	made  bool
	fix   int
	lines []diffLine
}

// diffLine is one line of a preview.
type diffLine struct {
	sign   byte // '-' or '+'; ' ' for a file's name
	number int  // of the line in its file
	text   string
}

// previewOf returns the lines that a fix takes away and puts in their place,
// masked by conceal. The file's name goes before the lines of any other file than main.
func previewOf(report manifest.Report, conceal func(string) string, fix manifest.Fix, main string) []diffLine {
	changes, err := report.Changes(fix)
	if err != nil {
		return nil // it was made for another state of the files; the next check brings it anew
	}
	var lines []diffLine
	for _, c := range changes {
		part := diffOf(c.Before, editsOf(fix, c.File))
		if len(part) > 0 && c.File != main {
			lines = append(lines, diffLine{' ', 0, cell.Clean(c.File)})
		}
		lines = append(lines, part...)
	}
	for i, l := range lines {
		lines[i].text = conceal(l.text)
	}
	for i, at := range changedAt(lines) { // of a long line the part that changes
		text := lines[i].text
		part, skipped := partOf(text, 1+utf8.RuneCountInString(text[:min(at, len(text))]))
		if lines[i].text = cell.Clean(part); skipped > 0 {
			lines[i].text = cell.Ellipsis + lines[i].text
		}
	}
	return dedented(lines)
}

// editsOf returns a fix's edits of one file, in their order there.
func editsOf(fix manifest.Fix, file string) []manifest.Edit {
	var edits []manifest.Edit
	for _, e := range fix.Edits {
		if e.File == file {
			edits = append(edits, e)
		}
	}
	slices.SortStableFunc(edits, func(a, b manifest.Edit) int { return cmp.Compare(a.Start, b.Start) })
	return edits
}

// diffOf returns the lines around edits before and after them, without those
// that are the same in both.
func diffOf(before []byte, edits []manifest.Edit) []diffLine {
	var lines []diffLine
	grown := 0 // lines that the edits so far have added
	for len(edits) > 0 {
		from, to, n := reach(before, edits)
		local := slices.Clone(edits[:n])
		for i := range local {
			local[i].Start, local[i].End = local[i].Start-from, local[i].End-from
		}
		edits = edits[n:]
		after, err := manifest.ApplyEdits(before[from:to], local)
		if err != nil {
			return nil
		}
		was, is := splitLines(before[from:to]), splitLines(after)
		first, growth := 1+bytes.Count(before[:from], []byte{'\n'}), len(is)-len(was)
		for len(was) > 0 && len(is) > 0 && was[0] == is[0] {
			was, is, first = was[1:], is[1:], first+1
		}
		for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
			was, is = was[:len(was)-1], is[:len(is)-1]
		}
		for i, text := range was {
			lines = append(lines, diffLine{'-', first + i, text})
		}
		for i, text := range is {
			lines = append(lines, diffLine{'+', first + grown + i, text})
		}
		grown += growth
	}
	return lines
}

// reach returns the whole lines that the first edits touch, and how many edits
// touch them.
func reach(data []byte, edits []manifest.Edit) (from, to, n int) {
	from = bytes.LastIndexByte(data[:edits[0].Start], '\n') + 1
	for to = from; n < len(edits) && (n == 0 || edits[n].Start < to); n++ {
		to = max(to, edits[n].End)
		if end := bytes.IndexByte(data[to:], '\n'); end >= 0 {
			to += end + 1
		} else {
			to = len(data)
		}
	}
	return from, to, n
}

// splitLines returns the lines of data without their line breaks.
func splitLines(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// dedented takes away the indentation that all lines share.
func dedented(lines []diffLine) []diffLine {
	shared := -1
	for _, l := range lines {
		if text := strings.TrimLeft(l.text, " "); l.sign != ' ' && text != "" {
			if indent := len(l.text) - len(text); shared < 0 || indent < shared {
				shared = indent
			}
		}
	}
	for i, l := range lines {
		if l.sign != ' ' {
			lines[i].text = l.text[min(max(shared, 0), len(l.text)):]
		}
	}
	return lines
}

// drawDiff draws at most height lines of a preview, in their order; what does
// not fit is counted, below them or, where that would take half of the room,
// behind the last one.
func drawDiff(th theme.Theme, lines []diffLine, width, height int) []string {
	if height <= 0 || len(lines) == 0 {
		return nil
	}
	digits, rest, more := 1, 0, ""
	for _, l := range lines {
		digits = max(digits, len(strconv.Itoa(l.number)))
	}
	shown := lines
	if len(lines) > height {
		if height == 1 && lines[0].sign == ' ' { // a change says more than its file's name
			lines = lines[1:]
		}
		shown = lines[:height]
		if height > 2 {
			shown = lines[:height-1]
		}
		rest = len(lines) - len(shown)
		more = cell.Ellipsis + " " + cell.Plural(rest, "more line", "more lines")
	}
	out := make([]string, 0, len(shown)+1)
	changed := changedAt(lines)
	for i, l := range shown {
		room := width
		if rest > 0 && height <= 2 && i == len(shown)-1 {
			room -= cell.Width(more) + 2
		}
		line := diffRow(th, l, changed[i], digits, room)
		if room < width {
			line = cell.Ends(line, th.Dim.Paint(more), width)
		}
		out = append(out, line)
	}
	if rest > 0 && height > 2 {
		out = append(out, "  "+cell.Space(digits+1)+th.Dim.Paint(more))
	}
	return out
}

// diffRow draws one line of a preview, with what is changed at a byte of it in sight.
func diffRow(th theme.Theme, l diffLine, changed, digits, width int) string {
	number := "  " + th.Dim.Paint(cell.PadLeft(strconv.Itoa(l.number), digits)) + " "
	from := cell.Width(l.text[:min(changed, len(l.text))])
	text, _ := around(l.text, max(width-digits-5, 1), from, min(from+20, cell.Width(l.text)))
	switch l.sign {
	case '-':
		return number + th.Broken.Paint("- "+text)
	case '+':
		return number + th.Good.Paint("+ "+text)
	}
	return "  " + th.Dim.Paint(cell.CutMiddle(l.text, width-2))
}

// changedAt returns for each line the byte at which it differs from the one
// that replaces it, or that it replaces; 0 for all others.
func changedAt(lines []diffLine) []int {
	at := make([]int, len(lines))
	for i := 0; i+1 < len(lines); i++ {
		a, b := lines[i], lines[i+1]
		if a.sign != '-' || b.sign != '+' {
			continue
		}
		n := 0
		for n < min(len(a.text), len(b.text)) && a.text[n] == b.text[n] {
			n++
		}
		at[i], at[i+1] = n, n
	}
	return at
}
