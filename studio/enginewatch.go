package studio

import (
	"context"
	"time"

	"github.com/netstacks/netstacks-plugin/engine"
)

const (
	enginePing     = 2 * time.Second // between two looks at the engine while a plugin runs
	enginePatience = 5 * time.Second // for one answer, on a machine that is busy building
)

// watchEngine tells, while a run lasts, when the engine stops answering and
// when it answers again: health, output and statistics fall silent with it,
// and silence looks like health.
func (s *Session) watchEngine(ctx context.Context, eng *engine.Engine, live *liveRun) {
	tick := time.NewTicker(enginePing)
	defer tick.Stop()
	lost := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-live.ended:
			return
		case <-tick.C:
		}
		asked, cancel := context.WithTimeout(ctx, enginePatience)
		err := eng.Answers(asked)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !lost:
			lost = true
			p := problemOf(err)
			s.update(func(sn *Snapshot) { sn.Engine.Problem = p }, Event{Kind: KindEngine, Problem: p})
			s.note("broken", "the engine stopped answering; what is shown of the plugin is old")
		case err == nil && lost:
			lost = false
			s.update(func(sn *Snapshot) { sn.Engine.Problem = nil }, Event{Kind: KindEngine, Text: eng.String()})
			s.note("good", "the engine answers again")
		}
	}
}
