package runner

import (
	"sync"
	"time"
)

// EventKind says what an Event is about and which of its fields are set.
type EventKind string

// The kinds of events. Every event has Kind and At.
const (
	EventStepStarted EventKind = "step-started" // Step
	EventStepDone    EventKind = "step-done"    // Step, Took
	EventStepFailed  EventKind = "step-failed"  // Step, Took, Output: the error
	EventMigration   EventKind = "migration"    // Migration: a file that was applied, Took
	EventHealth      EventKind = "health"       // Health; Output and ExitCode of the last probe
	EventLog         EventKind = "log"          // Log
	EventStats       EventKind = "stats"        // Stats
	EventNotice      EventKind = "notice"       // Output: one sentence worth telling
	EventExit        EventKind = "exit"         // Exit: the plugin's process ended by itself; its log lines, or a notice that some were skipped and the last of them, came before
)

// The steps of Start, in order. A step that has nothing to do is left out.
const (
	StepCheck    = "checking names"
	StepNetwork  = "preparing the network"
	StepPull     = "pulling the PostgreSQL image"
	StepDatabase = "starting PostgreSQL"
	StepRelay    = "starting the relay"
	StepReady    = "waiting for PostgreSQL"
	StepMigrate  = "running migrations"
	StepPlugin   = "starting the plugin"
)

// The values of Event.Health, as the engine names them.
const (
	HealthNone      = "none" // the container has no health check
	HealthStarting  = "starting"
	HealthHealthy   = "healthy"
	HealthUnhealthy = "unhealthy"
)

// Event is one thing that happened in a session.
type Event struct {
	Kind      EventKind     `json:"kind"`
	At        time.Time     `json:"at"`
	Step      string        `json:"step,omitempty"`
	Took      time.Duration `json:"took,omitempty"` // nanoseconds
	Health    string        `json:"health,omitempty"`
	Output    string        `json:"output,omitempty"` // as the container or the engine wrote it, not sanitised
	ExitCode  int           `json:"exit_code,omitempty"`
	Migration string        `json:"migration,omitempty"` // path below the project, with slashes
	Log       *LogLine      `json:"log,omitempty"`
	Stats     *Stats        `json:"stats,omitempty"`
	Exit      *Exit         `json:"exit,omitempty"`
}

// LogLine is one line that the plugin's process wrote, without its line end.
// The text is what the process sent: escape sequences are still in it.
type LogLine struct {
	At     time.Time `json:"at"`     // by the engine's clock
	Stream string    `json:"stream"` // stdout or stderr
	Text   string    `json:"text"`   // at most 64 KiB; longer lines come in pieces
}

// Stats is one sample of what the plugin's container uses.
type Stats struct {
	At          time.Time `json:"at"`
	CPUPercent  float64   `json:"cpu_percent"` // of one core: 200 is two busy cores
	MemoryBytes int64     `json:"memory_bytes"`
	MemoryLimit int64     `json:"memory_limit"`
	Throttled   uint64    `json:"throttled"` // periods in which cpu_limit held the process back, since it started
}

// Exit is how the plugin's process ended.
type Exit struct {
	Code   int       `json:"code"`
	OOM    bool      `json:"oom"`
	Reason string    `json:"reason"` // "exit code 1: the process reported an error"
	At     time.Time `json:"at"`
}

// reporter hands events to one receiver, one at a time.
type reporter struct {
	mu      sync.Mutex
	receive func(Event)
	closed  bool
}

// send delivers e, stamped with the time when it has none.
func (r *reporter) send(e Event) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.receive != nil && !r.closed {
		r.receive(e)
	}
}

// close lets no event through from now on.
func (r *reporter) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

// notice tells one sentence.
func (r *reporter) notice(text string) { r.send(Event{Kind: EventNotice, Output: text}) }

// step runs do between its started and done or failed events.
func (r *reporter) step(name string, do func() error) error {
	start := time.Now()
	r.send(Event{Kind: EventStepStarted, Step: name})
	err := do()
	took := time.Since(start)
	if err != nil {
		r.send(Event{Kind: EventStepFailed, Step: name, Took: took, Output: err.Error()})
		return err
	}
	r.send(Event{Kind: EventStepDone, Step: name, Took: took})
	return nil
}
