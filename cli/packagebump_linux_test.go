package cli

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// releasing runs `package --bump patch` as a process of its own.
type releasing struct {
	world
	binary, output string
}

// run runs the command until stop returns; then it is killed, should it still run.
func (r releasing) run(t *testing.T, stop func(ended <-chan struct{})) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), r.binary, "package", filepath.Join(r.dir, "my-plugin"), "--bump", "patch", "--output", r.output)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it was killed, or not
		close(ended)
	}()
	stop(ended)
	_ = cmd.Process.Kill() // fails when it has ended
	<-ended
}

// toTheEnd does not stop a run.
func toTheEnd(ended <-chan struct{}) { <-ended }

// once stops a run at a time, or when what is looked at often is so.
func once(at <-chan time.Time, so func() bool) func(<-chan struct{}) {
	return func(ended <-chan struct{}) {
		tick := time.NewTicker(50 * time.Microsecond)
		defer tick.Stop()
		for {
			select {
			case <-at:
				return
			case <-ended:
				return
			case <-tick.C:
				if so() {
					return
				}
			}
		}
	}
}

// TestKilledAnywhereRaisesTheVersionOnce kills packages of a next version at random moments, when
// the new manifest waits to be put in place, and when the new package is in its.
func TestKilledAnywhereRaisesTheVersionOnce(t *testing.T) {
	r := releasing{world: newWorld(t), binary: needs.Binary(t)}
	r.plugin(t)
	r.output = filepath.Join(r.dir, "out.nspkg")
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	get := func() string {
		t.Helper()
		data, err := os.ReadFile(r.output)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	noise := make([]byte, 1<<20)
	source := rand.NewChaCha8([32]byte{7})
	_, _ = source.Read(noise)
	put(filepath.Join(r.dir, "my-plugin", "service", "noise"), string(noise))
	before := manifestOf(t, r.world)
	after := strings.NewReplacer(`"version": "1.0.0"`, `"version": "1.0.1"`, "my-plugin:1.0.0", "my-plugin:1.0.1").Replace(before)
	started := time.Now()
	r.run(t, toTheEnd)
	took, whole := time.Since(started), get()
	if manifestOf(t, r.world) != after {
		t.Fatalf("the manifest is\n%s", manifestOf(t, r.world))
	}
	random, counts := rand.New(source), map[string]int{}
	for i := range 30 {
		put(filepath.Join(r.dir, "my-plugin", "manifest.json"), before)
		put(r.output, "previous")
		r.run(t, []func(<-chan struct{}){
			once(time.After(time.Duration(random.Int64N(int64(took)))), func() bool { return false }),
			once(nil, func() bool { return len(waiting(t, r.world)) > 0 }),
			once(nil, func() bool { info, err := os.Stat(r.output); return err == nil && info.Size() == int64(len(whole)) }),
		}[i%3])
		text, data := manifestOf(t, r.world), get()
		switch {
		case text == before && data == "previous":
			counts["both old"]++
		case text == before && data == whole:
			counts["new package, old manifest"]++
		case text == after && data == whole:
			counts["both new"]++
		default:
			t.Fatalf("a package of %d bytes, and the manifest\n%s", len(data), text)
		}
		if text == before { // the same command does the same
			if r.run(t, toTheEnd); get() != whole || manifestOf(t, r.world) != after {
				t.Fatalf("again: a package of %d bytes, and the manifest\n%s", len(get()), manifestOf(t, r.world))
			}
		}
		for _, left := range waiting(t, r.world) {
			if err := os.Remove(left); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%v", counts)
}

// waiting are new manifests that were not put in place, or are yet to be.
func waiting(t *testing.T, w world) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(w.dir, "my-plugin", ".netstacks-plugin-*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}
