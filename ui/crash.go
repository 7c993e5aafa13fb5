package ui

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// CrashError is returned by Run when the Studio itself failed. The terminal is
// restored and the project closed by then.
type CrashError struct {
	Value any    // what was panicked with
	Path  string // the crash report; empty when none could be written
	Stack []byte
}

func (e *CrashError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("the Studio crashed: %v; please report this together with:\n%s", e.Value, e.Stack)
	}
	return fmt.Sprintf("the Studio crashed: %v; please report this together with %s", e.Value, e.Path)
}

// crashedMsg ends the program after a panic in a Cmd.
type crashedMsg struct{}

// crashBox keeps the first panic and writes its report.
type crashBox struct {
	dir   string
	write func(path string, data []byte) error // nil: nothing is written
	now   func() time.Time
	logs  logTail

	mu    sync.Mutex
	first *CrashError
}

// record must be called by the function that recovered, so that the stack is that of the panic.
func (c *crashBox) record(value any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first != nil {
		return
	}
	c.first = &CrashError{Value: value, Stack: debug.Stack()}
	if c.dir == "" || c.write == nil {
		return
	}
	at := c.now()
	path := filepath.Join(c.dir, "crash-"+at.UTC().Format("20060102-150405")+".txt")
	report := fmt.Sprintf("netstacks-plugin crashed at %s\n\n%v\n\n%s\n%s", at.Format(time.RFC3339), value, c.first.Stack, c.logs.text())
	if c.write(path, []byte(report)) == nil {
		c.first.Path = path
	}
}

// logTail takes what libraries log while the Studio has the screen, where
// printing it would tear the frame, and keeps the end of it for a crash report.
type logTail struct {
	mu   sync.Mutex
	kept []byte
}

const maxLogTail = 32 << 10

func (l *logTail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, p...)
	if over := len(l.kept) - maxLogTail; over > 0 {
		l.kept = append([]byte(nil), l.kept[over:]...)
	}
	return len(p), nil
}

func (l *logTail) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.kept)
}

func (c *crashBox) crashed() *CrashError {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first
}

// guarded is the root model with a net under it: a panic in Update, View or a
// Cmd becomes a crash report and an orderly end, instead of a stack trace in
// the alternate screen.
type guarded struct {
	root *root
	box  *crashBox
	kill func() // ends the program from within View, which returns no Cmd
	// screen draws frames at once; nil where the output is no terminal.
	screen *screen
}

func (g *guarded) Init() tea.Cmd { return g.wrap(g.root.Init()) }

func (g *guarded) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	if _, crashed := msg.(crashedMsg); crashed || g.box.crashed() != nil {
		return g, tea.Quit
	}
	defer func() {
		if v := recover(); v != nil {
			g.box.record(v)
			model, cmd = g, tea.Quit
		}
	}()
	return g, g.wrap(g.root.Update(msg))
}

func (g *guarded) View() (view string) {
	if g.box.crashed() != nil {
		return ""
	}
	defer func() {
		if v := recover(); v != nil {
			g.box.record(v)
			g.kill()
			view = ""
		}
	}()
	view = g.root.View()
	if g.screen != nil {
		g.screen.show(view, g.root.width, g.root.urgent)
		g.root.urgent = false
	}
	return view
}

func (g *guarded) wrap(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if v := recover(); v != nil {
				g.box.record(v)
				msg = crashedMsg{}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = g.wrap(batch[i])
			}
		}
		return msg
	}
}

// watch runs f and turns a panic in it into the end of the program. It is for
// goroutines of our own, which Bubble Tea does not know.
func (g *guarded) watch(f func()) {
	defer func() {
		if v := recover(); v != nil {
			g.box.record(v)
			g.kill()
		}
	}()
	f()
}
