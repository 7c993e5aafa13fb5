package e2e

import (
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// TestSilentTerminal: on a terminal that never answers a query, no command
// waits for the answer. Without the guard of internal/quietstart each of these
// takes five seconds.
func TestSilentTerminal(t *testing.T) {
	binary := needs.Binary(t)
	for _, args := range [][]string{{"version"}, {"validate", t.TempDir()}, {"--help"}} {
		t.Run(args[0], func(t *testing.T) {
			cmd := exec.Command(binary, args...)
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "CI=") }), "TERM=xterm-256color")
			started := time.Now()
			terminal, err := pty.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			output, _ := io.ReadAll(terminal) // ends with EIO when the process has
			_ = cmd.Wait()
			took := time.Since(started)
			if strings.Contains(string(output), "\x1b]11;?") {
				t.Errorf("it asked the terminal for its background: %q", output)
			}
			if took > 2*time.Second {
				t.Errorf("it took %s", took)
			}
			t.Logf("%s took %s", args[0], took)
		})
	}
}
