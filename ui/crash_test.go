package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
)

// brokenPage panics when it is drawn or given a key.
type brokenPage struct{ *overviewPage }

func (brokenPage) draw() []string         { panic("drawing failed") }
func (brokenPage) update(tea.Msg) tea.Cmd { panic("updating failed") }

func newGuarded(t *testing.T) (*guarded, *bool) {
	h := newHarness(t, sampleRunning(), 80, 24)
	killed := false
	return &guarded{root: h.root, box: &crashBox{dir: t.TempDir(), write: writeFile, now: func() time.Time { return sampleNow }}, kill: func() { killed = true }}, &killed
}

func writeFile(path string, data []byte) error { return os.WriteFile(path, data, 0o600) }

func TestAPanicBecomesAReport(t *testing.T) {
	for _, c := range []struct {
		where string
		do    func(g *guarded) tea.Cmd
	}{
		{"View", func(g *guarded) tea.Cmd { _ = g.View(); return tea.Quit }},
		{"Update", func(g *guarded) tea.Cmd { _, cmd := g.Update(keyMsg("x")); return cmd }},
		{"a Cmd", func(g *guarded) tea.Cmd {
			msg := g.wrap(func() tea.Msg { panic("a command failed") })()
			_, cmd := g.Update(msg)
			return cmd
		}},
		{"a Cmd in a batch", func(g *guarded) tea.Cmd {
			batch := g.wrap(tea.Batch(func() tea.Msg { panic("a command failed") }, func() tea.Msg { return nil }))().(tea.BatchMsg)
			_, cmd := g.Update(batch[0]())
			return cmd
		}},
		{"a goroutine", func(g *guarded) tea.Cmd { g.watch(func() { panic("a goroutine failed") }); return tea.Quit }},
	} {
		t.Run(c.where, func(t *testing.T) {
			g, _ := newGuarded(t)
			g.root.pages[0] = brokenPage{newOverview(g.root.st)}
			fmt.Fprint(&g.box.logs, "a library said this before")
			cmd := c.do(g)
			if cmd == nil || cmd() != tea.Quit() {
				t.Error("the program does not end")
			}
			crash := g.box.crashed()
			if crash == nil {
				t.Fatal("nothing recorded")
			}
			report, err := os.ReadFile(crash.Path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(report), "failed") || !strings.Contains(string(report), "crash_test.go") ||
				!strings.Contains(string(report), "a library said this before") {
				t.Errorf("the report lacks the cause or its place:\n%s", report)
			}
			if got := crash.Error(); !strings.Contains(got, "failed") || !strings.Contains(got, crash.Path) {
				t.Errorf("the error %q lacks the cause or the report's path", got)
			}
			if g.View() != "" {
				t.Error("something is drawn after the crash")
			}
		})
	}
}

func TestAPanicInViewKillsTheProgram(t *testing.T) {
	g, killed := newGuarded(t)
	g.root.pages[0] = brokenPage{newOverview(g.root.st)}
	_ = g.View()
	if !*killed {
		t.Error("the program goes on")
	}
}

func TestRunReturnsACrashAfterClosingTheProject(t *testing.T) {
	project := &panickyProject{sampleProject: newSampleProject(sampleFresh())}
	var out bytes.Buffer
	err := Run(context.Background(), Options{
		Open: func(context.Context, string) (Project, error) { return project, nil },
		In:   strings.NewReader("b"), Out: &out, StateDir: t.TempDir(), WriteFile: writeFile,
	})
	var crash *CrashError
	if !errors.As(err, &crash) {
		t.Fatalf("got %v", err)
	}
	if got := project.seen(); len(got) == 0 || got[len(got)-1] != "close" {
		t.Errorf("the project was not closed: %v", got)
	}
	if !strings.Contains(out.String(), "\x1b[?1049l") {
		t.Error("the alternate screen was not left")
	}
}

// panickyProject panics when its events are asked for.
type panickyProject struct{ *sampleProject }

func (*panickyProject) Subscribe(int) (<-chan studio.Event, func()) { panic("subscribing failed") }

func TestRunEndsWithItsContextAndClosesTheProject(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	project := newSampleProject(sampleRunning())
	go func() {
		<-project.noted // the first command
		cancel()
	}()
	// Not a file: what reads those closes the descriptor under its own reader
	// when a context ends a program, which the race detector sees.
	in, keys := io.Pipe()
	defer in.Close()
	opened := make(chan struct{})
	go func() {
		<-opened
		for range 50 { // keys before the project is open go nowhere
			if _, err := io.WriteString(keys, "p"); err != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	err := Run(ctx, Options{Open: func(context.Context, string) (Project, error) { close(opened); return project, nil }, In: in, Out: &bytes.Buffer{}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := project.seen(); got[len(got)-1] != "close" {
		t.Errorf("the project was not closed: %v", got)
	}
}

func TestLogsOfLibrariesAreKeptWithinBounds(t *testing.T) {
	var l logTail
	for range 100 {
		fmt.Fprint(&l, strings.Repeat("x", 1000))
	}
	fmt.Fprint(&l, "the end")
	if got := l.text(); len(got) != maxLogTail || !strings.HasSuffix(got, "the end") {
		t.Errorf("%d bytes are kept, ending in %q", len(got), got[len(got)-7:])
	}
}

func TestOptionsAreChecked(t *testing.T) {
	if err := Run(context.Background(), Options{}); err == nil {
		t.Error("no Open was accepted")
	}
	err := Run(context.Background(), Options{Open: noProject, Theme: "pink"})
	if err == nil || !strings.Contains(err.Error(), "there is no theme") {
		t.Errorf("got %v", err)
	}
}
