// Package signature signs archives and verifies their signatures, offline and in
// the format of minisign (https://jedisct1.github.io/minisign/): what one writes
// the other reads. A signature lies beside its archive, under the archive's whole
// name and Ending. Texts of errors are for people and name no secret.
package signature

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedisct1/go-minisign"
	"golang.org/x/crypto/blake2b"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Ending follows the archive's name in that of its signature.
const Ending = nspkg.SignatureEnding

// maxText bounds what is read of a key or a signature: minisign itself allows
// comments of 8 KB.
const maxText = 32 << 10

// What the first bytes of a decoded signature say of it.
var (
	plain  = [2]byte{'E', 'd'} // of the message itself: minisign before 0.10, and minisign -l
	hashed = [2]byte{'E', 'D'} // of its BLAKE2b-512 digest
)

// What the decoded text of minisign's files has for lengths.
const (
	publicKeySize = 42
	signatureSize = 74
	secretKeySize = 158
)

// payload returns the decoded second line of a file of minisign's, or the only line.
func payload(text string) ([]byte, error) {
	line, rest, found := strings.Cut(strings.TrimSpace(text), "\n")
	if found && strings.HasPrefix(line, "untrusted comment:") {
		line, _, _ = strings.Cut(rest, "\n")
	}
	return base64.StdEncoding.DecodeString(strings.TrimSpace(line))
}

// kind says what a text is, when it is not what was asked for.
func kind(text string) string {
	data, err := payload(text)
	switch {
	case strings.Contains(text, "-----BEGIN "):
		return "a key of another program (PEM)"
	case err != nil:
	case len(data) == publicKeySize:
		return "a public key"
	case len(data) == signatureSize:
		return "a signature"
	case len(data) == secretKeySize:
		return "a secret key"
	}
	return "not a file of minisign's"
}

func encode(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// readText reads a small file whole. It may be a pipe, so that a key need not lie on a disk.
func readText(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", cause(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxText+1))
	switch {
	case err != nil:
		return "", cause(err)
	case len(data) > maxText:
		return "", fmt.Errorf("it has more than %d bytes", maxText)
	}
	return string(data), nil
}

// cause strips the operation and path from a file error: both are told already.
func cause(err error) error {
	if pathError := (*os.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// keyID is a key's identifier as minisign prints it: without zeros in front.
func keyID(id [8]byte) string { return fmt.Sprintf("%X", binary.LittleEndian.Uint64(id[:])) }

// digests are what is signed of an archive, and the sum that it is known by elsewhere.
type digests struct {
	blake2b []byte
	sha256  string
}

// digest reads an archive to its end.
func digest(ctx context.Context, archive io.Reader) (digests, error) {
	long, err := blake2b.New512(nil)
	if err != nil {
		return digests{}, err
	}
	sum := sha256.New()
	buffer := make([]byte, 128<<10)
	for {
		n, err := archive.Read(buffer)
		long.Write(buffer[:n])
		sum.Write(buffer[:n])
		if errors.Is(err, io.EOF) {
			return digests{long.Sum(nil), hex.EncodeToString(sum.Sum(nil))}, nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return digests{}, cause(err)
		}
	}
}

// parse reads a signature's text.
func parse(text string) (minisign.Signature, error) {
	if !strings.HasPrefix(text, "untrusted comment:") {
		return minisign.Signature{}, errors.New("it is " + kind(text))
	}
	s, err := minisign.DecodeSignature(text)
	switch {
	case err != nil:
		return s, errors.New("it is cut off or damaged")
	case !strings.HasPrefix(s.TrustedComment, "trusted comment: "):
		return s, errors.New("it has no trusted comment")
	case s.SignatureAlgorithm != plain && s.SignatureAlgorithm != hashed:
		return s, fmt.Errorf("its algorithm %q is unknown", s.SignatureAlgorithm[:])
	}
	return s, nil
}

// comment is the trusted comment without what introduces it.
func comment(s minisign.Signature) string {
	return strings.TrimPrefix(s.TrustedComment, "trusted comment: ")
}

// holds tells whether s signs the message, and apart from that whether it signs its
// comment, so that a person learns which of the two was changed.
func holds(key minisign.PublicKey, s minisign.Signature, message []byte) (ofMessage, ofComment bool) {
	both, err := key.Verify(message, s)
	if err == nil && both {
		return true, true
	}
	return ed25519.Verify(key.PublicKey[:], message, s.Signature[:]), false
}
