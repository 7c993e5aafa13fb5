package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/studio"
)

type controllerOptions struct {
	streams      Streams
	listen       string
	plugin       string
	capabilities []string
}

func newController(s Streams) *cobra.Command {
	o := controllerOptions{streams: s}
	c := &cobra.Command{
		Use:   "controller",
		Short: "Run the local Controller alone",
		Long: `Serves /internal/v1 from built-in fixtures until Ctrl+C, and prints the
environment that lets an SDK reach it: eval it in another shell.`,
		Example: `  netstacks-plugin controller --capability read_devices
  netstacks-plugin controller token --org acme`,
		Args: maxArgs(0),
		RunE: func(c *cobra.Command, _ []string) error { return runController(c.Context(), o) },
	}
	c.Flags().StringVar(&o.listen, "listen", studio.DefaultListen, "address to answer on; a taken port is replaced by a free one")
	c.Flags().StringVar(&o.plugin, "plugin", "local", "name of the plugin the service token is for")
	c.Flags().StringArrayVar(&o.capabilities, "capability", nil, "capability of the service token; repeat for more")
	c.AddCommand(newControllerToken(s))
	return c
}

func runController(ctx context.Context, o controllerOptions) error {
	local, err := studio.StartController(o.listen, time.Now)
	if err != nil {
		return err
	}
	defer local.Close()
	token, err := local.ServiceToken(o.plugin, o.capabilities)
	if err != nil {
		return usageError{err}
	}
	dir, err := os.MkdirTemp("", "netstacks-controller-")
	if err != nil {
		return fmt.Errorf("writing the Controller's certificate: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, local.CAPEM, 0o600); err != nil {
		return fmt.Errorf("writing the Controller's certificate: %w", err)
	}
	fmt.Fprintf(o.streams.Out, "export CONTROLLER_API_URL=%s\nexport NETSTACKS_SERVICE_TOKEN=%s\nexport NETSTACKS_CA_CERT=%s\n", local.URL, token, ca)
	fmt.Fprintf(o.streams.Err, "The local Controller answers at %s until Ctrl+C.\n", local.URL)
	<-ctx.Done()
	return ctx.Err()
}

func newControllerToken(s Streams) *cobra.Command {
	org := ""
	c := &cobra.Command{
		Use:   "token [DIR]",
		Short: "Print an access token of the session that runs in DIR",
		Long: `Prints the access token of one of the local Controller's two organisations, for
calling the plugin through the proxy as the Terminal does.`,
		Example: `  curl -sk https://localhost:3000/api/plugins/my-plugin/admin/items \
      -H "Authorization: Bearer $(netstacks-plugin controller token my-plugin)"`,
		Args: maxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			_, dir := s.folder(args)
			file, err := studio.LoadSessionFile(dir)
			if err != nil {
				return err
			}
			o, err := file.Org(org)
			if err != nil {
				return usageError{err}
			}
			_, err = fmt.Fprintln(s.Out, o.Token)
			return err
		},
	}
	c.Flags().StringVar(&org, "org", "", "organisation: acme or globex (default: acme)")
	return c
}
