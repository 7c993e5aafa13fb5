package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestRuleIDsAreUniqueAndInOrder(t *testing.T) {
	for i, r := range Rules() {
		if !regexp.MustCompile(`^NSP[1234]\d{3}$`).MatchString(r.ID) || r.Title == "" || severityRank(r.Severity) < 0 {
			t.Errorf("rule %+v", r)
		}
		if i > 0 && rules[i-1].ID >= r.ID {
			t.Errorf("rule %s stands behind %s", r.ID, rules[i-1].ID)
		}
		if got, ok := RuleByID(r.ID); !ok || got != r {
			t.Errorf("RuleByID(%s) is %+v", r.ID, got)
		}
	}
	if _, ok := RuleByID("NSP9999"); ok {
		t.Error("NSP9999 is a rule")
	}
}

// places of the schema that take a value, with what the schema says of them.
func schemaPlaces() map[string]map[string]any {
	s := schema()
	list := map[string]map[string]any{}
	var walk func(node map[string]any, pattern string)
	walk = func(node map[string]any, pattern string) {
		node = s.resolve(node)
		list[pattern] = node
		for name, sub := range s.properties(node) {
			walk(sub.(map[string]any), pattern+"/"+name)
		}
		if items := s.items(node); items != nil {
			walk(items, pattern+"/*")
		}
	}
	walk(s.doc, "")
	return list
}

func TestTheFieldsTableRestatesTheSchema(t *testing.T) {
	places := schemaPlaces()
	if len(fields) != len(places) {
		t.Errorf("%d fields, but the schema has %d places", len(fields), len(places))
	}
	for _, f := range fields {
		node, ok := places[f.pattern]
		if !ok {
			t.Errorf("the schema has no %s", f.pattern)
			continue
		}
		if _, ok := RuleByID(f.rule); !ok {
			t.Errorf("%s names the unknown rule %s", f.pattern, f.rule)
		}
		for _, bound := range []string{"minimum", "maximum", "maxLength"} {
			number := fmt.Sprint(node[bound])
			if node[bound] != nil && !strings.Contains(f.allowed, number) {
				t.Errorf("%s: %q does not say %s %s", f.pattern, f.allowed, bound, number)
			}
		}
		for _, value := range listOf(node["enum"]) {
			if !strings.Contains(f.allowed, fmt.Sprintf("%q", value)) {
				t.Errorf("%s: %q does not say %q", f.pattern, f.allowed, value)
			}
		}
	}
}

func TestEveryPropertyOfTheSchemaIsExplained(t *testing.T) {
	for pattern, node := range schemaPlaces() {
		if strings.HasSuffix(pattern, "/*") {
			continue
		}
		if node["title"] == nil || node["description"] == nil {
			t.Errorf("%q has no title or no description", pattern)
		}
	}
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

func TestTheSchemaIsValidDraft07(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.NewCompiler().Compile("http://json-schema.org/draft-07/schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(doc); err != nil {
		t.Error(err)
	}
	// Defaults and examples must be values that the schema itself takes.
	for pattern, node := range schemaPlaces() {
		values := listOf(node["examples"])
		if v, ok := node["default"]; ok {
			values = append(values, v)
		}
		for _, v := range values {
			if err := schema().at(strings.ReplaceAll(pattern, "*", "0")).Validate(v); err != nil {
				t.Errorf("%s: its own example %v is refused: %v", pattern, v, err)
			}
		}
	}
}

func TestSchemaHandsOutItsOwnCopy(t *testing.T) {
	Schema()[0] = 'x'
	if !json.Valid(Schema()) {
		t.Error("a caller changed the embedded schema")
	}
}

func TestCapabilityCatalogue(t *testing.T) {
	var names, common []string
	for _, c := range Capabilities() {
		names = append(names, c.Name)
		if c.Common {
			common = append(common, c.Name)
		}
		if c.Unlocks == "" || c.HighTrust && c.Risk == "" || c.Deprecated != (c.Instead != "") {
			t.Errorf("capability %+v", c)
		}
		if got, ok := CapabilityByName(c.Name); !ok || got != c {
			t.Errorf("CapabilityByName(%s) is %+v", c.Name, got)
		}
	}
	five := []string{"read_devices", "read_credentials", "invoke_llm", "search_knowledge", "index_knowledge"}
	if !slices.Equal(common, five) || !slices.Equal(names[:5], five) {
		t.Errorf("the five the scaffold offers are %v", common)
	}
	for _, name := range []string{
		"create_knowledge_document", "execute_gnmi", "execute_netconf", "trigger_agent", "read_api_resources", "manage_containers",
	} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not in the catalogue", name)
		}
	}
	var known []any
	for _, alternative := range listOf(schemaPlaces()["/capabilities_required/*"]["anyOf"]) {
		known = append(known, alternative.(map[string]any)["const"])
	}
	for _, c := range Capabilities() {
		if slices.Contains(known, any(c.Name)) == c.Deprecated {
			t.Errorf("the schema's completions and the catalogue disagree about %s", c.Name)
		}
	}
}

func TestTheSchemaIsReadyWhereverTheProcessStands(t *testing.T) {
	base := complete(t) // before the folder changes
	for _, name := range []string{"My Plugins", "Schlüssel", "100%", "a#b?c"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		if r := Check(plugin(base), Options{}); prepareSchema().compiled == nil || !r.OK {
			t.Errorf("in %s: %+v", name, r.Findings)
		}
	}
}
