package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/cli/report"
	"github.com/netstacks/netstacks-plugin/manifest"
)

type validateOptions struct {
	streams    Streams
	named      string // the target as the user named it
	format     string
	checksOnly bool
	fix        bool
	unsafe     bool
	dryRun     bool
}

func newValidate(s Streams) *cobra.Command {
	o := validateOptions{streams: s}
	asJSON, explain := false, ""
	c := &cobra.Command{
		Use:   "validate [DIR|manifest.json|FILE.nspkg]",
		Short: "Validate plugin structure and manifest",
		Long: `Runs the eight scored checks on a plugin's folder or its .nspkg, then the
Controller's own schema and what lies beyond it. Each finding comes with its
line, the rule it comes from and, where there is one, what mends it.

Exit code 0: in order, warnings or not; 1: an error was found; 2: wrong usage.
With --fix the code is that of the state after the fixes, with --dry-run of the
state that they would leave.

--fix makes only safe fixes: those with one sensible reading that lose nothing
you wrote. --unsafe adds those that remove something or choose among several
readings; look at them first with --dry-run. Archives are never changed.`,
		Example: `  netstacks-plugin validate my-plugin                         the folder
  netstacks-plugin validate my-plugin-1.0.0.nspkg             what was packaged
  netstacks-plugin validate --fix my-plugin                   mend what is safe to mend
  netstacks-plugin validate --fix --dry-run | patch -p1       the same, looked at as a diff
  netstacks-plugin validate --fix --unsafe --dry-run          what there is beyond the safe fixes
  netstacks-plugin validate --explain NSP2016                 what a rule asks, and why
  netstacks-plugin validate --format github                   annotate a pull request
  netstacks-plugin validate --format sarif > plugin.sarif     for code scanning
  netstacks-plugin validate --format junit > plugin.xml       for a CI server's test page`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("explain") {
				return runExplain(s, explain, c, args)
			}
			o.named, _ = s.folder(args)
			switch {
			case len(args) == 1 && args[0] == "":
				return usagef("the plugin's name is empty: name its folder, its manifest.json or a .nspkg")
			case asJSON && c.Flags().Changed("format") && o.format != "json":
				return usagef("--json and --format %s do not go together; leave one of them out", o.format)
			case asJSON:
				o.format = "json"
			}
			return runValidate(o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.format, "format", report.Formats[0], "how the report is printed: "+orList(report.Formats))
	f.BoolVar(&asJSON, "json", false, "the same as --format json")
	f.BoolVar(&o.fix, "fix", false, "make the safe fixes, then report what is left")
	f.BoolVar(&o.unsafe, "unsafe", false, "with --fix: also the fixes that remove something you wrote, or that choose among several readings")
	f.BoolVar(&o.dryRun, "dry-run", false, "with --fix: write nothing, print a diff of what would change")
	f.BoolVar(&o.checksOnly, "checks-only", false, "the eight scored checks alone")
	f.StringVar(&explain, "explain", "", "print the page of a rule, such as NSP2016, or the \"list\" of all rules")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(report.Formats, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("explain", cobra.FixedCompletions(ruleIDs(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// usage refuses options that do not go together.
func (o validateOptions) usage() error {
	switch {
	case !slices.Contains(report.Formats, o.format):
		return usagef("--format is %q; it can be %s", o.format, orList(report.Formats))
	case o.unsafe && !o.fix:
		return usagef("--unsafe says which fixes are made; it goes with --fix")
	case o.dryRun && !o.fix:
		return usagef("--dry-run shows what --fix would change; it goes with --fix")
	case o.dryRun && o.format != report.Formats[0]:
		return usagef("--dry-run prints a diff, not a report; leave --format %s out", o.format)
	case o.checksOnly && o.fix:
		return usagef("--checks-only looks for no findings, so that --fix has nothing to mend; leave one of them out")
	}
	return nil
}

func runValidate(o validateOptions) error {
	if err := o.usage(); err != nil {
		return err
	}
	t, err := o.streams.openTarget(o.named)
	var broken archiveError
	switch {
	case errors.As(err, &broken) && !o.fix && o.format != report.Formats[0]:
		t.files, t.dir = broken, false
	case err != nil:
		return err
	}
	if o.fix {
		err = runRepair(o, t)
	} else {
		start := o.streams.Now()
		r := manifest.Check(t.files, manifest.Options{Path: o.named, ChecksOnly: o.checksOnly})
		shown := o.reportOptions(t)
		shown.Took = o.streams.Now().Sub(start)
		err = verdict(report.Write(o.streams.Out, o.format, r, shown), r)
	}
	return errors.Join(err, t.close())
}

// reportOptions is what a report about t is printed with.
func (o validateOptions) reportOptions(t target) report.Options {
	return report.Options{Color: o.streams.color(), Repair: t.repairCommand(), Named: t.folder(), Folder: o.streams.inRepository(t.path), Version: version()}
}

// verdict ends a command whose report was printed: with the error of printing,
// or silently when the plugin is not in order.
func verdict(printing error, r manifest.Report) error {
	if printing == nil && !r.OK {
		return errSilent
	}
	return printing
}

// orList joins words as "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return fmt.Sprintf("%s or %s", strings.Join(words[:last], ", "), words[last])
}
