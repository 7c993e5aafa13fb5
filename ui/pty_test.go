//go:build !windows

package ui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/studio"
)

// terminal is the other side of a pty: what was written to it, and a signal
// when more came in.
type terminal struct {
	t      *testing.T
	master *os.File
	tty    *os.File
	mu     sync.Mutex
	out    bytes.Buffer
	more   chan struct{}
}

func newTerminal(t *testing.T, answer func(query string) string) *terminal {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		machine.Missing(t, "no pseudo terminal here: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, master: master, tty: tty, more: make(chan struct{}, 1)}
	t.Cleanup(func() { _ = tty.Close(); _ = master.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			if err != nil {
				return
			}
			x.mu.Lock()
			x.out.Write(buf[:n])
			x.mu.Unlock()
			if answer != nil {
				if a := answer(string(buf[:n])); a != "" {
					_, _ = master.WriteString(a)
				}
			}
			select {
			case x.more <- struct{}{}:
			default:
			}
		}
	}()
	return x
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.out.String()
}

func (x *terminal) shows(text string) {
	x.t.Helper()
	deadline := time.After(10 * time.Second)
	for !strings.Contains(x.text(), text) {
		select {
		case <-x.more:
		case <-deadline:
			x.t.Fatalf("waited in vain for %q; got %q", text, x.text())
		}
	}
}

func (x *terminal) types(keys string) {
	x.t.Helper()
	if _, err := x.master.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) run(o Options) <-chan error {
	ended := make(chan error, 1)
	o.In, o.Out = x.tty, x.tty
	go func() { ended <- Run(context.Background(), o) }()
	return ended
}

func TestASilentTerminalGetsItsFirstFrameAndIsRestored(t *testing.T) {
	x := newTerminal(t, nil)
	before, err := term.GetState(int(x.tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	ended := x.run(Options{Open: noProject})
	x.shows("No plugin here yet")
	x.types("q")
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
	x.shows("\x1b[?1049l")
	after, err := term.GetState(int(x.tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if *before != *after {
		t.Error("the terminal's modes differ from before")
	}
}

func TestAnAnswerAboutTheBackgroundIsNotTakenForKeys(t *testing.T) {
	answered := false
	x := newTerminal(t, func(query string) string {
		if answered || !strings.Contains(query, "\x1b]11;?") {
			return ""
		}
		answered = true
		return "\x1b]11;rgb:nqrb/nnnn/qqqq\a\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;4c"
	})
	project := newSampleProject(sampleFresh())
	ended := x.run(Options{Open: func(context.Context, string) (Project, error) { return project, nil }})
	x.shows("Pipeline")
	x.types("?")
	x.shows("Everywhere")
	x.types("\x03")
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
	for _, call := range project.seen() {
		if call != "close" {
			t.Errorf("the answer was taken for keys: it called %s", call)
		}
	}
}

func TestTheEditorGetsTheTerminalAndGivesItBack(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "editor")
	body := "#!/bin/sh\n[ -t 0 ] && [ -t 1 ] && echo \"edits $*\"\nread answer\necho \"read $answer\"\n"
	if err := os.WriteFile(script, []byte(body), 0o755); err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t, nil)
	project := newSampleProject(sampleBroken())
	ended := x.run(Options{Open: func(context.Context, string) (Project, error) { return project, nil }, Editor: script + " -w", Theme: "dark"})
	x.shows("Pipeline")
	x.types("2")
	x.shows("7/8 checks passed")
	x.types("e")
	x.shows("edits -w /home/ada/plugins/monitoring-integration/manifest.json")
	x.types("done\n")
	x.shows("read done")
	project.set(func(sn *studio.Snapshot) { *sn = sampleFresh() })
	project.events <- studio.Event{Kind: studio.KindManifest}
	x.shows("8/8 checks passed")
	x.types("\x03")
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestTheWizardAloneRunsOnATerminal(t *testing.T) {
	x := newTerminal(t, nil)
	type result struct {
		ok  bool
		err error
	}
	ended := make(chan result, 1)
	go func() {
		_, ok, err := RunWizard(context.Background(), Options{In: x.tty, Out: x.tty, Theme: "dark"})
		ended <- result{ok, err}
	}()
	x.shows("Plugin name")
	x.types("\x03")
	if got := <-ended; got.ok || got.err != nil {
		t.Errorf("got %+v", got)
	}
}
