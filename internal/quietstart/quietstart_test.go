//go:build unix

package quietstart_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience bounds the wait for main: the stall is five seconds, a healthy start
// a few milliseconds.
const patience = 2 * time.Second

// What termenv sends to learn the background colour, the last of it, and the
// answer it waits for.
const (
	query    = "\x1b]11;?"
	queryEnd = "\x1b[6n"
	answer   = "\x1b]11;rgb:0000/0000/0000\a\x1b[1;1R"
)

func TestSilentTerminalDoesNotDelayTheStart(t *testing.T) {
	guarded := build(t, "guarded")
	tests := []struct {
		name string
		env  []string
		want string // the line about the environment
	}{
		{"CI not set", nil, `CI="" set=false profile=ANSI256`},
		{"CI empty", []string{"CI="}, `CI="" set=true profile=ANSI256`},
		{"CI set", []string{"CI=true"}, `CI="true" set=true profile=Ascii`},
		{"true colour", []string{"COLORTERM=truecolor"}, `CI="" set=false profile=TrueColor`},
		{"no colour", []string{"NO_COLOR=1"}, `CI="" set=false profile=Ascii`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			terminal := start(t, guarded, tt.env...)
			output, err := terminal.until("main reached\r\n", patience)
			if err != nil {
				t.Fatalf("main was not reached within %s on a terminal that does not answer (%v); output: %q\n"+
					"check with GODEBUG=inittrace=1 that internal/quietstart is initialised before bubbletea", patience, err, output)
			}
			if strings.Contains(output, "\x1b") {
				t.Errorf("the terminal was questioned before main: %q", output)
			}
			if !strings.Contains(output, tt.want+"\r\n") {
				t.Errorf("environment after the start: got %q, want %s", output, tt.want)
			}
		})
	}
}

// TestWithoutTheGuardTheTerminalIsQuestioned shows that the test above can
// fail: the same program without quietstart asks before main and goes on only
// when it is answered (or after five seconds, which this test does not wait out).
func TestWithoutTheGuardTheTerminalIsQuestioned(t *testing.T) {
	terminal := start(t, build(t, "unguarded"))
	output, err := terminal.until(queryEnd, patience)
	if err != nil || !strings.Contains(output, query) || strings.Contains(output, "main reached") {
		t.Fatalf("no question before main (error %v): if bubbletea no longer asks in its init, internal/quietstart can go; output: %q", err, output)
	}
	if _, err := terminal.file.WriteString(answer); err != nil {
		t.Fatal(err)
	}
	if output, err = terminal.until("main reached", patience); err != nil {
		t.Fatalf("main was not reached after the answer: %v; output: %q", err, output)
	}
}

// build compiles one program of testdata and returns its path.
func build(t *testing.T, name string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), name)
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./testdata/"+name).CombinedOutput()
	if err != nil {
		t.Fatalf("building testdata/%s: %v\n%s", name, err, out)
	}
	return binary
}

// silent is the far end of a terminal that shows what it is sent and answers
// nothing by itself.
type silent struct {
	file   *os.File
	chunks <-chan string // what the program writes; closed when it is gone
	seen   string
}

// start runs binary on a silent terminal as its foreground process.
func start(t *testing.T, binary string, env ...string) *silent {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains([]string{"CI", "TERM", "COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GOOGLE_CLOUD_SHELL"}, name)
	}), append(env, "TERM=xterm-256color")...)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatalf("starting %s on a pty: %v", binary, err)
	}
	chunks := make(chan string, 64)
	go func() {
		defer close(chunks)
		buffer := make([]byte, 4096)
		for {
			n, err := file.Read(buffer)
			if n > 0 {
				chunks <- string(buffer[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for range chunks { // the reader ends with the program
		}
		_ = file.Close()
	})
	return &silent{file: file, chunks: chunks}
}

// until waits for mark in what the program wrote, for at most bound, and
// returns everything seen since the start.
func (s *silent) until(mark string, bound time.Duration) (string, error) {
	late := time.After(bound)
	for !strings.Contains(s.seen, mark) {
		select {
		case chunk, ok := <-s.chunks:
			if !ok {
				return s.seen, io.ErrUnexpectedEOF
			}
			s.seen += chunk
		case <-late:
			return s.seen, context.DeadlineExceeded
		}
	}
	return s.seen, nil
}
