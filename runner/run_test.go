package runner

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

func TestPluginRunsAsTheControllerWouldRunIt(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.o.Manifest.Resources.CPULimit = 0.3
	r.o.Manifest.CapabilitiesRequired = []string{"read_devices"}
	i := r.start()
	info, err := r.eng.API.ContainerInspect(context.Background(), ContainerName(r.o.Manifest.Name))
	if err != nil {
		t.Fatal(err)
	}
	wantEnv := []string{
		"CONTROLLER_API_URL=https://netstacks-api:3000",
		"NETSTACKS_CA_CERT=/etc/netstacks/ca.pem",
		"NETSTACKS_SERVICE_TOKEN=" + r.o.ServiceToken,
		"PLUGIN_NAME=" + r.o.Manifest.Name,
		"PLUGIN_PORT=8080",
	}
	got := slices.DeleteFunc(slices.Clone(info.Config.Env), func(s string) bool { return strings.HasPrefix(s, "PATH=") })
	if slices.Sort(got); !slices.Equal(got, wantEnv) {
		t.Errorf("environment\n got %q\nwant %q", got, wantEnv)
	}
	h := info.HostConfig
	if h.NanoCPUs != 300_000_000 || h.Memory != 128<<20 || h.MemorySwap != 128<<20 {
		t.Errorf("limits: %d nano CPUs, %d bytes, %d with swap", h.NanoCPUs, h.Memory, h.MemorySwap)
	}
	if h.RestartPolicy.Name != container.RestartPolicyDisabled || len(h.PortBindings) > 0 || h.PublishAllPorts || len(h.Binds) > 0 || h.Privileged {
		t.Errorf("host configuration: %+v", h)
	}
	check := info.Config.Healthcheck
	if !slices.Equal(check.Test, []string{"CMD-SHELL", "probe"}) || check.Interval != time.Second || check.Timeout != 5*time.Second || check.Retries != 2 {
		t.Errorf("health check: %+v", check)
	}
	if len(info.NetworkSettings.Networks) != 1 || info.NetworkSettings.Networks[r.o.Network] == nil {
		t.Errorf("networks: %v", info.NetworkSettings.Networks)
	}
	if l := info.Config.Labels; l[engine.LabelSession] != r.o.Session || l[engine.LabelPlugin] != r.o.Manifest.Name ||
		l[engine.LabelRole] != "plugin" || !live(l) {
		t.Errorf("labels: %v", l)
	}
	r.serving()
	var env []string
	if err := json.Unmarshal([]byte(ask(t, i, "/env", "")), &env); err != nil || !slices.Contains(env, wantEnv[2]) {
		t.Errorf("the process sees %q, error %v", env, err)
	}
	r.await("healthy", func(e Event) bool { return e.Kind == EventHealth && e.Health == HealthHealthy })
	stats := r.await("stats", func(e Event) bool { return e.Stats != nil })
	if s := stats.Stats; s.MemoryLimit != 128<<20 || s.MemoryBytes <= 0 || s.MemoryBytes >= s.MemoryLimit {
		t.Errorf("stats: %+v", s)
	}
}

func TestManageContainersMountsTheEnginesSocket(t *testing.T) {
	m := &manifest.Manifest{Name: "any", CapabilitiesRequired: []string{"read_devices", "manage_containers"}}
	s := session{relay: &relay{ip: "10.0.0.2"}, o: Options{Manifest: m, Engine: &engine.Engine{Name: engine.Docker}}}
	if _, host := s.pluginConfig(); !slices.Equal(host.Binds, []string{"/var/run/docker.sock:/var/run/docker.sock"}) {
		t.Errorf("binds: %q", host.Binds)
	}
}

func TestRelayContainerCanDoNothingElse(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.start()
	info, err := r.eng.API.ContainerInspect(context.Background(), relayName(r.o.Manifest.Name))
	if err != nil {
		t.Fatal(err)
	}
	h := info.HostConfig
	if !h.AutoRemove || !h.ReadonlyRootfs || !slices.Equal(h.CapDrop, []string{"ALL"}) || h.LogConfig.Type != "none" ||
		!slices.Contains(h.SecurityOpt, "no-new-privileges") || !strings.HasPrefix(info.Config.User, "65534") || len(h.PortBindings) > 0 {
		t.Errorf("user %q, host configuration %+v", info.Config.User, h)
	}
	if aliases := info.NetworkSettings.Networks[r.o.Network].Aliases; !slices.Contains(aliases, "netstacks-api") {
		t.Errorf("aliases: %q", aliases)
	}
}

func TestControllerIsReachedAndVerifiedFromInside(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	var mu sync.Mutex
	var peers []string
	r.o.Controller = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		mu.Lock()
		peers = append(peers, q.Host+" from "+q.RemoteAddr)
		mu.Unlock()
		echo(w, q)
	})
	i := r.start()
	r.serving()
	if got := ask(t, i, "/call?path=/echo%3Ftext=hello", ""); got != "hello" {
		t.Errorf("the plugin's call got %q", got)
	}
	mu.Lock()
	if want := "netstacks-api:3000 from " + i.s.pluginIP + ":"; len(peers) != 1 || !strings.HasPrefix(peers[0], want) {
		t.Errorf("the Controller saw %q, want %q", peers, want)
	}
	mu.Unlock()
	if got := ask(t, i, "/hammer?n=500&workers=1", ""); got != "0" {
		t.Errorf("of 500 requests on one connection %s were bad", got)
	}
	if got := ask(t, i, "/hammer?n=1&workers=100", ""); got != "0" {
		t.Errorf("of 100 connections at once %s were bad", got)
	}
}

func TestClientThatDoesNotTrustUsIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	_, r.o.CAPEM = certify(t) // another authority
	i := r.start()
	r.serving()
	if got := ask(t, i, "/call?path=/echo", ""); !strings.Contains(got, "certificate") {
		t.Errorf("the plugin's call got %q", got)
	}
	r.await("TLS handshake", func(e Event) bool {
		return e.Kind == EventNotice && strings.Contains(e.Output, "TLS handshake error")
	})
}

func TestDialToClosedPortIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	i := r.start()
	r.serving()
	i.s.o.Manifest.Port = 9
	if _, err := i.DialPlugin(context.Background()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, want connection refused", err)
	}
}

func TestSessionsShareTheNetworkWithoutMeetingEachOther(t *testing.T) {
	t.Parallel()
	first, second := newRig(t, "serve"), newRig(t, "serve")
	second.o.Network = first.o.Network
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
	first.o.Controller, second.o.Controller = answer("first"), answer("second")
	one := first.start()
	two := second.start()
	first.serving()
	second.serving()
	for range 10 {
		if a, b := ask(t, one, "/call?path=/", ""), ask(t, two, "/call?path=/", ""); a != "first" || b != "second" {
			t.Fatalf("the plugins reached %q and %q", a, b)
		}
	}
	first.stop(one)
	if got := ask(t, two, "/call?path=/", ""); got != "second" {
		t.Errorf("after the first session ended, the second plugin reached %q", got)
	}
}

func TestStopEndsPolitelyAndRemovesEverything(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	i := r.start()
	r.serving()
	info, err := r.eng.API.ContainerInspect(context.Background(), i.s.pluginID)
	if err != nil || len(info.Mounts) != 1 {
		t.Fatalf("the image's volume: %+v, error %v", info.Mounts, err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { r.stop(i) })
	}
	group.Wait()
	events := r.recorded()
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Log != nil && e.Log.Text == "asked to end" }) {
		t.Error("the process's last words are missing")
	}
	if slices.ContainsFunc(events, func(e Event) bool { return e.Kind == EventExit }) || i.Exit() != nil {
		t.Error("stopping was reported as an exit")
	}
	if left := r.leftovers(); len(left) > 0 {
		t.Errorf("left on the engine: %q", left)
	}
	if _, err := r.eng.API.VolumeInspect(context.Background(), info.Mounts[0].Name); !isNotFound(err) {
		t.Errorf("the image's volume: %v", err)
	}
	if _, err := i.DialPlugin(context.Background()); err == nil {
		t.Error("the stopped plugin could be dialled")
	}
	r.stop(i)
}

func TestProcessThatEndsIsReportedWithItsLastWords(t *testing.T) {
	t.Parallel()
	for code, reason := range map[string]string{
		"0":   "exit code 0: the process finished, but a plugin must keep serving",
		"3":   "exit code 3: the process reported an error of its own",
		"143": "exit code 143: the process was asked to end (SIGTERM) from outside",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "exit", code)
			i := r.start()
			exit := r.await("exit", func(e Event) bool { return e.Kind == EventExit })
			if exit.Exit.Reason != reason || exit.Exit.OOM || exit.Exit.At.IsZero() {
				t.Errorf("exit: %+v", exit.Exit)
			}
			<-i.Done()
			if i.Exit() != exit.Exit {
				t.Errorf("Exit() = %+v", i.Exit())
			}
			var lines []string
			for _, e := range r.recorded() {
				if e.Kind == EventExit {
					break
				}
				if e.Log != nil {
					lines = append(lines, e.Log.Stream+": "+e.Log.Text)
				}
			}
			slices.Sort(lines)
			if want := []string{"stderr: for a reason", "stdout: going down", "stdout: without a line end"}; !slices.Equal(lines, want) {
				t.Errorf("before the exit came %q, want %q", lines, want)
			}
		})
	}
}

func TestOutOfMemoryIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "eat")
	r.o.Manifest.Resources.MemoryLimit = 64 << 20
	r.start()
	exit := r.await("exit", func(e Event) bool { return e.Kind == EventExit }).Exit
	if !exit.OOM || exit.Code != 137 || !strings.Contains(exit.Reason, "out of memory") || !strings.Contains(exit.Reason, "64 MiB") {
		t.Errorf("exit: %+v", exit)
	}
}

func TestContainerRemovedFromOutsideIsAnExit(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	i := r.start()
	if err := r.eng.API.ContainerRemove(context.Background(), i.s.pluginID, container.RemoveOptions{Force: true, RemoveVolumes: true}); err != nil {
		t.Fatal(err)
	}
	exit := r.await("exit", func(e Event) bool { return e.Kind == EventExit }).Exit
	if !strings.Contains(exit.Reason, "removed by another program") && exit.Code != 137 {
		t.Errorf("exit: %+v", exit)
	}
}

// Not parallel: what other tests run would be in the way.
func TestStoppedSessionLeavesNoGoroutine(t *testing.T) {
	r := newRig(t, "serve")
	i := r.start()
	r.serving()
	if got := ask(t, i, "/hammer?n=2&workers=5", ""); got != "0" {
		t.Errorf("%s bad requests", got)
	}
	r.stop(i)
	leaked := func() (found []string) {
		stacks := make([]byte, 4<<20)
		for _, g := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(g, "hashicorp/yamux.") || strings.Contains(g, "runner.(*") || strings.Contains(g, "relay/wire.") {
				found = append(found, g)
			}
		}
		return found
	}
	again, deadline := time.NewTicker(10*time.Millisecond), time.After(patience)
	defer again.Stop()
	for len(leaked()) > 0 {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("goroutines of the stopped session:\n%s", strings.Join(leaked(), "\n\n"))
		}
	}
}

func TestLostRelayIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.start()
	if err := r.eng.API.ContainerKill(context.Background(), relayName(r.o.Manifest.Name), "KILL"); err != nil {
		t.Fatal(err)
	}
	r.await("notice", func(e Event) bool {
		return e.Kind == EventNotice && strings.Contains(e.Output, "cannot reach each other")
	})
}

// The session that a network is shared with may end, and take it along, between
// our look at the network and our first container in it.
func TestNetworkThatVanishesIsMadeAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	ctx := context.Background()
	s := &session{o: r.o, api: r.eng.API, owner: self(), events: &reporter{}}
	running.Store(r.o.Session, true)
	defer running.Delete(r.o.Session)
	if err := s.ensureNetwork(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.eng.API.NetworkRemove(ctx, s.networkID); err != nil {
		t.Fatal(err)
	}
	if err := s.startRelay(ctx); err != nil {
		t.Error(err)
	}
	if err := s.remove(ctx); err != nil {
		t.Error(err)
	}
}
