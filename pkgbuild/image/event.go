package image

import "time"

// Status is what an Event reports.
type Status string

// The statuses. A step goes from pending (when it is known beforehand) over
// running to exactly one of done, failed and cancelled; a builder that takes a
// finished step up again reports it as running again.
const (
	StatusPending   Status = "pending"
	StatusRunning   Status = "running" // also every progress of a transfer
	StatusDone      Status = "done"
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
	StatusLog       Status = "log"     // Log is one line that the step printed
	StatusWarning   Status = "warning" // Log says what deserves attention; StepID may be empty
)

// Ended tells whether a step with this status is over.
func (s Status) Ended() bool {
	return s == StatusDone || s == StatusFailed || s == StatusCancelled
}

// Event is one thing that happened during a build. Events come in order, from
// one goroutine at a time, and never after Build returned.
type Event struct {
	ID       uint64        `json:"id"` // counts from 1 within a build
	At       time.Time     `json:"at"`
	StepID   string        `json:"step_id,omitempty"` // stable within a build
	Name     string        `json:"name,omitempty"`    // "[2/5] RUN pip install -r requirements.txt"
	Internal bool          `json:"internal,omitempty"`
	Status   Status        `json:"status"`
	Cached   bool          `json:"cached,omitempty"`  // with done: nothing was executed
	Took     time.Duration `json:"took,omitempty"`    // with an ended step
	Current  int64         `json:"current,omitempty"` // bytes transferred so far
	Total    int64         `json:"total,omitempty"`   // bytes to transfer; 0 when unknown
	Stream   string        `json:"stream,omitempty"`  // of Log: "stdout" or "stderr"
	Log      string        `json:"log,omitempty"`     // one line without its end, otherwise as printed
}
