package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/studio"
)

// render prints a session's events as they come: as JSON lines to standard
// output, or as plain lines, the plugin's own output to standard output and
// everything else to standard error. The returned func waits until the last
// event is printed; call it after the session was closed.
func render(s Streams, session *studio.Session, asJSON bool) func() {
	events, _ := session.Subscribe(100_000)
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		lines := &plainRenderer{out: s.Out, err: s.Err, steps: map[string]studio.Phase{}}
		encoder := json.NewEncoder(s.Out)
		encoder.SetEscapeHTML(false)
		for e := range events {
			if asJSON {
				_ = encoder.Encode(e) // a reader that went away ends the process by SIGPIPE
			} else {
				lines.event(e)
			}
		}
	}()
	return done.Wait
}

// plainRenderer prints events for people and logs, one line each.
type plainRenderer struct {
	out, err io.Writer
	answered bool                    // the engine did
	lost     bool                    // and then stopped
	steps    map[string]studio.Phase // of build steps, by id: each is said once per phase
}

func (p *plainRenderer) event(e studio.Event) {
	if e.Dropped > 0 {
		fmt.Fprintf(p.err, "(%d lines were dropped: the reader is slow)\n", e.Dropped)
	}
	switch e.Kind {
	case studio.KindStep:
		p.buildStep(e.Step)
	case studio.KindLog:
		w := p.err
		if e.Line.Stream == "stdout" || e.Line.Stream == "stderr" {
			w = p.out
		}
		fmt.Fprintln(w, e.Line.Text)
	case studio.KindBuild:
		if e.Phase == studio.PhaseWorking {
			fmt.Fprintf(p.err, "Building %s\n", e.Text)
		}
	case studio.KindRun:
		p.run(e)
	case studio.KindEngine:
		p.engine(e)
	case studio.KindHealth:
		fmt.Fprintf(p.err, "● health: %s%s\n", e.Health, suffix(": ", e.Text))
	case studio.KindExit:
		fmt.Fprintf(p.err, "✗ the plugin's process ended: %s\n", e.Text)
	}
}

// engine says when the engine goes away during a run, and when it is back. That
// it answered in the first place needs no words.
func (p *plainRenderer) engine(e studio.Event) {
	switch {
	case e.Problem != nil && p.answered && !p.lost:
		p.lost = true
		fmt.Fprintf(p.err, "✗ %s\n", e.Problem.Title)
	case e.Problem == nil && !p.answered:
		p.answered = true
	case e.Problem == nil && p.lost:
		p.lost = false
		fmt.Fprintf(p.err, "✓ the engine answers again: %s\n", e.Text)
	}
}

func (p *plainRenderer) run(e studio.Event) {
	switch {
	case e.RunStep == nil:
		if e.Text != "" {
			fmt.Fprintf(p.err, "▸ %s\n", e.Text)
		}
	case e.RunStep.Phase == studio.PhaseDone && e.RunStep.Took >= time.Millisecond:
		fmt.Fprintf(p.err, "✓ %s (%s)\n", e.RunStep.Name, e.RunStep.Took.Round(time.Millisecond))
	case e.RunStep.Phase == studio.PhaseDone:
		fmt.Fprintf(p.err, "✓ %s\n", e.RunStep.Name)
	}
}

func (p *plainRenderer) buildStep(step *studio.BuildStep) {
	if p.steps[step.ID] == step.Phase || step.Internal {
		return
	}
	p.steps[step.ID] = step.Phase
	switch {
	case step.Phase == studio.PhaseDone && step.Cached:
		fmt.Fprintf(p.err, "✓ %s (cached)\n", step.Name)
	case step.Phase == studio.PhaseDone:
		fmt.Fprintf(p.err, "✓ %s (%s)\n", step.Name, step.Took.Round(time.Millisecond))
	case step.Phase == studio.PhaseFailed:
		fmt.Fprintf(p.err, "✗ %s\n", step.Name)
	case step.Phase == studio.PhaseWorking:
		fmt.Fprintf(p.err, "▸ %s\n", step.Name)
	}
}

// suffix returns s with sep before it, or nothing when s is empty.
func suffix(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}

// writeJSON prints v as indented JSON with its text as it is.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printer writes lines and keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, studio.CleanLine(fmt.Sprintf(format, args...)))
	}
}
