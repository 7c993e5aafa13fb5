// Command relay runs inside the relay container of a session. It joins the
// engine's network with the Studio over its stdin and stdout, so that
// containers reach the local Controller, and the Studio reaches containers,
// without any port opened on a host (package wire has the protocol).
//
// It lives exactly as long as its stdin: when the Studio ends, however it ends,
// the relay ends too, and the engine removes its container.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/netstacks/netstacks-plugin/runner/relay/wire"
)

// dialTimeout bounds one connection attempt on the engine's network.
const dialTimeout = 10 * time.Second

// acceptPause is the wait after a failed accept.
const acceptPause = 50 * time.Millisecond

func main() {
	address := ":3000"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	listener, err := net.Listen("tcp", address)
	if err == nil {
		err = serve(stdio{}, listener)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "relay:", err)
		os.Exit(1)
	}
}

// stdio is the link to the Studio.
type stdio struct{}

func (stdio) Read(b []byte) (int, error)  { return os.Stdin.Read(b) }
func (stdio) Write(b []byte) (int, error) { return os.Stdout.Write(b) }
func (stdio) Close() error                { return os.Stdin.Close() }

// serve relays both ways until the link ends, then closes it and the listener,
// and returns when every connection is finished.
func serve(link io.ReadWriteCloser, listener net.Listener) error {
	session, err := yamux.Client(link, wire.Config(false))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &relay{session: session, ctx: ctx}
	r.group.Go(func() { r.accept(listener) })
	for {
		stream, err := session.AcceptStream()
		if err != nil {
			break
		}
		r.group.Go(func() { r.dial(wire.NewConn(stream, wire.Addr("studio"))) })
	}
	cancel()
	_ = session.Close()
	_ = listener.Close()
	r.group.Wait()
	return nil
}

// relay is one running link.
type relay struct {
	session *yamux.Session
	ctx     context.Context // ends with the link
	group   sync.WaitGroup
}

// accept opens a stream to the Studio for every connection to the listener. A
// failed accept, such as one for want of file descriptors, is tried again.
func (r *relay) accept(listener net.Listener) {
	for r.ctx.Err() == nil {
		conn, err := listener.Accept()
		if err != nil {
			select {
			case <-r.ctx.Done():
			case <-time.After(acceptPause):
			}
			continue
		}
		r.group.Go(func() {
			stream, err := r.session.OpenStream()
			if err != nil {
				_ = conn.Close()
				return
			}
			inward := wire.NewConn(stream, wire.Addr("studio"))
			if err := wire.WriteLine(inward, conn.RemoteAddr().String()); err != nil {
				_ = inward.Close()
				_ = conn.Close()
				return
			}
			r.pipe(inward, conn)
		})
	}
}

// dial connects a stream of the Studio's to the target that it names.
func (r *relay) dial(stream *wire.Conn) {
	target, err := wire.ReadLine(stream)
	if err != nil {
		_ = stream.Close()
		return
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(r.ctx, "tcp", target)
	if err != nil {
		_ = wire.WriteLine(stream, err.Error())
		_ = stream.Close()
		return
	}
	if err := wire.WriteLine(stream, wire.StatusOK); err != nil {
		_ = stream.Close()
		_ = conn.Close()
		return
	}
	r.pipe(stream, conn)
}

// pipe joins a stream with a TCP connection. When the link ends, the stream
// fails by itself, but a silent TCP peer has to be cut off.
func (r *relay) pipe(stream *wire.Conn, conn net.Conn) {
	stop := context.AfterFunc(r.ctx, func() { _ = conn.Close() })
	defer stop()
	wire.Pipe(stream, conn.(*net.TCPConn))
}
