package manifest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	second "github.com/google/jsonschema-go/jsonschema"
	"github.com/netstacks/netstacks-plugin/manifest/draft7"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// TestGoRulesAndSchemaAgree holds everything that judges a manifest against
// everything else, on manifests made of the complete one: the schema as three
// validators read it that know nothing of each other, and the Go code that
// restates it. Run it with -v for the numbers.
func TestGoRulesAndSchemaAgree(t *testing.T) {
	const shards = 8
	var valid, fixed atomic.Int64
	t.Run("manifests", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				j := newJudges(t)
				g := newGenerator(t, uint64(shard))
				for i := range agreements / shards {
					text := g.manifest()
					ok := j.agree(t, text)
					if i%8 == 0 {
						j.agreesAsWritten(t, text, ok)
					}
					if ok {
						valid.Add(1)
					} else if i%4 == 0 {
						fixed.Add(j.fixesAreTaken(t, text, g.r))
					}
					if t.Failed() {
						t.Fatalf("manifest %d of shard %d:\n%s", i, shard, text)
					}
				}
			})
		}
	})
	t.Logf("%d manifests, %d valid and %d invalid; %d fixes write what the schema takes", agreements, valid.Load(), agreements-valid.Load(), fixed.Load())
	if n := valid.Load(); n < agreements/5 || n > agreements*4/5 {
		t.Errorf("%d of %d manifests are valid: the generator is out of balance", n, agreements)
	}
}

// judges are the validators besides the program's own, each with the whole
// schema and with the part of it for each place.
type judges struct {
	first       *jsonschema.Schema
	firstPlace  map[string]*jsonschema.Schema
	second      *second.Resolved
	secondPlace map[string]*second.Resolved
	limited     *jsonschema.Schema // takes resources with both limits
}

func newJudges(t *testing.T) *judges {
	doc := schema().doc
	j := &judges{first: compiled(t, doc), second: resolve(t, doc), firstPlace: map[string]*jsonschema.Schema{}, secondPlace: map[string]*second.Resolved{}}
	for pattern, node := range schemaPlaces() {
		part := map[string]any{"$schema": doc["$schema"], "definitions": doc["definitions"], "allOf": []any{node}}
		j.firstPlace[pattern], j.secondPlace[pattern] = compiled(t, part), resolve(t, part)
	}
	resources := schemaPlaces()["/resources"]
	j.limited = compiled(t, map[string]any{"type": resources["type"], "required": resources["required"]})
	return j
}

// compiled makes a schema ready for the first validator.
func compiled(t *testing.T, doc any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("test:schema", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("test:schema")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// resolve makes a schema ready for the second validator.
func resolve(t *testing.T, doc any) *second.Resolved {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var s second.Schema
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(&second.ResolveOptions{ValidateDefaults: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// agree compares what all judges say about a manifest, and returns whether the
// schema takes it.
func (j *judges) agree(t *testing.T, text []byte) bool {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Error(err)
		return false
	}
	d := Index(text)
	if len(d.issues) > 0 {
		t.Errorf("the generator writes no JSON: %+v", d.issues)
		return false
	}
	refused := schema().compiled.Validate(d.root.toAny())
	first, other := j.first.Validate(d.root.toAny()), j.second.Validate(value)
	if (refused == nil) != (first == nil) || (refused == nil) != (other == nil) || schema().compiled.Valid(d.root.toAny()) != (refused == nil) {
		t.Errorf("the validators disagree: %v\nthe first other one says: %v\nthe second one says: %v", refused, first, other)
	}
	if ours, theirs := refusals(refused), refusalsOf(first); !maps.Equal(ours, theirs) {
		t.Errorf("the validators refuse different things: %v\nthe first other one says: %v", ours, theirs)
	}
	if refused != nil {
		p := &project{files: newFiles(plugin(string(text))), doc: d, trial: true}
		j.everyRefusalIsReported(t, refused, p.schemaIssues())
	}
	j.checksAgree(t, d)
	decodeAgrees(t, d, refused == nil)
	return refused == nil
}

// refusals counts what the schema refuses, by place and keyword; members that
// are missing one by one.
func refusals(refused []draft7.Failure) map[string]int {
	said := map[string]int{}
	for _, leaf := range leaves(refused, nil) {
		said[fmt.Sprint(jsonPointer(leaf.Path), " ", leaf.Keyword, leaf.Property, leaf.Names)]++
	}
	return said
}

// refusalsOf is what refusals is, of what the first validator says.
func refusalsOf(err error) map[string]int {
	said := map[string]int{}
	var count func(*jsonschema.ValidationError)
	count = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			count(cause)
		}
		if len(e.Causes) > 0 {
			return
		}
		var property, keyword string
		var names []string
		switch k := e.ErrorKind.(type) {
		case *kind.Required:
			names = k.Missing
		case *kind.Dependency:
			keyword, property, names = "dependencies", k.Prop, k.Missing
		case *kind.Not:
			keyword = "not"
		}
		if path := e.ErrorKind.KeywordPath(); keyword == "" && len(path) > 0 {
			keyword = path[0]
		}
		said[fmt.Sprint(jsonPointer(e.InstanceLocation), " ", keyword, property, names)]++
	}
	var e *jsonschema.ValidationError
	if errors.As(err, &e) {
		count(e)
	}
	return said
}

// agreesAsWritten holds the schema against itself with the numbers as they are
// written, to the last digit.
func (j *judges) agreesAsWritten(t *testing.T, text []byte, valid bool) {
	exact, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Error(err)
	}
	if err := schema().compiled.Validate(exact); (err == nil) != valid {
		t.Errorf("with exact numbers the schema says %v", err)
	}
	if err := j.first.Validate(exact); (err == nil) != valid {
		t.Errorf("with exact numbers the first validator says %v", err)
	}
}

// everyRefusalIsReported holds the findings against the validator's own: one
// for every place, by the rule that the fields table has for it.
func (j *judges) everyRefusalIsReported(t *testing.T, refused []draft7.Failure, issues []issue) {
	if (refused == nil) != (len(issues) == 0) {
		t.Errorf("the schema says %v, the findings are %+v", refused, issues)
		return
	}
	said := map[string]bool{}
	for _, i := range issues {
		f, known := fieldAt(i.pointer)
		switch {
		case !known:
			t.Errorf("the fields table has no %s", i.pointer)
		case i.rule != f.rule && !slices.Contains([]string{ruleRequired, ruleWildcard, ruleNeedsBundle}, i.rule):
			t.Errorf("%s is found by %s, the fields table says %s", i.pointer, i.rule, f.rule)
		}
		said[i.pointer] = true
	}
	for _, leaf := range leaves(refused, nil) {
		if pointer := jsonPointer(leaf.Path); !said[pointer] && !said["/routes"] && !said["/dashboard_widgets"] {
			t.Errorf("the schema refuses %q, but there is no finding: %v", pointer, leaf)
		}
	}
}

// checksAgree holds the scored checks of single fields against the schema.
func (j *judges) checksAgree(t *testing.T, d *Document) {
	for _, check := range []struct {
		name   string
		detail string
		taken  bool
	}{
		{"nameCheck", nameCheck(d.root), j.takes(d, "/name")},
		{"versionCheck", versionCheck(d.root), j.takes(d, "/version")},
		{"portCheck", portCheck(d.root), j.takes(d, "/port")},
		{"resourcesCheck", resourcesCheck(d.root), d.root.get("resources") != nil && j.limited.Validate(d.root.get("resources").toAny()) == nil},
	} {
		if (check.detail == "") != check.taken {
			t.Errorf("%s says %q, the schema takes it: %t", check.name, check.detail, check.taken)
		}
	}
	if n := d.root.get("name"); n != nil && n.kind == kindString && (NameProblem(n.text) == "") != j.takes(d, "/name") {
		t.Errorf("NameProblem says %q", NameProblem(n.text))
	}
	if n := d.root.get("version"); n != nil && n.kind == kindString && IsVersion(n.text) != j.takes(d, "/version") {
		t.Errorf("IsVersion says %t", IsVersion(n.text))
	}
}

// takes says whether all validators take the value at a place that has one.
func (j *judges) takes(d *Document, pointer string) bool {
	n, _ := d.find(pointer)
	return n != nil && schema().at(pointer).Validate(n.toAny()) == nil &&
		j.firstPlace[patternOf(pointer)].Validate(n.toAny()) == nil && j.secondPlace[patternOf(pointer)].Validate(asJSON(d, n)) == nil
}

// asJSON is a value as encoding/json reads it.
func asJSON(d *Document, n *node) (v any) {
	_ = json.Unmarshal([]byte(d.text(n)), &v)
	return v
}

// decodeAgrees holds the decoder against the schema: what it cannot take the
// schema refuses as well, and of what the schema takes it gets all.
func decodeAgrees(t *testing.T, d *Document, valid bool) {
	m, wrong := d.decode()
	if (m == nil) != (len(wrong) > 0) {
		t.Errorf("decoded %v with %+v", m, wrong)
	}
	for _, i := range wrong {
		n, _ := d.find(i.pointer)
		if schema().at(i.pointer).Validate(n.toAny()) == nil {
			t.Errorf("the decoder refuses %s, which the schema takes: %s", i.pointer, i.message)
		}
	}
	if valid && (m == nil || NameProblem(m.Name) != "" || !IsVersion(m.Version) || m.Port < PortMin || m.Port > PortMax) {
		t.Errorf("the schema takes %+v", m)
	}
}

// fixesAreTaken makes each fix of one finding, and holds what it writes against
// all validators. It returns how many it made.
func (j *judges) fixesAreTaken(t *testing.T, text []byte, r *rand.Rand) (made int64) {
	p := &project{files: newFiles(plugin(string(text))), doc: Index(text)}
	if _, err := p.files.source(FileName, MaxSize); err != nil {
		t.Error(err)
	}
	issues := p.schemaIssues()
	slices.SortFunc(issues, func(a, b issue) int {
		return cmp.Or(cmp.Compare(a.pointer, b.pointer), cmp.Compare(a.message, b.message))
	})
	i := issues[r.IntN(len(issues))]
	for _, fix := range i.fixes {
		after, err := p.files.edit(fix.Edits)
		if err != nil {
			t.Errorf("%s %q: %v", i.rule, fix.Title, err)
			continue
		}
		d := Index(after.text(FileName).data)
		if len(d.issues) > 0 {
			t.Errorf("%s %q writes no JSON: %+v\n%s", i.rule, fix.Title, d.issues, d.data)
		}
		n, _ := d.find(i.pointer)
		gone := strings.HasPrefix(fix.Title, "remove ")
		wrapped := strings.HasPrefix(fix.Title, "put ") || strings.HasSuffix(fix.Title, " as a list")
		switch {
		case i.rule == ruleRequired || i.rule == ruleNeedsBundle || gone:
		case n == nil || !wrapped && !j.takes(d, i.pointer) || wrapped && n.kind != kindArray:
			t.Errorf("%s %q writes what the schema refuses:\n%s", i.rule, fix.Title, d.data)
		}
		made++
	}
	return made
}

func TestTheSchemaItselfIsDraft07ForAllValidators(t *testing.T) {
	data, err := os.ReadFile("testdata/draft-07.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var meta, doc any
	if err := errors.Join(json.Unmarshal(data, &meta), json.Unmarshal(Schema(), &doc)); err != nil {
		t.Fatal(err)
	}
	first, err := jsonschema.NewCompiler().Compile("http://json-schema.org/draft-07/schema")
	if err != nil {
		t.Fatal(err)
	}
	ours := func(doc any) error {
		if refused := draft7.Meta(nil).Validate(doc); refused != nil {
			return errors.New(refused[0].String())
		}
		return nil
	}
	for name, validate := range map[string]func(any) error{"draft7": ours, "jsonschema/v6": first.Validate, "jsonschema-go": resolve(t, meta).Validate} {
		if err := validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		broken := map[string]any{"type": "nonsense", "properties": map[string]any{"port": map[string]any{"minimum": "1024"}}}
		if err := validate(broken); err == nil {
			t.Errorf("%s takes a schema that is none", name)
		}
	}
}

func TestTheSchemaHasNoPlaceOfItsOwn(t *testing.T) {
	// An $id, or a reference to elsewhere, would make editors fetch something.
	text := string(Schema())
	if strings.Contains(text, `"$id"`) {
		t.Error("the schema has an $id")
	}
	for _, at := range strings.Split(text, `"$ref": "`)[1:] {
		if !strings.HasPrefix(at, "#/definitions/") {
			t.Errorf("a reference to elsewhere: %.40s", at)
		}
	}
}

func TestTheSchemaSuggestsAValueForEveryField(t *testing.T) {
	for pattern, node := range schemaPlaces() {
		if pattern == "" || strings.HasSuffix(pattern, "/*") {
			continue
		}
		if node["default"] == nil && node["examples"] == nil && node["enum"] == nil && node["anyOf"] == nil {
			t.Errorf("%s has neither default nor examples nor a list of values", pattern)
		}
		if !strings.Contains(strings.ToLower(node["description"].(string)), " ") {
			t.Errorf("%s is not described", pattern)
		}
	}
}
