package controller

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// uploadable is a plugin in order.
var uploadable = map[string]string{
	"manifest.json": `{
  "name": "alerts", "version": "1.0.0", "display_name": "Alerts", "description": "Shows alerts", "author": "Ada",
  "image": "netstacks-plugin-alerts:1.0.0", "port": 8080, "capabilities_required": ["read_devices"],
  "resources": {"cpu_limit": 0.5, "memory_limit": 268435456},
  "health_check": {"command": "python3 -c 'import urllib.request; urllib.request.urlopen(\"http://localhost:8080/health\")'", "interval_seconds": 30}
}`,
	"service/Dockerfile": "FROM python:3.12-slim\n",
	"service/main.py":    "@app.get(\"/health\")\ndef health():\n    return {}\n",
}

// archived returns the archive of uploadable, as `package` makes it, with files changed or added.
func archived(t *testing.T, changes map[string]string) []byte {
	t.Helper()
	dir := t.TempDir()
	for _, files := range []map[string]string{uploadable, changes} {
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	output := filepath.Join(t.TempDir(), "alerts-1.0.0.nspkg")
	if _, err := nspkg.Write(t.Context(), nspkg.Options{Dir: dir, Output: output}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// zipped is an archive of uploadable and more, as another program makes it.
func zipped(t *testing.T, entries ...zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(header zip.FileHeader, text string) {
		out, err := w.CreateHeader(&header)
		if err == nil {
			_, err = io.WriteString(out, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range uploadable {
		add(zip.FileHeader{Name: name, Method: zip.Deflate}, text)
	}
	for _, header := range entries {
		text := "x"
		if header.Comment != "" {
			text, header.Comment = header.Comment, ""
		}
		add(header, text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// linked is the header of a symbolic link.
func linked(name string) zip.FileHeader {
	h := zip.FileHeader{Name: name}
	h.SetMode(fs.ModeSymlink | 0o777)
	return h
}

// form is a multipart form with the package in a field of that name.
func form(t testing.TB, field string, data []byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, "alerts-1.0.0.nspkg")
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// receiver is a Controller with a storage in a folder of its own.
func receiver(t *testing.T) (c *Controller, outside, storage string) {
	t.Helper()
	outside = t.TempDir()
	storage = filepath.Join(outside, "data", "plugins")
	c = New(Options{Storage: storage})
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, outside, storage
}

func adminToken(t testing.TB, c *Controller) string {
	t.Helper()
	token, err := c.UserToken(c.Orgs()[0])
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// post uploads a body.
func post(c *Controller, token, contentType string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, uploadPath, body)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	return w
}

// refusal is what an answer says about why not.
type refusal struct {
	Code, Message string
	Status        int
	Details       struct {
		Trick    nspkg.Trick
		Score    *struct{ Passed int }
		Findings []struct{ Rule string }
	}
}

func refusalOf(t *testing.T, w *httptest.ResponseRecorder) refusal {
	t.Helper()
	var body struct{ Error refusal }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if body.Error.Status != w.Code || body.Error.Message == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	return body.Error
}

// filesBelow are all files and folders below dir, slash-separated.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	if err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		if name != "." {
			names = append(names, name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestUploadedPluginIsStoredUnderItsName(t *testing.T) {
	c, outside, storage := receiver(t)
	for i, version := range []string{"1.0.0", "1.1.0"} {
		changes := map[string]string{"manifest.json": strings.ReplaceAll(uploadable["manifest.json"], "1.0.0", version)}
		if i == 0 {
			changes["only-in-the-first"] = "x"
		}
		body, kind := form(t, "file", archived(t, changes))
		w := post(c, adminToken(t, c), kind, bytes.NewReader(body))
		if w.Code != http.StatusCreated || w.Body.String() != `{"name":"alerts","version":"`+version+`","display_name":"Alerts","enabled":false}` {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		stored, err := os.ReadFile(filepath.Join(storage, "alerts", "manifest.json"))
		if err != nil || string(stored) != changes["manifest.json"] {
			t.Errorf("%v: %s", err, stored)
		}
	}
	want := []string{"data", "data/plugins", "data/plugins/alerts", "data/plugins/alerts/manifest.json", "data/plugins/alerts/service", "data/plugins/alerts/service/Dockerfile", "data/plugins/alerts/service/main.py"}
	if got := filesBelow(t, outside); !slices.Equal(got, want) {
		t.Errorf("there is %v, want %v", got, want)
	}
}

func TestHostilePackagesAreRefusedWithTheReadersReason(t *testing.T) {
	good := archived(t, nil)
	tests := []struct {
		name   string
		data   []byte
		status int
		trick  nspkg.Trick
	}{
		{"traversal", zipped(t, zip.FileHeader{Name: "../../escaped"}), 422, nspkg.PathTraversal},
		{"absolute path", zipped(t, zip.FileHeader{Name: "/tmp/escaped"}), 422, nspkg.AbsolutePath},
		{"drive", zipped(t, zip.FileHeader{Name: "C:/escaped"}), 422, nspkg.DrivePath},
		{"backslashes", zipped(t, zip.FileHeader{Name: `..\escaped`}), 422, nspkg.Backslash},
		{"another machine", zipped(t, zip.FileHeader{Name: "//server/share/escaped"}), 422, nspkg.UNCPath},
		{"symbolic link", zipped(t, linked("link")), 422, nspkg.SymbolicLink},
		{"a file through a link", zipped(t, linked("link"), zip.FileHeader{Name: "link/escaped"}), 422, nspkg.SymbolicLink},
		{"second manifest", zipped(t, zip.FileHeader{Name: "manifest.json"}), 422, nspkg.DuplicateName},
		{"manifest in capitals", zipped(t, zip.FileHeader{Name: "MANIFEST.JSON"}), 422, nspkg.CaseCollision},
		{"device of Windows", zipped(t, zip.FileHeader{Name: "nul.txt"}), 422, nspkg.DeviceName},
		{"bomb", zipped(t, zip.FileHeader{Name: "bomb", Method: zip.Deflate, Comment: strings.Repeat("\x00", 30<<20)}), 422, nspkg.RatioTooHigh},
		{"something in front of it", slices.Concat([]byte("#!/bin/sh\n"), good), 422, nspkg.PrependedData},
		{"something behind it", slices.Concat(good, []byte("more")), 422, nspkg.TrailingData},
		{"another content than declared", bytes.Replace(zipped(t, zip.FileHeader{Name: "a", Comment: "declared"}), []byte("declared"), []byte("replaced"), 1), 422, nspkg.Checksum},
		{"cut off", good[:len(good)/2], 400, nspkg.NotAnArchive},
		{"no archive", []byte("hello"), 400, nspkg.NotAnArchive},
		{"nothing", nil, 400, nspkg.NotAnArchive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, outside, _ := receiver(t)
			body, kind := form(t, "file", tt.data)
			w := post(c, adminToken(t, c), kind, bytes.NewReader(body))
			if r := refusalOf(t, w); w.Code != tt.status || r.Details.Trick != tt.trick || r.Code != "INVALID_PACKAGE" {
				t.Errorf("%d %s; want %d %s", w.Code, w.Body, tt.status, tt.trick)
			}
			if got := filesBelow(t, outside); !slices.Equal(got, []string{"data", "data/plugins"}) {
				t.Errorf("left behind: %v", got)
			}
			if _, err := os.Stat("/tmp/escaped"); err == nil {
				t.Error("/tmp/escaped was written")
			}
		})
	}
}

func TestUploadOfAPluginThatIsNotInOrderTellsWhatIsWrong(t *testing.T) {
	c, outside, storage := receiver(t)
	body, kind := form(t, "file", archived(t, nil))
	if w := post(c, adminToken(t, c), kind, bytes.NewReader(body)); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	before := filesBelow(t, outside)
	body, kind = form(t, "file", archived(t, map[string]string{"manifest.json": strings.Replace(uploadable["manifest.json"], "0.5", "64", 1)}))
	w := post(c, adminToken(t, c), kind, bytes.NewReader(body))
	if r := refusalOf(t, w); w.Code != 422 || r.Code != "INVALID_MANIFEST" || r.Details.Score == nil || len(r.Details.Findings) == 0 || r.Details.Findings[0].Rule != "NSP2032" || !strings.Contains(r.Message, "cpu_limit") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	stored, err := os.ReadFile(filepath.Join(storage, "alerts", "manifest.json"))
	if err != nil || string(stored) != uploadable["manifest.json"] || !slices.Equal(filesBelow(t, outside), before) {
		t.Errorf("the plugin that was there is another: %v\n%s", err, stored)
	}
}

func TestUploadsThatAreNoneAreRefused(t *testing.T) {
	body, kind := form(t, "file", archived(t, nil))
	other, otherKind := form(t, "package", archived(t, nil))
	c, outside, _ := receiver(t)
	c.uploads.limit = int64(len(body)) - 10 // the form around the package is larger
	admin := adminToken(t, c)
	service, err := c.MintServiceToken("alerts", c.Orgs()[0].ID, []string{"read_devices"})
	if err != nil {
		t.Fatal(err)
	}
	guest := &claims{RegisteredClaims: c.registered("guest"), OrgID: c.Orgs()[0].ID, TokenType: typeAccess, Roles: []string{"viewer"}}
	guest.Audience = []string{audience}
	viewer, err := c.sign(guest)
	if err != nil {
		t.Fatal(err)
	}
	boundary := strings.TrimPrefix(kind, "multipart/form-data; boundary=")
	twice := slices.Concat(body[:len(body)-len("--"+boundary+"--\r\n")], body)
	many := slices.Concat(bytes.Repeat([]byte("--"+boundary+"\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n"), maxFields), body)
	large, largeKind := form(t, "file", make([]byte, c.uploads.limit+1))
	tests := []struct {
		name, token, kind string
		body              []byte
		status            int
		code              string
	}{
		{"no token", "", kind, body, 401, "INVALID_TOKEN"},
		{"a plugin's token", service, kind, body, 401, "INVALID_TOKEN"},
		{"a user who is no administrator", viewer, kind, body, 403, "FORBIDDEN"},
		{"the archive itself", admin, "application/octet-stream", body, 400, "INVALID_UPLOAD"},
		{"no type", admin, "", body, 400, "INVALID_UPLOAD"},
		{"a form without its boundary", admin, "multipart/form-data", body, 400, "INVALID_UPLOAD"},
		{"another boundary", admin, "multipart/form-data; boundary=x", body, 400, "INVALID_UPLOAD"},
		{"another field", admin, otherKind, other, 400, "INVALID_UPLOAD"},
		{"two packages", admin, kind, twice, 400, "INVALID_UPLOAD"},
		{"an empty body", admin, kind, nil, 400, "INVALID_UPLOAD"},
		{"half of the package", admin, kind, body[:len(body)/2], 400, "INVALID_UPLOAD"},
		{"a form whose end is missing", admin, kind, body[:len(body)-len(boundary)-8], 400, "INVALID_UPLOAD"},
		{"many fields", admin, kind, many, 400, "INVALID_UPLOAD"},
		{"a package that is too large", admin, largeKind, large, 413, "PACKAGE_TOO_LARGE"},
	}
	for _, tt := range tests {
		for _, announced := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, length announced: %t", tt.name, announced), func(t *testing.T) {
				var reader io.Reader = bytes.NewReader(tt.body)
				if !announced {
					reader = struct{ io.Reader }{reader}
				}
				w := post(c, tt.token, tt.kind, reader)
				if r := refusalOf(t, w); w.Code != tt.status || r.Code != tt.code {
					t.Errorf("%d %s; want %d %s", w.Code, w.Body, tt.status, tt.code)
				}
				for _, left := range filesBelow(t, outside) {
					if left != "data" && left != "data/plugins" {
						t.Errorf("left behind: %s", left)
					}
				}
			})
		}
	}
	if w := post(c, admin, kind, bytes.NewReader(body)); w.Code != http.StatusCreated {
		t.Errorf("the same Controller takes no good one any more: %d %s", w.Code, w.Body)
	}
	r := httptest.NewRequest(http.MethodGet, uploadPath, nil)
	w := httptest.NewRecorder()
	if c.Handler().ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("GET: %d %s", w.Code, w.Body)
	}
	if w := post(New(Options{}), "", kind, bytes.NewReader(body)); w.Code != http.StatusUnauthorized {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	bare := New(Options{})
	if w := post(bare, adminToken(t, bare), kind, bytes.NewReader(body)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestUploadThatAnnouncesTooMuchIsRefusedUnread(t *testing.T) {
	c, outside, _ := receiver(t)
	_, kind := form(t, "file", nil)
	body := &counted{}
	r := httptest.NewRequest(http.MethodPost, uploadPath, body)
	r.ContentLength = nspkg.MaxSize + maxForm + 1
	r.Header.Set("Authorization", "Bearer "+adminToken(t, c))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	if got := refusalOf(t, w); w.Code != 413 || got.Code != "PACKAGE_TOO_LARGE" || body.reads > 0 || len(filesBelow(t, outside)) > 0 {
		t.Errorf("%d %s after %d reads, %v", w.Code, w.Body, body.reads, filesBelow(t, outside))
	}
}

// counted is a body without an end that counts how often it is read.
type counted struct{ reads int }

func (b *counted) Read(p []byte) (int, error) {
	b.reads++
	return len(p), nil
}

func TestUploadThatBreaksOffLeavesNothing(t *testing.T) {
	body, kind := form(t, "file", archived(t, nil))
	for _, part := range []int{0, 1, len(body) / 2, len(body) - 1} {
		c, outside, _ := receiver(t)
		done := make(chan Exchange, 1)
		c.onExchange = func(x Exchange) { done <- x }
		server := httptest.NewServer(c.Handler())
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", uploadPath, adminToken(t, c), kind, len(body))
		if _, err := conn.Write(body[:part]); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		if x := <-done; x.Status < 400 || x.Plugin != "" {
			t.Errorf("%d of %d bytes: %+v", part, len(body), x)
		}
		server.Close()
		for _, left := range filesBelow(t, outside) {
			if left != "data" && left != "data/plugins" {
				t.Errorf("%d of %d bytes: left behind is %s", part, len(body), left)
			}
		}
	}
}

func TestUploadsAtOnceAllEndWhole(t *testing.T) {
	c, _, storage := receiver(t)
	server := httptest.NewServer(c.Handler())
	defer server.Close()
	body, kind := form(t, "file", archived(t, nil))
	token := adminToken(t, c)
	failures := make(chan error)
	const uploads = 12
	for range uploads {
		go func() {
			r, err := http.NewRequest(http.MethodPost, server.URL+uploadPath, bytes.NewReader(body))
			if err != nil {
				failures <- err
				return
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", kind)
			w, err := http.DefaultClient.Do(r)
			if err == nil {
				defer w.Body.Close()
				if w.StatusCode != http.StatusCreated {
					err = fmt.Errorf("status %s", w.Status)
				}
			}
			failures <- err
		}()
	}
	for range uploads {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(storage)
	if err != nil || len(entries) != 1 || entries[0].Name() != "alerts" {
		t.Errorf("%v, %v", entries, err)
	}
}
