package controller

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

const (
	issuer = "netstacks-controller"
	// audience and typeAccess are on users' tokens only; together with the
	// capabilities, which only service tokens have, they keep the two kinds apart.
	audience   = "netstacks-api"
	typeAccess = "access"
)

// tokenLifetime is long because the secret lives only as long as the process:
// a run left open over a week-end keeps working.
const tokenLifetime = 30 * 24 * time.Hour

// claims are those of both kinds of token: a service token has org_id and
// capabilities (internal-api.md, "Service token"), a user's access token all
// but the capabilities (terminal.md, "Signing in").
type claims struct {
	jwt.RegisteredClaims
	OrgID        string   `json:"org_id"`
	Capabilities []string `json:"capabilities,omitzero"`
	TokenType    string   `json:"token_type,omitzero"`
	Roles        []string `json:"roles,omitzero"`
	Permissions  []string `json:"permissions,omitzero"`
}

// MintServiceToken returns the token a plugin is started with: a JWT signed
// with HS256 that carries exactly the given capabilities. The wildcard "*" is
// refused, as plugin-sdk.txt ("Capability Declarations") demands.
func (c *Controller) MintServiceToken(plugin, orgID string, capabilities []string) (string, error) {
	if plugin == "" {
		return "", errors.New("minting a service token: the plugin has no name")
	}
	if slices.ContainsFunc(capabilities, func(s string) bool { return strings.TrimSpace(s) == "*" }) {
		return "", errors.New(`minting a service token: the wildcard capability "*" is never granted; list each capability the plugin uses in capabilities_required`)
	}
	return c.sign(&claims{RegisteredClaims: c.registered(plugin), OrgID: orgID, Capabilities: append([]string{}, capabilities...)})
}

// UserToken returns an access token of the built-in user of an organisation,
// who may do everything in it.
func (c *Controller) UserToken(org Org) (string, error) {
	if org.ID == "" {
		return "", errors.New("making an access token: the organisation has no id")
	}
	user := uuid.NewSHA1(uuid.NameSpaceURL, []byte("netstacks:user:"+org.ID)).String()
	access := &claims{RegisteredClaims: c.registered(user), OrgID: org.ID, TokenType: typeAccess, Roles: []string{"admin"}, Permissions: []string{"*"}}
	access.Audience = jwt.ClaimStrings{audience}
	return c.sign(access)
}

func (c *Controller) registered(subject string) jwt.RegisteredClaims {
	now := c.now()
	return jwt.RegisteredClaims{
		Issuer:    issuer,
		Subject:   subject,
		IssuedAt:  jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(tokenLifetime)),
	}
}

func (c *Controller) sign(of *claims) (string, error) {
	s, err := jwt.NewWithClaims(jwt.SigningMethodHS256, of).SignedString(c.secret)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return s, nil
}

// tokenError says why a request has no valid token.
type tokenError struct {
	expired bool
	text    string
}

func (e *tokenError) Error() string { return e.text }

// service verifies the service token of a request.
func (c *Controller) service(r *http.Request) (*claims, error) {
	got, err := c.verify(r)
	if err != nil {
		return nil, err
	}
	if len(got.Audience) > 0 || got.TokenType != "" || got.Capabilities == nil || got.Subject == "" || got.OrgID == "" || got.IssuedAt == nil || got.NotBefore == nil {
		return nil, &tokenError{text: "the token is not a service token; use the one in NETSTACKS_SERVICE_TOKEN"}
	}
	return got, nil
}

// user verifies the access token of a request.
func (c *Controller) user(r *http.Request) (*claims, error) {
	got, err := c.verify(r)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(got.Audience, audience) || got.TokenType != typeAccess || got.OrgID == "" {
		return nil, &tokenError{text: "the token is not a user's access token; sign in to get one"}
	}
	return got, nil
}

// verify checks signature, issuer and times; the kind of token is left to the
// caller, who must not change the claims. A token that verified once is
// remembered, so that only its times are looked at again: this Controller
// signed it, which bounds how many there can be.
func (c *Controller) verify(r *http.Request) (*claims, error) {
	values := r.Header["Authorization"]
	if len(values) == 0 {
		return nil, &tokenError{text: "no token; send the header Authorization: Bearer <token>"}
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return nil, &tokenError{text: "the Authorization header is not one Bearer token"}
	}
	if known, ok := c.verified.Load(token); ok {
		got, now := known.(*claims), c.now()
		if now.Before(got.ExpiresAt.Time) && (got.NotBefore == nil || !now.Before(got.NotBefore.Time)) {
			return got, nil
		}
	}
	got := &claims{}
	_, err := jwt.ParseWithClaims(token, got, func(*jwt.Token) (any, error) { return c.secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer(issuer), jwt.WithExpirationRequired(), jwt.WithTimeFunc(c.now))
	switch {
	case err == nil:
		c.verified.Store(token, got)
		return got, nil
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, &tokenError{expired: true, text: "the token has expired"}
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return nil, &tokenError{text: "the token is not valid yet"}
	}
	return nil, &tokenError{text: "the token is not one of this Controller's"}
}
