package netstacks

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	retries      = 2 // of a GET; nothing else is ever sent twice
	firstDelay   = 200 * time.Millisecond
	longestDelay = 10 * time.Second
	// largestGuess bounds what is set aside for an answer before it is read.
	largestGuess = 1 << 20
)

// request is one call of the internal API.
type request struct {
	method string
	path   string // percent-encoded, below /internal/v1
	query  url.Values
	body   []byte // JSON, or nil

	// name is what errors call the request: without its query, and the token masked,
	// which somebody may take for an id.
	name string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) success() bool { return a.status >= 200 && a.status <= 299 }

// busy tells whether the Controller may be asked again.
func (a *answer) busy() bool {
	switch a.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// call sends a request, again where that is safe, and returns the success that it
// is answered with.
func (c *Client) call(ctx context.Context, r *request) (*answer, error) {
	r.name = c.mask(r.method + " " + r.path)
	for tries := 0; ; tries++ {
		got, err := c.attempt(ctx, r)
		last := r.method != http.MethodGet || tries == retries
		var wait time.Duration
		switch {
		case err != nil && (last || !passing(err)):
			return nil, err
		case err != nil:
			wait = backOff(tries)
		case last || !got.busy():
			return got, c.refusal(got)
		default:
			wait = delay(tries, got.header.Get("Retry-After"), time.Now())
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, c.ended(ctx, r)
		case <-timer.C:
		}
	}
}

// passing tells whether a failure may be gone the next time.
func passing(err error) bool {
	_, is := err.(*ConnectionError)
	return is
}

// delay returns how long to wait after an answer that says retryAfter.
func delay(tries int, retryAfter string, now time.Time) time.Duration {
	if retryAfter != "" && strings.Trim(retryAfter, "0123456789") == "" {
		seconds, err := strconv.ParseUint(retryAfter, 10, 16)
		if err != nil {
			return longestDelay // so many seconds that they do not fit
		}
		return min(time.Duration(seconds)*time.Second, longestDelay)
	}
	if date, err := http.ParseTime(retryAfter); err == nil {
		return min(max(date.Sub(now), 0), longestDelay)
	}
	return backOff(tries)
}

// backOff returns about 200 ms, then about 400 ms.
func backOff(tries int) time.Duration {
	return time.Duration(float64(firstDelay<<tries) * (0.5 + rand.Float64()))
}

// attempt sends a request once and reads the whole answer.
func (c *Client) attempt(ctx context.Context, r *request) (*answer, error) {
	if c.places != nil {
		select {
		case c.places <- struct{}{}:
			defer func() { <-c.places }()
		case <-ctx.Done():
			return nil, c.ended(ctx, r)
		}
	}
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel() // which also closes a connection that is still busy
	outgoing, err := c.outgoing(within, r)
	if err != nil {
		return nil, &ArgumentError{"request", "it cannot be made"} // unreachable: all parts were checked
	}
	response, err := c.transport.RoundTrip(outgoing)
	if err != nil {
		return nil, c.failure(ctx, within, r, err)
	}
	defer response.Body.Close()
	body, err := read(response)
	if err != nil {
		return nil, c.failure(ctx, within, r, err)
	}
	return &answer{response.StatusCode, response.Header, body}, nil
}

func (c *Client) outgoing(ctx context.Context, r *request) (*http.Request, error) {
	address := setPath(c.base, c.base.EscapedPath()+r.path)
	address.RawQuery = r.query.Encode()
	var body io.Reader = unrepeated{}
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	outgoing, err := http.NewRequestWithContext(ctx, r.method, address.String(), body)
	if err != nil {
		return nil, err
	}
	c.authorize(outgoing.Header)
	outgoing.Header.Set("Accept", "application/json")
	outgoing.Header.Set("User-Agent", "netstacks-sdk-go/"+Version)
	if r.body != nil {
		outgoing.Header.Set("Content-Type", "application/json")
	}
	return outgoing, nil
}

// unrepeated is the empty body of a GET. net/http sends a request whose body it can
// make again once more by itself when a connection that was open already breaks
// off; then there would be more attempts than the contract allows.
type unrepeated struct{}

func (unrepeated) Read([]byte) (int, error) { return 0, io.EOF }

func read(response *http.Response) ([]byte, error) {
	var body bytes.Buffer
	if response.ContentLength > 0 {
		body.Grow(int(min(response.ContentLength, largestGuess)) + bytes.MinRead)
	}
	_, err := body.ReadFrom(response.Body)
	return body.Bytes(), err
}

// failure returns the error of an attempt that got no whole answer.
func (c *Client) failure(ctx, within context.Context, r *request, cause error) error {
	switch {
	case ctx.Err() != nil:
		return c.ended(ctx, r)
	case within.Err() != nil:
		return &TimeoutError{fmt.Sprintf("%s: the Controller at %s gave no whole answer within %v", r.name, c.where(), c.timeout)}
	}
	text := c.mask(cause.Error())
	if text != cause.Error() {
		cause = nil // it tells the token
	}
	if untrusted(cause) {
		return &TLSError{fmt.Sprintf("the certificate of the Controller at %s is not trusted: %s; set %s to the PEM file of the authority that signed it, or %s=false to connect without a check",
			c.where(), text, envCA, envVerify), cause}
	}
	return &ConnectionError{fmt.Sprintf("%s: the Controller at %s cannot be reached: %s", r.name, c.where(), text), cause}
}

// ended returns the error of a call whose context has ended.
func (c *Client) ended(ctx context.Context, r *request) error {
	if ctx.Err() == context.DeadlineExceeded {
		return &TimeoutError{r.name + ": the deadline of the context has passed"}
	}
	cause := context.Cause(ctx)
	return &CanceledError{fmt.Sprintf("%s: %v", r.name, cause), cause}
}

func (c *Client) where() string { return c.base.Scheme + "://" + c.base.Host }
