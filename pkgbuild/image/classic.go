package image

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/registry"
	"github.com/tonistiigi/fsutil"
)

// classic builds with the builder that all engines have. It runs one step after
// the other, and tells its progress as text.
func (b *job) classic(ctx context.Context) error {
	files, err := content(b.ContextDir, b.Dockerfile, nil, b.Dockerfile, ignoreName)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // ends the sender with the build
	defer cancel()
	reader, writer := io.Pipe()
	go func() { _ = writer.CloseWithError(fsutil.WriteTar(ctx, files, writer)) }()
	defer func() { _ = reader.Close() }()

	args := make(map[string]*string, len(b.args))
	for name, value := range b.args {
		args[name] = &value
	}
	resp, err := b.engine.API.ImageBuild(ctx, reader, build.ImageBuildOptions{
		Version:     build.BuilderV1,
		Tags:        []string{b.Tag},
		Dockerfile:  b.Dockerfile,
		BuildArgs:   args,
		Labels:      b.labels,
		NoCache:     b.NoCache,
		Remove:      true,
		ForceRemove: true,
		AuthConfigs: b.credentials(),
	})
	if err != nil {
		return b.engine.Explain(err)
	}
	defer func() { _ = resp.Body.Close() }()
	p := &classicOutput{steps: b.steps, now: time.Now}
	if err := p.read(resp.Body); err != nil {
		var said *classicError
		if errors.As(err, &said) || ctx.Err() != nil {
			return err
		}
		return b.engine.Lost(err)
	}
	return nil
}

// credentials are all registry credentials of the docker configuration: the
// classic builder cannot ask for the one it needs.
func (b *job) credentials() map[string]registry.AuthConfig {
	if b.engine.Config == nil {
		return nil
	}
	all, err := b.engine.Config.GetAllCredentials()
	if err != nil {
		b.steps.warn(fmt.Sprintf("registry credentials cannot be read: %v", err))
	}
	auth := make(map[string]registry.AuthConfig, len(all))
	for host, c := range all {
		auth[host] = registry.AuthConfig{
			Username: c.Username, Password: c.Password, Auth: c.Auth, ServerAddress: c.ServerAddress,
			IdentityToken: c.IdentityToken, RegistryToken: c.RegistryToken,
		}
	}
	return auth
}

// classicError is an error that the builder itself reported.
type classicError struct{ message string }

func (e *classicError) Error() string { return e.message }

// message is one JSON message of the builder.
type message struct {
	Stream   string `json:"stream"`
	Status   string `json:"status"`
	ID       string `json:"id"`
	Progress struct {
		Current int64 `json:"current"`
		Total   int64 `json:"total"`
	} `json:"progressDetail"`
	Error  string `json:"error"`
	Detail struct {
		Message string `json:"message"`
	} `json:"errorDetail"`
	Aux struct {
		ID string `json:"ID"`
	} `json:"aux"`
}

// classicOutput turns the builder's messages into steps.
type classicOutput struct {
	steps   *tracker
	now     func() time.Time
	text    lines
	current string    // id of the step under way
	started time.Time // of that step
	cached  bool
	built   bool // an image came out
}

// read follows the messages to their end. The error is a *classicError when the
// builder reported one; any other means that the connection broke.
func (p *classicOutput) read(r io.Reader) error {
	dec := json.NewDecoder(r)
	for {
		var m message
		err := dec.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the builder's messages: %w", err)
		}
		if text := m.Error; text != "" || m.Detail.Message != "" {
			if text == "" {
				text = m.Detail.Message
			}
			p.text.flush(p.line)
			p.finish(text)
			return &classicError{strings.TrimSpace(text)}
		}
		p.message(m)
	}
	p.text.flush(p.line)
	if !p.built {
		return fmt.Errorf("reading the builder's messages: %w", io.ErrUnexpectedEOF)
	}
	p.finish("")
	return nil
}

func (p *classicOutput) message(m message) {
	switch {
	case m.Aux.ID != "":
		p.built = true
	case m.ID != "" && p.current != "":
		p.steps.progress(p.current, m.ID, m.Progress.Current, m.Progress.Total)
	case m.Status != "" && p.current != "":
		p.steps.log(p.current, "stdout", []byte(m.Status+"\n"))
	case m.Stream != "":
		p.chunk([]byte(m.Stream))
	}
}

// The builder marks what a command wrote to stderr with colours of its own.
var (
	redOn  = []byte("\x1b[91m")
	redOff = []byte("\x1b[0m")
)

func (p *classicOutput) chunk(text []byte) {
	if inner, ok := bytes.CutPrefix(text, redOn); ok && p.current != "" {
		p.steps.log(p.current, "stderr", bytes.TrimSuffix(inner, redOff))
		return
	}
	p.text.write(text, p.line)
}

// classicPrefix begins the ids of this builder's steps.
const classicPrefix = "step "

// stepLine matches the head of a step of Docker ("Step 2/5 : RUN x") and of
// Podman ("STEP 2/5: RUN x", "[1/2] STEP 2/5: RUN x" with several stages).
var stepLine = onDemand(`^(?:(?:Step (\d+)/(\d+) : )|(?:(\[\d+/\d+\] )?STEP (\d+)/(\d+): ))(.*)$`)

// noise are lines that tell what the steps already show.
var noise = onDemand(`^( ---> (Running in )?[0-9a-f]*|--> [0-9a-f]+|Removing intermediate container [0-9a-f]+|COMMIT .*|Successfully (built|tagged) .*)$`)

func (p *classicOutput) line(line string) {
	if m := stepLine().FindStringSubmatch(line); m != nil {
		p.finish("")
		number, of, stage := m[1]+m[4], m[2]+m[5], m[3]
		if stage = strings.Trim(stage, "[] "); stage != "" {
			stage += " "
		}
		p.current, p.started, p.cached = classicPrefix+stage+number, p.now(), false
		p.steps.start(p.current, fmt.Sprintf("[%s%s/%s] %s", stage, number, of, m[6]), p.started)
		return
	}
	switch {
	case strings.HasPrefix(line, "Successfully built "), strings.HasPrefix(line, "Successfully tagged "):
		p.built = true
	case strings.HasPrefix(line, " ---> Using cache"), strings.HasPrefix(line, "--> Using cache"):
		p.cached = true
	case p.current == "" || noise().MatchString(line):
	default:
		p.steps.log(p.current, "stdout", []byte(line+"\n"))
	}
}

func (p *classicOutput) finish(failure string) {
	if p.current == "" {
		return
	}
	p.steps.finish(p.current, "", run{started: p.started, completed: p.now(), cached: p.cached, err: failure})
	p.current = ""
}
