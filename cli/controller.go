package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/internal/shortlived"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

type controllerOptions struct {
	streams      Streams
	listen       string
	plugin       string
	capabilities []string
	fixtures     string
	llm          controller.LLM
	json         bool
}

// llmKey names the variable of the environment with the key of --llm-url.
const llmKey = "NETSTACKS_LLM_API_KEY"

func newController(s Streams) *cobra.Command {
	o := controllerOptions{streams: s}
	c := &cobra.Command{
		Use:   "controller",
		Short: "Run the local Controller alone",
		Long: `Serves /internal/v1 until Ctrl+C, without any plugin, and prints the environment
that lets an SDK reach it: paste it into another shell, or let controller token
print one with other capabilities.

It answers from built-in fixtures: 50 devices in two organisations that speak gNMI
and NETCONF, credentials, a knowledge base, agents and API resources. What is
written lasts until it ends. --fixtures names a folder whose files take their place:
orgs.json, devices.json, credentials.json, agents.json, api-resources.json,
knowledge/*.md and state/*.json. Chats are answered the same each time, or by the
OpenAI-compatible endpoint of --llm-url, whose key is in $` + llmKey + `.

It takes packages at /api/admin/plugins/upload, with $ADMIN_JWT, as a Controller
does: what is wrong with one is said before an operator sees it. They are kept
until it ends.`,
		Example: `  netstacks-plugin controller --capability read_devices
  netstacks-plugin controller --capability invoke_llm --llm-url http://localhost:11434/v1 --llm-model llama3.2
  curl -sk -X POST "$CONTROLLER_API_URL/api/admin/plugins/upload" \
      -H "Authorization: Bearer $ADMIN_JWT" -F "file=@my-plugin-1.0.0.nspkg"`,
		Args: maxArgs(0),
		RunE: func(c *cobra.Command, _ []string) error { return runController(c.Context(), o) },
	}
	c.Flags().StringVar(&o.listen, "listen", studio.DefaultListen, "address to answer on; a taken port is replaced by a free one")
	c.Flags().StringVar(&o.plugin, "plugin", "local", "name of the plugin the service token is for")
	c.Flags().StringArrayVar(&o.capabilities, "capability", nil, "capability of the service token; repeat for more")
	c.Flags().StringVar(&o.fixtures, "fixtures", "", "folder with files that take the place of the built-in fixtures")
	c.Flags().StringVar(&o.llm.URL, "llm-url", "", "OpenAI-compatible endpoint that chats are forwarded to; its key is read from $"+llmKey)
	c.Flags().StringVar(&o.llm.Model, "llm-model", "", "model of chats that name none")
	c.Flags().BoolVar(&o.json, "json", false, "print the environment as one JSON object")
	completeCapabilities(c)
	_ = c.MarkFlagDirname("fixtures")
	c.AddCommand(newControllerToken(s), newControllerURL(s))
	return c
}

// options reads the fixtures and checks the flags.
func (o controllerOptions) options() (studio.ControllerOptions, error) {
	c := studio.ControllerOptions{Listen: o.listen, Now: time.Now, Secret: make([]byte, 32), LLM: o.llm}
	_, _ = rand.Read(c.Secret) // never fails
	if err := errors.Join(checkListen(o.listen), checkPlugin(o.plugin)); err != nil {
		return c, err
	}
	if o.llm.URL != "" {
		if err := controller.CheckLLMURL(o.llm.URL); err != nil {
			return c, usageError{fmt.Errorf("--llm-url: %w", err)}
		}
		c.LLM.Key = o.streams.Getenv(llmKey)
	} else if o.llm.Model != "" {
		return c, usagef("--llm-model needs --llm-url: without an endpoint, chats are answered by the local Controller itself")
	}
	if o.fixtures != "" {
		dir := o.streams.path(o.fixtures)
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return c, usagef("--fixtures is %q, which is no folder that can be read; name one with files such as devices.json", o.fixtures)
		}
		fixtures, err := controller.LoadFixtures(dir)
		if err != nil {
			return c, err
		}
		c.Fixtures = fixtures
	}
	return c, nil
}

// checkPlugin refuses a name that no plugin can have.
func checkPlugin(name string) error {
	if problem := manifest.NameProblem(name); problem != "" {
		return usagef("--plugin: %s", problem)
	}
	return nil
}

func runController(ctx context.Context, o controllerOptions) error {
	options, err := o.options()
	if err != nil {
		return o.streams.orJSON(ctx, o.json, err, func(err error) any { return failureOf(err) })
	}
	shortlived.No()
	local, err := studio.StartController(options)
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
	alone := aloneController{URL: local.URL, CAFile: ca, CA: string(local.CAPEM), Secret: options.Secret}
	for _, u := range users {
		alone.Orgs = append(alone.Orgs, controller.Org(u.Org))
	}
	forget, err := alone.remember(o.streams.Getenv)
	if err != nil {
		return err
	}
	defer forget()
	if err := printEnvironment(o.streams.Out, o.json, [][2]string{
		{"CONTROLLER_API_URL", local.URL}, {"NETSTACKS_SERVICE_TOKEN", token}, {"NETSTACKS_CA_CERT", ca}, {"ADMIN_JWT", users[0].Token},
	}); err != nil {
		return err
	}
	warnOfCapabilities(o.streams.Err, o.capabilities)
	fmt.Fprintf(o.streams.Err, "● %s until Ctrl+C\n", local.Greeting(o.listen))
	<-ctx.Done()
	return ctx.Err()
}

// printEnvironment prints variables for a shell to take over, or as JSON.
func printEnvironment(w io.Writer, asJSON bool, variables [][2]string) error {
	lines, object := "", map[string]string{}
	for _, v := range variables {
		lines += "export " + v[0] + "=" + shellWord(v[1]) + "\n"
		object[v[0]] = v[1]
	}
	if asJSON {
		return json.NewEncoder(w).Encode(object)
	}
	_, err := io.WriteString(w, lines)
	return err
}

func newControllerURL(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "url [DIR]",
		Short: "Print where the Controller of the session that runs in DIR answers",
		Args:  maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			named, dir := s.folder(args)
			file, err := liveSession(c.Context(), dir, named)
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
