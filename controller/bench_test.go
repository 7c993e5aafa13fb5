package controller_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/controller"
)

// get benchmarks concurrent GETs of a URL over loopback.
func get(b *testing.B, target, token string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	defer client.CloseIdleConnections()
	b.SetParallelism(8)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequest(http.MethodGet, target, nil)
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// BenchmarkDevices lists 50 devices, token check and traffic record included.
func BenchmarkDevices(b *testing.B) {
	c := at(noon, controller.Options{OnExchange: func(controller.Exchange) {}})
	token := serviceToken(b, c, "read_devices")
	b.Run("handler", func(b *testing.B) {
		h := c.Handler()
		r := httptest.NewRequest(http.MethodGet, "/internal/v1/devices", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		b.ReportAllocs()
		for b.Loop() {
			if w := httptest.NewRecorder(); true {
				h.ServeHTTP(w, r)
			}
		}
	})
	b.Run("loopback", func(b *testing.B) {
		s := httptest.NewServer(c.Handler())
		defer s.Close()
		get(b, s.URL+"/internal/v1/devices", token)
	})
}

// BenchmarkProxy lays a plugin's answer of 10 kB through the proxy beside the
// same answer taken directly; the goal is at least 0.35 of its requests/s.
func BenchmarkProxy(b *testing.B) {
	body := []byte("[" + strings.Repeat(`{"a":1},`, 1250) + "{}]")
	c, s := startPlugin(b, controller.Options{OnExchange: func(controller.Exchange) {}}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	direct := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	defer direct.Close()
	token := userToken(b, c, 0)
	b.Run("direct", func(b *testing.B) { get(b, direct.URL, token) })
	b.Run("proxy", func(b *testing.B) { get(b, s.URL+"/api/plugins/shop/items", token) })
}

// BenchmarkNew makes a Controller from the built-in fixtures, a part of the time until it answers.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		controller.New(controller.Options{})
	}
}

// BenchmarkSearch asks the knowledge base a question.
func BenchmarkSearch(b *testing.B) {
	c := at(noon, controller.Options{})
	h, token := c.Handler(), serviceToken(b, c, "search_knowledge")
	r := httptest.NewRequest(http.MethodGet, "/internal/v1/knowledge/search?q=bgp+session+flaps", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	for b.Loop() {
		if w := httptest.NewRecorder(); true {
			h.ServeHTTP(w, r)
		}
	}
}
