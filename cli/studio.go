package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/shortlived"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui"
)

type studioOptions struct {
	streams Streams
	theme   string
	ascii   bool
	engine  engineFlags
}

// cleanUpTime bounds taking down a run: the plugin gets five seconds to end,
// the rest is quick.
const cleanUpTime = 60 * time.Second

// runStudio opens the Studio. The project that was open when it ends is closed
// after the terminal is the user's again, so that waiting is explained.
func runStudio(ctx context.Context, o studioOptions, args []string) error {
	_, dir := o.streams.folder(args)
	var opened []*studio.Session
	err := ui.Run(ctx, ui.Options{
		Dir: dir, OutputDir: dir, Theme: o.theme, ASCII: o.ascii, NoColor: o.streams.Getenv("NO_COLOR") != "",
		Editor: editor(o.streams.Getenv), StateDir: stateHome(o.streams.Getenv), WriteFile: writeState, In: o.streams.In, Out: o.streams.Out,
		Defaults: withDefaults(ctx, scaffold.Answers{Template: "python", Database: true, Port: 8080}, false),
		Open: func(ctx context.Context, dir string) (ui.Project, error) {
			if err := holdsProject(dir); err != nil {
				return nil, err
			}
			shortlived.No()
			s, err := o.streams.open(ctx, dir, studio.Options{Engine: o.engine.options(o.streams), Watch: true, Reaper: reaper()})
			if err != nil {
				return nil, err
			}
			opened = append(opened, s)
			return ui.FromSession(s), nil
		},
	})
	for _, s := range opened {
		if closeErr := closeSession(ctx, o.streams, s); err == nil {
			err = closeErr
		}
	}
	return err
}

// holdsProject returns ui.ErrNoFolder or ui.ErrNoProject for a folder that the
// Studio cannot open, nil when it holds a manifest, in order or not.
func holdsProject(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return ui.ErrNoFolder
	}
	if _, err := os.Lstat(filepath.Join(dir, manifest.FileName)); errors.Is(err, fs.ErrNotExist) {
		return ui.ErrNoProject
	}
	return nil
}

// closeSession takes down what a session runs, also when ctx has ended.
func closeSession(ctx context.Context, s Streams, session *studio.Session) error {
	if phase := session.Snapshot().Run.Phase; phase == studio.PhaseDone || phase == studio.PhaseWorking {
		fmt.Fprintln(s.Err, "Stopping the plugin and removing its containers…")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTime)
	defer cancel()
	return session.Close(ctx)
}

// stateHome is where logs and crash files go: $XDG_STATE_HOME/netstacks-plugin,
// by the XDG base directory specification ~/.local/state by default.
func stateHome(getenv func(string) string) string {
	base := getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(base) {
		base = filepath.Join(getenv("HOME"), ".local", "state")
	}
	return filepath.Join(base, "netstacks-plugin")
}

// editor is the author's editor command: $VISUAL, else $EDITOR, empty when neither is set.
func editor(getenv func(string) string) string {
	if e := getenv("VISUAL"); e != "" {
		return e
	}
	return getenv("EDITOR")
}

// writeState writes a file below the state folder, for its owner's eyes only.
func writeState(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the state folder: %w", err)
	}
	return os.WriteFile(path, data, 0o600)
}
