// Package controller is the local Controller: what a plugin and the Terminal
// meet on an author's machine in place of a NetStacks Controller. It mints
// tokens, serves /internal/v1 to plugins (internal-api.md), and proxies
// /api/plugins/<name>/* into them (plugin-sdk.txt, terminal.md).
//
// It listens nowhere by itself: Handler is served by whoever made it, with
// Server for limits and NewCertificate for TLS. All methods of a Controller
// are safe for concurrent use.
package controller

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// DefaultVersion is what /health and /api/capabilities call the Controller.
const DefaultVersion = "1.0.0-local"

// Org is an organisation: a tenant whose rows a plugin must keep apart.
type Org struct {
	ID   string `json:"id"`   // UUID
	Slug string `json:"slug"` // "acme"
	Name string `json:"name"` // "Acme Networks"
}

// Options are what New needs; the zero value is complete.
type Options struct {
	Secret     []byte           // signs tokens (HS256); random when nil, so that tokens end with the process
	Now        func() time.Time // the clock of tokens and exchanges; time.Now when nil
	Orgs       []Org            // those of the fixtures when nil
	Devices    []Device         // those of the fixtures when nil
	Fixtures   *Fixtures        // what /internal/v1 answers from; the built-in ones when nil
	LLM        LLM              // where chats are forwarded to; answered here when zero
	Version    string           // DefaultVersion when empty
	Storage    string           // folder for uploaded plugins, made when it is needed; uploads are refused when empty
	OnExchange func(Exchange)   // told of every finished request; called concurrently; costs nothing when nil
}

// Controller is one local Controller. Make it with New.
type Controller struct {
	secret     []byte
	now        func() time.Time
	orgs       []Org
	devices    []encodedDevice
	allDevices []byte // JSON of the list without filters
	platform   *platform
	version    string
	onExchange func(Exchange)
	verified   sync.Map // token → *claims, see verify
	uploads    *uploads // nil without a folder for them

	mu       sync.RWMutex
	attached map[string]*attachment // by plugin name
}

// New returns a Controller without plugins. It panics only when the built-in
// fixtures are broken, which a test rules out.
func New(o Options) *Controller {
	c := &Controller{
		secret:     o.Secret,
		now:        o.Now,
		orgs:       o.Orgs,
		version:    o.Version,
		onExchange: o.OnExchange,
		attached:   map[string]*attachment{},
	}
	if o.Storage != "" {
		c.uploads = &uploads{dir: o.Storage, limit: nspkg.MaxSize}
	}
	if c.secret == nil {
		c.secret = make([]byte, 32)
		_, _ = rand.Read(c.secret) // never fails
	}
	if c.now == nil {
		c.now = time.Now
	}
	fixtures := o.Fixtures
	if fixtures == nil {
		fixtures = BuiltInFixtures()
	}
	if c.orgs == nil {
		c.orgs = fixtures.Orgs
	}
	if c.version == "" {
		c.version = DefaultVersion
	}
	devices := o.Devices
	if devices == nil {
		devices = fixtures.Devices
	}
	c.devices = encodeDevices(devices)
	c.allDevices = deviceList(c.devices, deviceFilter{limit: -1})
	c.platform = newPlatform(fixtures, devices, o.LLM, c.now)
	return c
}

// Close lets go of the folder of uploaded plugins, whose content stays, and
// of the knowledge base.
func (c *Controller) Close() error { return errors.Join(c.uploads.close(), c.platform.close()) }

// Orgs returns the organisations, the first being the default one.
func (c *Controller) Orgs() []Org { return slices.Clone(c.orgs) }

// Attach makes a plugin reachable below /api/plugins/<name>/ and lists it in
// /api/capabilities. The dial function opens a connection to the plugin's
// port. A plugin of the same name is replaced. The manifest is kept and must
// not be changed afterwards.
func (c *Controller) Attach(m *manifest.Manifest, dial func(context.Context) (net.Conn, error)) {
	a := newAttachment(m, dial)
	c.mu.Lock()
	old := c.attached[m.Name]
	c.attached[m.Name] = a
	c.mu.Unlock()
	old.close()
}

// Detach makes a plugin unreachable. Requests under way may finish.
func (c *Controller) Detach(name string) {
	c.mu.Lock()
	old := c.attached[name]
	delete(c.attached, name)
	c.mu.Unlock()
	old.close()
}

func (c *Controller) plugin(name string) *attachment {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.attached[name]
}

// plugins returns the attached plugins ordered by name.
func (c *Controller) plugins() []*attachment {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := make([]*attachment, 0, len(c.attached))
	for _, a := range c.attached {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *attachment) int { return strings.Compare(a.manifest.Name, b.manifest.Name) })
	return all
}

// Handler serves everything: /health, /api/capabilities, /api/admin/plugins/upload, /api/plugins/<name>/*
// and /internal/v1/*.
func (c *Controller) Handler() http.Handler { return http.HandlerFunc(c.serve) }

// InternalHandler is what containers reach as https://netstacks-api:3000. Like
// a real Controller it serves everything; tokens decide what a plugin may do.
func (c *Controller) InternalHandler() http.Handler { return c.Handler() }

// route finds who answers. Paths are compared after dot segments were
// resolved, so that none of them leads out of a plugin's base path unseen.
func (c *Controller) route(w http.ResponseWriter, r *http.Request, x *Exchange) {
	path := cleanPath(r.URL.EscapedPath())
	if path == "/internal" || strings.HasPrefix(path, "/internal/") {
		x.Direction = DirectionOut
		c.serveInternal(w, r, path, x)
		return
	}
	if allowOrigin(w, r) {
		return
	}
	rest, isPlugin := strings.CutPrefix(path, "/api/plugins/")
	switch {
	case isPlugin:
		c.serveProxy(w, r, rest, x)
	case path == "/health":
		if onlyGet(w, r) {
			writeJSON(w, http.StatusOK, map[string]string{"status": "healthy", "version": c.version})
		}
	case path == uploadPath:
		c.serveUpload(w, r, x)
	case path == "/api/capabilities":
		c.serveCapabilities(w, r, x)
	default:
		publicError(w, http.StatusNotFound, "NOT_FOUND", "the local Controller has nothing at this path; it serves /internal/v1, /health, /api/capabilities, "+uploadPath+" and /api/plugins/<name>/")
	}
}

// cleanPath resolves dot segments as browsers do (WHATWG URL, "path state"),
// percent-encoded dots included, and leaves every other byte as it is.
func cleanPath(escaped string) string {
	if !strings.Contains(escaped, "/.") && !strings.Contains(escaped, "/%2") {
		return escaped
	}
	in := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	out := make([]string, 0, len(in))
	for i, segment := range in {
		dots := strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
		if dots != "." && dots != ".." {
			out = append(out, segment)
			continue
		}
		if dots == ".." && len(out) > 0 {
			out = out[:len(out)-1]
		}
		if i == len(in)-1 {
			out = append(out, "") // a trailing dot segment names a directory
		}
	}
	return "/" + strings.Join(out, "/")
}

// Server returns a server for a Controller's handler with limits on what a
// client may hold up. Bodies and answers have no time limit, because plugins
// may stream. It logs nothing: a terminal it would write to may be in use.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}
