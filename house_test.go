package main_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path of this module; every room's import path begins with it.
const module = "github.com/netstacks/netstacks-plugin"

// may is the house: each room, and the rooms it may import. Arrows run downward, may skip
// floors, and never join two rooms of one floor except where it is written here (CONTRIBUTING.md,
// "Rooms"). A name covers what is below it: "pkgbuild" also means "pkgbuild/nspkg".
var may = map[string][]string{
	".":   {"cli"},
	"cli": {"ui", "studio", "controller", "runner", "pkgbuild", "panel", "scaffold", "engine", "manifest", "templates", "sdk", "internal/shortlived"},
	"ui":  {"studio", "panel", "scaffold", "manifest", "internal/quietstart"},

	"studio": {"controller", "runner", "pkgbuild", "panel", "scaffold", "engine", "manifest", "templates"},

	"controller": {"pkgbuild/nspkg", "engine", "manifest", "templates"},
	"runner":     {"engine", "manifest", "templates"},
	"pkgbuild":   {"engine", "manifest", "templates"},
	"panel":      {"engine", "manifest", "templates"},
	"scaffold":   {"engine", "manifest", "templates"},

	"engine":    {},
	"manifest":  {},
	"templates": {},
	"sdk":       {}, // sdk/contract alone is of this module; it knows nothing of the program

	"internal/quietstart": {},                             // imported by ui alone
	"internal/shortlived": {},                             // imported by cli alone
	"internal/machine":    {},                             // imported by tests alone, so no room above has it
	"internal/needs":      {"engine", "internal/machine"}, // so is this
	"e2e":                 {},                             // tests of the whole binary
}

// dockerfileReader is BuildKit's parser of Dockerfiles.
const dockerfileReader = "github.com/moby/buildkit/frontend/dockerfile"

// outside says which rooms may import what does not come from this module. A pattern
// covers what is below it.
var outside = []struct {
	patterns []string
	only     []string // rooms that may; nil: all but those in never
	never    []string // rooms that may not
	apart    []string // patterns below the others that the rule is not about
	advice   string
}{
	{
		patterns: []string{
			"github.com/charmbracelet/bubbletea", "github.com/charmbracelet/bubbles", "github.com/charmbracelet/lipgloss",
			"github.com/charmbracelet/huh", "github.com/muesli/termenv",
		},
		only:   []string{"ui"},
		advice: "only ui draws on the terminal; let the other rooms tell it in an event, a snapshot or an options struct",
	},
	{
		patterns: []string{"github.com/spf13/cobra", "github.com/spf13/pflag"},
		only:     []string{"cli"},
		advice:   "only cli knows of flags and commands; pass an options struct down instead",
	},
	{
		patterns: []string{"github.com/docker", "github.com/moby"},
		apart:    []string{dockerfileReader},
		only:     []string{"engine", "pkgbuild/image", "runner"},
		advice:   "only engine, pkgbuild/image and runner talk to the container engine; ask one of them",
	},
	{
		// It parses text and talks to nobody; manifest tells with it what a health command finds in the image.
		patterns: []string{dockerfileReader},
		only:     []string{"pkgbuild/image", "manifest"},
		advice:   "only manifest and pkgbuild/image read Dockerfiles; ask one of them",
	},
	{
		patterns: []string{"net/http", "io/ioutil"},
		never:    []string{"ui"},
		advice:   "ui calls studio for everything outside the terminal",
	},
}

// filesOfOS are the functions of package os that touch files; ui has none of them.
var filesOfOS = []string{
	"Chdir", "Chmod", "CopyFS", "Create", "CreateTemp", "DirFS", "Link", "Lstat", "Mkdir", "MkdirAll", "MkdirTemp", "Open", "OpenFile",
	"OpenInRoot", "OpenRoot", "ReadDir", "ReadFile", "Readlink", "Remove", "RemoveAll", "Rename", "Stat", "Symlink", "Truncate", "WriteFile",
}

// Limits of a Go file and of a function, in lines (CONTRIBUTING.md, "Style").
const (
	fileLimit     = 500
	functionLimit = 80
)

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Imports    []string // of the non-test files
}

func TestRoomsImportDownwardOnly(t *testing.T) {
	for _, complaint := range complaints(list(t)) {
		t.Error(complaint)
	}
}

// list returns the packages of this module.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-pgo=off", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("%s: %v", cmd, err)
		}
		packages = append(packages, p)
	}
}

// complaints tells every import that breaks the rules, and what to do about it.
func complaints(packages []listed) []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, p := range packages {
		from := place(p.ImportPath)
		room := roomOf(from)
		rooms, known := may[room]
		if !known {
			say("%s stands in no room: put it in one of those in CONTRIBUTING.md (\"Rooms\"), or write the new room there, in docs and in house_test.go", from)
			continue
		}
		for _, imported := range p.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				all = append(all, outsideComplaints(from, imported)...)
				continue
			}
			to := place(imported)
			if roomOf(to) != room && !covered(rooms, to) {
				say("%s imports %s: %s may import %s; move the code down, or pass the value in (CONTRIBUTING.md, \"Rooms\")", from, to, room, cmp.Or(strings.Join(rooms, ", "), "no other room"))
			}
		}
		if from == "ui" && !slices.Contains(p.Imports, module+"/internal/quietstart") {
			say("ui does not import internal/quietstart: import it and call quietstart.Restore in an init, or every command stalls five seconds on a silent terminal")
		}
		if from == "internal/quietstart" && !slices.Equal(p.Imports, []string{"os"}) {
			say("internal/quietstart imports %s: it may import os only, or it is no longer initialised before bubbletea", strings.Join(p.Imports, ", "))
		}
	}
	return all
}

// outsideComplaints tells what is wrong with from importing a package of others.
func outsideComplaints(from, imported string) []string {
	var all []string
	for _, rule := range outside {
		if !covered(rule.patterns, imported) || covered(rule.apart, imported) {
			continue
		}
		if covered(rule.never, from) || rule.only != nil && !covered(rule.only, from) {
			all = append(all, fmt.Sprintf("%s imports %s: %s (CONTRIBUTING.md, \"Rooms\")", from, imported, rule.advice))
		}
	}
	return all
}

// place returns an import path of this module relative to it, "." for its root.
func place(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// roomOf returns the room a place is in: its first part, its first two below internal.
func roomOf(place string) string {
	parts := strings.SplitN(place, "/", 3)
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// covered tells whether name is one of patterns or below one.
func covered(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return name == p || strings.HasPrefix(name, p+"/") })
}

func TestBrokenRulesAreNamed(t *testing.T) {
	tests := []struct {
		from, imports string
		want          string // "": allowed
	}{
		{"", "/cli", ""},
		{"", "/studio", ". imports studio: . may import cli;"},
		{"/cli", "/ui", ""},
		{"/cli", "github.com/spf13/cobra", ""},
		{"/cli", "github.com/charmbracelet/bubbletea", "only ui draws on the terminal"},
		{"/ui/theme", "github.com/charmbracelet/lipgloss", ""},
		{"/ui/theme", "/ui/cell", ""},
		{"/ui/theme", "/cli", "ui/theme imports cli: ui may import studio,"},
		{"/ui/theme", "/engine", "ui/theme imports engine"},
		{"/ui/theme", "net/http", "ui calls studio for everything outside the terminal"},
		{"/studio", "/runner", ""},
		{"/studio", "/ui", "studio imports ui"},
		{"/studio", "github.com/spf13/cobra", "only cli knows of flags"},
		{"/studio", "github.com/docker/docker/client", "only engine, pkgbuild/image and runner talk to the container engine"},
		{"/controller", "/pkgbuild/nspkg", ""},
		{"/controller", "/pkgbuild/image", "controller imports pkgbuild/image"},
		{"/runner", "/pkgbuild/image", "runner imports pkgbuild/image"},
		{"/runner", "github.com/docker/docker/client", ""},
		{"/pkgbuild/image", "github.com/moby/buildkit/client", ""},
		{"/pkgbuild/nspkg", "github.com/moby/buildkit/client", "talk to the container engine"},
		{"/manifest", "github.com/moby/buildkit/frontend/dockerfile/parser", ""},
		{"/manifest", "github.com/moby/buildkit/client", "talk to the container engine"},
		{"/studio", "github.com/moby/buildkit/frontend/dockerfile/parser", "read Dockerfiles"},
		{"/manifest", "/templates", "manifest imports templates: manifest may import no other room"},
		{"/studio", "/internal/needs", "studio imports internal/needs"},
		{"/cli", "/internal/quietstart", "cli imports internal/quietstart"},
		{"/internal/quietstart", "os", ""},
		{"/internal/quietstart", "fmt", "it may import os only"},
		{"/ui", "/studio", "ui does not import internal/quietstart"},
		{"/ui", "/internal/quietstart", ""},
		{"/attic", "os", "attic stands in no room: put it in one of those in CONTRIBUTING.md"},
		{"/internal/attic", "os", "internal/attic stands in no room"},
	}
	for _, tt := range tests {
		t.Run(cmp.Or(tt.from, "main")+" imports "+tt.imports, func(t *testing.T) {
			if strings.HasPrefix(tt.imports, "/") {
				tt.imports = module + tt.imports
			}
			got := strings.Join(complaints([]listed{{module + tt.from, []string{tt.imports}}}), "\n")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("complaints: %q, want %q", got, tt.want)
			}
		})
	}
}

func TestUITouchesNoFiles(t *testing.T) {
	for _, file := range goFiles(t) {
		if roomOf(file.name) != "ui" || strings.HasSuffix(file.name, "_test.go") {
			continue
		}
		ast.Inspect(file.syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains(filesOfOS, selector.Sel.Name) {
				t.Errorf("%s: os.%s: ui touches no files; ask studio or scaffold for what is needed", file.set.Position(n.Pos()), selector.Sel.Name)
			}
			return true
		})
	}
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, file := range goFiles(t) {
		if ast.IsGenerated(file.syntax) {
			continue
		}
		if lines := file.set.File(file.syntax.Pos()).LineCount(); lines > fileLimit {
			t.Errorf("%s has %d lines, %d are allowed: split it by subject", file.name, lines, fileLimit)
		}
		for _, declaration := range file.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			start, end := file.set.Position(function.Pos()), file.set.Position(function.End())
			if lines := end.Line - start.Line + 1; lines > functionLimit {
				t.Errorf("%s: function %s has %d lines, %d are allowed: give its parts names", start, function.Name.Name, lines, functionLimit)
			}
		}
	}
}

// goFile is a parsed Go file of this module.
type goFile struct {
	name   string // slash-separated, relative to the root
	set    *token.FileSet
	syntax *ast.File
}

// goFiles parses every Go file that the go command would look at, and those of tests.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && name != "." && (base == "testdata" || base == "vendor" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, goFile{name, set, syntax})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestValidatorsOfTestsStayOutOfTheProgram keeps what manifest/draft7 is held against out of
// every package: importing it costs each command a few milliseconds before main begins.
func TestValidatorsOfTestsStayOutOfTheProgram(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-pgo=off", "-e", "-deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list -e -deps ./...: %v", err)
	}
	for _, imported := range strings.Fields(string(out)) {
		if covered([]string{"github.com/santhosh-tekuri/jsonschema", "github.com/google/jsonschema-go", "github.com/getkin/kin-openapi"}, imported) {
			t.Errorf("the program holds %s, which is for tests alone: judge manifests with manifest/draft7", imported)
		}
	}
}

// dependencyLine is a line of docs/dependencies.md: module and reason.
var dependencyLine = regexp.MustCompile("(?m)^- `([^`]+)` — \\S.*$")

func TestEveryDependencyHasItsReason(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("go mod edit -json: %v", err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]int{}
	for _, match := range dependencyLine.FindAllSubmatch(page, -1) {
		explained[string(match[1])]++
	}
	for _, required := range mod.Require {
		if !required.Indirect && explained[required.Path] != 1 {
			t.Errorf("docs/dependencies.md has %d lines for %s, one is needed: \"- `%s` — what it is for, and who keeps it alive\"", explained[required.Path], required.Path, required.Path)
		}
		delete(explained, required.Path)
	}
	for gone := range explained {
		t.Errorf("docs/dependencies.md explains %s, which go.mod no longer requires: delete the line", gone)
	}
}

// TestUnfinishedWordsStayOut keeps what is not there yet out of the code: it belongs in
// an issue.
func TestUnfinishedWordsStayOut(t *testing.T) {
	unfinished := regexp.MustCompile(`\b(` + "TO" + `DO|FIX` + `ME|XX` + `X)\b`)
	for _, file := range goFiles(t) {
		for _, group := range file.syntax.Comments {
			if word := unfinished.FindString(group.Text()); word != "" {
				t.Errorf("%s: the comment says %s: finish it, or open an issue and delete the word", file.set.Position(group.Pos()), strconv.Quote(word))
			}
		}
	}
}
