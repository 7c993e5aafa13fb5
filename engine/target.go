package engine

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/connhelper"
	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/docker/docker/client"
	"github.com/docker/go-connections/tlsconfig"
)

// sshOptions keep ssh from prompting on the terminal and from waiting for a
// host that is down.
var sshOptions = []string{"-o", "BatchMode=yes", "-o", "ConnectTimeout=5"}

// target is an endpoint that was chosen but not connected yet.
type target struct {
	host    string
	context string
	stored  *docker.Endpoint // set when a context of the store named the endpoint
	config  *configfile.ConfigFile
	sockets []string // of other engines that are usually found on this machine
}

// resolve chooses the endpoint in the documented order.
func resolve(o Options, dir string) (*target, error) {
	t := &target{context: DefaultContext, sockets: usualSockets(o.Getenv)}
	cfg, err := config.Load(dir)
	t.config = cfg
	if err != nil {
		return nil, t.fail(KindConfig, err,
			fmt.Sprintf("the docker configuration in %s cannot be read", dir),
			"correct or remove config.json there")
	}
	for _, host := range []string{o.Host, o.Getenv(client.EnvOverrideHost)} {
		if host != "" {
			t.host = host
			return t, nil
		}
	}
	for _, name := range []string{o.Context, o.Getenv("DOCKER_CONTEXT"), cfg.CurrentContext} {
		switch name {
		case "":
			continue
		case DefaultContext:
			t.host = client.DefaultDockerHost
			return t, nil
		}
		t.context = name
		return t, t.load(filepath.Join(dir, "contexts"))
	}
	t.host = client.DefaultDockerHost
	return t, nil
}

// load reads the context's endpoint and its TLS files from the store.
func (t *target) load(dir string) error {
	s := store.New(dir, store.NewConfig(
		func() any { return &map[string]any{} },
		store.EndpointTypeGetter(docker.DockerEndpoint, func() any { return &docker.EndpointMeta{} }),
	))
	meta, err := s.GetMetadata(t.context)
	if err != nil {
		names, _ := store.Names(s)
		return t.fail(KindContext, err,
			fmt.Sprintf("the docker context %q does not exist", t.context),
			contextHint(names))
	}
	em, err := docker.EndpointFromContext(meta)
	if err == nil {
		var ep docker.Endpoint
		if ep, err = docker.WithTLSData(s, t.context, em); err == nil {
			t.stored, t.host = &ep, ep.Host
			if t.host == "" {
				t.host = client.DefaultDockerHost
			}
			return nil
		}
	}
	return t.fail(KindContext, err,
		fmt.Sprintf("the docker context %q cannot be used", t.context),
		"repair it with `docker context update` or choose another with --context")
}

func contextHint(names []string) string {
	if len(names) == 0 {
		return "there are none on this machine: leave out --context, DOCKER_CONTEXT and currentContext, or create it with `docker context create`"
	}
	return "choose one of: " + strings.Join(append([]string{DefaultContext}, names...), ", ")
}

// client makes the API client for the target without contacting it.
func (t *target) client(getenv func(string) string, dir string) (*client.Client, error) {
	opts := []client.Opt{
		client.WithAPIVersionNegotiation(),
		client.WithVersion(getenv(client.EnvOverrideAPIVersion)),
	}
	more, err := t.transport(getenv, dir)
	if err != nil {
		return nil, err
	}
	return client.NewClientWithOpts(append(opts, more...)...)
}

func (t *target) transport(getenv func(string) string, dir string) ([]client.Opt, error) {
	if t.isSSH() {
		// Also for contexts: the store's own way would let ssh prompt.
		helper, err := connhelper.GetConnectionHelperWithSSHOpts(t.host, sshOptions)
		if err != nil {
			return nil, err
		}
		return []client.Opt{
			client.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: helper.Dialer}}),
			client.WithHost(helper.Host),
			client.WithDialContext(helper.Dialer),
		}, nil
	}
	if _, err := client.ParseHostURL(t.host); err != nil {
		return nil, &addressError{err}
	}
	if t.stored != nil {
		return t.stored.ClientOpts()
	}
	cfg, err := environmentTLS(getenv, dir)
	if err != nil {
		return nil, err
	}
	if cfg == nil || !strings.HasPrefix(t.host, "tcp://") {
		return []client.Opt{client.WithHost(t.host)}, nil
	}
	return []client.Opt{
		client.WithHTTPClient(&http.Client{
			Transport:     &http.Transport{TLSClientConfig: cfg},
			CheckRedirect: client.CheckRedirect,
		}),
		client.WithHost(t.host),
	}, nil
}

// environmentTLS is the TLS set-up that DOCKER_CERT_PATH and DOCKER_TLS_VERIFY
// ask for; nil when neither is set. As with the docker command, verification
// without a path uses the files of the configuration directory.
func environmentTLS(getenv func(string) string, dir string) (*tls.Config, error) {
	certs, verify := getenv(client.EnvOverrideCertPath), getenv(client.EnvTLSVerify) != ""
	if certs == "" && !verify {
		return nil, nil
	}
	if certs == "" {
		certs = dir
	}
	o := tlsconfig.Options{
		CAFile:             filepath.Join(certs, "ca.pem"),
		CertFile:           filepath.Join(certs, "cert.pem"),
		KeyFile:            filepath.Join(certs, "key.pem"),
		InsecureSkipVerify: !verify,
		ExclusiveRootPools: true,
	}
	if missing(o.CertFile) && missing(o.KeyFile) && !missing(o.CAFile) {
		o.CertFile, o.KeyFile = "", "" // the engine may not ask who calls
	}
	cfg, err := tlsconfig.Client(o)
	if err != nil {
		return nil, &certificateError{err}
	}
	return cfg, nil
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func (t *target) isSSH() bool { return strings.HasPrefix(t.host, "ssh://") }

// socketPath is the file a unix endpoint stands for, "" for other endpoints.
func (t *target) socketPath() string {
	u, err := url.Parse(t.host)
	if err != nil || u.Scheme != "unix" {
		return ""
	}
	return u.Path
}

// usualSockets lists where rootless and desktop engines listen.
func usualSockets(getenv func(string) string) []string {
	var all []string
	if run := getenv("XDG_RUNTIME_DIR"); run != "" {
		all = append(all, filepath.Join(run, "docker.sock"), filepath.Join(run, "podman", "podman.sock"))
	}
	if home := getenv("HOME"); home != "" {
		all = append(all,
			filepath.Join(home, ".docker", "run", "docker.sock"),
			filepath.Join(home, ".docker", "desktop", "docker.sock"),
			filepath.Join(home, ".colima", "default", "docker.sock"),
			filepath.Join(home, ".rd", "docker.sock"),
		)
	}
	return append(all, "/run/podman/podman.sock")
}
