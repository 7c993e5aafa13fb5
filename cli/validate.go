package cli

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

type validateOptions struct {
	streams Streams
	format  string
	target  string // as the user named it
}

func newValidate(s Streams) *cobra.Command {
	o := validateOptions{streams: s}
	asJSON := false
	c := &cobra.Command{
		Use:   "validate [DIR|FILE]",
		Short: "Validate plugin structure and manifest",
		Long: `Runs the eight scored checks on a plugin's folder, its manifest.json or its
.nspkg, then the Controller's own schema. Exit code 0: in order; 1: not.`,
		Example: `  netstacks-plugin validate my-plugin
  netstacks-plugin validate my-plugin --format json`,
		Args: maxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.target, _ = s.folder(args)
			if asJSON {
				o.format = "json"
			}
			return runValidate(o)
		},
	}
	c.Flags().StringVar(&o.format, "format", "text", "text or json")
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return c
}

func runValidate(o validateOptions) error {
	if o.format != "text" && o.format != "json" {
		return usagef("--format is %q; it can be text or json", o.format)
	}
	report, err := checkTarget(o.streams.path(o.target), o.target)
	if err != nil {
		return err
	}
	if o.format == "json" {
		err = writeJSON(o.streams.Out, report)
	} else {
		err = writeReport(o.streams.Out, report)
	}
	if err == nil && !report.OK {
		err = errSilent
	}
	return err
}

// checkTarget checks a folder, a manifest.json in its folder, or an archive.
func checkTarget(path, named string) (manifest.Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return manifest.Report{}, usagef("cannot validate %s: %w", named, err)
	}
	opts := manifest.Options{Path: named}
	switch {
	case info.IsDir():
		return manifest.Check(os.DirFS(path), opts), nil
	case filepath.Base(path) == manifest.FileName:
		return manifest.Check(os.DirFS(filepath.Dir(path)), opts), nil
	case filepath.Ext(path) == ".nspkg":
		archive, err := zip.OpenReader(path)
		if err != nil {
			return manifest.Report{}, fmt.Errorf("opening %s as an archive: %w", named, err)
		}
		defer archive.Close()
		return manifest.Check(fs.FS(archive), opts), nil
	}
	return manifest.Report{}, usagef("cannot validate %s: name a plugin's folder, its manifest.json or a .nspkg", named)
}

// writeReport prints a report in the words of plugin-sdk.txt ("validate");
// what goes beyond them comes after the score line.
func writeReport(w io.Writer, r manifest.Report) error {
	p := &printer{w: w}
	p.line("Validating plugin at: %s", r.Path)
	for _, c := range append(append([]manifest.CheckResult{}, r.Checks...), r.Extra...) {
		if c.OK {
			p.line("✓ %s", c.Label)
			continue
		}
		p.line("✗ %s", c.Label)
		if c.Detail != "" {
			p.line("    %s", c.Detail)
		}
	}
	p.line("Validation results: %d/%d checks passed", r.Score.Passed, r.Score.Total)
	if !r.OK {
		p.findings(r.Findings)
		p.line("✗ Plugin validation failed")
		return p.err
	}
	p.line("✓ Plugin validation passed")
	p.findings(r.Findings)
	return p.err
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

// findings prints file:line:column first, so that editors and terminals can jump.
func (p *printer) findings(findings []manifest.Finding) {
	for _, f := range findings {
		place := f.File
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
		}
		p.line("%s: %s: %s [%s]", place, f.Severity, f.Message, f.Rule)
	}
}

// writeJSON prints v as indented JSON with its text as it is.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
