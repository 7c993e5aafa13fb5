package runner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// lastWords is how many lines of a finished log are read from its end.
const lastWords = 200

// skippedNotice and lostNotice tell that the log is not complete.
const (
	skippedNotice = "the plugin wrote faster than its output could be read: some lines were skipped here, the last ones follow"
	lostNotice    = "the plugin wrote faster than its output could be read: its last lines are missing"
)

// frame is one message of a container's output.
type frame struct {
	stream  byte
	payload []byte
}

// tail returns the last n messages that a container wrote, oldest first. With
// an error come those that were read before it.
func tail(ctx context.Context, api client.APIClient, id string, n int, timestamps bool) ([]frame, error) {
	stream, err := api.ContainerLogs(ctx, id, container.LogsOptions{
		ShowStdout: true, ShowStderr: true, Timestamps: timestamps, Tail: strconv.Itoa(n),
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	var found []frame
	for frames := (frameReader{stream}); ; {
		from, payload, err := frames.next(nil)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		found = append(found, frame{from, payload})
	}
}

// lastLines returns the last n lines that a container wrote.
func lastLines(ctx context.Context, api client.APIClient, id string, n int) ([]string, error) {
	frames, err := tail(ctx, api, id, n, false)
	var all bytes.Buffer
	for _, f := range frames {
		all.Write(f.payload)
	}
	text := strings.TrimRight(all.String(), "\n")
	if strings.TrimSpace(text) == "" {
		return nil, err
	}
	return strings.Split(text, "\n"), nil
}

// joinEnd reports what is left of a finished log when its last lines reach
// back to what was seen already, and false, having done nothing, when not.
func (f *logFollower) joinEnd(ctx context.Context, api client.APIClient, id string) bool {
	frames, err := tail(ctx, api, id, lastWords, true)
	if err != nil || !f.joins(frames) {
		return false
	}
	f.take(frames, true)
	return true
}

// skipToEnd reports the last lines of a finished log that could not be read in
// time, and tells when there are others that are left out.
func (f *logFollower) skipToEnd(ctx context.Context, api client.APIClient, id string, notice func(string)) {
	frames, err := tail(ctx, api, id, lastWords, true)
	joined := err == nil && f.joins(frames)
	if !joined {
		f.flush()
		if len(frames) == 0 {
			notice(lostNotice)
			return
		}
		notice(skippedNotice)
	}
	f.take(frames, joined)
}

// take reports frames from the log's end up to the last word. When they join
// what was seen, those seen already are left out.
func (f *logFollower) take(frames []frame, joined bool) {
	f.skip = 0
	if joined {
		f.skip = f.atLast
	}
	for _, fr := range frames {
		f.frame(fr.stream, fr.payload)
	}
	f.flush()
}

// joins reports whether nothing is missing between what was seen and the last
// frames of the log. The time of the newest frame seen must be among theirs,
// and not as the first: of frames with the same time, which Podman has many
// of, the beginning may be cut off.
func (f *logFollower) joins(frames []frame) bool {
	if f.last.IsZero() {
		return len(frames) < lastWords // the whole log
	}
	for n, fr := range frames {
		if at, _, stamped := cutTime(fr.payload); stamped && at.Equal(f.last) {
			return n > 0 || len(frames) < lastWords
		}
	}
	return false
}

const (
	// drainTime bounds the wait for the log lines of a process that ended by
	// itself, stopDrainTime for one that was stopped.
	drainTime     = 5 * time.Second
	stopDrainTime = 2 * time.Second
	// tailTime bounds reading the last of them when that was not enough.
	tailTime = 5 * time.Second
)

// readLogs reports the process's output until all was read or the context
// reading ended, then its last lines.
func (i *Instance) readLogs(ctx, reading context.Context) {
	defer close(i.logsRead)
	logs := &logFollower{emit: func(l LogLine) { i.s.events.send(Event{Kind: EventLog, Log: &l}) }}
	if logs.follow(reading, i.s.api, i.s.pluginID) || ctx.Err() != nil {
		return
	}
	tailing, cancel := context.WithTimeout(ctx, tailTime)
	defer cancel()
	logs.skipToEnd(tailing, i.s.api, i.s.pluginID, i.s.events.notice)
}

// awaitLogs waits until the output of the ended process was read. What is not
// read when the time is up is skipped, except for the last lines.
func (i *Instance) awaitLogs(ctx context.Context, patience time.Duration) {
	select {
	case <-i.logsRead:
	case <-ctx.Done():
	case <-time.After(patience):
		i.cutLogs()
		select {
		case <-i.logsRead:
		case <-ctx.Done():
		}
	}
}
