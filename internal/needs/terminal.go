package needs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pollEvery is how often a waiting test looks at the screen.
const pollEvery = 25 * time.Millisecond

// startTime is how long a program may take to start on a busy machine.
const startTime = 30 * time.Second

// tmuxConfig makes the pane the whole screen and passes keys on at once.
const tmuxConfig = `set -g status off
set -sg escape-time 0
set -g default-terminal screen-256color
set -g history-limit 5000
`

// launcher runs the program in the pane and outlives it. When a pane's own
// program ends at once, tmux may lose its last output and never learn how it
// ended. The launcher keeps the pane open instead and tells by the pane's
// title, which tmux reads after all output before it. Keys that send signals
// are for the program alone.
const launcher = `trap : INT QUIT TSTP
exec 3>&2 2>/dev/null
sh -c 'echo $$ >"$0"; exec "$@"' "${0%/*}/pid" "$@" 2>&3 3>&-
printf '\033\\\033]2;` + endedTitle + `%d\033\\' $?
trap '' INT QUIT TSTP
exec tail -f /dev/null
`

// endedTitle is what the pane's title begins with when the program has ended;
// its exit code follows.
const endedTitle = "ended with exit code "

// TerminalOptions says what runs in a Terminal, and where.
type TerminalOptions struct {
	Dir           string   // working directory; the test's own when empty
	Env           []string // KEY=VALUE pairs on top of the test's environment
	Width, Height int      // in cells; 120 by 40 when zero
}

// Terminal is a program in a tmux terminal of its own, driven by keys and read
// from the screen as a user would. It belongs to one test and ends with it.
type Terminal struct {
	t   testing.TB
	dir string // holds the socket and the configuration of a tmux server of its own
}

// Start runs command in a new Terminal.
func Start(t testing.TB, o TerminalOptions, command ...string) *Terminal {
	t.Helper()
	Tmux(t)
	// Not t.TempDir, whose paths hold the test's name: a socket's path may have
	// no more than about 100 bytes.
	dir, err := os.MkdirTemp("", "tmux-")
	if err != nil {
		t.Fatalf("making a place for the terminal: %v", err)
	}
	term := &Terminal{t: t, dir: dir}
	t.Cleanup(func() {
		term.Kill()
		// A program that was killed as it started may still be writing its pid.
		for deadline := time.Now().Add(5 * time.Second); os.RemoveAll(dir) != nil && time.Now().Before(deadline); {
			runtime.Gosched()
		}
	})
	for file, text := range map[string]string{"tmux.conf": tmuxConfig, "launcher": launcher} {
		if err := os.WriteFile(term.path(file), []byte(text), 0o600); err != nil {
			t.Fatalf("writing the terminal's files: %v", err)
		}
	}
	if o.Dir == "" {
		wd, err := os.Getwd()
		if err != nil {
			t.Fatalf("finding the working directory: %v", err)
		}
		o.Dir = wd
	}
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 120, 40
	}
	args := []string{
		"new-session", "-d", "-x", strconv.Itoa(o.Width), "-y", strconv.Itoa(o.Height), "-c", o.Dir, "env",
	}
	args = append(args, o.Env...)
	args = append(args, "sh", term.path("launcher"))
	term.must(append(args, command...)...)
	return term
}

// Keys presses keys by tmux's names, such as "Enter", "Escape", "C-c", "Tab",
// "Up", "F1" or "q", in order.
func (term *Terminal) Keys(keys ...string) {
	term.t.Helper()
	term.must(append([]string{"send-keys", "--"}, keys...)...)
}

// Type types text as it stands.
func (term *Terminal) Type(text string) {
	term.t.Helper()
	term.must("send-keys", "-l", "--", text)
}

// Resize changes the size of the screen, in cells.
func (term *Terminal) Resize(width, height int) {
	term.t.Helper()
	term.must("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
}

// Screen returns what the screen shows: its lines without trailing blanks,
// colours left out.
func (term *Terminal) Screen() string {
	term.t.Helper()
	return term.must("capture-pane", "-p")
}

// StyledScreen is Screen with the escape sequences of colours and attributes.
func (term *Terminal) StyledScreen() string {
	term.t.Helper()
	return term.must("capture-pane", "-p", "-e")
}

// WaitFor waits until the screen matches pattern, a regular expression, and
// returns that screen. The test fails with the last screen when that does not
// happen in time or when the program has ended.
func (term *Terminal) WaitFor(pattern string, timeout time.Duration) string {
	term.t.Helper()
	match := regexp.MustCompile(pattern).MatchString
	return term.wait(fmt.Sprintf("%q on the screen", pattern), timeout, match)
}

// WaitGone waits until the screen no longer matches pattern, as WaitFor does.
func (term *Terminal) WaitGone(pattern string, timeout time.Duration) string {
	term.t.Helper()
	match := regexp.MustCompile(pattern).MatchString
	return term.wait(fmt.Sprintf("%q to leave the screen", pattern), timeout, func(screen string) bool { return !match(screen) })
}

func (term *Terminal) wait(what string, timeout time.Duration, done func(screen string) bool) string {
	term.t.Helper()
	var last string
	term.poll(what, timeout, func() bool {
		// Asked before the screen is read: the program's last output is on the
		// screen by then.
		code, ended := term.exit()
		last = term.Screen()
		if ended && !done(last) {
			term.t.Fatalf("waiting for %s: the program ended with exit code %d; the screen:\n%s", what, code, last)
		}
		return done(last)
	})
	return last
}

// WaitExit waits until the program has ended and returns its exit code; one
// that a signal ended has 128 plus the signal's number.
func (term *Terminal) WaitExit(timeout time.Duration) (code int) {
	term.t.Helper()
	term.poll("the program's end", timeout, func() (ended bool) {
		code, ended = term.exit()
		return ended
	})
	return code
}

// poll asks done again and again, for at most timeout.
func (term *Terminal) poll(what string, timeout time.Duration, done func() bool) {
	term.t.Helper()
	deadline, tick := time.After(timeout), time.NewTicker(pollEvery)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			term.t.Fatalf("waiting for %s: not within %s; the screen:\n%s", what, timeout, term.Screen())
		}
	}
}

// exit returns the program's exit code once it has ended and all that it wrote
// is on the screen.
func (term *Terminal) exit() (code int, ended bool) {
	term.t.Helper()
	title := strings.TrimSpace(term.must("display-message", "-p", "#{pane_title}"))
	digits, ended := strings.CutPrefix(title, endedTitle)
	if !ended {
		return 0, false
	}
	code, err := strconv.Atoi(digits)
	if err != nil {
		term.t.Fatalf("reading how the program ended from %q: %v", title, err)
	}
	return code, true
}

// Pid returns the process id of the program.
func (term *Terminal) Pid() (pid int) {
	term.t.Helper()
	term.poll("the program's process id", startTime, func() bool {
		text, err := os.ReadFile(term.path("pid"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			term.t.Fatalf("reading the process id: %v", err)
		}
		line, whole := strings.CutSuffix(string(text), "\n")
		pid, err = strconv.Atoi(line)
		return whole && err == nil
	})
	return pid
}

// Kill ends the terminal; the program gets SIGHUP, as from a closed window, and
// may live on for as long as it takes to clean up. It is called at the end of
// the test and may be called earlier.
func (term *Terminal) Kill() {
	_ = term.tmux("kill-server").Run() // fails when it is gone already
}

// path returns the path of one of the terminal's own files.
func (term *Terminal) path(file string) string { return filepath.Join(term.dir, file) }

// tmux prepares one tmux command on the terminal's private server.
func (term *Terminal) tmux(args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-u", "-S", term.path("socket"), "-f", term.path("tmux.conf")}, args...)...)
	cmd.Env = append(os.Environ(), "TMUX=", "LC_ALL=C.UTF-8")
	return cmd
}

// must runs one tmux command and returns what it prints.
func (term *Terminal) must(args ...string) string {
	term.t.Helper()
	out, err := term.tmux(args...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}
