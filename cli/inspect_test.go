package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
)

var update = flag.Bool("update", false, "write the golden files anew; read what changed in them")

// golden compares output with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// trusted is a plugin that asks for much, in order.
var trusted = map[string]string{
	"manifest.json": `{
  "name": "sync-devices",
  "version": "1.4.0",
  "display_name": "Device Sync",
  "description": "Keeps devices in step with the CMDB",
  "author": "Ada | <b>Lovelace</b>",
  "image": "netstacks-plugin-sync-devices:1.4.0",
  "port": 8080,
  "capabilities_required": ["read_devices", "read_credentials", "execute_netconf", "invoke_llm"],
  "resources": {"cpu_limit": 0.5, "memory_limit": 268435456},
  "health_check": {"command": "python3 -c 'import urllib.request; urllib.request.urlopen(\"http://localhost:8080/health\")'", "interval_seconds": 30, "timeout_seconds": 10, "retries": 3, "start_period_seconds": 15},
  "migrations_dir": "migrations",
  "terminal_panels": [
    {"id": "drift", "label": "Drift", "icon": "Activity", "data_endpoint": "/admin/drift", "refresh_interval_seconds": 30,
     "columns": [{"key": "device", "label": "Device"}, {"key": "state", "label": "State"}],
     "actions": [{"id": "apply", "label": "Apply", "endpoint": "/admin/drift/{id}/apply", "confirm": "Change the device?"}, {"id": "scan", "label": "Scan", "endpoint": "/admin/scan"}]}
  ],
  "settings_schema": {
    "type": "object",
    "required": ["cmdb_url"],
    "properties": {
      "cmdb_url": {"type": "string", "title": "CMDB", "maxLength": 200},
      "cmdb_password": {"type": "string", "sensitive": true},
      "mode": {"type": "string", "enum": ["report", "apply"], "default": "report"},
      "every_minutes": {"type": "integer", "minimum": 5, "default": 60}
    }
  }
}
`,
	"service/Dockerfile":       "FROM python:3.12-slim\nUSER 1000\nCOPY main.py .\nEXPOSE 8080\nCMD [\"python\", \"main.py\"]\n",
	"service/main.py":          "@app.get(\"/health\")\ndef health():\n    return {\"id\": 1, \"device\": 2, \"state\": 3}\n@app.get(\"/admin/drift\")\n@app.post(\"/admin/drift/{id}/apply\")\n@app.post(\"/admin/scan\")\n",
	"service/run.sh*":          "#!/bin/sh\n",
	"migrations/001_first.sql": "CREATE SCHEMA IF NOT EXISTS plugin_sync_devices;\nCREATE TABLE plugin_sync_devices.drift (id UUID PRIMARY KEY, org_id UUID NOT NULL);\n",
}

// with returns files with some replaced or, when they are empty, removed.
func with(files map[string]string, changed ...string) map[string]string {
	files = maps.Clone(files)
	for i := 0; i < len(changed); i += 2 {
		if files[changed[i]] = changed[i+1]; changed[i+1] == "" {
			delete(files, changed[i])
		}
	}
	return files
}

// edited returns files with text of the manifest replaced, pairs of old and new.
func edited(t *testing.T, files map[string]string, pairs ...string) map[string]string {
	t.Helper()
	text := files["manifest.json"]
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the manifest does not hold %s", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return with(files, "manifest.json", text)
}

// stored writes files as an archive whose bytes no compressor decides: path →
// content, executable where the path ends in "*".
func (w world) stored(t *testing.T, name string, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	paths := slices.Sorted(maps.Keys(files))
	slices.SortStableFunc(paths, func(a, b string) int { // manifest.json first
		switch {
		case a == "manifest.json" && b != a:
			return -1
		case b == "manifest.json" && b != a:
			return 1
		}
		return 0
	})
	for _, path := range paths {
		header := &zip.FileHeader{Name: strings.TrimSuffix(path, "*"), Method: zip.Store}
		header.SetMode(0o644)
		if strings.HasSuffix(path, "*") {
			header.SetMode(0o755)
		}
		f, err := z.CreateHeader(header)
		if err == nil {
			_, err = f.Write([]byte(files[path]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w.write(t, name, b.String())
}

func TestInspectPrintsWhatAnOperatorMustKnow(t *testing.T) {
	w := newWorld(t)
	w.stored(t, "sync-devices-1.4.0.nspkg", trusted)
	for _, test := range []struct{ flag, golden string }{{"", "inspect.txt"}, {"--markdown", "inspect.md"}, {"--json", "inspect.json"}} {
		args := slices.DeleteFunc([]string{"inspect", test.flag, "sync-devices-1.4.0.nspkg"}, func(s string) bool { return s == "" })
		code, out, stderr := w.run(args...)
		if code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
		if test.flag == "--json" { // what validation says has its own tests
			all := map[string]any{}
			if err := json.Unmarshal([]byte(out), &all); err != nil || all["validation"] == nil {
				t.Fatalf("%v in %s", err, out)
			}
			delete(all, "validation")
			data, err := json.MarshalIndent(all, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			out = string(data) + "\n"
		}
		golden(t, test.golden, out)
	}
}

func TestInspectEndsWithOneWhenTheArchiveIsNotToBeInstalled(t *testing.T) {
	w := newWorld(t)
	w.stored(t, "good.nspkg", trusted)
	w.stored(t, "broken.nspkg", edited(t, trusted, `"port": 8080`, `"port": 80`))
	w.stored(t, "no-dockerfile.nspkg", with(trusted, "service/Dockerfile", ""))
	w.archive(t, "escaping.nspkg", "manifest.json", "{}", "../../etc/cron.d/x", "* * * * * root true")
	w.write(t, "text.nspkg", "no archive")
	whole, err := os.ReadFile(filepath.Join(w.dir, "good.nspkg"))
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "changed.nspkg", strings.Replace(string(whole), "USER 1000", "USER 0000", 1))
	if err := os.Mkdir(filepath.Join(w.dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		code int
		want string // of what is printed
	}{
		{"good.nspkg", 0, "✓ nothing stands against installing it"},
		{"broken.nspkg", 1, "✗ do not install it"},
		{"broken.nspkg", 1, "manifest.json:8:11: error: port is 80"},
		{"no-dockerfile.nspkg", 1, "✗ service/Dockerfile exists: service/Dockerfile is missing"},
		{"escaping.nspkg", 1, `✗ escaping.nspkg is refused: it holds "../../etc/cron.d/x", a name that leads out of the plugin's folder`},
		{"changed.nspkg", 1, `✗ changed.nspkg is refused: the content of "service/Dockerfile" is not what its checksum says`},
		{"text.nspkg", 1, "✗ text.nspkg is refused: it is no ZIP archive"},
		{"folder", 2, "folder is a folder, and inspect looks into archives; `netstacks-plugin validate folder` checks a folder"},
		{"gone.nspkg", 2, "cannot inspect gone.nspkg: there is no such file or folder"},
		{"", 2, "the archive's name is empty"},
	} {
		code, out, stderr := w.run("inspect", test.name)
		if code != test.code || !strings.Contains(out+stderr, test.want) {
			t.Errorf("%s: exit code %d, want %d with %q; printed\n%s%s", test.name, code, test.code, test.want, out, stderr)
		}
		if test.code == 2 {
			continue
		}
		code, out, stderr = w.run("inspect", "--json", test.name)
		var i review.Inspection
		if err := json.Unmarshal([]byte(out), &i); err != nil || code != test.code || i.OK != (code == 0) || stderr != "" {
			t.Errorf("%s as JSON: exit code %d, %v, %s%s", test.name, code, err, out, stderr)
		}
		if (i.Refused != nil) != strings.Contains(test.want, "is refused") {
			t.Errorf("%s as JSON: refused %+v", test.name, i.Refused)
		}
	}
	for _, args := range [][]string{{"inspect"}, {"inspect", "a", "b"}, {"inspect", "--json", "--markdown", "good.nspkg"}} {
		if code, out, _ := w.run(args...); code != 2 || out != "" {
			t.Errorf("%v: exit code %d, %s", args, code, out)
		}
	}
}

func TestInspectTellsOfAFileNameWithAnotherVersion(t *testing.T) {
	w := newWorld(t)
	const misnamed = "the file's name says version 1.5.0, its manifest 1.4.0, which counts"
	for name, want := range map[string]bool{
		"sync-devices-1.5.0.nspkg":        true,
		"sync-devices-1.4.0.nspkg":        false,
		"sync-devices-latest.nspkg":       false,
		"sync-devices-other-1.5.0.nspkg":  false,
		"other-1.5.0.nspkg":               false,
		"sync-devices-1.5.0.nspkg.backup": false,
	} {
		w.stored(t, name, trusted)
		for _, flag := range []string{"--json=false", "--markdown", "--json"} {
			code, out, stderr := w.run("inspect", flag, name)
			if code != 0 || stderr != "" || strings.Contains(out, misnamed) != want {
				t.Errorf("%s %s: exit code %d, told: %v, want %v\n%s%s", flag, name, code, !want, want, out, stderr)
			}
		}
	}
}

func TestInspectShowsNoSecretsAndNothingThatActsOnTerminals(t *testing.T) {
	w := newWorld(t)
	secret := "ghp_" + strings.Repeat("a1B2", 9)
	w.stored(t, "x.nspkg", edited(t, trusted,
		`"Keeps devices`, `"\u001b]0;owned\u0007\u202eKeeps devices`,
		`"sensitive": true`, `"sensitive": true, "default": "`+secret+`", "enum": ["`+secret+`"]`,
		`localhost:8080/health`, `ada:`+secret+`@localhost:8080/health`,
	))
	for _, flag := range []string{"--markdown=false", "--markdown", "--json"} {
		_, out, _ := w.run("inspect", flag, "x.nspkg")
		if strings.Contains(out, secret) {
			t.Errorf("%s prints a secret:\n%s", flag, out)
		}
		if flag != "--json" && strings.ContainsAny(out, "\x1b\x07\u202e") {
			t.Errorf("%s acts on the terminal: %q", flag, out)
		}
	}
	if _, out, _ := w.run("inspect", "--markdown", "x.nspkg"); strings.Contains(out, "<b>") || strings.Contains(out, "Ada | ") {
		t.Errorf("the card takes markup from the plugin:\n%s", out)
	}
}
