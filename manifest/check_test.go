package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// lines prints the checks as a checklist.
func lines(checks []CheckResult) string {
	var b strings.Builder
	for _, c := range checks {
		mark := "✓ "
		if !c.OK {
			mark = "✗ "
		}
		b.WriteString(mark + c.Label + "\n")
	}
	return b.String()
}

func TestTheEightChecksHaveTheDocumentedLabelsInOrder(t *testing.T) {
	r := Check(plugin(complete(t)), Options{Path: "alerts"})
	const want = `✓ manifest.json exists
✓ service/Dockerfile exists
✓ service entry point exists
✓ All required fields present
✓ Name matches pattern
✓ Version matches semver pattern
✓ Port in valid range
✓ Resources has cpu_limit and memory_limit
`
	if got := lines(r.Checks); got != want {
		t.Errorf("checks\n%swant\n%s", got, want)
	}
	if got := lines(r.Extra); got != "✓ Migrations directory has 1 SQL file(s)\n" {
		t.Errorf("migrations line %q", got)
	}
}

func TestAFailingCheckSaysWhatToDo(t *testing.T) {
	tests := []struct {
		name     string
		old, new string // in the manifest
		remove   string // of the plugin's files
		check    string // id of the one that fails
		detail   string
	}{
		{name: "Dockerfile", remove: "service/Dockerfile", check: "dockerfile-exists", detail: "service/Dockerfile is missing; the plugin's image is built from it"},
		{name: "entry point", remove: "service/main.py", check: "entry-point-exists", detail: "none of service/main.py"},
		{name: "fields", old: `"port": 8080,`, new: ``, check: "required-fields", detail: "missing: port; add to manifest.json"},
		{name: "name", old: `"notice"`, new: `"a"`, check: "name-pattern", detail: `"a" is too short; a plugin name has 3 to 50 characters`},
		{name: "name type", old: `"notice"`, new: `null`, check: "name-pattern", detail: "name is null, it must be text"},
		{name: "version", old: `"1.0.0"`, new: `"v1.0.0"`, check: "version-pattern", detail: `version is the text "v1.0.0", it must be X.Y.Z`},
		{name: "port", old: `8080`, new: `80`, check: "port-range", detail: "port is 80, it must be a whole number from 1024 to 65535"},
		{name: "port type", old: `8080`, new: `"8080"`, check: "port-range", detail: `port is the text "8080"`},
		{name: "port fraction", old: `8080`, new: `8080.5`, check: "port-range", detail: `port is 8080.5`},
		{name: "limits", old: `"cpu_limit": 0.5,`, new: ``, check: "resource-limits", detail: "resources has no cpu_limit"},
		{name: "no limits", old: "\"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456", new: ``, check: "resource-limits", detail: "resources has no cpu_limit and no memory_limit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := plugin(strings.Replace(complete(t), tt.old, tt.new, 1))
			delete(fsys, tt.remove)
			r := Check(fsys, Options{})
			if r.OK || r.Errors() == 0 {
				t.Error("the report must not be OK")
			}
			found := false
			for _, c := range r.Checks {
				if c.OK == (c.ID == tt.check) && c.ID != "port-range" { // without a port two checks fail
					t.Errorf("check %s is %t: %s", c.ID, c.OK, c.Detail)
				}
				found = found || c.ID == tt.check && !c.OK && strings.Contains(c.Detail, tt.detail)
			}
			if !found {
				t.Errorf("no check %s with %q in %+v", tt.check, tt.detail, r.Checks)
			}
		})
	}
}

func TestABrokenManifestLeavesTheChecksOfTheFiles(t *testing.T) {
	for _, broken := range []string{`{"name": "alerts",}`, "", "{", "[]", "null", "\ufeff" + complete(t)} {
		r := Check(plugin(broken), Options{})
		if r.Score != (Score{3, 8}) || r.OK || len(r.Findings) == 0 || r.Manifest != nil || r.Extra != nil {
			t.Errorf("%.20q: %+v", broken, r)
		}
		for _, c := range r.Checks[3:] {
			if c.OK || !strings.Contains(c.Detail, "could not be looked at") {
				t.Errorf("%.20q: check %+v", broken, c)
			}
		}
	}
	r := Check(plugin("{\n  \"port\": 8080,\n}"), Options{})
	if got := r.Checks[3].Detail; !strings.Contains(got, "line 2, column 15") {
		t.Errorf("the detail names no place: %q", got)
	}
}

func TestBrokenOnlyByACommentIsJudgedWhole(t *testing.T) {
	text := strings.Replace(complete(t), `"port": 8080,`, `"port": 80, // low`, 1)
	if got, want := places(Check(plugin(text), Options{}).Findings), "NSP2016 9:11\nNSP1011 9:15"; got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
}

func TestEntryPointsOfOtherLanguages(t *testing.T) {
	for _, name := range []string{
		"service/main.py", "service/src/main.rs", "service/src/main.py", "service/app.py", "service/src/index.ts",
		"service/src/main.ts", "service/index.js", "service/main.go", "service/cmd/alerts/main.go",
	} {
		fsys := plugin(complete(t))
		delete(fsys, "service/main.py")
		fsys[name] = &fstest.MapFile{Data: []byte("x")}
		if r := Check(fsys, Options{}); !r.OK {
			t.Errorf("%s is not taken for an entry point: %+v", name, r.Checks[2])
		}
		fsys[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
		if r := Check(fsys, Options{}); r.OK {
			t.Errorf("a directory %s is taken for an entry point", name)
		}
	}
}

func TestMigrationsLine(t *testing.T) {
	tests := []struct {
		name, dir string
		files     []string
		label     string
		detail    string
	}{
		{"one file", "migrations", []string{"migrations/001.sql"}, "Migrations directory has 1 SQL file(s)", ""},
		{"other files do not count", "migrations", []string{"migrations/001.sql", "migrations/2.sql", "migrations/README.md", "migrations/old/0.sql"}, "Migrations directory has 2 SQL file(s)", ""},
		{"another spelling of the path", "./db/migrations/", []string{"db/migrations/001.sql"}, "Migrations directory has 1 SQL file(s)", ""},
		{"no directory", "migrations", nil, "Migrations directory has 0 SQL file(s)", `the directory "migrations" is missing`},
		{"no SQL file", "migrations", []string{"migrations/README.md"}, "Migrations directory has 0 SQL file(s)", "holds no .sql file"},
		{"a file", "migrations", []string{"migrations"}, "Migrations directory has 0 SQL file(s)", "not a directory"},
		{"outside", "../migrations", nil, "Migrations directory has 0 SQL file(s)", "inside the plugin"},
		{"absolute", "/migrations", nil, "Migrations directory has 0 SQL file(s)", "inside the plugin"},
		{"backslashes", `db\\migrations`, nil, "Migrations directory has 0 SQL file(s)", "with slashes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := plugin(strings.Replace(complete(t), `"migrations_dir": "migrations"`, `"migrations_dir": "`+tt.dir+`"`, 1))
			delete(fsys, "migrations/001_initial_schema.sql")
			for _, name := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte("SELECT 1;")}
			}
			r := Check(fsys, Options{})
			if len(r.Extra) != 1 || r.Extra[0].Label != tt.label || !strings.Contains(r.Extra[0].Detail, tt.detail) {
				t.Fatalf("line %+v, want %q with %q", r.Extra, tt.label, tt.detail)
			}
			if ok := tt.detail == ""; r.OK != ok || r.Extra[0].OK != ok || r.Score != (Score{8, 8}) {
				t.Errorf("OK is %t, score %+v, line %+v", r.OK, r.Score, r.Extra[0])
			}
		})
	}
	fsys := plugin(strings.Replace(complete(t), "  \"migrations_dir\": \"migrations\",\n", "", 1))
	if r := Check(fsys, Options{}); r.Extra != nil || !r.OK {
		t.Errorf("without migrations_dir there is no line: %+v", r.Extra)
	}
}

func TestManifestBehindALinkIsTakenOnlyInsideTheDirectory(t *testing.T) {
	tests := []struct {
		name, to string
		refused  bool
	}{
		{"to a file beside it", "real.json", false},
		{"to a file below it", "service/../real.json", false},
		{"out of the directory", "../real.json", true},
		{"out of it and back", "../plugin/real.json", true},
		{"absolute", "/plugin/real.json", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "plugin")
			if err := os.CopyFS(dir, plugin(complete(t))); err != nil {
				t.Fatal(err)
			}
			file, to := filepath.Join(dir, FileName), tt.to
			for _, real := range []string{filepath.Join(dir, "real.json"), filepath.Join(dir, "..", "real.json")} {
				if err := os.WriteFile(real, []byte(complete(t)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if strings.HasPrefix(to, "/") {
				to = filepath.Join(dir, "real.json")
			}
			if err := errors.Join(os.Remove(file), os.Symlink(to, file)); err != nil {
				t.Fatal(err)
			}
			r := Check(os.DirFS(dir), Options{})
			if r.Score.Passed != 8 || r.Manifest == nil {
				t.Fatalf("the file was not read: %+v", r)
			}
			told := slices.ContainsFunc(r.Findings, func(f Finding) bool {
				return f.Rule == ruleNotAFile && strings.Contains(f.Message, "leads out of the plugin's directory")
			})
			if told != tt.refused || r.OK == tt.refused {
				t.Errorf("report OK %v, findings %+v", r.OK, r.Findings)
			}
		})
	}
}

func TestWhatIsNoReadableFile(t *testing.T) {
	tests := []struct {
		name    string
		place   func(dir string) error // puts something at dir/manifest.json
		rule    string
		message string
	}{
		{"nothing", func(string) error { return nil }, ruleMissingFile, "manifest.json is missing; a plugin directory has one at its top"},
		{"no directory", os.Remove, ruleMissingFile, "the directory does not exist"},
		{"another case", func(dir string) error { return os.WriteFile(filepath.Join(dir, "Manifest.JSON"), nil, 0o600) }, ruleMissingFile, "there is Manifest.JSON; rename it"},
		{"a directory", func(dir string) error { return os.Mkdir(filepath.Join(dir, FileName), 0o700) }, ruleNotAFile, "is a directory"},
		{"a dangling link", func(dir string) error { return os.Symlink("nowhere", filepath.Join(dir, FileName)) }, ruleMissingFile, "leads nowhere"},
		{"a loop of links", func(dir string) error { return os.Symlink(FileName, filepath.Join(dir, FileName)) }, ruleUnreadable, "cannot be read"},
		{"a device", func(dir string) error { return os.Symlink(os.DevNull, filepath.Join(dir, FileName)) }, ruleNotAFile, "is a device"},
		{"100 MB", func(dir string) error {
			f, err := os.Create(filepath.Join(dir, FileName))
			if err != nil {
				return err
			}
			defer f.Close()
			return f.Truncate(100 << 20)
		}, ruleTooLarge, "104857600 bytes large, more than 1 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := tt.place(dir); err != nil {
				machine.Missing(t, "this machine cannot make it: %v", err)
			}
			r := Check(os.DirFS(dir), Options{})
			if r.OK || r.Checks[0].OK || len(r.Findings) != 1 {
				t.Fatalf("report %+v", r)
			}
			f := r.Findings[0]
			if f.Rule != tt.rule || !strings.Contains(f.Message, tt.message) || f.Line != 0 || f.Column != 0 {
				t.Errorf("finding %+v, want %s with %q", f, tt.rule, tt.message)
			}
			if r.Checks[0].Detail != f.Message {
				t.Errorf("the first check says %q", r.Checks[0].Detail)
			}
		})
	}
}

func TestAFileThatGrowsWhileItIsReadIsStillTooLarge(t *testing.T) {
	_, problem := newFiles(growing{plugin(strings.Repeat(" ", MaxSize+1))}).readManifest()
	if problem == nil || problem.rule != ruleTooLarge {
		t.Errorf("problem %+v", problem)
	}
}

// growing is a file system whose files were small when their size was asked.
type growing struct{ fstest.MapFS }

func (g growing) Stat(name string) (fs.FileInfo, error) {
	small := maps.Clone(g.MapFS)
	small[name] = &fstest.MapFile{Data: []byte("{}")}
	return small.Stat(name)
}

func TestHostileManifestsStayCheap(t *testing.T) {
	if underRace {
		t.Skip("how long something takes says nothing under the race detector")
	}
	tests := []struct{ name, text, rule string }{
		{"deep nesting", strings.Repeat("[", 10_000), ruleTooDeep},
		{"deep and closed", strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), ruleTooDeep},
		{"very many values", `{"capabilities_required": [0` + strings.Repeat(",0", 100_000) + "]}", ruleTooMany},
		{"very many errors", strings.Repeat("'", 100_000), ruleQuotes},
		{"very many closers", strings.Repeat("}", 100_000), ruleSyntax},
		{"many unknown capabilities on one line", `{"capabilities_required": ["` + strings.Repeat(`x","`, 40_000) + `"]}`, ruleMore},
		{"many wrong types on one line", `{"terminal_panels": [0` + strings.Repeat(",0", 40_000) + "]}", ruleMore},
		{"one key very often", `{"a":1` + strings.Repeat(`,"a":1`, 40_000) + "}", ruleMore},
		{"a number of many digits", `{"port": 1` + strings.Repeat("0", 500_000) + "}", ruleNumber},
		{"many wrong settings", `{"settings_schema": {"properties": {"a":0` + manyKeys(12_000, "0") + "}}}", ruleMore},
		{"many references", `{"settings_schema": {"definitions": {"a":{}` + manyKeys(8_000, `{"$ref":"#/definitions/b7999"}`) + "}}}", ruleRequired},
		{"many references to nothing", `{"settings_schema": {"definitions": {"a":{}` + manyKeys(8_000, `{"$ref":"#/definitions/c"}`) + "}}}", ruleMore},
		{"many wrong settings below a long key", `{"settings_schema": {"definitions": {"` + strings.Repeat("a", 500_000) + `": {"properties": {"a":0` + manyKeys(12_000, "0") + "}}}}}", ruleMore},
		{"many keys twice below a long key", `{"` + strings.Repeat("a", 500_000) + `": {"a":0` + strings.Repeat(`,"a":1`, 40_000) + "}}", ruleMore},
		{"many U+0000", `{"capabilities_required": ["` + strings.Repeat(`\u0000","`, 40_000) + `"]}`, ruleMore},
		{"a long list of names required", `{"settings_schema": {"required": ["a"` + manyNames(40_000) + "]}}", ruleRequired},
		{"a very long key", `{"` + strings.Repeat("port", 200_000) + `": 1}`, ruleUnknownField},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Check(plugin(tt.text), Options{})
			if !strings.Contains(places(r.Findings), tt.rule) || len(r.Findings) > maxFindings+1 || r.OK {
				t.Errorf("%d findings, first %+v", len(r.Findings), r.Findings[:min(3, len(r.Findings))])
			}
			if out, err := json.Marshal(r); err != nil || len(out) > 400_000+len(tt.text) {
				t.Errorf("the report is %d bytes, %v", len(out), err)
			}
		})
	}
}

// manyKeys is n members of an object, each with that value.
func manyKeys(n int, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"b%d":%s`, i, value)
	}
	return b.String()
}

// manyNames is n texts of a list, no two the same.
func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"b%d"`, i)
	}
	return b.String()
}

func TestReportAsJSON(t *testing.T) {
	out, err := json.Marshal(Check(plugin(complete(t)), Options{Path: "alerts"}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"path":"alerts","ok":true,"score":{"passed":8,"total":8},"checks":[{"id":"manifest-exists","label":"manifest.json exists","ok":true},`
	if !strings.HasPrefix(string(out), want) || !strings.Contains(string(out), `"findings":[]`) {
		t.Errorf("JSON is %s", out)
	}
	out, err = json.Marshal(Check(plugin(strings.Replace(complete(t), "8080", "80", 1)), Options{Path: "alerts"}).Findings)
	if err != nil {
		t.Fatal(err)
	}
	const finding = `[{"rule":"NSP2016","severity":"error","message":"port is 80, the Controller takes a whole number from 1024 to 65535",` +
		`"file":"manifest.json","line":9,"column":11,"pointer":"/port","found":"80","allowed":"a whole number from 1024 to 65535",` +
		`"fixes":[{"title":"write \"port\": 8080","safe":true,"edits":[{"file":"manifest.json","start":307,"end":309,"new":"8080"}]}]}]`
	if string(out) != finding {
		t.Errorf("finding is\n%s\nwant\n%s", out, finding)
	}
}

func TestWarningsDoNotFailAReport(t *testing.T) {
	r := Check(plugin(strings.Replace(complete(t), "invoke_llm", "index_knowledge", 1)), Options{})
	if !r.OK || r.Errors() != 0 || r.Count(SeverityWarning) != 1 || r.Manifest == nil {
		t.Errorf("report %+v", r)
	}
}

func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	good, bad := plugin(complete(t)), plugin(strings.Replace(complete(t), "8080", "80", 1))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if !Check(good, Options{}).OK || Check(bad, Options{}).OK {
					t.Error("the reports of two checks at once are mixed up")
				}
			}
		})
	}
	wg.Wait()
}
