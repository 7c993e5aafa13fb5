package runner

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// cutEngine is an engine whose connection breaks again and again. It holds one
// container's log and its end.
type cutEngine struct {
	client.APIClient
	mu     sync.Mutex
	frames []logFrame
	cuts   []int // bytes after which each log stream is cut; then it is whole
	waits  int   // waits that fail before the exit is told
	code   int
	late   int  // frames that only a log that is not followed holds
	slow   int  // when set, frames after which reading a log, but not its end, gets nothing more
	dead   bool // whether the end of the log cannot be read
}

type logFrame struct {
	at     time.Time
	stream byte
	text   string
}

var errCut = errors.New("unexpected EOF")

func (e *cutEngine) ContainerLogs(ctx context.Context, _ string, o container.LogsOptions) (io.ReadCloser, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var since time.Time
	if o.Since != "" {
		var seconds, nanos int64
		if _, err := fmt.Sscanf(o.Since, "%d.%d", &seconds, &nanos); err != nil {
			return nil, err
		}
		since = time.Unix(seconds, nanos)
	}
	var b bytes.Buffer
	frames := e.frames
	if o.Follow {
		frames = frames[:len(frames)-e.late]
	}
	if o.Tail != "" {
		if e.dead {
			return nil, errCut
		}
		n, err := strconv.Atoi(o.Tail)
		if err != nil {
			return nil, err
		}
		frames = frames[max(len(frames)-n, 0):]
	} else if e.slow > 0 {
		frames = frames[:e.slow]
	}
	for _, f := range frames {
		if f.at.Before(since) {
			continue
		}
		payload := f.at.UTC().Format(time.RFC3339Nano) + " " + f.text
		header := make([]byte, 8)
		header[0] = f.stream
		binary.BigEndian.PutUint32(header[4:], uint32(len(payload)))
		b.Write(header)
		b.WriteString(payload)
	}
	if e.slow > 0 && o.Tail == "" {
		return io.NopCloser(io.MultiReader(&b, hangingReader{ctx})), nil
	}
	if len(e.cuts) == 0 {
		return io.NopCloser(&b), nil
	}
	cut := e.cuts[0]
	e.cuts = e.cuts[1:]
	return io.NopCloser(io.MultiReader(io.LimitReader(&b, int64(cut)), brokenReader{})), nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errCut }

type hangingReader struct{ ctx context.Context }

func (r hangingReader) Read([]byte) (int, error) {
	<-r.ctx.Done()
	return 0, r.ctx.Err()
}

func (e *cutEngine) ContainerWait(context.Context, string, container.WaitCondition) (<-chan container.WaitResponse, <-chan error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ended, failed := make(chan container.WaitResponse, 1), make(chan error, 1)
	if e.waits > 0 {
		e.waits--
		failed <- errCut
	} else {
		ended <- container.WaitResponse{StatusCode: int64(e.code)}
	}
	return ended, failed
}

func (e *cutEngine) ContainerInspect(context.Context, string) (container.InspectResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	state := &container.State{Status: container.StateExited, ExitCode: e.code}
	if e.waits > 0 || len(e.cuts) > 0 {
		state = &container.State{Status: container.StateRunning, Running: true}
	}
	return container.InspectResponse{ContainerJSONBase: &container.ContainerJSONBase{State: state}}, nil
}

// follow returns the lines that a follower of e reports.
func (e *cutEngine) follow() []string {
	var lines []string
	f := &logFollower{emit: func(l LogLine) { lines = append(lines, l.Stream+" "+l.Text) }}
	f.follow(context.Background(), e, "id")
	return lines
}

func TestNoLogLineIsLostOrDoubledWhenTheConnectionIsCut(t *testing.T) {
	base := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, resolution := range map[string]time.Duration{"Docker's nanoseconds": time.Microsecond, "Podman's seconds": time.Second / 7} {
		t.Run(name, func(t *testing.T) {
			var frames []logFrame
			var want []string
			for n := range 60 {
				at := base.Add(time.Duration(n) * resolution)
				if resolution > time.Millisecond {
					at = at.Truncate(time.Second)
				}
				stream, word := byte(streamStdout), "stdout"
				if n%3 == 0 {
					stream, word = streamStderr, "stderr"
				}
				frames = append(frames, logFrame{at, stream, fmt.Sprintf("line %d\n", n%5)})
				want = append(want, fmt.Sprintf("%s line %d", word, n%5))
			}
			size := len(frames) * 40
			for step := 1; step < 40; step += 3 {
				e := &cutEngine{frames: frames}
				for at := step; at < size && len(e.cuts) < 4; at += size / 5 {
					e.cuts = append(e.cuts, at)
				}
				synctest.Test(t, func(t *testing.T) { // the pauses between attempts take no time
					if got := e.follow(); !slices.Equal(got, want) {
						t.Fatalf("cuts from byte %d: got %d lines, want %d", step, len(got), len(want))
					}
				})
			}
		})
	}
}

func TestLongAndUnfinishedLinesAreWhole(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	piece := strings.Repeat("x", 16<<10)
	e := &cutEngine{frames: []logFrame{
		{at, streamStdout, piece}, {at, streamStderr, "between\r\n"}, {at.Add(1), streamStdout, "end\n"}, // one line in two pieces
		{at.Add(2), streamStdout, strings.Repeat("y", maxLogLine+10) + "\n"}, // longer than a line may be
		{at.Add(3), streamStdout, "\n"},                                      // empty
		{at.Add(4), streamStdout, "unfinished"},
	}}
	want := []string{
		"stderr between", "stdout " + piece + "end",
		"stdout " + strings.Repeat("y", maxLogLine), "stdout " + strings.Repeat("y", 10), "stdout ", "stdout unfinished",
	}
	if got := e.follow(); !slices.Equal(got, want) {
		t.Errorf("got %d lines: %.200q", len(got), got)
	}
}

func TestLastWordsThatTheFollowedLogLacksAreRead(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	e := &cutEngine{late: 1, frames: []logFrame{{at, streamStdout, "going down\n"}, {at, streamStdout, "with a bang"}}}
	if got, want := e.follow(), []string{"stdout going down", "stdout with a bang"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLineEndInAFrameOfItsOwn(t *testing.T) {
	var lines []LogLine
	f := &logFollower{emit: func(l LogLine) { lines = append(lines, l) }}
	f.frame(streamStdout, []byte("2026-01-02T03:04:05Z hello"))
	f.frame(streamStdout, []byte("\n"))
	want := LogLine{At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Stream: "stdout", Text: "hello"}
	if len(lines) != 1 || lines[0] != want {
		t.Errorf("got %+v", lines)
	}
}

func TestFailedWaitIsNoExit(t *testing.T) {
	e := &cutEngine{waits: 3, code: 42}
	info := awaitExit(context.Background(), e, "id")
	if info == nil || info.State.ExitCode != 42 || e.waits != 0 {
		t.Errorf("got %+v after %d waits that were left", info, e.waits)
	}
}

func TestWaitForExitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if info := awaitExit(ctx, &cutEngine{waits: 1 << 30}, "id"); info != nil {
		t.Errorf("got %+v", info)
	}
}

func TestBytesThatAreNoFramesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"text":          "HTTP/1.1 500 oh no",
		"endless frame": "\x01\x00\x00\x00\xff\xff\xff\xff",
		"cut payload":   "\x01\x00\x00\x00\x00\x00\x00\x05abc",
		"cut header":    "\x01\x00",
	} {
		if _, _, err := (frameReader{strings.NewReader(text)}).next(nil); err == nil || errors.Is(err, io.EOF) && name != "none" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzLogFrames(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x1a2026-01-02T03:04:05Z hell\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		follower := &logFollower{emit: func(l LogLine) {
			if len(l.Text) > maxLogLine || strings.Contains(l.Text, "\n") {
				t.Errorf("line %.100q", l.Text)
			}
		}}
		for frames := (frameReader{bytes.NewReader(stream)}); ; {
			from, payload, err := frames.next(nil)
			if err != nil {
				break
			}
			follower.frame(from, payload)
		}
		follower.flush()
	})
}
