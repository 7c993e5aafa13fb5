package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/util/grpcerrors"
	"github.com/tonistiigi/fsutil"
	"google.golang.org/grpc/codes"

	"github.com/netstacks/netstacks-plugin/engine"
)

// cancelGrace is how long a cancelled build waits for the engine to confirm,
// so that the last log lines and the end of the steps are still seen.
const cancelGrace = 800 * time.Millisecond

// hasBuildKit asks the engine for BuildKit's control connection. What the ping
// says about the builder is empty on Docker 20.10, which has BuildKit; and a
// session opened only to see whether that works would linger in the engine.
func hasBuildKit(ctx context.Context, eng *engine.Engine) (bool, error) {
	conn, err := hijack(ctx, eng, "/grpc", "h2c", nil)
	switch {
	case err == nil:
		_ = conn.Close()
		return true, nil
	case refused(err):
		return false, nil
	}
	return false, eng.Explain(err)
}

// refused tells that the engine does not know a route of BuildKit, or that a
// proxy in front of the engine forbids it.
func refused(err error) bool {
	for _, code := range []string{"403", "404", "405", "501"} {
		if strings.HasSuffix(err.Error(), "unable to upgrade to h2c, received "+code) {
			return true
		}
	}
	return false
}

// hijack is DialHijack that also ends with ctx while the engine keeps silent.
func hijack(ctx context.Context, eng *engine.Engine, url, proto string, meta map[string][]string) (net.Conn, error) {
	type answer struct {
		conn net.Conn
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		conn, err := eng.API.DialHijack(ctx, url, proto, meta)
		got <- answer{conn, err}
	}()
	select {
	case a := <-got:
		return a.conn, a.err
	case <-ctx.Done():
		go func() {
			if a := <-got; a.conn != nil {
				_ = a.conn.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// buildKit builds with the engine's BuildKit.
func (b *job) buildKit(ctx context.Context) error {
	opt, err := b.solveOptions()
	if err != nil {
		return err
	}
	c, err := client.New(ctx, "",
		client.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return hijack(ctx, b.engine, "/grpc", "h2c", nil)
		}),
		client.WithSessionDialer(func(ctx context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return hijack(ctx, b.engine, "/session", proto, meta)
		}),
	)
	if err != nil {
		return b.engine.Explain(err)
	}
	statuses := make(chan *client.SolveStatus)
	ended := make(chan error, 1)
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		for st := range statuses {
			b.follow(st)
		}
	}()
	go func() {
		_, err := c.Solve(ctx, nil, opt, statuses)
		<-followed
		_ = c.Close()
		ended <- err
	}()
	select {
	case err = <-ended:
	case <-ctx.Done():
		select {
		case err = <-ended:
		case <-time.After(cancelGrace):
			_ = c.Close() // ends Solve, whatever the engine does
			err = ctx.Err()
		}
	}
	return b.solveError(ctx, err)
}

// solveError tells a broken connection from a build that failed.
func (b *job) solveError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	switch grpcerrors.Code(err) {
	case codes.Unavailable:
		return b.engine.Lost(err)
	case codes.Canceled:
		// Nobody here cancelled: an engine that shuts down does so.
		ping, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, gone := b.engine.API.Ping(ping); gone != nil {
			return b.engine.Lost(errors.Join(err, gone))
		}
	}
	return b.engine.Explain(err)
}

func (b *job) solveOptions() (client.SolveOpt, error) {
	files, err := newPlainFS(b.ContextDir, nil)
	if err != nil {
		return client.SolveOpt{}, err
	}
	dockerfiles, err := newPlainFS(filepath.Dir(filepath.Join(b.ContextDir, b.Dockerfile)), nil)
	if err != nil {
		return client.SolveOpt{}, err
	}
	attrs := map[string]string{"filename": filepath.Base(b.Dockerfile)}
	for name, value := range b.args {
		attrs["build-arg:"+name] = value
	}
	for name, value := range b.labels {
		attrs["label:"+name] = value
	}
	if b.NoCache {
		attrs["no-cache"] = ""
	}
	return client.SolveOpt{
		Exports:       []client.ExportEntry{{Type: "moby", Attrs: map[string]string{"name": b.tag.String()}}},
		LocalMounts:   map[string]fsutil.FS{"context": files, "dockerfile": dockerfiles},
		Frontend:      "dockerfile.v0",
		FrontendAttrs: attrs,
		SharedKey:     sharedKey(b.ContextDir),
		Session: []session.Attachable{
			authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{ConfigFile: b.engine.Config}),
		},
	}, nil
}

// sharedKey lets the engine send only what changed since the folder's last build.
func sharedKey(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	sum := sha256.Sum256([]byte("netstacks-plugin\x00" + dir))
	return hex.EncodeToString(sum[:])
}

// follow feeds one status message to the tracker: what begins, then what was
// transferred and printed, then what ended.
func (b *job) follow(st *client.SolveStatus) {
	for _, v := range st.Vertexes {
		id := v.Digest.String()
		switch {
		case v.Started == nil && v.Completed == nil:
			b.steps.pending(id, v.Name)
		case v.Completed == nil:
			b.steps.start(id, v.Name, *v.Started)
		}
	}
	for _, s := range st.Statuses {
		b.steps.progress(s.Vertex.String(), s.ID, s.Current, s.Total)
	}
	for _, l := range st.Logs {
		stream := "stdout"
		if l.Stream == 2 {
			stream = "stderr"
		}
		b.steps.log(l.Vertex.String(), stream, l.Data)
	}
	for _, v := range st.Vertexes {
		if v.Completed == nil {
			continue
		}
		r := run{completed: *v.Completed, cached: v.Cached, err: v.Error}
		if r.started = r.completed; v.Started != nil {
			r.started = *v.Started
		}
		r.cancelled = strings.Contains(v.Error, context.Canceled.Error())
		b.steps.finish(v.Digest.String(), v.Name, r)
	}
	for _, w := range st.Warnings {
		b.steps.warn(string(w.Short))
	}
}
