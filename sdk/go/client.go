package netstacks

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client is the Controller, as this plugin's service token lets it be seen. It is
// made by [New], and safe for use by any number of goroutines.
type Client struct {
	base      *url.URL // of /internal/v1
	timeout   time.Duration
	transport http.RoundTripper
	// places has room for one token for each connection of the pool, or is nil. Calls
	// wait here and not in the transport, where the time of their attempt would run.
	places chan struct{}

	// Both know the token. They are functions, so that no way to print a client
	// shows it, not even as a field of another struct.
	authorize func(http.Header)
	mask      func(string) string
}

// New returns a client that is made of the options and, for what they leave out,
// of the environment (see the documentation of the package). Its errors are
// [*ConfigError], [*ArgumentError] and [*TLSError]. It makes no request.
func New(options ...Option) (*Client, error) {
	s := settings{timeout: defaultTimeout, maxConnections: defaultMaxConnections}
	for _, set := range options {
		set(&s)
	}
	if s.timeout <= 0 {
		return nil, &ArgumentError{"timeout", fmt.Sprintf("%v is no time to wait for an answer", s.timeout)}
	}
	if s.maxConnections < 1 {
		return nil, &ArgumentError{"max_connections", fmt.Sprintf("with %d connections nothing can be asked for", s.maxConnections)}
	}
	base, addressErr := s.base()
	token, tokenErr := s.bearer()
	if err := errors.Join(addressErr, tokenErr); err != nil {
		return nil, err
	}
	transport, places := s.transport, chan struct{}(nil)
	if transport == nil {
		trust, err := trusted()
		if err != nil {
			return nil, err
		}
		transport, places = newTransport(trust, s.maxConnections), make(chan struct{}, s.maxConnections)
	}
	return &Client{
		base: base, timeout: s.timeout, transport: transport, places: places,
		authorize: func(header http.Header) { header.Set("Authorization", "Bearer "+token) },
		mask:      func(text string) string { return strings.ReplaceAll(text, token, "***") },
	}, nil
}

// Close closes the connections that no call uses. The client can go on being used.
func (c *Client) Close() {
	if pool, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		pool.CloseIdleConnections()
	}
}

// String tells where the Controller is.
func (c *Client) String() string {
	if c == nil || c.base == nil {
		return "netstacks.Client(nil)"
	}
	return "netstacks.Client(" + c.mask(c.base.String()) + ")"
}

// Format prints String for every verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }
