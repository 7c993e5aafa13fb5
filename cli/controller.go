package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/internal/shortlived"
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
		Long: `Serves /internal/v1 from built-in fixtures until Ctrl+C, without any plugin, and
prints the environment that lets an SDK reach it: paste it into another shell.
It takes packages at /api/admin/plugins/upload, with $ADMIN_JWT, as a Controller
does: what is wrong with one is said before an operator sees it. They are kept
until it ends.
Its subcommands speak of the Controller of a plugin that runs in DIR.`,
		Example: `  netstacks-plugin controller --capability read_devices
  curl -sk -X POST "$CONTROLLER_API_URL/api/admin/plugins/upload" \
      -H "Authorization: Bearer $ADMIN_JWT" -F "file=@my-plugin-1.0.0.nspkg"`,
		Args: maxArgs(0),
		RunE: func(c *cobra.Command, _ []string) error { return runController(c.Context(), o) },
	}
	c.Flags().StringVar(&o.listen, "listen", studio.DefaultListen, "address to answer on; a taken port is replaced by a free one")
	c.Flags().StringVar(&o.plugin, "plugin", "local", "name of the plugin the service token is for")
	c.Flags().StringArrayVar(&o.capabilities, "capability", nil, "capability of the service token; repeat for more")
	completeCapabilities(c)
	c.AddCommand(newControllerToken(s), newControllerURL(s))
	return c
}

func runController(ctx context.Context, o controllerOptions) error {
	if err := checkListen(o.listen); err != nil {
		return err
	}
	shortlived.No()
	local, err := studio.StartController(o.listen, time.Now)
	if err != nil {
		return err
	}
	defer local.Close()
	token, err := local.ServiceToken(o.plugin, o.capabilities)
	if err != nil {
		return usageError{err}
	}
	users, err := local.OrgTokens()
	if err != nil {
		return err
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
	fmt.Fprintf(o.streams.Out, "export CONTROLLER_API_URL=%s\nexport NETSTACKS_SERVICE_TOKEN=%s\nexport NETSTACKS_CA_CERT=%s\nexport ADMIN_JWT=%s\n", local.URL, token, ca, users[0].Token)
	warnOfCapabilities(o.streams.Err, o.capabilities)
	fmt.Fprintf(o.streams.Err, "● %s until Ctrl+C\n", local.Greeting(o.listen))
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
		Example: `  curl -sk "$(netstacks-plugin controller url my-plugin)/api/plugins/my-plugin/admin/items" \
      -H "Authorization: Bearer $(netstacks-plugin controller token my-plugin)"`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, dir := s.folder(args)
			file, err := liveSession(c.Context(), dir)
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
	addOrg(c, &org, "organisation: acme or globex (default: acme)")
	return c
}

func newControllerURL(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "url [DIR]",
		Short: "Print where the Controller of the session that runs in DIR answers",
		Args:  maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, dir := s.folder(args)
			file, err := liveSession(c.Context(), dir)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.Out, file.Controller)
			return err
		},
	}
}

// addOrg adds --org, which chooses one of the local Controller's organisations.
func addOrg(c *cobra.Command, org *string, usage string) {
	c.Flags().StringVar(org, "org", "", usage)
	_ = c.RegisterFlagCompletionFunc("org", cobra.FixedCompletions([]string{"acme", "globex"}, cobra.ShellCompDirectiveNoFileComp))
}
