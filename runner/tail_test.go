package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// numbered are n frames with the lines "line 0", "line 1" and so on.
func numbered(n int, apart time.Duration) (frames []logFrame) {
	base := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for k := range n {
		frames = append(frames, logFrame{base.Add(time.Duration(k) * apart), streamStdout, fmt.Sprintf("line %d\n", k)})
	}
	return frames
}

// told is what an instance whose process ended on e tells: its lines, notices
// and the exit.
func told(e *cutEngine) (events []string) {
	record := func(e Event) {
		switch e.Kind {
		case EventLog:
			events = append(events, e.Log.Text)
		case EventNotice:
			events = append(events, "notice: "+e.Output)
		case EventExit:
			events = append(events, fmt.Sprint("exit ", e.Exit.Code))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	reading, cut := context.WithCancel(ctx)
	i := &Instance{
		s:       &session{api: e, events: &reporter{receive: record}, o: Options{Manifest: &manifest.Manifest{}}},
		cutLogs: cut, logsRead: make(chan struct{}), done: make(chan struct{}), stopping: make(chan struct{}),
	}
	i.watchers.Go(func() { i.readLogs(ctx, reading) })
	i.watchExit(ctx, &healthWatch{}, &lastUse{})
	i.watchers.Wait()
	return events
}

// The reason of a crash is in the last lines: of a backlog that cannot be read
// in time they come nevertheless, and it is told what does not.
func TestLastWordsAfterABurstArriveAndWhatIsSkippedIsTold(t *testing.T) {
	lines := func(from, to int) (all []string) {
		for _, f := range numbered(to, 0)[from:] {
			all = append(all, strings.TrimSuffix(f.text, "\n"))
		}
		return all
	}
	const skipped, lost, exit = "notice: " + skippedNotice, "notice: " + lostNotice, "exit 5"
	unfinished := numbered(1000, time.Microsecond)
	unfinished[299].text = "line 299"
	for name, c := range map[string]struct {
		e    *cutEngine
		want []string
	}{
		"backlog longer than the end": {
			&cutEngine{frames: numbered(1000, time.Microsecond), slow: 300},
			slices.Concat(lines(0, 300), []string{skipped}, lines(800, 1000), []string{exit}),
		},
		"line cut by the skipped ones": {
			&cutEngine{frames: unfinished, slow: 300},
			slices.Concat(lines(0, 300), []string{skipped}, lines(800, 1000), []string{exit}),
		},
		"backlog within the end": {
			&cutEngine{frames: numbered(1000, time.Microsecond), slow: 900},
			append(lines(0, 1000), exit),
		},
		"Podman's seconds": {
			&cutEngine{frames: slices.Concat(numbered(1000, time.Second)[:850], []logFrame{
				{numbered(850, time.Second)[849].at, streamStdout, "line 850\n"}, {numbered(850, time.Second)[849].at, streamStdout, "line 851\n"},
			}), slow: 851},
			append(lines(0, 852), exit),
		},
		"one time for all": {
			&cutEngine{frames: numbered(1000, 0), slow: 300},
			slices.Concat(lines(0, 300), []string{skipped}, lines(800, 1000), []string{exit}),
		},
		"short log": {
			&cutEngine{frames: numbered(10, 0), slow: 5},
			append(lines(0, 10), exit),
		},
		"engine that does not tell the end": {
			&cutEngine{frames: numbered(1000, time.Microsecond), slow: 300, dead: true},
			append(lines(0, 300), lost, exit),
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // waiting takes no time
				c.e.code = 5
				if got := told(c.e); !slices.Equal(got, c.want) {
					t.Errorf("got %d events, want %d:\n%q", len(got), len(c.want), got)
				}
			})
		})
	}
}

func TestEveryLineOfABurstArrivesBeforeTheExit(t *testing.T) {
	t.Parallel()
	const n = 20_000
	r := newRig(t, "burst", fmt.Sprint(n))
	r.start()
	r.await("exit", func(e Event) bool { return e.Kind == EventExit })
	next := 0
	for _, e := range r.recorded() {
		if e.Log == nil {
			continue
		}
		want := fmt.Sprintf("line %d", next)
		if next == n {
			want = "LAST WORDS"
		}
		if e.Log.Text != want {
			t.Fatalf("got %q, want %q", e.Log.Text, want)
		}
		next++
	}
	if next != n+1 {
		t.Errorf("got %d lines, want %d", next, n+1)
	}
}
