package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// maxLogLine is the length, in bytes, at which a line is cut into pieces.
const maxLogLine = 64 << 10

// logFollower turns the engine's log stream into lines and knows where to go
// on after the stream was cut.
//
// The engine sends one frame per message, or per 16 KiB piece of a longer one,
// and each begins with its time. After a cut the engine is asked for
// everything since the last time seen; the frames of that very time that were
// seen already are skipped by counting them. Counting, since Podman's times
// are whole seconds.
type logFollower struct {
	emit    func(LogLine)
	partial [streamStderr + 1]LogLine // the unfinished line of each stream

	last     time.Time // of the newest frame
	atLast   int       // frames seen with that time
	skip     int       // of those, how many the current stream still has to repeat
	repeated bool      // whether the newest frame with a time was seen already
}

// follow reports the container's output until its process has ended and
// everything was read, which is true, or ctx ends before that.
func (f *logFollower) follow(ctx context.Context, api client.APIClient, id string) bool {
	for retry := (backoff{}); ctx.Err() == nil; retry.wait(ctx) {
		err := f.read(ctx, api, id, true)
		if err != nil && !isNotFound(err) {
			continue
		}
		if ended, known := hasEnded(ctx, api, id); !known || !ended {
			continue
		}
		// Docker 20.10 ends a followed log before the last words of a process
		// that ends at once; the finished log has them. Its end alone comes at
		// once; asked for a time, the engine searches from the beginning.
		if f.joinEnd(ctx, api, id) {
			return true
		}
		if err = f.read(ctx, api, id, false); err == nil || isNotFound(err) {
			f.flush()
			return true
		}
	}
	return false
}

// read reads one log stream, from where the last one ended, to its end; nil is
// the regular one.
func (f *logFollower) read(ctx context.Context, api client.APIClient, id string, follow bool) error {
	options := container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: follow, Timestamps: true}
	if !f.last.IsZero() {
		options.Since = fmt.Sprintf("%d.%09d", f.last.Unix(), f.last.Nanosecond())
	}
	f.skip = f.atLast
	stream, err := api.ContainerLogs(ctx, id, options)
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }()
	frames, buf := frameReader{stream}, make([]byte, 32<<10)
	for {
		from, payload, err := frames.next(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f.frame(from, payload)
	}
}

// frame takes one message in.
func (f *logFollower) frame(stream byte, payload []byte) {
	if stream != streamStdout && stream != streamStderr {
		return
	}
	at, text, stamped := cutTime(payload)
	if stamped {
		f.repeated = !f.fresh(at)
	}
	if f.repeated {
		return
	}
	line := &f.partial[stream]
	for len(text) > 0 {
		if line.At.IsZero() {
			line.At = at
		}
		piece, rest, whole := bytes.Cut(text, []byte("\n"))
		if room := maxLogLine - len(line.Text); len(piece) > room {
			piece, rest, whole = text[:room], text[room:], true
		}
		line.Text += string(piece)
		text = rest
		if whole {
			f.finish(stream)
		}
	}
}

// fresh reports whether a frame of that time was not seen yet, and counts it.
func (f *logFollower) fresh(at time.Time) bool {
	switch {
	case at.Before(f.last):
		// Clocks may step back while nothing is repeated: only a stream that
		// was resumed holds frames that are known.
		return f.skip == 0
	case at.Equal(f.last):
		if f.skip > 0 {
			f.skip--
			return false
		}
		f.atLast++
	default:
		f.last, f.atLast, f.skip = at, 1, 0
	}
	return true
}

// finish reports the line that a stream has been writing.
func (f *logFollower) finish(stream byte) {
	line := f.partial[stream]
	f.partial[stream] = LogLine{}
	line.Stream = map[byte]string{streamStdout: "stdout", streamStderr: "stderr"}[stream]
	line.Text = strings.TrimSuffix(line.Text, "\r")
	f.emit(line)
}

// flush reports what was written without a line end.
func (f *logFollower) flush() {
	for _, stream := range []byte{streamStdout, streamStderr} {
		if !f.partial[stream].At.IsZero() {
			f.finish(stream)
		}
	}
}

// cutTime takes the engine's time off the beginning of a frame. A frame may
// come without: Podman sends a line's end in one of its own.
func cutTime(payload []byte) (at time.Time, text []byte, ok bool) {
	stamp, text, found := bytes.Cut(payload, []byte(" "))
	if !found {
		return time.Now(), payload, false
	}
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if err != nil {
		return time.Now(), payload, false
	}
	return at, text, true
}

// backoff spaces attempts to reach the engine again: the first comes at once.
type backoff struct{ next time.Duration }

const (
	firstBackoff   = 50 * time.Millisecond
	longestBackoff = 2 * time.Second
)

// wait pauses before the next attempt, or until ctx ends.
func (b *backoff) wait(ctx context.Context) {
	pause := b.next
	b.next = min(max(2*b.next, firstBackoff), longestBackoff)
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

// hasEnded reports whether a container's process has ended, which a container
// that is gone has too; known is false when the engine did not tell.
func hasEnded(ctx context.Context, api client.APIClient, id string) (ended, known bool) {
	info, err := api.ContainerInspect(ctx, id)
	if err != nil {
		return true, isNotFound(err)
	}
	return !info.State.Running && info.State.Status != container.StateCreated, true
}
