package vectors

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// stub is a server that answers as an exchange says. It writes to the sockets
// itself, because no server of the standard library breaks off on demand.
type stub struct {
	t        *testing.T
	url      string
	steps    []Step
	listener net.Listener
	serving  sync.WaitGroup

	mu   sync.Mutex
	next int
	open map[net.Conn]bool
}

func newStub(t *testing.T, steps []Step, certificate *tls.Certificate) *stub {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stub{t: t, url: "http://" + listener.Addr().String(), steps: steps, listener: listener, open: map[net.Conn]bool{}}
	if certificate != nil {
		s.url = "https://" + listener.Addr().String()
		s.listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*certificate}})
	}
	s.serving.Go(s.accept)
	return s
}

func (s *stub) accept() {
	for {
		connection, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[connection] = true
		s.mu.Unlock()
		s.serving.Go(func() {
			s.serve(connection)
			_ = connection.Close()
		})
	}
}

// close ends the server and tells how many steps were used.
func (s *stub) close() int {
	_ = s.listener.Close()
	s.mu.Lock()
	for connection := range s.open {
		_ = connection.Close()
	}
	used := s.next
	s.mu.Unlock()
	s.serving.Wait()
	return used
}

func (s *stub) serve(connection net.Conn) {
	reader := bufio.NewReader(connection)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return // the client has gone, or does not trust the certificate
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		step := s.step()
		if step == nil {
			s.t.Errorf("a request too many: %s %s", request.Method, request.RequestURI)
			return
		}
		s.compare(step, request, body)
		if !s.answer(connection, reader, step) {
			return
		}
	}
}

func (s *stub) step() *Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	if s.next > len(s.steps) {
		return nil
	}
	return &s.steps[s.next-1]
}

// compare tells how a request differs from the step's.
func (s *stub) compare(step *Step, got *http.Request, body []byte) {
	want := step.Request
	path, rawQuery, _ := strings.Cut(got.RequestURI, "?")
	if got.Method != want.Method || path != want.Path {
		s.t.Errorf("got  %s %s\nwant %s %s", got.Method, path, want.Method, want.Path)
	}
	values, err := url.ParseQuery(rawQuery)
	query := map[string]string{}
	for name := range values {
		query[name] = strings.Join(values[name], " and ")
	}
	if err != nil || len(query)+len(want.Query) > 0 && !reflect.DeepEqual(query, want.Query) {
		s.t.Errorf("the query is %q (%v), want %q", query, err, want.Query)
	}
	for name, value := range want.Headers {
		if got := got.Header.Get(name); got != value {
			s.t.Errorf("the header %s is %q, want %q", name, got, value)
		}
	}
	if want.Body == nil {
		if len(body) > 0 {
			s.t.Errorf("the request has a body: %.200s", body)
		}
		return
	}
	var sent any
	if err := json.Unmarshal(body, &sent); err != nil || !reflect.DeepEqual(sent, expand(want.Body)) {
		s.t.Errorf("the body is %.300s (%v), want %.300v", body, err, want.Body)
	}
}

// answer tells whether the connection can take another request.
func (s *stub) answer(to net.Conn, from io.Reader, step *Step) bool {
	response := step.Response
	if response.Fault == "hang" {
		_, _ = from.Read(make([]byte, 1)) // until the client closes
		return false
	}
	if response.Fault == "close" && response.Status == 0 {
		return false
	}
	pause := time.Duration(response.DelayMS) * time.Millisecond
	if response.Fault != "slow" {
		time.Sleep(pause)
	}
	header := http.Header{}
	body := []byte(response.Text)
	if response.JSON != nil {
		body, _ = json.Marshal(value(s.t, response.JSON))
		header.Set("Content-Type", "application/json")
	}
	length := len(body)
	if response.Fault == "close" {
		length += 100
	}
	header.Set("Content-Length", strconv.Itoa(length))
	if response.Status == http.StatusNoContent {
		header.Del("Content-Length")
	}
	for name, text := range response.Headers {
		header.Set(name, s.fill(text))
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n", response.Status, http.StatusText(response.Status))
	var text strings.Builder
	_ = header.Write(&text)
	if _, err := io.WriteString(to, head+text.String()+"\r\n"); err != nil {
		return false
	}
	if response.Fault == "slow" {
		return trickle(to, body, pause)
	}
	_, err := to.Write(body)
	return err == nil && response.Fault == ""
}

// trickle writes a body in ten pieces.
func trickle(to io.Writer, body []byte, pause time.Duration) bool {
	for i := range 10 {
		time.Sleep(pause)
		if _, err := to.Write(body[len(body)*i/10 : len(body)*(i+1)/10]); err != nil {
			return false
		}
	}
	return true
}

// fill replaces the placeholders of a text.
func (s *stub) fill(text string) string {
	date := time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat)
	return strings.NewReplacer("${STUB}", s.url, "${HTTP_DATE+2}", date).Replace(text)
}
