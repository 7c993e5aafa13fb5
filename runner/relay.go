package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/hashicorp/yamux"

	"github.com/netstacks/netstacks-plugin/runner/relay/wire"
)

// relayTimeout bounds the wait for the relay's first sign of life.
const relayTimeout = 15 * time.Second

// relay is the link to the relay container: connections of containers come out
// of Accept, and Dial reaches addresses on the engine's network.
type relay struct {
	session *yamux.Session
	link    *attached
	ip      string // of the relay's container on the session's network
}

// startRelay makes, starts and joins the relay container.
func (s *session) startRelay(ctx context.Context) error {
	config := &container.Config{
		Labels:     s.labels(roleRelay),
		User:       "65534:65534",
		OpenStdin:  true,
		StdinOnce:  true,
		Cmd:        []string{fmt.Sprintf(":%d", controllerPort)},
		WorkingDir: "/",
	}
	host := &container.HostConfig{
		AutoRemove:     true,
		CapDrop:        []string{"ALL"},
		ReadonlyRootfs: true,
		SecurityOpt:    []string{"no-new-privileges"},
		LogConfig:      container.LogConfig{Type: "none"},
		Resources:      container.Resources{Ulimits: ulimits(s.o.Engine)},
	}
	create := func() (id string, err error) {
		if config.Image, err = relayImage(ctx, s.o.Engine); err != nil {
			return "", err
		}
		return s.startContainer(ctx, relayName(s.o.Manifest.Name), config, host, controllerAlias)
	}
	id, err := create()
	if isNotFound(err) {
		// Somebody cleaned up between the look at the image and its use.
		id, err = create()
	}
	if err != nil {
		return err
	}
	// Podman refuses to attach to a container that is not started yet. The
	// relay says nothing before we do, so nothing is missed.
	hijacked, err := s.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return fmt.Errorf("attaching to the relay container: %w", err)
	}
	s.relay, err = join(ctx, hijacked)
	if err != nil {
		return err
	}
	s.relay.ip, err = s.address(ctx, id)
	return err
}

// join speaks yamux over an attached container and waits for its first answer.
func join(ctx context.Context, hijacked types.HijackedResponse) (*relay, error) {
	link := &attached{hijacked: hijacked, frames: frameReader{hijacked.Reader}}
	muxed, err := yamux.Server(link, wire.Config(true))
	if err != nil {
		hijacked.Close()
		return nil, fmt.Errorf("joining the relay: %w", err)
	}
	r := &relay{session: muxed, link: link}
	ctx, cancel := context.WithTimeout(ctx, relayTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = r.Close() })
	_, err = muxed.Ping()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("the relay does not answer: %w%s", cause(ctx, err), link.complaint())
	}
	return r, nil
}

// cause prefers the reason why ctx ended to the error that this led to.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Accept returns the next connection that a container made.
func (r *relay) Accept() (net.Conn, error) {
	for {
		stream, err := r.session.AcceptStream()
		if err != nil {
			return nil, net.ErrClosed
		}
		peer, err := wire.ReadLine(wire.NewConn(stream, nil))
		if err != nil {
			_ = stream.Close()
			continue
		}
		return wire.NewConn(stream, wire.Addr(peer)), nil
	}
}

// Addr is where containers find the Controller.
func (r *relay) Addr() net.Addr {
	return wire.Addr(fmt.Sprintf("%s:%d", controllerAlias, controllerPort))
}

// Close ends the link, and with it the relay's process and container.
func (r *relay) Close() error { return r.session.Close() }

// Done is closed when the link has ended.
func (r *relay) Done() <-chan struct{} { return r.session.CloseChan() }

// Dial connects to an address on the engine's network.
func (r *relay) Dial(ctx context.Context, target string) (net.Conn, error) {
	stream, err := r.session.OpenStream()
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: the relay is gone: %w", target, err)
	}
	conn := wire.NewConn(stream, wire.Addr(target))
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	err = wire.WriteLine(conn, target)
	var status string
	if err == nil {
		status, err = wire.ReadLine(conn)
	}
	if !stop() && ctx.Err() != nil {
		return nil, fmt.Errorf("connecting to %s: %w", target, ctx.Err())
	}
	if err == nil && status != wire.StatusOK {
		err = &net.OpError{Op: "dial", Net: "tcp", Addr: wire.Addr(target), Err: remoteError(status)}
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connecting through the relay: %w", err)
	}
	return conn, nil
}

// remoteError is why the relay could not dial. It answers errors.Is for the
// reasons that callers tell apart.
type remoteError string

func (e remoteError) Error() string { return string(e) }

// Is matches the system errors that the text ends with.
func (e remoteError) Is(target error) bool {
	for _, errno := range []syscall.Errno{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if target == errno {
			// The relay runs on Linux, whose words these are, whatever runs here.
			return strings.HasSuffix(string(e), linuxErrors[errno])
		}
	}
	return errors.Is(target, os.ErrDeadlineExceeded) && strings.HasSuffix(string(e), "i/o timeout")
}

var linuxErrors = map[syscall.Errno]string{
	syscall.ECONNREFUSED: "connection refused",
	syscall.EHOSTUNREACH: "no route to host",
	syscall.ENETUNREACH:  "network is unreachable",
}

// attached is a container's stdin and stdout as one stream of bytes; what it
// writes to stderr is kept for the error message.
type attached struct {
	hijacked types.HijackedResponse
	frames   frameReader
	left     int // of the current stdout frame
	mu       sync.Mutex
	stderr   []byte
}

// Read reads the container's stdout.
func (a *attached) Read(b []byte) (int, error) {
	for a.left == 0 {
		stream, n, err := a.frames.header()
		if err != nil {
			return 0, err
		}
		if stream == streamStdout {
			a.left = n
			continue
		}
		text, err := io.ReadAll(io.LimitReader(a.frames.r, int64(n)))
		if err != nil {
			return 0, err
		}
		a.mu.Lock()
		a.stderr = append(a.stderr, text...)
		a.stderr = a.stderr[max(0, len(a.stderr)-maxComplaint):]
		a.mu.Unlock()
	}
	n, err := a.frames.r.Read(b[:min(len(b), a.left)])
	a.left -= n
	return n, err
}

// maxComplaint bounds the stderr that is kept, in bytes.
const maxComplaint = 4096

// Write writes to the container's stdin.
func (a *attached) Write(b []byte) (int, error) { return a.hijacked.Conn.Write(b) }

// Close detaches, which closes the container's stdin.
func (a *attached) Close() error { return a.hijacked.Conn.Close() }

// complaint is what the container wrote to stderr, as the tail of a sentence.
func (a *attached) complaint() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if text := strings.TrimSpace(string(a.stderr)); text != "" {
		return ": " + text
	}
	return ""
}

// errEndedAtOnce is part of the errors about a process that is not there any more.
var errEndedAtOnce = errors.New("ended at once")

// address returns a running container's address on the session's network.
func (s *session) address(ctx context.Context, id string) (string, error) {
	info, err := s.api.ContainerInspect(ctx, id)
	if err != nil {
		return "", fmt.Errorf("asking for the address of container %.12s: %w", id, err)
	}
	if end, ok := endpoint(info.NetworkSettings, s.o.Network); ok && end.IPAddress != "" {
		return end.IPAddress, nil
	}
	if info.State != nil && !info.State.Running {
		return "", fmt.Errorf("container %s %w with exit code %d", strings.TrimPrefix(info.Name, "/"), errEndedAtOnce, info.State.ExitCode)
	}
	return "", fmt.Errorf("container %s got no address on network %s", strings.TrimPrefix(info.Name, "/"), s.o.Network)
}

func endpoint(settings *container.NetworkSettings, name string) (*network.EndpointSettings, bool) {
	if settings == nil {
		return nil, false
	}
	end, ok := settings.Networks[name]
	return end, ok && end != nil
}
