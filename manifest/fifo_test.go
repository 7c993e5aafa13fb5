//go:build unix

package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// A FIFO must not be opened: that would wait for a writer for ever.
func TestFIFOsAreNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "", "b": complete(t)} {
		plugin := filepath.Join(dir, name)
		if err := os.MkdirAll(plugin, 0o700); err != nil {
			t.Fatal(err)
		}
		pipe := filepath.Join(plugin, FileName)
		if text != "" {
			if err := os.WriteFile(pipe, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			pipe = filepath.Join(plugin, "migrations")
		}
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			machine.Missing(t, "this machine has no FIFOs: %v", err)
		}
		done := make(chan Report, 1)
		go func() { done <- Check(os.DirFS(plugin), Options{}) }()
		select {
		case r := <-done:
			if text == "" && (len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Message, "a named pipe")) {
				t.Errorf("findings %+v", r.Findings)
			}
			if text != "" && (len(r.Extra) != 1 || !strings.Contains(r.Extra[0].Detail, "not a directory")) {
				t.Errorf("migrations line %+v", r.Extra)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("Check waits for a writer of the FIFO")
		}
	}
}
