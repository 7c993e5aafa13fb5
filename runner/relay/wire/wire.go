// Package wire is what the relay and the runner say to each other: yamux over
// the relay container's stdin and stdout, every stream starting with one line.
//
//   - A stream opened by the relay is a TCP connection that a container made to
//     the relay's listening port. Its line is the peer's address.
//   - A stream opened by the runner asks the relay to dial. Its line is the
//     target, "host:port"; the relay answers with one line, StatusOK or the
//     reason why the target could not be reached.
//
// After that, both ends are a plain byte stream with half-close. The direction
// of opening is all that tells the two kinds apart.
package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

// StatusOK is the relay's answer to a dial that succeeded.
const StatusOK = "ok"

// maxLine bounds the first line of a stream, in bytes.
const maxLine = 1024

// Config returns the yamux settings of one end. Only the runner's end sends
// keep-alives: it must notice an engine that went away without a word, while a
// relay that did so too would end whenever the Studio is suspended with Ctrl+Z.
// Neither end gives up on a stream that is not yet accepted, for the same reason.
func Config(keepAlive bool) *yamux.Config {
	c := yamux.DefaultConfig()
	c.EnableKeepAlive = keepAlive
	c.StreamOpenTimeout = 0
	c.LogOutput = io.Discard
	c.KeepAliveInterval = 15 * time.Second
	c.ConnectionWriteTimeout = 30 * time.Second
	if !keepAlive {
		c.ConnectionWriteTimeout = 24 * time.Hour
	}
	return c
}

// Conn is a yamux stream as the standard library expects a connection.
//
// yamux v0.1.2 reports a passed deadline with an error that is Timeout() but
// not Temporary(). crypto/tls keeps such an error for good, so that every
// request after http.Server's background read is aborted would fail; Conn
// reports os.ErrDeadlineExceeded instead.
type Conn struct {
	*yamux.Stream
	remote net.Addr
}

// NewConn wraps a stream. remote is the address to show for the other end.
func NewConn(s *yamux.Stream, remote net.Addr) *Conn { return &Conn{Stream: s, remote: remote} }

// Read reads like net.Conn.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.Stream.Read(b)
	return n, deadline(err)
}

// Write writes like net.Conn.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.Stream.Write(b)
	return n, deadline(err)
}

// CloseWrite tells the other end that nothing more comes; reading goes on.
func (c *Conn) CloseWrite() error { return c.Stream.Close() }

// Close ends the connection in both directions.
func (c *Conn) Close() error {
	err := c.Stream.Close()
	// yamux knows no reset: a deadline in the past frees our own readers.
	_ = c.SetDeadline(time.Unix(1, 0))
	return err
}

// RemoteAddr is the address given to NewConn.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

func deadline(err error) error {
	if errors.Is(err, yamux.ErrTimeout) {
		return os.ErrDeadlineExceeded
	}
	return err
}

// Addr is the address of a TCP end that is known by its text only.
type Addr string

// Network is always "tcp".
func (a Addr) Network() string { return "tcp" }

// String is "host:port".
func (a Addr) String() string { return string(a) }

// WriteLine sends the first line of a stream. Line breaks in it become spaces
// and it is cut at the length that ReadLine accepts.
func WriteLine(w io.Writer, line string) error {
	b := []byte(line)
	if len(b) > maxLine {
		b = b[:maxLine]
	}
	for i, c := range b {
		if c == '\n' || c == '\r' {
			b[i] = ' '
		}
	}
	_, err := w.Write(append(b, '\n'))
	return err
}

// ReadLine reads the first line of a stream and nothing beyond it.
func ReadLine(r io.Reader) (string, error) {
	line := make([]byte, 0, 64)
	for one := make([]byte, 1); len(line) <= maxLine; {
		if _, err := io.ReadFull(r, one); err != nil {
			return "", fmt.Errorf("reading the first line of a relay stream: %w", err)
		}
		if one[0] == '\n' {
			return string(line), nil
		}
		line = append(line, one[0])
	}
	return "", fmt.Errorf("the first line of a relay stream is longer than %d bytes", maxLine)
}

// HalfCloser is a connection whose two directions end separately.
type HalfCloser interface {
	net.Conn
	CloseWrite() error
}

// Pipe joins two connections until both directions have ended, passing on a
// half-close as a half-close. A connection that cannot be read any more ends
// both; one that takes no more may still have an answer, which is waited for.
// Both connections are closed when it returns.
func Pipe(a, b HalfCloser) {
	var group sync.WaitGroup
	one := func(dst, src HalfCloser, ended chan<- struct{}, other <-chan struct{}) {
		to := &writer{conn: dst}
		_, err := io.Copy(to, src)
		close(ended) // nothing more arrives this way
		switch {
		case err == nil:
			_ = dst.CloseWrite()
		case to.refused:
			discard(src, other)
		default:
			// Free the other direction at once; its peer may never speak again.
			_ = a.SetDeadline(time.Unix(1, 0))
			_ = b.SetDeadline(time.Unix(1, 0))
		}
	}
	there, back := make(chan struct{}), make(chan struct{})
	group.Go(func() { one(a, b, there, back) })
	group.Go(func() { one(b, a, back, there) })
	group.Wait()
	_ = a.Close()
	_ = b.Close()
}

// writer tells which end of a copy failed.
type writer struct {
	conn    io.Writer
	refused bool
}

func (w *writer) Write(b []byte) (int, error) {
	n, err := w.conn.Write(b)
	w.refused = err != nil
	return n, err
}

// discard reads what nobody takes any more, so that its sender is not held up,
// until the other direction has ended.
func discard(src HalfCloser, other <-chan struct{}) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, src)
	}()
	<-other
	_ = src.SetReadDeadline(time.Unix(1, 0))
	<-read
}
