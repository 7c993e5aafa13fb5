package studio

import (
	"fmt"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/runner"
)

// statsKept is how many samples the snapshot holds: two minutes of them.
const statsKept = 120

// runnerEvent takes in what the runner of a run tells, one event at a time.
func (s *Session) runnerEvent(live *liveRun, e runner.Event) {
	switch e.Kind {
	case runner.EventStepStarted:
		s.beginRunStep(e.Step)
	case runner.EventStepDone:
		s.endRunStep(e.Step, PhaseDone, e.Took)
	case runner.EventStepFailed:
		s.endRunStep(e.Step, PhaseFailed, e.Took)
	case runner.EventMigration:
		s.update(func(sn *Snapshot) {
			sn.Run.Migrations = append(append([]string{}, sn.Run.Migrations...), e.Migration)
		}, Event{Kind: KindRun, Phase: PhaseWorking, Text: "applied " + e.Migration})
	case runner.EventHealth:
		s.healthChanged(e)
		live.state.setHealth(Health(e.Health))
	case runner.EventLog:
		s.logged(&s.run, LogLine{At: e.Log.At, Stream: e.Log.Stream, Text: e.Log.Text})
	case runner.EventStats:
		st := Stats{At: e.Stats.At, CPUPercent: e.Stats.CPUPercent, MemoryBytes: e.Stats.MemoryBytes, MemoryLimit: e.Stats.MemoryLimit}
		s.update(func(sn *Snapshot) {
			sn.Run.Stats = st
			old := sn.Run.StatsHistory
			sn.Run.StatsHistory = append(append([]Stats{}, old[max(len(old)-statsKept+1, 0):]...), st)
		}, Event{Kind: KindStats, Stats: &st})
	case runner.EventNotice:
		s.note("attention", s.clean(e.Output))
	case runner.EventExit:
		// awaitExit shows it, once the run is known to have started.
	}
}

// logged keeps a line and tells it.
func (s *Session) logged(log *Log, line LogLine) {
	line.Text = s.clean(line.Text)
	log.add(line)
	s.broker.publish(Event{Kind: KindLog, At: line.At, Line: &line})
}

// beginRunStep shows a step of starting a run as under way; the one before it,
// if nothing ended it, is done.
func (s *Session) beginRunStep(name string) {
	step := RunStep{Name: name, Phase: PhaseWorking}
	s.update(func(sn *Snapshot) {
		steps := append(append([]RunStep{}, sn.Run.Steps...), step)
		if n := len(steps); n > 1 && steps[n-2].Phase == PhaseWorking {
			steps[n-2].Phase = PhaseDone
		}
		sn.Run.Steps, sn.Run.Step = steps, name
	}, Event{Kind: KindRun, Phase: PhaseWorking, RunStep: &step})
}

func (s *Session) endRunStep(name string, phase Phase, took time.Duration) {
	step := RunStep{Name: name, Phase: phase, Took: took}
	s.update(func(sn *Snapshot) {
		steps := append([]RunStep{}, sn.Run.Steps...)
		for i := range steps {
			if steps[i].Name == name && steps[i].Phase == PhaseWorking {
				steps[i] = step
			}
		}
		sn.Run.Steps = steps
		if name == runner.StepPlugin && phase == PhaseDone {
			sn.Run.Started = s.opts.Now()
		}
	}, Event{Kind: KindRun, Phase: PhaseWorking, RunStep: &step})
}

// healthChanged shows a change of the container's health.
func (s *Session) healthChanged(e runner.Event) {
	health := Health(e.Health)
	detail := ""
	if health == HealthUnhealthy {
		detail = s.probeFailure(e)
	}
	before := s.Snapshot().Run
	after := e.At.Sub(before.Started)
	if before.Started.IsZero() || after <= 0 {
		after = time.Millisecond // healthy before its start was noted: at once
	}
	s.update(func(sn *Snapshot) {
		sn.Run.Health, sn.Run.HealthDetail = health, detail
		if health == HealthHealthy && sn.Run.HealthyAfter == 0 {
			sn.Run.HealthyAfter = after
		}
	}, Event{Kind: KindHealth, Health: health, Text: detail})
	switch {
	case health == before.Health:
	case health == HealthHealthy && before.HealthyAfter == 0:
		s.note("good", fmt.Sprintf("health became healthy after %s", roundDuration(after)))
	case health == HealthHealthy:
		s.note("good", "health became healthy again")
	case health == HealthUnhealthy:
		s.note("broken", "health became unhealthy: "+detail)
	}
}

// probeFailure says in one line how the last probe failed.
func (s *Session) probeFailure(e runner.Event) string {
	lines := strings.Split(strings.TrimSpace(e.Output), "\n")
	last := s.clean(lines[len(lines)-1]) // of a traceback the last line names the error
	text := fmt.Sprintf("the probe ended with exit code %d", e.ExitCode)
	if e.ExitCode == 127 {
		text += " (the image has no such command)"
	}
	if last != "" {
		text += ": " + last
	}
	return text
}

// exitOf turns the runner's account of an exit into ours.
func exitOf(e *runner.Exit) *Exit {
	if e == nil {
		return &Exit{Code: -1, Reason: "the engine did not say why"}
	}
	return &Exit{Code: e.Code, OOM: e.OOM, Reason: e.Reason, At: e.At}
}
