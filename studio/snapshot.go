package studio

import (
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
)

// Phase is where a piece of work stands.
type Phase string

// The phases of a piece of work.
const (
	PhaseIdle      Phase = "idle"      // never asked for
	PhaseWorking   Phase = "working"   // under way
	PhaseDone      Phase = "done"      // finished well; for a run: the plugin's process is up
	PhaseFailed    Phase = "failed"    // finished badly; Problem says why
	PhaseCancelled Phase = "cancelled" // stopped by the user
)

// Problem is an error as a person wants it: what happened, and what to do next.
type Problem struct {
	Title  string   `json:"title"`            // one sentence: what happened, where
	Hint   string   `json:"hint,omitempty"`   // one sentence: what to do next
	Detail []string `json:"detail,omitempty"` // raw output behind it, last lines
}

// Snapshot is the whole state of a session at one moment. It is immutable:
// slices and pointers in it are never written to after it was handed out.
type Snapshot struct {
	Dir      string        `json:"dir"`            // absolute
	Gone     bool          `json:"gone,omitempty"` // there is no folder at Dir now
	Manifest ManifestState `json:"manifest"`
	Engine   EngineState   `json:"engine"`
	Build    BuildState    `json:"build"`
	Run      RunState      `json:"run"`
	Panels   []PanelState  `json:"panels"`
	Package  PackageState  `json:"package"`
	Plan     PackagePlan   `json:"plan"`
	Bump     *Bump         `json:"bump,omitempty"` // the last one that Session.Bump made
	Compared *Comparison   `json:"compared,omitempty"`
	Recent   []Note        `json:"recent"` // newest first, at most 50
}

// ManifestState is the last check of the project's manifest.
type ManifestState struct {
	Report manifest.Report    `json:"report"`
	Source []byte             `json:"-"` // the bytes that were checked
	Good   *manifest.Manifest `json:"-"` // the last manifest that decoded; nil until one did
	At     time.Time          `json:"at"`
	Took   time.Duration      `json:"took"`
	Trying bool               `json:"trying,omitempty"` // fixes are being tried: Report has none yet
	// Whole is the last report on a manifest that could be judged as a whole, of
	// WholeAt; nil until there was one.
	Whole   *manifest.Report `json:"-"`
	WholeAt time.Time        `json:"-"`
	Undo    string           `json:"-"` // what UndoFix would take back; "" when there is nothing
}

// EngineState says which engine answers. Problem is nil when one does.
type EngineState struct {
	Name     string   `json:"name"`     // "docker 20.10.24"
	Endpoint string   `json:"endpoint"` // "unix:///var/run/docker.sock"
	Context  string   `json:"context"`  // "default"
	Network  string   `json:"network"`  // "netstacks_net"
	Checked  bool     `json:"checked"`  // false until the first answer or refusal
	Problem  *Problem `json:"problem,omitempty"`
}

// BuildState is the last build of the image.
type BuildState struct {
	Phase   Phase         `json:"phase"`
	Image   string        `json:"image"` // tag that is or was built
	ImageID string        `json:"image_id,omitempty"`
	Size    int64         `json:"size,omitempty"`    // bytes
	Builder string        `json:"builder,omitempty"` // "buildkit" or "classic"
	Started time.Time     `json:"started"`
	Took    time.Duration `json:"took"`
	Steps   []BuildStep   `json:"steps"`
	Stale   bool          `json:"stale"` // inputs changed since
	Problem *Problem      `json:"problem,omitempty"`
}

// BuildStep is one instruction of the Dockerfile or one internal step.
type BuildStep struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Phase   Phase         `json:"phase"`
	Cached  bool          `json:"cached"`
	Took    time.Duration `json:"took"`
	Current int64         `json:"current,omitempty"` // bytes, of a transfer
	Total   int64         `json:"total,omitempty"`
	// Internal steps are the builder's own, such as loading the Dockerfile.
	Internal bool `json:"internal,omitempty"`
}

// Health is the container's health as the engine tells it.
type Health string

// The health states.
const (
	HealthNone      Health = "none" // no container, or no health check
	HealthStarting  Health = "starting"
	HealthHealthy   Health = "healthy"
	HealthUnhealthy Health = "unhealthy"
)

// RunState is the running plugin.
type RunState struct {
	Phase        Phase         `json:"phase"`
	Step         string        `json:"step"` // what is under way: "starting PostgreSQL"
	Steps        []RunStep     `json:"steps"`
	At           time.Time     `json:"at"`                  // of the last change of Phase
	Container    string        `json:"container,omitempty"` // netstacks-plugin-<name>
	Version      string        `json:"version,omitempty"`   // of the plugin that runs, whatever the file says by now
	Port         int           `json:"port,omitempty"`      // it listens on in its container
	Health       Health        `json:"health"`
	HealthDetail string        `json:"health_detail,omitempty"` // output of the last failing probe
	Started      time.Time     `json:"started"`                 // when the plugin's process started
	HealthyAfter time.Duration `json:"healthy_after,omitempty"`
	Stopping     bool          `json:"stopping"`
	Exit         *Exit         `json:"exit,omitempty"`       // set when the process ended by itself
	Controller   string        `json:"controller,omitempty"` // URL on this machine: https://127.0.0.1:3000
	Orgs         []Org         `json:"orgs,omitempty"`
	Database     string        `json:"database,omitempty"`   // schema name; empty without a database
	Migrations   []string      `json:"migrations,omitempty"` // files applied, in order
	Stats        Stats         `json:"stats"`
	StatsHistory []Stats       `json:"-"` // oldest first, at most 120
	Problem      *Problem      `json:"problem,omitempty"`
}

// RunStep is one finished or current step of starting a run.
type RunStep struct {
	Name  string        `json:"name"`
	Phase Phase         `json:"phase"`
	Took  time.Duration `json:"took"`
}

// Org is a built-in organisation of the local Controller. Its access token is
// written to .netstacks/session.json (mode 0600) and never shown.
type Org struct {
	ID   string `json:"id"`
	Slug string `json:"slug"` // "acme"
	Name string `json:"name"`
}

// Exit is how the plugin's process ended.
type Exit struct {
	Code   int       `json:"code"`
	OOM    bool      `json:"oom"`
	Reason string    `json:"reason"` // "exit code 1: the process reported an error"
	At     time.Time `json:"at"`
}

// Stats is one sample of the container's use.
type Stats struct {
	At          time.Time `json:"at"`
	CPUPercent  float64   `json:"cpu_percent"` // of one core
	MemoryBytes int64     `json:"memory_bytes"`
	MemoryLimit int64     `json:"memory_limit"`
}

// PanelState is one terminal panel and what it last showed.
type PanelState struct {
	Panel   manifest.Panel `json:"panel"`
	Loading bool           `json:"loading"`         // the first fetch is under way
	Table   *panel.Table   `json:"table,omitempty"` // nil before the first success and after a failure
	Err     string         `json:"error,omitempty"` // the Terminal's "Error: <message>"
	At      time.Time      `json:"at"`              // of the last finished fetch
	Next    time.Time      `json:"next"`            // of the next poll; zero without polling
	Took    time.Duration  `json:"took"`
}

// PackageState is the last archive written.
type PackageState struct {
	Phase       Phase     `json:"phase"`
	Path        string    `json:"path,omitempty"` // absolute
	Files       int       `json:"files,omitempty"`
	TotalSize   int64     `json:"total_size,omitempty"`   // bytes before compression
	Done        int64     `json:"done,omitempty"`         // of TotalSize, while a long package is being written
	PackageSize int64     `json:"package_size,omitempty"` // bytes of the archive
	SHA256      string    `json:"sha256,omitempty"`
	Entries     []Entry   `json:"entries,omitempty"`
	Warnings    []string  `json:"warnings,omitempty"` // about what went in, in sentences
	Bump        *Bump     `json:"bump,omitempty"`     // the version that was raised with it
	At          time.Time `json:"at"`                 // of the end, good or bad
	Stale       bool      `json:"stale"`              // inputs changed since
	Gone        bool      `json:"gone,omitempty"`     // the archive is no longer at Path; told while the project is watched
	Problem     *Problem  `json:"problem,omitempty"`
}

// Uploadable says that there is an archive, and that it is of the project as it is now.
func (p PackageState) Uploadable() bool { return p.Phase == PhaseDone && !p.Stale && !p.Gone }

// Entry is one file of the archive.
type Entry struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// Note is one line of "what happened lately".
type Note struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
	Kind string    `json:"kind"` // good, attention, broken or plain
}
