package signature

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jedisct1/go-minisign"
)

// Bounds of what unlocking a key may cost: those that minisign itself uses. A
// damaged key must not ask for all memory there is.
const (
	maxOperations = 1 << 25
	maxMemory     = 1 << 30
)

// SecretKey is a minisign secret key.
type SecretKey struct {
	path string
	key  minisign.PrivateKey
}

// ReadSecretKey reads the secret key in a file. It may be locked by a password.
func ReadSecretKey(path string) (*SecretKey, error) {
	text, err := readText(path)
	if err != nil {
		return nil, fmt.Errorf("reading the secret key %s: %w", path, err)
	}
	data, err := payload(text)
	if err != nil || len(data) != secretKeySize {
		return nil, fmt.Errorf("%s is %s, and not a minisign secret key: name the one that `minisign -G` made, minisign.key by default", path, kind(text))
	}
	_, line, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" {
		line = text
	}
	key, err := minisign.NewPrivateKey(strings.TrimSpace(line))
	k := &SecretKey{path: path, key: key}
	switch {
	case err != nil:
		return nil, k.damaged()
	case k.Locked() && (key.KDFOpsLimit > maxOperations || key.KDFMemLimit > maxMemory):
		return nil, k.damaged()
	case !k.Locked():
		return k, k.check()
	}
	return k, nil
}

func (k *SecretKey) damaged() error {
	return fmt.Errorf("the secret key %s is damaged: take it from a backup, or make a new one with `minisign -G`", k.path)
}

// check refuses a key of which the public half is not that of the secret one: what
// it signs gives the secret away.
func (k *SecretKey) check() error {
	seed, public := k.key.SecretKey[:ed25519.SeedSize], k.key.SecretKey[ed25519.SeedSize:]
	if !bytes.Equal(ed25519.NewKeyFromSeed(seed)[ed25519.SeedSize:], public) {
		return k.damaged()
	}
	return nil
}

// ErrWrongPassword says that a password does not unlock a key.
var ErrWrongPassword = errors.New("the password is wrong")

// Locked tells whether a password has to unlock the key first.
func (k *SecretKey) Locked() bool { return k.key.IsEncrypted() }

// Path is where the key was read from.
func (k *SecretKey) Path() string { return k.path }

// Unlock decrypts the key. That takes a second or more and up to 1 GiB, which is what
// makes guessing passwords hard. The error is ErrWrongPassword when it is that.
func (k *SecretKey) Unlock(password string) error {
	if !k.Locked() {
		return nil
	}
	if string(k.key.KDFAlgorithm[:]) != "Sc" {
		return k.damaged()
	}
	if err := k.key.Decrypt(password); err != nil {
		return fmt.Errorf("unlocking the secret key %s: %w", k.path, ErrWrongPassword)
	}
	return k.check()
}

// Public is the public half of an unlocked key.
func (k *SecretKey) Public() PublicKey { return PublicKey{k.key.PublicKey()} }

// Wipe makes memory forget the key, which can sign nothing then.
func (k *SecretKey) Wipe() { k.key.Wipe() }

// Sign signs an archive with an unlocked key and returns the signature's text. The
// same archive and trusted comment give the same text. sum is the SHA-256 that the
// archive must have: nobody may have changed it since it was written.
func (k *SecretKey) Sign(ctx context.Context, archive io.Reader, sum, trusted string) ([]byte, error) {
	if k.Locked() {
		return nil, fmt.Errorf("the secret key %s is locked: unlock it first", k.path)
	}
	d, err := digest(ctx, archive)
	if err != nil {
		return nil, err
	}
	if d.sha256 != sum {
		return nil, errors.New("the archive was changed before it could be signed: package it again")
	}
	// The library hashes files by itself, and closes them before the sum could be compared.
	// What it is given is what a hashed signature signs.
	s, err := k.key.Sign(d.blake2b, minisign.SignOptions{TrustedComment: trusted})
	if err != nil {
		return nil, err
	}
	if message, comment := holds(k.Public().key, s, d.blake2b); !message || !comment {
		return nil, k.damaged()
	}
	s.SignatureAlgorithm = hashed
	return s.Encode(), nil
}

// PublicKey is a minisign public key.
type PublicKey struct{ key minisign.PublicKey }

// ID is the key's identifier, as minisign prints it.
func (k PublicKey) ID() string { return keyID(k.key.KeyId) }

// String is the key as minisign prints it and takes it after -P.
func (k PublicKey) String() string {
	data := append(append(append([]byte{}, k.key.SignatureAlgorithm[:]...), k.key.KeyId[:]...), k.key.PublicKey[:]...)
	return encode(data)
}

// ParsePublicKey reads a public key: the key itself, or what its file holds.
func ParsePublicKey(text string) (PublicKey, error) {
	data, err := payload(text)
	if err != nil || len(data) != publicKeySize || [2]byte(data) != plain {
		return PublicKey{}, fmt.Errorf("it is %s, and not a minisign public key", kind(text))
	}
	key, err := minisign.NewPublicKey(encode(data))
	return PublicKey{key}, err
}

// ReadPublicKey reads the public key in a file.
func ReadPublicKey(path string) (PublicKey, error) {
	text, err := readText(path)
	if err == nil {
		var key PublicKey
		if key, err = ParsePublicKey(text); err == nil {
			return key, nil
		}
	}
	return PublicKey{}, fmt.Errorf("reading the public key %s: %w", path, err)
}
