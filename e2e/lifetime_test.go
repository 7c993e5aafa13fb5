package e2e

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/runner"
)

// TestEveryEndOfRunLeavesNothing: however the process ends, the engine is as before.
func TestEveryEndOfRunLeavesNothing(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	eng := needs.Engine(t)
	for _, test := range []struct {
		name   string
		signal syscall.Signal
		code   int
	}{
		{"Ctrl+C", syscall.SIGINT, 130},
		{"terminated", syscall.SIGTERM, 130},
		{"terminal closed", syscall.SIGHUP, 130},
		{"killed", syscall.SIGKILL, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := smallPlugin(t, "e-lifetime")
			run := start(t, nil, "run", dir, "--listen", "127.0.0.1:0")
			run.waitFor("health: healthy", 3*time.Minute)
			if len(ours(t, eng)) == 0 {
				t.Fatal("a running plugin has nothing on the engine")
			}
			if err := run.cmd.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			if code := run.wait(time.Minute); code != test.code {
				t.Errorf("exit code %d, want %d:\n%s", code, test.code, run.tail())
			}
			eventually(t, 30*time.Second, "nothing is left", func() (bool, string) {
				left := ours(t, eng)
				return len(left) == 0, strings.Join(left, ", ")
			})
		})
	}
}

// TestInterruptedStartLeavesNothing: Ctrl+C at every step of starting a run.
func TestInterruptedStartLeavesNothing(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	eng := needs.Engine(t)
	for _, step := range []string{"comparing the image with the folder", "building the image", runner.StepNetwork, runner.StepRelay, runner.StepPlugin} {
		t.Run(step, func(t *testing.T) {
			run := start(t, nil, "run", smallPlugin(t, "e-interrupted"), "--listen", "127.0.0.1:0", "--json")
			run.waitFor(`{"name":"`+step+`","phase":"working"`, 3*time.Minute)
			if err := run.cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if code := run.wait(time.Minute); code != 130 {
				t.Errorf("exit code %d, want 130:\n%s", code, run.tail())
			}
			if left := ours(t, eng); len(left) > 0 {
				t.Errorf("left on the engine: %s", strings.Join(left, ", "))
			}
		})
	}
}

// TestForeignContainerOfOurNameIsNotTouched: the run is refused, the container stays.
func TestForeignContainerOfOurNameIsNotTouched(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	eng := needs.Engine(t)
	ctx := context.Background()
	name := runner.ContainerName("e-taken")
	made, err := eng.API.ContainerCreate(ctx, &container.Config{Image: needs.PythonImage, Cmd: []string{"true"}}, nil, nil, nil, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = eng.API.ContainerRemove(ctx, made.ID, container.RemoveOptions{Force: true}) })
	run := start(t, nil, "run", smallPlugin(t, "e-taken"), "--listen", "127.0.0.1:0")
	if code := run.wait(3 * time.Minute); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if out := run.text(); !strings.Contains(out, name) || !strings.Contains(out, "docker rename") && !strings.Contains(out, "docker rm") {
		t.Errorf("the message does not name the container and what to do:\n%s", out)
	}
	clean := start(t, nil, "clean")
	clean.wait(time.Minute)
	if _, err := eng.API.ContainerInspect(ctx, made.ID); err != nil {
		t.Errorf("the foreign container is gone: %v", err)
	}
	assertNothingLeft(t)
}

// TestNextRunSweepsWhatADeadOneLeft: also without the clean-up guard, which
// dies with its owner here, nothing stays for good.
func TestNextRunSweepsWhatADeadOneLeft(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	eng := needs.Engine(t)
	dir := smallPlugin(t, "e-swept")
	first := start(t, nil, "run", dir, "--listen", "127.0.0.1:0")
	first.waitFor("health: healthy", 3*time.Minute)
	for _, pid := range append(children(t, first.cmd.Process.Pid), first.cmd.Process.Pid) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	first.wait(time.Minute)
	if len(ours(t, eng)) == 0 { // another package's tests may run plugins at the same time
		t.Log("another session's start swept it already")
	}
	second := start(t, nil, "run", dir, "--listen", "127.0.0.1:0")
	second.waitFor("health: healthy", 3*time.Minute)
	if err := second.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	second.wait(time.Minute)
	assertNothingLeft(t)
}

// children lists the processes that pid started.
func children(t *testing.T, pid int) []int {
	t.Helper()
	var pids []int
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		if child, parent, ok := parseStat(string(stat)); ok && parent == pid {
			pids = append(pids, child)
		}
	}
	return pids
}
