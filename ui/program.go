package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"golang.org/x/term"

	"github.com/netstacks/netstacks-plugin/scaffold"
)

// closeWait bounds the clean-up after the Studio was killed; what is left then
// is removed by `netstacks-plugin clean`.
const closeWait = 30 * time.Second

// Run shows the Studio on o.Dir until the user leaves it, and closes the
// project. The terminal is restored whatever happens. It returns the context's
// error when ctx ended it, a *CrashError when the Studio itself failed, and
// what went wrong while the project was closed.
func Run(ctx context.Context, o Options) error {
	o, err := o.complete()
	if err != nil {
		return err
	}
	return start(ctx, o, newRoot(ctx, o))
}

// RunWizard shows the wizard alone and returns the answers, and whether they
// were confirmed (and o.Create, if there is one, was content with them).
func RunWizard(ctx context.Context, o Options) (scaffold.Answers, bool, error) {
	if o.Open == nil {
		o.Open = func(context.Context, string) (Project, error) { return nil, ErrNoProject }
	}
	o, err := o.complete()
	if err != nil {
		return scaffold.Answers{}, false, err
	}
	r := newRoot(ctx, o)
	r.wizardOnly = true
	r.mode = modeWizard
	r.wizard.create = func(a scaffold.Answers) (string, error) {
		if o.Create == nil {
			return "", nil
		}
		return "", o.Create(a)
	}
	err = start(ctx, o, r)
	return r.wizard.answers(), r.wizard.confirmed, err
}

// garbage is how much of the heap may be garbage, in percent of what is in use
// (a few megabytes), while the Studio is open: a collection takes a processor
// away from the frame that somebody waits for, and most of what a check leaves
// behind can wait.
const garbage = 400

// start runs the program around r.
func start(ctx context.Context, o Options, r *root) error {
	g := &guarded{root: r, box: &crashBox{dir: o.StateDir, write: o.WriteFile, now: o.Now}}
	defer log.SetOutput(log.Writer())
	log.SetOutput(&g.box.logs)
	lipgloss.SetColorProfile(r.renderer.ColorProfile()) // for components that draw with the default renderer
	lipgloss.SetHasDarkBackground(true)
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	}

	var p *tea.Program
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithAltScreen(), tea.WithoutSignalHandler(), tea.WithFPS(30), tea.WithOutput(o.Out),
	}
	if out, ok := o.Out.(*os.File); ok && isTerminal(out) {
		g.screen = &screen{File: out}
		options = append(options, tea.WithOutput(g.screen))
	}
	if in, ok := o.In.(*os.File); ok {
		r.askable = o.Theme != "dark" && o.Theme != "light" && o.Theme != "none" && term.IsTerminal(int(in.Fd())) && isTerminal(o.Out)
		options = append(options, tea.WithInput(&terminalInput{File: in, found: func(m backgroundFoundMsg) { p.Send(m) }}))
	} else {
		options = append(options, tea.WithInput(o.In))
	}
	p = tea.NewProgram(g, options...)
	g.kill = p.Kill
	r.send = p.Send
	r.watch = g.watch

	_, err := p.Run()
	return errors.Join(ended(ctx, err, g.box.crashed()), r.close())
}

// ended turns how the program ended into what Run returns.
func ended(ctx context.Context, err error, crash *CrashError) error {
	switch {
	case crash != nil:
		return crash
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("showing the Studio: %w", err)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
