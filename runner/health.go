package runner

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/client"
)

const (
	healthPoll = time.Second     // between looks while the container is not healthy
	probeGrace = 5 * time.Second // on top of interval and timeout, before the engine is taken to run no probes
)

// The engine's defaults for what a manifest leaves out.
const (
	defaultProbeInterval = 30 * time.Second
	defaultProbeTimeout  = 30 * time.Second
	defaultProbeRetries  = 3
)

// verdict is what is known about the container's health.
type verdict struct {
	status string
	output string // of the last probe
	code   int    // its exit code
	probes int    // results that the engine shows
}

// healthWatch reports a container's health: every change of the status, and
// every change of a failing probe's output.
type healthWatch struct {
	api  client.APIClient
	id   string
	emit func(Event)

	mu   sync.Mutex
	last verdict
	oom  bool
}

// outOfMemory reports whether the engine told that the container ran out of memory.
func (w *healthWatch) outOfMemory() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.oom
}

// follow watches until ctx ends. The engine's events give changes at once;
// looking each second shows the output of failing probes before the engine
// has made up its mind.
func (w *healthWatch) follow(ctx context.Context) {
	started := time.Now()
	ticks := time.NewTicker(healthPoll)
	defer ticks.Stop()
	w.look(ctx)
	for retry := (backoff{}); ctx.Err() == nil; retry.wait(ctx) {
		messages, failed := w.api.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
			filters.Arg("type", string(events.ContainerEventType)), filters.Arg("container", w.id))})
		for open := true; open && ctx.Err() == nil; {
			select {
			case <-ctx.Done():
				return
			case <-failed:
				open = false
			case m := <-messages:
				retry = backoff{}
				if m.Action == events.ActionDie {
					return
				}
				w.event(ctx, m)
			case <-ticks.C:
				if w.status() == HealthHealthy {
					continue
				}
				check, running := w.look(ctx)
				if !running {
					return
				}
				if check != nil && w.unprobed() && time.Since(started) > check.Interval+check.Timeout+probeGrace {
					w.probe(ctx, *check, started)
					return
				}
			}
		}
	}
}

// event takes one of the engine's events in.
func (w *healthWatch) event(ctx context.Context, m events.Message) {
	switch {
	case strings.HasPrefix(string(m.Action), string(events.ActionHealthStatus)):
		w.look(ctx)
	case m.Action == events.ActionOOM:
		w.mu.Lock()
		w.oom = true
		w.mu.Unlock()
	}
}

func (w *healthWatch) status() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last.status
}

// unprobed reports whether the engine has shown no result of a probe so far.
func (w *healthWatch) unprobed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last.status == HealthStarting && w.last.probes == 0
}

// look asks the engine for the health. It returns the container's health check
// with the engine's defaults filled in, nil when it has none, and whether the
// process runs, as far as the engine answers.
func (w *healthWatch) look(ctx context.Context) (check *container.HealthConfig, running bool) {
	info, err := w.api.ContainerInspect(ctx, w.id)
	if err != nil {
		return nil, !isNotFound(err)
	}
	if !info.State.Running {
		return nil, false
	}
	check = info.Config.Healthcheck
	if check == nil || len(check.Test) == 0 || check.Test[0] == "NONE" {
		w.set(verdict{status: HealthNone})
		return nil, true
	}
	v := verdict{status: HealthStarting}
	if h := info.State.Health; h != nil {
		if h.Status == HealthHealthy || h.Status == HealthUnhealthy {
			v.status = h.Status
		}
		v.probes = len(h.Log)
		if v.probes > 0 {
			result := h.Log[v.probes-1]
			v.output, v.code = strings.TrimSpace(result.Output), result.ExitCode
		}
	}
	w.set(v)
	full := *check
	if full.Interval == 0 {
		full.Interval = defaultProbeInterval
	}
	if full.Timeout == 0 {
		full.Timeout = defaultProbeTimeout
	}
	if full.Retries == 0 {
		full.Retries = defaultProbeRetries
	}
	return &full, true
}

// set remembers what is known and reports it when it is news.
func (w *healthWatch) set(v verdict) {
	w.mu.Lock()
	old := w.last
	w.last = v
	w.mu.Unlock()
	failing := v.code != 0 && (v.output != old.output || v.code != old.code)
	if v.status != old.status || failing {
		w.emit(Event{Kind: EventHealth, Health: v.status, Output: v.output, ExitCode: v.code})
	}
}
