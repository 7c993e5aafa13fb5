package controller_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/manifest"
)

var (
	secret = []byte("a secret that only these tests use")
	noon   = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)

// at returns a Controller of the tests' secret whose clock stands still.
func at(now time.Time, o controller.Options) *controller.Controller {
	o.Secret = secret
	o.Now = func() time.Time { return now }
	return controller.New(o)
}

func serviceToken(t testing.TB, c *controller.Controller, capabilities ...string) string {
	t.Helper()
	token, err := c.MintServiceToken("shop", c.Orgs()[0].ID, capabilities)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func userToken(t testing.TB, c *controller.Controller, org int) string {
	t.Helper()
	token, err := c.UserToken(c.Orgs()[org])
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// ask sends one request without a network. An empty token sends none.
func ask(c *controller.Controller, method, target, token string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	return w
}

func TestHealthNeedsNoToken(t *testing.T) {
	c := at(noon, controller.Options{Version: "9.9"})
	w := ask(c, "GET", "/health", "", nil)
	if w.Code != 200 || w.Body.String() != `{"status":"healthy","version":"9.9"}` || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestCapabilitiesListAttachedPluginsWithTheirPanels(t *testing.T) {
	c := at(noon, controller.Options{})
	c.Attach(&manifest.Manifest{Name: "shop", DisplayName: "The <Shop>", Port: 8080, TerminalPanels: []manifest.Panel{{
		ID: "items", Label: "Items", DataEndpoint: "/admin/items", RefreshIntervalSeconds: 30, Columns: []manifest.Column{{Key: "name", Label: "Name"}},
	}}}, nil)
	c.Attach(&manifest.Manifest{Name: "bare", DisplayName: "Bare", Port: 8080}, nil)
	c.Attach(&manifest.Manifest{Name: "gone", Port: 8080}, nil)
	c.Detach("gone")
	w := ask(c, "GET", "/api/capabilities", userToken(t, c, 0), nil)
	const want = `{"version":"1.0.0-local","license_tier":"enterprise","instance_name":"local Controller","features":[{"name":"plugins","enabled":true}],` +
		`"plugins":[{"name":"bare","display_name":"Bare","terminal_panels":[]},` +
		`{"name":"shop","display_name":"The <Shop>","terminal_panels":[{"id":"items","label":"Items","data_endpoint":"/admin/items","columns":[{"key":"name","label":"Name"}],"refresh_interval_seconds":30}]}],` +
		`"permissions":["*"]}`
	if w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPublicErrorsHaveThePublicShape(t *testing.T) {
	c := at(noon, controller.Options{})
	c.Attach(&manifest.Manifest{Name: "shop", Port: 8080}, nil)
	user, service := userToken(t, c, 0), serviceToken(t, c, "read_devices")
	expired := userToken(t, at(noon.AddDate(-1, 0, 0), controller.Options{}), 0)
	tests := []struct {
		name, method, target, token string
		status                      int
		code                        string
	}{
		{"unknown path", "GET", "/api/nothing", user, 404, "NOT_FOUND"},
		{"the root", "GET", "/", "", 404, "NOT_FOUND"},
		{"no plugin's name", "GET", "/api/plugins/", user, 404, "PLUGIN_NOT_FOUND"},
		{"a plugin that is not attached", "GET", "/api/plugins/other/x", user, 404, "PLUGIN_NOT_FOUND"},
		{"a name with an encoded slash", "GET", "/api/plugins/shop%2Fx", user, 404, "PLUGIN_NOT_FOUND"},
		{"out of a plugin into the internal API, which has no such path", "GET", "/api/plugins/shop/../../internal/v1/devices", user, 404, "NOT_FOUND"},
		{"the same, encoded", "GET", "/api/plugins/shop/%2e%2E/.%2e/internal/v1/devices", user, 404, "NOT_FOUND"},
		{"capabilities without a token", "GET", "/api/capabilities", "", 401, "INVALID_TOKEN"},
		{"capabilities with an expired token", "GET", "/api/capabilities", expired, 401, "TOKEN_EXPIRED"},
		{"capabilities with a plugin's token", "GET", "/api/capabilities", service, 401, "INVALID_TOKEN"},
		{"capabilities by POST", "POST", "/api/capabilities", user, 405, "METHOD_NOT_ALLOWED"},
		{"health by POST", "POST", "/health", "", 405, "METHOD_NOT_ALLOWED"},
		{"proxy without a token", "GET", "/api/plugins/shop/x", "", 401, "INVALID_TOKEN"},
		{"proxy with a plugin's token", "GET", "/api/plugins/shop/x", service, 401, "INVALID_TOKEN"},
		{"proxy with an expired token", "GET", "/api/plugins/shop/x", expired, 401, "TOKEN_EXPIRED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(c, tt.method, tt.target, tt.token, nil)
			var body map[string]struct {
				Code, Message string
				Status        int
			}
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatalf("%s: %v", w.Body, err)
			}
			if e := body["error"]; w.Code != tt.status || e.Status != tt.status || e.Code != tt.code || e.Message == "" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if tt.status == 401 && w.Header().Get("WWW-Authenticate") != "Bearer" || tt.status == 405 && w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("header %v", w.Header())
			}
		})
	}
}

func TestOtherOriginsMayAskAndRead(t *testing.T) {
	c := at(noon, controller.Options{})
	r := httptest.NewRequest("OPTIONS", "/api/plugins/shop/admin/items", nil)
	r.Header.Set("Origin", "tauri://localhost")
	r.Header.Set("Access-Control-Request-Method", "DELETE")
	r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
	r.Header.Set("Access-Control-Request-Private-Network", "true")
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	h := w.Header()
	if w.Code != 204 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Headers") != "authorization,content-type" ||
		!strings.Contains(h.Get("Access-Control-Allow-Methods"), "DELETE") || h.Get("Access-Control-Allow-Private-Network") != "true" {
		t.Errorf("preflight answered %d %v", w.Code, h)
	}
	r = httptest.NewRequest("GET", "/api/capabilities", nil)
	r.Header.Set("Origin", "tauri://localhost")
	w = httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	if w.Code != 401 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a refusal must be readable too: %d %v", w.Code, w.Header())
	}
	r = httptest.NewRequest("OPTIONS", "/internal/v1/devices", nil)
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Access-Control-Request-Method", "GET")
	w = httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	if w.Code != 405 || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the internal API is not for pages: %d %v", w.Code, w.Header())
	}
}

func TestExchangesTellWhatHappenedAndHoldNoSecret(t *testing.T) {
	var seen []controller.Exchange
	c := at(noon, controller.Options{OnExchange: func(x controller.Exchange) { seen = append(seen, x) }})
	token := serviceToken(t, c, "read_devices")
	ask(c, "GET", "/internal/v1/devices?secret=hunter2", token, nil)
	ask(c, "POST", "/internal/v1/llm/chat", token, strings.NewReader("{}"))
	ask(c, "GET", "/internal/v1/devices", "", nil)
	ask(c, "GET", "/api/plugins/a%20b/x?access_token="+token, userToken(t, c, 0), nil)
	ask(c, "GET", "/health", "", nil)
	want := []controller.Exchange{
		{Direction: "out", Plugin: "shop", Method: "GET", Path: "/internal/v1/devices", Status: 200, Capability: "read_devices", Decision: "allowed"},
		{Direction: "out", Plugin: "shop", Method: "POST", Path: "/internal/v1/llm/chat", Status: 403, Capability: "invoke_llm", Decision: "denied"},
		{Direction: "out", Method: "GET", Path: "/internal/v1/devices", Status: 401, Capability: "read_devices", Decision: "unauthenticated"},
		{Direction: "in", Plugin: "a b", Method: "GET", Path: "/api/plugins/a%20b/x", Status: 404, Decision: "allowed"},
		{Direction: "in", Method: "GET", Path: "/health", Status: 200},
	}
	for i := range seen {
		if seen[i].Took <= 0 || !seen[i].At.Equal(noon) {
			t.Errorf("exchange %d took %s at %s", i, seen[i].Took, seen[i].At)
		}
		seen[i].Took, seen[i].At = 0, time.Time{}
	}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("got  %+v\nwant %+v", seen, want)
	}
}

func TestServerLimitsWhatAClientMayHoldUp(t *testing.T) {
	s := controller.Server(http.NotFoundHandler())
	if s.ReadHeaderTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 || s.ErrorLog == nil {
		t.Errorf("%+v", s)
	}
	if s.WriteTimeout != 0 || s.ReadTimeout != 0 {
		t.Error("plugins that stream would be cut off")
	}
}
