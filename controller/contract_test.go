package controller_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/golang-jwt/jwt/v5"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/sdk/contract"
)

// openAPI is the contract of the internal API.
func openAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := loadOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var loadOpenAPI = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData([]byte(contract.OpenAPI()))
})

// conforms checks an answer against the contract: its status is documented, and its body
// and headers are as the document says.
func conforms(t *testing.T, doc *openapi3.T, path string, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	for _, prefix := range []string{"/devices/", "/credentials/"} {
		if strings.HasPrefix(path, prefix) {
			path = prefix + "{id}"
		}
	}
	item := doc.Paths.Value("/internal/v1" + path)
	if item == nil {
		t.Fatalf("the contract has no %s", path)
	}
	op := item.Get
	if op == nil {
		op = item.Post
	}
	in := &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: op}}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(t.Context(), out.SetBodyBytes(w.Body.Bytes())); err != nil {
		t.Errorf("%s %s is answered outside of the contract: %v", r.Method, path, err)
	}
}

func TestEveryAnswerConformsToTheContract(t *testing.T) {
	c, doc := at(noon, controller.Options{}), openAPI(t)
	claims := func(name string, v any) jwt.MapClaims {
		all := []string{}
		for _, op := range documented {
			all = append(all, op.capability)
		}
		m := jwt.MapClaims{"iss": "netstacks-controller", "sub": "shop", "org_id": c.Orgs()[0].ID, "iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Unix() + 60, "capabilities": all}
		if name != "" {
			m[name] = v
		}
		return m
	}
	hs := jwt.SigningMethodHS256
	good := signed(t, hs, secret, claims("", nil))
	oversized := strings.Repeat(" ", 10<<20) + "{}"
	for _, op := range documented {
		malformed, malformedPath, malformedStatus := `{"messages":`, op.path, 400
		if op.method == "GET" {
			if malformedStatus = op.good; strings.Contains(op.path, "?") || op.path == "/devices" {
				malformedPath, malformedStatus = strings.Split(op.path, "?")[0]+"?limit=ten", 400
			}
		}
		wrong := map[string]string{"GET": "POST", "POST": "GET"}[op.method]
		for _, tt := range []struct {
			name, method, path, token, body string
			status                          int
		}{
			{"good", op.method, op.path, good, op.body, op.good},
			{"no token", op.method, op.path, "", op.body, 401},
			{"bad signature", op.method, op.path, signed(t, hs, []byte("another secret"), claims("", nil)), op.body, 401},
			{"alg none", op.method, op.path, signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims("", nil)), op.body, 401},
			{"expired", op.method, op.path, signed(t, hs, secret, claims("exp", noon.Unix()-1)), op.body, 401},
			{"not yet valid", op.method, op.path, signed(t, hs, secret, claims("nbf", noon.Unix()+1)), op.body, 401},
			{"missing capability", op.method, op.path, signed(t, hs, secret, claims("capabilities", []string{"manage_containers"})), op.body, 403},
			{"malformed", op.method, malformedPath, good, malformed, malformedStatus},
			{"oversized body", op.method, op.path, good, oversized, 413},
			{"wrong method", wrong, op.path, good, op.body, 405},
		} {
			t.Run(op.method+" "+op.path+"/"+tt.name, func(t *testing.T) {
				r := httptest.NewRequest(tt.method, "/internal/v1"+tt.path, strings.NewReader(tt.body))
				if tt.token != "" {
					r.Header.Set("Authorization", "Bearer "+tt.token)
				}
				w := httptest.NewRecorder()
				c.Handler().ServeHTTP(w, r)
				if w.Code != tt.status {
					t.Fatalf("%d %.300s, want %d", w.Code, w.Body, tt.status)
				}
				if tt.status == 405 && !strings.Contains(w.Header().Get("Allow"), op.method) {
					t.Errorf("Allow %q", w.Header().Get("Allow"))
				}
				conforms(t, doc, tt.path, r, w)
			})
		}
	}
}

// post asks a POST operation with every capability and checks the answer by the contract.
func post(t *testing.T, c *controller.Controller, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	return call(t, c, "POST", path, body)
}

func call(t *testing.T, c *controller.Controller, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	var capabilities []string
	for _, op := range documented {
		capabilities = append(capabilities, op.capability)
	}
	var content io.Reader
	if body != "" {
		content = bytes.NewReader([]byte(body))
	}
	r := httptest.NewRequest(method, "/internal/v1"+path, content)
	r.Header.Set("Authorization", "Bearer "+serviceToken(t, c, capabilities...))
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	conforms(t, openAPI(t), path, r, w)
	return w
}

func TestMalformedBodiesNameTheField(t *testing.T) {
	c := at(noon, controller.Options{})
	const device = `"device_id":"550e8400-e29b-41d4-a716-446655440000"`
	for _, tt := range []struct{ path, body, says string }{
		{"/llm/chat", ``, "body: is empty"},
		{"/llm/chat", `{"messages":[`, "body: "},
		{"/llm/chat", `[1]`, "body: must be a JSON object; found: array"},
		{"/llm/chat", `null`, "body: must be a JSON object"},
		{"/llm/chat", `{} {}`, "body: something follows"},
		{"/llm/chat", `{}`, "messages: is missing"},
		{"/llm/chat", `{"messages":[]}`, "messages: is empty"},
		{"/llm/chat", `{"messages":null}`, "messages: must be an array"},
		{"/llm/chat", `{"messages":[1]}`, "messages[0]: must be an object"},
		{"/llm/chat", `{"messages":[{"role":"user","content":"x"},{"role":"tool","content":"x"}]}`, `messages[1].role: "tool" is none of system, user, assistant`},
		{"/llm/chat", `{"messages":[{"role":"user"}]}`, "messages[0].content: is missing"},
		{"/llm/chat", `{"messages":[{"role":"user","content":"x"}],"temperature":3}`, "temperature: 3 is not from 0 to 2"},
		{"/llm/chat", `{"messages":[{"role":"user","content":"x"}],"max_tokens":1.5}`, "max_tokens: 1.5 is not a whole number"},
		{"/llm/chat", `{"messages":[{"role":"user","content":"x"}],"model":7}`, "model: must be a string"},
		{"/llm/chat", `{"messages":[{"role":"user","content":"x"}],"org_id":"acme"}`, "org_id: "},
		{"/knowledge/documents", `{"content":"x"}`, "title: is missing"},
		{"/knowledge/documents", `{"title":" ","content":"x"}`, "title: is blank"},
		{"/knowledge/documents", `{"title":"` + strings.Repeat("ü", 1001) + `","content":"x"}`, "title: is longer than 1000 characters"},
		{"/knowledge/documents", `{"title":"x","content":""}`, "content: is empty"},
		{"/knowledge/documents", `{"title":"x","content":"y","metadata":[]}`, "metadata: must be an object"},
		{"/gnmi/execute", `{"operation":"get"}`, "device_id: is missing"},
		{"/gnmi/execute", `{` + device + `,"operation":"poke"}`, "operation: "},
		{"/gnmi/execute", `{` + device + `,"operation":"get"}`, "paths: is missing or empty"},
		{"/gnmi/execute", `{` + device + `,"operation":"get","paths":["/a",5]}`, "paths[1]: must be a string"},
		{"/gnmi/execute", `{` + device + `,"operation":"get","paths":["/a","b"]}`, "paths[1]: "},
		{"/gnmi/execute", `{` + device + `,"operation":"capabilities","deletes":["b"]}`, "deletes[0]: "},
		{"/gnmi/execute", `{` + device + `,"operation":"get","paths":["/a"],"updates":[{"path":"b","value":1}]}`, "updates[0].path: "},
		{"/gnmi/execute", `{` + device + `,"operation":"set"}`, "updates: is missing or empty"},
		{"/gnmi/execute", `{` + device + `,"operation":"set","updates":[{"path":"/a"}]}`, "updates[0].value: is missing"},
		{"/gnmi/execute", `{` + device + `,"operation":"set","deletes":["/"]}`, "deletes[0]: "},
		{"/gnmi/execute", `{` + device + `,"operation":"get","paths":["/a"],"encoding":"proto"}`, "encoding: "},
		{"/netconf/execute", `{` + device + `,"operation":"edit-config"}`, "config: is missing"},
		{"/netconf/execute", `{` + device + `,"operation":"edit-config","config":"<a>"}`, "config: not XML"},
		{"/netconf/execute", `{` + device + `,"operation":"rpc"}`, "rpc: is missing"},
		{"/netconf/execute", `{` + device + `,"operation":"get","filter":"<a></b>"}`, "filter: not XML"},
		{"/netconf/execute", `{` + device + `,"operation":"get-config","target":"flash"}`, "target: "},
		{"/agents/trigger", `{"agent_id":""}`, "agent_id: is empty"},
		{"/agents/trigger", `{"agent_id":"bgp-triage","context":"x"}`, "context: must be an object"},
	} {
		if w := post(t, c, tt.path, tt.body); w.Code != 400 || !strings.Contains(w.Body.String(), `{"error":"`+strings.ReplaceAll(tt.says, `"`, `\"`)) {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, w.Code, w.Body)
		}
	}
	for _, query := range []string{"", "q=", "q=%20", "q=x&limit=0", "q=x&limit=101", "q=x&org_id=acme", "q=x&q=y", "q=%zz", "q=" + strings.Repeat("x", 10001)} {
		if w := call(t, c, "GET", "/knowledge/search?"+query, ""); w.Code != 400 {
			t.Errorf("%.50s: %d %s", query, w.Code, w.Body)
		}
	}
}

func TestUnknownResourcesAre404(t *testing.T) {
	c := at(noon, controller.Options{})
	for path, body := range map[string]string{
		"/gnmi/execute": `{"device_id":"x","operation":"capabilities"}`, "/netconf/execute": `{"device_id":"x","operation":"get"}`, "/agents/trigger": `{"agent_id":"x"}`,
	} {
		if w := post(t, c, path, body); w.Code != 404 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, id := range []string{"unknown", "..%2f", url.PathEscape("a/b"), "%00", "%ff"} {
		if w := call(t, c, "GET", "/credentials/"+id, ""); w.Code != 404 || w.Body.String() != `{"error":"no credential has this id"}` {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
	}
}
