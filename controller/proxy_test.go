package controller_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/manifest"
)

var shop = &manifest.Manifest{Name: "shop", DisplayName: "Shop", Port: 8080}

// received is a request as the plugin got it.
type received struct {
	Method, URI, Host, Body string
	Header                  http.Header
}

// echo is a plugin that answers with what it received.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_ = json.NewEncoder(w).Encode(received{r.Method, r.RequestURI, r.Host, string(body), r.Header})
}

// dialer returns a dial function to a real plugin.
func dialer(addr string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", addr) }
}

// startPlugin serves a plugin and attaches it to a served Controller.
func startPlugin(t testing.TB, o controller.Options, plugin http.HandlerFunc) (*controller.Controller, *httptest.Server) {
	p := httptest.NewServer(plugin)
	c := at(noon, o)
	c.Attach(shop, dialer(p.Listener.Addr().String()))
	s := httptest.NewServer(c.Handler())
	t.Cleanup(func() { s.Close(); c.Detach("shop"); p.Close() })
	return c, s
}

// send writes a request as it stands, so that nothing tidies it up, and
// returns the answer.
func send(t *testing.T, s *httptest.Server, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func sendAndEcho(t *testing.T, s *httptest.Server, request string) received {
	t.Helper()
	resp, body := send(t, s, request)
	var got received
	if err := json.Unmarshal([]byte(body), &got); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	return got
}

func TestOrganisationsAreKeptApartThroughTheProxy(t *testing.T) {
	var mu sync.Mutex
	items := map[string][]string{}
	c, s := startPlugin(t, controller.Options{}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		org := r.Header.Get("X-Org-Id")
		if org == "" || org != r.URL.Query().Get("org_id") {
			http.Error(w, "the header and the query disagree", 500)
			return
		}
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			items[org] = append(items[org], string(body))
		}
		_ = json.NewEncoder(w).Encode(items[org])
	})
	call := func(method, query, body string, org int) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/api/plugins/shop/admin/items"+query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+userToken(t, c, org))
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, _ := io.ReadAll(resp.Body)
		return strings.TrimSpace(string(b))
	}
	acme := c.Orgs()[0].ID
	call("POST", "", "anvil", 0)
	call("POST", "?org_id="+acme, "doomsday device", 1)
	if got := call("GET", "", "", 0); got != `["anvil"]` {
		t.Errorf("acme sees %s", got)
	}
	if got := call("GET", "?org_id="+acme, "", 1); got != `["doomsday device"]` {
		t.Errorf("globex sees %s", got)
	}
}

func TestTheCallersOrganisationCannotBeForged(t *testing.T) {
	c, s := startPlugin(t, controller.Options{}, echo)
	acme, evil := c.Orgs()[0].ID, "e0e0e0e0-0000-0000-0000-000000000000"
	tests := []struct{ name, query, headers string }{
		{"a header", "", "X-Org-Id: EVIL\r\n"},
		{"a header in lower case", "", "x-org-id: EVIL\r\n"},
		{"a header twice", "", "X-Org-Id: EVIL\r\nX-ORG-ID: EVIL\r\n"},
		{"a header with underscores", "", "X_Org_Id: EVIL\r\nX-Org_ID: EVIL\r\n"},
		{"a header that is to be dropped on the way", "", "Connection: X-Org-Id, close\r\nX-Org-Id: EVIL\r\n"},
		{"a field", "?org_id=EVIL", ""},
		{"a field in upper case", "?ORG_ID=EVIL&Org_Id=EVIL", ""},
		{"a field twice", "?org_id=EVIL&a=1&org_id=EVIL", ""},
		{"a field with an encoded name", "?%6frg_id=EVIL&org%5Fid=EVIL&org%5fid=EVIL", ""},
		{"behind a semicolon", "?a=1;org_id=EVIL", ""},
		{"before a semicolon", "?org_id=EVIL;a=1", ""},
		{"a list", "?org_id[]=EVIL&org_id%5B0%5D=EVIL", ""},
		{"a name cut by a zero", "?org_id%00x=EVIL", ""},
		{"a name with spaces", "?+org_id=EVIL&org_id%20=EVIL", ""},
		{"beside a malformed escape", "?a=%zz&org_id=EVIL&b=%", ""},
		{"without a value", "?org_id&org_id=", ""},
		{"in the trailer", "", "Trailer: X-Org-Id\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			request := "GET /api/plugins/shop/admin/items" + tt.query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + userToken(t, c, 0) + "\r\n" + tt.headers + "\r\n"
			got := sendAndEcho(t, s, strings.ReplaceAll(request, "EVIL", evil))
			for name, values := range got.Header {
				if strings.Contains(strings.Join(values, " "), evil) {
					t.Errorf("header %s: %v", name, values)
				}
			}
			if !slices.Equal(got.Header.Values("X-Org-Id"), []string{acme}) {
				t.Errorf("X-Org-Id is %v", got.Header.Values("X-Org-Id"))
			}
			u, err := url.ParseRequestURI(got.URI)
			if err != nil {
				t.Fatal(err)
			}
			if q := u.Query(); !slices.Equal(q["org_id"], []string{acme}) {
				t.Errorf("query %s", u.RawQuery)
			}
			if strings.Contains(tt.query, "EVIL") && !strings.Contains(tt.query, ";") && strings.Contains(got.URI, evil) {
				t.Errorf("query %s", u.RawQuery)
			}
		})
	}
}

func TestRequestsReachThePluginUnchangedOtherwise(t *testing.T) {
	c, s := startPlugin(t, controller.Options{}, echo)
	org := "org_id=" + c.Orgs()[0].ID
	head := " HTTP/1.1\r\nHost: controller.example\r\nAuthorization: Bearer " + userToken(t, c, 0) + "\r\n"
	paths := []struct{ asked, got string }{
		{"/api/plugins/shop", "/?" + org},
		{"/api/plugins/shop/", "/?" + org},
		{"/api/plugins/shop/admin/items", "/admin/items?" + org},
		{"/api/plugins/%73hop/admin", "/admin?" + org},
		{"/api/plugins/shop/ui/assets/index-1.js?v=2", "/ui/assets/index-1.js?v=2&" + org},
		{"/api/plugins/shop/a%20b%2Fc/%C3%A9//d/", "/a%20b%2Fc/%C3%A9//d/?" + org},
		{"/api/plugins/shop/a?b=1&c=%20x+y&b=2&d", "/a?b=1&c=%20x+y&b=2&d&" + org},
		{"/api/plugins/shop/a?q=100%&z=%zz", "/a?q=100%&z=%zz&" + org},
		{"/api/plugins/shop/a?q=x;y", "/a?q=x%3By&" + org},
		{"/api/plugins/shop/a?", "/a?" + org},
		{"/api/plugins/shop/a/./b/../c", "/a/c?" + org},
		{"/api/plugins/shop/%2e%2e/shop/x/..", "/?" + org},
		{"/api/plugins/other/../shop/x", "/x?" + org},
		{"/api/plugins/shop/..%2f..%2finternal", "/..%2f..%2finternal?" + org},
		{"/api/plugins/shop//evil.example/x", "//evil.example/x?" + org},
		{"/api/plugins/shop/.hidden/..x/...", "/.hidden/..x/...?" + org},
	}
	for _, tt := range paths {
		t.Run(tt.asked, func(t *testing.T) {
			if got := sendAndEcho(t, s, "GET "+tt.asked+head+"\r\n"); got.URI != tt.got {
				t.Errorf("the plugin got %s, want %s", got.URI, tt.got)
			}
		})
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT"} {
		t.Run(method, func(t *testing.T) {
			got := sendAndEcho(t, s, method+" /api/plugins/shop/x"+head+"Content-Type: application/json\r\nX-Custom: yes\r\nCookie: a=b\r\nTe: trailers\r\nProxy-Authorization: Basic x\r\nContent-Length: 7\r\n\r\n{\"a\":1}")
			if got.Method != method || got.Body != `{"a":1}` || got.Header.Get("Content-Type") != "application/json" || got.Header.Get("X-Custom") != "yes" || got.Header.Get("Cookie") != "a=b" {
				t.Errorf("%+v", got)
			}
			if got.Host != "netstacks-plugin-shop:8080" {
				t.Errorf("host %s", got.Host)
			}
			for _, private := range []string{"Authorization", "Proxy-Authorization"} {
				if got.Header.Get(private) != "" {
					t.Errorf("the plugin was given %s", private)
				}
			}
		})
	}
}

func TestAnswersComeBackAsTheControllers(t *testing.T) {
	c, s := startPlugin(t, controller.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(307)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "https://only.example")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("X-Total", "7")
		w.WriteHeader(418)
		_, _ = io.WriteString(w, "short and stout")
	})
	head := " HTTP/1.1\r\nHost: x\r\nOrigin: https://terminal.example\r\nAuthorization: Bearer " + userToken(t, c, 0) + "\r\n\r\n"
	resp, body := send(t, s, "GET /api/plugins/shop/x"+head)
	h := resp.Header
	if resp.StatusCode != 418 || body != "short and stout" || h.Get("X-Total") != "7" {
		t.Errorf("%d %s %v", resp.StatusCode, body, h)
	}
	if !slices.Equal(h.Values("Access-Control-Allow-Origin"), []string{"*"}) || h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("two masters of origins: %v", h)
	}
	for to, want := range map[string]string{
		"/items/?a=1#top":                          "/api/plugins/shop/items/?a=1#top",
		"http://netstacks-plugin-shop:8080/items/": "/api/plugins/shop/items/",
		"http://netstacks-plugin-shop:8080":        "/api/plugins/shop/",
		"/api/plugins/shop/items":                  "/api/plugins/shop/items",
		"items/2":                                  "items/2",
		"?page=2":                                  "?page=2",
		"https://docs.example/x":                   "https://docs.example/x",
		"//cdn.example/x":                          "//cdn.example/x",
		"http://[bad":                              "http://[bad",
	} {
		resp, _ := send(t, s, "GET /api/plugins/shop/x?to="+url.QueryEscape(to)+head)
		if got := resp.Header.Get("Location"); resp.StatusCode != 307 || got != want {
			t.Errorf("a redirect to %s leads to %s, want %s", to, got, want)
		}
	}
}

func TestPluginsThatDoNotAnswerAreReported(t *testing.T) {
	refused := errors.New("connection refused by the relay")
	tests := []struct {
		name string
		dial func(context.Context) (net.Conn, error)
		says string
	}{
		{"nothing listens", func(context.Context) (net.Conn, error) { return nil, refused }, "connection refused by the relay"},
		{"hangs up at once", func(context.Context) (net.Conn, error) {
			near, far := net.Pipe()
			_ = far.Close()
			return near, nil
		}, "plugin \"shop\" gave no answer"},
		{"refused, as every layer of dialling says again", func(context.Context) (net.Conn, error) {
			inner := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: inner}
		}, "(connection refused)"},
		{"does not speak HTTP", func(context.Context) (net.Conn, error) {
			near, far := net.Pipe()
			go func() {
				_, _ = far.Read(make([]byte, 4096))
				_, _ = io.WriteString(far, "SSH-2.0-OpenSSH_9.9\r\n\r\n")
				_ = far.Close()
			}()
			return near, nil
		}, "malformed HTTP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen controller.Exchange
			c := at(noon, controller.Options{OnExchange: func(x controller.Exchange) { seen = x }})
			c.Attach(shop, tt.dial)
			w := ask(c, "GET", "/api/plugins/shop/x", userToken(t, c, 0), nil)
			var body map[string]struct{ Code, Message string }
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatalf("%s: %v", w.Body, err)
			}
			e := body["error"]
			if w.Code != 502 || e.Code != "PLUGIN_UNAVAILABLE" || !strings.Contains(e.Message, tt.says) || !strings.Contains(e.Message, "0.0.0.0, port 8080") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if seen.Status != 502 || seen.Plugin != "shop" {
				t.Errorf("recorded %+v", seen)
			}
		})
	}
}

func TestAClientThatLeavesIsRecordedAsSuch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var seen controller.Exchange
	c := at(noon, controller.Options{OnExchange: func(x controller.Exchange) { seen = x }})
	c.Attach(shop, func(ctx context.Context) (net.Conn, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	r := httptest.NewRequestWithContext(ctx, "GET", "/api/plugins/shop/x", nil)
	r.Header.Set("Authorization", "Bearer "+userToken(t, c, 0))
	c.Handler().ServeHTTP(httptest.NewRecorder(), r)
	if seen.Status != 499 {
		t.Errorf("recorded %+v", seen)
	}
}

func TestStreamsAndUpgradesPassThrough(t *testing.T) {
	release := make(chan struct{})
	c, s := startPlugin(t, controller.Options{OnExchange: func(controller.Exchange) {}}, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Header.Get("Upgrade") == "" {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: 1\n\n")
			_ = control.Flush()
			<-release
			return
		}
		conn, rw, err := control.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, _ := rw.ReadString('\n')
		_, _ = io.WriteString(conn, "you said "+line)
	})
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	token := userToken(t, c, 0)
	_, _ = fmt.Fprintf(conn, "GET /api/plugins/shop/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", token)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "data: 1\n" {
		t.Errorf("the first event did not come while the plugin was busy: %q, %v", line, err)
	}
	close(release)

	conn, err = net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "GET /api/plugins/shop/socket HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", token)
	r := bufio.NewReader(conn)
	if resp, err = http.ReadResponse(r, nil); err != nil || resp.StatusCode != 101 {
		t.Fatalf("%v %v", resp, err)
	}
	_, _ = io.WriteString(conn, "hello\n")
	if line, err := r.ReadString('\n'); line != "you said hello\n" {
		t.Errorf("%q, %v", line, err)
	}
}

func TestAttachingAndDetachingIsSafeUnderLoad(t *testing.T) {
	var mu sync.Mutex
	exchanges := 0
	c, s := startPlugin(t, controller.Options{OnExchange: func(controller.Exchange) { mu.Lock(); exchanges++; mu.Unlock() }}, echo)
	p := httptest.NewServer(http.HandlerFunc(echo))
	defer p.Close()
	user, service := userToken(t, c, 0), serviceToken(t, c, "read_devices")
	const callers, calls = 8, 40
	var callersDone sync.WaitGroup
	for i := range callers {
		callersDone.Go(func() {
			for range calls {
				path, token := "/api/plugins/shop/x", user
				switch i % 3 {
				case 1:
					path, token = "/internal/v1/devices", service
				case 2:
					path = "/api/capabilities"
				}
				req, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := s.Client().Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != 200 && resp.StatusCode != 404 {
					t.Errorf("%s: %d", path, resp.StatusCode)
				}
			}
		})
	}
	for range 50 {
		c.Attach(shop, dialer(p.Listener.Addr().String()))
		c.Detach("shop")
		c.Detach("shop")
	}
	c.Attach(shop, dialer(p.Listener.Addr().String()))
	callersDone.Wait()
	s.Close()
	mu.Lock()
	defer mu.Unlock()
	if exchanges != callers*calls {
		t.Errorf("%d exchanges recorded, %d made", exchanges, callers*calls)
	}
}
