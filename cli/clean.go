package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/runner"
	"github.com/netstacks/netstacks-plugin/studio"
)

type cleanOptions struct {
	streams      Streams
	engine       engineFlags
	whenOrphaned bool
	all          bool
	json         bool
}

func newClean(s Streams) *cobra.Command {
	o := &cleanOptions{streams: s}
	c := &cobra.Command{
		Use:   "clean",
		Short: "Remove everything this tool left on the engine",
		Long: `Removes containers, networks, volumes and helper images that carry this tool's
label. What a running session still uses is kept unless --all is given; objects
without the label are never touched. Images of plugins stay.`,
		Example: `  netstacks-plugin clean
  netstacks-plugin clean --all      also what runs right now, whoever started it`,
		Args: o.arguments,
		RunE: func(c *cobra.Command, args []string) error {
			if o.whenOrphaned {
				return runGuard(c.Context(), o, args[0], args[1])
			}
			return runClean(c.Context(), o)
		},
	}
	o.engine.add(c)
	c.Flags().BoolVar(&o.all, "all", false, "also take down sessions that are running, whoever on this engine started them")
	c.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	c.Flags().BoolVar(&o.whenOrphaned, "when-orphaned", false, "wait until standard input closes, then remove the session of DIR SESSION unless told that all is clean")
	_ = c.Flags().MarkHidden("when-orphaned")
	return c
}

// arguments takes none from people, and DIR SESSION from the session that
// started this process as its guard.
func (o *cleanOptions) arguments(c *cobra.Command, args []string) error {
	if !o.whenOrphaned {
		return maxArgs(0)(c, args)
	}
	if len(args) != 2 {
		return usagef("--when-orphaned takes DIR SESSION")
	}
	return nil
}

// runGuard outlives the process that runs a plugin, and cleans up if that dies
// without doing so itself.
func runGuard(ctx context.Context, o *cleanOptions, dir, session string) error {
	if !studio.AwaitOrphaned(o.streams.In) {
		return nil
	}
	studio.RemoveSessionFile(dir, session)
	eng, err := engine.Connect(ctx, o.engine.options(o.streams))
	if err != nil {
		return err
	}
	defer eng.Close()
	// The engine may still be carrying out what the dead process asked for
	// last, so one look is not enough.
	for _, pause := range []time.Duration{0, time.Second, 4 * time.Second} {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		if _, err = runner.Clean(ctx, eng, runner.CleanOptions{Session: session}); err != nil {
			return err
		}
	}
	return nil
}

func runClean(ctx context.Context, o *cleanOptions) error {
	eng, err := engine.Connect(ctx, o.engine.options(o.streams))
	if err != nil {
		return err
	}
	defer eng.Close()
	removed, err := runner.Clean(ctx, eng, runner.CleanOptions{All: o.all})
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(o.streams.Out, removed)
	}
	return printRemoved(o.streams, removed)
}

func printRemoved(s Streams, r runner.Removed) error {
	p := &printer{w: s.Out}
	total := 0
	for _, kind := range []struct {
		name  string
		names []string
	}{{"container", r.Containers}, {"network", r.Networks}, {"volume", r.Volumes}, {"image", r.Images}} {
		for _, n := range kind.names {
			p.line("✓ removed %s %s", kind.name, n)
			total++
		}
	}
	for _, k := range r.Kept {
		p.line("● kept container %s: %s runs in process %d", k.Container, k.Plugin, k.PID)
	}
	if total == 0 && len(r.Kept) == 0 {
		p.line("✓ nothing of ours is on the engine")
	}
	if len(r.Kept) > 0 {
		fmt.Fprintln(s.Err, "A running session uses what was kept: stop it where it runs. --all takes it down from here.")
	}
	return p.err
}
