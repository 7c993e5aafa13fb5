package controller_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/netstacks/netstacks-plugin/controller"
)

// documented are the operations of internal-api.md, with a body that is in order.
var documented = []struct {
	method, path, capability, body string
	good                           int // status with everything in order
}{
	{"GET", "/devices", "read_devices", "", 200},
	{"GET", "/devices/550e8400-e29b-41d4-a716-446655440000", "read_devices", "", 200},
	{"GET", "/credentials/660e8400-e29b-41d4-a716-446655440001", "read_credentials", "", 200},
	{"POST", "/llm/chat", "invoke_llm", `{"messages":[{"role":"user","content":"Explain VLANs."}]}`, 200},
	{"GET", "/knowledge/search?q=bgp", "search_knowledge", "", 200},
	{"POST", "/knowledge/documents", "create_knowledge_document", `{"title":"Core","content":"Drain it."}`, 201},
	{"POST", "/gnmi/execute", "execute_gnmi", `{"device_id":"550e8400-e29b-41d4-a716-446655440000","operation":"get","paths":["/system/state/hostname"]}`, 200},
	{"POST", "/netconf/execute", "execute_netconf", `{"device_id":"550e8400-e29b-41d4-a716-446655440000","operation":"get-config"}`, 200},
	{"POST", "/agents/trigger", "trigger_agent", `{"agent_id":"bgp-triage"}`, 202},
	{"GET", "/api-resources", "read_api_resources", "", 200},
}

// signed makes a token of any claims with any method.
func signed(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestEveryOperationChecksTokenCapabilityAndMethod(t *testing.T) {
	c := at(noon, controller.Options{})
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		m := jwt.MapClaims{"iss": "netstacks-controller", "sub": "shop", "org_id": "x", "iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Unix() + 60}
		all := []string{}
		for _, op := range documented {
			all = append(all, op.capability)
		}
		m["capabilities"] = all
		change(m)
		return m
	}
	same := func(jwt.MapClaims) {}
	without := func(name string) func(jwt.MapClaims) { return func(m jwt.MapClaims) { delete(m, name) } }
	with := func(name string, v any) func(jwt.MapClaims) { return func(m jwt.MapClaims) { m[name] = v } }
	hs := jwt.SigningMethodHS256
	good := signed(t, hs, secret, claims(same))
	conditions := []struct {
		name, authorization string
		status              int // 0: the operation's own
		says                string
	}{
		{"good", "Bearer " + good, 0, ""},
		{"good, scheme in lower case", "bearer " + good, 0, ""},
		{"no token", "", 401, "no token"},
		{"another scheme", "Basic " + good, 401, "not one Bearer token"},
		{"no scheme", good, 401, "not one Bearer token"},
		{"an empty token", "Bearer ", 401, "not one of this Controller's"},
		{"not a token", "Bearer abc.def", 401, "not one of this Controller's"},
		{"bad signature", "Bearer " + signed(t, hs, []byte("another secret"), claims(same)), 401, "not one of this Controller's"},
		{"changed claims", "Bearer " + tampered(good), 401, "not one of this Controller's"},
		{"alg none", "Bearer " + signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(same)), 401, "not one of this Controller's"},
		{"another HMAC", "Bearer " + signed(t, jwt.SigningMethodHS512, secret, claims(same)), 401, "not one of this Controller's"},
		{"expired", "Bearer " + signed(t, hs, secret, claims(with("exp", noon.Unix()-1))), 401, "has expired"},
		{"without an end", "Bearer " + signed(t, hs, secret, claims(without("exp"))), 401, "not one of this Controller's"},
		{"not yet valid", "Bearer " + signed(t, hs, secret, claims(with("nbf", noon.Unix()+60))), 401, "not valid yet"},
		{"another issuer", "Bearer " + signed(t, hs, secret, claims(with("iss", "someone"))), 401, "not one of this Controller's"},
		{"a user's token", "Bearer " + userToken(t, c, 0), 401, "not a service token"},
		{"without capabilities", "Bearer " + signed(t, hs, secret, claims(without("capabilities"))), 401, "not a service token"},
		{"without a plugin", "Bearer " + signed(t, hs, secret, claims(without("sub"))), 401, "not a service token"},
		{"without an organisation", "Bearer " + signed(t, hs, secret, claims(without("org_id"))), 401, "not a service token"},
		{"without the time it was made", "Bearer " + signed(t, hs, secret, claims(without("iat"))), 401, "not a service token"},
		{"without the time it begins", "Bearer " + signed(t, hs, secret, claims(without("nbf"))), 401, "not a service token"},
		{"without an issuer", "Bearer " + signed(t, hs, secret, claims(without("iss"))), 401, "not one of this Controller's"},
		{"a wildcard, which grants nothing", "Bearer " + signed(t, hs, secret, claims(with("capabilities", []string{"*"}))), 403, ""},
		{"no capability", "Bearer " + signed(t, hs, secret, claims(with("capabilities", []string{}))), 403, ""},
		{"other capabilities", "Bearer " + signed(t, hs, secret, claims(with("capabilities", []string{"read", "READ_DEVICES", "index_knowledge"}))), 403, ""},
	}
	for _, op := range documented {
		for _, cond := range conditions {
			t.Run(op.method+" "+op.path+"/"+cond.name, func(t *testing.T) {
				r := httptest.NewRequest(op.method, "/internal/v1"+op.path, strings.NewReader(op.body))
				if cond.authorization != "" {
					r.Header.Set("Authorization", cond.authorization)
				}
				w := httptest.NewRecorder()
				c.Handler().ServeHTTP(w, r)
				status := cond.status
				if status == 0 {
					status = op.good
				}
				if w.Code != status || !strings.Contains(w.Body.String(), cond.says) || w.Header().Get("Content-Type") != "application/json" {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				checkInternalBody(t, w, op.capability)
			})
		}
		wrongMethods(t, c, op.method, op.path, good)
	}
}

// tampered widens the claims of a token and keeps its signature.
func tampered(token string) string {
	parts := strings.Split(token, ".")
	return parts[0] + "." + parts[1][:len(parts[1])-1] + "A." + parts[2]
}

func checkInternalBody(t *testing.T, w *httptest.ResponseRecorder, capability string) {
	t.Helper()
	var body struct{ Error string }
	if w.Code >= 300 {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Error == "" {
			t.Errorf("not the internal API's error shape: %s", w.Body)
		}
	}
	switch w.Code {
	case 401:
		if w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("header %v", w.Header())
		}
	case 403:
		if want := fmt.Sprintf(`{"error":"Insufficient capabilities","required":%q}`, capability); w.Body.String() != want {
			t.Errorf("body %s, want exactly %s", w.Body, want)
		}
	}
}

func wrongMethods(t *testing.T, c *controller.Controller, method, path, token string) {
	for _, wrong := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} {
		if wrong == method {
			continue
		}
		t.Run(method+" "+path+"/by "+wrong, func(t *testing.T) {
			w := ask(c, wrong, "/internal/v1"+path, token, nil)
			if w.Code != 405 || !strings.HasPrefix(w.Header().Get("Allow"), method) {
				t.Errorf("%d, Allow %q, %s", w.Code, w.Header().Get("Allow"), w.Body)
			}
		})
	}
}

func TestTwoAuthorizationsAreNone(t *testing.T) {
	c := at(noon, controller.Options{})
	r := httptest.NewRequest("GET", "/internal/v1/devices", nil)
	r.Header["Authorization"] = []string{"Bearer " + serviceToken(t, c, "read_devices"), "Bearer x"}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	if w.Code != 401 {
		t.Errorf("%d", w.Code)
	}
}

func TestUnknownInternalPathsAreJSON404(t *testing.T) {
	c := at(noon, controller.Options{})
	token := serviceToken(t, c, "read_devices")
	for _, path := range []string{
		"/internal", "/internal/", "/internal/v1", "/internal/v1/", "/internal/v2/devices", "/internal/v1devices", "/internal/v1/devices/", "/internal/v1/devices/a/b",
		"/internal/v1/Devices", "/internal/v1//devices", "/internal/v1/devices/x/..", "/internal/v1/llm", "/internal/v1/credentials", "/internal/v1/{id}", "/internal/v1/api-resources/1",
	} {
		w := ask(c, "GET", path, token, nil)
		if w.Code != 404 || !strings.HasPrefix(w.Body.String(), `{"error":"`) || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestBodiesOverTenMebibytesAre413(t *testing.T) {
	c := at(noon, controller.Options{})
	plain, modern := httptest.NewServer(c.Handler()), httptest.NewUnstartedServer(c.Handler())
	modern.EnableHTTP2 = true
	modern.StartTLS()
	defer plain.Close()
	defer modern.Close()
	token := serviceToken(t, c, "invoke_llm", "read_devices")
	large := make([]byte, 10<<20+1)
	tests := []struct {
		name, method, path string
		body               func() io.Reader
		status             int
	}{
		{"at the limit", "POST", "/llm/chat", func() io.Reader { return bytes.NewReader(large[1:]) }, 400},
		{"announced", "POST", "/llm/chat", func() io.Reader { return bytes.NewReader(large) }, 413},
		{"in chunks", "POST", "/llm/chat", func() io.Reader { return io.MultiReader(bytes.NewReader(large)) }, 413},
		{"with a GET", "GET", "/devices", func() io.Reader { return bytes.NewReader(large) }, 413},
		{"small, with a GET", "GET", "/devices", func() io.Reader { return strings.NewReader("{}") }, 200},
	}
	for _, tt := range tests {
		for major, s := range map[int]*httptest.Server{1: plain, 2: modern} {
			t.Run(fmt.Sprintf("%s by HTTP/%d", tt.name, major), func(t *testing.T) {
				req, err := http.NewRequestWithContext(t.Context(), tt.method, s.URL+"/internal/v1"+tt.path, tt.body())
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := s.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = resp.Body.Close() }()
				body, err := io.ReadAll(resp.Body)
				if err != nil || resp.ProtoMajor != major || resp.StatusCode != tt.status || tt.status == 413 && string(body) != `{"error":"the body is larger than 10 MiB"}` {
					t.Errorf("HTTP/%d, %d %.200s, error %v", resp.ProtoMajor, resp.StatusCode, body, err)
				}
				if major == 2 && !reuses(t, s) { // curl loses the answer when the connection ends with it
					t.Error("the connection was closed with the answer")
				}
			})
		}
	}
}

// reuses tells whether a request travels on a connection that was there before.
func reuses(t *testing.T, s *httptest.Server) (reused bool) {
	t.Helper()
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { reused = got.Reused }})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return reused
}

func TestWordsOfRefusalsAreForPeople(t *testing.T) {
	c := at(noon, controller.Options{})
	token := serviceToken(t, c, "invoke_llm", "read_devices")
	for _, tt := range []struct {
		method, path, body string
		status             int
		text               string
	}{
		{"PUT", "/llm/chat", "", 405, "method not allowed: to complete a chat, use POST"},
		{"GET", "/nothing", "", 404, "no such operation; `netstacks-plugin schema api` prints those that there are, all below /internal/v1"},
		{"POST", "/llm/chat", "{", 400, "body: not JSON: it ends early; close what is open"},
		{"POST", "/llm/chat", "a=1", 400, "body: not JSON: invalid character 'a' looking for beginning of value"},
		{"POST", "/llm/chat", "[]", 400, "body: must be a JSON object; found: array"},
		{"POST", "/llm/chat", `{"messages":[{"role":"user","content":"x"}],"max_tokens":0}`, 400, "max_tokens: 0 is not from 1 to 1000000"},
	} {
		w := ask(c, tt.method, "/internal/v1"+tt.path, token, strings.NewReader(tt.body))
		if want := fmt.Sprintf(`{"error":%q}`, tt.text); w.Code != tt.status || w.Body.String() != want {
			t.Errorf("%s %s %s: %d %s, want %s", tt.method, tt.path, tt.body, w.Code, w.Body, want)
		}
	}
}
