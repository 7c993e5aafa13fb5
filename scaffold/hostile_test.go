package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/distribution/reference"
	"github.com/pelletier/go-toml/v2"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
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
		if strings.TrimLeftFunc(string(s), isUnseen) == "" {
			return "x"
		}
		return string(s)
	}
	a := Answers{
		DisplayName: text(MaxDisplayName), Description: text(MaxDescription), Author: text(200),
		Template: DefaultTemplate, Database: r.IntN(2) == 0, Port: MinPort + r.IntN(MaxPort-MinPort+1),
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

// generated is what came of some answers.
type generated struct {
	answers Answers
	files   map[string]string // those that hold free text; of the first rounds, all
}

// wholeRounds is how many rounds hand all of their files to the language's own
// parser: the files without free text only ever differ by name and port.
const wholeRounds = 10

// ownParsers read what was generated as the language itself does, all of it in
// one process.
var ownParsers = map[string]func(*testing.T, []generated){"python": parseAsPython}

func TestAnyLegalAnswersEndUpIntact(t *testing.T) {
	rounds := 2000
	if testing.Short() || raceDetector {
		rounds = 100
	}
	for _, template := range Templates() {
		t.Run(template.Name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			var all []generated
			for round := range rounds {
				a := randomAnswers(r)
				a.Template = template.Name
				p := plan(t, a)
				checkManifest(t, a, p)
				checkMigration(t, a, p)
				files := checkFreeText(t, a, p)
				for _, f := range p.Files {
					if whole := round < wholeRounds; whole || !slices.Contains(lockFiles, path.Base(f.Path)) {
						checkSyntax(t, f)
						if whole {
							files[f.Path] = string(f.Content)
						}
					}
				}
				all = append(all, generated{a, files})
				if t.Failed() {
					t.Fatalf("round %d, with the answers %+v", round, a)
				}
			}
			if parse := ownParsers[template.Name]; parse != nil {
				parse(t, all)
			}
		})
	}
}

// checkManifest reads the answers back, and asks validate.
func checkManifest(t *testing.T, a Answers, p Plan) {
	content, _ := p.Content(manifest.FileName)
	var m manifest.Manifest
	strict := json.NewDecoder(bytes.NewReader(content))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&m); err != nil {
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
	report := manifest.Check(asFS(p), manifest.Options{})
	if !report.OK || report.Score.Passed != 8 {
		t.Errorf("validate says %+v", report.Checks)
	}
	for _, f := range report.Findings {
		if !strings.HasPrefix(f.Pointer, "/capabilities_required/") { // those are the author's own affair
			t.Errorf("validate says %+v", f)
		}
	}
}

var migrationShape = regexp.MustCompile(`^-- 001_initial_schema\.sql \(for a plugin named "[a-z-]+"\)
CREATE SCHEMA IF NOT EXISTS (plugin_[a-z_]+);

CREATE TABLE (plugin_[a-z_]+)\.([a-z_]+_items) \(
(?:    [a-z_]+ [A-Z]+[^;]*\n)+\);

CREATE INDEX (idx_[a-z_]+) ON (plugin_[a-z_]+)\.([a-z_]+_items)\(org_id\);
$`)

// checkMigration proves that the migration is SQL of the names that the service uses.
func checkMigration(t *testing.T, a Answers, p Plan) {
	content, ok := p.Content("migrations/001_initial_schema.sql")
	if ok != a.Database {
		t.Errorf("the migration is there: %v, with database %v", ok, a.Database)
	}
	if !ok {
		return
	}
	sql := string(content)
	match := migrationShape.FindStringSubmatch(sql)
	if match == nil || len(sqltext.Split(sql).Statements) != 3 {
		t.Errorf("unexpected migration:\n%s", sql)
		return
	}
	schema := "plugin_" + strings.ReplaceAll(a.Name, "-", "_")
	if match[1] != schema || match[2] != schema || match[5] != schema || match[3] != match[6] {
		t.Errorf("names do not fit together:\n%s", sql)
	}
	for _, identifier := range match[1:] {
		if len(identifier) > maxIdentifier {
			t.Errorf("PostgreSQL would cut %s", identifier)
		}
	}
	knows := func(text string) bool {
		return slices.ContainsFunc(p.Files, func(f File) bool {
			return strings.HasPrefix(f.Path, "service/") && bytes.Contains(f.Content, []byte(text))
		})
	}
	if !knows(schema+",public") || !knows(match[3]) {
		t.Errorf("the service uses other names than the migration:\n%s", sql)
	}
}

// checkSyntax reads the file where its format is not that of the language.
func checkSyntax(t *testing.T, f File) {
	if !utf8.Valid(f.Content) {
		t.Errorf("%s is not UTF-8", f.Path)
	}
	var err error
	switch path.Ext(f.Path) {
	case ".json":
		if !json.Valid(f.Content) {
			err = fmt.Errorf("that is no JSON:\n%s", f.Content)
		}
	case ".toml", ".lock":
		err = toml.Unmarshal(f.Content, &map[string]any{})
	}
	if err != nil {
		t.Errorf("%s: %v", f.Path, err)
	}
}
