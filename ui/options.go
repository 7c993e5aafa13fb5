package ui

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// Options are what the Studio is started with.
type Options struct {
	// Open opens the project in dir. An error that is ErrNoProject or ErrNoFolder
	// leads to the welcome page, any other is shown there.
	Open func(ctx context.Context, dir string) (Project, error)
	// Dir is the folder to open first; the working directory when empty.
	Dir string
	// Defaults are the wizard's first answers, such as the author's name. Without
	// a template, what is not given (template, port, database) takes scaffold's defaults.
	Defaults scaffold.Answers
	// Create is called by RunWizard when the answers are confirmed. Its error is
	// shown in the wizard, which goes on with all answers kept. Without it nothing
	// is made. (Run writes the project itself and opens it.)
	Create func(scaffold.Answers) error
	// OutputDir is where the wizard makes the project's folder; Dir when empty.
	OutputDir string
	// Theme is one of theme.Names; empty is "auto".
	Theme string
	// ASCII draws with ASCII characters alone.
	ASCII bool
	// NoColor draws with bold and reverse alone.
	NoColor bool
	// Editor is the author's editor command with its arguments, such as $VISUAL
	// or $EDITOR; when none is set, vi or nano is used.
	Editor string
	// StateDir is the folder for crash reports, and WriteFile makes a file there,
	// with the folder when it is missing, readable by the user alone. Without
	// either, a *CrashError holds the whole report.
	StateDir  string
	WriteFile func(path string, data []byte) error
	// In and Out are the terminal.
	In  io.Reader
	Out io.Writer
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// errNoOpen is a mistake of the caller, not of a user.
var errNoOpen = errors.New("starting the Studio: Options.Open is missing")

// complete fills in defaults and returns the options, or says what is wrong.
func (o Options) complete() (Options, error) {
	if o.Open == nil {
		return o, errNoOpen
	}
	if err := theme.Check(o.Theme); err != nil {
		return o, err
	}
	if dir, err := filepath.Abs(o.Dir); err == nil { // as people name it, not "."
		o.Dir = dir
	}
	if o.OutputDir == "" {
		o.OutputDir = o.Dir
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Defaults.Template == "" {
		d := scaffold.Defaults(o.Defaults.Name)
		o.Defaults.Template, o.Defaults.Database = d.Template, d.Database
		if o.Defaults.Port == 0 {
			o.Defaults.Port = d.Port
		}
	}
	return o, nil
}

// renderer returns the renderer that knows how many colours Out can show.
func (o Options) renderer() *lipgloss.Renderer {
	r := lipgloss.NewRenderer(o.Out)
	profile := termenv.NewOutput(o.Out).EnvColorProfile()
	if o.NoColor || o.Theme == "none" {
		profile = termenv.ANSI // for bold and reverse; the theme has no colours
	}
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(true)
	return r
}
