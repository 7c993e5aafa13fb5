package studio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// DefaultNetwork is the Docker network plugins join unless PLUGIN_NETWORK names another.
const DefaultNetwork = "netstacks_net"

// DefaultListen is where the local Controller answers on this machine; when
// the port is taken, a free one is used and said.
const DefaultListen = "127.0.0.1:3000"

// Options are what a session is opened with. Zero values take defaults.
type Options struct {
	Dir           string // the plugin's folder
	Engine        engine.Options
	Network       string    // DefaultNetwork when empty
	Listen        string    // address of the local Controller on this machine; DefaultListen when empty
	PostgresImage string    // the runner's default when empty
	Reaper        []string  // command that removes a session's objects should this process die; the project's folder and the session's id are appended. None when empty
	Watch         bool      // follow changes on disk
	Epoch         time.Time // date of every file in an archive; 1980-01-01 when zero
	Now           func() time.Time
	Beside        []string                      // endings of the files that the caller writes beside an archive itself, once Package has returned
	Checked       *manifest.Report              // of the folder as it is: Open and Package need no check of their own then. Not for who watches
	Listing       func() (nspkg.Listing, error) // of the folder as it is, for the same: see nspkg.ListAhead
}

// Session is one open project. Create it with Open.
type Session struct {
	opts   Options
	dir    string // absolute
	broker *broker
	build  Log
	run    Log
	masks  atomic.Pointer[strings.Replacer] // hides the secrets of the run; nil before the first

	mu   sync.Mutex
	snap Snapshot

	engineMu sync.Mutex // held while connecting, so that one connection is made
	engine   *engine.Engine

	checkMu   sync.Mutex // one check at a time
	stopTrial func()     // ends the trial of fixes of the last check; nil before the first; guarded by mu
	fixMu     sync.Mutex // one repair at a time
	fixes     []made     // the last one last; guarded by fixMu
	last      *made      // of fixes; guarded by mu
	buildMu   sync.Mutex // one build at a time
	runMu     sync.Mutex // one start or stop at a time
	live      *liveRun   // the running plugin; guarded by mu

	replaced []string // images that later builds replaced and that are still there; guarded by mu

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup
	closed sync.Once
}

// ErrBusy is returned by Build and Run when the same work is already under way.
var ErrBusy = errors.New("this is already under way")

// Open opens the project at o.Dir: it checks the manifest, looks for an engine
// in the background and, with o.Watch, follows changes on disk until Close. A
// folder without a manifest opens too: its report says what is missing. The
// error is about the folder itself: it does not exist or cannot be read.
func Open(ctx context.Context, o Options) (*Session, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", o.Dir, err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the project: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("opening the project: %s is a file; name the plugin's folder", o.Dir)
	}
	if o.Network == "" {
		o.Network = DefaultNetwork
	}
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Session{opts: o, dir: dir, broker: newBroker()}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.snap = Snapshot{
		Dir:     dir,
		Engine:  EngineState{Network: o.Network},
		Build:   BuildState{Phase: PhaseIdle},
		Run:     RunState{Phase: PhaseIdle, Health: HealthNone},
		Package: PackageState{Phase: PhaseIdle},
		Plan:    PackagePlan{Phase: PhaseIdle},
	}
	if !o.Watch {
		s.checkOnce()
		return s, nil
	}
	if err := s.watch(); err != nil {
		s.cancel()
		return nil, fmt.Errorf("watching %s for changes: %w", dir, err)
	}
	s.background(func(ctx context.Context) { s.lookForImage(ctx) })
	return s, nil
}

// Dir returns the project's absolute path.
func (s *Session) Dir() string { return s.dir }

// Snapshot returns the state now.
func (s *Session) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snap
}

// Subscribe returns a channel of events and a func that ends the subscription.
// When the reader is more than buffer events behind, KindStep, KindLog and
// KindStats are dropped and counted in Event.Dropped; all others arrive. The
// channel is closed when the session is.
func (s *Session) Subscribe(buffer int) (<-chan Event, func()) { return s.broker.subscribe(buffer) }

// BuildLog returns the output of the last build.
func (s *Session) BuildLog() *Log { return &s.build }

// RunLog returns the output of the plugin's process.
func (s *Session) RunLog() *Log { return &s.run }

// Close stops a running plugin, removes everything of this session from the
// engine and ends all subscriptions. Calling it again does nothing.
func (s *Session) Close(ctx context.Context) error {
	var err error
	s.closed.Do(func() {
		s.cancel()
		err = s.StopRun(ctx)
		s.work.Wait()
		s.broker.close()
		s.engineMu.Lock()
		defer s.engineMu.Unlock()
		if s.engine != nil {
			err = errors.Join(err, s.engine.Close())
		}
	})
	return err
}

// background runs f until it returns; Close cancels its context and waits.
func (s *Session) background(f func(context.Context)) {
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		f(s.ctx)
	}()
}

// update changes the state and announces it. change must replace slices and
// pointers, never write into them: snapshots already handed out share them.
func (s *Session) update(change func(*Snapshot), e Event) {
	s.mu.Lock()
	change(&s.snap)
	s.mu.Unlock()
	e.At = s.opts.Now()
	s.broker.publish(e)
}

// note adds a line to the snapshot's recent happenings. Kind is good,
// attention, broken or plain.
func (s *Session) note(kind, text string) {
	n := Note{At: s.opts.Now(), Text: text, Kind: kind}
	s.update(func(sn *Snapshot) {
		keep := sn.Recent[:min(len(sn.Recent), 49)]
		sn.Recent = append([]Note{n}, keep...)
	}, Event{Kind: KindNote, Text: text})
}

// connect returns the session's engine, connecting on first use. A failure is
// shown in the snapshot and tried again at the next call.
func (s *Session) connect(ctx context.Context) (*engine.Engine, error) {
	s.engineMu.Lock()
	defer s.engineMu.Unlock()
	if s.engine != nil {
		return s.engine, nil
	}
	eng, err := engine.Connect(ctx, s.opts.Engine)
	if err != nil {
		if ctx.Err() == nil {
			p := problemOf(err)
			s.update(func(sn *Snapshot) { sn.Engine.Checked, sn.Engine.Problem = true, p }, Event{Kind: KindEngine, Problem: p})
		}
		return nil, err
	}
	s.engine = eng
	s.update(func(sn *Snapshot) {
		sn.Engine = EngineState{Name: eng.Name + " " + eng.Version, Endpoint: eng.Endpoint, Context: eng.Context, Network: s.opts.Network, Checked: true}
	}, Event{Kind: KindEngine, Text: eng.Name + " " + eng.Version})
	return eng, nil
}
