package studio

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
)

// poller fetches the panels of a running plugin: each once when the plugin is
// ready, then by its interval, and at once when asked.
type poller struct {
	session *Session
	client  panel.Client
	plugin  string
	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup
}

func (s *Session) startPolling(client panel.Client, plugin string) *poller {
	p := &poller{session: s, client: client, plugin: plugin}
	p.ctx, p.cancel = context.WithCancel(s.ctx)
	p.work.Add(1)
	go p.loop()
	return p
}

// ready tells whether the plugin may be asked: it has been healthy, or has no
// health check. An unhealthy plugin is asked on: its author wants to see what
// the Terminal would show.
func (p *poller) ready() bool {
	sn := p.session.Snapshot()
	return sn.Run.HealthyAfter > 0 || sn.Manifest.Good.HealthCheck == nil
}

func (p *poller) stop() {
	p.cancel()
	p.work.Wait()
}

// loop fetches whatever panel is due. Panels come from the snapshot each time,
// so that an edit of the manifest shows without a restart.
func (p *poller) loop() {
	defer p.work.Done()
	events, unsubscribe := p.session.Subscribe(1)
	defer unsubscribe()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-timer.C:
		case e, ok := <-events:
			if !ok {
				return
			}
			if e.Kind != KindManifest && e.Kind != KindHealth {
				continue
			}
		}
		if p.ready() {
			timer.Reset(p.fetchDue())
		}
	}
}

// fetchDue fetches all panels whose time has come and returns how long until
// the next one is due.
func (p *poller) fetchDue() time.Duration {
	wait := time.Hour
	for _, st := range p.session.Snapshot().Panels {
		now := p.session.opts.Now()
		first := st.At.IsZero()
		if first || (!st.Next.IsZero() && !now.Before(st.Next)) {
			_ = p.fetch(p.ctx, st.Panel)
			if p.ctx.Err() != nil {
				return wait
			}
		}
	}
	now := p.session.opts.Now()
	for _, st := range p.session.Snapshot().Panels {
		if !st.Next.IsZero() {
			wait = min(wait, max(st.Next.Sub(now), 0))
		}
	}
	return wait
}

// fetch fetches one panel and puts what the Terminal would show into the snapshot.
func (p *poller) fetch(ctx context.Context, def manifest.Panel) error {
	s := p.session
	s.updatePanel(def.ID, func(st *PanelState) { st.Loading = st.At.IsZero() })
	started := s.opts.Now()
	table, err := p.client.Fetch(ctx, p.plugin, def)
	if p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	now := s.opts.Now()
	s.updatePanel(def.ID, func(st *PanelState) {
		st.Loading, st.At, st.Took, st.Next = false, now, now.Sub(started), time.Time{}
		if def.RefreshIntervalSeconds > 0 {
			st.Next = now.Add(time.Duration(def.RefreshIntervalSeconds * float64(time.Second)))
		}
		st.Table, st.Err = nil, ""
		if err != nil {
			st.Err = CleanLine(err.Error())
		} else {
			st.Table = &table
		}
	})
	return err
}

// updatePanel changes the state of the panel with the given id.
func (s *Session) updatePanel(id string, change func(*PanelState)) {
	s.update(func(sn *Snapshot) {
		panels := make([]PanelState, len(sn.Panels))
		copy(panels, sn.Panels)
		for i := range panels {
			if panels[i].Panel.ID == id {
				change(&panels[i])
			}
		}
		sn.Panels = panels
	}, Event{Kind: KindPanel, Panel: id})
}

// RefreshPanel fetches the panel with the given id now. The error is what the
// Terminal would show, or that nothing runs.
func (s *Session) RefreshPanel(ctx context.Context, id string) error {
	live := s.current()
	if live == nil {
		return ErrNotRunning
	}
	for _, st := range s.Snapshot().Panels {
		if st.Panel.ID == id {
			ctx, cancel := s.bound(ctx)
			defer cancel()
			return live.panels.fetch(ctx, st.Panel)
		}
	}
	return fmt.Errorf("the manifest has no panel with the id %q", id)
}
