package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// startAlone runs `controller` until the test ends, or until stop, and returns the
// environment that it prints.
func startAlone(t *testing.T, w world, args ...string) (env map[string]string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out := &firstWrite{wrote: make(chan string, 1)}
	var errs bytes.Buffer
	s := w.streams(nil, &errs)
	s.Out = out
	done := make(chan int, 1)
	go func() {
		done <- Run(ctx, s, append([]string{"controller", "--listen", "127.0.0.1:0", "--json"}, args...))
	}()
	stop = func() int { cancel(); return <-done }
	select {
	case printed := <-out.wrote:
		if err := json.Unmarshal([]byte(printed), &env); err != nil {
			t.Fatalf("%s: %v", printed, err)
		}
	case code := <-done:
		cancel()
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	return env, stop
}

// askAlone asks the Controller of an environment.
func askAlone(t *testing.T, env map[string]string, path string) (int, string) {
	t.Helper()
	pem, err := os.ReadFile(env["NETSTACKS_CA_CERT"])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, env["CONTROLLER_API_URL"]+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+env["NETSTACKS_SERVICE_TOKEN"])
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func TestControllerAlonePrintsTheEnvironmentForAnSDK(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var errs bytes.Buffer
	out := &firstWrite{wrote: make(chan string, 1)}
	s := w.streams(nil, &errs)
	s.Out = out
	done := make(chan int)
	go func() {
		done <- Run(ctx, s, []string{"controller", "--listen", "127.0.0.1:0", "--capability", "read_devices"})
	}()
	env := <-out.wrote
	for _, name := range []string{"CONTROLLER_API_URL=https://127.0.0.1:", "NETSTACKS_SERVICE_TOKEN=ey", "NETSTACKS_CA_CERT=/", "ADMIN_JWT=ey"} {
		if !strings.Contains(env, "export "+name) {
			t.Errorf("%q does not set %s", env, name)
		}
	}
	cancel()
	if code := <-done; code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if code, _, stderr := w.run("controller", "--listen", "127.0.0.1:0", "--capability", "*"); code != 2 {
		t.Errorf("a wildcard: exit code %d, %s", code, stderr)
	}
}

func TestControllerOnAllInterfacesPrintsAnAddressThatClientsReach(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := &firstWrite{wrote: make(chan string, 1)}
	var errs bytes.Buffer
	s := w.streams(nil, &errs)
	s.Out = out
	done := make(chan int, 1)
	go func() { done <- Run(ctx, s, []string{"controller", "--listen", ":0", "--json"}) }()
	env := map[string]string{}
	if err := json.Unmarshal([]byte(<-out.wrote), &env); err != nil || !strings.HasPrefix(env["CONTROLLER_API_URL"], "https://127.0.0.1:") {
		t.Errorf("%v %v", env, err)
	}
	if status, _ := askAlone(t, env, "/internal/v1/nosuch"); status != 404 {
		t.Errorf("it answers %d", status)
	}
	cancel()
	<-done
	if !strings.Contains(errs.String(), "on all interfaces of this machine") {
		t.Errorf("standard error holds %q", errs.String())
	}
}

func TestControllerAloneAnswersFromTheFilesOfAFolder(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.dir, "mine")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(content string) {
		if err := os.WriteFile(filepath.Join(dir, "api-resources.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"id":"only","name":"Mine","base_url":"https://x.example","auth_type":"none"}]`)
	env, stop := startAlone(t, w, "--fixtures", "mine", "--capability", "read_api_resources")
	if status, body := askAlone(t, env, "/internal/v1/api-resources"); status != 200 || !strings.HasPrefix(body, `[{"id":"only"`) {
		t.Errorf("%d %s", status, body)
	}
	stop()
	write("[\n{}\n]")
	if code, _, stderr := w.run("controller", "--fixtures", "mine"); code != 1 || !strings.Contains(stderr, "api-resources.json:2: id: is missing or empty; give it a value") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	code, stdout, _ := w.run("controller", "--fixtures", "mine", "--json")
	var failed struct {
		OK    *bool
		Error string
	}
	if err := json.Unmarshal([]byte(stdout), &failed); err != nil || code != 1 || failed.OK == nil || *failed.OK || !strings.Contains(failed.Error, "api-resources.json:2: id:") {
		t.Errorf("for programs: exit code %d, %v: %s", code, err, stdout)
	}
	for _, none := range []string{"nowhere", "mine/api-resources.json"} {
		if code, stdout, stderr := w.run("controller", "--json", "--fixtures", none); code != 2 || stdout != "" || !strings.Contains(stderr, `--fixtures is "`+none+`", which is no folder`) {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
}

func TestControllerTokensAreValidAtTheControllerThatRunsAlone(t *testing.T) {
	w := newWorld(t)
	const path = "/internal/v1/devices?limit=1"
	if code, _, stderr := w.run("controller", "token", "--capability", "read_devices"); code != 1 || !strings.Contains(stderr, "no local Controller runs alone; start one with `netstacks-plugin controller`") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	env, stop := startAlone(t, w)
	if status, _ := askAlone(t, env, path); status != 403 {
		t.Errorf("without the capability: %d", status)
	}
	code, out, stderr := w.run("controller", "token", "--capability", "read_devices", "--plugin", "shop", "--org", "globex", "--json")
	var minted map[string]string
	if err := json.Unmarshal([]byte(out), &minted); code != 0 || err != nil || minted["CONTROLLER_API_URL"] != env["CONTROLLER_API_URL"] {
		t.Fatalf("exit code %d: %s %s", code, out, stderr)
	}
	if status, body := askAlone(t, minted, path); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if _, out, _ := w.run("controller", "token", "--capability", "read_devices"); !strings.HasPrefix(out, "export CONTROLLER_API_URL=https://127.0.0.1:") || strings.Count(out, "\nexport ") != 2 {
		t.Errorf("%s", out)
	}
	files, _ := filepath.Glob(filepath.Join(aloneFolder(w.streams(nil, nil).Getenv), "*"))
	if len(files) != 1 {
		t.Fatalf("%v", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file with the secret: %v, %v", info.Mode(), err)
	}
	other, stopOther := startAlone(t, w)
	if code, _, stderr := w.run("controller", "token", "--capability", "x"); code != 2 || !strings.Contains(stderr, "choose one with --controller: ") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, out, stderr := w.run("controller", "token", "--capability", "x", "--controller", other["CONTROLLER_API_URL"]+"/"); code != 0 || !strings.Contains(out, other["CONTROLLER_API_URL"]) || !strings.Contains(stderr, "no endpoint of the internal API") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if stop() != 130 || stopOther() != 130 {
		t.Error("a Controller did not end by its user's will")
	}
	if _, err := os.Stat(files[0]); err == nil {
		t.Error("the secret outlives its Controller")
	}
}

func TestControllerUsage(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"controller", "--llm-url", "localhost:11434"}, 2, "--llm-url: "},
		{[]string{"controller", "--llm-model", "x"}, 2, "--llm-model needs --llm-url"},
		{[]string{"controller", "--fixtures", "away"}, 2, "away"},
		{[]string{"controller", "token", "--capability", "x", "my-plugin"}, 2, "not for a session"},
		{[]string{"controller", "token", "--json"}, 2, "--json is for service tokens"},
	} {
		if code, _, stderr := w.run(tt.args...); code != tt.code || !strings.Contains(stderr, tt.says) {
			t.Errorf("%v: exit code %d: %s", tt.args, code, stderr)
		}
	}
}

// firstWrite tells the first thing written to it.
type firstWrite struct{ wrote chan string }

func (f *firstWrite) Write(p []byte) (int, error) {
	select {
	case f.wrote <- string(p):
	default:
	}
	return len(p), nil
}
