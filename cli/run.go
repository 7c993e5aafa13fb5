package cli

import (
	"context"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/internal/shortlived"
	"github.com/netstacks/netstacks-plugin/studio"
)

type runOptions struct {
	streams       Streams
	dir           string
	engine        engineFlags
	listen        string
	postgresImage string
	json          bool
}

func newRun(s Streams) *cobra.Command {
	o := runOptions{streams: s}
	c := &cobra.Command{
		Use:   "run [DIR]",
		Short: "Build if needed, and run the plugin under a local Controller",
		Long: `Runs the plugin's image as the Controller would: on the Docker network
netstacks_net (or $PLUGIN_NETWORK), with the environment, limits and health
check of production, a PostgreSQL of its own and a local Controller that it
reaches as https://netstacks-api:3000. The plugin's output goes to standard
output until Ctrl+C; then everything is removed from the engine again.

The Controller also answers on this machine (--listen): the plugin is behind its
proxy at /api/plugins/NAME/, with the access token that
` + "`netstacks-plugin controller token`" + ` prints.`,
		Example: `  netstacks-plugin run my-plugin
  PLUGIN_NETWORK=other_net netstacks-plugin run my-plugin --listen 127.0.0.1:3100`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, o.dir = s.folder(args)
			return runRun(c.Context(), o)
		},
	}
	o.engine.add(c)
	c.Flags().StringVar(&o.listen, "listen", studio.DefaultListen, "where the local Controller answers on this machine; a taken port is replaced by a free one")
	c.Flags().StringVar(&o.postgresImage, "postgres-image", "", "image of the plugin's database (default postgres:17-alpine)")
	c.Flags().BoolVar(&o.json, "json", false, "print events, one JSON object a line")
	return c
}

func runRun(ctx context.Context, o runOptions) error {
	if err := checkListen(o.listen); err != nil {
		return err
	}
	shortlived.No()
	session, err := o.streams.open(ctx, o.dir, studio.Options{
		Engine: o.engine.options(o.streams), Listen: o.listen, PostgresImage: o.postgresImage, Reaper: reaper(), Watch: true,
	})
	if err != nil {
		return err
	}
	exited := awaitExit(session)
	finish := render(o.streams, session, o.json)
	err = session.Run(ctx)
	if err == nil {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case exit := <-exited:
			err = fmt.Errorf("the plugin's process ended: %s", exit.Reason)
		}
	}
	closeErr := closeSession(ctx, o.streams, session)
	finish()
	if closeErr != nil {
		return closeErr
	}
	return err
}

// checkListen refuses an address that cannot be listened on whatever runs.
func checkListen(addr string) error {
	if _, err := net.ResolveTCPAddr("tcp", addr); err != nil {
		return usagef("--listen is %q; it must be an address and a port, such as 127.0.0.1:3000", addr)
	}
	return nil
}

// awaitExit returns a channel that tells how the plugin's process ended by itself.
func awaitExit(session *studio.Session) <-chan studio.Exit {
	events, _ := session.Subscribe(1)
	exited := make(chan studio.Exit, 1)
	go func() {
		for e := range events {
			if e.Kind == studio.KindExit {
				exited <- *e.Exit
				return
			}
		}
	}()
	return exited
}
