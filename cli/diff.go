package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/cli/report"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
)

type diffOptions struct {
	streams  Streams
	old, new string // as the user named them
	format   string
	exitCode bool
}

func newDiff(s Streams) *cobra.Command {
	o := diffOptions{streams: s}
	asJSON := false
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "What a new version changes for those who run the old one",
		Long: `Compares two archives or folders, in any mix: capabilities with their risk,
migrations, settings that break saved values, panels, limits, image, and files.

It says which version the changes need, and whether the new one goes far enough:
  major  saved settings, panels, buttons or pages may be lost; a migration that
         ran is another now; a capability of high trust is new; another name
  minor  something is there or asked for that was not; other limits, another
         port, health check interval or image repository
  patch  everything else
Below 1.0.0 a minor is enough where a major is needed, and a patch for a minor.

Exit code 0: compared, whatever differs; 1: an archive is refused, or a manifest
cannot be read; 2: wrong usage. With --exit-code it is 1, too, when something
needs attention: an error or a warning, or a version that does not go far enough.`,
		Example: `  netstacks-plugin diff my-plugin-1.0.0.nspkg my-plugin-1.1.0.nspkg
  netstacks-plugin diff my-plugin-1.0.0.nspkg my-plugin                 the folder, before packaging it
  netstacks-plugin diff --exit-code --format github old.nspkg my-plugin  a gate in CI`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("name what to compare: netstacks-plugin diff OLD NEW, each an archive or a folder")
			}
			return maxArgs(2)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case asJSON && c.Flags().Changed("format") && o.format != "json":
				return usagef("--json and --format %s do not go together; leave one of them out", o.format)
			case asJSON:
				o.format = "json"
			case !slices.Contains(report.DifferenceFormats, o.format):
				return usagef("--format is %q; it can be %s", o.format, orList(report.DifferenceFormats))
			}
			o.old, o.new = args[0], args[1]
			return s.orJSON(c.Context(), o.format == "json", runDiff(c.Context(), o), func(err error) any {
				return notCompared{review.Side{Path: o.old}, review.Side{Path: o.new}, true, failureOf(err)}
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.format, "format", report.DifferenceFormats[0], "how the difference is printed: "+orList(report.DifferenceFormats))
	f.BoolVar(&asJSON, "json", false, "the same as --format json")
	f.BoolVar(&o.exitCode, "exit-code", false, "end with 1 when something needs attention")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(report.DifferenceFormats, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// notCompared is what `diff --json` prints when one of the two cannot be read.
type notCompared struct {
	Old       review.Side `json:"old"` // the path alone
	New       review.Side `json:"new"`
	Attention bool        `json:"attention"` // true
	failure
}

func runDiff(ctx context.Context, o diffOptions) error {
	before, _, err := o.streams.readPlugin(ctx, o.old)
	if err != nil {
		return err
	}
	after, path, err := o.streams.readPlugin(ctx, o.new)
	if err != nil {
		return err
	}
	d := review.Compare(before, after)
	err = report.Difference(o.streams.Out, o.format, d, after.Report.Document, report.Options{Color: o.streams.color(), Folder: o.streams.inRepository(path)})
	if err == nil && o.exitCode && d.Attention {
		return errSilent
	}
	return err
}

// readPlugin reads an archive or a folder, or the folder of a manifest.json, and
// returns its path.
func (s Streams) readPlugin(ctx context.Context, named string) (review.Plugin, string, error) {
	name := s.path(named)
	info, err := os.Stat(name)
	if err == nil && filepath.Base(name) == manifest.FileName && info.Mode().IsRegular() {
		name = filepath.Dir(name)
		info, err = os.Stat(name)
	}
	var p review.Plugin
	switch {
	case named == "":
		return p, "", usagef("one of the names is empty: name two archives or folders")
	case err != nil:
		return p, "", usagef("cannot compare %s: %w", named, statError(err))
	case info.IsDir():
		p, err = review.ReadFolder(ctx, name, named)
	default:
		p, err = review.ReadArchive(ctx, name, named)
	}
	if err != nil {
		return p, name, fmt.Errorf("reading %s: %w", named, err)
	}
	if p.Report.Manifest == nil {
		return p, name, fmt.Errorf("reading %s: %w; `netstacks-plugin validate %s` shows what is wrong with it", named, errNoManifest, shellWord(named))
	}
	return p, name, nil
}

// errNoManifest says that there is nothing to compare.
var errNoManifest = errors.New("its manifest.json cannot be read")
