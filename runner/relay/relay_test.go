package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/netstacks/netstacks-plugin/runner/relay/wire"
)

// studio is the other end of a relay that a test started.
type studio struct {
	*yamux.Session
	address string // where the relay listens
}

// start runs serve over a pipe. The test fails when serve does not return
// after the link ended, which it does only when no connection is left over.
func start(t *testing.T) studio {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- serve(far, listener) }()
	session, err := yamux.Server(near, wire.Config(true))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(5 * time.Second):
			stacks := make([]byte, 1<<20)
			t.Errorf("serve did not return after the link ended:\n%s", stacks[:runtime.Stack(stacks, true)])
		}
	})
	return studio{Session: session, address: listener.Addr().String()}
}

// dial opens a stream to target and returns it with the relay's status.
func (s studio) dial(t *testing.T, target string) (*wire.Conn, string) {
	t.Helper()
	stream, err := s.OpenStream()
	if err != nil {
		t.Fatal(err)
	}
	conn := wire.NewConn(stream, wire.Addr(target))
	if err := wire.WriteLine(conn, target); err != nil {
		t.Fatal(err)
	}
	status, err := wire.ReadLine(conn)
	if err != nil {
		t.Fatal(err)
	}
	return conn, status
}

func TestConnectionsOfContainersReachTheStudio(t *testing.T) {
	s := start(t)
	outside, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := s.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	inside := wire.NewConn(stream, nil)
	peer, err := wire.ReadLine(inside)
	if err != nil {
		t.Fatal(err)
	}
	if want := outside.LocalAddr().String(); peer != want {
		t.Errorf("the stream says it comes from %q, want %q", peer, want)
	}
	checkHalfClose(t, outside.(*net.TCPConn), inside)
}

func TestTheStudioReachesTargets(t *testing.T) {
	s := start(t)
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = target.Close() }()
	conn, status := s.dial(t, target.Addr().String())
	if status != wire.StatusOK {
		t.Fatalf("status %q", status)
	}
	accepted, err := target.Accept()
	if err != nil {
		t.Fatal(err)
	}
	checkHalfClose(t, conn, accepted.(*net.TCPConn))
}

// TestAnswerBeforeTheEndOfTheRequestArrives is about a service that refuses what is too large: it
// answers, and closes with the rest unread, so that the sender's next write fails.
func TestAnswerBeforeTheEndOfTheRequestArrives(t *testing.T) {
	s := start(t)
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = target.Close() }()
	const answer = "413, too large"
	for round := range 20 {
		conn, status := s.dial(t, target.Addr().String())
		if status != wire.StatusOK {
			t.Fatalf("status %q", status)
		}
		accepted, err := target.Accept()
		if err != nil {
			t.Fatal(err)
		}
		sent := make(chan error, 1)
		go func() {
			_, err := conn.Write(make([]byte, 8<<20))
			sent <- err
		}()
		if _, err := io.ReadFull(accepted, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(accepted, answer)
		if err := errors.Join(err, accepted.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(conn)
		if string(got) != answer || err != nil {
			t.Fatalf("round %d: got %q, error %v", round, got, err)
		}
		_ = conn.Close()
		<-sent
	}
}

// checkHalfClose sends a question, ends that direction, and expects that the
// answer to all of it still arrives the other way.
func checkHalfClose(t *testing.T, asking, answering wire.HalfCloser) {
	t.Helper()
	question := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // far beyond yamux's window
	go func() {
		_, _ = asking.Write(question)
		_ = asking.CloseWrite()
	}()
	heard, err := io.ReadAll(answering)
	if err != nil || !bytes.Equal(heard, question) {
		t.Fatalf("heard %d bytes of %d, error %v", len(heard), len(question), err)
	}
	go func() {
		_, _ = answering.Write(heard)
		_ = answering.Close()
	}()
	answer, err := io.ReadAll(asking)
	if err != nil || !bytes.Equal(answer, question) {
		t.Fatalf("answer has %d bytes of %d, error %v", len(answer), len(question), err)
	}
	_ = asking.Close()
}

func TestFailedDialSaysWhy(t *testing.T) {
	s := start(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := listener.Addr().String()
	_ = listener.Close()
	for target, want := range map[string]string{
		refusing:          "connection refused",
		"no port":         "missing port in address",
		"host.invalid:80": "host.invalid",
	} {
		conn, status := s.dial(t, target)
		if !strings.Contains(status, want) {
			t.Errorf("dialling %q: status %q does not say %q", target, status, want)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("dialling %q: after the status came %v, want the end", target, err)
		}
		_ = conn.Close()
	}
}

func TestEndOfLinkCutsSilentConnections(t *testing.T) {
	s := start(t)
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = target.Close() }()
	_, status := s.dial(t, target.Addr().String())
	if status != wire.StatusOK {
		t.Fatalf("status %q", status)
	}
	silent, err := target.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("a connection outlived the link")
	}
	_ = silent.Close()
}

// The bug: yamux's timeout error is not os.ErrDeadlineExceeded, and crypto/tls
// keeps it for good, so that every second request on a connection died after
// http.Server's background read was aborted.
func TestKeepAliveOverTLSSurvivesAbortedBackgroundReads(t *testing.T) {
	s := start(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	_ = server.Listener.Close()
	server.Listener = streams{s.Session}
	server.StartTLS()
	defer server.Close()
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com"
	transport.MaxIdleConnsPerHost = 8
	dials := 0
	var mu sync.Mutex
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		mu.Lock()
		dials++
		mu.Unlock()
		return net.Dial("tcp", s.address)
	}
	client := &http.Client{Transport: transport}
	for range 200 {
		answer, err := client.Post("https://example.com/", "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || string(body) != "hello" {
			t.Fatalf("got %q, error %v", body, err)
		}
	}
	if dials != 1 {
		t.Errorf("200 requests took %d connections, want 1", dials)
	}
	transport.CloseIdleConnections()
}

// streams is the studio's end as a listener.
type streams struct{ *yamux.Session }

func (l streams) Accept() (net.Conn, error) {
	stream, err := l.AcceptStream()
	if err != nil {
		return nil, net.ErrClosed
	}
	conn := wire.NewConn(stream, nil)
	peer, err := wire.ReadLine(conn)
	return wire.NewConn(stream, wire.Addr(peer)), err
}

func (streams) Addr() net.Addr { return wire.Addr("example.com:443") }

func TestEmbeddedRelayIsBuiltFromThisSource(t *testing.T) {
	recorded, err := os.ReadFile("embed/go-version.txt")
	if err != nil {
		t.Fatal(err)
	}
	current, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		t.Fatal(err)
	}
	if want, got := strings.TrimSpace(string(recorded)), strings.TrimSpace(string(current)); got != want {
		t.Skipf("the embedded relay was built by %s, this is %s, which makes other bytes", want, got)
	}
	built := filepath.Join(t.TempDir(), "relay")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", built, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "GOEXPERIMENT=", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the relay: %v\n%s", err, out)
	}
	fresh, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.Open("embed/relay-linux-amd64.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, embedded) {
		t.Errorf("the embedded relay (%d bytes) is not what this source builds (%d bytes): run go generate ./runner", len(embedded), len(fresh))
	}
}
