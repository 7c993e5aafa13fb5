package panel

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// What a Client uses where its field is zero. The Terminal waits as long.
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 8 << 20 // bytes
)

// excerptLength is how much of a failed answer a StatusError keeps, in characters.
const excerptLength = 200

// maxErrorBody is how much of a failed answer is read, in bytes.
const maxErrorBody = 8 << 10

// Client fetches panels as one user of one Controller. The zero value needs
// BaseURL and Token; it may be copied and used concurrently.
type Client struct {
	HTTP    *http.Client  // http.DefaultClient when nil; it decides which certificates to trust
	BaseURL string        // of the Controller, such as "https://127.0.0.1:3000"
	Token   string        // the user's access token; never part of an error
	OrgID   string        // sent as org_id, as the Terminal does; the Controller goes by the token
	Timeout time.Duration // for the whole fetch; DefaultTimeout when 0
	MaxBody int64         // bytes after decompression; DefaultMaxBody when 0
}

// StatusError is an answer outside 200 to 299.
type StatusError struct {
	Status int
	Body   string // the first 200 characters, control characters as spaces
	Said   string // the message in the body, when it has one of the usual shapes; else ""
}

// Error begins with the words the Terminal shows after "Error: ".
func (e *StatusError) Error() string {
	s := fmt.Sprintf("Request failed with status code %d", e.Status)
	switch {
	case e.Said != "":
		s += ": " + e.Said
	case e.Body != "":
		s += ": " + e.Body
	}
	return s
}

// HTMLError is a web page where rows were expected.
type HTMLError struct{ ContentType string }

// Error says what usually leads to a web page.
func (e *HTMLError) Error() string {
	return "the endpoint answered HTML, not JSON; is the path right?"
}

// LimitError is an answer too large to draw; reading stopped at the limit.
type LimitError struct {
	Limit int64
	Unit  string // "bytes" or "cells"
}

// Error names the limit and the way out.
func (e *LimitError) Error() string {
	limit := fmt.Sprintf("%d %s", e.Limit, e.Unit)
	if e.Unit == "bytes" && e.Limit%(1<<20) == 0 {
		limit = fmt.Sprintf("%d MiB", e.Limit>>20)
	}
	return "the answer is larger than " + limit + "; let the endpoint answer fewer rows (a limit or a page)"
}

// TimeoutError is an endpoint that did not finish its answer in time.
type TimeoutError struct{ After time.Duration }

// Error names how long was waited.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("no complete answer within %s; is the endpoint waiting for something?", e.After)
}

// Timeout reports true, as net.Error asks.
func (e *TimeoutError) Timeout() bool { return true }

// Fetch gets a panel's rows: GET <BaseURL>/api/plugins/<plugin><data_endpoint>
// with org_id added, at most one answer, bounded in time and size.
//
// Errors are *StatusError, *HTMLError, *LimitError, *SyntaxError,
// *TimeoutError, the context's own error, or a failure to connect.
func (c Client) Fetch(ctx context.Context, plugin string, p manifest.Panel) (Table, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	started := time.Now()
	t, err := c.fetch(bounded, plugin, p)
	if err != nil {
		return Table{}, explain(ctx, bounded, timeout, err)
	}
	t.Took = time.Since(started)
	return t, nil
}

// explain turns the many faces of a cancelled or late request into one.
func explain(caller, bounded context.Context, timeout time.Duration, err error) error {
	var net interface{ Timeout() bool }
	var status *StatusError
	switch {
	case errors.As(err, &status):
		return err // an answer is an answer, however slow its body
	case caller.Err() != nil:
		return fmt.Errorf("fetching the panel: %w", caller.Err())
	case bounded.Err() != nil, errors.As(err, &net) && net.Timeout():
		return &TimeoutError{After: timeout}
	}
	var wrapped *url.Error // repeats the method and the whole URL
	if errors.As(err, &wrapped) {
		return fmt.Errorf("reaching the Controller: %w", wrapped.Err)
	}
	return err
}

func (c Client) fetch(ctx context.Context, plugin string, p manifest.Panel) (Table, error) {
	target, err := c.target(plugin, p.DataEndpoint)
	if err != nil {
		return Table{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return Table{}, fmt.Errorf("data_endpoint %q does not make a URL below %s; correct it in the manifest", p.DataEndpoint, c.BaseURL)
	}
	req.Header.Set("Accept", "application/json, text/plain, */*")
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := c.client().Do(req)
	if err != nil {
		return Table{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := c.body(resp)
	if err != nil {
		return Table{}, err
	}
	t, err := tableOf(body, p.Columns)
	t.Bytes, t.Status = len(body), resp.StatusCode
	return t, err
}

// maxRedirects is how many redirects a fetch follows.
const maxRedirects = 10

// client is the HTTP client, following redirects only within the Controller:
// elsewhere, be it another port or plain HTTP, the user's token has no business.
func (c Client) client() *http.Client {
	var client http.Client
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		first := via[0].URL
		if req.URL.Scheme != first.Scheme || req.URL.Host != first.Host {
			return fmt.Errorf("the endpoint redirects to another server, %s://%s, which the user's token must not reach", req.URL.Scheme, req.URL.Host)
		}
		if len(via) >= maxRedirects {
			return fmt.Errorf("the endpoint redirects more than %d times", maxRedirects)
		}
		return nil
	}
	return &client
}

// target is the URL of an endpoint. Like the Terminal's HTTP client it drops
// a fragment and adds org_id behind whatever query the endpoint already has.
func (c Client) target(plugin, endpoint string) (string, error) {
	if strings.ContainsFunc(endpoint, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		return "", fmt.Errorf("data_endpoint %q holds a control character; remove it from the manifest", endpoint)
	}
	endpoint, _, _ = strings.Cut(endpoint, "#")
	path, query, _ := strings.Cut(endpoint, "?")
	target := strings.TrimRight(c.BaseURL, "/") + "/api/plugins/" + plugin + path
	if c.OrgID != "" {
		if query != "" {
			query += "&"
		}
		query += "org_id=" + url.QueryEscape(c.OrgID)
	}
	if query != "" {
		target += "?" + escapeQuery(query)
	}
	return target, nil
}

// escapeQuery escapes what a browser escapes in a query (WHATWG URL, "query
// percent-encode set") and leaves all else, percent signs included, as it is.
func escapeQuery(q string) string {
	var b strings.Builder
	for _, c := range []byte(q) {
		if c <= ' ' || c >= 0x7F || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// body reads an answer that may be drawn, never more than the limit.
func (c Client) body(resp *http.Response) ([]byte, error) {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// A failed read still leaves the status to report.
		start, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		return nil, &StatusError{Status: resp.StatusCode, Body: excerpt(start), Said: said(start)}
	}
	limit := c.MaxBody
	if limit <= 0 {
		limit = DefaultMaxBody
	}
	if resp.ContentLength > limit {
		return nil, &LimitError{Limit: limit, Unit: "bytes"}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, &LimitError{Limit: limit, Unit: "bytes"}
	}
	if isHTML(resp.Header.Get("Content-Type"), body) {
		return nil, &HTMLError{ContentType: resp.Header.Get("Content-Type")}
	}
	return body, nil
}

// said returns the message of an error answer: the public API's and the
// internal API's shapes (terminal.md, internal-api.md) and FastAPI's.
func said(body []byte) string {
	var public struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &public) == nil && public.Error.Message != "" {
		return oneLine(public.Error.Message)
	}
	var plain struct {
		Error  string `json:"error"`
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(body, &plain) // another shape leaves both empty
	return oneLine(cmp.Or(plain.Error, plain.Detail))
}

func excerpt(body []byte) string {
	s := []rune(oneLine(string(body)))
	return string(s[:min(len(s), excerptLength)])
}

func isHTML(contentType string, body []byte) bool {
	// The media type is returned even when its parameters are malformed.
	media, _, _ := mime.ParseMediaType(contentType)
	return media == "text/html" || media == "application/xhtml+xml" ||
		bytes.HasPrefix(bytes.TrimLeft(decodeUTF8(body), " \t\r\n"), []byte("<"))
}
