package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/cli/report"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/secrets"
	"github.com/netstacks/netstacks-plugin/studio"
)

type packageOptions struct {
	streams Streams
	named   string // the plugin's folder as the user named it
	dir     string
	output  string
	list    bool
	json    bool
	bump    bumpOption
	beside  sidecarOptions
}

func newPackage(s Streams) *cobra.Command {
	o := packageOptions{streams: s}
	c := &cobra.Command{
		Use:   "package [DIR]",
		Short: "Package plugin into .nspkg file",
		Long: `Validates the plugin, then writes {name}-{version}.nspkg: a deflate-compressed
ZIP of the folder without development cruft. The same folder gives the same
bytes. An existing archive is replaced only by a whole new one.

.nspkgignore, in the syntax of .gitignore, says what else stays out. Files that
go in are searched for secrets; one that may stay is let in by itself, with a
reason, in netstacks.toml. --list shows what goes in, what stays out, and why.

--bump raises the version in manifest.json, and the tag of image where that is the
version, and changes no other byte of it. The manifest is written when the package
is: if that fails, the version stays.

--sign writes FILE.nspkg.minisig beside the archive, in the format of minisign. The
secret key is that of --key, $NETSTACKS_SIGNING_KEY or ~/.minisign/minisign.key,
which minisign -G makes; it is never in the plugin's folder. Its password is asked
for, or taken from $NETSTACKS_SIGNING_PASSWORD.

--sbom writes FILE.nspkg.cdx.json beside the archive, a CycloneDX document: every file
with its SHA-256, and the dependencies that the lock files among them declare.`,
		Example: `  netstacks-plugin package my-plugin
  netstacks-plugin package my-plugin --list
  netstacks-plugin package my-plugin --bump minor
  netstacks-plugin package my-plugin --output dist/my-plugin.nspkg
  netstacks-plugin package my-plugin --sign --sbom`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.named, o.dir = s.folder(args)
			if err := errors.Join(o.bump.check(o.list), o.checkOutput(c.Flags().Changed("output"))); err != nil {
				return err
			}
			if o.list {
				if err := o.beside.listed(); err != nil {
					return err
				}
				return o.orJSON(c.Context(), listPackage(c.Context(), o))
			}
			return o.orJSON(c.Context(), runPackage(c.Context(), o))
		},
	}
	c.Flags().StringVarP(&o.output, "output", "o", "", "where to write the archive (default: {name}-{version}.nspkg in the current folder)")
	c.Flags().BoolVar(&o.list, "list", false, "print what would go in and what would stay out, with the deciding rules, and write nothing")
	c.MarkFlagsMutuallyExclusive("list", "output")
	c.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	o.bump.add(c)
	o.beside.add(c)
	return c
}

// runPackage prints what plugin-sdk.txt shows for `package`, in its order.
func runPackage(ctx context.Context, o packageOptions) error {
	w := o.streams.Out
	if o.json {
		w = io.Discard
	}
	beside, err := o.beside.prepare(o.streams, o.dir)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "Running validation before packaging...")
	t, err := o.streams.openTarget(o.named)
	if err != nil {
		return err
	}
	listing, end := nspkg.ListAhead(ctx, o.dir) // which takes as long as the check
	defer end()
	next, noNext := o.bump.plan(t.path)
	checked := manifest.Check(t.files, manifest.Options{Path: o.named, Manifest: next.manifest()})
	err = report.Text(w, checked, report.Options{Color: o.streams.color(), Repair: t.repairCommand(), Named: t.folder()})
	if err = errors.Join(err, t.close()); err != nil {
		return err
	}
	switch {
	case !checked.OK:
		return packageRefused(o, checked)
	case noNext != nil:
		return noNext
	}
	next.announce(w)
	shown := o.output
	if shown == "" {
		shown = nspkg.Name(checked.Manifest)
	}
	if err := beside.ready(ctx, shown); err != nil {
		return err
	}
	session, err := o.streams.open(ctx, o.dir, studio.Options{Checked: &checked, Listing: listing, Beside: beside.endings()})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Creating package: %s\n", shown)
	finish := o.streams.packageProgress(session)
	err = errors.Join(next.write(ctx, session, o.streams.path(shown)), session.Close(ctx))
	finish()
	if err != nil {
		return err
	}
	p := session.Snapshot().Package
	for _, warning := range p.Warnings {
		fmt.Fprintln(o.streams.Err, "netstacks-plugin: "+studio.CleanLine(warning))
	}
	written, err := beside.write(ctx, p)
	if err != nil {
		return next.behind(err)
	}
	if o.json {
		return writeJSON(o.streams.Out, packaged{p, written})
	}
	fmt.Fprintln(w, "Package summary:")
	fmt.Fprintf(w, "Files: %d\n", p.Files)
	fmt.Fprintf(w, "Total size: %d bytes (%.2f KB)\n", p.TotalSize, float64(p.TotalSize)/1024)
	fmt.Fprintf(w, "Package size: %d bytes (%.2f KB)\n", p.PackageSize, float64(p.PackageSize)/1024)
	fmt.Fprintf(w, "✓ Package created successfully: %s\n", shown)
	next.print(w, o.streams, p, o.named)
	fmt.Fprintln(w, "To upload this plugin:")
	for _, line := range uploadSteps(filepath.Base(shown)) {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "SHA-256: %s\n", p.SHA256)
	return printSidecars(w, written)
}

// checkOutput refuses an output that is no file's name, or that goes into the next package.
func (o packageOptions) checkOutput(given bool) error {
	switch name := filepath.Base(o.output); {
	case !given:
		return nil
	case o.output == "":
		return usagef("--output is empty; name the archive, such as dist/my-plugin.nspkg, or leave --output out")
	case o.output == "-":
		return usagef("--output - would be standard output, and the archive is written to a file; name one, such as my-plugin.nspkg")
	case strings.EqualFold(filepath.Ext(name), ".nspkg"):
		return nil
	case !isOrLiesIn(realPath(filepath.Dir(o.streams.path(o.output))), o.dir):
		return nil
	default:
		return usagef("--output %s lies in the plugin's folder and does not end in .nspkg, so that the next package would hold it; call it %s, or write it somewhere else", o.output, strings.TrimSuffix(o.output, filepath.Ext(name))+".nspkg")
	}
}

// packageStopped is what `package --json` prints when an error stops it, with the lists of `--list`.
type packageStopped struct {
	Path string `json:"path"` // of the plugin, as it was named
	failure
	Secrets  []secrets.Finding `json:"secrets"`
	Problems []nspkg.Problem   `json:"problems"`
}

// orJSON answers an error for programs.
func (o packageOptions) orJSON(ctx context.Context, err error) error {
	return o.streams.orJSON(ctx, o.json, err, func(err error) any {
		stopped := packageStopped{Path: o.named, failure: failureOf(err), Secrets: []secrets.Finding{}, Problems: []nspkg.Problem{}}
		var found *nspkg.SecretsError
		if errors.As(err, &found) {
			stopped.Secrets = found.Findings
		}
		var unpackable *nspkg.UnpackableError
		if errors.As(err, &unpackable) {
			stopped.Problems = unpackable.Problems
		}
		return stopped
	})
}

// quietFor is how long a package may take before its progress is shown.
const quietFor = time.Second

// packageProgress shows on a terminal how far a package is that takes long, in one
// line that is wiped at the end. The returned func waits for that; call it after the
// session was closed.
func (s Streams) packageProgress(session *studio.Session) func() {
	if !s.ErrTTY || s.Getenv("TERM") == "dumb" {
		return func() {}
	}
	events, _ := session.Subscribe(1)
	begun := s.Now()
	return inBackground(func() {
		shown := false
		for e := range events {
			if p := e.Packed; p != nil && p.Total > 0 && s.Now().Sub(begun) >= quietFor {
				fmt.Fprintf(s.Err, "\r%3d%% of %s packed", p.Done*100/p.Total, megabytes(p.Total))
				shown = true
			}
		}
		if shown {
			fmt.Fprint(s.Err, "\r\x1b[K")
		}
	})
}

// inBackground runs f and returns what waits for its end.
func inBackground(f func()) func() {
	var running sync.WaitGroup
	running.Go(f)
	return running.Wait
}

// packageRefused ends packaging of a plugin that is not in order.
func packageRefused(o packageOptions, checked manifest.Report) error {
	if o.json {
		if err := writeJSON(o.streams.Out, checked); err != nil {
			return err
		}
	}
	fmt.Fprintln(o.streams.Err, "netstacks-plugin: nothing was packaged, because validation failed; mend what is listed above and package again")
	return errSilent
}

// uploadSteps are the three documented steps, in the documented words.
func uploadSteps(file string) []string {
	return []string{
		"1. Open Controller Admin UI: https://localhost:3000",
		"2. Navigate to Plugins > Upload Plugin",
		"3. Select file: " + file,
	}
}
