package scaffold

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func plan(t *testing.T, a Answers) Plan {
	t.Helper()
	p, err := NewPlan(a, "out")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asFS returns the project that the plan would write.
func asFS(p Plan) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range p.Files {
		fsys[f.Path] = &fstest.MapFile{Data: f.Content, Mode: f.Mode}
	}
	return fsys
}

func paths(p Plan) []string {
	var out []string
	for _, f := range p.Files {
		out = append(out, f.Path)
	}
	return out
}

// lockFiles are made by the tools of the languages and too long to be reviewed.
var lockFiles = []string{"package-lock.json", "Cargo.lock", "go.sum"}

// Only reviewing a change of a golden file tells whether the generated project
// changed as meant: go test ./scaffold -update, then read the diff.
func TestDefaultProjectsAreTheGoldenOnes(t *testing.T) {
	for _, template := range Templates() {
		t.Run(template.Name, func(t *testing.T) {
			a := good()
			a.Template = template.Name
			archive := &txtar.Archive{}
			for _, f := range plan(t, a).Files {
				if !slices.Contains(lockFiles, path.Base(f.Path)) {
					archive.Files = append(archive.Files, txtar.File{Name: f.Path, Data: f.Content})
				}
			}
			got := txtar.Format(archive)
			golden := filepath.Join("testdata", template.Name+".txtar")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("the project is not the one in %s; go test ./scaffold -update rewrites it:\n%s", golden, firstDifference(string(got), string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one has more lines than the other"
}

func TestPlanDrawsItsTree(t *testing.T) {
	p := Plan{Dir: "out/my-plugin", Files: []File{{Path: "service/z"}, {Path: ".gitignore"}, {Path: "service/a/b/c"}, {Path: "service/a/d"}}}
	const want = `out/my-plugin/
├── .gitignore
└── service/
    ├── a/
    │   ├── b/
    │   │   └── c
    │   └── d
    └── z
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// variants returns good answers for every template, with a database and without.
func variants() []Answers {
	var out []Answers
	for _, template := range Templates() {
		for _, database := range []bool{true, false} {
			a := good()
			a.Template, a.Database = template.Name, database
			out = append(out, a)
		}
	}
	return out
}

// called names the variant that the answers ask for.
func called(a Answers) string {
	if a.Database {
		return a.Template + " with a database"
	}
	return a.Template + " without a database"
}

func TestWithoutDatabaseThereIsNoTraceOfOne(t *testing.T) {
	for _, a := range variants() {
		if a.Database {
			continue
		}
		for _, f := range plan(t, a).Files {
			if strings.HasPrefix(f.Path, "migrations/") {
				t.Errorf("%s: there is %s", a.Template, f.Path)
			}
			for _, word := range []string{"asyncpg", "sqlx", "postgres://", "DATABASE_URL", "UnavailableError", `"migrations_dir"`, "org_id UUID"} {
				if strings.Contains(string(f.Content), word) {
					t.Errorf("%s: %s speaks of %s", a.Template, f.Path, word)
				}
			}
		}
	}
}

func TestGeneratedProjectPassesEveryCheck(t *testing.T) {
	for _, a := range variants() {
		report := manifest.Check(asFS(plan(t, a)), manifest.Options{Path: "my-plugin"})
		if !report.OK || report.Score != (manifest.Score{Passed: 8, Total: 8}) || len(report.Findings) > 0 {
			t.Errorf("%s: %+v %+v", called(a), report.Checks, report.Findings)
		}
		for _, extra := range report.Extra {
			if !extra.OK {
				t.Errorf("%s: %+v", called(a), extra)
			}
		}
	}
}

func TestPlanKeepsTheOrderOfCapabilities(t *testing.T) {
	a := good()
	a.Capabilities = []string{"search_knowledge", "read_devices", "search_knowledge"}
	content, ok := plan(t, a).Content(manifest.FileName)
	if !ok || !strings.Contains(string(content), `"capabilities_required": ["search_knowledge", "read_devices"],`) {
		t.Errorf("manifest is\n%s", content)
	}
	a.Capabilities = nil
	content, _ = plan(t, a).Content(manifest.FileName)
	if !strings.Contains(string(content), `"capabilities_required": [],`) {
		t.Errorf("manifest is\n%s", content)
	}
}

func TestPortIsTheSameEverywhere(t *testing.T) {
	for _, a := range variants() {
		a.Port = 9321
		p := plan(t, a)
		for path, want := range map[string]string{
			"manifest.json":      `"port": 9321,`,
			"service/Dockerfile": "EXPOSE 9321\n",
		} {
			if content, _ := p.Content(path); !strings.Contains(string(content), want) {
				t.Errorf("%s: %s lacks %q", called(a), path, want)
			}
		}
		var m manifest.Manifest
		content, _ := p.Content("manifest.json")
		if err := json.Unmarshal(content, &m); err != nil || !strings.Contains(m.HealthCheck.Command, "9321") {
			t.Errorf("%s: the health check asks another port: %v\n%s", called(a), err, content)
		}
		for _, f := range p.Files {
			if !slices.Contains(lockFiles, path.Base(f.Path)) && strings.Contains(string(f.Content), "8080") {
				t.Errorf("%s: %s still speaks of 8080", called(a), f.Path)
			}
		}
	}
}

func TestPlanOfBadAnswersIsRefused(t *testing.T) {
	if _, err := NewPlan(Answers{}, ""); err == nil {
		t.Error("a plan was made of nothing")
	}
}

func TestPlanSharesNothingWithTheAnswers(t *testing.T) {
	a := good()
	p := plan(t, a)
	before := p.String() + string(p.Files[1].Content)
	a.Capabilities[0] = "changed"
	if after := p.String() + string(p.Files[1].Content); after != before {
		t.Error("changing the answers changed the plan")
	}
}

func TestGeneratedFilesAreTidyText(t *testing.T) {
	for _, a := range variants() {
		for _, f := range plan(t, a).Files {
			text := string(f.Content)
			if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
				t.Errorf("%s: %s does not end with one line break", called(a), f.Path)
			}
			for i, line := range strings.Split(text, "\n") {
				if strings.TrimRight(line, " \t\r") != line {
					t.Errorf("%s: %s:%d ends with blanks", called(a), f.Path, i+1)
				}
			}
			if !fs.ValidPath(f.Path) || f.Mode&0o111 != 0 {
				t.Errorf("%s: %s has mode %v", called(a), f.Path, f.Mode)
			}
		}
	}
}

func TestGeneratedProjectCanBePackaged(t *testing.T) {
	for _, a := range variants() {
		p, err := NewPlan(a, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(); err != nil {
			t.Fatal(err)
		}
		scan, err := nspkg.NewSecretScan(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = nspkg.Write(t.Context(), nspkg.Options{Dir: p.Dir, Output: filepath.Join(t.TempDir(), "out.nspkg"), Inspector: scan})
		if err = errors.Join(err, scan.Verdict()); err != nil {
			t.Errorf("%s: %v", called(a), err)
		}
		if w := scan.Warnings(); len(w) > 0 {
			t.Errorf("%s: %+v", called(a), w)
		}
	}
}
