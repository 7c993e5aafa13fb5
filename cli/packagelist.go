package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
	"github.com/netstacks/netstacks-plugin/studio"
)

// packageList is what `package --list --json` prints.
type packageList struct {
	Path string `json:"path"` // of the plugin, as it was named
	OK   bool   `json:"ok"`   // nothing stands in the way of a package
	nspkg.Plan
	Entries  []listedEntry    `json:"entries"`
	Excluded []listedExcluded `json:"excluded"`
	Problems []nspkg.Problem  `json:"problems"`
}

type listedEntry struct {
	nspkg.Entry
	Why string `json:"why"`
}

type listedExcluded struct {
	nspkg.Excluded
	Where string `json:"where"`
}

// listPackage prints what a package would hold and leave out, and why; it writes nothing.
func listPackage(ctx context.Context, o packageOptions) error {
	list := packageList{Path: o.named, Entries: []listedEntry{}, Excluded: []listedExcluded{}, Problems: []nspkg.Problem{}}
	t, err := o.streams.openTarget(o.named)
	if err = errors.Join(err, t.close()); err != nil {
		return err
	}
	if info, err := os.Stat(o.dir); err == nil && !info.IsDir() {
		return usagef("%s is a file; name the plugin's folder", o.named)
	}
	list.Plan, err = nspkg.MakePlan(ctx, o.dir)
	if unpackable := (*nspkg.UnpackableError)(nil); errors.As(err, &unpackable) {
		list.Problems = unpackable.Problems
	} else if err != nil {
		return err
	}
	list.OK = len(list.Problems)+len(list.Secrets) == 0
	for _, e := range list.Plan.Entries {
		list.Entries = append(list.Entries, listedEntry{Entry: e, Why: whyPacked(e)})
	}
	for _, e := range list.Plan.Excluded {
		list.Excluded = append(list.Excluded, listedExcluded{Excluded: e, Where: e.Where()})
	}
	if o.json {
		err = writeJSON(o.streams.Out, list)
	} else {
		err = list.print(o.streams.Out)
	}
	if err == nil && !list.OK {
		err = errSilent
	}
	return err
}

// whyPacked says what lets a file in.
func whyPacked(e nspkg.Entry) string {
	switch {
	case e.Rule != "":
		return "included by " + e.Rule
	case e.Path == manifest.FileName:
		return "included: every package starts with it"
	}
	return "included: no rule keeps it out"
}

// print writes the list as text.
func (l packageList) print(out io.Writer) error {
	w := &lines{out: out}
	if len(l.Problems) > 0 {
		w.line("%s cannot be packed:", counted(len(l.Problems), "file", "files"))
		for _, p := range l.Problems {
			w.line("  %s %s", clean(p.Path), p.Reason)
		}
		return w.err
	}
	width := len("path")
	for _, e := range l.Entries {
		width = max(width, min(len([]rune(clean(e.Path))), 60))
	}
	for _, e := range l.Excluded {
		width = max(width, min(len([]rune(clean(e.Path))), 60))
	}
	w.line("%-*s  %10s  %10s  %s", width, "path", "bytes", "packed", "why")
	for _, e := range l.Entries {
		w.line("%-*s  %10d  %10d  %s", width, clean(e.Path), e.Size, e.CompressedSize, clean(e.Why))
	}
	for _, e := range l.Excluded {
		why := "excluded: " + e.Where
		if e.Rule != path.Base(e.Path) {
			why += ": " + e.Rule
		}
		w.line("%-*s  %10s  %10s  %s", width, clean(e.Path), "-", "-", clean(why))
	}
	w.line("%s, %d bytes (%.2f KB), about %d (%.2f KB) compressed; %d excluded", counted(len(l.Entries), "file", "files"), l.TotalSize, float64(l.TotalSize)/1024, l.CompressedSize, float64(l.CompressedSize)/1024, len(l.Excluded))
	for _, warning := range l.Warnings {
		w.line("! %s", clean(warning.Message))
	}
	for _, s := range l.Waived {
		w.line("! %s:%d: %s goes in (%s): %s", clean(s.Path), s.Line, s.What, manifest.ConfigName, clean(s.Reason))
	}
	if len(l.Secrets) > 0 {
		w.line("")
		for line := range strings.Lines((&nspkg.SecretsError{Findings: l.Secrets}).Error()) {
			w.line("%s", studio.CleanLine(strings.TrimSuffix(line, "\n")))
		}
	}
	return w.err
}

// lines writes lines until one fails.
type lines struct {
	out io.Writer
	err error
}

func (w *lines) line(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format+"\n", args...)
	}
}

// clean is a text of a plugin's without what acts on a terminal.
func clean(text string) string { return studio.CleanLine(text) }

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
