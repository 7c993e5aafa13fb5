package ui

import (
	"context"
	"errors"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// ErrNoProject is what Options.Open returns (wrapped or not) for a folder that
// holds no manifest.json: the Studio then shows its welcome page.
var ErrNoProject = errors.New("the folder holds no manifest.json")

// ErrNoFolder is what Options.Open returns (wrapped or not) for a folder that
// does not exist: the welcome page says so.
var ErrNoFolder = errors.New("the folder does not exist")

// Log is a bounded ring of output lines, as studio.Log is. Lines hold no
// control characters.
type Log interface {
	Len() int
	Dropped() uint64
	Window(from, n int) []studio.LogLine
}

// Project is what the Studio needs of an open project; FromSession makes one
// of a *studio.Session, whose methods these are.
type Project interface {
	Snapshot() studio.Snapshot
	Subscribe(buffer int) (<-chan studio.Event, func())
	Build(ctx context.Context, noCache bool) error
	Run(ctx context.Context) error
	StopRun(ctx context.Context) error
	RefreshPanel(ctx context.Context, id string) error
	Package(ctx context.Context, output string) error
	PlanPackage(ctx context.Context) error
	ApplyFix(ctx context.Context, finding manifest.Finding, fix manifest.Fix) error
	ApplySafeFixes(ctx context.Context) (int, error)
	UndoFix(ctx context.Context) error
	Bump(ctx context.Context, part manifest.Part) error
	Compare(ctx context.Context, archive string) error
	Close(ctx context.Context) error
	Logs() (build, run Log)
}

// FromSession makes a session a Project.
func FromSession(s *studio.Session) Project { return session{s} }

type session struct{ *studio.Session }

func (s session) Logs() (build, run Log) { return s.BuildLog(), s.RunLog() }
