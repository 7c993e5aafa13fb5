package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

const (
	tsAbout   = "service/src/about.ts"
	tsPackage = "service/package.json"
	tsLock    = "service/package-lock.json"
)

// nodePackage is the part of package.json that package-lock.json repeats, and
// what npm shows people.
type nodePackage struct {
	Name, Version, Description, Author string
	Dependencies, DevDependencies      map[string]string
	Engines                            map[string]string
}

func TestTypeScriptProjectsHoldAnyAnswersIntact(t *testing.T) {
	const rounds = 300
	r := rand.New(rand.NewPCG(5, 6))
	var abouts []string
	var answers []Answers
	for round := range rounds {
		a := randomAnswers(r)
		a.Template = "typescript"
		p := plan(t, a)
		checkAbout(t, a, p)
		checkNodePackage(t, a, p)
		if round < 30 { // what is the same in every project need not be looked at so often
			checkNodeLock(t, a, p)
			checkFreeTextStaysWhereItIsEscaped(t, a, p)
		}
		content, _ := p.Content(tsAbout)
		abouts, answers = append(abouts, string(content)), append(answers, a)
		if t.Failed() {
			t.Fatalf("with the answers %+v", a)
		}
	}
	t.Run("as JavaScript reads it", func(t *testing.T) { checkWithNode(t, abouts, answers) })
}

var aboutShape = regexp.MustCompile(`^/\*\* [^*]+ \*/
export const about = \{
  title: ("(?:[^"\\]|\\.)*"),
  description: ("(?:[^"\\]|\\.)*"),
  version: ("(?:[^"\\]|\\.)*"),
  author: ("(?:[^"\\]|\\.)*"),
  /\*\* [^*]+ \*/
  port: (\d+),
\};
$`)

// checkAbout reads the literals back; JSON knows all the escapes that are used.
func checkAbout(t *testing.T, a Answers, p Plan) {
	t.Helper()
	content, _ := p.Content(tsAbout)
	match := aboutShape.FindSubmatch(content)
	if match == nil {
		t.Errorf("unexpected about.ts:\n%s", content)
		return
	}
	for i, want := range []string{a.DisplayName, a.Description, Version, a.Author} {
		var got string
		if err := json.Unmarshal(match[i+1], &got); err != nil || got != want {
			t.Errorf("about.ts: %s is %q (%v), want %q", match[i+1], got, err, want)
		}
	}
	if got := string(match[5]); got != fmt.Sprint(a.Port) {
		t.Errorf("about.ts has the port %s, want %d", got, a.Port)
	}
}

func checkNodePackage(t *testing.T, a Answers, p Plan) {
	t.Helper()
	var got nodePackage
	decodeFile(t, p, tsPackage, &got)
	want := newData(a, Template{})
	if got.Name != want.Package || got.Version != Version || got.Description != a.Description || got.Author != a.Author {
		t.Errorf("package.json holds %+v", got)
	}
	if _, ok := got.Dependencies["pg"]; ok != a.Database {
		t.Errorf("package.json depends on pg: %v, with database %v", ok, a.Database)
	}
}

// checkNodeLock proves what `npm ci` asks for: the lock file is that of this very
// package. It also names no host, so that any registry will do.
func checkNodeLock(t *testing.T, a Answers, p Plan) {
	t.Helper()
	var own nodePackage
	decodeFile(t, p, tsPackage, &own)
	var lock struct {
		Name, Version string
		Packages      map[string]struct {
			nodePackage
			Resolved, Integrity string
		}
	}
	decodeFile(t, p, tsLock, &lock)
	root := lock.Packages[""]
	if lock.Name != own.Name || lock.Version != own.Version || root.Name != own.Name || root.Version != own.Version {
		t.Errorf("package-lock.json is that of %s %s and %s %s", lock.Name, lock.Version, root.Name, root.Version)
	}
	if !maps.Equal(root.Dependencies, own.Dependencies) || !maps.Equal(root.DevDependencies, own.DevDependencies) || !maps.Equal(root.Engines, own.Engines) {
		t.Errorf("package-lock.json locks %+v, package.json asks for %+v", root.nodePackage, own)
	}
	for path, locked := range lock.Packages {
		if path != "" && (locked.Resolved != "" || locked.Integrity == "" || locked.Version == "") {
			t.Errorf("package-lock.json: %s is %+v", path, locked)
		}
	}
	for _, direct := range []map[string]string{own.Dependencies, own.DevDependencies} {
		for name, version := range direct {
			if got := lock.Packages["node_modules/"+name].Version; got != version {
				t.Errorf("package-lock.json locks %s %s, package.json asks for %s", name, got, version)
			}
		}
	}
	if _, ok := lock.Packages["node_modules/pg"]; ok != a.Database {
		t.Errorf("package-lock.json locks pg: %v, with database %v", ok, a.Database)
	}
}

func decodeFile(t *testing.T, p Plan, path string, into any) {
	t.Helper()
	content, ok := p.Content(path)
	if err := json.Unmarshal(content, into); !ok || err != nil {
		t.Errorf("%s is there: %v, and %v", path, ok, err)
	}
}

func checkFreeTextStaysWhereItIsEscaped(t *testing.T, a Answers, p Plan) {
	t.Helper()
	plain := a
	plain.DisplayName, plain.Description, plain.Author = "Plain", "Plain", "Plain"
	q := plan(t, plain)
	for i, f := range p.Files {
		switch f.Path {
		case manifest.FileName, tsAbout, tsPackage:
		default:
			if !bytes.Equal(f.Content, q.Files[i].Content) {
				t.Errorf("%s depends on free text", f.Path)
			}
			if bytes.Contains(f.Content, []byte("<%")) {
				t.Errorf("%s holds a rest of its template", f.Path)
			}
		}
	}
}

// nodeReads evaluates every about.ts given on stdin, which is JavaScript but for
// its export, and prints what it exports.
const nodeReads = `
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const read = (text) => new Function(text.replace('export const about =', '"use strict"; return'))();
process.stdout.write(JSON.stringify(texts.map(read)));
`

// checkWithNode asks a real JavaScript engine, all sources in one process.
func checkWithNode(t *testing.T, abouts []string, answers []Answers) {
	node := machine.Program(t, "node", "nodejs")
	stdin, err := json.Marshal(abouts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", nodeReads)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var values []struct {
		Title, Description, Version, Author string
		Port                                int
	}
	if err := json.Unmarshal(stdout, &values); err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if v := values[i]; v.Title != a.DisplayName || v.Description != a.Description || v.Author != a.Author || v.Port != a.Port {
			t.Errorf("JavaScript reads %+v, want the answers %+v", v, a)
		}
	}
}

// The store that the tests of the routes use with a database is the very store
// of a plugin without one, so that it is held to the same.
func TestTypeScriptRoutesAreTestedWithTheStoreInMemory(t *testing.T) {
	a := good()
	a.Template = "typescript"
	with, _ := plan(t, a).Content("service/test/memory-store.ts")
	a.Database = false
	without, _ := plan(t, a).Content("service/src/store.ts")
	class := func(source []byte) string {
		_, after, ok := strings.Cut(string(source), "export class MemoryStore")
		if !ok {
			t.Errorf("there is no MemoryStore in\n%s", source)
		}
		return after
	}
	if class(with) != class(without) {
		t.Errorf("the two differ: %s", firstDifference(class(with), class(without)))
	}
}
