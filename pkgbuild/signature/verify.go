package signature

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jedisct1/go-minisign"
)

// Status is what checking a signature gave.
type Status string

// The results of checking a signature.
const (
	Good      Status = "good"
	NotSigned Status = "not signed"
	Bad       Status = "bad"       // it is not that of this archive, or no signature at all
	OtherKey  Status = "other key" // it claims to be made with another key than the one to check with
)

// Verdict is what came of checking a signature.
type Verdict struct {
	Status  Status
	Detail  string // a sentence
	KeyID   string // of the key that the signature claims to be made with; "" when it cannot be read
	Comment string // the trusted comment; of a good signature alone
	SHA256  string // of the archive that was checked; "" when it did not come to that
}

// maxPlain bounds the archives whose plain signature is verified: they have to be in
// memory for that.
const maxPlain = 32 << 20

// Verify checks the signature that lies beside the archive of that name. An error
// says that the archive could not be read.
func Verify(ctx context.Context, archive string, key PublicKey) (Verdict, error) {
	beside := filepath.Base(archive) + Ending
	text, err := readBeside(archive + Ending)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Verdict{Status: NotSigned, Detail: "there is no " + beside + " beside it"}, nil
	case err != nil:
		return Verdict{Status: Bad, Detail: fmt.Sprintf("%s cannot be read: %v", beside, err)}, nil
	}
	s, err := parse(text)
	if err != nil {
		return Verdict{Status: Bad, Detail: fmt.Sprintf("%s is no signature: %v", beside, err)}, nil
	}
	v := Verdict{KeyID: keyID(s.KeyId)}
	if s.KeyId != key.key.KeyId {
		v.Status, v.Detail = OtherKey, fmt.Sprintf("%s claims to be made with the key %s, and it was checked with %s; name the right public key, or do not trust the archive", beside, v.KeyID, key.ID())
		return v, nil
	}
	file, err := os.OpenFile(archive, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return v, cause(err)
	}
	defer file.Close()
	return v, v.judge(ctx, file, beside, s, key)
}

// judge checks whether the signature is that of the archive.
func (v *Verdict) judge(ctx context.Context, archive io.ReadSeeker, beside string, s minisign.Signature, key PublicKey) error {
	d, err := digest(ctx, archive)
	if err != nil {
		return err
	}
	v.SHA256 = d.sha256
	message := d.blake2b
	if s.SignatureAlgorithm == plain {
		if _, err := archive.Seek(0, io.SeekStart); err != nil {
			return cause(err)
		}
		message, err = io.ReadAll(io.LimitReader(archive, maxPlain+1))
		switch {
		case err != nil:
			return cause(err)
		case len(message) > maxPlain:
			v.Status, v.Detail = Bad, fmt.Sprintf("%s is of the old kind (minisign -l), which is verified for archives of up to %d MB: ask for one that was made without -l", beside, maxPlain>>20)
			return nil
		}
	}
	// A hashed signature is a plain one of the digest; the library would want the whole archive to hash.
	s.SignatureAlgorithm = plain
	switch ofMessage, ofComment := holds(key.key, s, message); {
	case !ofMessage:
		v.Status, v.Detail = Bad, fmt.Sprintf("%s is not that of this archive: one of the two was changed, or replaced; do not trust the archive", beside)
	case !ofComment:
		v.Status, v.Detail = Bad, fmt.Sprintf("the trusted comment of %s was changed after it was signed; do not trust it", beside)
	default:
		v.Status, v.Comment = Good, comment(s)
		v.Detail = fmt.Sprintf("made with the key %s; trusted comment: %s", v.KeyID, strings.ReplaceAll(v.Comment, "\t", " "))
	}
	return nil
}

// readBeside reads a signature's file.
func readBeside(path string) (string, error) {
	info, err := os.Stat(path) // to open a pipe may wait
	switch {
	case err != nil:
		return "", cause(err)
	case info.IsDir():
		return "", errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	}
	return readText(path)
}
