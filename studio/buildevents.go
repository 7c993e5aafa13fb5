package studio

import (
	"github.com/netstacks/netstacks-plugin/pkgbuild/image"
)

// buildEvent takes in what the builder tells, one event at a time.
func (s *Session) buildEvent(e image.Event) {
	if e.Status == image.StatusLog || e.Status == image.StatusWarning {
		s.logged(&s.build, LogLine{At: e.At, Stream: "build", Text: e.Log})
		return
	}
	step := BuildStep{
		ID: e.StepID, Name: CleanLine(e.Name), Phase: buildPhase(e.Status), Cached: e.Cached,
		Took: e.Took, Current: e.Current, Total: e.Total, Internal: e.Internal,
	}
	s.update(func(sn *Snapshot) { sn.Build.Steps = withStep(sn.Build.Steps, step) }, Event{Kind: KindStep, Step: &step})
}

func buildPhase(status image.Status) Phase {
	switch status {
	case image.StatusPending:
		return PhaseIdle
	case image.StatusDone:
		return PhaseDone
	case image.StatusFailed:
		return PhaseFailed
	case image.StatusCancelled:
		return PhaseCancelled
	default:
		return PhaseWorking
	}
}

// withStep returns the steps with step in its place, at the end when it is new.
func withStep(steps []BuildStep, step BuildStep) []BuildStep {
	out := make([]BuildStep, len(steps), len(steps)+1)
	copy(out, steps)
	for i := range out {
		if out[i].ID == step.ID {
			out[i] = step
			return out
		}
	}
	return append(out, step)
}
