package panel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
)

var items = manifest.Panel{ID: "items", DataEndpoint: "/admin/items"}

// serve starts a Controller that answers every request with h.
func serve(t testing.TB, h http.HandlerFunc) panel.Client {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return panel.Client{HTTP: s.Client(), BaseURL: s.URL, Token: "token-of-ann", OrgID: "6f1d"}
}

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestFetchAsksAsTheTerminalDoes(t *testing.T) {
	tests := []struct{ endpoint, wantURI string }{
		{"/admin/items", "/api/plugins/shop/admin/items?org_id=6f1d"},
		{"/admin/items?state=open", "/api/plugins/shop/admin/items?state=open&org_id=6f1d"},
		{"/admin/items?", "/api/plugins/shop/admin/items?org_id=6f1d"},
		{"/admin/items#top", "/api/plugins/shop/admin/items?org_id=6f1d"},
		{"/admin/a b?q=a b&r=é%20", "/api/plugins/shop/admin/a%20b?q=a%20b&r=%C3%A9%20&org_id=6f1d"},
		{"", "/api/plugins/shop?org_id=6f1d"},
	}
	for _, tt := range tests {
		t.Run(tt.endpoint, func(t *testing.T) {
			var uri, auth string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				uri, auth = r.RequestURI, r.Header.Get("Authorization")
				_, _ = io.WriteString(w, "[]")
			})
			c.BaseURL += "/"
			if _, err := c.Fetch(t.Context(), "shop", manifest.Panel{DataEndpoint: tt.endpoint}); err != nil {
				t.Fatal(err)
			}
			if uri != tt.wantURI || auth != "Bearer token-of-ann" {
				t.Errorf("asked %q with %q, want %q", uri, auth, tt.wantURI)
			}
		})
	}
}

func TestFetchReturnsColumnsAndRows(t *testing.T) {
	const body = `{"data":[{"name":"core","10":1,"2":null,"last_seen_at":true,"tags":{"b":1.0,"a":[]}},{"id":"x","name":"<edge>"}]}`
	c := serve(t, answer(200, "application/json", body))
	got, err := c.Fetch(t.Context(), "shop", items)
	if err != nil {
		t.Fatal(err)
	}
	wantColumns := []manifest.Column{{Key: "2", Label: "2"}, {Key: "10", Label: "10"}, {Key: "name", Label: "Name"}, {Key: "last_seen_at", Label: "Last seen at"}, {Key: "tags", Label: "Tags"}}
	if !reflect.DeepEqual(got.Columns, wantColumns) {
		t.Errorf("columns %v", got.Columns)
	}
	wantRows := []panel.Row{
		{Cells: []string{"-", "1", "core", "true", `{"b":1,"a":[]}`}, Raw: json.RawMessage(`{"name":"core","10":1,"2":null,"last_seen_at":true,"tags":{"b":1.0,"a":[]}}`)},
		{ID: "x", Cells: []string{"-", "-", "<edge>", "-", "-"}, Raw: json.RawMessage(`{"id":"x","name":"<edge>"}`)},
	}
	if !reflect.DeepEqual(got.Rows, wantRows) {
		t.Errorf("rows %q", got.Rows)
	}
	if got.Bytes != len(body) || got.Status != 200 || got.Took <= 0 {
		t.Errorf("bytes %d, status %d, took %s", got.Bytes, got.Status, got.Took)
	}
}

func TestAnswersWithoutRowsAreNoData(t *testing.T) {
	columns := []manifest.Column{{Key: "a", Label: "A"}}
	for _, body := range []string{"[]", "{}", "null", "7", `"text"`, `{"data":{}}`, `{"data":"x"}`, "", "  \n"} {
		t.Run(body, func(t *testing.T) {
			c := serve(t, answer(200, "application/json", body))
			got, err := c.Fetch(t.Context(), "shop", manifest.Panel{Columns: columns})
			if err != nil || got.Rows == nil || len(got.Rows) != 0 || !reflect.DeepEqual(got.Columns, columns) {
				t.Errorf("got %+v, error %v", got, err)
			}
		})
	}
}

func TestErrorsSayWhatHappened(t *testing.T) {
	tests := []struct {
		name    string
		h       http.HandlerFunc
		target  error
		wantAll []string
	}{
		{"a failure with a JSON body", answer(500, "application/json", `{"detail":"no such table"}`), &panel.StatusError{}, []string{"Request failed with status code 500", "no such table"}},
		{"a failure with a page", answer(502, "text/html", "<h1>Bad\x1b[31m Gateway</h1>"), &panel.StatusError{}, []string{"status code 502", "<h1>Bad [31m Gateway</h1>"}},
		{"a failure without a body", answer(404, "", ""), &panel.StatusError{}, []string{"status code 404"}},
		{"a page by its type", answer(200, "text/html; charset=utf-8", "hello"), &panel.HTMLError{}, []string{"answered HTML, not JSON; is the path right?"}},
		{"a page by its first character", answer(200, "application/json", " \n<!doctype html>"), &panel.HTMLError{}, []string{"answered HTML"}},
		{"broken JSON", answer(200, "application/json", "[{\"é\": 1},\n {\"a\": oops}]"), &panel.SyntaxError{}, []string{"not valid JSON", "unexpected character 'o'", "line 2, column 8", "oops"}},
		{"cut JSON", answer(200, "application/json", `[{"a": 1`), &panel.SyntaxError{}, []string{"unexpected end at line 1, column 9"}},
		{"bottomless JSON", answer(200, "application/json", strings.Repeat("[", 20_000)), &panel.SyntaxError{}, []string{"more than 10000 levels"}},
		{"more cells than any table", answer(200, "application/json", wideThenMany()), &panel.LimitError{}, []string{"larger than 2000000 cells"}},
		{"a large body announced", answer(200, "application/json", "["+strings.Repeat(" ", 9<<20)+"]"), &panel.LimitError{}, []string{"larger than 8 MiB"}},
		{"a connection cut short", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "[")
		}, io.ErrUnexpectedEOF, []string{"reading the answer"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, tt.h)
			_, err := c.Fetch(t.Context(), "shop", items)
			if err == nil {
				t.Fatal("no error")
			}
			if reflect.TypeOf(err) != reflect.TypeOf(tt.target) && !errors.Is(err, tt.target) {
				t.Errorf("error is a %T: %v", err, err)
			}
			for _, w := range append(tt.wantAll, "") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not hold %q", err, w)
				}
			}
			if strings.Contains(err.Error(), c.Token) {
				t.Errorf("error %q holds the token", err)
			}
		})
	}
}

// wideThenMany names many keys once and then has many rows with one of them.
func wideThenMany() string {
	var b strings.Builder
	b.WriteString("[{")
	for i := range 5_000 {
		fmt.Fprintf(&b, `"k%d":0,`, i)
	}
	return b.String() + `"z":0}` + strings.Repeat(`,{"k1":1}`, 1_000) + "]"
}

// TestStatusErrorSaysTheMessageOfTheBodyWhole holds for both error shapes of
// terminal.md and for FastAPI's, however much stands around the message.
func TestStatusErrorSaysTheMessageOfTheBodyWhole(t *testing.T) {
	message := "plugin \"x\" gave no answer; " + strings.Repeat("and ", 60) + "is its process running?"
	quoted, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"public":   `{"error":{"code":"PLUGIN_UNAVAILABLE","message":` + string(quoted) + `,"status":502,"details":null}}`,
		"internal": `{"error":` + string(quoted) + `,"required":"read_devices"}`,
		"FastAPI":  `{"detail":` + string(quoted) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, answer(502, "application/json", body)).Fetch(t.Context(), "shop", items)
			if want := "Request failed with status code 502: " + message; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestTheTokenStaysWithTheController: net/http would carry it to another port of the same host.
func TestTheTokenStaysWithTheController(t *testing.T) {
	asked := make(chan string, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Authorization")
	}))
	defer elsewhere.Close()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	_, err := c.Fetch(t.Context(), "shop", items)
	if err == nil || !strings.Contains(err.Error(), "redirects to another server") {
		t.Errorf("got %v", err)
	}
	select {
	case header := <-asked:
		t.Errorf("the other server was asked, with %q", header)
	default:
	}
}

func TestStatusErrorKeepsTwoHundredCharacters(t *testing.T) {
	c := serve(t, answer(500, "text/plain", strings.Repeat("é", 5000)))
	_, err := c.Fetch(t.Context(), "shop", items)
	var status *panel.StatusError
	if !errors.As(err, &status) || status.Status != 500 || status.Body != strings.Repeat("é", 200) {
		t.Errorf("got %v", err)
	}
}

func TestAHundredMegabytesStopAtTheLimit(t *testing.T) {
	var sent int
	done := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		defer close(done)
		chunk := []byte(strings.Repeat(`{"a":1},`, 8<<10))
		_, _ = w.Write([]byte("["))
		for range 100 << 20 / len(chunk) {
			n, err := w.Write(chunk)
			if sent += n; err != nil {
				return
			}
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Fetch(t.Context(), "shop", items)
	<-done
	runtime.ReadMemStats(&after)
	var limit *panel.LimitError
	if !errors.As(err, &limit) || limit.Limit != panel.DefaultMaxBody {
		t.Fatalf("got %v", err)
	}
	if sent > 40<<20 {
		t.Errorf("%d bytes were taken from the endpoint after the limit", sent)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 80<<20 {
		t.Errorf("%d MiB allocated for a body limited to 8", allocated>>20)
	}
}

func TestSlowEndpointsTimeOut(t *testing.T) {
	for name, start := range map[string]string{"before the header": "", "within the body": "["} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if start != "" {
					_, _ = io.WriteString(w, start)
					_ = http.NewResponseController(w).Flush()
				}
				<-r.Context().Done()
			})
			c.Timeout = 50 * time.Millisecond
			_, err := c.Fetch(t.Context(), "shop", items)
			var late *panel.TimeoutError
			if !errors.As(err, &late) || !strings.Contains(err.Error(), "50ms") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCancellingEndsAFetch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := c.Fetch(ctx, "shop", items); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNothingListeningIsSaidShortly(t *testing.T) {
	c := serve(t, nil)
	c.BaseURL = "http://127.0.0.1:1"
	_, err := c.Fetch(t.Context(), "shop", items)
	if err == nil || !strings.HasPrefix(err.Error(), "reaching the Controller: dial tcp 127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
}

func TestEndpointsThatMakeNoURLAreNamed(t *testing.T) {
	for _, endpoint := range []string{"/a\nb", "/%zz"} {
		_, err := panel.Client{BaseURL: "http://127.0.0.1:1"}.Fetch(t.Context(), "shop", manifest.Panel{DataEndpoint: endpoint})
		if err == nil || !strings.Contains(err.Error(), "data_endpoint") {
			t.Errorf("%q: got %v", endpoint, err)
		}
	}
}

func BenchmarkFetch1000Rows(b *testing.B) {
	row := `{"id":"7d1c","name":"core-router","severity":"critical","count":17,"ok":true,"tags":["a","b"]}`
	body := "[" + strings.Repeat(row+",", 999) + row + "]"
	c := serve(b, answer(200, "application/json", body))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if t, err := c.Fetch(b.Context(), "shop", items); err != nil || len(t.Rows) != 1000 {
			b.Fatal(err)
		}
	}
}
