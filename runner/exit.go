package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// awaitExit returns when the container's process has ended, or nil when ctx
// ends first. An error of the engine's wait is never taken for an exit: the
// engine is asked again until it tells.
func awaitExit(ctx context.Context, api client.APIClient, id string) *container.InspectResponse {
	for retry := (backoff{}); ctx.Err() == nil; retry.wait(ctx) {
		ended, failed := api.ContainerWait(ctx, id, container.WaitConditionNotRunning)
		select {
		case <-ctx.Done():
			return nil
		case <-ended:
		case <-failed:
		}
		info, err := api.ContainerInspect(ctx, id)
		switch {
		case isNotFound(err):
			return &container.InspectResponse{}
		case err == nil && !info.State.Running:
			return awaitVerdict(ctx, api, &info)
		}
	}
	return nil
}

// killed is the exit code of a process that SIGKILL ended.
const killed = 137

// The engine learns of an out-of-memory kill apart from the exit, and on a busy
// machine after it: this is how often it is asked again, and how long apart.
const (
	verdictTries = 20
	verdictPause = 100 * time.Millisecond
)

// awaitVerdict returns what the engine says of a container that was killed, once
// it says that memory ran out, or after two seconds as it is.
func awaitVerdict(ctx context.Context, api client.APIClient, info *container.InspectResponse) *container.InspectResponse {
	for range verdictTries {
		if info.State.ExitCode != killed || info.State.OOMKilled {
			break
		}
		select {
		case <-ctx.Done():
			return info
		case <-time.After(verdictPause):
		}
		again, err := api.ContainerInspect(ctx, info.ID)
		if err != nil {
			break
		}
		info = &again
	}
	return info
}

// exitOf explains how a process ended. An empty info is a container that was
// removed by somebody else. outOfMemory is what was seen besides: Podman does
// not mark it in the container's state.
func exitOf(info *container.InspectResponse, outOfMemory bool, memoryLimit int64) *Exit {
	if info.ContainerJSONBase == nil || info.State == nil {
		return &Exit{Code: -1, At: time.Now(), Reason: "the container was removed by another program"}
	}
	e := &Exit{Code: info.State.ExitCode, OOM: info.State.OOMKilled || outOfMemory}
	var err error
	if e.At, err = time.Parse(time.RFC3339Nano, info.State.FinishedAt); err != nil {
		e.At = time.Now()
	}
	if e.OOM {
		e.Reason = fmt.Sprintf("out of memory: the process needed more than the %s of resources.memory_limit", bytesText(memoryLimit))
		return e
	}
	e.Reason = fmt.Sprintf("exit code %d: %s", e.Code, explainCode(e.Code))
	if info.State.Error != "" {
		e.Reason += " (" + info.State.Error + ")"
	}
	return e
}

// explainCode says what an exit code usually means.
func explainCode(code int) string {
	switch code {
	case 0:
		return "the process finished, but a plugin must keep serving"
	case 1:
		return "the process reported an error"
	case 2:
		return "the process reported wrong usage or crashed"
	case 125:
		return "the engine could not run the container"
	case 126:
		return "the command was found but cannot be executed"
	case 127:
		return "the command was not found in the image"
	}
	const bySignal = 128
	if name, ok := signalNames[code-bySignal]; ok {
		return name
	}
	if code > bySignal && code < bySignal+65 {
		return fmt.Sprintf("the process was ended by signal %d", code-bySignal)
	}
	return "the process reported an error of its own"
}

// signalNames explains the signals, by their numbers on Linux, that containers
// usually die of.
var signalNames = map[int]string{
	1:  "the process was hung up on (SIGHUP)",
	2:  "the process was interrupted (SIGINT)",
	3:  "the process was told to quit (SIGQUIT)",
	4:  "illegal instruction (SIGILL): the image may be built for another processor",
	6:  "the process aborted itself (SIGABRT)",
	7:  "bus error (SIGBUS): memory that is not there, often too small a /dev/shm",
	8:  "arithmetic error (SIGFPE)",
	9:  "the process was killed (SIGKILL) from outside",
	11: "segmentation fault (SIGSEGV): a crash in native code",
	13: "broken pipe (SIGPIPE)",
	15: "the process was asked to end (SIGTERM) from outside",
}

// bytesText writes a size in the unit that fits it: "256 MiB".
func bytesText(n int64) string {
	const unit = 1024
	switch {
	case n >= unit*unit*unit && n%(unit*unit*unit) == 0:
		return fmt.Sprintf("%d GiB", n/(unit*unit*unit))
	case n >= unit*unit:
		return fmt.Sprintf("%.4g MiB", float64(n)/(unit*unit))
	}
	return fmt.Sprintf("%d bytes", n)
}
