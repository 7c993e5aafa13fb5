package studio

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
	"github.com/netstacks/netstacks-plugin/runner"
)

// liveRun is everything that belongs to one run of the plugin.
type liveRun struct {
	session    string // UUID, on every label
	instance   *runner.Instance
	controller *LocalController
	reaper     *reaper
	panels     *poller
	state      *sessionState
	stopping   bool
	ended      chan struct{} // closed by close
	endOnce    sync.Once
}

// panelTimeout bounds one fetch of a panel.
const panelTimeout = 30 * time.Second

// Run builds the image if the folder changed since it was built, then starts
// the local Controller, the network, the relay, the database and the plugin,
// and returns when the plugin's process is up. Health, output, statistics and
// panels follow as events until StopRun or Close. On an error, or when ctx
// ends first, everything already started is removed again.
func (s *Session) Run(ctx context.Context) error {
	if !s.runMu.TryLock() {
		return fmt.Errorf("running: %w", ErrBusy)
	}
	defer s.runMu.Unlock()
	if s.current() != nil {
		return fmt.Errorf("running: %w; stop it first", ErrBusy)
	}
	ctx, cancel := s.bound(ctx)
	defer cancel()
	report := s.check()
	if !report.OK {
		return s.runFailed(&NotInOrderError{Work: "run", Report: report})
	}
	s.run.clear()
	s.update(func(sn *Snapshot) {
		sn.Run = RunState{
			Phase: PhaseWorking, At: s.opts.Now(), Health: HealthNone, Container: runner.ContainerName(report.Manifest.Name),
			Version: report.Manifest.Version, Port: report.Manifest.Port,
		}
	}, Event{Kind: KindRun, Phase: PhaseWorking})
	eng, err := s.connect(ctx)
	if err != nil {
		return s.runFailed(err)
	}
	if err := s.buildIfNeeded(ctx, eng); err != nil {
		return s.runFailed(err)
	}
	live, err := s.start(ctx, eng, report.Manifest)
	if err != nil {
		return s.runFailed(err)
	}
	s.mu.Lock()
	s.live = live
	s.mu.Unlock()
	s.update(func(sn *Snapshot) {
		sn.Run.Phase, sn.Run.Step, sn.Run.At = PhaseDone, "", s.opts.Now()
		if sn.Run.Health == HealthNone {
			sn.Run.Health = firstHealth(report.Manifest)
		}
	}, Event{Kind: KindRun, Phase: PhaseDone, Text: "the plugin's process is up"})
	s.background(func(ctx context.Context) { s.awaitExit(ctx, live) })
	s.background(func(ctx context.Context) { s.watchEngine(ctx, eng, live) })
	return nil
}

func (s *Session) buildIfNeeded(ctx context.Context, eng *engine.Engine) error {
	s.beginRunStep("comparing the image with the folder")
	current, err := s.imageIsCurrent(ctx, eng)
	if err != nil {
		return err
	}
	if current {
		return nil
	}
	s.beginRunStep("building the image")
	return s.Build(ctx, false)
}

// start brings up the Controller and the plugin; on an error it takes down
// what it brought up.
func (s *Session) start(ctx context.Context, eng *engine.Engine, m *manifest.Manifest) (_ *liveRun, err error) {
	live := &liveRun{session: uuid.NewString(), state: &sessionState{dir: s.dir}, ended: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, live.close(context.WithoutCancel(ctx)))
		}
	}()
	if live.controller, err = StartController(ControllerOptions{Listen: s.opts.Listen, Now: s.opts.Now}); err != nil {
		return nil, err
	}
	token, err := live.controller.ServiceToken(m.Name, m.CapabilitiesRequired)
	if err != nil {
		return nil, err
	}
	if live.reaper, err = startReaper(s.opts.Reaper, s.dir, live.session); err != nil {
		return nil, err
	}
	orgs, err := live.controller.OrgTokens()
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	s.mask(token, password, orgs)
	live.instance, err = runner.Start(ctx, runner.Options{
		Engine: eng, Manifest: m, ProjectDir: s.dir, Network: s.opts.Network, Session: live.session,
		Controller: live.controller.handler, TLS: live.controller.cert, CAPEM: live.controller.CAPEM, ServiceToken: token, DatabasePassword: password, PostgresImage: s.opts.PostgresImage,
		OnEvent: func(e runner.Event) { s.runnerEvent(live, e) },
	})
	if err != nil {
		return nil, err
	}
	live.controller.controller.Attach(m, live.instance.DialPlugin)
	file := SessionFile{
		Session: live.session, PID: os.Getpid(), Plugin: m.Name,
		Controller: live.controller.URL, CA: string(live.controller.CAPEM), Orgs: orgs, Started: s.opts.Now(),
		Health: firstHealth(m),
	}
	if err := live.state.write(file); err != nil {
		return nil, err
	}
	if told := s.Snapshot().Run.Health; told != HealthNone { // before there was a file
		live.state.setHealth(told)
	}
	s.reachable(m, file, live.controller.Greeting(s.opts.Listen))
	live.panels = s.startPolling(panel.Client{
		HTTP:    &http.Client{Transport: hostTransport(live.controller.CAPEM), Timeout: panelTimeout},
		BaseURL: live.controller.URL, Token: file.Orgs[0].Token, OrgID: file.Orgs[0].ID,
	}, m.Name)
	return live, nil
}

// firstHealth is the health of a plugin of which the engine has told nothing yet:
// whoever waits for a healthy one must not take its silence for "has no check".
func firstHealth(m *manifest.Manifest) Health {
	if m.HealthCheck == nil {
		return HealthNone
	}
	return HealthStarting
}

// reachable shows how the Controller is reached on this machine.
func (s *Session) reachable(m *manifest.Manifest, f SessionFile, greeting string) {
	orgs := make([]Org, len(f.Orgs))
	for i, o := range f.Orgs {
		orgs[i] = o.Org
	}
	s.update(func(sn *Snapshot) {
		sn.Run.Controller, sn.Run.Orgs = f.Controller, orgs
		if m.MigrationsDir != "" {
			sn.Run.Database = m.SchemaName()
		}
	}, Event{Kind: KindRun, Phase: PhaseWorking, Text: greeting})
}

func (s *Session) runFailed(err error) error {
	phase := PhaseFailed
	if errors.Is(err, context.Canceled) {
		phase = PhaseCancelled
	}
	p := problemOf(err)
	s.update(func(sn *Snapshot) {
		steps := make([]RunStep, len(sn.Run.Steps))
		copy(steps, sn.Run.Steps)
		for i := range steps {
			if steps[i].Phase == PhaseWorking {
				steps[i].Phase = phase
			}
		}
		sn.Run = RunState{Phase: phase, At: s.opts.Now(), Health: HealthNone, Steps: steps, Problem: p}
	}, Event{Kind: KindRun, Phase: phase, Problem: p})
	s.note("broken", "the plugin was not started")
	s.engineMayBeGone(err)
	return err
}

// awaitExit shows how the plugin's process ended, when it did so by itself.
// What else runs stays until StopRun, so that its output can be read.
func (s *Session) awaitExit(ctx context.Context, live *liveRun) {
	select {
	case <-ctx.Done():
		return
	case <-live.instance.Done():
	}
	s.mu.Lock()
	mine := s.live == live && !live.stopping
	s.mu.Unlock()
	if !mine {
		return
	}
	exit := exitOf(live.instance.Exit())
	live.panels.stop()
	s.update(func(sn *Snapshot) {
		sn.Run.Phase, sn.Run.Exit, sn.Run.Health, sn.Run.At = PhaseFailed, exit, HealthNone, s.opts.Now()
		sn.Run.Problem = &Problem{Title: "The plugin's process ended: " + exit.Reason, Hint: "Read its output, mend it, and run again."}
	}, Event{Kind: KindExit, Phase: PhaseFailed, Exit: exit, Text: exit.Reason})
	s.note("broken", "the plugin's process ended: "+exit.Reason)
}

// stopped is the good end of a run.
const stopped = "stopped; its containers, network and database are removed"

// StopRun stops the plugin and removes everything of its session from the
// engine. It does nothing when nothing runs.
func (s *Session) StopRun(ctx context.Context) error {
	s.runMu.Lock()
	defer s.runMu.Unlock()
	s.mu.Lock()
	live := s.live
	if live != nil {
		live.stopping = true
	}
	s.mu.Unlock()
	if live == nil {
		return nil
	}
	s.update(func(sn *Snapshot) { sn.Run.Stopping = true }, Event{Kind: KindRun, Phase: PhaseWorking, Text: "stopping the plugin"})
	err := live.close(ctx)
	s.mu.Lock()
	s.live = nil
	s.mu.Unlock()
	s.removeReplaced(ctx)
	end, event := RunState{Phase: PhaseIdle, At: s.opts.Now(), Health: HealthNone}, Event{Kind: KindRun, Phase: PhaseIdle, Text: stopped}
	if err != nil {
		p := problemOf(err)
		p.Title = "Not everything was removed: " + p.Title
		p.Hint = "`netstacks-plugin clean` removes what is left, once the engine answers. " + p.Hint
		end.Phase, end.Problem = PhaseFailed, p
		event = Event{Kind: KindRun, Phase: PhaseFailed, Problem: p, Text: p.Title}
	}
	s.update(func(sn *Snapshot) {
		sn.Run = end
		panels := make([]PanelState, len(sn.Panels))
		for i, p := range sn.Panels {
			panels[i] = PanelState{Panel: p.Panel}
		}
		sn.Panels = panels
	}, event)
	if err != nil {
		s.note("broken", event.Text)
		s.engineMayBeGone(err)
		return fmt.Errorf("stopping the plugin: %w; `netstacks-plugin clean` removes what is left, once the engine answers", err)
	}
	s.note("plain", stopped)
	return nil
}

// close ends everything of a run in reverse order of starting. The reaper goes
// last: should this process die half-way, it finishes the job.
func (l *liveRun) close(ctx context.Context) error {
	l.endOnce.Do(func() { close(l.ended) })
	l.state.remove()
	if l.panels != nil {
		l.panels.stop()
	}
	var err error
	if l.instance != nil {
		err = l.instance.Stop(ctx)
	}
	if l.controller != nil {
		err = errors.Join(err, l.controller.Close())
	}
	if l.reaper != nil {
		l.reaper.release(err == nil)
	}
	return err
}

// current returns the run under way, nil when there is none.
func (s *Session) current() *liveRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live
}
