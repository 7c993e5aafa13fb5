package runner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// DefaultPostgresImage runs a plugin's database.
const DefaultPostgresImage = "postgres:17-alpine"

// cleanUpTimeout bounds the removal of what a failed start had made.
const cleanUpTimeout = 30 * time.Second

// Options says what to run and how.
type Options struct {
	Engine     *engine.Engine
	Manifest   *manifest.Manifest
	ProjectDir string // where the manifest's migrations_dir is looked for
	Network    string // DefaultNetwork when empty

	// Controller answers https://netstacks-api:3000 inside the network, with
	// the certificate TLS. CAPEM, when not empty, is the authority to trust: it
	// is put into the plugin's container, where NETSTACKS_CA_CERT names it.
	Controller http.Handler
	TLS        tls.Certificate
	CAPEM      []byte

	ServiceToken string // becomes NETSTACKS_SERVICE_TOKEN
	// DatabasePassword is the one of the plugin's role; a random one when empty.
	// Whoever masks secrets in the output gives it, to know it beforehand.
	DatabasePassword string
	Session          string // a UUID; a new one when empty
	PostgresImage    string // DefaultPostgresImage when empty

	// OnEvent receives the session's events, one at a time. It must not block
	// for long and must not call the Instance's Stop. It may be nil.
	OnEvent func(Event)
}

// session is a run being made, and what it is made of.
type session struct {
	o        Options
	api      client.APIClient
	owner    owner
	events   *reporter
	ca       string // path of the authority in the plugin's container, or ""
	relay    *relay
	server   *http.Server
	serving  chan struct{} // closed when the server has stopped accepting
	database *database     // nil without migrations_dir

	networkID string
	pluginID  string
	pluginIP  string
}

// Start runs the plugin's image and everything around it. It returns when the
// plugin's process is started; its health follows as events.
//
// When a step fails or ctx ends, everything already made is removed and the
// error is returned: *NameTakenError, *BusyError, *ImageMissingError,
// *MigrationError, *engine.UnavailableError when the engine went away, ctx's
// error, or a plain one. After a successful Start, ctx ending changes nothing:
// call Stop.
func Start(ctx context.Context, o Options) (*Instance, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &session{o: o, api: o.Engine.API, owner: self(), events: &reporter{receive: o.OnEvent}}
	if _, taken := running.LoadOrStore(o.Session, true); taken {
		return nil, fmt.Errorf("session %s is already running", o.Session)
	}
	err := s.start(ctx)
	if err == nil {
		return s.follow(), nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTimeout)
	defer cancel()
	if cleanErr := s.remove(cleaning); cleanErr != nil {
		err = errors.Join(err, fmt.Errorf("%w (\"netstacks-plugin clean\" removes the rest)", cleanErr))
	}
	running.Delete(o.Session)
	return nil, o.Engine.Explain(err)
}

// complete fills in the defaults.
func (o *Options) complete() error {
	switch {
	case o.Engine == nil, o.Manifest == nil, o.Controller == nil:
		return errors.New("starting a plugin needs an engine, a manifest and a Controller")
	case len(o.TLS.Certificate) == 0:
		return errors.New("starting a plugin needs a certificate for " + controllerAlias)
	}
	if o.Network == "" {
		o.Network = DefaultNetwork
	}
	if o.PostgresImage == "" {
		o.PostgresImage = DefaultPostgresImage
	}
	if o.Session == "" {
		o.Session = uuid.NewString()
	}
	return nil
}

// start makes the session step by step.
func (s *session) start(ctx context.Context) error {
	withDatabase := s.o.Manifest.MigrationsDir != ""
	var files []migration
	steps := []struct {
		name   string
		wanted bool
		do     func(context.Context) error
	}{
		{StepCheck, true, func(ctx context.Context) (err error) {
			if withDatabase {
				// A missing folder is found before anything is made.
				if files, err = readMigrations(s.o.ProjectDir, s.o.Manifest.MigrationsDir); err != nil {
					return err
				}
			}
			return s.check(ctx)
		}},
		{StepNetwork, true, s.ensureNetwork},
		{StepPull, withDatabase && !s.hasImage(ctx, s.o.PostgresImage), s.pullDatabase},
		{StepDatabase, withDatabase, s.startDatabase},
		{StepRelay, true, func(ctx context.Context) error {
			if err := s.startRelay(ctx); err != nil {
				return err
			}
			s.serve()
			return nil
		}},
		{StepReady, withDatabase, s.awaitDatabase},
		{StepMigrate, withDatabase, func(ctx context.Context) error { return s.migrate(ctx, files) }},
		{StepPlugin, true, s.startPlugin},
	}
	for _, step := range steps {
		if !step.wanted {
			continue
		}
		err := s.events.step(step.name, func() error {
			err := step.do(ctx)
			return cause(ctx, err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// check removes what dead sessions left behind and makes sure that the image
// is there and the names are free.
func (s *session) check(ctx context.Context) error {
	removed, err := Clean(ctx, s.o.Engine, CleanOptions{keepImages: true})
	if err != nil {
		return err
	}
	if swept := removed.swept(); swept != "" {
		s.events.notice(swept)
	}
	if !s.hasImage(ctx, s.o.Manifest.Image) && ctx.Err() == nil {
		if _, err := s.api.ImageInspect(ctx, s.o.Manifest.Image); err != nil && !isNotFound(err) {
			return fmt.Errorf("looking for image %s: %w", s.o.Manifest.Image, err)
		}
		return &ImageMissingError{Image: s.o.Manifest.Image}
	}
	plugin := s.o.Manifest.Name
	for _, name := range []string{ContainerName(plugin), relayName(plugin), databaseName(plugin)} {
		if err := s.freeName(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// hasImage reports whether the engine has an image.
func (s *session) hasImage(ctx context.Context, ref string) bool {
	_, err := s.api.ImageInspect(ctx, ref)
	return err == nil
}

// freeName makes sure that no container has a name that this session needs:
// one of a dead session is removed, every other one is an error.
func (s *session) freeName(ctx context.Context, name string) error {
	found, err := s.api.ContainerInspect(ctx, name)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("looking for container %s: %w", name, err)
	}
	labels := found.Config.Labels
	if labels[engine.LabelSession] == "" {
		return &NameTakenError{Kind: "container", Name: name}
	}
	if live(labels) {
		o := ownerOf(labels)
		busy := &BusyError{Plugin: s.o.Manifest.Name, Name: name, Session: labels[engine.LabelSession], PID: o.pid}
		if o.host != s.owner.host {
			busy.Host = o.host
		}
		return busy
	}
	return removeContainer(ctx, s.o.Engine, found.ID)
}

// startContainer makes and starts a container of the session on its network
// and returns its id. Neither request is abandoned when ctx ends: the engine
// might still carry it out after we cleaned up.
func (s *session) startContainer(ctx context.Context, name string, config *container.Config, host *container.HostConfig, aliases ...string) (string, error) {
	id, err := s.createContainer(ctx, name, config, host, aliases...)
	if err != nil {
		return "", err
	}
	err = s.onNetwork(ctx, func() error {
		return s.api.ContainerStart(context.WithoutCancel(ctx), id, container.StartOptions{})
	})
	if err != nil {
		return "", fmt.Errorf("starting container %s: %w", name, err)
	}
	return id, ctx.Err()
}

// createContainer makes a container of the session on its network.
func (s *session) createContainer(ctx context.Context, name string, config *container.Config, host *container.HostConfig, aliases ...string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	host.NetworkMode = container.NetworkMode(s.o.Network)
	var created container.CreateResponse
	create := func() (err error) {
		created, err = s.api.ContainerCreate(context.WithoutCancel(ctx), config, host, s.networking(aliases), nil, name)
		return err
	}
	err := s.onNetwork(ctx, create)
	if isConflict(err) {
		// The name was free when we looked: somebody was faster.
		if err := s.freeName(ctx, name); err != nil {
			return "", err
		}
		err = s.onNetwork(ctx, create)
	}
	if err != nil {
		return "", fmt.Errorf("creating container %s: %w", name, err)
	}
	return created.ID, ctx.Err()
}

// networkTries is how often something that needs the network is tried.
const networkTries = 5

// onNetwork does what needs the session's network. The session that it is
// shared with may end just then and take it along, or another may have made a
// second one of the same name: then it is put in order and tried again.
func (s *session) onNetwork(ctx context.Context, do func() error) error {
	err := do()
	for range networkTries - 1 {
		if err == nil || !strings.Contains(err.Error(), "network") || !isNotFound(err) && !strings.Contains(err.Error(), "ambiguous") {
			return err
		}
		if err := s.ensureNetwork(ctx); err != nil {
			return err
		}
		err = do()
	}
	return err
}

// ulimits bounds the open files on Podman, whose API defaults to more than many
// hosts allow and then refuses to start the container. Docker's own default
// always fits its host; any number of ours might not. 4096 is what the kernel
// allows every process.
func ulimits(eng *engine.Engine) []*container.Ulimit {
	if eng.Name != engine.Podman {
		return nil
	}
	const openFiles = 4096
	return []*container.Ulimit{{Name: "nofile", Soft: openFiles, Hard: openFiles}}
}
