package studio

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// hostListener serves the Controller on this machine, so that an author, the
// Terminal and other processes reach the plugin through its proxy.
type hostListener struct {
	url        string
	moved      bool // the port that was asked for is taken
	everywhere bool // it answers on all interfaces
	server     *http.Server
	served     chan struct{}
}

// listenHost serves on addr over TLS; when its port is taken, on a free one.
func listenHost(addr string, server *http.Server, cert tls.Certificate) (*hostListener, error) {
	l, err := net.Listen("tcp", addr)
	moved := errors.Is(err, syscall.EADDRINUSE)
	if moved {
		host, _, splitErr := net.SplitHostPort(addr)
		if splitErr != nil {
			return nil, fmt.Errorf("listening on %s: %w", addr, splitErr)
		}
		l, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("starting the local Controller on %s: %w; name another address with --listen", addr, err)
	}
	h := &hostListener{url: "https://" + reachableAt(l.Addr()), everywhere: isEverywhere(l.Addr()), moved: moved, server: server, served: make(chan struct{})}
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	go func() {
		defer close(h.served)
		_ = server.ServeTLS(l, "", "") // always ErrServerClosed or the listener's end
	}()
	return h, nil
}

// isEverywhere tells whether a listener at addr answers on all interfaces.
func isEverywhere(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsUnspecified()
}

// reachableAt is the address that a client of this machine connects to: that of all interfaces
// is none, and no certificate names it.
func reachableAt(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return addr.String()
}

func (h *hostListener) close() error {
	err := h.server.Close()
	<-h.served
	return err
}

// hostTransport trusts the Controller's own authority and nothing else.
func hostTransport(caPEM []byte) *http.Transport {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(caPEM)
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
}

// HTTPClient returns a client that trusts the running session's Controller.
func (f SessionFile) HTTPClient() *http.Client {
	return &http.Client{Transport: hostTransport([]byte(f.CA))}
}
