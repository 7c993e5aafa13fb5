package image

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var zero = time.Unix(1000, 0)

func sec(n int) time.Time { return zero.Add(time.Duration(n) * time.Second) }

// record runs fn on a tracker and returns its events as short lines.
func record(fn func(*tracker)) []string {
	var got []string
	t := newTracker(func(ev Event) {
		line := fmt.Sprintf("%d %s %s", ev.ID, ev.StepID, ev.Status)
		if ev.Cached {
			line += " cached"
		}
		if ev.Took > 0 {
			line += " " + ev.Took.String()
		}
		if ev.Total+ev.Current > 0 {
			line += fmt.Sprintf(" %d/%d", ev.Current, ev.Total)
		}
		if ev.Log != "" {
			line += " " + ev.Stream + ":" + ev.Log
		}
		got = append(got, line)
	}, func() time.Time { return sec(100) })
	fn(t)
	return got
}

func TestTrackerMakesOneStoryOfRepeatedReports(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(*tracker)
		want []string
	}{
		{"the usual course, every report twice", func(t *tracker) {
			for range 2 {
				t.pending("a", "x")
			}
			for range 2 {
				t.start("a", "x", sec(1))
			}
			for range 2 {
				t.finish("a", "x", run{started: sec(1), completed: sec(3)})
			}
		}, []string{"1 a pending", "2 a running", "3 a done 2s"}},
		{"late reports change nothing", func(t *tracker) {
			t.finish("a", "x", run{started: sec(1), completed: sec(3)})
			t.start("a", "x", sec(1))
			t.pending("a", "x")
		}, []string{"1 a done 2s"}},
		{"cached", func(t *tracker) {
			t.finish("a", "x", run{started: sec(1), completed: sec(1), cached: true})
		}, []string{"1 a done cached"}},
		{"cached, then executed all the same", func(t *tracker) {
			t.finish("a", "x", run{started: sec(1), completed: sec(1), cached: true})
			t.start("a", "x", sec(2))
			t.finish("a", "x", run{started: sec(2), completed: sec(5)})
		}, []string{"1 a done cached", "2 a running", "3 a done 3s"}},
		{"runs add up", func(t *tracker) {
			t.start("a", "x", sec(1))
			t.finish("a", "x", run{started: sec(1), completed: sec(2)})
			t.start("a", "x", sec(5))
			t.finish("a", "x", run{started: sec(5), completed: sec(6)})
		}, []string{"1 a running", "2 a done 1s", "3 a running", "4 a done 2s"}},
		{"the end of an old run does not end a new one", func(t *tracker) {
			t.start("a", "x", sec(5))
			t.finish("a", "x", run{started: sec(1), completed: sec(2)})
			t.finish("a", "x", run{started: sec(5), completed: sec(6)})
		}, []string{"1 a running", "2 a done 2s"}},
		{"output starts a step and is flushed with its end", func(t *tracker) {
			t.pending("a", "x")
			t.log("a", "stdout", []byte("one\ntw"))
			t.log("a", "stderr", []byte("bad\n"))
			t.log("a", "stdout", []byte("o"))
			t.finish("a", "x", run{started: sec(1), completed: sec(2)})
		}, []string{"1 a pending", "2 a running", "3 a log stdout:one", "4 a log stderr:bad", "5 a log stdout:two", "6 a done 1s"}},
		{"transfers of a step are added up", func(t *tracker) {
			t.start("a", "x", sec(1))
			t.progress("a", "l1", 5, 10)
			t.progress("a", "l1", 5, 10)
			t.progress("a", "l2", 1, 20)
			t.finish("a", "x", run{started: sec(1), completed: sec(2)})
		}, []string{"1 a running", "2 a running 5/10", "3 a running 6/30", "4 a done 1s 6/30"}},
		{"what still runs is ended, and nothing comes after", func(t *tracker) {
			t.pending("p", "never ran")
			t.start("a", "x", sec(40))
			t.close(StatusCancelled)
			t.log("a", "stdout", []byte("late\n"))
			t.warn("late")
		}, []string{"1 p pending", "2 a running", "3 a cancelled 1m0s"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := record(tc.do); !slices.Equal(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestFirstStepThatFailedByItselfIsBlamed(t *testing.T) {
	var blamed *step
	record(func(tr *tracker) {
		tr.finish("other", "x", run{started: sec(1), completed: sec(2), err: "context canceled", cancelled: true})
		for i := range 2 * tailLines {
			tr.log("bad", "stdout", fmt.Appendf(nil, "line %d\n", i))
		}
		tr.finish("bad", "y", run{started: sec(1), completed: sec(2), err: "exit code: 1"})
		tr.finish("late", "z", run{started: sec(1), completed: sec(2), err: "exit code: 2"})
		blamed = tr.close(StatusCancelled)
	})
	if blamed == nil || blamed.id != "bad" {
		t.Fatalf("got %+v", blamed)
	}
	if len(blamed.tail) != tailLines || blamed.tail[tailLines-1] != "line 19" {
		t.Errorf("got %q", blamed.tail)
	}
}
