package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// bumpOption is --bump: the part of the version that a package raises.
type bumpOption struct{ part string }

func (b *bumpOption) add(c *cobra.Command) {
	parts := bumpParts()
	c.Flags().StringVar(&b.part, "bump", "", "raise the version in manifest.json first: "+orList(parts))
	_ = c.RegisterFlagCompletionFunc("bump", cobra.FixedCompletions(parts, cobra.ShellCompDirectiveNoFileComp))
}

func bumpParts() []string {
	var parts []string
	for _, p := range manifest.Parts {
		parts = append(parts, string(p))
	}
	return parts
}

// check refuses what is no part of a version, and a list, which writes nothing.
func (b bumpOption) check(list bool) error {
	switch {
	case b.part == "":
	case !slices.Contains(bumpParts(), b.part):
		return usagef("--bump is %q; it can be %s", b.part, orList(bumpParts()))
	case list:
		return usagef("--list writes nothing and --bump does; leave one of them out")
	}
	return nil
}

// release is the next version of a plugin that is to be packaged; its bump is nil without --bump.
type release struct{ bump *studio.Bump }

// plan finds out the next version of the plugin at dir, and writes nothing.
func (b bumpOption) plan(dir string) (release, error) {
	if b.part == "" {
		return release{}, nil
	}
	bump, err := studio.PlanBump(dir, manifest.Part(b.part))
	if err != nil {
		return release{}, fmt.Errorf("%w; nothing was packaged", err)
	}
	return release{&bump}, nil
}

// manifest is the text to validate; nil for that on disk.
func (r release) manifest() []byte {
	if r.bump == nil {
		return nil
	}
	return r.bump.Manifest()
}

// write packages the project.
func (r release) write(ctx context.Context, session *studio.Session, output string) error {
	if r.bump == nil {
		return session.Package(ctx, output)
	}
	return session.PackageBumped(ctx, output, *r.bump)
}

// behind is the error of what comes after the package: the version is another by then.
func (r release) behind(err error) error {
	if r.bump == nil {
		return err
	}
	return fmt.Errorf("%w\nThe version is %s by now: package again without --bump", err, r.bump.New)
}

// announce says what is going to be another in the manifest.
func (r release) announce(w io.Writer) {
	if b := r.bump; b != nil {
		fmt.Fprintf(w, "Raising the version: %s → %s\n", b.Old, b.New)
	}
}

// print says what is another in the manifest of a package that was written, and what is left to be done
// before it can be used.
func (r release) print(w io.Writer, s Streams, p studio.PackageState, named string) {
	b := p.Bump
	if b == nil {
		return
	}
	fmt.Fprintf(w, "✓ %s: version %s", manifest.FileName, clean(b.New))
	if b.NewImage != b.OldImage {
		fmt.Fprintf(w, ", image %s", clean(b.NewImage))
	}
	fmt.Fprintln(w)
	for _, m := range b.Elsewhere {
		follows := ""
		if m.Lock != "" {
			follows = fmt.Sprintf(", then run `%s`", m.Command)
		}
		fmt.Fprintf(s.Err, "netstacks-plugin: %s:%d still says %s; if that is the plugin's version, write %s there%s, and package again without --bump\n", clean(m.File), m.Line, clean(b.Old), b.New, follows)
	}
	if b.ImageNote != "" {
		fmt.Fprintf(s.Err, "netstacks-plugin: %s\n", clean(b.ImageNote))
	}
	if b.NewImage != b.OldImage {
		fmt.Fprintf(w, "The image has a new tag. Build it before you upload: netstacks-plugin build %s\n", shellWord(named))
	}
}
