package manifest

import (
	"slices"
	"strings"
)

// SecretKind is a kind of secret that texts can be searched for.
type SecretKind struct {
	ID     string   // stable: "github-token"
	What   string   // with its article, for a sentence: "a GitHub token"
	Revoke string   // what to do about one that got out, as an order
	Marks  []string // a text without any of them, as they are written, holds no such secret
	find   func(text string, add func(secretText))
}

// SecretKinds returns the kinds that the manifest is searched for and that are known
// by their shape, wherever they stand (NSP3070).
func SecretKinds() []SecretKind {
	kinds := make([]SecretKind, 0, len(secretFormats)+2)
	for i := range secretFormats {
		f := &secretFormats[i]
		kinds = append(kinds, SecretKind{ID: kindID(f.what), What: f.what, Revoke: f.revoke, Marks: f.marks, find: f.find})
	}
	return append(kinds,
		SecretKind{ID: "address-password", What: "the password of an address", Revoke: "change that password", Marks: []string{"://"}, find: addressSecrets},
		SecretKind{ID: "authorization-header", What: "a token or password for an Authorization header", Revoke: "have its issuer withdraw it", Marks: []string{"uthorization"}, find: headerSecrets},
	)
}

// kindID makes an id of a description: "an AWS access key id" → "aws-access-key-id".
func kindID(what string) string {
	what, _, _ = strings.Cut(what, ",")
	_, what, _ = strings.Cut(what, " ")
	return strings.ReplaceAll(strings.ToLower(what), " ", "-")
}

// Find returns where secrets of this kind stand in a text: start and end of each, in bytes.
func (k SecretKind) Find(text string) [][2]int {
	var found [][2]int
	k.find(text, func(s secretText) { found = append(found, [2]int{s.start, s.end}) })
	return found
}

// HoldsPrivateKey says whether a text holds a private key with its key material.
func HoldsPrivateKey(text string) bool {
	f := &secretFormats[slices.IndexFunc(secretFormats, func(f secretFormat) bool { return f.what == "a private key" })]
	if !strings.Contains(text, f.marks[0]) {
		return false
	}
	found := false
	f.find(text, func(secretText) { found = true })
	return found
}

// SaysSecret says whether a name is one of a secret, as "db_password" and
// "apiToken" are, and "token_url" is not.
func SaysSecret(name string) bool { return saysSecret(name) }

// IsExampleValue says whether a value is none that opens anything: a variable, a
// word that stands for a value, dots and stars.
func IsExampleValue(value string) bool { return isExampleValue(value) }
