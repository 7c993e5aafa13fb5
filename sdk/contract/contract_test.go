package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/netstacks/netstacks-plugin/sdk/contract"
)

func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// document returns the OpenAPI document, whose examples and schemas were checked.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(contract.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDocumentIsOpenAPI31(t *testing.T) {
	doc := document(t)
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
}

// operation is one of the document's.
type operation struct {
	method, path, capability string
	route                    *routers.Route
}

func operations(t *testing.T) map[string]operation {
	t.Helper()
	doc := document(t)
	all := map[string]operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			capability, _ := op.Extensions["x-capability"].(string)
			all[op.OperationID] = operation{method, path, capability, &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}}
		}
	}
	return all
}

// TestTheDocumentHoldsTheOperationsOfTheReference: methods, paths and
// capabilities as internal-api.md lists them.
func TestTheDocumentHoldsTheOperationsOfTheReference(t *testing.T) {
	want := map[string]operation{
		"devices.list":              {method: "GET", path: "/devices", capability: "read_devices"},
		"devices.get":               {method: "GET", path: "/devices/{id}", capability: "read_devices"},
		"credentials.get":           {method: "GET", path: "/credentials/{id}", capability: "read_credentials"},
		"llm.chat":                  {method: "POST", path: "/llm/chat", capability: "invoke_llm"},
		"knowledge.search":          {method: "GET", path: "/knowledge/search", capability: "search_knowledge"},
		"knowledge.create_document": {method: "POST", path: "/knowledge/documents", capability: "create_knowledge_document"},
		"gnmi.execute":              {method: "POST", path: "/gnmi/execute", capability: "execute_gnmi"},
		"netconf.execute":           {method: "POST", path: "/netconf/execute", capability: "execute_netconf"},
		"agents.trigger":            {method: "POST", path: "/agents/trigger", capability: "trigger_agent"},
		"api_resources.list":        {method: "GET", path: "/api-resources", capability: "read_api_resources"},
	}
	got := operations(t)
	for id, w := range want {
		g := got[id]
		if g.route == nil || g.method != w.method || g.path != "/internal/v1"+w.path || g.capability != w.capability {
			t.Errorf("%s: %s %s %s, want %+v", id, g.method, g.path, g.capability, w)
			continue
		}
		for _, status := range []int{400, 401, 403, 405, 413, 429, 500, 502, 503, 504} {
			if g.route.Operation.Responses.Status(status) == nil {
				t.Errorf("%s: no %d", id, status)
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d operations, want %d", len(got), len(want))
	}
}

// input is a request of an operation, as the validator takes it.
func (op operation) input(t *testing.T, s step) *openapi3filter.RequestValidationInput {
	t.Helper()
	query := url.Values{}
	for name, value := range s.Request.Query {
		query.Set(name, value)
	}
	var body io.Reader
	if s.Request.Body != nil {
		encoded, err := json.Marshal(expand(s.Request.Body))
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(encoded)
	}
	r := httptest.NewRequest(op.method, s.Request.Path, body)
	r.URL.RawQuery = query.Encode()
	for name, value := range s.Request.Headers {
		r.Header.Set(name, value)
	}
	in := &openapi3filter.RequestValidationInput{Request: r, Route: op.route, Options: &openapi3filter.Options{
		IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true,
		AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
			if scheme := in.SecurityScheme.Scheme; scheme != "bearer" || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
				return errors.New("no Bearer token")
			}
			return nil
		},
	}}
	if prefix, _, hasID := strings.Cut(op.path, "{id}"); hasID {
		_, id, _ := strings.Cut(r.URL.EscapedPath(), prefix)
		decoded, err := url.PathUnescape(id)
		if err != nil {
			t.Fatal(err)
		}
		in.PathParams = map[string]string{"id": decoded}
	}
	return in
}

// TestVectorsConform: what a client must send is what the document asks for, and what it
// is answered is what the document promises, unless the vector says that it is not.
func TestVectorsConform(t *testing.T) {
	ops := operations(t)
	ops["devices.all"] = ops["devices.list"]
	for _, v := range readVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			op := ops[v.Call.Operation]
			for _, s := range v.Exchange {
				_, path, _ := strings.Cut(s.Request.Path, "/internal/v1")
				prefix, _, hasID := strings.Cut(strings.TrimPrefix(op.path, "/internal/v1"), "{id}")
				if s.Request.Method != op.method || path != prefix && !hasID || !strings.HasPrefix(path, prefix) || strings.Contains(path[len(prefix):], "/") {
					t.Fatalf("%s %s is not %s", s.Request.Method, s.Request.Path, v.Call.Operation)
				}
				in := op.input(t, s)
				if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil && s.Response.Status != http.StatusBadRequest {
					t.Errorf("request: %v", err)
				}
				if s.Response.Status != 0 && s.Response.Fault != "close" {
					checkResponse(t, in, s)
				}
			}
		})
	}
}

func checkResponse(t *testing.T, in *openapi3filter.RequestValidationInput, s step) {
	t.Helper()
	var body []byte
	header := http.Header{}
	if s.Response.Text != nil {
		body = []byte(*s.Response.Text)
	} else {
		var value any
		if err := json.Unmarshal(s.Response.JSON, &value); err != nil {
			t.Fatal(err)
		}
		body, _ = json.Marshal(expand(value))
		header.Set("Content-Type", "application/json")
	}
	for name, value := range s.Response.Headers {
		header.Set(name, value)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: s.Response.Status, Header: header, Options: in.Options}
	err := openapi3filter.ValidateResponse(t.Context(), out.SetBodyBytes(body))
	if in.Route.Operation.Responses.Status(s.Response.Status) == nil { // the validator lets redirects pass
		err = errors.Join(err, errors.New("the status is not documented"))
	}
	switch {
	case s.Response.OffContract == "" && err != nil:
		t.Errorf("response: %v", err)
	case s.Response.OffContract != "" && err == nil:
		t.Errorf("the response conforms, though the vector says %q", s.Response.OffContract)
	}
}
