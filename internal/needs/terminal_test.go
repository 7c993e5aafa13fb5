//go:build unix

package needs

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

const soon = 20 * time.Second

func TestTerminalTypesKeysAndReadsTheScreen(t *testing.T) {
	term := Start(t, TerminalOptions{}, "cat")
	term.Type("grüße; $HOME -- Enter")
	term.Keys("Enter")
	// Once echoed by the terminal, once written by cat.
	screen := term.WaitFor(`(?s)Enter\n.*Enter\n`, soon)
	if got, want := strings.TrimRight(screen, "\n"), "grüße; $HOME -- Enter\ngrüße; $HOME -- Enter"; got != want {
		t.Errorf("the screen shows:\n%s\nwant:\n%s", got, want)
	}
	term.Keys("C-d")
	if code := term.WaitExit(soon); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestTerminalGivesDirectoryEnvironmentAndSize(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name   string
		o      TerminalOptions
		resize []int
		want   string
	}{
		{"default size", TerminalOptions{Dir: dir, Env: []string{"PLANET=mars and more"}}, nil, dir + "\nmars and more\n40 120\n"},
		{"another size", TerminalOptions{Dir: dir, Width: 100, Height: 12}, nil, dir + "\n\n12 100\n"},
		{"resized", TerminalOptions{Dir: dir}, []int{90, 20}, dir + "\n\n20 90\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			term := Start(t, test.o, "sh", "-c", `read go; pwd; echo "$PLANET"; stty size; read end`)
			if test.resize != nil {
				term.Resize(test.resize[0], test.resize[1])
			}
			term.Keys("Enter")
			screen := term.WaitFor(`\n\d+ \d+\n`, soon)
			if got := strings.Trim(screen, "\n") + "\n"; got != test.want {
				t.Errorf("the screen shows:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestTerminalWaitsForTextToGo(t *testing.T) {
	term := Start(t, TerminalOptions{}, "sh", "-c", `echo here; read go; clear; echo there; read end`)
	term.WaitFor("^here", soon)
	term.Keys("Enter")
	term.WaitGone("(?m)^here", soon)
	term.WaitFor("(?m)^there", soon)
}

func TestTerminalKeepsStyles(t *testing.T) {
	term := Start(t, TerminalOptions{}, "sh", "-c", `printf '\033[1mbold\033[0m\n'; read end`)
	if screen := term.WaitFor("bold", soon); strings.Contains(screen, "\x1b") {
		t.Errorf("the plain screen has escape sequences: %q", screen)
	}
	if styled := term.StyledScreen(); !strings.Contains(styled, "\x1b[1mbold") {
		t.Errorf("the styled screen lacks them: %q", styled)
	}
}

func TestTerminalTellsHowTheProgramEnded(t *testing.T) {
	tests := []struct {
		name, script string
		key          string
		want         int
		shows        string
	}{
		{"at once", `echo said; exit 3`, "", 3, "said"},
		{"well", `read go; echo said`, "Enter", 0, "said"},
		{"by itself", `read go; echo said; exit 3`, "Enter", 3, "said"},
		{"killed", `read go; echo said; kill -KILL $$`, "Enter", 137, "said"},
		{"interrupted", `echo ready; exec sleep 1000`, "C-c", 130, "ready"},
		{"catching the interrupt", `trap 'echo caught; exit 5' INT; echo ready; read go`, "C-c", 5, "caught"},
		{"in the middle of a sequence", `printf 'said\033['; exit 6`, "", 6, "said"},
		{"unknown", `exec no-such-program`, "", 127, "no-such-program"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			term := Start(t, TerminalOptions{}, "sh", "-c", test.script)
			switch test.key {
			case "":
			case "C-c":
				term.WaitFor("ready", soon)
				fallthrough
			default:
				term.Keys(test.key)
			}
			if got := term.WaitExit(soon); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
			if screen := term.Screen(); !strings.Contains(screen, test.shows) {
				t.Errorf("the screen lacks %q:\n%s", test.shows, screen)
			}
		})
	}
}

func TestClosedTerminalHangsUpTheProgram(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		machine.Missing(t, "named pipes are not to be had here: %v", err)
	}
	script := `trap 'echo hung up >"$0"; exit' HUP; echo ready; while :; do sleep 0.01; done`
	term := Start(t, TerminalOptions{}, "sh", "-c", script, fifo)
	term.WaitFor("ready", soon)
	term.Kill()
	said, err := os.ReadFile(fifo) // waits for the writer
	if err != nil || string(said) != "hung up\n" {
		t.Errorf("the program said %q, %v", said, err)
	}
}

func TestTerminalKnowsTheProgramsProcess(t *testing.T) {
	term := Start(t, TerminalOptions{}, "sh", "-c", `echo "pid=$$;"; read end`)
	screen := term.WaitFor(`pid=\d+;`, soon)
	process, err := os.FindProcess(term.Pid())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if code := term.WaitExit(soon); code != 137 {
		t.Errorf("exit code %d after SIGKILL to the pid of\n%s", code, screen)
	}
}

func TestWaitingFailsWithTheLastScreen(t *testing.T) {
	tests := []struct {
		name, script string
		timeout      time.Duration
		want         []string
	}{
		{"when time is up", `echo red; read end`, 300 * time.Millisecond, []string{"not within 300ms", "red"}},
		{"at once when the program ends", `echo green; exit 4`, time.Hour, []string{"exit code 4", "green"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			Tmux(t)
			got := record(t, func(t testing.TB) {
				Start(t, TerminalOptions{}, "sh", "-c", test.script).WaitFor("blue", test.timeout)
			})
			if got.verdict != "failed" {
				t.Fatalf("the test %s, want it failed", got.verdict)
			}
			for _, want := range test.want {
				if !strings.Contains(got.message, want) {
					t.Errorf("the failure does not say %q:\n%s", want, got.message)
				}
			}
		})
	}
}

func TestTerminalLeavesNothingBehind(t *testing.T) {
	var dir string
	t.Run("a test with a terminal", func(t *testing.T) {
		dir = Start(t, TerminalOptions{}, "cat").dir
	})
	if dir == "" {
		t.Skip("no terminal, see above")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", dir, err)
	}
}
