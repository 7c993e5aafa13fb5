// Package engine connects to the container engine, as the docker command line
// would, and turns what can go wrong on the way into sentences with a next step.
//
// The endpoint is chosen in the order: the host option, DOCKER_HOST, the
// context option, DOCKER_CONTEXT, currentContext of config.json, the default
// socket. No docker command is needed; ssh endpoints run the ssh command in
// batch mode, so nothing ever prompts on a terminal that a full-screen program
// owns.
//
// An Engine is safe for concurrent use. Whoever connected it closes it.
package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
)

// How long an engine may take to answer the first requests. An ssh endpoint
// gets longer than ssh's own ConnectTimeout, so that its message is seen.
const (
	answerTimeout    = 3 * time.Second
	sshAnswerTimeout = 8 * time.Second
)

// The names of engines, as Engine.Name holds them.
const (
	Docker = "docker"
	Podman = "podman"
)

// DefaultContext is the name of the context that stands for "no context".
const DefaultContext = "default"

// Engine is a connected container engine and the facts it told about itself.
type Engine struct {
	API client.APIClient

	Name       string // Docker or Podman
	Version    string // "20.10.24", without distribution suffixes as far as the engine leaves them out
	APIVersion string // negotiated: "1.41"
	OS         string // "linux"
	Arch       string // as Go names it: "amd64"
	Endpoint   string // "unix:///var/run/docker.sock"
	Context    string // "default" when the endpoint came from no context

	// Config is the user's docker configuration: registry credentials and
	// proxies. It is never nil and must not be written to.
	Config *configfile.ConfigFile
}

// Options says which engine to connect to. The zero value means the one that
// the docker command would use.
type Options struct {
	Host    string // "unix:///…", "tcp://host:port" or "ssh://user@host"; wins over everything
	Context string // name of a docker context

	// Getenv reads the environment; nil means os.Getenv. DOCKER_HOST,
	// DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY and
	// DOCKER_API_VERSION are honoured.
	Getenv func(string) string
}

// String names the engine for people: "docker 20.10.24".
func (e *Engine) String() string { return strings.TrimSpace(e.Name + " " + e.Version) }

// Answers returns nil when the engine answers before ctx ends, else an
// *UnavailableError that says it went away.
func (e *Engine) Answers(ctx context.Context) error {
	if _, err := e.API.Ping(ctx); err != nil {
		return e.Lost(err)
	}
	return nil
}

// Close releases the connections. The engine itself goes on.
func (e *Engine) Close() error { return e.API.Close() }

// Connect finds the engine, asks it who it is and returns it. The answer is
// waited for at most three seconds (eight through ssh). Every failure but a
// cancelled ctx is an *UnavailableError.
func Connect(ctx context.Context, o Options) (*Engine, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	dir := configDir(o.Getenv)
	t, err := resolve(o, dir)
	if err != nil {
		return nil, err
	}
	api, err := t.client(o.Getenv, dir)
	if err != nil {
		return nil, t.unavailable(err)
	}
	e := &Engine{API: api, Endpoint: t.host, Context: t.context, Config: t.config}
	limit := answerTimeout
	if t.isSSH() {
		limit = sshAnswerTimeout
	}
	asking, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := e.ask(asking); err != nil {
		if ctx.Err() == nil {
			err = t.unavailable(withCause(asking, api, err))
		}
		_ = api.Close()
		return nil, err
	}
	return e, nil
}

// ask negotiates the API version and fills in the facts.
func (e *Engine) ask(ctx context.Context) error {
	ping, err := e.API.Ping(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case client.IsErrConnectionFailed(err):
		return err
	case ping.APIVersion == "" && err != nil:
		return fmt.Errorf("%w: %w", errNotAnEngine, err)
	case ping.APIVersion == "":
		return errNotAnEngine
	case err != nil:
		return err
	}
	e.API.NegotiateAPIVersionPing(ping)
	v, err := e.API.ServerVersion(ctx)
	if err != nil {
		return err
	}
	e.describe(v)
	e.APIVersion = e.API.ClientVersion()
	return nil
}

// describe takes the facts from the version answer. Podman answers on the same
// interface and is told apart by the name of its component.
func (e *Engine) describe(v types.Version) {
	e.Name, e.Version, e.OS, e.Arch = Docker, v.Version, v.Os, goArch(v.Arch)
	for _, c := range v.Components {
		if strings.Contains(strings.ToLower(c.Name), Podman) {
			e.Name, e.Version = Podman, c.Version
		}
	}
	// Debian and others append "+dfsg1", "+azure-1": of no use to a reader.
	e.Version, _, _ = strings.Cut(e.Version, "+")
}

// goArch turns the kernel's names of machines, which some engines answer, into
// Go's.
func goArch(arch string) string {
	switch arch {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	}
	return arch
}

// withCause adds the reason that the client drops when a dial fails: its own
// error only says that the daemon cannot be reached. Dialling once more tells.
func withCause(ctx context.Context, api *client.Client, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || !client.IsErrConnectionFailed(err) {
		return err
	}
	conn, dialErr := api.Dialer()(ctx)
	if dialErr != nil {
		return errors.Join(err, dialErr)
	}
	_ = conn.Close()
	return err
}

// configDir is where the docker configuration lives: DOCKER_CONFIG, else
// .docker in the home directory.
func configDir(getenv func(string) string) string {
	if dir := getenv(config.EnvOverrideConfigDir); dir != "" {
		return dir
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".docker")
	}
	return config.Dir()
}
