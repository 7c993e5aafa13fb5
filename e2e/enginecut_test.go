package e2e

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// cuttable is a way to the engine that can be cut, as when its daemon stops.
type cuttable struct {
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
}

// newCuttable forwards a socket of its own to the engine's.
func newCuttable(t *testing.T, engineSocket string) (*cuttable, string) {
	t.Helper()
	// Not t.TempDir: a socket's path may have no more than about 100 bytes.
	dir, err := os.MkdirTemp("", "cut-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "engine.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c := &cuttable{listener: listener}
	t.Cleanup(c.cut)
	go c.serve(engineSocket)
	return c, "unix://" + path
}

func (c *cuttable) serve(engineSocket string) {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", engineSocket)
		if err != nil {
			_ = client.Close()
			return
		}
		c.mu.Lock()
		c.conns = append(c.conns, client, server)
		c.mu.Unlock()
		forward := func(to, from net.Conn) {
			_, _ = io.Copy(to, from)
			if half, ok := to.(*net.UnixConn); ok {
				_ = half.CloseWrite()
			}
		}
		go forward(server, client)
		go forward(client, server)
	}
}

// cut closes every connection and answers no more.
func (c *cuttable) cut() {
	if err := c.listener.Close(); errors.Is(err, net.ErrClosed) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

// TestEngineLostDuringARunIsSaid: silence would look like health, and what
// could not be removed is not called removed.
func TestEngineLostDuringARunIsSaid(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	eng := needs.Engine(t)
	socket, isUnix := strings.CutPrefix(eng.Endpoint, "unix://")
	if !isUnix {
		machine.Missing(t, "the engine is not behind a local socket: %s", eng.Endpoint)
	}
	way, host := newCuttable(t, socket)
	run := start(t, []string{"DOCKER_HOST=" + host}, "run", smallPlugin(t, "e-lost"), "--listen", "127.0.0.1:0")
	run.waitFor("health: healthy", 3*time.Minute)
	way.cut()
	run.waitFor("went away", 30*time.Second)
	if err := run.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := run.wait(time.Minute); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	out := run.text()
	if !strings.Contains(out, "netstacks-plugin clean") || strings.Contains(out, "are removed") {
		t.Errorf("the end does not say what is left and what to do:\n%s", out)
	}
	if clean := start(t, nil, "clean"); clean.wait(time.Minute) != 0 {
		t.Errorf("cleaning up: %s", clean.text())
	}
	assertNothingLeft(t)
}

// TestEngineStoppedMidBuild: said at once, with the environment's exit code.
func TestEngineStoppedMidBuild(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	eng := needs.Engine(t)
	socket, isUnix := strings.CutPrefix(eng.Endpoint, "unix://")
	if !isUnix {
		machine.Missing(t, "the engine is not behind a local socket: %s", eng.Endpoint)
	}
	dir := smallPlugin(t, "e-cut")
	dockerfile := filepath.Join(dir, "service", "Dockerfile")
	if err := os.WriteFile(dockerfile, []byte("FROM "+needs.PythonImage+"\nRUN echo the long step; sleep 120\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	way, host := newCuttable(t, socket)
	build := start(t, []string{"DOCKER_HOST=" + host}, "build", dir)
	build.waitFor("the long step\n", time.Minute)
	way.cut()
	if code := build.wait(10 * time.Second); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if out := build.text(); !strings.Contains(out, host) {
		t.Errorf("the message does not say which engine is gone:\n%s", out)
	}
}
