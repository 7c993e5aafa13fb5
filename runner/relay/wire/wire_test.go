package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
)

func TestLineIsReadWithoutWhatFollows(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLine(&b, "db:5432"); err != nil {
		t.Fatal(err)
	}
	b.WriteString("payload")
	line, err := ReadLine(&b)
	if err != nil || line != "db:5432" {
		t.Fatalf("got %q, error %v", line, err)
	}
	if b.String() != "payload" {
		t.Errorf("left over: %q", b.String())
	}
}

func TestLineSurvivesHostileText(t *testing.T) {
	for _, text := range []string{"two\nlines\r", strings.Repeat("x", 5000), ""} {
		var b bytes.Buffer
		if err := WriteLine(&b, text); err != nil {
			t.Fatal(err)
		}
		line, err := ReadLine(&b)
		if err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
		if strings.ContainsAny(line, "\r\n") || b.Len() > 0 {
			t.Errorf("%.20q became %.20q with %d bytes left over", text, line, b.Len())
		}
	}
}

func TestReadLineRefusesWhatIsNoLine(t *testing.T) {
	for name, text := range map[string]string{"cut short": "db:54", "endless": strings.Repeat("x", 10000)} {
		if _, err := ReadLine(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// pair returns the two ends of one stream.
func pair(t *testing.T) (a, b *Conn) {
	t.Helper()
	near, far := net.Pipe()
	client, err := yamux.Client(near, Config(false))
	if err != nil {
		t.Fatal(err)
	}
	server, err := yamux.Server(far, Config(true))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.Close()
		_ = server.Close()
	})
	opened, err := client.OpenStream()
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := server.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	return NewConn(opened, Addr("a:1")), NewConn(accepted, Addr("b:2"))
}

func TestPassedDeadlineIsTheStandardError(t *testing.T) {
	a, b := pair(t)
	_ = a.SetReadDeadline(time.Unix(1, 0))
	_, err := a.Read(make([]byte, 1))
	var timeout net.Error
	if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v", err)
	}
	// The connection is as good as before once the deadline is taken away.
	_ = a.SetReadDeadline(time.Time{})
	if _, err := b.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(a, make([]byte, 1)); err != nil {
		t.Errorf("after the deadline was taken away: %v", err)
	}
}

func TestCloseFreesOwnReader(t *testing.T) {
	a, _ := pair(t)
	freed := make(chan error, 1)
	go func() {
		_, err := a.Read(make([]byte, 1))
		freed <- err
	}()
	_ = a.Close()
	select {
	case <-freed:
	case <-time.After(5 * time.Second):
		t.Error("a Read went on after Close although the other end is silent")
	}
}

func TestRemoteAddrIsTheGivenOne(t *testing.T) {
	a, _ := pair(t)
	if got := a.RemoteAddr(); got.String() != "a:1" || got.Network() != "tcp" {
		t.Errorf("got %s %s", got.Network(), got)
	}
}

func TestPipeEndsWhenNeitherEndTakesMore(t *testing.T) {
	near, far := pair(t)
	left, right := pair(t)
	piped := make(chan struct{})
	go func() {
		defer close(piped)
		Pipe(far, left)
	}()
	// What comes in meets a writing side that is shut already.
	_, _ = far.CloseWrite(), left.CloseWrite()
	for _, conn := range []*Conn{near, right} {
		if _, err := conn.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-piped:
	case <-time.After(5 * time.Second):
		t.Error("it went on")
	}
}
