package studio

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"time"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/image"
)

// serviceDir is the build context, relative to the project (plugin-sdk.txt,
// "Anatomy of a Plugin").
const serviceDir = "service"

// NotInOrderError says that work was refused because the manifest is not in order.
type NotInOrderError struct {
	Work   string // "build", "run", "package"
	Report manifest.Report
}

func (e *NotInOrderError) Error() string {
	return fmt.Sprintf("%s needs a manifest the Controller accepts: %s", e.Work, firstComplaint(e.Report))
}

// firstComplaint is the worst thing a report says, in one line.
func firstComplaint(r manifest.Report) string {
	for _, f := range r.Findings {
		if f.Severity == manifest.SeverityError {
			if f.Line == 0 {
				return f.Message
			}
			return fmt.Sprintf("%s:%d:%d %s", f.File, f.Line, f.Column, f.Message)
		}
	}
	for _, c := range append(append([]manifest.CheckResult{}, r.Checks...), r.Extra...) {
		if !c.OK {
			if c.Detail != "" {
				return c.Detail
			}
			return "not true: " + c.Label
		}
	}
	return "it is not in order"
}

// Build builds the image from the project's service folder and tags it as the
// manifest says. It blocks until the build ended; ending ctx cancels it and
// leaves the previous image as it was. Only the image reference is needed of
// the manifest, so one that is otherwise not in order still builds.
func (s *Session) Build(ctx context.Context, noCache bool) error {
	if !s.buildMu.TryLock() {
		return fmt.Errorf("building: %w", ErrBusy)
	}
	defer s.buildMu.Unlock()
	ctx, cancel := s.bound(ctx)
	defer cancel()
	report := s.check()
	m := report.Manifest
	s.build.clear()
	if m == nil || m.Image == "" {
		s.update(func(sn *Snapshot) { sn.Build = BuildState{Started: s.opts.Now()} }, Event{Kind: KindBuild})
		return s.buildFailed(&NotInOrderError{Work: "build", Report: report})
	}
	s.update(func(sn *Snapshot) {
		sn.Build = BuildState{Phase: PhaseWorking, Image: m.Image, Started: s.opts.Now()}
	}, Event{Kind: KindBuild, Phase: PhaseWorking, Text: m.Image})
	eng, err := s.connect(ctx)
	if err != nil {
		return s.buildFailed(err)
	}
	opts := s.imageOptions(m)
	opts.NoCache = noCache
	result, err := image.Build(ctx, eng, opts, s.buildEvent)
	if err != nil {
		return s.buildFailed(fromProject(err))
	}
	s.update(func(sn *Snapshot) {
		b := &sn.Build
		b.Phase, b.ImageID, b.Size, b.Builder, b.Took = PhaseDone, result.ImageID, result.Size, result.Builder, result.Took
	}, Event{Kind: KindBuild, Phase: PhaseDone, Text: m.Image})
	if result.Replaced != "" {
		s.mu.Lock()
		s.replaced = append(s.replaced, result.Replaced)
		s.mu.Unlock()
		s.removeReplaced(ctx)
	}
	s.note("good", fmt.Sprintf("%s built in %s", m.Image, roundDuration(result.Took)))
	return nil
}

// removeReplaced removes the images that later builds of this session replaced,
// so that an afternoon of edits does not fill the disk. One that the running
// plugin still uses is tried again when it is stopped.
func (s *Session) removeReplaced(ctx context.Context) {
	s.mu.Lock()
	ids := s.replaced
	s.replaced = nil
	s.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	eng, err := s.connect(ctx)
	if err != nil {
		return // `clean` removes them
	}
	for _, id := range ids {
		if gone, err := image.RemoveReplaced(ctx, eng, id); err == nil && !gone {
			s.mu.Lock()
			s.replaced = append(s.replaced, id)
			s.mu.Unlock()
		}
	}
}

func (s *Session) imageOptions(m *manifest.Manifest) image.Options {
	return image.Options{ContextDir: filepath.Join(s.dir, serviceDir), Tag: m.Image, Getenv: s.opts.Engine.Getenv}
}

// fromProject makes the file that a failed build names relative to the project,
// so that an editor started there can jump to it.
func fromProject(err error) error {
	var failed *image.FailedError
	if errors.As(err, &failed) {
		failed.File = path.Join(serviceDir, failed.File)
	}
	return err
}

func (s *Session) buildFailed(err error) error {
	phase, kind := PhaseFailed, "broken"
	if errors.Is(err, context.Canceled) {
		phase, kind = PhaseCancelled, "attention"
	}
	p := problemOf(err)
	s.update(func(sn *Snapshot) {
		sn.Build.Phase, sn.Build.Problem = phase, p
		sn.Build.Took = s.opts.Now().Sub(sn.Build.Started)
		sn.Build.Steps = endSteps(sn.Build.Steps, phase)
	}, Event{Kind: KindBuild, Phase: phase, Problem: p})
	if phase == PhaseCancelled {
		s.note(kind, "the build was stopped; the previous image is untouched")
	} else {
		s.note(kind, "the build failed")
	}
	s.engineMayBeGone(err)
	return err
}

// endSteps returns the steps with those still working ended by phase.
func endSteps(steps []BuildStep, phase Phase) []BuildStep {
	ended := make([]BuildStep, len(steps))
	copy(ended, steps)
	for i := range ended {
		if ended[i].Phase == PhaseWorking {
			ended[i].Phase = phase
		}
	}
	return ended
}

// engineMayBeGone forgets an engine that stopped answering, so that the next
// command connects anew, and shows it.
func (s *Session) engineMayBeGone(err error) {
	var gone *engine.UnavailableError
	if !errors.As(err, &gone) {
		return
	}
	s.engineMu.Lock()
	if s.engine != nil {
		_ = s.engine.Close()
		s.engine = nil
	}
	s.engineMu.Unlock()
	p := problemOf(err)
	s.update(func(sn *Snapshot) { sn.Engine.Checked, sn.Engine.Problem = true, p }, Event{Kind: KindEngine, Problem: p})
}

// lookForImage finds out, when a project is opened, which engine answers and
// whether the image in it was built from the folder as it is.
func (s *Session) lookForImage(ctx context.Context) {
	eng, err := s.connect(ctx)
	if err != nil {
		return // the snapshot says so
	}
	_, _ = s.imageIsCurrent(ctx, eng)
}

// imageIsCurrent tells whether the manifest's image exists and was built from
// the service folder as it is now, and shows a found image in the snapshot.
func (s *Session) imageIsCurrent(ctx context.Context, eng *engine.Engine) (bool, error) {
	m := s.Snapshot().Manifest.Good
	if m == nil || m.Image == "" {
		return false, nil
	}
	found, err := image.Find(ctx, eng, s.imageOptions(m))
	if err != nil {
		return false, err
	}
	if phase := s.Snapshot().Build.Phase; phase != PhaseIdle && phase != PhaseDone {
		return found.Current, nil // a build under way, or one that failed, says more
	}
	s.update(func(sn *Snapshot) {
		b := &sn.Build
		switch {
		case b.Phase == PhaseIdle && found.ImageID != "":
			*b = BuildState{
				Phase: PhaseDone, Image: m.Image, ImageID: found.ImageID, Size: found.Size,
				Started: found.Built, Stale: !found.Current,
			}
		case b.Phase == PhaseDone:
			b.Stale = !found.Current
		}
	}, Event{Kind: KindBuild})
	return found.Current, nil
}

// markStale updates, after a change on disk, whether the built image still
// matches the folder.
func (s *Session) markStale(ctx context.Context) {
	if s.Snapshot().Build.Phase != PhaseDone {
		return
	}
	if eng, err := s.connect(ctx); err == nil {
		_, _ = s.imageIsCurrent(ctx, eng)
	}
}

// bound returns a context that ends with ctx or with the session.
func (s *Session) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// roundDuration keeps three digits of a duration.
func roundDuration(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	default:
		return d.Round(time.Millisecond)
	}
}
