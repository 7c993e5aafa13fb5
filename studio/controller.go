package studio

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/netstacks/netstacks-plugin/controller"
)

// LocalController is a Controller that answers on this machine.
type LocalController struct {
	URL   string // https://127.0.0.1:3000
	CAPEM []byte // certificate authority that signed its certificate

	storage    string // folder of uploaded plugins
	controller *controller.Controller
	handler    http.Handler
	cert       tls.Certificate
	host       *hostListener
}

// ControllerOptions are what StartController needs; Listen and Now are.
type ControllerOptions struct {
	Listen   string               // address to answer on
	Now      func() time.Time     // the clock
	Secret   []byte               // signs tokens; random when nil
	Fixtures *controller.Fixtures // what the internal API answers from; the built-in ones when nil
	LLM      controller.LLM       // where chats are forwarded to; answered by the Controller when zero
}

// StartController starts a local Controller that answers over TLS, on a free
// port when the one that was asked for is taken.
func StartController(o ControllerOptions) (*LocalController, error) {
	storage := filepath.Join(os.TempDir(), "netstacks-plugins-"+rand.Text()) // made when it is needed
	c := controller.New(controller.Options{Now: o.Now, Secret: o.Secret, Fixtures: o.Fixtures, LLM: o.LLM, Storage: storage})
	cert, ca, err := controller.NewCertificate("netstacks-api", "localhost", "127.0.0.1", "::1")
	if err != nil {
		return nil, fmt.Errorf("making the Controller's certificate: %w", err)
	}
	l := &LocalController{CAPEM: ca, storage: storage, controller: c, handler: c.Handler(), cert: cert}
	if l.host, err = listenHost(o.Listen, controller.Server(l.handler), cert); err != nil {
		return nil, err
	}
	l.URL = l.host.url
	return l, nil
}

// ServiceToken mints a service token for a plugin of the first organisation
// with exactly these capabilities; "*" is refused.
func (l *LocalController) ServiceToken(plugin string, capabilities []string) (string, error) {
	token, err := l.controller.MintServiceToken(plugin, l.controller.Orgs()[0].ID, capabilities)
	if err != nil {
		return "", fmt.Errorf("minting the service token: %w", err)
	}
	return token, nil
}

// OrgTokens returns the built-in organisations with an access token each.
func (l *LocalController) OrgTokens() ([]OrgToken, error) {
	var tokens []OrgToken
	for _, o := range l.controller.Orgs() {
		access, err := l.controller.UserToken(o)
		if err != nil {
			return nil, fmt.Errorf("minting the access token of %s: %w", o.Slug, err)
		}
		tokens = append(tokens, OrgToken{Org: Org(o), Token: access})
	}
	return tokens, nil
}

// Greeting says where the Controller answers, and why not where it was asked to.
func (l *LocalController) Greeting(asked string) string {
	at := l.URL
	if l.host.everywhere {
		at += ", and on all interfaces of this machine, to whoever reaches them (--listen 127.0.0.1:3000 keeps it here)"
	}
	if l.host.moved {
		return fmt.Sprintf("%s is taken, so the local Controller answers at %s", asked, at)
	}
	return "the local Controller answers at " + at
}

// Close stops answering, and removes the plugins that were uploaded.
func (l *LocalController) Close() error {
	return errors.Join(l.host.close(), l.controller.Close(), os.RemoveAll(l.storage))
}
