package studio

import "strings"

// masked stands where a secret stood.
const masked = "••••••"

// mask hides the secrets of a run from now on: the service token, the database
// password and the organisations' access tokens. Plugins print them, in a
// traceback or a dump of their environment.
func (s *Session) mask(token, password string, orgs []OrgToken) {
	pairs := []string{token, masked, password, masked}
	for _, o := range orgs {
		pairs = append(pairs, o.Token, masked)
	}
	s.masks.Store(strings.NewReplacer(pairs...))
}

// clean makes a line of foreign text harmless to a terminal and hides secrets in it.
func (s *Session) clean(text string) string {
	r := s.masks.Load()
	if r == nil {
		return CleanLine(text)
	}
	// Before, because a long line is cut and half a token is a secret too; and
	// after, because an escape sequence can stand inside one.
	return r.Replace(CleanLine(r.Replace(text)))
}
