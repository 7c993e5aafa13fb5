package draft7_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// oracle compiles a schema with the library that this package is held against.
// Nothing is opened or fetched.
func oracle(doc any) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("http://localhost/schema", doc); err != nil {
		return nil, err
	}
	return c.Compile("http://localhost/schema")
}

// refusals counts the failures without finer causes, by place and keyword. Of
// names that are refused there is the depth only: the other library's places of
// them change while it judges.
func refusals(failures []draft7.Failure, count map[string]int) map[string]int {
	for _, f := range failures {
		switch {
		case f.Keyword == draft7.PropertyNames:
			count[fmt.Sprint(len(f.Path), " propertyNames ", f.Property)]++
			continue
		case len(f.Branches) == 0:
			count[fmt.Sprintf("/%s %s %q %q", strings.Join(f.Path, "/"), f.Keyword, f.Property, f.Names)]++
		}
		for _, branch := range f.Branches {
			refusals(branch, count)
		}
	}
	return count
}

// oracleRefusals is refusals of the other library's failures.
func oracleRefusals(err error, count map[string]int) map[string]int {
	var e *jsonschema.ValidationError
	if !errors.As(err, &e) {
		return count
	}
	if k, ok := e.ErrorKind.(*kind.PropertyNames); ok {
		count[fmt.Sprint(len(e.InstanceLocation), " propertyNames ", k.Property)]++
		return count
	}
	for _, cause := range e.Causes {
		oracleRefusals(cause, count)
	}
	if len(e.Causes) > 0 {
		return count
	}
	var property, keyword string
	var names []string
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		names = k.Missing
	case *kind.AdditionalProperties:
		names = slices.Sorted(slices.Values(k.Properties))
	case *kind.Dependency:
		keyword, property, names = "dependencies", k.Prop, k.Missing
	case *kind.Not:
		keyword = "not"
	case *kind.FalseSchema:
		keyword = "false"
	case *kind.RefCycle:
		keyword = "circle"
	}
	if path := e.ErrorKind.KeywordPath(); keyword == "" && len(path) > 0 {
		keyword = path[0]
	}
	count[fmt.Sprintf("/%s %s %q %q", strings.Join(e.InstanceLocation, "/"), keyword, property, names)]++
	return count
}

// agree judges a value by both, and returns whether it is taken.
func agree(t *testing.T, ours *draft7.Schema, theirs *jsonschema.Schema, value any) bool {
	t.Helper()
	failures, err := ours.Validate(value), theirs.Validate(value)
	if a, b := refusals(failures, map[string]int{}), oracleRefusals(err, map[string]int{}); (failures == nil) != (err == nil) || !maps.Equal(a, b) {
		t.Errorf("value %v is refused for\n%v\nby the oracle for\n%v", value, a, b)
	}
	if ours.Valid(value) != (failures == nil) {
		t.Errorf("value %v: Valid and Validate disagree", value)
	}
	return failures == nil
}

// TestRandomSchemasAreJudgedAsTheOracleDoes compares verdicts, places and
// keywords on schemas of all keywords, some of which are broken. Run it with -v
// for the numbers.
func TestRandomSchemasAreJudgedAsTheOracleDoes(t *testing.T) {
	const schemas, shards = randomSchemas, 4
	var total tally
	t.Run("schemas", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				total.judge(t, generator{rand.New(rand.NewPCG(7, uint64(shard)))}, schemas/shards)
			})
		}
	})
	broken, judged, valid := total.broken.Load(), total.judged.Load(), total.valid.Load()
	t.Logf("%d schemas, %d of them broken; %d values judged, %d of them valid", schemas, broken, judged, valid)
	if broken < schemas/20 || broken > schemas/3 || judged < 5*schemas || valid < judged/5 || valid > judged*4/5 {
		t.Errorf("the generator is out of balance: %d of %d schemas are broken, %d of %d values are valid", broken, schemas, valid, judged)
	}
}

// tally counts what was compared.
type tally struct{ broken, judged, valid atomic.Int64 }

// judge compares on as many schemas, each with a few values.
func (n *tally) judge(t *testing.T, g generator, schemas int) {
	const values = 10
	meta, err := oracle(decoded(t, `{"$ref": "http://json-schema.org/draft-07/schema#"}`))
	if err != nil {
		t.Fatal(err)
	}
	ourMeta := draft7.Meta(nil)
	for range schemas {
		doc := g.document()
		taken := agree(t, ourMeta, meta, doc)
		ours, ourProblem := draft7.Compile(doc, nil)
		theirs, problem := oracle(doc)
		if (problem == nil) != (taken && ourProblem == nil) {
			t.Errorf("the schema compiles with %v, the oracle's with %v", ourProblem, problem)
		}
		if problem != nil {
			n.broken.Add(1)
		}
		for range values {
			if problem != nil || t.Failed() {
				break
			}
			n.judged.Add(1)
			if agree(t, ours, theirs, g.value(3)) {
				n.valid.Add(1)
			}
		}
		if t.Failed() {
			t.Fatalf("schema %v", doc)
		}
	}
}

func TestTheSchemaOfSchemasIsTheDraftsOwn(t *testing.T) {
	ours, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile("../testdata/draft-07.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(decoded(t, string(ours)), decoded(t, string(published))) {
		t.Error("schema.json differs from what json-schema.org publishes")
	}
}
