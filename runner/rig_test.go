package runner

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// patience bounds every wait for something that a loaded machine may be slow at.
const patience = 60 * time.Second

// rig is one plugin that a test may run: an image, a manifest and a network of
// its own.
type rig struct {
	t        *testing.T
	eng      *engine.Engine
	o        Options
	mu       sync.Mutex
	events   []Event
	changed  chan struct{}
	controls func(Event) // called for every event, after it was recorded
}

// unique returns letters that no other test has.
func unique() string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return 'g' + r - '0'
		}
		return r
	}, strings.ReplaceAll(uuid.NewString()[:18], "-", ""))
}

// newRig prepares a plugin whose image runs the test plugin with these
// arguments. What the test leaves on the engine fails it.
func newRig(t *testing.T, command ...string) *rig {
	t.Helper()
	r := &rig{t: t, eng: needs.Engine(t), changed: make(chan struct{})}
	name := "rt-" + unique()
	certificate, authority := certify(t)
	r.o = Options{
		Engine: r.eng,
		Manifest: &manifest.Manifest{
			Name: name, Version: "1.0.0", Port: 8080, Image: name + ":1.0.0",
			Resources: &manifest.Resources{CPULimit: 1, MemoryLimit: 128 << 20},
			HealthCheck: &manifest.HealthCheck{
				Command: "probe", IntervalSeconds: new(1), TimeoutSeconds: new(5),
				Retries: new(2), StartPeriodSeconds: new(0),
			},
		},
		Network:      "rt-net-" + unique(),
		Controller:   http.HandlerFunc(echo),
		TLS:          certificate,
		CAPEM:        authority,
		ServiceToken: "token-" + name,
		Session:      uuid.NewString(),
		OnEvent:      r.record,
	}
	importPlugin(t, r.eng, r.o.Manifest.Image, command...)
	t.Cleanup(func() {
		if left := r.leftovers(); len(left) > 0 {
			t.Errorf("left on the engine: %q", left)
		}
	})
	return r
}

func echo(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.FormValue("text")) }

// start runs the rig's plugin and stops it when the test ends.
func (r *rig) start() *Instance {
	r.t.Helper()
	i, err := Start(context.Background(), r.o)
	if err != nil {
		r.t.Fatalf("Start: %v", err)
	}
	r.t.Cleanup(func() { r.stop(i) })
	return i
}

func (r *rig) stop(i *Instance) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := i.Stop(ctx); err != nil {
		r.t.Errorf("Stop: %v", err)
	}
}

func (r *rig) record(e Event) {
	r.mu.Lock()
	r.events = append(r.events, e)
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
	if r.controls != nil {
		r.controls(e)
	}
}

// await returns the first event that fits, waiting for it.
func (r *rig) await(what string, fits func(Event) bool) Event {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		r.mu.Lock()
		at, changed := slices.IndexFunc(r.events, fits), r.changed
		r.mu.Unlock()
		if at >= 0 {
			return r.recorded()[at]
		}
		select {
		case <-changed:
		case <-deadline:
			r.t.Fatalf("no event: %s; there were %+v", what, r.recorded())
		}
	}
}

func (r *rig) recorded() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// leftovers names what carries the session's label, and the network.
func (r *rig) leftovers() []string {
	ctx := context.Background()
	mine := filters.NewArgs(filters.Arg("label", engine.LabelSession+"="+r.o.Session))
	var left []string
	containers, err := r.eng.API.ContainerList(ctx, container.ListOptions{All: true, Filters: mine})
	for _, c := range containers {
		left = append(left, "container "+c.Names[0])
	}
	networks, err2 := r.eng.API.NetworkList(ctx, network.ListOptions{Filters: filters.NewArgs(filters.Arg("name", r.o.Network))})
	for _, n := range networks {
		left = append(left, "network "+n.Name)
	}
	volumes, err3 := r.eng.API.VolumeList(ctx, volume.ListOptions{Filters: mine})
	for _, v := range volumes.Volumes {
		left = append(left, "volume "+v.Name)
	}
	for _, err := range []error{err, err2, err3} {
		if err != nil {
			r.t.Errorf("looking for leftovers: %v", err)
		}
	}
	return left
}

// ask sends one request to the plugin through the relay and returns the body.
func ask(t *testing.T, i *Instance, path, body string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return i.DialPlugin(ctx) },
		DisableKeepAlives: true,
	}}
	answer, err := client.Post("http://plugin"+path, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatalf("POST %s: %v", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("POST %s: %v", path, err)
	}
	return string(text)
}

// serving waits until the plugin listens.
func (r *rig) serving() {
	r.t.Helper()
	r.await("the plugin listens", func(e Event) bool {
		return e.Log != nil && strings.HasPrefix(e.Log.Text, "listening")
	})
}

// migrations makes a project with these files in its folder migrations.
func (r *rig) migrations(files map[string]string) {
	r.t.Helper()
	r.o.ProjectDir = r.t.TempDir()
	r.o.Manifest.MigrationsDir = "migrations"
	if err := os.Mkdir(filepath.Join(r.o.ProjectDir, "migrations"), 0o755); err != nil {
		r.t.Fatal(err)
	}
	for name, sql := range files {
		if err := os.WriteFile(filepath.Join(r.o.ProjectDir, "migrations", name), []byte(sql), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
}

// pluginLayer is the test plugin as an image's only layer, also as its shell.
var pluginLayer = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "runner-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "plugin")
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-s -w", "-o", path, "./testdata/plugin")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the test plugin: %w\n%s", err, out)
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	_ = w.WriteHeader(&tar.Header{Name: "plugin", Mode: 0o755, Size: int64(len(binary))})
	_, _ = w.Write(binary)
	_ = w.WriteHeader(&tar.Header{Name: "bin/", Typeflag: tar.TypeDir, Mode: 0o755})
	_ = w.WriteHeader(&tar.Header{Name: "bin/sh", Typeflag: tar.TypeLink, Linkname: "plugin", Mode: 0o755})
	return layer.Bytes(), w.Close()
})

func importPlugin(t *testing.T, eng *engine.Engine, ref string, command ...string) {
	t.Helper()
	importImage(t, eng, ref, `ENTRYPOINT ["/plugin"]`, `CMD ["`+strings.Join(command, `","`)+`"]`, "USER 65534", "VOLUME /data")
}

// importImage makes an image of the test plugin that is removed with the test.
func importImage(t *testing.T, eng *engine.Engine, ref string, changes ...string) {
	t.Helper()
	layer, err := pluginLayer()
	if err != nil {
		t.Fatal(err)
	}
	progress, err := eng.API.ImageImport(context.Background(), image.ImportSource{Source: bytes.NewReader(layer), SourceName: "-"}, ref,
		image.ImportOptions{Changes: changes})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = progress.Close() }()
	if err := streamError(progress); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeImage(t, eng, ref) })
}

func removeImage(t *testing.T, eng *engine.Engine, ref string) {
	t.Helper()
	if _, err := eng.API.ImageRemove(context.Background(), ref, image.RemoveOptions{Force: true}); err != nil {
		t.Errorf("removing %s: %v", ref, err)
	}
}

// certify makes an authority and a certificate for netstacks-api.
func certify(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "runner test"}, DNSNames: []string{controllerAlias},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
