package controller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// pluginAnswerTimeout bounds the wait for the header of a plugin's answer; the
// body may take any time.
const pluginAnswerTimeout = 2 * time.Minute

// statusClientGone is recorded when the client left before the answer.
const statusClientGone = 499

// attachment is a plugin that requests can be proxied to.
type attachment struct {
	manifest  *manifest.Manifest
	host      string // what the plugin sees as Host: the name it has on the plugin network
	transport *http.Transport
}

func newAttachment(m *manifest.Manifest, dial func(context.Context) (net.Conn, error)) *attachment {
	return &attachment{
		manifest: m,
		host:     net.JoinHostPort("netstacks-plugin-"+m.Name, strconv.Itoa(m.Port)),
		transport: &http.Transport{
			DialContext:           func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
			MaxIdleConns:          256,
			MaxIdleConnsPerHost:   256,
			IdleConnTimeout:       90 * time.Second,
			ResponseHeaderTimeout: pluginAnswerTimeout,
			DisableCompression:    true,
		},
	}
}

// close drops idle connections. It does nothing for nil.
func (a *attachment) close() {
	if a != nil {
		a.transport.CloseIdleConnections()
	}
}

// serveProxy answers /api/plugins/<rest> for a signed-in user. The plugin's
// user interface (…/ui/*) takes the same way.
func (c *Controller) serveProxy(w http.ResponseWriter, r *http.Request, rest string, x *Exchange) {
	escapedName, _, _ := strings.Cut(rest, "/")
	name, err := url.PathUnescape(escapedName)
	if err != nil {
		name = escapedName
	}
	x.Plugin = name
	user, err := c.user(r)
	if err != nil {
		x.Decision = DecisionUnauthenticated
		refuseUser(w, err)
		return
	}
	x.Decision = DecisionAllowed
	a := c.plugin(name)
	if a == nil {
		publicError(w, http.StatusNotFound, "PLUGIN_NOT_FOUND", fmt.Sprintf("no plugin %.60q is enabled; is it running, and is the name spelt as in its manifest?", name))
		return
	}
	path := strings.TrimPrefix(rest, escapedName)
	if path == "" {
		path = "/"
	}
	proxy := httputil.ReverseProxy{
		Transport:  a.transport,
		BufferPool: copyBuffers,
		ErrorLog:   discard,
		Rewrite: func(pr *httputil.ProxyRequest) {
			a.aim(pr.Out.URL, path, pr.In.URL.RawQuery, user.OrgID)
			pr.Out.Host = a.host
			pr.Out.Trailer = nil
			setOrgHeader(pr.Out.Header, user.OrgID)
		},
		ModifyResponse: func(resp *http.Response) error { a.adopt(resp.Header); return nil },
		ErrorHandler:   a.unreachable,
	}
	proxy.ServeHTTP(w, r)
}

// aim points a URL at the plugin's own path.
func (a *attachment) aim(u *url.URL, escapedPath, rawQuery, orgID string) {
	u.Scheme, u.Host = "http", a.host
	u.Path, u.RawPath = escapedPath, ""
	if path, err := url.PathUnescape(escapedPath); err == nil {
		u.Path, u.RawPath = path, escapedPath
	}
	u.RawQuery, u.ForceQuery = withOrg(rawQuery, orgID), false
}

// setOrgHeader makes X-Org-Id the caller's, whatever the client sent. Spelling
// variants go too: many servers turn X_Org_Id into the same variable. The
// user's token stays with the Controller: a plugin has a token of its own.
func setOrgHeader(h http.Header, orgID string) {
	for name := range h {
		if strings.EqualFold(strings.ReplaceAll(name, "_", "-"), "X-Org-Id") {
			delete(h, name)
		}
	}
	h.Del("Authorization")
	h.Set("X-Org-Id", orgID)
}

// withOrg returns a query in which org_id is given exactly once and is the
// caller's. Other fields keep their bytes and order, except that a semicolon,
// which some servers take for a separator, is encoded.
func withOrg(rawQuery, orgID string) string {
	var b strings.Builder
	for field := range strings.SplitSeq(rawQuery, "&") {
		if field == "" || namesOrg(field) {
			continue
		}
		b.WriteString(strings.ReplaceAll(field, ";", "%3B"))
		b.WriteByte('&')
	}
	b.WriteString("org_id=")
	b.WriteString(url.QueryEscape(orgID))
	return b.String()
}

// namesOrg reports whether any server could take a query field for org_id:
// in any case, percent-encoded, as a list (org_id[]) or cut at a zero byte.
func namesOrg(field string) bool {
	name, _, _ := strings.Cut(field, "=")
	name = unescapeLeniently(name)
	if i := strings.IndexAny(name, "[\x00"); i >= 0 {
		name = name[:i]
	}
	return strings.EqualFold(strings.TrimSpace(name), "org_id")
}

// unescapeLeniently decodes a query name and keeps malformed escapes as they
// are, like most servers and unlike url.QueryUnescape.
func unescapeLeniently(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s):
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err == nil {
				b = append(b, byte(n))
				i += 2
				continue
			}
			fallthrough
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

// adopt makes a plugin's answer one of the Controller's: a redirect to the
// plugin leads to its base path, which is where a browser can reach it, and
// the Controller alone says which origins may read the answer.
func (a *attachment) adopt(h http.Header) {
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			delete(h, name)
		}
	}
	location := h.Get("Location")
	if location == "" {
		return
	}
	u, err := url.Parse(location)
	base := "/api/plugins/" + a.manifest.Name
	rooted := u != nil && u.Host == "" && u.Scheme == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, base+"/")
	if err != nil || u.Host != a.host && !rooted {
		return
	}
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	to := base + path
	if u.RawQuery != "" {
		to += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		to += "#" + u.EscapedFragment()
	}
	h.Set("Location", to)
}

// unreachable answers when the plugin gave no answer.
func (a *attachment) unreachable(w http.ResponseWriter, r *http.Request, err error) {
	var late net.Error
	switch {
	case r.Context().Err() != nil:
		w.WriteHeader(statusClientGone) // nobody reads it; the record does
	case errors.As(err, &late) && late.Timeout():
		publicError(w, http.StatusGatewayTimeout, "PLUGIN_TIMEOUT", fmt.Sprintf("plugin %q did not begin to answer in time; look at its log", a.manifest.Name))
	default:
		publicError(w, http.StatusBadGateway, "PLUGIN_UNAVAILABLE", fmt.Sprintf("plugin %q gave no answer (%v); is its process running, and does it listen on 0.0.0.0, port %d?", a.manifest.Name, rootCause(err), a.manifest.Port))
	}
}

// rootCause strips what every layer of dialling says again about the address.
func rootCause(err error) error {
	var op *net.OpError
	for errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return err
}

// discard takes what the proxy would log about broken copies; the terminal it
// would write to may be in use, and the exchange tells the status.
var discard = log.New(io.Discard, "", 0)

// copyBuffers lends the proxy its copy buffers.
var copyBuffers = bufferPool{&sync.Pool{New: func() any { return new([32 << 10]byte) }}}

type bufferPool struct{ pool *sync.Pool }

func (p bufferPool) Get() []byte  { return p.pool.Get().(*[32 << 10]byte)[:] }
func (p bufferPool) Put(b []byte) { p.pool.Put((*[32 << 10]byte)(b)) }
