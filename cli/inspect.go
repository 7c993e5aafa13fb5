package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/cli/report"
	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
	"github.com/netstacks/netstacks-plugin/pkgbuild/signature"
)

type inspectOptions struct {
	streams  Streams
	named    string // the archive as the user named it
	json     bool
	markdown bool
	verify   bool
	public   string // the public key to verify with, or its file
}

func newInspect(s Streams) *cobra.Command {
	o := inspectOptions{streams: s}
	c := &cobra.Command{
		Use:   "inspect FILE.nspkg",
		Short: "Look into an archive: what it is, what it may do, whether to trust it",
		Long: `Reads an archive as one that comes from a stranger and prints what an operator
has to know before installing it: identity, image, limits, what its capabilities
really grant and how much risk that is, panels, settings, migrations, every file
with its SHA-256, whether it has the reproducible form, and what validation says.

Archives that could be taken for two things at once, reach outside of their
folder or exhaust the machine are refused with the reason. Nothing is unpacked.

--verify checks FILE.nspkg.minisig, offline: that the holder of the key signed this
very archive. The public key is that of --public-key, $NETSTACKS_VERIFY_KEY or
~/.minisign/minisign.pub (in $MINISIGN_CONFIG_DIR where that is set; minisign -G
leaves it in the folder where it ran). Get it another way than the archive.

Exit code 0: nothing stands against installing it; 1: it is refused, validation
finds an error, or --verify does not find a good signature; 2: wrong usage.`,
		Example: `  netstacks-plugin inspect my-plugin-1.0.0.nspkg
  netstacks-plugin inspect --markdown my-plugin-1.0.0.nspkg > risk.md    for a ticket
  netstacks-plugin inspect --json my-plugin-1.0.0.nspkg | jq .risk.level
  netstacks-plugin inspect --verify --public-key vendor.pub my-plugin-1.0.0.nspkg`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name the archive to look into: netstacks-plugin inspect FILE.nspkg")
			}
			return maxArgs(1)(c, args)
		},
		ValidArgsFunction: archiveFiles,
		RunE: func(c *cobra.Command, args []string) error {
			if o.json && o.markdown {
				return usagef("--json and --markdown do not go together; leave one of them out")
			}
			o.named = args[0]
			return runInspect(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.json, "json", false, "print everything as JSON")
	c.Flags().BoolVar(&o.markdown, "markdown", false, "print a risk card as Markdown")
	c.Flags().BoolVar(&o.verify, "verify", false, "verify the minisign signature beside the archive; it has to be good")
	c.Flags().StringVar(&o.public, "public-key", "", "the public key to verify with, or its file (default: $"+verifyKeyName+", then minisign's own, ~/.minisign/minisign.pub)")
	return c
}

// archiveFiles completes the names of archives.
func archiveFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"nspkg"}, cobra.ShellCompDirectiveFilterFileExt
}

func runInspect(ctx context.Context, o inspectOptions) error {
	name := o.streams.path(o.named)
	switch info, err := os.Stat(name); {
	case o.named == "":
		return usagef("the archive's name is empty: name a .nspkg")
	case err != nil:
		return usagef("cannot inspect %s: %w", o.named, statError(err))
	case info.IsDir():
		return usagef("%s is a folder, and inspect looks into archives; `netstacks-plugin validate %s` checks a folder", o.named, shellWord(o.named))
	}
	var key signature.PublicKey
	var err error
	switch {
	case o.verify:
		key, err = o.streams.verifyKey(o.public)
	case o.public != "":
		err = usagef("--public-key is for --verify; add --verify, or leave --public-key out")
	}
	if err != nil {
		return err
	}
	inspection, err := review.Inspect(ctx, name, o.named)
	if err == nil && o.verify {
		err = inspection.Verify(ctx, name, key)
	}
	if err != nil {
		return fmt.Errorf("inspecting %s: %w", o.named, err)
	}
	switch {
	case o.json:
		err = writeJSON(o.streams.Out, inspection)
	case o.markdown:
		err = report.Card(o.streams.Out, inspection)
	default:
		err = report.Inspection(o.streams.Out, inspection, report.Options{Color: o.streams.color()})
	}
	if err == nil && !inspection.OK {
		return errSilent
	}
	return err
}
