package scaffold

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	goDirective = regexp.MustCompile(`(?m)^go 1\.(\d+)(?:\.\d+)?$`)
	goImage     = regexp.MustCompile(`golang:1\.(\d+)-`)
	inComponent = regexp.MustCompile(`"#/components/(\w+)/(\w+)"`)
)

func TestGoProjectsOfAnyAnswersAreGo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		a := randomAnswers(r)
		a.Template = "go"
		p := plan(t, a)
		packages := map[string]string{} // the name of each, by its folder
		for _, f := range p.Files {
			if strings.Contains(string(f.Content), "<%") && f.Path != "manifest.json" && f.Path != "service/internal/api/openapi.json" {
				t.Errorf("%s holds a rest of its template", f.Path)
			}
			if path.Ext(f.Path) == ".go" {
				checkGoFile(t, f, newData(a, Template{}).Package, packages)
			}
		}
		checkGoModule(t, a, p)
		checkGoDocument(t, a, p)
		if t.Failed() {
			t.Fatalf("with the answers %+v", a)
		}
	}
}

// checkGoFile proves that a file is formatted, belongs to its folder's package and
// imports only what the module has.
func checkGoFile(t *testing.T, f File, module string, packages map[string]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return
	}
	if formatted, err := format.Source(f.Content); err != nil || !bytes.Equal(formatted, f.Content) {
		t.Errorf("%s is not as gofmt writes it: %v", f.Path, err)
	}
	folder := path.Dir(f.Path)
	if before, ok := packages[folder]; ok && before != file.Name.Name {
		t.Errorf("%s holds the packages %s and %s", folder, before, file.Name.Name)
	}
	packages[folder] = file.Name.Name
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ImportSpec)
		if !ok {
			return true
		}
		imported, err := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(imported, "/")
		own := strings.HasPrefix(imported, module+"/")
		if err != nil || strings.Contains(first, "netstacks-plugin") && !own || strings.Contains(first, ".") && !strings.HasPrefix(imported, "github.com/jackc/pgx/v5") {
			t.Errorf("%s imports %s, which %s does not have", f.Path, spec.Path.Value, module)
		}
		return false
	})
}

// checkGoModule proves that go.mod is that of the module the files import, asks
// for no newer Go than the image that builds it, and has its lock file.
func checkGoModule(t *testing.T, a Answers, p Plan) {
	t.Helper()
	module, _ := p.Content("service/go.mod")
	lines := strings.Split(string(module), "\n")
	if lines[0] != "module "+newData(a, Template{}).Package {
		t.Errorf("go.mod begins with %q", lines[0])
	}
	dockerfile, _ := p.Content("service/Dockerfile")
	version := goDirective.FindSubmatch(module)
	image := goImage.FindSubmatch(dockerfile)
	if version == nil || image == nil || minor(t, version[1]) > minor(t, image[1]) {
		t.Errorf("the Go of go.mod is %s, that of the image %s", version, image)
	}
	sums, locked := p.Content("service/go.sum")
	if requires := bytes.Contains(module, []byte("require")); requires != a.Database || locked != a.Database {
		t.Errorf("with database %v, go.mod requires modules: %v, there is a go.sum: %v", a.Database, requires, locked)
	}
	for _, line := range lines {
		if fields := strings.Fields(strings.TrimPrefix(line, "require ")); len(fields) > 1 && strings.HasPrefix(fields[1], "v") {
			if !bytes.Contains(sums, []byte(fields[0]+" "+fields[1]+" h1:")) {
				t.Errorf("go.sum does not lock %s", line)
			}
		}
	}
}

// minor returns the number in a version 1.x.
func minor(t *testing.T, digits []byte) int {
	t.Helper()
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		t.Error(err)
	}
	return n
}

// checkGoDocument reads the answers back from the document that the service embeds.
func checkGoDocument(t *testing.T, a Answers, p Plan) {
	t.Helper()
	content, _ := p.Content("service/internal/api/openapi.json")
	var document struct {
		OpenAPI string
		Info    struct {
			Title, Description, Version string
			Contact                     struct{ Name string }
		}
		Paths      map[string]map[string]any
		Components map[string]map[string]any
	}
	if err := json.Unmarshal(content, &document); err != nil {
		t.Error(err)
		return
	}
	info := document.Info
	if info.Title != a.DisplayName || info.Description != a.Description || info.Contact.Name != a.Author || info.Version != Version {
		t.Errorf("openapi.json holds %+v", info)
	}
	if document.OpenAPI != "3.1.0" || len(document.Paths) != 7 {
		t.Errorf("OpenAPI %s with %d paths", document.OpenAPI, len(document.Paths))
	}
	for _, reference := range inComponent.FindAllStringSubmatch(string(content), -1) {
		if document.Components[reference[1]][reference[2]] == nil {
			t.Errorf("openapi.json refers to %s, which is not there", reference[0])
		}
	}
}
