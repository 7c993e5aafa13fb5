package ui

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// workKind is a piece of work the Studio can have under way.
type workKind string

const (
	workBuild   workKind = "build"
	workRun     workKind = "run"
	workStop    workKind = "stop"
	workPackage workKind = "package"
	workPlan    workKind = "plan"
)

// workEndedMsg is the end of a piece of work. Its error is in the snapshot too.
type workEndedMsg struct {
	kind  workKind
	owner int
	err   error
}

// cancelRequestedMsg asks to cancel what is being built or started.
type cancelRequestedMsg struct{}

// begin runs do as kind, unless that is already under way. Its context ends
// with the project or with cancelWork.
func (r *root) begin(kind workKind, do func(ctx context.Context, p Project) error) tea.Cmd {
	if r.work[kind] != nil {
		return r.say("attention", "This is already under way.")
	}
	ctx, cancel := context.WithCancel(r.st.ctx)
	r.work[kind] = cancel
	project, owner := r.st.project, r.owner
	return func() tea.Msg {
		return workEndedMsg{kind: kind, owner: owner, err: do(ctx, project)}
	}
}

func (r *root) workEnded(msg workEndedMsg) tea.Cmd {
	if msg.owner != r.owner {
		return nil
	}
	if cancel := r.work[msg.kind]; cancel != nil {
		cancel()
		delete(r.work, msg.kind)
	}
	r.st.look()
	if msg.err != nil && !errors.Is(msg.err, context.Canceled) {
		return tea.Batch(r.spin(), r.say("broken", r.failure(msg)))
	}
	return r.spin()
}

// failure says in the footer what failed and where to read about it.
func (r *root) failure(msg workEndedMsg) string {
	switch msg.kind {
	case workBuild:
		return "The build failed: 3 says why."
	case workRun:
		if r.st.snap.Build.Phase == studio.PhaseFailed {
			return "The build failed: 3 says why."
		}
		return "The plugin did not start: 4 says why."
	case workPlan:
		return "What goes into a package could not be found out: 6 says why."
	case workPackage:
		return "Nothing was packaged: 6 says why."
	case workFix, workUndo:
		return notRepaired(msg.kind, msg.err)
	case workBump:
		return notRaised(msg.err)
	case workCompare:
		return "Nothing was compared: d says why."
	}
	return firstLine(msg.err)
}

func (r *root) startBuild(noCache bool) tea.Cmd {
	r.current = pageBuild
	if r.st.snap.Build.Phase == studio.PhaseWorking {
		return r.say("attention", "A build is under way; x cancels it.")
	}
	return r.begin(workBuild, func(ctx context.Context, p Project) error { return p.Build(ctx, noCache) })
}

func (r *root) startRun() tea.Cmd {
	r.current = pageRun
	switch run := r.st.snap.Run; {
	case run.Stopping:
		return r.say("attention", "It is being stopped; press r again after that.")
	case r.st.up() && r.st.snap.Build.Stale:
		return r.say("attention", staleRun)
	case r.st.up():
		return r.say("attention", "It is running; s stops it.")
	case run.Exit != nil && r.work[workRun] == nil:
		return r.runAgain()
	}
	return r.begin(workRun, func(ctx context.Context, p Project) error { return p.Run(ctx) })
}

// staleRun is said where the plugin runs and its files have changed since.
const staleRun = "It runs the image before the last change: s stop, then r builds and runs the new one."

// runAgain runs the plugin after it ended by itself: what is left of that run,
// its database above all, goes first.
func (r *root) runAgain() tea.Cmd {
	again := func() tea.Cmd {
		return r.begin(workRun, func(ctx context.Context, p Project) error {
			if err := p.StopRun(ctx); err != nil {
				return err
			}
			return p.Run(ctx)
		})
	}
	if r.st.snap.Run.Database == "" {
		return again()
	}
	return r.ask(confirm{
		title: "Run it again?",
		text:  "A new run starts with an empty database: " + r.databaseLoss() + " The image and your files stay.",
		brief: "The database is removed with all rows in it.",
		yes:   "Run again", no: "Keep it", do: again,
	})
}

// databaseLoss names the database that goes with the run.
func (r *root) databaseLoss() string {
	return cell.CutMiddle(cell.Clean(r.st.snap.Run.Database), 40) + " is removed with all rows in it."
}

func (r *root) stopRun() tea.Cmd {
	if cancel := r.work[workRun]; cancel != nil {
		cancel() // Run takes down what it has brought up
		return r.say("plain", "Stopping what was started…")
	}
	if !r.st.running() && r.st.snap.Run.Exit == nil {
		return r.say("plain", "Nothing is running; r runs the plugin.")
	}
	stop := func() tea.Cmd {
		return r.begin(workStop, func(ctx context.Context, p Project) error { return p.StopRun(ctx) })
	}
	if run := r.st.snap.Run; run.Database == "" || run.Stopping {
		return stop()
	}
	return r.ask(confirm{
		title: "Stop it?",
		text:  "Stopping removes the plugin's container, its network and its database: " + r.databaseLoss() + " The image and your files stay.",
		brief: "Its database is removed with all rows in it.",
		yes:   "Stop", no: "Keep it running", do: stop,
	})
}

func (r *root) startPackage() tea.Cmd {
	r.current = pagePackage
	return r.begin(workPackage, func(ctx context.Context, p Project) error { return p.Package(ctx, "") })
}

// planSoon finds out what a package would hold, when its page is shown and the project's files
// are others than those that were looked at last.
func (r *root) planSoon() tea.Cmd {
	changes := r.st.snap.Plan.Changes + 1
	if r.mode != modeProject || r.current != pagePackage || r.st.project == nil || r.planned == changes || r.work[workPlan] != nil {
		return nil
	}
	r.planned = changes
	return r.begin(workPlan, func(ctx context.Context, p Project) error { return p.PlanPackage(ctx) })
}

// cancelWork cancels the build, or the start it belongs to.
func (r *root) cancelWork() tea.Cmd {
	cancelled := false
	for _, kind := range []workKind{workBuild, workRun} {
		if cancel := r.work[kind]; cancel != nil {
			cancel()
			cancelled = true
		}
	}
	if !cancelled {
		return r.say("plain", "Nothing is being built or started.")
	}
	return r.say("plain", "Cancelling…")
}

// askToQuit quits, after a question when something would be lost.
func (r *root) askToQuit() tea.Cmd {
	name := r.st.pluginName()
	if name == "" {
		name = "The plugin"
	}
	name = cell.CutMiddle(cell.Clean(name), 50)
	run := r.st.snap.Run
	switch {
	case r.st.running(), run.Exit != nil && run.Database != "":
		state, loss, brief := " is running. Quitting stops it and removes its container", " and its network.", "Its container and network are removed."
		if run.Exit != nil {
			state = " has ended. Quitting removes its container"
		}
		if run.Database != "" || run.Phase == studio.PhaseWorking {
			loss, brief = ", its network and its database with all rows in it.", "Its database is removed with all rows in it."
		}
		return r.ask(confirm{
			title: "Stop it and quit?", text: name + state + loss + " The image and your files stay.", brief: brief,
			yes: "Stop and quit", no: "Stay", do: r.quit,
		})
	case r.st.snap.Build.Phase == studio.PhaseWorking:
		return r.ask(confirm{
			title: "Cancel the build and quit?",
			text:  "The image of " + name + " is being built. Quitting cancels the build; layers that are finished stay in the cache.",
			brief: "The build is cancelled.",
			yes:   "Cancel and quit", no: "Stay", do: r.quit,
		})
	}
	return r.quit()
}

// leave quits at once: with clean-up the first time, without waiting for it
// the second.
func (r *root) leave() tea.Cmd {
	if r.mode == modeClosing {
		r.abandoned = true
		return tea.Quit
	}
	return r.quit()
}

// projectClosedMsg ends the program.
type projectClosedMsg struct{ err error }

func (r *root) quit() tea.Cmd {
	if r.st.project == nil {
		return tea.Quit
	}
	r.mode = modeClosing
	r.dialogs = nil
	for _, cancel := range r.work {
		cancel()
	}
	project, ctx := r.st.project, r.ctx
	return tea.Batch(r.spin(), func() tea.Msg {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWait)
		defer cancel()
		return projectClosedMsg{err: project.Close(closing)}
	})
}

// close closes the project after the program has ended, however that came
// about. Closing a second time does nothing.
func (r *root) close() error {
	defer r.cancel()
	if r.st.project == nil || r.abandoned {
		return r.closeErr
	}
	project := r.st.project
	r.leaveProject()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), closeWait)
	defer cancel()
	return errors.Join(r.closeErr, project.Close(ctx))
}
