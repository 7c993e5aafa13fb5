package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/internal/shortlived"
	"github.com/netstacks/netstacks-plugin/studio"
)

type buildOptions struct {
	streams Streams
	dir     string
	engine  engineFlags
	noCache bool
	json    bool
}

func newBuild(s Streams) *cobra.Command {
	o := buildOptions{streams: s}
	c := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Build the plugin's image",
		Long: `Builds service/Dockerfile through the container engine and tags the image as
the manifest's "image". Ctrl+C cancels and leaves the previous image as it was.`,
		Example: `  netstacks-plugin build my-plugin`,
		Args:    maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, o.dir = s.folder(args)
			return runBuild(c.Context(), o)
		},
	}
	o.engine.add(c)
	c.Flags().BoolVar(&o.noCache, "no-cache", false, "build every step anew")
	c.Flags().BoolVar(&o.json, "json", false, "print events, one JSON object a line")
	return c
}

func runBuild(ctx context.Context, o buildOptions) error {
	shortlived.No()
	session, err := o.streams.open(ctx, o.dir, studio.Options{Engine: o.engine.options(o.streams)})
	if err != nil {
		return err
	}
	finish := render(o.streams, session, o.json)
	err = session.Build(ctx, o.noCache)
	if closeErr := closeSession(ctx, o.streams, session); err == nil {
		err = closeErr
	}
	finish()
	if err != nil || o.json {
		return err
	}
	b := session.Snapshot().Build
	fmt.Fprintf(o.streams.Out, "✓ Built %s\nImage ID: %s\nSize: %s\n", b.Image, b.ImageID, megabytes(b.Size))
	return nil
}

// megabytes prints a size as the docker command does: decimal, one digit.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
