package image

import (
	"strings"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/engine"
)

// tailLines is how many last lines of a step a FailedError carries.
const tailLines = 10

// tracker keeps the state of every step and turns what a builder reports, which
// repeats and contradicts itself, into events. It is safe for concurrent use;
// after close it emits nothing.
type tracker struct {
	mu     sync.Mutex
	emit   func(Event)
	now    func() time.Time
	count  uint64
	closed bool
	steps  map[string]*step
	order  []*step
	failed *step // the first step that failed by itself
}

// step is one step's state. runs holds its intervals by start, because a
// builder reports the same interval many times and may run a step again.
type step struct {
	id, name       string
	status         Status
	started        time.Time // of the latest run
	runs           map[time.Time]time.Duration
	executed       bool // some run was not answered from the cache
	parts          map[string]part
	current, total int64
	out            map[string]*lines
	tail           []string
	err            string
}

// part is one of the transfers of a step.
type part struct{ current, total int64 }

func newTracker(emit func(Event), now func() time.Time) *tracker {
	if emit == nil {
		emit = func(Event) {}
	}
	return &tracker{emit: emit, now: now, steps: map[string]*step{}}
}

// send completes and emits an event; the lock is held.
func (t *tracker) send(s *step, ev Event) {
	if t.closed {
		return
	}
	t.count++
	ev.ID, ev.At = t.count, t.now()
	if s != nil {
		ev.StepID, ev.Name, ev.Internal = s.id, s.name, internal(s.name)
	}
	t.emit(ev)
}

// internal tells the builder's own steps, and our label, which the classic
// builder sets in a step, from the Dockerfile's.
func internal(name string) bool {
	return strings.HasPrefix(name, "[internal]") || strings.HasPrefix(name, "[auth]") ||
		strings.Contains(name, "] LABEL "+engine.LabelFingerprint+"=")
}

// step finds or makes the step; the lock is held. An empty name keeps the old.
func (t *tracker) step(id, name string) *step {
	s := t.steps[id]
	if s == nil {
		s = &step{id: id, runs: map[time.Time]time.Duration{}, parts: map[string]part{}, out: map[string]*lines{}}
		t.steps[id] = s
		t.order = append(t.order, s)
	}
	if name != "" {
		s.name = name
	}
	return s
}

// pending announces a step that will come.
func (t *tracker) pending(id, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.step(id, name); s.status == "" {
		s.status = StatusPending
		t.send(s, Event{Status: StatusPending})
	}
}

// start reports a run of the step. Reports of runs that are known are ignored.
func (t *tracker) start(id, name string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.step(id, name)
	if _, over := s.runs[at]; over || (s.status != "" && !at.After(s.started)) {
		return
	}
	s.started = at
	t.running(s)
}

func (t *tracker) running(s *step) {
	if s.status != StatusRunning {
		s.status = StatusRunning
		t.send(s, Event{Status: StatusRunning, Current: s.current, Total: s.total})
	}
}

// progress reports a transfer of the step; a step's transfers are added up.
func (t *tracker) progress(id, partID string, current, total int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.step(id, "")
	if s.parts[partID] == (part{current, total}) {
		return
	}
	s.parts[partID] = part{current, total}
	s.current, s.total = 0, 0
	for _, p := range s.parts {
		s.current += p.current
		s.total += p.total
	}
	if !s.status.Ended() {
		s.status = StatusRunning
		t.send(s, Event{Status: StatusRunning, Current: s.current, Total: s.total})
	}
}

// log adds a chunk of output.
func (t *tracker) log(id, stream string, chunk []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.step(id, "")
	if s.status == "" || s.status == StatusPending {
		t.running(s)
	}
	out := s.out[stream]
	if out == nil {
		out = &lines{}
		s.out[stream] = out
	}
	out.write(chunk, func(line string) { t.line(s, stream, line) })
}

func (t *tracker) line(s *step, stream, line string) {
	s.tail = append(s.tail, line)
	if extra := len(s.tail) - tailLines; extra > 0 {
		s.tail = append(s.tail[:0], s.tail[extra:]...)
	}
	t.send(s, Event{Status: StatusLog, Stream: stream, Log: line})
}

func (t *tracker) flush(s *step) {
	for _, stream := range []string{"stdout", "stderr"} {
		if out := s.out[stream]; out != nil {
			out.flush(func(line string) { t.line(s, stream, line) })
		}
	}
}

// run is the report of a finished run of a step.
type run struct {
	started, completed time.Time
	cached             bool
	err                string // "" when it went well
	cancelled          bool   // the error is only that it was stopped
}

// finish ends a run. The step ends with it, unless a later run is under way.
func (t *tracker) finish(id, name string, r run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.step(id, name)
	if s.started.After(r.started) && s.status == StatusRunning {
		s.runs[r.started] = r.completed.Sub(r.started)
		return
	}
	known := s.status.Ended() && s.runs[r.started] == r.completed.Sub(r.started) && s.err == r.err
	s.started = r.started
	s.runs[r.started] = r.completed.Sub(r.started)
	s.err = r.err
	executed := s.executed || !r.cached
	if known && executed == s.executed {
		return
	}
	s.executed = executed
	t.end(s, ending(r))
	if s.status == StatusFailed && t.failed == nil {
		t.failed = s
	}
}

func ending(r run) Status {
	switch {
	case r.cancelled:
		return StatusCancelled
	case r.err != "":
		return StatusFailed
	}
	return StatusDone
}

func (t *tracker) end(s *step, status Status) {
	t.flush(s)
	s.status = status
	var took time.Duration
	for _, d := range s.runs {
		took += d
	}
	t.send(s, Event{
		Status: status, Took: took, Current: s.current, Total: s.total,
		Cached: status == StatusDone && !s.executed,
	})
}

// warn reports something that deserves attention but fails nothing.
func (t *tracker) warn(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.send(nil, Event{Status: StatusWarning, Log: text})
}

// close ends the steps that still run with the given status and emits nothing
// more. It returns the step to blame, if any.
func (t *tracker) close(status Status) *step {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.order {
		if s.status == StatusRunning {
			if !s.started.IsZero() {
				s.runs[s.started] = t.now().Sub(s.started)
			}
			t.end(s, status)
		} else {
			t.flush(s)
		}
	}
	t.closed = true
	return t.failed
}
