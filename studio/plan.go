package studio

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// PackagePlan is what a package would hold and leave out, and why.
type PackagePlan struct {
	Phase          Phase         `json:"phase"`
	Entries        []PlannedFile `json:"entries,omitempty"`  // in the archive's order
	Excluded       []PlannedFile `json:"excluded,omitempty"` // a folder ends in a slash
	Blocked        []PlannedFile `json:"blocked,omitempty"`  // what cannot be packed, or holds a secret
	Warnings       []string      `json:"warnings,omitempty"` // in sentences
	Waived         int           `json:"waived,omitempty"`   // secrets that netstacks.toml lets in
	TotalSize      int64         `json:"total_size"`
	CompressedSize int64         `json:"compressed_size"` // about
	At             time.Time     `json:"at"`              // of the end, good or bad
	Changes        int           `json:"changes"`         // how often the project's files have changed since it was opened
	Problem        *Problem      `json:"problem,omitempty"`
}

// PlannedFile is a file or folder with why it goes in or stays out.
type PlannedFile struct {
	Path           string `json:"path"`
	Size           int64  `json:"size,omitempty"`
	CompressedSize int64  `json:"compressed_size,omitempty"`
	Why            string `json:"why"` // the rule and where it is written, or what is wrong
}

// PlanPackage finds out what a package of the project would hold, writes nothing, and
// puts it into the snapshot.
func (s *Session) PlanPackage(ctx context.Context) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	s.update(func(sn *Snapshot) { sn.Plan.Phase = PhaseWorking }, Event{Kind: KindPlan, Phase: PhaseWorking})
	made, err := nspkg.MakePlan(ctx, s.dir)
	plan := PackagePlan{Phase: PhaseDone, At: s.opts.Now()}
	unpackable := (*nspkg.UnpackableError)(nil)
	switch {
	case errors.As(err, &unpackable):
		for _, p := range unpackable.Problems {
			plan.Blocked = append(plan.Blocked, PlannedFile{Path: p.Path, Why: p.Reason})
		}
	case err != nil:
		plan.Phase, plan.Problem = PhaseFailed, problemOf(err)
	default:
		plan.fill(made)
	}
	s.update(func(sn *Snapshot) { plan.Changes, sn.Plan = sn.Plan.Changes, plan }, Event{Kind: KindPlan, Phase: plan.Phase})
	if unpackable != nil {
		return nil // the plan tells it
	}
	return err
}

func (p *PackagePlan) fill(made nspkg.Plan) {
	p.TotalSize, p.CompressedSize, p.Waived = made.TotalSize, made.CompressedSize, len(made.Waived)
	for _, e := range made.Entries {
		why := "no rule keeps it out"
		if e.Rule != "" {
			why = "let in by " + e.Rule
		}
		p.Entries = append(p.Entries, PlannedFile{Path: e.Path, Size: e.Size, CompressedSize: e.CompressedSize, Why: why})
	}
	for _, e := range made.Excluded {
		p.Excluded = append(p.Excluded, PlannedFile{Path: e.Path, Why: e.Where() + ": " + e.Rule})
	}
	for _, f := range made.Secrets {
		p.Blocked = append(p.Blocked, PlannedFile{Path: f.Path, Why: fmt.Sprintf("line %d: %s (%s) %s; %s, or let it in: [[package.allow-secret]] in netstacks.toml", f.Line, f.What, f.Rule, f.Masked, f.Advice)})
	}
	for _, w := range made.Warnings {
		p.Warnings = append(p.Warnings, w.Message)
	}
	for _, w := range made.Waived {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s:%d: %s goes in: %s", w.Path, w.Line, w.What, w.Reason))
	}
}
