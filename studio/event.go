package studio

import (
	"sync"
	"time"
)

// EventKind says what an event is about.
type EventKind string

// The kinds of events. KindStep, KindLog and KindStats may be dropped when a
// reader is slow; all others always arrive.
const (
	KindManifest EventKind = "manifest" // the manifest was checked again
	KindEngine   EventKind = "engine"   // an engine answered, or none does
	KindBuild    EventKind = "build"    // a build started or ended
	KindStep     EventKind = "step"     // a build step moved
	KindLog      EventKind = "log"      // a line of a build's or the plugin's output
	KindRun      EventKind = "run"      // a run's phase or start step changed
	KindHealth   EventKind = "health"   // the container's health changed
	KindExit     EventKind = "exit"     // the plugin's process ended by itself
	KindStats    EventKind = "stats"    // a sample of CPU and memory
	KindPanel    EventKind = "panel"    // a panel was fetched
	KindPackage  EventKind = "package"  // packaging started or ended
	KindPlan     EventKind = "plan"     // what a package would hold is being found out, is known, or may have changed
	KindCompare  EventKind = "compare"  // the project is being compared with an earlier package, or was
	KindNote     EventKind = "note"     // something a person wants to know
)

// Event is one thing that happened in a session. Only the fields of its kind are set.
type Event struct {
	ID      uint64     `json:"id"` // counts up from 1 within a session
	At      time.Time  `json:"at"`
	Kind    EventKind  `json:"kind"`
	Phase   Phase      `json:"phase,omitempty"` // build, run, package
	Text    string     `json:"text,omitempty"`  // a sentence: note, run step
	Step    *BuildStep `json:"step,omitempty"`
	RunStep *RunStep   `json:"run_step,omitempty"`
	Line    *LogLine   `json:"line,omitempty"`
	Health  Health     `json:"health,omitempty"`
	Exit    *Exit      `json:"exit,omitempty"`
	Stats   *Stats     `json:"stats,omitempty"`
	Panel   string     `json:"panel,omitempty"` // a panel's id
	Problem *Problem   `json:"problem,omitempty"`
	Packed  *Packed    `json:"packed,omitempty"`  // package, on its way
	Dropped uint64     `json:"dropped,omitempty"` // lossy events this reader lost since its last event
}

// Packed is how far a package is: bytes of files, before compression.
type Packed struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

func (k EventKind) lossy() bool { return k == KindStep || k == KindLog || k == KindStats }

// broker hands events to subscribers. A slow subscriber loses lossy events
// only: they are counted and the count travels with its next event.
type broker struct {
	mu     sync.Mutex
	lastID uint64
	subs   map[*subscription]struct{}
	closed bool
}

type subscription struct {
	limit   int
	mu      sync.Mutex
	queue   []Event
	dropped uint64
	wake    chan struct{} // buffered, 1: the queue is no longer empty
	done    chan struct{}
	once    sync.Once
	out     chan Event
}

func newBroker() *broker { return &broker{subs: map[*subscription]struct{}{}} }

func (b *broker) subscribe(buffer int) (<-chan Event, func()) {
	s := &subscription{limit: max(buffer, 1), wake: make(chan struct{}, 1), done: make(chan struct{}), out: make(chan Event)}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		close(s.out)
		return s.out, func() {}
	}
	b.subs[s] = struct{}{}
	b.mu.Unlock()
	go s.pump()
	return s.out, func() {
		b.mu.Lock()
		delete(b.subs, s)
		b.mu.Unlock()
		s.close()
	}
}

func (b *broker) publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.lastID++
	e.ID = b.lastID
	for s := range b.subs {
		s.push(e)
	}
}

// close ends all subscriptions after they delivered what is queued.
func (b *broker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subs {
		s.push(Event{}) // a zero ID ends the pump
		delete(b.subs, s)
	}
}

func (s *subscription) close() { s.once.Do(func() { close(s.done) }) }

func (s *subscription) push(e Event) {
	s.mu.Lock()
	if e.Kind.lossy() && len(s.queue) >= s.limit {
		s.dropped++
	} else {
		s.queue = append(s.queue, e)
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *subscription) pump() {
	defer close(s.out)
	for {
		select {
		case <-s.wake:
		case <-s.done:
			return
		}
		for {
			e, ok := s.pop()
			if !ok {
				break
			}
			if e.ID == 0 {
				return
			}
			select {
			case s.out <- e:
			case <-s.done:
				return
			}
		}
	}
}

func (s *subscription) pop() (Event, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue = nil
		return Event{}, false
	}
	e := s.queue[0]
	s.queue = s.queue[1:]
	e.Dropped, s.dropped = s.dropped, 0
	return e, true
}
