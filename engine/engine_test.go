package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types"
)

// fake serves the few answers that Connect asks for.
func fake(version string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/_ping", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Api-Version", "1.41")
	})
	mux.HandleFunc("/v1.41/version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, version)
	})
	return mux
}

const (
	dockerVersion = `{"Version":"20.10.24+dfsg1","ApiVersion":"1.41","Os":"linux","Arch":"amd64","Components":[{"Name":"Engine","Version":"20.10.24+dfsg1"}]}`
	podmanVersion = `{"Version":"4.3.1","ApiVersion":"1.41","Os":"linux","Arch":"aarch64","Components":[{"Name":"Podman Engine","Version":"4.3.1"},{"Name":"Conmon"}]}`
)

// listen serves h on a unix socket and returns its endpoint.
func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	path := socketPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "unix://" + path
}

// socketPath is short, as socket addresses are limited to about 100 bytes.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "e")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// env is an environment with an empty home unless told otherwise.
func env(t *testing.T, pairs ...string) func(string) string {
	t.Helper()
	home := t.TempDir()
	return func(key string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		if key == "HOME" {
			return home
		}
		return ""
	}
}

// digest is how the context store names a context's folder.
func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// configDirWith writes a docker configuration that holds the named contexts.
func configDirWith(t *testing.T, current string, contexts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(path string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "config.json"), map[string]any{"currentContext": current})
	for name, host := range contexts {
		write(filepath.Join(dir, "contexts", "meta", digest(name), "meta.json"), map[string]any{
			"Name":      name,
			"Metadata":  map[string]any{},
			"Endpoints": map[string]any{"docker": map[string]any{"Host": host}},
		})
	}
	return dir
}

func TestConnectTellsEnginesApart(t *testing.T) {
	for _, tc := range []struct{ version, name, number, arch string }{
		{dockerVersion, Docker, "20.10.24", "amd64"},
		{podmanVersion, Podman, "4.3.1", "arm64"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host := listen(t, fake(tc.version))
			e, err := Connect(t.Context(), Options{Host: host, Getenv: env(t)})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			got := []string{e.Name, e.Version, e.OS, e.Arch, e.APIVersion, e.Endpoint, e.Context}
			want := []string{tc.name, tc.number, "linux", tc.arch, "1.41", host, "default"}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if e.Config == nil {
				t.Error("no docker configuration")
			}
		})
	}
}

func TestEndpointIsChosenInTheDocumentedOrder(t *testing.T) {
	dir := configDirWith(t, "current", map[string]string{
		"current": "unix:///current", "flag": "unix:///flag", "variable": "unix:///variable",
	})
	for _, tc := range []struct {
		name          string
		o             Options
		env           []string
		host, context string
	}{
		{"nothing said", Options{}, nil, "unix:///var/run/docker.sock", "default"},
		{"current context of the configuration", Options{}, []string{"DOCKER_CONFIG", dir}, "unix:///current", "current"},
		{"DOCKER_CONTEXT beats the configuration", Options{}, []string{"DOCKER_CONFIG", dir, "DOCKER_CONTEXT", "variable"}, "unix:///variable", "variable"},
		{"--context beats DOCKER_CONTEXT", Options{Context: "flag"}, []string{"DOCKER_CONFIG", dir, "DOCKER_CONTEXT", "variable"}, "unix:///flag", "flag"},
		{"the default context beats the configuration", Options{Context: "default"}, []string{"DOCKER_CONFIG", dir}, "unix:///var/run/docker.sock", "default"},
		{"DOCKER_HOST beats --context", Options{Context: "flag"}, []string{"DOCKER_CONFIG", dir, "DOCKER_HOST", "tcp://h:1"}, "tcp://h:1", "default"},
		{"--host beats everything", Options{Host: "unix:///host", Context: "flag"}, []string{"DOCKER_CONFIG", dir, "DOCKER_HOST", "tcp://h:1"}, "unix:///host", "default"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.o.Getenv = env(t, tc.env...)
			got, err := resolve(tc.o, configDir(tc.o.Getenv))
			if err != nil {
				t.Fatal(err)
			}
			if got.host != tc.host || got.context != tc.context {
				t.Errorf("got %s (%s), want %s (%s)", got.host, got.context, tc.host, tc.context)
			}
		})
	}
}

func TestConnectThroughAContext(t *testing.T) {
	host := listen(t, fake(dockerVersion))
	dir := configDirWith(t, "", map[string]string{"mine": host})
	e, err := Connect(t.Context(), Options{Context: "mine", Getenv: env(t, "DOCKER_CONFIG", dir)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Context != "mine" || e.Endpoint != host {
		t.Errorf("got %s (%s)", e.Endpoint, e.Context)
	}
}

func TestConnectWithTLSFromTheEnvironment(t *testing.T) {
	srv := httptest.NewUnstartedServer(fake(dockerVersion))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	host := "tcp://" + strings.TrimPrefix(srv.URL, "https://")
	certs := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(certs, "ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := Connect(t.Context(), Options{Host: host, Getenv: env(t, "DOCKER_CERT_PATH", certs, "DOCKER_TLS_VERIFY", "1")})
	if err != nil {
		t.Fatal(err)
	}
	_ = e.Close()

	_, err = Connect(t.Context(), Options{
		Host:   strings.Replace(host, "127.0.0.1", "localhost", 1),
		Getenv: env(t, "DOCKER_CERT_PATH", certs, "DOCKER_TLS_VERIFY", "1"),
	})
	var gone *UnavailableError
	if !errors.As(err, &gone) || gone.Kind != KindTLS {
		t.Errorf("a certificate for another host: got %v", err)
	}
}

func TestUnavailableEngineIsExplained(t *testing.T) {
	dead := func(t *testing.T) string { // a socket whose server is gone
		path := socketPath(t)
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		l.SetUnlinkOnClose(false)
		_ = l.Close()
		return "unix://" + path
	}
	plain := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return "unix://" + path
	}
	closedPort := func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "tcp://" + l.Addr().String()
	}
	server := func(start func(*httptest.Server), h http.Handler) func(*testing.T) string {
		return func(t *testing.T) string {
			srv := httptest.NewUnstartedServer(h)
			srv.Config.ErrorLog = log.New(io.Discard, "", 0)
			start(srv)
			t.Cleanup(srv.Close)
			_, address, _ := strings.Cut(srv.URL, "://")
			return "tcp://" + address
		}
	}
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello</html>") })
	is := func(host string) func(*testing.T) string { return func(*testing.T) string { return host } }

	for _, tc := range []struct {
		name string
		host func(*testing.T) string
		env  []string
		kind Kind
		says string
	}{
		{"missing socket", is("unix:///nowhere/docker.sock"), nil, KindNotRunning, "there is no socket /nowhere/docker.sock; start it"},
		{"socket without a server", dead, nil, KindNotRunning, "nothing listens on "},
		{"not a socket", plain, nil, KindNotRunning, "nothing listens on "},
		{"closed port", closedPort, nil, KindNotRunning, "nothing listens at tcp://127.0.0.1:"},
		{"unknown host", is("tcp://no-such-host.invalid:2375"), nil, KindDNS, `the host "no-such-host.invalid"`},
		{"no address", is("nonsense"), nil, KindAddress, `"nonsense" is not an engine's address`},
		{"a web site", server((*httptest.Server).Start, page), nil, KindProtocol, "is not a container engine"},
		{"a web site that knows no ping", server((*httptest.Server).Start, http.NotFoundHandler()), nil, KindProtocol, "is not a container engine"},
		{"TLS where none was expected", server((*httptest.Server).StartTLS, page), nil, KindTLS, "HTTP request to an HTTPS server"},
		{"no TLS files", is("tcp://127.0.0.1:2376"), []string{"DOCKER_CERT_PATH", "/nowhere"}, KindTLS, "point DOCKER_CERT_PATH"},
		{"bad ssh address", is("ssh://host/with?query=1"), nil, KindSSH, "ssh"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host := tc.host(t)
			_, err := Connect(t.Context(), Options{Host: host, Getenv: env(t, tc.env...)})
			var gone *UnavailableError
			if !errors.As(err, &gone) {
				t.Fatalf("got %v, want an UnavailableError", err)
			}
			if gone.Kind != tc.kind || !strings.Contains(gone.Error(), tc.says) {
				t.Errorf("got %s: %v", gone.Kind, gone)
			}
			if gone.Endpoint != host || gone.Hint == "" || gone.Unwrap() == nil || strings.Contains(gone.Error(), "\n") {
				t.Errorf("incomplete: %#v", gone)
			}
		})
	}
}

func TestPermissionOnTheSocketIsExplained(t *testing.T) {
	tg := &target{host: "unix:///var/run/docker.sock"}
	err := tg.unavailable(&net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)})
	var gone *UnavailableError
	if !errors.As(err, &gone) || gone.Kind != KindPermission || !strings.Contains(gone.Error(), "usermod -aG docker") || !strings.Contains(gone.Error(), "rootless") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownContextNamesTheOthers(t *testing.T) {
	dir := configDirWith(t, "", map[string]string{"mine": "unix:///x"})
	_, err := Connect(t.Context(), Options{Context: "yours", Getenv: env(t, "DOCKER_CONFIG", dir)})
	var gone *UnavailableError
	if !errors.As(err, &gone) || gone.Kind != KindContext || !strings.Contains(err.Error(), `context "yours" does not exist; choose one of: default, mine`) {
		t.Errorf("got %v", err)
	}
}

func TestBrokenConfigurationIsExplained(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Connect(t.Context(), Options{Getenv: env(t, "DOCKER_CONFIG", dir)})
	var gone *UnavailableError
	if !errors.As(err, &gone) || gone.Kind != KindConfig {
		t.Errorf("got %v", err)
	}
}

func TestSilentEngineTimesOut(t *testing.T) {
	path := socketPath(t)
	l, err := net.Listen("unix", path) // accepts by backlog, never answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()

	start := time.Now()
	_, err = Connect(t.Context(), Options{Host: "unix://" + path, Getenv: env(t)})
	var gone *UnavailableError
	if !errors.As(err, &gone) || gone.Kind != KindTimeout {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > answerTimeout+time.Second {
		t.Errorf("took %s", took)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Connect(ctx, Options{Host: "unix://" + path, Getenv: env(t)}); !errors.Is(err, context.Canceled) || errors.As(err, &gone) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestSSHFailureCarriesWhatSSHSaid(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nhead -n 1 >/dev/null\necho \"$@\" >" + bin + "/args\necho 'Permission denied (publickey).' >&2\nexit 255\n"
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	_, err := Connect(t.Context(), Options{Host: "ssh://me@far", Getenv: env(t)})
	var gone *UnavailableError
	if !errors.As(err, &gone) || gone.Kind != KindSSH || !strings.Contains(err.Error(), "Permission denied (publickey).") {
		t.Errorf("got %v", err)
	}
	args, _ := os.ReadFile(filepath.Join(bin, "args"))
	if !strings.Contains(string(args), "BatchMode=yes") || !strings.Contains(string(args), "ConnectTimeout=5") {
		t.Errorf("ssh was called with %q", args)
	}
}

func TestAnotherSocketOnTheMachineIsNamed(t *testing.T) {
	path := socketPath(t)
	run := filepath.Dir(path)
	l, err := net.Listen("unix", filepath.Join(run, "docker.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Connect(t.Context(), Options{Host: "unix:///nowhere", Getenv: env(t, "XDG_RUNTIME_DIR", run)})
	if err == nil || !strings.Contains(err.Error(), "unix://"+run+"/docker.sock") {
		t.Errorf("got %v", err)
	}
}

func TestExplainSeparatesALostEngineFromItsAnswers(t *testing.T) {
	e := &Engine{Name: Docker, Version: "1", Endpoint: "unix:///x"}
	for _, tc := range []struct {
		err  error
		lost bool
	}{
		{nil, false},
		{errors.New("no such image"), false},
		{fmt.Errorf("waiting: %w", context.Canceled), false},
		{context.DeadlineExceeded, false},
		{fmt.Errorf("reading logs: %w", io.ErrUnexpectedEOF), true},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, true},
		{syscall.EPIPE, true},
	} {
		got := e.Explain(tc.err)
		var gone *UnavailableError
		if errors.As(got, &gone) != tc.lost {
			t.Errorf("%v: got %v", tc.err, got)
		}
		if !errors.Is(got, tc.err) {
			t.Errorf("%v: the raw error was lost", tc.err)
		}
		if tc.lost && (gone.Kind != KindLost || !errors.Is(e.Explain(got), got)) {
			t.Errorf("%v: got %#v", tc.err, gone)
		}
	}
}

func TestAnswersTellsWhenTheEngineWentAway(t *testing.T) {
	server := httptest.NewServer(fake(dockerVersion))
	e, err := Connect(t.Context(), Options{Host: "tcp://" + server.Listener.Addr().String(), Getenv: env(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Answers(t.Context()); err != nil {
		t.Errorf("while it answers: %v", err)
	}
	server.CloseClientConnections()
	server.Close()
	var gone *UnavailableError
	if err := e.Answers(t.Context()); !errors.As(err, &gone) || gone.Kind != KindLost {
		t.Errorf("after it went away: %v", err)
	}
}

func TestDistributionSuffixIsDropped(t *testing.T) {
	var e Engine
	e.describe(types.Version{Version: "26.1.5+dfsg1", Arch: "x86_64"})
	if e.String() != "docker 26.1.5" || e.Arch != "amd64" {
		t.Errorf("got %s %s", e.String(), e.Arch)
	}
}
