package review

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// base is the manifest that comparisons start from; cases replace text in it.
const base = `{
  "name": "my-plugin", "version": "1.0.0", "display_name": "My Plugin", "description": "Watches", "author": "Ada",
  "image": "netstacks-plugin-my-plugin:1.0.0", "port": 8080,
  "capabilities_required": ["read_devices", "invoke_llm"],
  "resources": {"cpu_limit": 0.5, "memory_limit": 268435456},
  "health_check": {"command": "wget -q localhost:8080/health", "interval_seconds": 30},
  "migrations_dir": "migrations",
  "terminal_panels": [
    {"id": "items", "label": "Items", "icon": "Bell", "data_endpoint": "/admin/items", "refresh_interval_seconds": 30,
     "columns": [{"key": "name", "label": "Name"}, {"key": "state", "label": "State"}],
     "actions": [{"id": "ack", "label": "Ack", "endpoint": "/admin/items/{id}/ack", "confirm": "Sure?"}]}
  ],
  "settings_schema": {"type": "object", "properties": {
    "level": {"type": "string", "default": "warning", "enum": ["critical", "warning", "info"]},
    "seconds": {"type": "integer", "default": 300, "minimum": 60, "maximum": 900},
    "host": {"type": "string", "maxLength": 100},
    "password": {"type": "string", "default": "", "sensitive": true},
    "smtp": {"type": "object", "properties": {"port": {"type": "integer"}}},
    "sites": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "number"}}}}
  }},
  "ui_bundle": "dist/index.js", "routes": [{"path": "/alerts", "component": "Alerts"}]
}`

// files are those of base beside its manifest.
var files = map[string]string{
	"service/Dockerfile": "FROM x\n", "service/main.py": "print(1)\n",
	"migrations/001_first.sql": "CREATE TABLE a();\n", "migrations/002_second.sql": "CREATE TABLE b();\n",
}

// plugin reads a folder of a manifest and files.
func plugin(t testing.TB, text string, content map[string]string) Plugin {
	t.Helper()
	dir := t.TempDir()
	content = maps.Clone(content)
	content[manifest.FileName] = text
	for name, data := range content {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := ReadFolder(t.Context(), dir, "my-plugin")
	if err != nil {
		t.Fatal(err)
	}
	if p.Report.Manifest == nil {
		t.Fatalf("the manifest cannot be read: %+v", p.Report.Findings)
	}
	return p
}

// line is a change in one line, as the table below has it.
func line(c Change) string {
	return fmt.Sprintf("%s %s %s %s: %s %s", c.Severity, c.Bump, c.Area, c.Kind, c.Subject, c.Message)
}

// compareCase is one change of base.
type compareCase struct {
	name     string
	old, new string // text of base that is replaced
	want     string // the changes, a part of each of its lines; "" when there are none
	needed   Bump
}

var compareCases = []compareCase{
	{"nothing", "", "", "", BumpNone},
	{"description", `"Watches"`, `"Watches sites"`, `info patch identity changed: description is "Watches sites" and was "Watches"`, BumpPatch},
	{"name", `"my-plugin"`, `"your-plugin"`, "error major identity changed: name is \"your-plugin\" and was \"my-plugin\": for the Controller it is another plugin", BumpMajor},
	{"unknown field", `"port": 8080,`, `"port": 8080, "homepage": "x",`, "info patch identity added: homepage is a new field", BumpPatch},

	{"capability gained", `["read_devices",`, `["read_devices", "search_knowledge",`, "warning minor capabilities added: search_knowledge is new, low risk: the plugin searches", BumpMinor},
	{"capability of high trust gained", `["read_devices",`, `["read_devices", "manage_containers",`, "warning major capabilities added: manage_containers is new, high risk: the plugin gets the Docker socket", BumpMajor},
	{"unknown capability gained", `["read_devices",`, `["read_devices", "read_minds",`, "warning minor capabilities added: read_minds is new, medium risk: the plugin is a capability that no document names", BumpMinor},
	{"capability lost", `, "invoke_llm"]`, `]`, "info patch capabilities removed: invoke_llm is no longer asked for", BumpPatch},
	{"capabilities in another order", `["read_devices", "invoke_llm"]`, `["invoke_llm", "read_devices"]`, "", BumpPatch},

	{"image tag", `my-plugin:1.0.0"`, `my-plugin:1.0.1"`, "info patch container changed: image", BumpPatch},
	{"image repository", `"netstacks-plugin-my-plugin:1.0.0"`, `"evil.example:5000/x:1.0.0"`, "warning minor container changed: image", BumpMinor},
	{"port", `8080,`, `9090,`, "info minor container changed: port is 9090 and was 8080", BumpMinor},
	{"memory raised", `268435456`, `536870912`, "warning minor container changed: memory_limit is raised from 256 MB to 512 MB", BumpMinor},
	{"memory lowered", `268435456`, `134217728`, "info minor container changed: memory_limit is lowered from 256 MB to 128 MB", BumpMinor},
	{"processor raised", `0.5`, `1`, "warning minor container changed: cpu_limit is raised from 0.5 cores to 1 core", BumpMinor},
	{"limits gone", `"resources": {"cpu_limit": 0.5, "memory_limit": 268435456},`, ``, "warning minor container removed: resources no longer limits", BumpMinor},
	{"health command", `wget -q`, `wget -qO-`, "info patch container changed: health_check runs another command: wget -qO-", BumpPatch},
	{"health interval", `"interval_seconds": 30`, `"interval_seconds": 5, "retries": 2`, "info minor container changed: health_check.interval_seconds is 5 and was 30\ninfo minor container changed: health_check.retries is 2 and was the engine's default", BumpMinor},
	{"health check gone", `"health_check": {"command": "wget -q localhost:8080/health", "interval_seconds": 30},`, ``, "warning minor container removed: health_check is gone", BumpMinor},

	{"panel gone", `"id": "items"`, `"id": "things"`, "error major panels removed: items is gone\ninfo minor panels added: things is new", BumpMajor},
	{"panel's endpoint", `"/admin/items",`, `"/admin/all",`, `warning major panels changed: items has another data_endpoint: "/admin/all" and was "/admin/items"`, BumpMajor},
	{"panel's refresh", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": 0`, `info patch panels changed: items has another refresh interval: "none" and was "30 s"`, BumpPatch},
	{"column gone", `, {"key": "state", "label": "State"}`, ``, `warning minor panels removed: items no longer shows the column "State" (state)`, BumpMinor},
	{"column new", `{"key": "name", "label": "Name"}`, `{"key": "name", "label": "Name"}, {"key": "site", "label": "Site"}`, `info minor panels added: items shows the new column "Site" (site)`, BumpMinor},
	{"column renamed", `"label": "State"`, `"label": "Status"`, "info patch panels changed: items shows the column state with another label", BumpPatch},
	{"columns in another order", `{"key": "name", "label": "Name"}, {"key": "state", "label": "State"}`, `{"key": "state", "label": "State"}, {"key": "name", "label": "Name"}`, "info patch panels changed: items shows its columns in another order", BumpPatch},
	{"action gone", `"id": "ack"`, `"id": "close"`, "error major panels removed: items no longer has the button \"Ack\"\ninfo minor panels added: items has the new button \"Ack\", which calls POST", BumpMajor},
	{"action's endpoint", `{id}/ack"`, `{id}/delete"`, "warning minor panels changed: items calls POST /admin/items/{id}/delete with the button \"Ack\", and called POST /admin/items/{id}/ack", BumpMinor},
	{"action without question", `, "confirm": "Sure?"`, ``, "warning minor panels changed: items no longer asks before the button \"Ack\" acts", BumpMinor},

	{"bundle gone", `"ui_bundle": "dist/index.js", "routes": [{"path": "/alerts", "component": "Alerts"}]`, `"openapi_path": "/api.json"`, "error major interface removed: ui_bundle is gone\nerror major interface removed: routes has lost \"/alerts\"\ninfo patch container added: openapi_path", BumpMajor},
	{"route gone", `"/alerts"`, `"/all"`, "error major interface removed: routes has lost \"/alerts\"\ninfo minor interface added: routes has the new \"/all\"", BumpMajor},
	{"route changed", `"component": "Alerts"`, `"component": "AlertsPage"`, "info patch interface changed: routes has another \"/alerts\"", BumpPatch},
}

var settingCases = []compareCase{
	{"setting gone", `"host": {"type": "string", "maxLength": 100},`, ``, "error major settings removed: host is gone: what is saved for it is ignored", BumpMajor},
	{"setting gone from a closed object", `"host": {"type": "string", "maxLength": 100},`, `"smtp2": {"type": "string"},`, "error major settings removed: host is gone\ninfo minor settings added: smtp2 is new: string", BumpMajor},
	{"object gone with what is in it", `"smtp": {"type": "object", "properties": {"port": {"type": "integer"}}},`, ``, "error major settings removed: smtp is gone", BumpMajor},
	{"setting inside an object gone", `{"port": {"type": "integer"}}`, `{"tls": {"type": "boolean", "default": true}}`, "error major settings removed: smtp.port is gone\ninfo minor settings added: smtp.tls is new: boolean, by default true", BumpMajor},
	{"setting in a list narrowed", `"id": {"type": "number"}`, `"id": {"type": "integer"}`, "error major settings changed: sites[].id is integer and was number: saved values of the type number are refused", BumpMajor},
	{"setting new", `"host": {`, `"retries": {"type": "integer", "default": 3}, "host": {`, "info minor settings added: retries is new: integer, by default 3", BumpMinor},
	{"secret new", `"host": {`, `"api_token": {"type": "string", "sensitive": true}, "host": {`, "info minor settings added: api_token is new: string, sensitive", BumpMinor},
	{"required setting new", `"type": "object", "properties": {
    "level"`, `"type": "object", "required": ["zone"], "properties": {"zone": {"type": "string"},
    "level"`, "error major settings added: zone is new: string; it is required", BumpMajor},
	{"setting required now", `"type": "object", "properties": {
    "level"`, `"type": "object", "required": ["host"], "properties": {
    "level"`, "error major settings changed: host is required now", BumpMajor},
	{"type changed", `"host": {"type": "string"`, `"host": {"type": "integer"`, "error major settings changed: host is integer and was string: saved values of the type string are refused", BumpMajor},
	{"type widened", `"seconds": {"type": "integer"`, `"seconds": {"type": ["number", "null"]`, "info patch settings changed: seconds is described differently, or takes more", BumpPatch},
	{"value gone", `"critical", "warning"`, `"warning"`, `error major settings changed: level no longer takes "critical"`, BumpMajor},
	{"value new", `"critical", "warning"`, `"critical", "alert", "warning"`, "info patch settings changed: level is described differently, or takes more", BumpPatch},
	{"values limited", `"host": {"type": "string"`, `"host": {"type": "string", "enum": ["a"]`, "error major settings changed: host takes certain values only now", BumpMajor},
	{"values by const", `"host": {"type": "string"`, `"host": {"type": "string", "const": "a"`, "error major settings changed: host takes certain values only now", BumpMajor},
	{"minimum raised", `"minimum": 60`, `"minimum": 120`, "error major settings changed: seconds has the minimum 120 and had 60: saved values below that are refused", BumpMajor},
	{"minimum lowered", `"minimum": 60`, `"minimum": 6e0`, "info patch settings changed: seconds is described", BumpPatch},
	{"minimum written otherwise", `"minimum": 60`, `"minimum": 6e1`, "info patch settings changed: seconds is described", BumpPatch},
	{"minimum left out", `"minimum": 60`, `"exclusiveMinimum": 60`, "error major settings changed: seconds has the minimum 60, itself left out and had 60", BumpMajor},
	{"maximum lowered", `"maximum": 900`, `"maximum": 600`, "error major settings changed: seconds has the maximum 600 and had 900", BumpMajor},
	{"maximum gone", `, "maximum": 900`, ``, "info patch settings changed: seconds is described", BumpPatch},
	{"length limited", `"maxLength": 100`, `"maxLength": 50, "minLength": 1`, "error major settings changed: host has the minLength 1 and had none: shorter saved texts are refused\nerror major settings changed: host has the maxLength 50 and had 100: longer", BumpMajor},
	{"multiples", `"minimum": 60`, `"minimum": 60, "multipleOf": 10`, "error major settings changed: seconds has the multipleOf 10", BumpMajor},
	{"list without doubles", `"type": "array"`, `"type": "array", "uniqueItems": true, "maxItems": 3`, "error major settings changed: sites has the maxItems 3 and had none\nerror major settings changed: sites takes no value twice", BumpMajor},
	{"object closed", `"smtp": {"type": "object"`, `"smtp": {"type": "object", "additionalProperties": false`, "error major settings changed: smtp limits its other members now", BumpMajor},
	{"settings closed", `"settings_schema": {"type": "object"`, `"settings_schema": {"type": "object", "additionalProperties": false`, "error major settings changed: settings_schema limits its other members now", BumpMajor},
	{"pattern", `"host": {"type": "string"`, `"host": {"type": "string", "pattern": "^a"`, `warning major settings changed: host has another "pattern"`, BumpMajor},
	{"secret is none any more", `, "sensitive": true`, ``, "error major settings changed: password is no longer sensitive", BumpMajor},
	{"setting is a secret now", `"host": {"type": "string"`, `"host": {"type": "string", "sensitive": true`, "info patch settings changed: host is sensitive now", BumpPatch},
	{"default", `"default": 300`, `"default": 600`, "info patch settings changed: seconds has the default 600 and had 300", BumpPatch},
	{"default of a secret", `"default": "", "sensitive"`, `"default": "hunter2hunter2", "sensitive"`, "info patch settings changed: password has another default", BumpPatch},
	{"all settings gone", `"settings_schema": {`, `"x_schema": {`, "info patch identity added: x_schema\nerror major settings removed: host\nerror major settings removed: level\nerror major settings removed: password\nerror major settings removed: seconds\nerror major settings removed: sites\nerror major settings removed: smtp\nerror major settings removed: settings_schema is gone", BumpMajor},
}

func TestCompareTellsWhatOperatorsMustKnow(t *testing.T) {
	for _, test := range slices.Concat(compareCases, settingCases) {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(base, test.old) {
				t.Fatalf("the manifest does not hold %s", test.old)
			}
			d := Compare(plugin(t, base, files), plugin(t, strings.Replace(base, test.old, test.new, 1), files))
			var want []string
			if test.want != "" {
				want = strings.Split(test.want, "\n")
			}
			if len(d.Changes) != len(want) {
				t.Errorf("%d changes, want %d", len(d.Changes), len(want))
			}
			for i, c := range d.Changes {
				if i >= len(want) || !strings.HasPrefix(line(c), want[i]) {
					t.Errorf("change %d: %s", i, line(c))
				}
			}
			if d.Bump.Needed != test.needed {
				t.Errorf("needs %s, want %s", d.Bump.Needed, test.needed)
			}
			if strings.Contains(fmt.Sprintf("%+v", d), "hunter2") {
				t.Errorf("it tells a secret: %+v", d)
			}
		})
	}
}

func TestCompareTellsWhatHappenedToMigrations(t *testing.T) {
	for _, test := range []struct {
		name    string
		changed map[string]string // "" removes
		want    string
		needed  Bump
	}{
		{"new one", map[string]string{"migrations/003_third.sql": "x"}, "info minor migrations added: 003_third.sql is new (1 B), and runs", BumpMinor},
		{"edited", map[string]string{"migrations/001_first.sql": "CREATE TABLE z();"}, "error major migrations changed: 001_first.sql was edited after its release (18 B → 17 B): where 1.0.0 is installed", BumpMajor},
		{"removed", map[string]string{"migrations/001_first.sql": ""}, "error major migrations removed: 001_first.sql was removed after its release", BumpMajor},
		{"in between", map[string]string{"migrations/001_z.sql": "x"}, "warning major migrations added: 001_z.sql is new and sorts before 002_second.sql", BumpMajor},
		{"renamed", map[string]string{"migrations/001_first.sql": "", "migrations/001_one.sql": "CREATE TABLE a();\n"}, "error major migrations changed: 001_first.sql is called 001_one.sql now: what", BumpMajor},
		{"another order", map[string]string{"migrations/001_first.sql": "", "migrations/009_first.sql": "CREATE TABLE a();\n"}, "error major migrations changed: 001_first.sql is called 009_first.sql now and runs as number 2 instead of 1", BumpMajor},
		{"a file that is no migration", map[string]string{"migrations/README.md": "x", "migrations/old/000.sql": "x"}, "", BumpPatch},
		{"a file of the service", map[string]string{"service/main.py": "print(2)\n"}, "", BumpPatch},
	} {
		t.Run(test.name, func(t *testing.T) {
			after := maps.Clone(files)
			for name, content := range test.changed {
				if after[name] = content; content == "" {
					delete(after, name)
				}
			}
			d := Compare(plugin(t, base, files), plugin(t, base, after))
			got := ""
			for _, c := range d.Changes {
				got += line(c) + "\n"
			}
			if !strings.HasPrefix(got, test.want) || (test.want == "") != (got == "") || strings.Count(got, "\n") > 1 {
				t.Errorf("changes:\n%swant %s", got, test.want)
			}
			if d.Bump.Needed != test.needed {
				t.Errorf("needs %s, want %s", d.Bump.Needed, test.needed)
			}
			if n := len(d.Files.Added) + len(d.Files.Removed) + len(d.Files.Changed); n != len(test.changed) {
				t.Errorf("%d files differ, want %d: %+v", n, len(test.changed), d.Files)
			}
		})
	}
	without := strings.Replace(base, `"migrations_dir": "migrations",`, "", 1)
	lost, gained := Compare(plugin(t, base, files), plugin(t, without, files)), Compare(plugin(t, without, files), plugin(t, base, files))
	if n := len(lost.Changes); n != 3 || lost.Changes[n-1].Message[:7] != "is gone" || lost.Bump.Needed != BumpMajor {
		t.Errorf("no migrations any more: %+v", lost.Changes)
	}
	if n := len(gained.Changes); n != 3 || gained.Bump.Needed != BumpMinor || gained.Attention != true {
		t.Errorf("migrations for the first time: %+v", gained)
	}
}

func TestVersionsAreJudgedByTheRule(t *testing.T) {
	for _, test := range []struct {
		old, new  string
		needed    Bump
		suggested string
		enough    bool
	}{
		{"1.2.3", "1.2.3", BumpNone, "1.2.3", true},
		{"1.2.3", "1.2.3", BumpPatch, "1.2.4", false},
		{"1.2.3", "1.2.4", BumpPatch, "1.2.4", true},
		{"1.2.3", "1.2.4", BumpMinor, "1.3.0", false},
		{"1.2.3", "1.3.0", BumpMinor, "1.3.0", true},
		{"1.2.3", "1.9.0", BumpMajor, "2.0.0", false},
		{"1.2.3", "2.0.0", BumpMajor, "2.0.0", true},
		{"1.2.3", "2.0.1", BumpMinor, "1.3.0", true},
		{"1.10.0", "1.9.9", BumpPatch, "1.10.1", false},
		{"1.2.3", "1.2.2", BumpNone, "1.2.3", false},
		{"0.2.3", "0.2.3", BumpNone, "0.2.3", true},
		{"0.2.3", "0.2.4", BumpMinor, "0.2.4", true},
		{"0.2.3", "0.2.4", BumpMajor, "0.3.0", false},
		{"0.2.3", "0.3.0", BumpMajor, "0.3.0", true},
		{"01.2.3", "1.2.4", BumpPatch, "1.2.4", true},
		{"1.2", "1.2.4", BumpPatch, "", false},
		{"1.2.3", "1.2.99999999999999999999", BumpPatch, "", false},
	} {
		d := Difference{Old: Side{Version: test.old}, New: Side{Version: test.new}}
		if test.needed != BumpNone {
			d.Changes = []Change{{Bump: BumpPatch, Subject: "x"}, {Bump: test.needed, Subject: "y", Area: AreaPanels}}
		}
		got := judgeVersion(d)
		if got.Needed != test.needed || got.Suggested != test.suggested || got.Enough != test.enough || got.Reason == "" {
			t.Errorf("%s → %s for %s: %+v", test.old, test.new, test.needed, got)
		}
	}
}

func TestRiskIsThatOfTheWorstReason(t *testing.T) {
	for _, test := range []struct {
		capabilities string
		bundle       bool
		want         Level
		reasons      int
	}{
		{``, false, Low, 0},
		{`"read_devices"`, false, Low, 1},
		{`"read_devices"`, true, Medium, 2},
		{`"invoke_llm", "read_devices"`, false, Medium, 2},
		{`"something_new"`, false, Medium, 1},
		{`"read_devices", "manage_containers"`, false, High, 2},
		{`"read_credentials", "execute_netconf"`, false, High, 3},
		{`"read_credentials", "read_credentials"`, false, High, 1},
	} {
		text := fmt.Sprintf(`{"name": "x", "capabilities_required": [%s]`, test.capabilities)
		if test.bundle {
			text += `, "ui_bundle": "x.js"`
		}
		got := riskOf(plugin(t, text+"}", files))
		if got.Level != test.want || len(got.Reasons) != test.reasons || test.reasons > 0 && got.Reasons[0].Level != test.want {
			t.Errorf("%s: %+v, want %s with %d reasons", test.capabilities, got, test.want, test.reasons)
		}
	}
	for _, c := range manifest.Capabilities() {
		if _, described := grants[c.Name]; !described {
			t.Errorf("%s has no plain words", c.Name)
		}
		if d := capabilityOf(c.Name); (d.Level == High) != c.HighTrust {
			t.Errorf("%s is %s, high trust: %v", c.Name, d.Level, c.HighTrust)
		}
	}
}
