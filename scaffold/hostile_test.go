package scaffold

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/distribution/reference"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// hostile are pieces of text that break naive generators: what ends a string,
// opens a template, a comment or an interpolation, or cannot be seen.
var hostile = []string{
	`"`, `'`, `\`, `\\`, `\"`, "\n", "\r\n", "\t", "`", "{{", "}}", "{{.Name}}", "<%", "%>", "<% .Port %>", "<%- end -%>", "${", "${HOME}", "$(id)", "$1",
	"%", "%s", "%d%n", "%%", `"""`, `'''`, "*/", "/*", "//", "--", ";", "#", "';DROP TABLE x;--", "</script>", "<!--", "&amp;", "\\u0041", "\\x00", "\\N{DASH}", "{0}", "{x!r}",
	"😀", "👩‍👩‍👧‍👦", "🇨🇭", "שלום", "مرحبا", "\u202e", "\u2066", "\u200f", "\ufeff", "\u2028", "\u2029", "\u00a0", "\u0301", "中文", "\U0001F9FF", "\ufffd", "word", " ", "A", ":", ",", "[", "]",
}

var capabilityPool = append([]string{"some_new_capability", "x"}, func() (names []string) {
	for _, c := range manifest.Capabilities() {
		names = append(names, c.Name)
	}
	return names
}()...)

// randomAnswers returns answers that are odd but legal.
func randomAnswers(r *rand.Rand) Answers {
	text := func(limit int) string {
		var out strings.Builder
		out.WriteString(strings.Repeat("x", r.IntN(2)))
		for range r.IntN(14) {
			out.WriteString(hostile[r.IntN(len(hostile))])
		}
		s := []rune(out.String())
		s = s[:min(len(s), limit)]
		if strings.TrimSpace(string(s)) == "" {
			return "x"
		}
		return string(s)
	}
	a := Answers{
		DisplayName: text(MaxDisplayName), Description: text(MaxDescription), Author: text(200),
		Template: "python", Database: r.IntN(2) == 0, Port: MinPort + r.IntN(MaxPort-MinPort+1),
	}
	for range r.IntN(5) {
		a.Capabilities = append(a.Capabilities, capabilityPool[r.IntN(len(capabilityPool))])
	}
	for a.Name == "" || ValidateName(a.Name) != nil {
		const letters = "abcdefghijklmnopqrstuvwxyz-"
		name := make([]byte, 3+r.IntN(48))
		for i := range name {
			name[i] = letters[r.IntN(len(letters))]
		}
		a.Name = string(name)
	}
	return a
}

func TestAnyLegalAnswersEndUpIntact(t *testing.T) {
	const rounds = 300
	r := rand.New(rand.NewPCG(1, 2))
	var sources []pythonSource
	for round := range rounds {
		a := randomAnswers(r)
		p, err := NewPlan(a, "out")
		if err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		checkManifest(t, a, p)
		checkMain(t, a, p)
		checkMigration(t, a, p)
		checkOtherFiles(t, a, p)
		for _, f := range p.Files {
			// The other files only ever differ by the plugin's name.
			if isMain := f.Path == "service/main.py"; isMain || round < 20 && strings.HasSuffix(f.Path, ".py") {
				sources = append(sources, pythonSource{f.Path, string(f.Content), a})
			}
		}
		if t.Failed() {
			t.Fatalf("with the answers %+v", a)
		}
	}
	t.Run("as Python reads it", func(t *testing.T) { checkWithPython(t, sources) })
}

func checkManifest(t *testing.T, a Answers, p Plan) {
	content, _ := p.Content(manifest.FileName)
	var m manifest.Manifest
	if err := json.Unmarshal(content, &m); err != nil {
		t.Errorf("manifest.json: %v\n%s", err, content)
		return
	}
	if m.Name != a.Name || m.DisplayName != a.DisplayName || m.Description != a.Description || m.Author != a.Author || m.Port != a.Port {
		t.Errorf("manifest.json holds %+v", m)
	}
	if got, want := fmt.Sprint(m.CapabilitiesRequired), fmt.Sprint(unique(a.Capabilities)); got != want {
		t.Errorf("manifest.json has the capabilities %s, want %s", got, want)
	}
	if (m.MigrationsDir != "") != a.Database {
		t.Errorf("migrations_dir is %q with database %v", m.MigrationsDir, a.Database)
	}
	if _, err := reference.ParseNormalizedNamed(m.Image); err != nil {
		t.Errorf("image %q: %v", m.Image, err)
	}
	if report := manifest.Check(asFS(p), manifest.Options{}); !report.OK || report.Score.Passed != 8 {
		t.Errorf("validate says %+v", report)
	}
}

var fastAPIValue = regexp.MustCompile(`(?m)^    (?:(title|description)=|contact=\{"name": )("(?:[^"\\]|\\.)*")`)

// checkMain reads the literals back; Go and Python agree about the escapes used.
func checkMain(t *testing.T, a Answers, p Plan) {
	content, _ := p.Content("service/main.py")
	got := map[string]string{}
	for _, match := range fastAPIValue.FindAllStringSubmatch(string(content), -1) {
		value, err := strconv.Unquote(match[2])
		if err != nil {
			t.Errorf("main.py: %s: %v", match[2], err)
		}
		got[match[1]] = value
	}
	if len(got) != 3 || got["title"] != a.DisplayName || got["description"] != a.Description || got[""] != a.Author {
		t.Errorf("main.py holds %q", got)
	}
}

var migrationShape = regexp.MustCompile(`^-- 001_initial_schema\.sql \(for a plugin named "[a-z-]+"\)
CREATE SCHEMA IF NOT EXISTS (plugin_[a-z_]+);

CREATE TABLE (plugin_[a-z_]+)\.([a-z_]+_items) \(
(?:    [a-z_]+ [A-Z]+[^;]*\n)+\);

CREATE INDEX (idx_[a-z_]+) ON (plugin_[a-z_]+)\.([a-z_]+_items)\(org_id\);
$`)

func checkMigration(t *testing.T, a Answers, p Plan) {
	content, ok := p.Content("migrations/001_initial_schema.sql")
	if ok != a.Database {
		t.Errorf("the migration is there: %v, with database %v", ok, a.Database)
	}
	if !ok {
		return
	}
	match := migrationShape.FindStringSubmatch(string(content))
	if match == nil {
		t.Errorf("unexpected migration:\n%s", content)
		return
	}
	schema := "plugin_" + strings.ReplaceAll(a.Name, "-", "_")
	if match[1] != schema || match[2] != schema || match[5] != schema || match[3] != match[6] {
		t.Errorf("names do not fit together:\n%s", content)
	}
	for _, identifier := range match[1:] {
		if len(identifier) > maxIdentifier {
			t.Errorf("PostgreSQL would cut %s", identifier)
		}
	}
	database, _ := p.Content("service/database.py")
	if !strings.Contains(string(database), `"search_path": "`+schema+`,public"`) || !strings.Contains(string(database), "INSERT INTO "+match[3]+" ") {
		t.Errorf("database.py uses other names than the migration:\n%s", database)
	}
}

// checkOtherFiles proves that free text got nowhere but into the two files that
// escape it: the others are those of a plugin with plain answers.
func checkOtherFiles(t *testing.T, a Answers, p Plan) {
	plain := a
	plain.DisplayName, plain.Description, plain.Author = "Plain", "Plain", "Plain"
	q, err := NewPlan(plain, "out")
	if err != nil {
		t.Error(err)
		return
	}
	for i, f := range p.Files {
		if !utf8.Valid(f.Content) {
			t.Errorf("%s is not UTF-8", f.Path)
		}
		switch f.Path {
		case manifest.FileName, "service/main.py":
		default:
			if string(f.Content) != string(q.Files[i].Content) {
				t.Errorf("%s depends on free text", f.Path)
			}
			if strings.Contains(string(f.Content), "<%") {
				t.Errorf("%s holds a rest of its template", f.Path)
			}
		}
	}
}

type pythonSource struct {
	path, text string
	answers    Answers
}

// pythonReads parses every source given on stdin and prints, for each, the
// literals of its call of FastAPI, or null where there is none.
const pythonReads = `
import ast, json, sys
out = []
for text in json.load(sys.stdin):
    tree = compile(text, "generated", "exec", flags=ast.PyCF_ONLY_AST)
    compile(tree, "generated", "exec")
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "FastAPI"]
    values = {k.arg: ast.literal_eval(k.value) for c in calls for k in c.keywords if k.arg != "lifespan"}
    out.append(values or None)
json.dump(out, sys.stdout)
`

// checkWithPython asks Python itself, all sources in one process.
func checkWithPython(t *testing.T, sources []pythonSource) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: install it to have the generated Python parsed by Python")
	}
	texts := make([]string, len(sources))
	for i, s := range sources {
		texts[i] = s.text
	}
	stdin, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", pythonReads)
	cmd.Stdin = strings.NewReader(string(stdin))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var values []*struct {
		Title, Description string
		Contact            struct{ Name string }
	}
	if err := json.Unmarshal(stdout, &values); err != nil {
		t.Fatal(err)
	}
	for i, s := range sources {
		if filepath.Base(s.path) != "main.py" {
			continue
		}
		v := values[i]
		if v == nil || v.Title != s.answers.DisplayName || v.Description != s.answers.Description || v.Contact.Name != s.answers.Author {
			t.Errorf("Python reads %+v, want the answers %+v", v, s.answers)
		}
	}
}
