//go:build !windows

package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/studio"
)

// sighting waits for a text in what a terminal is sent, and tells when it came.
type sighting struct {
	mu   sync.Mutex
	text []byte
	tail []byte
	seen chan time.Time
}

func (s *sighting) wait(text string) <-chan time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text, s.tail, s.seen = []byte(text), nil, make(chan time.Time, 1)
	return s.seen
}

func (s *sighting) Write(p []byte) (int, error) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tail = append(s.tail, p...)
	if s.text != nil && bytes.Contains(s.tail, s.text) {
		s.seen <- now
		s.text = nil
	}
	if over := len(s.tail) - 1<<16; over > 0 {
		s.tail = slices.Clone(s.tail[over:])
	}
	return len(p), nil
}

// BenchmarkSaveToScreen is the way from a save to the finding on the screen of
// the running Studio: the save itself, the watch with its debounce of 30 ms,
// the check, the frame, and the terminal that reads it. Goal: p99 at most 40 ms.
// Beside it stands how late a bare timer of the debounce's length is in the same
// run: that much of p99 is the machine's.
func BenchmarkSaveToScreen(b *testing.B) {
	plain := func(path string, data []byte) error { return os.WriteFile(path, data, 0o644) }
	rename := func(path string, data []byte) error {
		if err := os.WriteFile(path+".tmp", data, 0o644); err != nil {
			return err
		}
		return os.Rename(path+".tmp", path)
	}
	for _, c := range []struct {
		name string
		save func(path string, data []byte) error
		many bool // findings everywhere, and the file as large as any
	}{{"write", plain, false}, {"rename", rename, false}, {"broken", plain, true}} {
		b.Run(c.name, func(b *testing.B) { saveToScreen(b, c.save, c.many) })
	}
}

func saveToScreen(b *testing.B, save func(path string, data []byte) error, many bool) {
	plan, err := scaffold.NewPlan(scaffold.Answers{
		Name: "watch-me", DisplayName: "Watch Me", Description: "Is watched", Author: "Ada", Template: "python", Database: true, Port: 8080,
	}, b.TempDir())
	if err == nil {
		err = plan.Write()
	}
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(plan.Dir, manifest.FileName)
	good, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	if many {
		list := []byte(`"capabilities_required": [`)
		names := bytes.TrimSuffix(bytes.Repeat([]byte("\n\"index_knowledge\", \"red_devices\","), 100), []byte(",")) // JSON still: a syntax error would take the cursor
		good = bytes.Replace(good, list, append(list, names...), 1)
	}
	screen := showStudio(b, plan.Dir)
	var took, late []time.Duration
	b.ResetTimer()
	for i := range max(b.N, 200) {
		slept := time.Now()
		<-time.After(30 * time.Millisecond)
		late = append(late, time.Since(slept)-30*time.Millisecond)
		<-time.After(time.Duration(rand.IntN(25)) * time.Millisecond) // out of step with the frames
		port := 100 + i%900
		data := bytes.Replace(good, []byte(`"port": 8080`), fmt.Appendf(nil, `"port": %d`, port), 1)
		seen := screen.wait(fmt.Sprintf("port is %d,", port))
		began := time.Now()
		if err := save(path, data); err != nil {
			b.Fatal(err)
		}
		took = append(took, await(b, seen).Sub(began))
	}
	b.StopTimer()
	slices.Sort(took)
	slices.Sort(late)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(late[len(late)*99/100])/1e6, "timer-late-p99-ms")
	for _, q := range []int{50, 90, 99} {
		b.ReportMetric(float64(took[len(took)*q/100])/1e6, fmt.Sprintf("p%d-ms", q))
	}
}

// showStudio runs the Studio on a folder in a terminal of its own until the end
// of the benchmark, with the manifest's page open.
func showStudio(b *testing.B, dir string) *sighting {
	b.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		machine.Missing(b, "no pseudo terminal here: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Cols: 120, Rows: 40}); err != nil {
		b.Fatal(err)
	}
	screen := &sighting{}
	go func() {
		_, _ = io.Copy(screen, master) // ends with the terminal
	}()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	opened := screen.wait("Pipeline")
	go func() {
		ended <- Run(ctx, Options{In: tty, Out: tty, Theme: "dark", Dir: dir, Open: func(ctx context.Context, dir string) (Project, error) {
			s, err := studio.Open(ctx, studio.Options{
				Dir: dir, Watch: true, Engine: engine.Options{Host: "unix://" + filepath.Join(dir, "nobody.sock"), Getenv: func(string) string { return "" }},
			})
			if err != nil {
				return nil, err
			}
			return FromSession(s), nil
		}})
	}()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
		_ = tty.Close()
		_ = master.Close()
	})
	await(b, opened)
	page := screen.wait("Plugin validation")
	if _, err := master.WriteString("2"); err != nil {
		b.Fatal(err)
	}
	await(b, page)
	return screen
}

func await(b *testing.B, seen <-chan time.Time) time.Time {
	b.Helper()
	select {
	case at := <-seen:
		return at
	case <-time.After(10 * time.Second):
		b.Fatal("never seen on the screen")
	}
	return time.Time{}
}
