package vectors

import (
	"encoding/json"
	"testing"
)

// documented are the fields of what an operation returns, or of the rows of it.
var documented = map[string][]string{
	"devices": {"id", "org_id", "name", "hostname", "port", "device_type", "manufacturer", "model", "platform", "site", "source",
		"default_credential_id", "created_at", "updated_at"},
	"credentials.get":           {"id", "name", "credential_type", "username", "secret", "created_at"},
	"llm.chat":                  {"content", "model", "finish_reason", "usage"},
	"knowledge.search":          {"id", "title", "snippet", "score", "source", "url"},
	"knowledge.create_document": {"id", "title", "chunks", "created_at"},
	"gnmi.execute":              {"device_id", "operation", "timestamp", "notifications"},
	"netconf.execute":           {"device_id", "operation", "ok", "data"},
	"agents.trigger":            {"run_id", "agent_id", "status"},
	"api_resources.list":        {"id", "name", "base_url", "auth_type", "created_at"},
}

// canonical returns a result as the vectors have it: every documented field is
// there, null where the library has none.
func canonical(t *testing.T, operation string, result any) any {
	t.Helper()
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	v := value(t, text)
	switch operation {
	case "devices.list", "devices.get", "devices.all":
		operation = "devices"
	}
	fields, ok := documented[operation]
	if !ok {
		t.Fatalf("unknown operation: %s", operation)
	}
	switch v := v.(type) {
	case []any:
		for _, row := range v {
			complete(row, fields)
		}
	default:
		complete(v, fields)
	}
	return v
}

func complete(v any, fields []string) {
	object, _ := v.(map[string]any)
	for _, name := range fields {
		if _, ok := object[name]; !ok && object != nil {
			object[name] = nil
		}
	}
}

// Args are the arguments of a call.
type Args struct {
	t      *testing.T
	values map[string]any
}

// Has tells whether an argument is given.
func (a Args) Has(name string) bool { _, ok := a.values[name]; return ok }

// Text returns an argument that is a text, or "".
func (a Args) Text(name string) string { text, _ := a.values[name].(string); return text }

// Int returns an argument that is a number, or 0.
func (a Args) Int(name string) int { n, _ := a.values[name].(float64); return int(n) }

// Into decodes all arguments into the struct of a request.
func (a Args) Into(request any) {
	a.t.Helper()
	text, err := json.Marshal(a.values)
	if err == nil {
		err = json.Unmarshal(text, request)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

// Value returns an argument as it is.
func (a Args) Value(name string) any { return a.values[name] }
