package controller

import (
	"net/http"
	"time"
)

// Direction says who called whom, as seen by a plugin.
type Direction string

// The directions of an exchange.
const (
	DirectionIn  Direction = "in"  // a user's request: to a plugin, or to the Controller itself
	DirectionOut Direction = "out" // a plugin's call of /internal/v1
)

// Decision is what the token of a request allowed.
type Decision string

// The decisions.
const (
	DecisionNone            Decision = ""                // nothing was asked of a token
	DecisionAllowed         Decision = "allowed"         // the token holds what the operation needs
	DecisionDenied          Decision = "denied"          // valid, but without the capability: 403
	DecisionUnauthenticated Decision = "unauthenticated" // no, bad or expired token: 401
)

// Exchange is one finished request. It holds no token, header, query or body,
// so that it can be shown and recorded as it is.
type Exchange struct {
	At         time.Time     `json:"at"` // when it began
	Took       time.Duration `json:"took"`
	Direction  Direction     `json:"direction"`
	Plugin     string        `json:"plugin,omitempty"` // asked for, or asking; empty when unknown
	Method     string        `json:"method"`
	Path       string        `json:"path"` // percent-encoded, without the query
	Status     int           `json:"status"`
	Capability string        `json:"capability,omitempty"` // that the operation needs
	Decision   Decision      `json:"decision,omitempty"`
}

// serve answers one request and reports it when somebody listens.
func (c *Controller) serve(w http.ResponseWriter, r *http.Request) {
	x := Exchange{Direction: DirectionIn}
	if c.onExchange == nil {
		c.route(w, r, &x)
		return
	}
	x.At, x.Method, x.Path = c.now(), r.Method, r.URL.EscapedPath()
	started := time.Now()
	recorder := &statusRecorder{ResponseWriter: w}
	defer func() { // also when the proxy gives up on an answer by panicking
		x.Took, x.Status = time.Since(started), recorder.status
		c.onExchange(x)
	}()
	c.route(recorder, r, &x)
}

// statusRecorder remembers the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) WriteHeader(status int) {
	if s.status < http.StatusOK && s.status != http.StatusSwitchingProtocols { // informational ones precede the real one
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets the proxy flush and take over the connection.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }
