package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// stopGrace is how long the plugin may take to end after SIGTERM.
const stopGrace = 5 * time.Second

// Instance is a plugin that was started. Its owner calls Stop, also after the
// process ended by itself.
type Instance struct {
	s    *session
	done chan struct{}
	exit *Exit // written before done is closed

	cancel   context.CancelFunc // ends the watchers
	cutLogs  context.CancelFunc // ends the reading of the output that is not its end
	logsRead chan struct{}      // closed when the ended process's output was read
	watchers sync.WaitGroup
	stopping chan struct{} // closed when Stop was first called
	once     sync.Once
	busy     chan struct{} // holds one token while nobody stops
	stopped  bool          // guarded by busy
}

// follow starts watching the plugin's process.
func (s *session) follow() *Instance {
	ctx, cancel := context.WithCancel(context.Background())
	reading, cutLogs := context.WithCancel(ctx)
	i := &Instance{
		s: s, cancel: cancel, cutLogs: cutLogs,
		done: make(chan struct{}), logsRead: make(chan struct{}), stopping: make(chan struct{}), busy: make(chan struct{}, 1),
	}
	i.busy <- struct{}{}
	health := &healthWatch{api: s.api, id: s.pluginID, emit: s.events.send}
	usage := &lastUse{}
	i.watchers.Go(func() { health.follow(ctx) })
	i.watchers.Go(func() { i.readLogs(ctx, reading) })
	i.watchers.Go(func() {
		followStats(ctx, s.api, s.pluginID, func(st Stats) {
			usage.set(st)
			s.events.send(Event{Kind: EventStats, Stats: &st})
		})
	})
	i.watchers.Go(func() { i.watchRelay(ctx) })
	i.watchers.Go(func() { i.watchExit(ctx, health, usage) })
	return i
}

// watchExit waits for the process to end by itself, and reports it when its
// last words were read.
func (i *Instance) watchExit(ctx context.Context, health *healthWatch, usage *lastUse) {
	info := awaitExit(ctx, i.s.api, i.s.pluginID)
	if info == nil {
		return
	}
	i.awaitLogs(ctx, drainTime)
	select {
	case <-i.stopping:
		return
	default:
	}
	// An engine that marks no OOM still gives itself away: the kernel's SIGKILL
	// with the memory nearly used up.
	outOfMemory := health.outOfMemory() ||
		info.ContainerJSONBase != nil && info.State.ExitCode == killed && usage.nearLimit()
	var limit int64
	if r := i.s.o.Manifest.Resources; r != nil {
		limit = r.MemoryLimit
	}
	i.exit = exitOf(info, outOfMemory, limit)
	i.s.events.send(Event{Kind: EventExit, Exit: i.exit})
	close(i.done)
}

// watchRelay tells when the link to the engine's network broke: the plugin and
// the Controller cannot reach each other from then on.
func (i *Instance) watchRelay(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-i.stopping:
	case <-i.s.relay.Done():
		i.s.events.notice("the relay to the engine's network ended" + i.s.relay.link.complaint() +
			": the plugin and the Controller cannot reach each other any more; stop and run again")
	}
}

// lastUse remembers the newest sample of the container's memory.
type lastUse struct {
	mu sync.Mutex
	s  Stats
}

func (u *lastUse) set(s Stats) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.s = s
}

// nearLimit reports whether more than nine tenths of the memory were in use.
func (u *lastUse) nearLimit() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.s.MemoryLimit > 0 && u.s.MemoryBytes > u.s.MemoryLimit/10*9
}

// Session is the id that the labels of everything of this run hold.
func (i *Instance) Session() string { return i.s.o.Session }

// Schema is the plugin's PostgreSQL schema, or "" without a database.
func (i *Instance) Schema() string {
	if i.s.database == nil {
		return ""
	}
	return i.s.database.schema
}

// DialPlugin connects to the port that the plugin listens on, through the
// relay. errors.Is tells syscall.ECONNREFUSED while nothing listens there.
func (i *Instance) DialPlugin(ctx context.Context) (net.Conn, error) { return i.s.dialPlugin(ctx) }

// Done is closed when the plugin's process ended by itself; never because of Stop.
func (i *Instance) Done() <-chan struct{} { return i.done }

// Exit is how the process ended, once Done is closed, else nil.
func (i *Instance) Exit() *Exit {
	select {
	case <-i.done:
		return i.exit
	default:
		return nil
	}
}

// Stop ends the plugin's process, SIGTERM first, and removes everything of the
// session from the engine, the network only when nobody else uses it. No event
// comes after it returned without an error. It may be called more than once
// and at the same time; after an error, calling it again tries again.
func (i *Instance) Stop(ctx context.Context) error {
	select {
	case <-i.busy:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { i.busy <- struct{}{} }()
	if i.stopped {
		return nil
	}
	i.once.Do(func() { close(i.stopping) })
	err := i.s.stopPlugin(ctx)
	if err == nil {
		i.awaitLogs(ctx, stopDrainTime)
	}
	if err = errors.Join(err, i.s.remove(ctx)); err != nil {
		return fmt.Errorf("stopping plugin %q: %w", i.s.o.Manifest.Name, i.s.o.Engine.Explain(err))
	}
	i.cancel()
	i.watchers.Wait()
	i.s.events.close()
	running.Delete(i.s.o.Session)
	i.stopped = true
	return nil
}
