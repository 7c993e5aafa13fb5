package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	imagetypes "github.com/docker/docker/api/types/image"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// smallPlugin writes a plugin that needs nothing but Python's own library. Its
// source differs each time, so that running it has to build.
func smallPlugin(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	removeImage(t, "netstacks-plugin-"+name+":1.0.0")
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("service/Dockerfile", "FROM "+needs.PythonImage+"\nCOPY main.py /app/main.py\nCMD [\"python\", \"/app/main.py\"]\n")
	write("service/main.py", "# "+dir+"\n"+`import os, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'[{"id": 1, "name": "row-1"}]'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("serving", flush=True)
ThreadingHTTPServer(("", int(os.environ["PLUGIN_PORT"])), Handler).serve_forever()
`)
	write("manifest.json", fmt.Sprintf(`{
  "name": %q,
  "version": "1.0.0",
  "display_name": "Small",
  "description": "As small as a plugin can be",
  "image": "netstacks-plugin-%s:1.0.0",
  "port": 8080,
  "capabilities_required": [],
  "resources": {"cpu_limit": 0.5, "memory_limit": 134217728},
  "health_check": {
    "command": "python -c \"import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/')\"",
    "interval_seconds": 5, "timeout_seconds": 5, "retries": 3, "start_period_seconds": 5
  },
  "terminal_panels": [{"id": "rows", "label": "Rows", "data_endpoint": "/"}]
}
`, name, name))
	return dir
}

// removeImage removes the image of the tag when the test ends.
func removeImage(t *testing.T, tag string) {
	t.Helper()
	eng := needs.Engine(t)
	t.Cleanup(func() {
		_, err := eng.API.ImageRemove(context.Background(), tag, imagetypes.RemoveOptions{Force: true, PruneChildren: true})
		if err != nil && !errdefs.IsNotFound(err) {
			t.Errorf("removing %s: %v", tag, err)
		}
	})
}

// command is the binary running in the background.
type command struct {
	t      *testing.T
	cmd    *exec.Cmd
	mu     sync.Mutex
	output bytes.Buffer
	wrote  chan struct{} // buffered, 1
	exited chan struct{}
	err    error
}

// start runs the binary with args in the environment of these tests.
func start(t *testing.T, env []string, args ...string) *command {
	t.Helper()
	c := &command{t: t, cmd: exec.Command(needs.Binary(t), args...), wrote: make(chan struct{}, 1), exited: make(chan struct{})}
	c.cmd.Env = append(append(os.Environ(), "PLUGIN_NETWORK="+testNetwork), env...)
	c.cmd.Stdout, c.cmd.Stderr = c, c
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.exited)
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		<-c.exited
	})
	return c
}

// Write collects what the process prints.
func (c *command) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case c.wrote <- struct{}{}:
	default:
	}
	return c.output.Write(p)
}

func (c *command) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.String()
}

// tail returns the last of the output, for messages.
func (c *command) tail() string {
	text := c.text()
	return text[max(len(text)-4000, 0):]
}

// waitFor waits until the output holds text.
func (c *command) waitFor(text string, timeout time.Duration) {
	c.t.Helper()
	deadline := time.After(timeout)
	for !strings.Contains(c.text(), text) {
		select {
		case <-c.wrote:
		case <-c.exited:
			if !strings.Contains(c.text(), text) {
				c.t.Fatalf("the process ended before it printed %q:\n%s", text, c.tail())
			}
		case <-deadline:
			c.t.Fatalf("%q was not printed within %s:\n%s", text, timeout, c.tail())
		}
	}
}

// wait waits until the process ended and returns its exit code.
func (c *command) wait(timeout time.Duration) int {
	c.t.Helper()
	select {
	case <-c.exited:
	case <-time.After(timeout):
		c.t.Fatalf("the process did not end within %s:\n%s", timeout, c.tail())
	}
	if c.err == nil {
		return 0
	}
	return exitStatus(c.err)
}

// eventually polls until done, for what only the engine can tell.
func eventually(t *testing.T, timeout time.Duration, what string, done func() (bool, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, seen := done()
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s; seen: %s", timeout, what, seen)
		case <-tick.C:
		}
	}
}
