package manifest

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// offered lists the fixes of all findings of a rule, each as "safe: title" or
// "risky: title".
func offered(r Report, rule string) []string {
	var list []string
	for _, f := range r.Findings {
		for _, fix := range f.Fixes {
			if f.Rule == rule {
				list = append(list, map[bool]string{true: "safe: ", false: "risky: "}[fix.Safe]+fix.Title)
			}
		}
	}
	return list
}

const probedAddress = "localhost:8080/health"

// schemaFixes are manifests with one rule broken, and every repair that is
// offered, with what follows from it.
var schemaFixes = []struct {
	name    string
	changes []string // pairs: text of the complete manifest, and what stands there instead
	rule    string
	offered []string
	fixed   []string // pairs: what the first fix makes of the complete manifest; nil: the manifest as it was
}{
	{
		"a version takes the same tag along", []string{`"version": "1.0.0"`, `"version": "v1.2"`, `notice:1.0.0`, `notice:v1.2`}, "NSP2011",
		[]string{`safe: write "version": "1.2.0" and the same tag in image`},
		[]string{`"version": "1.0.0"`, `"version": "1.2.0"`, `notice:1.0.0`, `notice:1.2.0`},
	},
	{
		"a pre-release goes from version and tag", []string{`"version": "1.0.0"`, `"version": "2.0.0-rc1"`, `notice:1.0.0`, `notice:2.0.0-rc1`}, "NSP2011",
		[]string{`risky: write "version": "2.0.0" and the same tag in image`},
		[]string{`"version": "1.0.0"`, `"version": "2.0.0"`, `notice:1.0.0`, `notice:2.0.0`},
	},
	{
		"a missing version is the image's tag", []string{"  \"version\": \"1.0.0\",\n", "", "notice:1.0.0", "notice:3.1.4"}, "NSP2001",
		[]string{`safe: add "version": "3.1.4"`}, []string{`"version": "1.0.0"`, `"version": "3.1.4"`, `notice:1.0.0`, `notice:3.1.4`},
	},
	{
		"a low port takes the health command along", []string{`"port": 8080`, `"port": 80`, probedAddress, "localhost:80/health"}, "NSP2016",
		[]string{`risky: write "port": 8080, also in the health command`}, nil,
	},
	{
		"a low port takes a health command along that only implies it", []string{`"port": 8080`, `"port": 80`, probedAddress, "localhost/health"}, "NSP2016",
		[]string{`risky: write "port": 8080, also in the health command`}, nil,
	},
	{
		"a low port becomes the one that is probed", []string{`"port": 8080`, `"port": 443`, probedAddress, "127.0.0.1:9443/health"}, "NSP2016",
		[]string{`safe: write "port": 9443`}, []string{`"port": 8080`, `"port": 9443`, probedAddress, "127.0.0.1:9443/health"},
	},
	{
		"a high port is cut where nothing says more", []string{`"port": 8080`, `"port": 99999`, probedAddress, "localhost:99999/health"}, "NSP2016",
		[]string{`risky: write "port": 8080, also in the health command`, `risky: write "port": 65535, also in the health command`}, nil,
	},
	{
		"a missing port is the one that is probed", []string{"  \"port\": 8080,\n", "", probedAddress, "localhost:9000/health"}, "NSP2001",
		[]string{`safe: add "port": 9000`}, []string{`"port": 8080`, `"port": 9000`, probedAddress, "localhost:9000/health"},
	},
	{
		"a missing image is named after name and version", []string{"  \"image\": \"netstacks-plugin-notice:1.0.0\",\n", "", `"notice"`, `"my-board-"`}, "NSP2001",
		[]string{`safe: add "image": "netstacks-plugin-my-board:1.0.0"`}, []string{"notice:", "my-board:", `"notice"`, `"my-board-"`},
	},
	{
		"memory without a unit was counted in KB or in MB", []string{"268435456", "262144"}, "NSP2031",
		[]string{`risky: write "memory_limit": 268435456`, `risky: write "memory_limit": 67108864`}, nil,
	},
	{
		"a panel's id is one that no other has", []string{`"id": "sources"`, `"id": ""`, `"label": "Sources"`, `"label": "Alert list"`}, "NSP2061",
		[]string{`safe: write "id": "alert-list-2"`}, []string{`"id": "sources"`, `"id": "alert-list-2"`, `"label": "Sources"`, `"label": "Alert list"`},
	},
	{
		"a request brings its method", []string{"\"/admin/alerts/{id}/acknowledge\",\n          \"method\": \"PUT\"", `"DELETE /admin/alerts/{id}"`}, "NSP2069",
		[]string{`safe: write "endpoint": "/admin/alerts/{id}" and "method": "DELETE"`, `risky: write "endpoint": "/admin/alerts/{id}"`},
		[]string{"\"/admin/alerts/{id}/acknowledge\",\n          \"method\": \"PUT\"", "\"/admin/alerts/{id}\",\n          \"method\": \"DELETE\""},
	},
	{
		"what is misspelt is renamed, not added", []string{`"display_name"`, `"displayname"`, `"port"`, `"prot"`}, "NSP2001",
		[]string{`safe: rename "displayname" to "display_name"`, `safe: rename "prot" to "port"`}, []string{`"port"`, `"prot"`},
	},
	{
		"a misspelt field with a wrong value", []string{`"port": 8080`, `"Port": "8080"`}, "NSP2001",
		[]string{`safe: rename "Port" to "port" and write "port": 8080`}, nil,
	},
	{
		"a misspelt field without a value", []string{`"display_name": "Alert Ingestion & Pipeline"`, `"displayName": null`}, "NSP2001",
		[]string{`safe: rename "displayName" to "display_name" and write "display_name": "Notice"`},
		[]string{`"Alert Ingestion & Pipeline"`, `"Notice"`},
	},
	{
		"a misspelt field whose value would go", []string{`"confirm": "Delete every alert?",`, `"confirmation": false,`}, "NSP3001",
		[]string{`risky: remove "confirmation"`}, []string{"          \"confirm\": \"Delete every alert?\",\n", ""},
	},
	{
		"a limit in the wrong place is moved, not added", []string{"\n    \"cpu_limit\": 0.5,", "", `"port"`, "\"cpu_limit\": 1,\n  \"port\""}, "NSP2001",
		[]string{`safe: move "cpu_limit" into resources`}, []string{"0.5", "1"},
	},
}

func TestFixesOfTheSchemaRules(t *testing.T) {
	for _, tt := range schemaFixes {
		t.Run(tt.name, func(t *testing.T) {
			base := complete(t)
			text := strings.NewReplacer(tt.changes...).Replace(base)
			r := Check(plugin(text), Options{})
			if got := offered(r, tt.rule); strings.Join(got, "\n") != strings.Join(tt.offered, "\n") {
				t.Fatalf("offered\n%s\nwant\n%s\n%+v", strings.Join(got, "\n"), strings.Join(tt.offered, "\n"), r.Findings)
			}
			after, err := ApplyEdits([]byte(text), r.Findings[0].Fixes[0].Edits)
			if want := strings.NewReplacer(tt.fixed...).Replace(base); err != nil || string(after) != want {
				t.Errorf("the first fix gives %v\n%s\nwant\n%s", err, after, want)
			}
		})
	}
}

func TestRepairOfAnAlmostEmptyManifest(t *testing.T) {
	r := Repair(plugin("{}\n"), Options{}, true)
	for _, f := range r.Report.Findings {
		if f.Rule != ruleRequired || !strings.Contains(f.Message, "name is missing") && !strings.Contains(f.Message, "image is missing") {
			t.Errorf("only what follows from the name cannot be derived, found %+v", f)
		}
	}
	const want = "{\n  \"name\": \"my-board\",\n  \"version\": \"1.0.0\",\n  \"display_name\": \"My Board\","
	named := plugin("{\n  \"name\": \"my-board\"\n}\n")
	r = Repair(named, Options{}, true)
	if len(r.Changes) != 1 || !r.Report.OK || len(r.Report.Findings) != 0 || !strings.HasPrefix(string(r.Changes[0].After), want) {
		t.Fatalf("a name is enough: %s\n%+v", r.Changes, r.Report.Findings)
	}
}

func TestHealthCommandOfAListOfWords(t *testing.T) {
	tests := []struct{ list, want string }{
		{`["CMD-SHELL", "curl -f http://localhost/ || exit 1"]`, "curl -f http://localhost/ || exit 1"},
		{`["CMD", "curl", "-f", "http://localhost:8080/health"]`, "curl -f http://localhost:8080/health"},
		{`["python", "-c", "print('a b')"]`, `python -c 'print('\''a b'\'')'`},
		{`["CMD", ""]`, "''"},
		{`["curl -f http://localhost/"]`, "curl -f http://localhost/"},
		{`["NONE"]`, ""},
		{`["CMD", 7]`, ""},
		{`[]`, ""},
		{`" ./probe "`, "./probe"},
	}
	for _, tt := range tests {
		if got := commandOf(Index([]byte(tt.list)).root); got != tt.want {
			t.Errorf("%s is %q, want %q", tt.list, got, tt.want)
		}
	}
}

func TestTheHealthCommandGoesWithThePort(t *testing.T) {
	tests := []struct {
		command string
		asked   int    // the one valid port that it asks
		old     string // the port that moves to 9999
		moved   string
	}{
		{`curl -sf http://localhost:8080/health || exit 1`, 8080, "8080", `curl -sf http://localhost:9999/health || exit 1`},
		{`curl http://127.0.0.1/`, 0, "80", `curl http://127.0.0.1:9999/`},
		{`curl https://localhost/`, 0, "80", `curl https://localhost/`},
		{`wget -q http://[::1]:9000/ && nc -z localhost`, 9000, "9000", `wget -q http://[::1]:9999/ && nc -z localhost`},
		{`curl http://localhost:70000/`, 0, "70000", `curl http://localhost:9999/`},
		{`python -c "http.client.HTTPConnection('127.0.0.1', 8081, timeout=3)"`, 8081, "8081", `python -c "http.client.HTTPConnection('127.0.0.1', 9999, timeout=3)"`},
		{`python -c 'http.client.HTTPConnection("0.0.0.0",8081)'`, 8081, "8081", `python -c 'http.client.HTTPConnection("0.0.0.0",9999)'`},
		{`curl http://localhost:1025/ http://localhost:1026/`, 0, "1025", `curl http://localhost:9999/ http://localhost:1026/`},
		{`curl http://localhost:8080/ http://localhost:8080/a`, 8080, "8080", `curl http://localhost:9999/ http://localhost:9999/a`},
		{`curl http://localhost:$PLUGIN_PORT/`, 0, "8080", `curl http://localhost:$PLUGIN_PORT/`},
		{`./probe 8080`, 0, "8080", `./probe 8080`},
	}
	for _, tt := range tests {
		text := func(command string) string { return `{"health_check": {"command": ` + jsonText(command) + `}}` }
		p := &project{doc: Index([]byte(text(tt.command)))}
		if got := p.probedPort(); got != tt.asked {
			t.Errorf("%s asks %d, want %d", tt.command, got, tt.asked)
		}
		moved, err := ApplyEdits(p.doc.data, p.moveProbes(tt.old, "9999"))
		if err != nil || string(moved) != text(tt.moved) {
			t.Errorf("%s becomes %s (%v), want %s", tt.command, moved, err, tt.moved)
		}
	}
}

func TestNamesAreSpelledAsThePatternHasThem(t *testing.T) {
	tests := []struct {
		text, name string
		whole      bool
	}{
		{"My_Plugin", "my-plugin", true},
		{"myHTTPPlugin", "my-httpplugin", true},
		{"  Alert Ingestion & Pipeline!", "alert-ingestion-pipeline", true},
		{"net.stacks/alerts", "net-stacks-alerts", true},
		{"a--b", "a-b", true},
		{"router2", "router2", true},
		{"2fast", "fast", false},
		{"Zoë's", "zo-s", false},
		{"日本", "", false},
		{"", "", true},
	}
	for _, tt := range tests {
		if name, whole := kebab(tt.text); name != tt.name || whole != tt.whole {
			t.Errorf("%q is spelled %q (%t), want %q (%t)", tt.text, name, whole, tt.name, tt.whole)
		}
	}
}

func TestTheBundlesEntryIsTheOneFileThatCanBeIt(t *testing.T) {
	tests := []struct {
		files []string
		want  string
	}{
		{nil, ""},
		{[]string{"dist/index.js"}, "dist/index.js"},
		{[]string{"dist/app.mjs", "src/index.js", "node_modules/x/index.js", "vite.config.js", "dist/app.css", ".cache/index.js"}, "dist/app.mjs"},
		{[]string{"dist/remoteEntry.js", "dist/index.js", "dist/chunk-1.js"}, "dist/remoteEntry.js"},
		{[]string{"a/index.js", "b/index.js"}, ""},
		{[]string{"a.js", "b.js"}, ""},
	}
	for _, tt := range tests {
		fsys := fstest.MapFS{}
		for _, name := range tt.files {
			fsys["ui/"+name] = &fstest.MapFile{}
		}
		if got := (&project{files: newFiles(fsys)}).bundleEntry(); got != tt.want {
			t.Errorf("of %q the entry is %q, want %q", tt.files, got, tt.want)
		}
	}
	many := fstest.MapFS{}
	for i := range 2000 {
		many[fmt.Sprintf("ui/%04d.js", i)] = &fstest.MapFile{}
	}
	if got := (&project{files: newFiles(many)}).bundleEntry(); got != "" {
		t.Errorf("of 2000 files the entry is %q", got)
	}
}

func TestRepairOfHostileManifestsEnds(t *testing.T) {
	if underRace {
		t.Skip("how long something takes says nothing under the race detector")
	}
	for name, text := range map[string]string{
		"many wrong panels":   `{"terminal_panels": [0` + strings.Repeat(",0", 40_000) + "]}",
		"many wrong columns":  `{"terminal_panels": [{"columns": [0` + strings.Repeat(`,"a"`, 40_000) + "]}]}",
		"many unknown fields": `{"a":1` + manyKeys(8_000, "0") + "}",
		"a long list in text": `{"capabilities_required": "` + strings.Repeat("a,", 100_000) + `"}`,
		"a long health list":  `{"health_check": {"command": ["a"` + strings.Repeat(`,"a b"`, 40_000) + "]}}",
		"a long name":         `{"name": "` + strings.Repeat("A ", 100_000) + `", "version": "` + strings.Repeat("1.", 100_000) + `"}`,
		"numbers in text":     `{"port": "1e999999999", "resources": {"cpu_limit": "1e-999999999", "memory_limit": "9999999999999999999999GB"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := Repair(plugin(text), Options{}, true); len(r.Applied) > 1000 {
				t.Errorf("%d repairs", len(r.Applied))
			}
		})
	}
}
