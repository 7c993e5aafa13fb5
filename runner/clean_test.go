package runner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"github.com/netstacks/netstacks-plugin/engine"
)

// deadPID is the pid of a process of this machine that has ended.
func deadPID(t *testing.T) int {
	t.Helper()
	c := exec.Command("true")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return c.Process.Pid
}

// livePID is the pid of another process, which lives as long as the test.
func livePID(t *testing.T) int {
	t.Helper()
	pid, _ := doomedPID(t)
	return pid
}

// doomedPID is the pid of another process, which lives until it is killed. What
// it owns is swept by whoever starts a session after that, also by other tests.
func doomedPID(t *testing.T) (pid int, kill func()) {
	t.Helper()
	c := exec.Command("sleep", "300")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	t.Cleanup(kill)
	return c.Process.Pid, kill
}

// ownedBy labels an object as one of the rig's plugin, in the given session of
// the given process.
func (r *rig) ownedBy(session string, pid int, role string) map[string]string {
	host, _ := os.Hostname()
	return map[string]string{
		engine.LabelSession: session, engine.LabelPlugin: r.o.Manifest.Name, engine.LabelRole: role,
		engine.LabelHost: host, engine.LabelPID: strconv.Itoa(pid), engine.LabelPIDStart: startTicks(pid),
	}
}

// container makes a container of the rig's image that is removed with the test.
func (r *rig) container(name string, labels map[string]string, networks ...string) string {
	r.t.Helper()
	host := &container.HostConfig{}
	if len(networks) > 0 {
		host.NetworkMode = container.NetworkMode(networks[0])
	}
	created, err := r.eng.API.ContainerCreate(context.Background(), &container.Config{Image: r.o.Manifest.Image, Labels: labels}, host, nil, nil, name)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = r.eng.API.ContainerRemove(context.Background(), created.ID, container.RemoveOptions{Force: true, RemoveVolumes: true})
	})
	return created.ID
}

func (r *rig) network(name string, labels map[string]string) string {
	r.t.Helper()
	created, err := r.eng.API.NetworkCreate(context.Background(), name, network.CreateOptions{Labels: labels})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = r.eng.API.NetworkRemove(context.Background(), created.ID) })
	return created.ID
}

func (r *rig) exists(id string) bool {
	r.t.Helper()
	_, err := r.eng.API.ContainerInspect(context.Background(), id)
	if err != nil && !isNotFound(err) {
		r.t.Fatal(err)
	}
	return err == nil
}

// awaitGone waits until the engine has removed a container by itself.
func (r *rig) awaitGone(name string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	removed, failed := r.eng.API.ContainerWait(ctx, name, container.WaitConditionRemoved)
	select {
	case <-removed:
	case err := <-failed:
		if !isNotFound(err) {
			r.t.Fatalf("waiting for the end of %s: %v", name, err)
		}
	}
}

func TestForeignContainersAreNeverTouched(t *testing.T) {
	t.Parallel()
	for role, name := range map[string]func(string) string{"plugin": ContainerName, "relay": relayName, "database": databaseName} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "serve")
			taken := name(r.o.Manifest.Name)
			id := r.container(taken, map[string]string{engine.LabelPlugin: r.o.Manifest.Name}) // our words, but no session
			_, err := Start(context.Background(), r.o)
			var e *NameTakenError
			if !errors.As(err, &e) || e.Name != taken || e.Kind != "container" || !strings.Contains(err.Error(), "docker rename "+taken) {
				t.Errorf("got %v", err)
			}
			if !r.exists(id) {
				t.Error("the foreign container is gone")
			}
		})
	}
}

func TestForeignNetworkIsNeverTouched(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.o.Network = "rt-foreign-" + unique()
	id := r.network(r.o.Network, nil)
	_, err := Start(context.Background(), r.o)
	var e *NameTakenError
	if !errors.As(err, &e) || e.Kind != "network" || e.Name != r.o.Network || !strings.Contains(err.Error(), "set PLUGIN_NETWORK=another-name") {
		t.Errorf("got %v", err)
	}
	if err := r.eng.API.NetworkRemove(context.Background(), id); err != nil {
		t.Errorf("the foreign network: %v", err)
	}
}

// Nobody can remove a network that the engine has built in, so advising that is
// no help; neither when it is given by its id.
func TestNetworkThatIsBuiltIntoTheEngineAsksForAnotherName(t *testing.T) {
	t.Parallel()
	names := []string{"host", "bridge", "none", "default"}
	r := newRig(t, "serve")
	if bridge, err := r.eng.API.NetworkInspect(context.Background(), "bridge", network.InspectOptions{}); err == nil {
		names = append(names, bridge.ID)
	}
	for _, name := range names {
		o := r.o
		o.Network = name
		_, err := Start(context.Background(), o)
		var e *NameTakenError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "choose another name in PLUGIN_NETWORK") || strings.Contains(err.Error(), "network rm") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestPluginOfALiveSessionIsBusy(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	pid := livePID(t)
	id := r.container(ContainerName(r.o.Manifest.Name), r.ownedBy("other", pid, "plugin"))
	_, err := Start(context.Background(), r.o)
	var e *BusyError
	if !errors.As(err, &e) || e.PID != pid || e.Session != "other" || !strings.Contains(err.Error(), strconv.Itoa(pid)) {
		t.Errorf("got %v", err)
	}
	if !r.exists(id) {
		t.Error("the other session's container is gone")
	}
}

func TestSecondStartInTheSameProcessIsBusy(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.start()
	second := r.o
	second.Session = "second-" + r.o.Session
	var e *BusyError
	if _, err := Start(context.Background(), second); !errors.As(err, &e) || e.PID != os.Getpid() {
		t.Errorf("got %v", err)
	}
	if _, err := Start(context.Background(), r.o); err == nil {
		t.Error("one session was started twice")
	}
}

func TestMissingImageSaysToBuild(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.o.Manifest.Image = "no-such-" + unique() + ":1.0.0"
	_, err := Start(context.Background(), r.o)
	var e *ImageMissingError
	if !errors.As(err, &e) || e.Image != r.o.Manifest.Image || !strings.Contains(err.Error(), "build") {
		t.Errorf("got %v", err)
	}
}

func TestCommandThatDoesNotExistIsExplained(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.o.Manifest.Image = r.o.Manifest.Name + "-empty:1"
	importImage(t, r.eng, r.o.Manifest.Image, `CMD ["no-such-program"]`)
	_, err := Start(context.Background(), r.o)
	if err == nil || !strings.Contains(err.Error(), "no-such-program") || !strings.Contains(err.Error(), "service/Dockerfile") {
		t.Errorf("got %v", err)
	}
	if left := r.leftovers(); len(left) > 0 {
		t.Errorf("left on the engine: %q", left)
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		step string
		kind EventKind
	}{
		{StepCheck, EventStepStarted},
		{StepNetwork, EventStepStarted},
		{StepDatabase, EventStepStarted},
		{StepRelay, EventStepStarted},
		{StepReady, EventStepStarted},
		{StepMigrate, EventStepStarted},
		{StepPlugin, EventStepStarted},
		{StepMigrate, EventStepDone},
	} {
		t.Run(string(at.kind)+" "+at.step, func(t *testing.T) {
			t.Parallel()
			r := withDatabase(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r.controls = func(e Event) {
				if e.Kind == at.kind && e.Step == at.step {
					cancel()
				}
			}
			_, err := Start(ctx, r.o)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if left := r.leftovers(); len(left) > 0 {
				t.Errorf("left on the engine: %q", left)
			}
		})
	}
}

func TestLeftoversOfDeadSessionsAreSweptAndNothingElse(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	dead, alive := deadPID(t), livePID(t)
	doomed, kill := doomedPID(t)
	reused := r.ownedBy("reused", alive, "plugin")
	reused[engine.LabelPIDStart] = "1" // another process had this pid before
	elsewhere := r.ownedBy("elsewhere", dead, "plugin")
	elsewhere[engine.LabelHost] = "another-machine"
	half := r.ownedBy("half", dead, "plugin")
	delete(half, engine.LabelSession)

	deadNetwork := "rt-dead-" + unique()
	r.network(deadNetwork, r.ownedBy("dead", doomed, "network"))
	volumeName := "rt-volume-" + unique()
	if _, err := r.eng.API.VolumeCreate(context.Background(), volume.CreateOptions{Name: volumeName, Labels: r.ownedBy("dead", doomed, "plugin")}); err != nil {
		t.Fatal(err)
	}
	gone := map[string]string{
		"dead":           r.container(ContainerName(r.o.Manifest.Name), r.ownedBy("dead", doomed, "plugin"), deadNetwork),
		"pid used again": r.container("", reused),
	}
	kept := map[string]string{
		"alive":           r.container("", r.ownedBy("alive", alive, "plugin")),
		"another machine": r.container("", elsewhere),
		"no session":      r.container("", half),
		"foreign":         r.container("", nil),
	}
	kill()
	r.start()
	for name, id := range gone {
		if r.exists(id) {
			t.Errorf("%s: still there", name)
		}
	}
	for name, id := range kept {
		if !r.exists(id) {
			t.Errorf("%s: removed", name)
		}
	}
	if _, err := r.eng.API.NetworkInspect(context.Background(), deadNetwork, network.InspectOptions{}); !isNotFound(err) {
		t.Errorf("network of the dead session: %v", err)
	}
	if _, err := r.eng.API.VolumeInspect(context.Background(), volumeName); !isNotFound(err) {
		t.Errorf("volume of the dead session: %v", err)
	}
}

func TestASweepIsSaidWhenItRemovedSomething(t *testing.T) {
	for _, c := range []struct {
		removed Removed
		want    string
	}{
		{Removed{}, ""},
		{Removed{Kept: []Kept{{Container: "x"}}, Images: []string{"y"}}, ""},
		{Removed{Networks: []string{"n"}}, "removed a leftover of a session that ended without cleaning up"},
		{Removed{Containers: []string{"a", "b"}, Volumes: []string{"v"}}, "removed 3 leftovers of sessions that ended without cleaning up"},
	} {
		if got := c.removed.swept(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.removed, got, c.want)
		}
	}
}

func TestCleanOfOneSessionTouchesNoOther(t *testing.T) {
	t.Parallel()
	one, two := newRig(t, "serve"), newRig(t, "serve")
	i, j := one.start(), two.start()
	removed, err := Clean(context.Background(), one.eng, CleanOptions{Session: one.o.Session})
	if err != nil {
		t.Fatal(err)
	}
	if want := ContainerName(one.o.Manifest.Name); !slices.Contains(removed.Containers, want) || !slices.Equal(removed.Networks, []string{one.o.Network}) {
		t.Errorf("removed %+v", removed)
	}
	if left := one.leftovers(); len(left) > 0 {
		t.Errorf("left on the engine: %q", left)
	}
	two.serving()
	if got := ask(t, j, "/health", ""); got != "ok" {
		t.Errorf("the other session's plugin answers %q", got)
	}
	one.stop(i)
	again, err := Clean(context.Background(), one.eng, CleanOptions{Session: one.o.Session})
	if err != nil || len(again.Containers)+len(again.Networks)+len(again.Volumes)+len(again.Images) > 0 {
		t.Errorf("the second time removed %+v, error %v", again, err)
	}
}

func TestWhatIsWanted(t *testing.T) {
	host, _ := os.Hostname()
	labels := func(session, host string, pid int) map[string]string {
		return map[string]string{
			engine.LabelSession: session, engine.LabelHost: host, engine.LabelPID: strconv.Itoa(pid),
			engine.LabelPIDStart: startTicks(pid),
		}
	}
	running.Store("mine", true)
	defer running.Delete("mine")
	alive, dead := livePID(t), deadPID(t)
	for name, c := range map[string]struct {
		labels map[string]string
		plain, all, session/* s */ bool
	}{
		"no labels":                 {nil, false, false, false},
		"session named, process up": {labels("s", host, alive), false, true, true},
		"process up":                {labels("other", host, alive), false, true, false},
		"process gone":              {labels("other", host, dead), true, true, false},
		"another machine":           {labels("other", "elsewhere", dead), false, true, false},
		"no pid":                    {map[string]string{engine.LabelSession: "other", engine.LabelHost: host}, true, true, false},
		"this process, running":     {labels("mine", host, os.Getpid()), false, true, false},
		"this process, ended":       {labels("ended", host, os.Getpid()), true, true, false},
	} {
		for o, want := range map[CleanOptions]bool{{}: c.plain, {All: true}: c.all, {Session: "s"}: c.session} {
			if got := (&cleaner{o: o}).wanted(c.labels); got != want {
				t.Errorf("%s with %+v: %v, want %v", name, o, got, want)
			}
		}
	}
}

// The test runs its own program a second time, as the process to kill: that one
// reports on stdout that its plugin runs, and waits for its end.
func TestKilledStudioLeavesWhatCleanRemoves(t *testing.T) {
	const victim = "RUNNER_TEST_VICTIM"
	r := newRig(t, "serve")
	if name := os.Getenv(victim); name != "" {
		o := r.o
		o.Session = name
		if _, err := Start(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		fmt.Println("\nvictim", o.Manifest.Name, o.Network)
		select {} // until it is killed
	}
	t.Parallel()
	process := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	process.Env = append(os.Environ(), victim+"="+r.o.Session)
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	var name, net string
	for lines := bufio.NewScanner(output); name == "" && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "victim %s %s", &name, &net)
	}
	_ = process.Process.Kill()
	_ = process.Wait()
	if name == "" {
		t.Fatal("the victim did not start")
	}
	t.Cleanup(func() { removeImage(t, r.eng, name+":1.0.0") })
	r.awaitGone(relayName(name))
	if _, err := Clean(context.Background(), r.eng, CleanOptions{keepImages: true}); err != nil {
		t.Error(err)
	}
	r.o.Network = net
	if left := r.leftovers(); len(left) > 0 {
		t.Errorf("left on the engine: %q", left)
	}
}
