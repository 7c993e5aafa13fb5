// Package vectors runs the vectors of sdk/contract against a client library: this
// module's, and the file that Go plugins are scaffolded with.
package vectors

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Vector is one example of what a client must send and how it must read the answer
// (sdk/contract/README.md, "The format of the vectors").
type Vector struct {
	Name   string
	Client *struct {
		BaseURL   *string `json:"base_url"`
		Token     *string
		TimeoutMS int `json:"timeout_ms"`
		Env       map[string]string
	}
	TLS      *struct{ Server, Trust string }
	Before   []Call
	Call     Call
	Exchange []Step                  // nil: the local Controller answers
	WaitMS   *struct{ Min, Max int } `json:"wait_ms"`
	Result   json.RawMessage
	Error    *Expected
}

// Call is a call of an operation.
type Call struct {
	Operation string
	Args      map[string]any
}

// args returns the arguments with what $repeat stands for.
func (c Call) args(t *testing.T) Args { return Args{t, expand(c.Args).(map[string]any)} }

// Step is a request and what it is answered with.
type Step struct {
	Request struct {
		Method, Path   string
		Query, Headers map[string]string
		Body           any
	}
	Response struct {
		Status  int
		Headers map[string]string
		JSON    json.RawMessage
		Text    string
		Fault   string
		DelayMS int `json:"delay_ms"`
	}
}

// Expected is how a call fails.
type Expected struct {
	Kind         string
	Status       int
	Message      *string
	MessageHas   []string        `json:"message_has"`
	MessageLacks []string        `json:"message_lacks"`
	Required     json.RawMessage // absent: not compared; null: none
}

// Load returns the vectors of all files. Without the repository around this module
// there are none, and the test is skipped; in CI it fails.
func Load(t *testing.T) []Vector {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	pattern := filepath.Join(filepath.Dir(here), "../../../contract/vectors/*.json")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no vectors at %s: %v", pattern, err)
		}
		t.Skipf("this module was taken out of its repository: no vectors at %s", pattern)
	}
	var all []Vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var topic struct{ Vectors []Vector }
		if err := json.Unmarshal(text, &topic); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, topic.Vectors...)
	}
	return all
}

// value decodes JSON and expands what $repeat stands for.
func value(t *testing.T, text json.RawMessage) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return expand(v)
}

func expand(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = expand(v[i])
		}
	case map[string]any:
		if repeat, ok := v["$repeat"].(map[string]any); ok && len(v) == 1 {
			return repeated(repeat)
		}
		for key := range v {
			v[key] = expand(v[key])
		}
	}
	return v
}

func repeated(repeat map[string]any) any {
	count, _ := repeat["count"].(float64)
	start, _ := repeat["start"].(float64)
	if text, ok := repeat["text"].(string); ok {
		return strings.Repeat(text, int(count))
	}
	out := make([]any, int(count))
	for i := range out {
		n := int(start) + i
		out[i] = numbered(repeat["item"], strings.NewReplacer("${n}", fmt.Sprint(n), "${n12}", fmt.Sprintf("%012d", n)))
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
		for key := range v {
			out[key] = numbered(v[key], index)
		}
		return out
	}
	return v
}
