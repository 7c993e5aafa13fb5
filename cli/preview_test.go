package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/studio"
)

// came writes the session file of a run in the world's plugin, whose Controller answers.
func (w world) came(t *testing.T, local *studio.LocalController, health studio.Health) {
	t.Helper()
	data, err := json.Marshal(studio.SessionFile{Session: "s", Plugin: "my-plugin", Controller: local.URL, CA: string(local.CAPEM), Health: health})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, "my-plugin", ".netstacks", "session.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	// Whole at once, as a session writes it.
	if err := os.WriteFile(path+".tmp", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		t.Fatal(err)
	}
}

func TestPreviewWaitsForARunThatIsStillBuilding(t *testing.T) {
	local, err := studio.StartController(studio.ControllerOptions{Listen: "127.0.0.1:0", Now: time.Now, Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	const wait = time.Minute
	for _, test := range []struct {
		name   string
		states []studio.Health // of the run, each time that preview looks; "" is a build under way
		late   int             // the look at which the time is up
		health studio.Health
		err    string
	}{
		{"until it is healthy", []studio.Health{"", "", studio.HealthStarting, studio.HealthHealthy}, 10, studio.HealthHealthy, ""},
		{"until it runs, when it has no health check", []studio.Health{"", "", studio.HealthNone}, 10, studio.HealthNone, ""},
		{"and looks at what is starting when the time is up", []studio.Health{"", studio.HealthStarting}, 3, studio.HealthStarting, ""},
		{"and says what to do when the build takes longer", []studio.Health{""}, 3, "", "nothing came up here within 1m0s: wait longer with --wait"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			start, looks := time.Now(), -1 // the first question for the time is when the waiting began
			o := previewOptions{streams: w.streams(nil, nil), named: ".", dir: filepath.Join(w.dir, "my-plugin"), wait: wait}
			o.streams.Now = func() time.Time {
				if looks++; looks < len(test.states) && test.states[looks] != "" {
					w.came(t, local, test.states[looks])
				}
				if looks >= test.late {
					return start.Add(wait)
				}
				return start
			}
			file, err := awaitRunning(t.Context(), o)
			if file.Health != test.health || (err == nil) != (test.err == "") || err != nil && !strings.HasPrefix(err.Error(), test.err) {
				t.Errorf("health %q, error %v", file.Health, err)
			}
		})
	}
}

func TestPreviewThatMayNotWaitSaysThatNothingRuns(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for _, test := range []struct {
		wait string
		code int
		says string
	}{
		{"0s", 1, "nothing is running in my-plugin; start it"},
		{"1ms", 1, "nothing came up in my-plugin within 1ms"},
		{"-1s", 2, "--wait is -1s"},
	} {
		if code, _, stderr := w.run("preview", "my-plugin", "--wait", test.wait); code != test.code || !strings.Contains(stderr, test.says) {
			t.Errorf("--wait %s: exit code %d: %s", test.wait, code, stderr)
		}
	}
}
