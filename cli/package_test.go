package cli

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPackageShowsItsProgressOnATerminalWhenItTakesLong(t *testing.T) {
	tests := []struct {
		name     string
		terminal bool
		term     string
		step     time.Duration // that each look at the clock takes
		shown    bool
	}{
		{"a long package on a terminal", true, "xterm", time.Second, true},
		{"a quick one", true, "xterm", time.Millisecond, false},
		{"a long one into a file", false, "xterm", time.Second, false},
		{"a terminal that cannot wipe a line", true, "dumb", time.Second, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			w.env["TERM"] = test.term
			var out, stderr bytes.Buffer
			s := w.streams(&out, &stderr)
			s.ErrTTY = test.terminal
			var looks atomic.Int64
			s.Now = func() time.Time { return time.Unix(1e9, 0).Add(time.Duration(looks.Add(1)) * test.step) }
			if code := Run(t.Context(), s, []string{"package", "my-plugin"}); code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr.String())
			}
			shown := strings.Contains(stderr.String(), "% of 0.1 MB packed")
			if shown != test.shown || shown != strings.HasSuffix(stderr.String(), "\r\x1b[K") {
				t.Errorf("standard error holds %q", stderr.String())
			}
			if strings.Contains(out.String(), "packed\r") {
				t.Errorf("standard output holds %q", out.String())
			}
		})
	}
}
