package netstacks_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

// counted is a server that counts its connections.
type counted struct {
	*httptest.Server
	opened, closed, open, most atomic.Int64
}

func serve(t *testing.T, handler http.HandlerFunc) *counted {
	t.Helper()
	s := &counted{Server: httptest.NewUnstartedServer(handler)}
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.opened.Add(1)
			n := s.open.Add(1)
			for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); most = s.most.Load() {
			}
		case http.StateClosed, http.StateHijacked:
			s.closed.Add(1)
			s.open.Add(-1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *counted) client(t *testing.T, options ...netstacks.Option) *netstacks.Client {
	t.Helper()
	c, err := netstacks.New(append([]netstacks.Option{netstacks.WithBaseURL(s.URL), netstacks.WithToken(token)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// eventually waits until something can be observed.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	again, deadline := time.NewTicker(time.Millisecond), time.After(10*time.Second)
	defer again.Stop()
	for !is() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("in vain: %s", what)
		}
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader([]int{200, 404, 503, 400, 200, 302}[n.Add(1)%6])
		_, _ = w.Write([]byte(`[]`))
	})
	c := s.client(t)
	for range 30 {
		_, _ = c.ListDevices(t.Context()) // also answers that are errors are read to their end
	}
	// net/http gives a connection up whose request it took long to write, on a machine that is very busy.
	if got := s.opened.Load(); got > 3 {
		t.Errorf("%d connections were opened", got)
	}
	c.Close()
	eventually(t, "Close closes what is idle", func() bool { return s.open.Load() == 0 })
	if n.Store(5); first(c.ListDevices(t.Context())) != nil {
		t.Error("a client that was closed can go on")
	}
	client(t, says(200, `[]`)).Close() // a transport without connections
}

func first[T any](_ T, err error) error { return err }

func TestCancellingGivesTheConnectionBack(t *testing.T) {
	arrived := make(chan struct{})
	var hang atomic.Bool
	hang.Store(true)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if hang.Load() {
			arrived <- struct{}{}
			<-r.Context().Done() // the client has closed the connection
			return
		}
		_, _ = w.Write([]byte(`[]`))
	})
	c := s.client(t, netstacks.WithMaxConnections(1))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	started := time.Now()
	if _, err := c.ListDevices(ctx); !errors.Is(err, context.Canceled) || time.Since(started) > 5*time.Second {
		t.Error(err)
	}
	hang.Store(false)
	if _, err := c.ListDevices(t.Context()); err != nil {
		t.Error("the only connection was not given back:", err)
	}
	eventually(t, "the connection of the cancelled call is closed", func() bool { return s.closed.Load() == 1 })
}

func TestWaitingForAConnectionIsNoPartOfTheTimeOut(t *testing.T) {
	const took, calls = 100 * time.Millisecond, 15
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(took): // as long as the answer is made to take
			_, _ = w.Write([]byte(`[]`))
		case <-r.Context().Done(): // the client's time was up
		}
	})
	c := s.client(t, netstacks.WithMaxConnections(1), netstacks.WithTimeout(10*took))
	started := time.Now()
	var all sync.WaitGroup
	for range calls {
		all.Go(func() {
			if _, err := c.ListDevices(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if waited := time.Since(started); waited < calls*took {
		t.Errorf("one connection served %d calls in %v", calls, waited)
	}
}

func TestACallThatWaitsForAConnectionCanBeCancelled(t *testing.T) {
	arrived, leave := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-leave
	})
	c := s.client(t, netstacks.WithMaxConnections(1))
	busy := make(chan error)
	go func() { busy <- first(c.TriggerAgent(t.Context(), netstacks.AgentRequest{AgentID: "a"})) }()
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.ListDevices(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(leave)
	<-busy
}

// A GET on a connection that was open already is not repeated by net/http.
func TestNoMoreThanThreeAttemptsReachTheWire(t *testing.T) {
	var requests atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(`[]`))
	})
	c := s.client(t)
	if _, err := c.ListDevices(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.ListDevices(t.Context())
	if _, ok := errors.AsType[*netstacks.ConnectionError](err); !ok || requests.Load() != 1+3 {
		t.Error(requests.Load(), err)
	}
}

func TestTenThousandCallsAtOnceLeaveNothingBehind(t *testing.T) {
	const calls, most = 10_000, 32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(`[]`)) })
	c := s.client(t, netstacks.WithMaxConnections(most))
	if _, err := c.ListDevices(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Close()
	eventually(t, "the first connection is closed", func() bool { return s.open.Load() == 0 })
	goroutines, sockets, heap := runtime.NumGoroutine(), openFiles(), liveHeap()

	var all sync.WaitGroup
	var failed atomic.Int64
	for range calls {
		all.Go(func() {
			if _, err := c.ListDevices(t.Context()); err != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	// A server learns a little late that a client has closed a connection and opened another.
	if failed.Load() > 0 || s.most.Load() > most+most/4 || s.opened.Load() > 4*most {
		t.Errorf("%d calls failed, %d connections were open at once, %d in all", failed.Load(), s.most.Load(), s.opened.Load())
	}
	c.Close()
	eventually(t, "all connections are closed", func() bool { return s.open.Load() == 0 && openFiles() <= sockets })
	eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	if grown := liveHeap() - heap; grown > 8<<20 {
		t.Errorf("%d bytes are left", grown)
	}
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what was put into a sync.Pool lives for two
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// openFiles returns how many this process has, or 0 where that cannot be told.
func openFiles() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

func TestRequestsAreThoseOfThisLibrary(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "netstacks-sdk-go/"+netstacks.Version {
			t.Errorf("User-Agent: %s", got)
		}
		if r.ContentLength > 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("a GET has a body: %d, %v", r.ContentLength, r.TransferEncoding)
		}
		_, _ = w.Write([]byte(`{"devices": [` + strings.Repeat(`{"id": "1"},`, 5000) + `{"id": "2"}]}`))
	})
	if devices, err := s.client(t).ListDevices(t.Context()); err != nil || len(devices) != 5001 {
		t.Error(len(devices), err)
	}
}
