package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
)

// updated is trusted as a careless next version of it.
func updated(t *testing.T) map[string]string {
	t.Helper()
	files := edited(t, trusted,
		`"version": "1.4.0"`, `"version": "1.4.1"`,
		`sync-devices:1.4.0"`, `sync-devices:1.4.1"`,
		`"execute_netconf", "invoke_llm"]`, `"execute_netconf", "manage_containers"]`,
		`"memory_limit": 268435456`, `"memory_limit": 536870912`,
		`{"key": "state", "label": "State"}`, `{"key": "site", "label": "Site"}`,
		`, "confirm": "Change the device?"`, ``,
		`"enum": ["report", "apply"]`, `"enum": ["apply"]`,
		`"default": "report"`, `"default": "apply"`,
		`, "sensitive": true`, ``,
		`"minimum": 5`, `"minimum": 15`,
	)
	return with(files,
		"migrations/001_first.sql", "CREATE SCHEMA IF NOT EXISTS plugin_sync_devices;\nCREATE TABLE plugin_sync_devices.drifts (id UUID PRIMARY KEY, org_id UUID NOT NULL);\n",
		"migrations/002_second.sql", "ALTER TABLE plugin_sync_devices.drifts ADD COLUMN site TEXT;\n",
		"service/run.sh*", "", "service/run.sh", "#!/bin/sh\n", "service/new.py", "print(1)\n",
	)
}

// folder writes files as a plugin's folder.
func (w world) folder(t *testing.T, name string, files map[string]string) {
	t.Helper()
	for path, content := range files {
		w.write(t, name+"/"+strings.TrimSuffix(path, "*"), content)
		if strings.HasSuffix(path, "*") {
			if err := os.Chmod(filepath.Join(w.dir, name, strings.TrimSuffix(path, "*")), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDiffPrintsWhatChangesForAnOperator(t *testing.T) {
	w := newWorld(t)
	w.stored(t, "old.nspkg", trusted)
	w.stored(t, "new.nspkg", updated(t))
	w.folder(t, "new", updated(t))
	for _, test := range []struct {
		new, format, golden string
	}{{"new.nspkg", "text", "diff.txt"}, {"new.nspkg", "json", "diff.json"}, {"new", "github", "diff-github.txt"}} {
		code, out, stderr := w.run("diff", "--format", test.format, "old.nspkg", test.new)
		if code != 0 || stderr != "" {
			t.Errorf("%s: exit code %d, %s", test.format, code, stderr)
		}
		golden(t, test.golden, out)
	}
}

func TestDiffComparesArchivesAndFoldersInAnyMix(t *testing.T) {
	w := newWorld(t)
	w.stored(t, "old.nspkg", trusted)
	w.stored(t, "new.nspkg", updated(t))
	w.folder(t, "old", trusted)
	w.folder(t, "new", updated(t))
	var first string
	for _, pair := range [][2]string{{"old.nspkg", "new.nspkg"}, {"old", "new"}, {"old.nspkg", "new"}, {"old/manifest.json", "new.nspkg"}} {
		code, out, stderr := w.run("diff", "--json", pair[0], pair[1])
		var d review.Difference
		if err := json.Unmarshal([]byte(out), &d); err != nil || code != 0 {
			t.Fatalf("%v: exit code %d, %v, %s", pair, code, err, stderr)
		}
		d.Old, d.New = review.Side{}, review.Side{}
		same, _ := json.Marshal(d)
		if first == "" {
			first = string(same)
		}
		if string(same) != first {
			t.Errorf("%v: %s\nwant %s", pair, same, first)
		}
	}
	if code, out, _ := w.run("diff", "--exit-code", "old", "old.nspkg"); code != 0 || !strings.Contains(out, "nothing differs") {
		t.Errorf("a folder and its archive: exit code %d\n%s", code, out)
	}
}

func TestDiffExitCodes(t *testing.T) {
	w := newWorld(t)
	w.folder(t, "old", trusted)
	w.folder(t, "careless", updated(t))
	w.folder(t, "patch", edited(t, trusted, `"version": "1.4.0"`, `"version": "1.4.1"`, `"Keeps devices`, `"Holds devices`))
	w.folder(t, "same-version", with(trusted, "service/main.py", "print(2)\n"))
	w.folder(t, "older", edited(t, trusted, `"version": "1.4.0"`, `"version": "1.3.9"`))
	w.folder(t, "no-manifest", with(trusted, "manifest.json", ""))
	w.folder(t, "broken", with(trusted, "manifest.json", "{"))
	w.archive(t, "escaping.nspkg", "manifest.json", "{}", "../x", "")
	for _, test := range []struct {
		args string
		code int
		want string // of what is printed
	}{
		{"old careless", 0, "errors"},
		{"--exit-code old careless", 1, "1.4.1 does not go far enough: a major change needs at least 2.0.0, because of manage_containers (capabilities)"},
		{"--exit-code --json old careless", 1, `"attention": true`},
		{"--exit-code --format github old careless", 1, "::error file=careless/manifest.json,line="},
		{"--exit-code old patch", 0, "✓ 1.4.1 goes far enough for a patch change"},
		{"--exit-code old same-version", 1, "1.4.0 does not go far enough: a patch change needs at least 1.4.1"},
		{"--exit-code --format github old same-version", 1, "the version needs attention; 1.4.0 does not go far enough"},
		{"--exit-code old older", 1, "1.3.9 is older than 1.4.0"},
		{"--exit-code old old", 0, "nothing differs"},
		{"old no-manifest", 1, "reading no-manifest: its manifest.json cannot be read; `netstacks-plugin validate no-manifest` shows what is wrong with it"},
		{"old broken", 1, "its manifest.json cannot be read"},
		{"old escaping.nspkg", 1, `reading escaping.nspkg: it holds "../x", a name that leads out of the plugin's folder`},
		{"old gone", 2, "cannot compare gone: there is no such file or folder"},
		{"old", 2, "name what to compare"},
		{"old old old", 2, "too many arguments"},
		{"--format sarif old old", 2, `--format is "sarif"; it can be text, json or github`},
		{"--json --format github old old", 2, "do not go together"},
	} {
		code, out, stderr := w.run(append([]string{"diff"}, strings.Fields(test.args)...)...)
		if code != test.code || !strings.Contains(out+stderr, test.want) {
			t.Errorf("diff %s: exit code %d, want %d with %q; printed\n%s%s", test.args, code, test.code, test.want, out, stderr)
		}
	}
}
