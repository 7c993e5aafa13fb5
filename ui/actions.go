package ui

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
)

// workKind is a piece of work the Studio can have under way.
type workKind string

const (
	workBuild   workKind = "build"
	workRun     workKind = "run"
	workStop    workKind = "stop"
	workPackage workKind = "package"
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
	r.st.snap = r.st.project.Snapshot()
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
	case workPackage:
		return "Nothing was packaged: 6 says why."
	}
	first, _, _ := strings.Cut(msg.err.Error(), "\n")
	return first
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
	case r.st.up():
		return r.say("attention", "It is running; s stops it.")
	}
	return r.begin(workRun, func(ctx context.Context, p Project) error { return p.Run(ctx) })
}

func (r *root) stopRun() tea.Cmd {
	if cancel := r.work[workRun]; cancel != nil {
		cancel() // Run takes down what it has brought up
		return r.say("plain", "Stopping what was started…")
	}
	if !r.st.running() && r.st.snap.Run.Exit == nil {
		return r.say("plain", "Nothing is running; r runs the plugin.")
	}
	return r.begin(workStop, func(ctx context.Context, p Project) error { return p.StopRun(ctx) })
}

func (r *root) startPackage() tea.Cmd {
	r.current = pagePackage
	return r.begin(workPackage, func(ctx context.Context, p Project) error { return p.Package(ctx, "") })
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
	switch {
	case r.st.running():
		r.dialogs = append(r.dialogs, newConfirm(r.st, confirm{
			title: "Stop it and quit?",
			text: name + " is running. Quitting stops it and removes its container, its network and its database with all rows in it. " +
				"The image and your files stay.",
			yes: "Stop and quit", no: "Stay", do: r.quit,
		}))
		return nil
	case r.st.snap.Build.Phase == studio.PhaseWorking:
		r.dialogs = append(r.dialogs, newConfirm(r.st, confirm{
			title: "Cancel the build and quit?",
			text:  "The image of " + name + " is being built. Quitting cancels the build; layers that are finished stay in the cache.",
			yes:   "Cancel and quit", no: "Stay", do: r.quit,
		}))
		return nil
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
