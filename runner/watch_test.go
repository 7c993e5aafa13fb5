package runner

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
)

func TestHealthTellsWhyAProbeFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.o.Manifest.HealthCheck.Command = "curl -sf http://localhost:8080/health"
	r.start()
	missing := "sh: curl -sf http://localhost:8080/health: not found"
	early := r.await("failing probe", func(e Event) bool { return e.Kind == EventHealth && e.Output == missing })
	if early.Health != HealthStarting && early.Health != HealthUnhealthy || early.ExitCode != 127 {
		t.Errorf("the first failing probe: %+v", early)
	}
	final := r.await("unhealthy", func(e Event) bool { return e.Kind == EventHealth && e.Health == HealthUnhealthy })
	if final.Output != missing || final.ExitCode != 127 {
		t.Errorf("unhealthy: %+v", final)
	}
}

func TestWithoutHealthCheckThereIsNoHealth(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	r.o.Manifest.HealthCheck = nil
	r.start()
	r.await("no health", func(e Event) bool { return e.Kind == EventHealth && e.Health == HealthNone })
}

// Podman without systemd never runs a probe; ours has to reach the verdicts
// that Docker's would.
func TestOwnProbeReachesTheVerdictsOfTheEngine(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	i := r.start()
	r.serving()
	for name, c := range map[string]struct {
		command []string
		start   time.Duration
		want    verdict
	}{
		"success":             {[]string{"CMD-SHELL", "probe"}, 0, verdict{status: HealthHealthy}},
		"without a shell":     {[]string{"CMD", "/bin/sh", "probe"}, 0, verdict{status: HealthHealthy}},
		"failure":             {[]string{"CMD-SHELL", "curl"}, 0, verdict{status: HealthUnhealthy, code: 127, output: "sh: curl: not found"}},
		"too slow":            {[]string{"CMD-SHELL", "hang"}, 0, verdict{status: HealthUnhealthy, code: -1, output: "the health check took longer than 500ms"}},
		"start period":        {[]string{"CMD-SHELL", "curl"}, time.Hour, verdict{status: HealthStarting, code: 127, output: "sh: curl: not found"}},
		"command that is not": {[]string{"CMD", "nothing"}, 0, verdict{status: HealthUnhealthy}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			seen := make(chan Event, 100)
			w := &healthWatch{api: r.eng.API, id: i.s.pluginID, emit: func(e Event) { seen <- e }}
			w.last.status = HealthStarting
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				w.probe(ctx, container.HealthConfig{
					Test: c.command, Interval: 100 * time.Millisecond, Timeout: 500 * time.Millisecond,
					Retries: 2, StartPeriod: c.start,
				}, time.Now())
			}()
			for got := (Event{}); got.Health != c.want.status || c.want.output != "" && got.Output != c.want.output || got.ExitCode != c.want.code && c.want.output != ""; {
				select {
				case got = <-seen:
				case <-ctx.Done():
					t.Fatalf("the last event was %+v, want %+v", got, c.want)
				}
			}
			cancel()
			<-ended
		})
	}
}

func TestExitCodesAreExplained(t *testing.T) {
	for code, want := range map[int]string{
		0: "must keep serving", 1: "reported an error", 2: "usage", 42: "of its own", 126: "cannot be executed", 127: "not found in the image",
		137: "SIGKILL", 139: "segmentation fault", 143: "SIGTERM", 159: "signal 31", 255: "of its own",
	} {
		if got := explainCode(code); !strings.Contains(got, want) {
			t.Errorf("%d: %q does not say %q", code, got, want)
		}
	}
}

func TestExitReasons(t *testing.T) {
	info := func(s container.State) *container.InspectResponse {
		return &container.InspectResponse{ContainerJSONBase: &container.ContainerJSONBase{State: &s}}
	}
	finished := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for name, c := range map[string]struct {
		info *container.InspectResponse
		seen bool
		want string
		oom  bool
	}{
		"marked":  {info(container.State{ExitCode: 137, OOMKilled: true}), false, "out of memory: the process needed more than the 256 MiB of resources.memory_limit", true},
		"seen":    {info(container.State{ExitCode: 137}), true, "out of memory: the process needed more than the 256 MiB of resources.memory_limit", true},
		"killed":  {info(container.State{ExitCode: 137}), false, "exit code 137: the process was killed (SIGKILL) from outside", false},
		"error":   {info(container.State{ExitCode: 127, Error: "exec failed"}), false, "exit code 127: the command was not found in the image (exec failed)", false},
		"removed": {&container.InspectResponse{}, false, "the container was removed by another program", false},
	} {
		if c.info.ContainerJSONBase != nil {
			c.info.State.FinishedAt = finished.Format(time.RFC3339Nano)
		}
		got := exitOf(c.info, c.seen, 256<<20)
		if got.Reason != c.want || got.OOM != c.oom || got.At.IsZero() || c.info.ContainerJSONBase != nil && !got.At.Equal(finished) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestMemoryIsNearItsLimit(t *testing.T) {
	for _, c := range []struct {
		used, limit int64
		want        bool
	}{{95, 100, true}, {90, 100, false}, {10, 100, false}, {0, 0, false}} {
		u := &lastUse{}
		u.set(Stats{MemoryBytes: c.used, MemoryLimit: c.limit})
		if u.nearLimit() != c.want {
			t.Errorf("%d of %d: %v", c.used, c.limit, !c.want)
		}
	}
}

func TestStatsAreComputedAsTheDockerCommandDoes(t *testing.T) {
	for name, c := range map[string]struct {
		sample string
		want   Stats
	}{
		"cgroup v1": {
			`{"memory_stats":{"usage":1000,"limit":5000,"stats":{"total_inactive_file":300,"inactive_file":1}},
			"cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":2000,"online_cpus":2,"throttling_data":{"throttled_periods":7}},
			"precpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":1000}}`,
			Stats{CPUPercent: 40, MemoryBytes: 700, MemoryLimit: 5000, Throttled: 7},
		},
		"cgroup v2": {`{"memory_stats":{"usage":1000,"limit":5000,"stats":{"inactive_file":400}}}`, Stats{MemoryBytes: 600, MemoryLimit: 5000}},
		"Podman":    {`{"memory_stats":{"usage":1000,"limit":5000}}`, Stats{MemoryBytes: 1000, MemoryLimit: 5000}},
		"first sample": {
			`{"memory_stats":{"usage":1},"cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":2000,"online_cpus":2}}`,
			Stats{MemoryBytes: 1},
		},
		"counter that fell": {`{"memory_stats":{"usage":1},"cpu_stats":{"cpu_usage":{"total_usage":1},"system_cpu_usage":2000,"online_cpus":2},
			"precpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":1000}}`, Stats{MemoryBytes: 1}},
		"number of CPUs by counting": {`{"memory_stats":{"usage":1},"cpu_stats":{"cpu_usage":{"total_usage":100,"percpu_usage":[1,1,1,1]},"system_cpu_usage":2000},
			"precpu_stats":{"cpu_usage":{"total_usage":0},"system_cpu_usage":1000}}`, Stats{CPUPercent: 40, MemoryBytes: 1}},
	} {
		var sample container.StatsResponse
		if err := json.Unmarshal([]byte(c.sample), &sample); err != nil {
			t.Fatal(err)
		}
		got := statsOf(&sample)
		got.CPUPercent = math.Round(got.CPUPercent*1e6) / 1e6
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
