package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/cli/report"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// runRepair makes the fixes and reports what is left; in a dry run it shows
// what it would write.
func runRepair(o validateOptions, t target) error {
	if !t.dir {
		return usagef("--fix changes nothing in an archive; mend the plugin's folder and package it again, or leave --fix out to look at %s", o.named)
	}
	start := o.streams.Now()
	made := manifest.Repair(t.files, manifest.Options{Path: o.named}, o.unsafe)
	if o.dryRun {
		return showRepair(o, t, made)
	}
	return writeRepair(o, t, made, o.streams.Now().Sub(start))
}

// writeRepair writes what a repair changes, says what that was, and reports
// what is left.
func writeRepair(o validateOptions, t target, made manifest.Repaired, took time.Duration) error {
	if err := studio.WriteChanges(t.path, made.Changes); err != nil {
		return err
	}
	o.tell("mended", t, made)
	shown := o.reportOptions(t)
	shown.Took = took
	return verdict(report.Write(o.streams.Out, o.format, made.Report, shown), made.Report)
}

// showRepair prints what a repair would change as a diff.
func showRepair(o validateOptions, t target, made manifest.Repaired) error {
	o.tell("would mend", t, made)
	folder, apply := o.namedFolder(), "patch -p1"
	if folder == "" && o.named != "." {
		apply += " -d " + shellWord(t.path)
	}
	exact, err := report.Diff(o.streams.Out, made.Changes, report.DiffOptions{
		Folder: folder, Mask: made.Mask, Terminal: o.streams.OutTTY, Color: o.streams.color(),
	})
	switch {
	case len(made.Changes) == 0:
	case exact:
		fmt.Fprintf(o.streams.Err, "nothing was written; --fix without --dry-run does it, and `%s` from this diff\n", apply)
	default:
		fmt.Fprintln(o.streams.Err, "nothing was written; --fix without --dry-run does it, but not `patch`: the diff hides a secret")
	}
	fmt.Fprintf(o.streams.Err, "after that: %s\n", report.Summary(made.Report))
	return verdict(err, made.Report)
}

// tell says on standard error which fixes were made.
func (o validateOptions) tell(what string, t target, made manifest.Repaired) {
	for _, a := range made.Applied {
		f := a.Finding
		place := report.Place(t.folder(), f)
		fmt.Fprintln(o.streams.Err, studio.CleanLine(fmt.Sprintf("%s %s: %s → %s [%s]", what, place, f.Message, a.Fix.Title, f.Rule)))
	}
	if len(made.Applied) == 0 {
		fmt.Fprintln(o.streams.Err, "there is nothing that --fix mends by itself")
	}
}

// namedFolder is the plugin's folder relative to the current one, as the user
// named it and slash-separated; "" for the current folder, and for one that is
// not below it.
func (o validateOptions) namedFolder() string {
	name := filepath.Clean(o.named)
	if filepath.Base(name) == manifest.FileName {
		name = filepath.Dir(name)
	}
	if !filepath.IsLocal(name) {
		return ""
	}
	return strings.TrimPrefix(filepath.ToSlash(name), ".")
}
