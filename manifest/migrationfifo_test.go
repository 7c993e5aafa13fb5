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

// A migration that is a FIFO must not be opened: that would wait for a writer
// for ever.
func TestAMigrationThatIsAFIFOIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{FileName: complete(t), "migrations/001.sql": "SELECT 1;"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "migrations/002.sql"), 0o600); err != nil {
		machine.Missing(t, "this machine has no FIFOs: %v", err)
	}
	done := make(chan Report, 1)
	go func() { done <- Check(os.DirFS(dir), Options{}) }()
	select {
	case r := <-done:
		if !strings.Contains(places(r.Findings), "NSP3069 migrations/002.sql:0:0") {
			t.Errorf("findings %+v", r.Findings)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Check waits for a writer of the FIFO")
	}
}
