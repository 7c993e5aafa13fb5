// Package secrets finds passwords, tokens and private keys in files while they are
// read.
//
// A file is fed in pieces. An automaton looks for the few hundred words that secrets stand
// near; only where one turns up are the rules asked that it belongs to, about the bytes
// around it. So most of a file is looked at once, byte by byte, and memory does not
// grow with its size.
//
// There are three sources of rules: the formats that manifest looks for in a manifest
// (NSP3070); those of gitleaks, a list of services kept by its project, of which
// only the patterns are used, each compiled when it is needed (gitleaks.tsv); and files that
// programs keep credentials in, and names that tell of a secret, in this package.
package secrets

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Finding is a secret in a file.
type Finding struct {
	Path        string `json:"path"`        // as the file was named
	Line        int    `json:"line"`        // from 1
	Column      int    `json:"column"`      // in characters, from 1
	Rule        string `json:"rule"`        // stable: "github-token"
	What        string `json:"what"`        // with its article, for a sentence
	Advice      string `json:"advice"`      // what to do about one that got out, as an order
	Masked      string `json:"masked"`      // its first characters at most
	Fingerprint string `json:"fingerprint"` // of rule, path and secret: the same wherever in the file it stands
}

// fingerprint names a finding without its place.
func fingerprint(rule, path, secret string) string {
	sum := sha256.Sum256([]byte(rule + "\x00" + path + "\x00" + secret))
	return hex.EncodeToString(sum[:6])
}

// mask hides a secret but for what tells one token from another. Short ones, and keys, are hidden whole:
// any part of a password helps who guesses it.
func mask(secret string, shown int) string {
	const dots = "••••••••"
	if len(secret) < 20 {
		return dots
	}
	start := secret[:shown]
	if strings.IndexFunc(start, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return dots
	}
	return start + dots
}
