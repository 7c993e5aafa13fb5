package netstacks

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// The environment that the Controller makes for a plugin.
const (
	envURL    = "CONTROLLER_API_URL"
	envToken  = "NETSTACKS_SERVICE_TOKEN"
	envCA     = "NETSTACKS_CA_CERT"
	envVerify = "NETSTACKS_TLS_VERIFY"
)

const (
	defaultTimeout        = 30 * time.Second
	defaultMaxConnections = 64
	idleTimeout           = 90 * time.Second
)

// Option is a setting of a client, for [New].
type Option func(*settings)

type settings struct {
	baseURL, token string
	timeout        time.Duration
	maxConnections int
	transport      http.RoundTripper
}

// WithBaseURL says where the Controller is, as an http:// or https:// URL to which
// /internal/v1 is added. "" takes CONTROLLER_API_URL.
func WithBaseURL(address string) Option { return func(s *settings) { s.baseURL = address } }

// WithToken gives the service token. "" takes NETSTACKS_SERVICE_TOKEN.
func WithToken(token string) Option { return func(s *settings) { s.token = token } }

// WithTimeout sets the longest time of one attempt, from its start to the last
// byte of the answer. It is 30 seconds by default.
func WithTimeout(longest time.Duration) Option { return func(s *settings) { s.timeout = longest } }

// WithMaxConnections bounds the connections that are open at the same time. Calls
// beyond wait for a free one, outside of their time-out. It is 64 by default, and
// without effect beside [WithTransport].
func WithMaxConnections(most int) Option { return func(s *settings) { s.maxConnections = most } }

// WithTransport sends requests another way, for instance through one that traces
// them. What NETSTACKS_CA_CERT and NETSTACKS_TLS_VERIFY say is then its own affair.
// The requests that it gets carry the service token.
func WithTransport(transport http.RoundTripper) Option {
	return func(s *settings) { s.transport = transport }
}

// base returns the address of /internal/v1.
func (s *settings) base() (*url.URL, error) {
	given := firstOf(s.baseURL, os.Getenv(envURL))
	if given == "" {
		return nil, &ConfigError{envURL, envURL + " is not set, and no base URL was given: in a plugin's container the Controller sets it", ErrMissingURL}
	}
	base, err := url.Parse(given)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.RawQuery != "" || base.Fragment != "" {
		// The value is not repeated: it may be the token, in the wrong place.
		return nil, &ConfigError{envURL, "the base URL (" + envURL + ") must be an http:// or https:// URL with a host, and without a query", nil}
	}
	base.User = nil
	escaped := strings.TrimRight(base.EscapedPath(), "/") + "/internal/v1"
	return setPath(base, escaped), nil
}

// bearer returns the service token.
func (s *settings) bearer() (string, error) {
	token := s.token
	if strings.TrimSpace(token) == "" {
		token = strings.TrimSpace(os.Getenv(envToken))
	}
	if token == "" {
		return "", &ConfigError{envToken, envToken + " is not set, and no token was given: in a plugin's container the Controller sets it", ErrMissingToken}
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r < '!' || r > '~' }) {
		return "", &ConfigError{envToken, "the service token (" + envToken + ") holds characters that no token has: only visible ASCII is allowed", nil}
	}
	return token, nil
}

// newTransport returns a pool of at most so many connections. It uses no proxy:
// the Controller is on the plugin's own network. It speaks HTTP/1.1 alone, so that
// the bound of the pool is the number of requests under way.
func newTransport(trust *tls.Config, connections int) *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Protocols:           &protocols,
		TLSClientConfig:     trust,
		MaxConnsPerHost:     connections,
		MaxIdleConnsPerHost: connections,
		IdleConnTimeout:     idleTimeout,
	}
}

// firstOf returns the first of two values that is not blank, without the space
// around it.
func firstOf(given, environment string) string {
	if given = strings.TrimSpace(given); given != "" {
		return given
	}
	return strings.TrimSpace(environment)
}

// setPath returns a copy of a URL with another path, which is percent-encoded.
func setPath(base *url.URL, escaped string) *url.URL {
	with := *base
	// What is escaped here can be unescaped.
	with.Path, _ = url.PathUnescape(escaped)
	with.RawPath = escaped
	return &with
}
