package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/studio"
)

type tokenOptions struct {
	streams      Streams
	org          string
	plugin       string
	capabilities []string
	url          string
	json         bool
}

func newControllerToken(s Streams) *cobra.Command {
	o := tokenOptions{streams: s}
	c := &cobra.Command{
		Use:   "token [DIR]",
		Short: "Print an access token of the session that runs in DIR, or a service token",
		Long: `With --capability it prints a service token for the Controller that runs alone
(netstacks-plugin controller), and the environment to export, so that an SDK can be
tried from any shell.

Without, it prints the access token of one of the local Controller's two
organisations in the session that runs in DIR, for calling the plugin through the
proxy as the Terminal does.`,
		Example: `  eval "$(netstacks-plugin controller token --capability read_devices --capability invoke_llm)"
  curl -sk "$(netstacks-plugin controller url my-plugin)/api/plugins/my-plugin/admin/items" \
      -H "Authorization: Bearer $(netstacks-plugin controller token my-plugin)"`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("capability") {
				return printServiceToken(c.Context(), o, args)
			}
			for _, flag := range []string{"plugin", "controller", "json"} {
				if c.Flags().Changed(flag) {
					return usagef("--%s is for service tokens: name their capabilities with --capability", flag)
				}
			}
			return printAccessToken(c.Context(), o, args)
		},
	}
	addOrg(c, &o.org, "organisation: acme or globex (default: acme)")
	c.Flags().StringArrayVar(&o.capabilities, "capability", nil, "capability of a service token; repeat for more")
	c.Flags().StringVar(&o.plugin, "plugin", "local", "name of the plugin a service token is for")
	c.Flags().StringVar(&o.url, "controller", "", "where the Controller of a service token answers, when several run alone")
	c.Flags().BoolVar(&o.json, "json", false, "print the environment of a service token as one JSON object")
	completeCapabilities(c)
	return c
}

func printAccessToken(ctx context.Context, o tokenOptions, args []string) error {
	named, dir := o.streams.folder(args)
	file, err := liveSession(ctx, dir, named)
	if err != nil {
		return err
	}
	org, err := file.Org(o.org)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprintln(o.streams.Out, org.Token)
	return err
}

func printServiceToken(ctx context.Context, o tokenOptions, args []string) error {
	if len(args) > 0 {
		return usagef("a service token is for the Controller that runs alone, not for a session: leave %q out", args[0])
	}
	if err := checkPlugin(o.plugin); err != nil {
		return err
	}
	alone, err := findAlone(ctx, o.streams.Getenv, o.url)
	if err != nil {
		return err
	}
	org := ""
	for _, known := range alone.Orgs {
		if org == "" && (o.org == "" || known.Slug == o.org || known.ID == o.org) {
			org = known.ID
		}
	}
	if org == "" {
		return usagef("no organisation of the local Controller is called %q", o.org)
	}
	minter := controller.New(controller.Options{Secret: alone.Secret, Orgs: alone.Orgs})
	token, err := minter.MintServiceToken(o.plugin, org, o.capabilities)
	if err != nil {
		return usageError{err}
	}
	warnOfCapabilities(o.streams.Err, o.capabilities)
	return printEnvironment(o.streams.Out, o.json, [][2]string{{"CONTROLLER_API_URL", alone.URL}, {"NETSTACKS_SERVICE_TOKEN", token}, {"NETSTACKS_CA_CERT", alone.CAFile}})
}

// aloneController is how other processes of the same user reach a Controller
// that runs alone. It holds the secret that signs its tokens, so its file is
// readable by its owner only and removed when the Controller ends.
type aloneController struct {
	URL    string           `json:"url"`
	CAFile string           `json:"ca_file"`
	CA     string           `json:"ca"`
	Secret []byte           `json:"secret"`
	Orgs   []controller.Org `json:"orgs"`
}

func aloneFolder(getenv func(string) string) string {
	return filepath.Join(stateHome(getenv), "controllers")
}

// remember writes the file, and returns what removes it.
func (a aloneController) remember(getenv func(string) string) (forget func(), err error) {
	data, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("writing the Controller's state: %w", err)
	}
	name := strings.NewReplacer(":", "-", "/", "-", "[", "", "]", "").Replace(strings.TrimPrefix(a.URL, "https://"))
	path := filepath.Join(aloneFolder(getenv), name+".json")
	_ = os.Remove(path) // one that a killed process left may have other rights
	if err := writeState(path, data); err != nil {
		return nil, fmt.Errorf("writing the Controller's state: %w", err)
	}
	return func() { _ = os.Remove(path) }, nil
}

// findAlone returns the one Controller that runs alone, or the one at a URL.
func findAlone(ctx context.Context, getenv func(string) string, url string) (aloneController, error) {
	files, _ := filepath.Glob(filepath.Join(aloneFolder(getenv), "*.json")) // the pattern is valid
	var live []aloneController
	var urls []string
	for _, file := range files {
		var a aloneController
		data, err := os.ReadFile(file)
		if err != nil || json.Unmarshal(data, &a) != nil || url != "" && strings.TrimRight(url, "/") != a.URL {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		err = answers(ctx, studio.SessionFile{Controller: a.URL, CA: a.CA})
		cancel()
		if err == nil {
			live, urls = append(live, a), append(urls, a.URL)
		}
	}
	switch {
	case ctx.Err() != nil:
		return aloneController{}, ctx.Err()
	case len(live) == 0:
		return aloneController{}, fmt.Errorf("no local Controller runs alone%s; start one with `netstacks-plugin controller`", at(url))
	case len(live) > 1:
		return aloneController{}, usagef("%d local Controllers run alone; choose one with --controller: %s", len(live), strings.Join(urls, ", "))
	}
	return live[0], nil
}

func at(url string) string {
	if url == "" {
		return ""
	}
	return " at " + url
}
