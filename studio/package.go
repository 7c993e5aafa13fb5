package studio

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Package validates the project and writes its archive to output, or to
// {name}-{version}.nspkg in the project's folder when output is empty. A
// project that is not in order is refused with a *NotInOrderError.
func (s *Session) Package(ctx context.Context, output string) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	s.update(func(sn *Snapshot) { sn.Package = PackageState{Phase: PhaseWorking} }, Event{Kind: KindPackage, Phase: PhaseWorking})
	report := s.check()
	if !report.OK {
		return s.packageFailed(&NotInOrderError{Work: "package", Report: report})
	}
	if output == "" {
		output = filepath.Join(s.dir, nspkg.Name(report.Manifest))
	}
	summary, err := nspkg.Write(ctx, nspkg.Options{Dir: s.dir, Output: output, Epoch: s.opts.Epoch})
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
			PackageSize: summary.PackageSize, SHA256: summary.SHA256, Entries: entries, At: s.opts.Now(),
		}
	}, Event{Kind: KindPackage, Phase: PhaseDone, Text: summary.Path})
	s.note("good", fmt.Sprintf("packaged %s", filepath.Base(summary.Path)))
	return nil
}

func (s *Session) packageFailed(err error) error {
	p := problemOf(err)
	s.update(func(sn *Snapshot) { sn.Package = PackageState{Phase: PhaseFailed, Problem: p, At: s.opts.Now()} }, Event{Kind: KindPackage, Phase: PhaseFailed, Problem: p})
	s.note("broken", "nothing was packaged")
	return err
}
