package image

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// proxy stands between a test and the engine. It can hide the routes of
// BuildKit, and it can be cut, as if the engine had died.
type proxy struct {
	path     string
	upstream string
	hide     bool
	listener net.Listener

	mu    sync.Mutex
	conns []net.Conn
	dead  bool
}

func newProxy(t *testing.T, direct *engine.Engine, hideBuildKit bool) *proxy {
	t.Helper()
	upstream, ok := strings.CutPrefix(direct.Endpoint, "unix://")
	if !ok {
		machine.Missing(t, "the engine at %s has no unix socket", direct.Endpoint)
	}
	dir, err := os.MkdirTemp("", "p")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &proxy{path: filepath.Join(dir, "s"), upstream: upstream, hide: hideBuildKit}
	p.listener, err = net.Listen("unix", p.path)
	must(t, err)
	t.Cleanup(p.cut)
	go p.serve()
	return p
}

func (p *proxy) engine(t *testing.T) *engine.Engine {
	t.Helper()
	eng, err := engine.Connect(t.Context(), engine.Options{Host: "unix://" + p.path})
	must(t, err)
	t.Cleanup(func() { _ = eng.Close() })
	return eng
}

func (p *proxy) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.relay(conn)
	}
}

// hold remembers a connection for cut; false when the proxy is dead.
func (p *proxy) hold(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, conn)
	return !p.dead
}

func (p *proxy) relay(client net.Conn) {
	defer client.Close()
	r := bufio.NewReader(client)
	head, err := r.Peek(len("POST /session"))
	if err != nil || !p.hold(client) {
		return
	}
	if p.hide && (strings.HasPrefix(string(head), "POST /session") || strings.HasPrefix(string(head), "POST /grpc")) {
		_, _ = io.WriteString(client, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		return
	}
	server, err := net.Dial("unix", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.hold(server) {
		return
	}
	go func() {
		_, _ = io.Copy(server, r)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}

// cut breaks every connection and accepts no new ones.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
	_ = p.listener.Close()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = nil
}
