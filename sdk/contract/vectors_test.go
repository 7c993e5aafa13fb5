package contract_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/sdk/contract"
)

// vector is one example of vectors/*.json (README.md, "The format of the vectors").
type vector struct {
	Name string
	Call struct {
		Operation string
		Args      map[string]any
	}
	Exchange []step // nil: the local Controller answers
	Result   any
	Error    *struct{ Required *string }
}

type step struct {
	Request struct {
		Method, Path   string
		Query, Headers map[string]string
		Body           any
	}
	Response struct {
		Status      int
		Headers     map[string]string
		JSON        json.RawMessage
		Text        *string
		Fault       string
		OffContract string `json:"off_contract"`
	}
}

// readVectors returns the vectors of all files, each once.
func readVectors(t *testing.T) []vector {
	t.Helper()
	var all []vector
	names := map[string]string{}
	eachFile(t, func(name string, content []byte) {
		var file struct {
			Topic   string
			Vectors []vector
		}
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if file.Topic+".json" != name {
			t.Errorf("%s has the topic %q", name, file.Topic)
		}
		for _, v := range file.Vectors {
			if other := names[v.Name]; other != "" {
				t.Errorf("%s: %q is also in %s", name, v.Name, other)
			}
			names[v.Name] = name
		}
		all = append(all, file.Vectors...)
	})
	return all
}

func eachFile(t *testing.T, do func(name string, content []byte)) {
	t.Helper()
	files, err := fs.Glob(contract.Vectors(), "*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, name := range files {
		content, err := fs.ReadFile(contract.Vectors(), name)
		if err != nil {
			t.Fatal(err)
		}
		do(name, content)
	}
}

// expand replaces what $repeat stands for (README.md, "Repetition").
func expand(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = expand(v[i])
		}
		return out
	case map[string]any:
		if repeat, ok := v["$repeat"].(map[string]any); ok && len(v) == 1 {
			return repeated(repeat)
		}
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = expand(v[k])
		}
		return out
	}
	return v
}

func repeated(repeat map[string]any) any {
	count, _ := repeat["count"].(float64)
	start, _ := repeat["start"].(float64)
	if text, ok := repeat["text"].(string); ok {
		return strings.Repeat(text, int(count))
	}
	out := []any{}
	for i := range int(count) {
		n := int(start) + i
		out = append(out, numbered(repeat["item"], strings.NewReplacer("${n}", fmt.Sprint(n), "${n12}", fmt.Sprintf("%012d", n))))
	}
	return out
}

func numbered(v any, index *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return index.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = numbered(v[i], index)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = numbered(v[k], index)
		}
		return out
	}
	return v
}

func TestRepetitionExpands(t *testing.T) {
	var v any
	if err := json.Unmarshal([]byte(`{"a": [{"$repeat": {"count": 2, "start": 9, "item": {"id": "x${n12}", "n": ["${n}", 1]}}}, {"$repeat": {"count": 2, "text": "ab"}}]}`), &v); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(expand(v))
	if want := `{"a":[[{"id":"x000000000009","n":["9",1]},{"id":"x000000000010","n":["10",1]}],"abab"]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// TestVectorsCoverEveryOperation: those with a script, and those that the local
// Controller answers, each by themselves.
func TestVectorsCoverEveryOperation(t *testing.T) {
	all := readVectors(t)
	for name, tt := range map[string]struct {
		scripted bool
		least    int
	}{"stub": {true, 250}, "Controller": {false, 80}} {
		plain, full, denied, n := map[string]bool{}, map[string]bool{}, map[string]string{}, 0
		for _, v := range all {
			if (v.Exchange != nil) != tt.scripted {
				continue
			}
			n++
			options := len(v.Call.Args) - len(mandatory[v.Call.Operation])
			plain[v.Call.Operation] = plain[v.Call.Operation] || options == 0
			full[v.Call.Operation] = full[v.Call.Operation] || options == optional[v.Call.Operation]
			if v.Error != nil && v.Error.Required != nil {
				denied[v.Call.Operation] = *v.Error.Required
			}
		}
		for id, op := range operations(t) {
			if !plain[id] || !full[id] || denied[id] != op.capability {
				t.Errorf("%s: %s: without options %t, with every option %t, capability in its 403 %q, want %q", name, id, plain[id], full[id], denied[id], op.capability)
			}
		}
		if n < tt.least {
			t.Errorf("%s: %d vectors", name, n)
		}
	}
}

// TestPatternsAreOfTheController: a script's answer is known to the letter, so that only
// results of the Controller leave anything open.
func TestPatternsAreOfTheController(t *testing.T) {
	for _, v := range readVectors(t) {
		eachPattern(v.Result, func(name string, of any) {
			kind, _ := of.(string)
			parts, _ := of.([]any)
			known := name == "$any" && slices.Contains([]string{"text", "number", "time", "value"}, kind) || name == "$has" && len(parts) > 0
			if v.Exchange != nil || !known {
				t.Errorf("%s: %s: %v", v.Name, name, of)
			}
		})
	}
}

func eachPattern(v any, do func(name string, of any)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			eachPattern(item, do)
		}
	case map[string]any:
		for name, item := range v {
			if name == "$any" || name == "$has" {
				do(name, item)
			} else {
				eachPattern(item, do)
			}
		}
	}
}

// mandatory are the arguments that each operation needs, and optional the
// number of the others.
var (
	mandatory = map[string][]string{
		"devices.list": {}, "devices.all": {}, "devices.get": {"id"}, "credentials.get": {"id"}, "llm.chat": {"messages"}, "knowledge.search": {"q"},
		"knowledge.create_document": {"title", "content"}, "gnmi.execute": {"device_id", "operation"}, "netconf.execute": {"device_id", "operation"},
		"agents.trigger": {"agent_id"}, "api_resources.list": {},
	}
	optional = map[string]int{
		"devices.list": 4, "devices.all": 3, "llm.chat": 4, "knowledge.search": 2, "knowledge.create_document": 4, "gnmi.execute": 4, "netconf.execute": 4, "agents.trigger": 2,
	}
)

func TestVectorsHaveTheirForm(t *testing.T) {
	schema := compile(t, "vectors.schema.json")
	eachFile(t, func(name string, content []byte) {
		var v any
		if err := json.Unmarshal(content, &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
}

func TestReadmeNamesEveryFile(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"openapi.yaml", "vectors.schema.json", "vectors/*.json"} {
		if !strings.Contains(string(readme), name) {
			t.Errorf("README.md does not speak of %s", name)
		}
	}
}
