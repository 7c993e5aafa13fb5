package studio

import (
	"strings"
	"testing"
)

func TestSecretsOfTheRunAreMasked(t *testing.T) {
	s := &Session{}
	const token, password, access = "eyJ.service.token", "PASSWORD26", "eyJ.access.token"
	if got := s.clean("before a run " + token); got != "before a run "+token {
		t.Errorf("without a run: %q", got)
	}
	s.mask(token, password, []OrgToken{{Token: access}})
	for _, text := range []string{
		"token " + token,
		"postgres://role:" + password + "@db:5432/netstacks",
		"Authorization: Bearer " + access + "\x1b[0m",
		"split by an escape sequence eyJ.serv\x1b[31mice.token",
		strings.Repeat("x", maxLineRunes-5) + token,
	} {
		got := s.clean(text)
		for _, part := range []string{token, password, access, "eyJ"} {
			if strings.Contains(got, part) {
				t.Errorf("%q keeps %q", got[max(len(got)-80, 0):], part)
			}
		}
	}
}
