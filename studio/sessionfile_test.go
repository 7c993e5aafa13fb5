package studio

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

func TestSessionFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadSessionFile(dir); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("without a file: %v", err)
	}
	file := SessionFile{Session: "one", Plugin: "p", Controller: "https://127.0.0.1:3000", Orgs: []OrgToken{
		{Org: Org{ID: "id-a", Slug: "acme"}, Token: "token-a"}, {Org: Org{ID: "id-g", Slug: "globex"}, Token: "token-g"},
	}}
	if err := writeSessionFile(dir, file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, ".netstacks", "session.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with tokens has mode %v, %v; want 0600", info.Mode(), err)
	}
	got, err := LoadSessionFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": "token-a", "acme": "token-a", "globex": "token-g", "id-g": "token-g"} {
		if o, err := got.Org(name); err != nil || o.Token != want {
			t.Errorf("organisation %q: %v, %v; want %s", name, o.Token, err, want)
		}
	}
	if _, err := got.Org("initech"); err == nil || !strings.Contains(err.Error(), "acme globex") {
		t.Errorf("an unknown organisation: %v", err)
	}
}

func TestSessionFileFollowsItsRun(t *testing.T) {
	dir := t.TempDir()
	first, second := &sessionState{dir: dir}, &sessionState{dir: dir}
	first.setHealth(HealthHealthy)
	if _, err := LoadSessionFile(dir); !errors.Is(err, ErrNotRunning) {
		t.Error("health alone made a file")
	}
	if err := first.write(SessionFile{Session: "one"}); err != nil {
		t.Fatal(err)
	}
	first.setHealth(HealthHealthy)
	if f, err := LoadSessionFile(dir); err != nil || f.Health != HealthHealthy {
		t.Errorf("the file says %q, %v", f.Health, err)
	}
	if err := second.write(SessionFile{Session: "two"}); err != nil {
		t.Fatal(err)
	}
	first.remove()
	first.setHealth(HealthUnhealthy)
	if f, err := LoadSessionFile(dir); err != nil || f.Session != "two" {
		t.Errorf("an earlier run's end reached into the file: %q, %v", f.Session, err)
	}
	second.remove()
	if _, err := LoadSessionFile(dir); !errors.Is(err, ErrNotRunning) {
		t.Error("the run's end did not remove the file")
	}
}

func TestAwaitOrphaned(t *testing.T) {
	for said, want := range map[string]bool{"": true, allClean: false, "cle": true} {
		if got := AwaitOrphaned(strings.NewReader(said)); got != want {
			t.Errorf("the owner said %q: orphaned %v, want %v", said, got, want)
		}
	}
}

// TestSilenceOfTheEngineIsNotHealth: `preview --wait` once took a plugin whose
// first probe was still to come for one without a health check.
func TestSilenceOfTheEngineIsNotHealth(t *testing.T) {
	if got := firstHealth(&manifest.Manifest{HealthCheck: &manifest.HealthCheck{Command: "true"}}); got != HealthStarting {
		t.Errorf("with a health check: %s", got)
	}
	if got := firstHealth(&manifest.Manifest{}); got != HealthNone {
		t.Errorf("without one: %s", got)
	}
}
