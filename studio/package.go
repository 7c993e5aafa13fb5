package studio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Package validates the project and writes its archive to output, or to
// {name}-{version}.nspkg in the project's folder when output is empty. A
// project that is not in order is refused with a *NotInOrderError.
func (s *Session) Package(ctx context.Context, output string) error { return s.pack(ctx, output, nil) }

// pack is Package, of the next version when there is one.
func (s *Session) pack(ctx context.Context, output string, next *Bump) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	s.update(func(sn *Snapshot) { sn.Package = PackageState{Phase: PhaseWorking} }, Event{Kind: KindPackage, Phase: PhaseWorking})
	report := s.checkOnce()
	if next != nil {
		report = manifest.Check(os.DirFS(s.dir), manifest.Options{Path: s.dir, Manifest: next.Manifest()})
	}
	if !report.OK {
		return s.packageFailed(&NotInOrderError{Work: "package", Report: report})
	}
	if output == "" {
		output = filepath.Join(s.dir, nspkg.Name(report.Manifest))
	}
	summary, warnings, err := s.writePackage(ctx, output, next, report.Source)
	if err != nil {
		return s.packageFailed(err)
	}
	entries := make([]Entry, len(summary.Entries))
	for i, e := range summary.Entries {
		entries[i] = Entry{Path: e.Path, Size: e.Size}
	}
	s.update(func(sn *Snapshot) {
		sn.Package = PackageState{
			Phase: PhaseDone, Path: summary.Path, Files: summary.Files, TotalSize: summary.TotalSize,
			PackageSize: summary.PackageSize, SHA256: summary.SHA256, Entries: entries, Warnings: warnings, Bump: next, At: s.opts.Now(),
		}
	}, Event{Kind: KindPackage, Phase: PhaseDone, Text: summary.Path})
	if next != nil {
		s.check()
	}
	s.note("good", fmt.Sprintf("packaged %s", filepath.Base(summary.Path)))
	return nil
}

// writePackage writes the archive, unless a secret would go in, and returns what is to be
// said about what did. The manifest of the next version, when there is one, is written behind it.
// Otherwise it has to be checked, the text that the report is about: a question may have been
// answered since then.
func (s *Session) writePackage(ctx context.Context, output string, next *Bump, checked []byte) (nspkg.Summary, []string, error) {
	scan, err := nspkg.NewSecretScan(s.dir)
	if err != nil {
		return nspkg.Summary{}, nil, err
	}
	var warnings []nspkg.Warning
	o := nspkg.Options{Dir: s.dir, Output: output, Epoch: s.opts.Epoch, Listing: s.opts.Listing, Inspector: scan, Progress: s.packageProgress()}
	o.Listed = func(l nspkg.Listing) error {
		warnings = l.Warnings
		if next != nil {
			next.Elsewhere = mentions(s.dir, next.Old, l.Entries)
		} else if err := unchanged(filepath.Join(s.dir, manifest.FileName), checked); err != nil {
			return fmt.Errorf("packing %s: %w", manifest.FileName, err)
		}
		return s.inOrderAsPacked(l, o.Manifest)
	}
	var behind *release
	if next != nil {
		behind = &release{Inspector: scan, dir: s.dir, bump: next}
		o.Manifest, o.Inspector = next.Manifest(), behind
	}
	summary, err := nspkg.Write(ctx, o)
	if behind != nil {
		err = behind.finish(err, output)
	}
	if err != nil {
		return nspkg.Summary{}, nil, err
	}
	var said []string
	for _, w := range slices.Concat(warnings, scan.Warnings()) {
		said = append(said, w.Message)
	}
	for _, w := range scan.Waived() {
		said = append(said, fmt.Sprintf("%s:%d: %s goes in, as %s says: %s", w.Path, w.Line, w.What, manifest.ConfigName, w.Reason))
	}
	return summary, append(said, nspkg.SettleSidecars(summary.Path, summary.SHA256, s.opts.Beside)...), nil
}

// lookForPackage tells when the archive that was written is no longer there, or is there again.
func (s *Session) lookForPackage() {
	written := s.Snapshot().Package
	if written.Phase != PhaseDone {
		return
	}
	_, err := os.Stat(written.Path)
	gone := errors.Is(err, fs.ErrNotExist)
	if gone == written.Gone {
		return
	}
	s.update(func(sn *Snapshot) {
		if sn.Package.Path == written.Path && sn.Package.At.Equal(written.At) { // not another one by now
			sn.Package.Gone = gone
		}
	}, Event{Kind: KindPackage, Phase: PhaseDone, Text: written.Path})
}

// progressEvery is how often a package that takes long tells how far it is.
const progressEvery = 100 * time.Millisecond

// packageProgress returns what puts the progress of a package into the snapshot.
func (s *Session) packageProgress() func(nspkg.Entry, int64, int64) {
	told := s.opts.Now()
	return func(_ nspkg.Entry, done, total int64) {
		now := s.opts.Now()
		if now.Sub(told) < progressEvery {
			return
		}
		told = now
		s.update(func(sn *Snapshot) { sn.Package.Done, sn.Package.TotalSize = done, total },
			Event{Kind: KindPackage, Phase: PhaseWorking, Packed: &Packed{Done: done, Total: total}})
	}
}

// inOrderAsPacked checks the plugin without what .nspkgignore keeps out: that may be a file
// which the Controller needs. The manifest's text is that on disk when text is nil.
func (s *Session) inOrderAsPacked(listing nspkg.Listing, text []byte) error {
	if !listing.KeepsOut() {
		return nil
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	report := manifest.Check(listing.PackedFS(root.FS()), manifest.Options{Path: s.dir, Manifest: text})
	if report.OK {
		return nil
	}
	why := "`netstacks-plugin package --list` tells what is kept out, and by which line"
	for _, c := range report.Checks {
		if !c.OK {
			return fmt.Errorf("without what %s keeps out, the plugin is not in order: the check \"%s\" fails; %s", nspkg.IgnoreName, c.Label, why)
		}
	}
	for _, f := range report.Findings {
		if f.Severity == manifest.SeverityError {
			return fmt.Errorf("without what %s keeps out, the plugin is not in order: %s; %s", nspkg.IgnoreName, f.Message, why)
		}
	}
	return fmt.Errorf("without what %s keeps out, the plugin is not in order; %s", nspkg.IgnoreName, why)
}

func (s *Session) packageFailed(err error) error {
	p := problemOf(err)
	s.update(func(sn *Snapshot) { sn.Package = PackageState{Phase: PhaseFailed, Problem: p, At: s.opts.Now()} }, Event{Kind: KindPackage, Phase: PhaseFailed, Problem: p})
	s.note("broken", "nothing was packaged")
	return err
}
