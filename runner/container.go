package runner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

const (
	caPath       = "/etc/netstacks/ca.pem"      // of Options.CAPEM in the plugin's container
	dockerSocket = "/var/run/docker.sock"       // mounted for manage_containers
	manageDocker = "manage_containers"          // plugin-sdk.txt, "Capability Declarations"
	apiURL       = "https://netstacks-api:3000" // plugin-sdk.txt, "Authentication & environment"
)

func isNotFound(err error) bool { return errdefs.IsNotFound(err) }
func isConflict(err error) bool { return errdefs.IsConflict(err) }

// networking connects a container to the session's network.
func (s *session) networking(aliases []string) *network.NetworkingConfig {
	return &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{
		s.o.Network: {Aliases: aliases},
	}}
}

// serve answers the connections that containers make with the Controller.
func (s *session) serve() {
	s.server = &http.Server{
		Handler:           s.o.Controller,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{s.o.TLS}, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          log.New(noticeWriter{s.events}, "", 0),
	}
	s.serving = make(chan struct{})
	go func() {
		defer close(s.serving)
		_ = s.server.ServeTLS(s.relay, "", "")
	}()
}

// noticeWriter turns the HTTP server's complaints, such as a client that does
// not trust the certificate, into notices.
type noticeWriter struct{ events *reporter }

// Write implements io.Writer; every call is one message.
func (w noticeWriter) Write(b []byte) (int, error) {
	w.events.notice("Controller: " + strings.TrimPrefix(strings.TrimSpace(string(b)), "http: "))
	return len(b), nil
}

// startPlugin makes the plugin's container as the Controller would, puts the
// certificate authority into it and starts its process.
func (s *session) startPlugin(ctx context.Context) error {
	name := ContainerName(s.o.Manifest.Name)
	if len(s.o.CAPEM) > 0 {
		s.ca = caPath
	}
	config, host := s.pluginConfig()
	id, err := s.createContainer(ctx, name, config, host)
	if err != nil {
		return err
	}
	s.pluginID = id
	if s.ca != "" {
		archive, err := tarFile(strings.TrimPrefix(s.ca, "/"), 0o444, s.o.CAPEM)
		if err != nil {
			return err
		}
		if err := s.api.CopyToContainer(ctx, id, "/", archive, container.CopyToContainerOptions{}); err != nil {
			return fmt.Errorf("copying the certificate authority into %s: %w", name, err)
		}
	}
	if err := s.api.ContainerStart(context.WithoutCancel(ctx), id, container.StartOptions{}); err != nil {
		return fmt.Errorf("starting %s: %w%s", name, err, startHint(err))
	}
	s.pluginIP, err = s.address(ctx, id)
	if errors.Is(err, errEndedAtOnce) {
		// That is an exit to report, with its log, not a failure to start.
		return nil
	}
	return err
}

// startHint says what to look at when the engine could not start the process.
func startHint(err error) string {
	text := err.Error()
	if strings.Contains(text, "executable file not found") || strings.Contains(text, "no such file or directory") ||
		strings.Contains(text, "permission denied") {
		return " (check CMD and ENTRYPOINT in service/Dockerfile)"
	}
	return ""
}

// pluginConfig is the plugin's container as plugin-sdk.txt describes it:
// "Authentication & environment", "Optional fields" and "Capability
// Declarations". The names of this session's helpers are pinned to their
// addresses, since sessions of other plugins have the same aliases on the
// shared network.
func (s *session) pluginConfig() (*container.Config, *container.HostConfig) {
	m := s.o.Manifest
	env := []string{
		"CONTROLLER_API_URL=" + apiURL,
		"NETSTACKS_SERVICE_TOKEN=" + s.o.ServiceToken,
	}
	hosts := []string{controllerAlias + ":" + s.relay.ip}
	if s.database != nil {
		env = append(env, "DATABASE_URL="+s.database.url())
		hosts = append(hosts, databaseAlias+":"+s.database.ip)
	}
	env = append(env, "PLUGIN_NAME="+m.Name, "PLUGIN_PORT="+strconv.Itoa(m.Port))
	if s.ca != "" {
		env = append(env, "NETSTACKS_CA_CERT="+s.ca)
	}
	host := &container.HostConfig{
		ExtraHosts:    hosts,
		RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyDisabled},
		Resources:     resources(m.Resources, s.o.Engine),
	}
	for _, c := range m.CapabilitiesRequired {
		if c == manageDocker {
			host.Binds = []string{dockerSocket + ":" + dockerSocket}
		}
	}
	return &container.Config{
		Image:       m.Image,
		Labels:      s.labels(rolePlugin),
		Env:         env,
		Healthcheck: healthConfig(m.HealthCheck),
	}, host
}

// resources are the manifest's limits in the engine's units. Swap is not
// allowed on top of memory: it would hide that the limit was reached.
func resources(r *manifest.Resources, eng *engine.Engine) container.Resources {
	limits := container.Resources{Ulimits: ulimits(eng)}
	if r != nil {
		limits.NanoCPUs = int64(math.Round(r.CPULimit * 1e9))
		limits.Memory = r.MemoryLimit
		limits.MemorySwap = r.MemoryLimit
	}
	return limits
}

// healthConfig is the manifest's health check as the engine takes it; nil
// leaves the image's own.
func healthConfig(h *manifest.HealthCheck) *container.HealthConfig {
	if h == nil || h.Command == "" {
		return nil
	}
	seconds := func(n *int) time.Duration {
		if n == nil {
			return 0
		}
		return time.Duration(*n) * time.Second
	}
	config := &container.HealthConfig{
		Test:        []string{"CMD-SHELL", h.Command},
		Interval:    seconds(h.IntervalSeconds),
		Timeout:     seconds(h.TimeoutSeconds),
		StartPeriod: seconds(h.StartPeriodSeconds),
	}
	if h.Retries != nil {
		config.Retries = *h.Retries
	}
	return config
}

// dialPlugin connects to the plugin's port through the relay.
func (s *session) dialPlugin(ctx context.Context) (net.Conn, error) {
	if s.pluginIP == "" {
		return nil, errors.New("connecting to the plugin: its process has ended")
	}
	return s.relay.Dial(ctx, net.JoinHostPort(s.pluginIP, strconv.Itoa(s.o.Manifest.Port)))
}
