package ui

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	lipgloss.SetColorProfile(termenv.Ascii)
	os.Exit(m.Run())
}

// harness drives a root without a terminal: keys go in, Cmds run as Bubble Tea
// would run them, and the screen is what View returns.
type harness struct {
	t       *testing.T
	root    *root
	project *sampleProject
	msgs    chan tea.Msg
	quit    bool
}

// newHarness opens a project that shows sn.
func newHarness(t *testing.T, sn studio.Snapshot, width, height int) *harness {
	t.Helper()
	project := newSampleProject(sn)
	h := newRootHarness(t, Options{Open: func(context.Context, string) (Project, error) { return project, nil }}, width, height)
	h.project = project
	h.root.Update(projectOpenedMsg{dir: sn.Dir, project: project})
	return h
}

// newRootHarness makes a root with the sample clock and no colours.
func newRootHarness(t *testing.T, o Options, width, height int) *harness {
	t.Helper()
	o.In, o.Out, o.Now = strings.NewReader(""), io.Discard, func() time.Time { return sampleNow }
	if o.Dir == "" {
		o.Dir = "/home/ada/plugins"
	}
	o, err := o.complete()
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{t: t, msgs: make(chan tea.Msg, 256)}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	h.root = newRoot(ctx, o)
	h.root.renderer.SetColorProfile(termenv.Ascii)
	h.root.setTheme(true)
	h.root.ready = true
	h.root.send = func(m tea.Msg) { h.msgs <- m }
	h.root.resize(width, height)
	return h
}

// do runs a Cmd; what comes of it is handled by until.
func (h *harness) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		v := reflect.ValueOf(msg)
		if v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeOf(tea.Cmd(nil)) { // a batch or a sequence
			for i := range v.Len() {
				h.do(v.Index(i).Interface().(tea.Cmd))
			}
			return
		}
		if msg != nil {
			h.msgs <- msg
		}
	}()
}

// until handles messages until cond holds.
func (h *harness) until(what string, cond func() bool) {
	h.t.Helper()
	deadline := time.After(10 * time.Second)
	var noted chan struct{}
	if h.project != nil {
		noted = h.project.noted
	}
	for !cond() {
		select {
		case msg := <-h.msgs:
			h.handle(msg)
		case <-noted:
		case <-deadline:
			h.t.Fatalf("waited in vain until %s; the screen is\n%s", what, h.screen())
		}
	}
}

func (h *harness) handle(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		h.quit = true
		return
	}
	h.do(h.root.Update(msg))
}

// shows waits until the screen holds text.
func (h *harness) shows(text string) {
	h.t.Helper()
	h.until("the screen shows "+text, func() bool { return strings.Contains(h.screen(), text) })
}

// press sends keys by their names, single characters and words such as "enter".
func (h *harness) press(keys ...string) {
	for _, k := range keys {
		h.do(h.root.Update(keyMsg(k)))
	}
}

// typeText sends a text key by key.
func (h *harness) typeText(text string) {
	for _, r := range text {
		h.press(string(r))
	}
}

func keyMsg(name string) tea.KeyMsg {
	named := map[string]tea.KeyType{
		"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
		"right": tea.KeyRight, "ctrl+c": tea.KeyCtrlC, "ctrl+l": tea.KeyCtrlL, "ctrl+u": tea.KeyCtrlU, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp,
		"pgdown": tea.KeyPgDown, "ctrl+z": tea.KeyCtrlZ, "backspace": tea.KeyBackspace,
	}
	if k, ok := named[name]; ok {
		return tea.KeyMsg{Type: k}
	}
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

func (h *harness) screen() string { return h.root.View() }

// fits checks that the screen is exactly as high as the terminal and nowhere wider.
func (h *harness) fits() {
	h.t.Helper()
	lines := strings.Split(h.screen(), "\n")
	if len(lines) != h.root.height {
		h.t.Errorf("%dx%d: %d lines", h.root.width, h.root.height, len(lines))
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > h.root.width {
			h.t.Errorf("%dx%d: line %d is %d cells wide: %q", h.root.width, h.root.height, i, w, line)
		}
	}
}

// golden compares the screen with a file under testdata.
func golden(t *testing.T, name, screen string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	screen = trimLines(screen) + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(screen), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./ui -run %s -update", err, t.Name())
	}
	if screen != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", path, screen, want)
	}
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// plainTheme has no colours.
func plainTheme() theme.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return theme.New("", true, false, r)
}
