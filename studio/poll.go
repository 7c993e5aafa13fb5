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

// loop fetches whatever panel is due, each on its own, so that a slow endpoint
// does not hold up the others. Panels come from the snapshot each time, so that
// an edit of the manifest shows without a restart.
func (p *poller) loop() {
	defer p.work.Done()
	events, unsubscribe := p.session.Subscribe(1)
	defer unsubscribe()
	timer := time.NewTimer(0)
	defer timer.Stop()
	fetching := map[string]bool{}
	fetched := make(chan string)
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-timer.C:
		case id := <-fetched:
			delete(fetching, id)
		case e, ok := <-events:
			if !ok {
				return
			}
			if e.Kind != KindManifest && e.Kind != KindHealth {
				continue
			}
		}
		if p.ready() {
			timer.Reset(p.fetchDue(fetching, fetched))
		}
	}
}

// fetchDue starts fetching the panels whose time has come and that are not
// being fetched, and returns how long until the next one is due.
func (p *poller) fetchDue(fetching map[string]bool, fetched chan<- string) time.Duration {
	wait := time.Hour
	now := p.session.opts.Now()
	for _, st := range p.session.Snapshot().Panels {
		id := st.Panel.ID
		switch {
		case fetching[id]:
		case st.At.IsZero(), !st.Next.IsZero() && !now.Before(st.Next):
			fetching[id] = true
			p.work.Add(1)
			go func() {
				defer p.work.Done()
				_ = p.fetch(p.ctx, st.Panel) // the snapshot says so
				select {
				case fetched <- id:
				case <-p.ctx.Done():
				}
			}()
		case !st.Next.IsZero():
			wait = min(wait, st.Next.Sub(now))
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
		st.Loading, st.At, st.Took, st.Next = false, now, now.Sub(started), panel.Next(def, started, now)
		st.Table, st.Err = nil, ""
		if err != nil {
			st.Err = s.clean(err.Error())
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
