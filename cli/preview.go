package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
	"github.com/netstacks/netstacks-plugin/studio"
)

type previewOptions struct {
	streams Streams
	named   string // the plugin's folder as the user named it
	dir     string
	panel   string
	org     string
	wait    time.Duration
	json    bool
}

func newPreview(s Streams) *cobra.Command {
	o := previewOptions{streams: s}
	c := &cobra.Command{
		Use:   "preview [DIR]",
		Short: "Fetch and print the panels of the running plugin",
		Long: `Fetches the terminal panels of the plugin that runs in DIR (by ` + "`netstacks-plugin run`" + `
or in the Studio) through the local Controller's proxy, and prints them as the
Terminal would draw them. Exit code 1 when a panel cannot be drawn.`,
		Example: `  netstacks-plugin preview my-plugin --wait 60s
  netstacks-plugin preview my-plugin --org globex --panel items`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.named, o.dir = s.folder(args)
			if o.wait < 0 {
				return usagef("--wait is %s; it must be a time to wait, such as 60s", o.wait)
			}
			return s.orJSON(c.Context(), o.json, runPreview(c.Context(), o), func(err error) any { return failureOf(err) })
		},
	}
	c.Flags().StringVar(&o.panel, "panel", "", "id of the one panel to print (default: all)")
	addOrg(c, &o.org, "organisation to look as: acme or globex (default: acme)")
	c.Flags().DurationVar(&o.wait, "wait", 0, "wait so long, such as 60s, for a plugin that is still being built or starting")
	c.Flags().BoolVar(&o.json, "json", false, "print the panels as JSON")
	return c
}

// previewed is one panel in the JSON output.
type previewed struct {
	ID    string       `json:"id"`
	Label string       `json:"label"`
	Table *panel.Table `json:"table,omitempty"`
	Error string       `json:"error,omitempty"`
}

func runPreview(ctx context.Context, o previewOptions) error {
	t, err := o.streams.openTarget(o.dir)
	if err != nil {
		return err
	}
	checked := manifest.Check(t.files, manifest.Options{Path: o.dir})
	if err := t.close(); err != nil {
		return err
	}
	if checked.Manifest == nil {
		return fmt.Errorf("%s holds no %s that can be read; `netstacks-plugin validate` says why", o.dir, manifest.FileName)
	}
	panels, err := choosePanels(checked.Manifest.TerminalPanels, o.panel)
	if err != nil {
		return err
	}
	file, err := awaitRunning(ctx, o)
	if err != nil {
		return err
	}
	org, err := file.Org(o.org)
	if err != nil {
		return usageError{err}
	}
	client := panel.Client{HTTP: file.HTTPClient(), BaseURL: file.Controller, Token: org.Token, OrgID: org.ID}
	results := make([]previewed, len(panels))
	failed := false
	for i, p := range panels {
		results[i] = previewed{ID: p.ID, Label: p.Label}
		table, err := client.Fetch(ctx, file.Plugin, p)
		if err != nil {
			results[i].Error = err.Error()
			failed = true
			continue
		}
		results[i].Table = &table
	}
	if o.json {
		err = writeJSON(o.streams.Out, results)
	} else {
		printPanels(o.streams.Out, results)
	}
	if err == nil && failed {
		err = errSilent
	}
	return err
}

// choosePanels returns all panels, or the one with the given id.
func choosePanels(all []manifest.Panel, id string) ([]manifest.Panel, error) {
	if id == "" {
		return all, nil
	}
	var known []string
	for _, p := range all {
		if p.ID == id {
			return []manifest.Panel{p}, nil
		}
		known = append(known, p.ID)
	}
	return nil, usagef("the manifest has no panel %q; it has: %s", id, strings.Join(known, ", "))
}

// awaitRunning returns the running session of the project, waiting up to
// o.wait for it to run, which includes its build, and for its plugin to become
// healthy.
func awaitRunning(ctx context.Context, o previewOptions) (studio.SessionFile, error) {
	deadline := o.streams.Now().Add(o.wait)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		file, err := liveSession(ctx, o.dir, o.named)
		ready := err == nil && (file.Health == studio.HealthHealthy || file.Health == studio.HealthNone)
		late := !o.streams.Now().Before(deadline)
		switch {
		case late && o.wait > 0 && errors.Is(err, studio.ErrNotRunning):
			return file, fmt.Errorf("nothing came up %s within %s: wait longer with --wait should `netstacks-plugin run` still be building, or start it", where(o.named), o.wait)
		case ready || late || ctx.Err() != nil:
			return file, err
		}
		select {
		case <-ctx.Done():
			return file, ctx.Err()
		case <-tick.C:
		}
	}
}

// liveSession returns the session file in the folder dir, which the user named so, if its Controller answers.
func liveSession(ctx context.Context, dir, named string) (studio.SessionFile, error) {
	file, err := studio.LoadSessionFile(dir)
	if errors.Is(err, studio.ErrNotRunning) && named != "." {
		return file, notRunningError(named)
	}
	if err == nil {
		err = answers(ctx, file)
	}
	return file, err
}

// where says in which folder, that of the working directory as people say it.
func where(named string) string {
	if named == "." {
		return "here"
	}
	return "in " + named
}

// notRunningError is studio.ErrNotRunning with the folder that the user named.
type notRunningError string

func (named notRunningError) Error() string {
	return fmt.Sprintf("nothing is running %s; start it with `netstacks-plugin run %s`", where(string(named)), shellWord(string(named)))
}

// Is says that it is studio.ErrNotRunning.
func (notRunningError) Is(target error) bool { return target == studio.ErrNotRunning }

// answers tells whether the session's Controller answers: a process that was
// killed leaves its session file behind.
func answers(ctx context.Context, f studio.SessionFile) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.Controller+"/health", nil)
	if err != nil {
		return fmt.Errorf("reading the session's state: %w", err)
	}
	client := f.HTTPClient()
	client.Timeout = 10 * time.Second
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("the session that ran here does not answer at %s: %w", f.Controller, studio.ErrNotRunning)
	}
	return resp.Body.Close()
}

// printPanels prints panels below each other, cells in columns.
func printPanels(w io.Writer, panels []previewed) {
	if len(panels) == 0 {
		fmt.Fprintln(w, "The manifest declares no terminal panels.")
	}
	for i, p := range panels {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, studio.CleanLine(p.Label))
		switch {
		case p.Error != "":
			fmt.Fprintf(w, "Error: %s\n", studio.CleanLine(p.Error))
		case len(p.Table.Rows) == 0:
			fmt.Fprintln(w, "No data")
		default:
			printTable(w, *p.Table)
		}
	}
}

func printTable(w io.Writer, t panel.Table) {
	lines := make([][]string, 0, len(t.Rows)+1)
	header := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = studio.CleanLine(c.Label)
	}
	lines = append(lines, header)
	for _, r := range t.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = studio.CleanLine(strings.ReplaceAll(c, "\n", " "))
		}
		lines = append(lines, cells)
	}
	widths := make([]int, len(t.Columns))
	for _, cells := range lines {
		for i, c := range cells {
			widths[i] = max(widths[i], ansi.StringWidth(c))
		}
	}
	for _, cells := range lines {
		var b strings.Builder
		for i, c := range cells {
			b.WriteString(c + strings.Repeat(" ", widths[i]-ansi.StringWidth(c)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
