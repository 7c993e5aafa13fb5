package runner

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
)

// maxProbeOutput bounds what is kept of a probe's output, in bytes, as the
// engine bounds it.
const maxProbeOutput = 4096

// probe runs the health check itself, for engines that do not: Podman leaves
// it to timers of systemd, which many machines lack. The rules are Docker's: a
// success makes the container healthy, a row of retries failures unhealthy,
// and failures during the start period do not count.
func (w *healthWatch) probe(ctx context.Context, check container.HealthConfig, started time.Time) {
	ticks := time.NewTicker(check.Interval)
	defer ticks.Stop()
	failures := 0
	for ctx.Err() == nil {
		begin := time.Now()
		v := w.runProbe(ctx, check)
		if ctx.Err() != nil {
			return
		}
		v.status = w.status()
		switch {
		case v.code == 0:
			failures, v.status = 0, HealthHealthy
		case begin.Sub(started) < check.StartPeriod && v.status == HealthStarting:
		default:
			if failures++; failures >= check.Retries {
				v.status = HealthUnhealthy
			}
		}
		w.set(v)
		select {
		case <-ctx.Done():
		case <-ticks.C:
		}
	}
}

// runProbe runs the health command once in the container. Exit code -1 stands
// for a probe that gave no result.
func (w *healthWatch) runProbe(ctx context.Context, check container.HealthConfig) verdict {
	ctx, cancel := context.WithTimeout(ctx, check.Timeout)
	defer cancel()
	failed := func(err error) verdict {
		if ctx.Err() != nil {
			return verdict{code: -1, output: "the health check took longer than " + check.Timeout.String()}
		}
		return verdict{code: -1, output: err.Error()}
	}
	command := check.Test[1:]
	if check.Test[0] == "CMD-SHELL" {
		command = append([]string{"/bin/sh", "-c"}, command...)
	}
	created, err := w.api.ContainerExecCreate(ctx, w.id, container.ExecOptions{Cmd: command, AttachStdout: true, AttachStderr: true})
	if err != nil {
		return failed(err)
	}
	attached, err := w.api.ContainerExecAttach(ctx, created.ID, container.ExecAttachOptions{})
	if err != nil {
		return failed(err)
	}
	stop := context.AfterFunc(ctx, attached.Close)
	defer stop()
	defer attached.Close()
	var output bytes.Buffer
	for frames := (frameReader{attached.Reader}); ; {
		_, payload, err := frames.next(nil)
		if err != nil {
			break
		}
		output.Write(payload[:min(len(payload), maxProbeOutput-output.Len())])
	}
	info, err := w.api.ContainerExecInspect(ctx, created.ID)
	if err != nil {
		return failed(err)
	}
	return verdict{code: info.ExitCode, output: strings.TrimSpace(output.String())}
}
