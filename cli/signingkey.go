package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"github.com/netstacks/netstacks-plugin/pkgbuild/signature"
)

// Environment variables about keys.
const (
	signingKeyName      = "NETSTACKS_SIGNING_KEY"      // path of the secret key
	signingPasswordName = "NETSTACKS_SIGNING_PASSWORD" // of the secret key
	verifyKeyName       = "NETSTACKS_VERIFY_KEY"       // the public key, or the path of its file
)

// minisignFile returns the path of a file where minisign keeps keys.
func (s Streams) minisignFile(name string) (string, error) {
	if dir := s.Getenv("MINISIGN_CONFIG_DIR"); dir != "" {
		return filepath.Join(s.path(dir), name), nil
	}
	for _, variable := range []string{"HOME", "USERPROFILE"} {
		if home := s.Getenv(variable); home != "" {
			return filepath.Join(home, ".minisign", name), nil
		}
	}
	return "", errors.New("$HOME is not set, so that minisign's own folder is unknown")
}

// signingKey returns the path of the secret key to sign with, which must not lie in the
// plugin's folder: what lies there gets into repositories and packages.
func (s Streams) signingKey(named, dir string) (string, error) {
	from := "--key"
	if named == "" {
		named, from = s.Getenv(signingKeyName), "$"+signingKeyName
	}
	if named == "" {
		path, err := s.minisignFile("minisign.key")
		if err != nil {
			return "", usagef("no key to sign with: %w; name one with --key FILE", err)
		}
		named, from = path, "minisign's own"
	}
	path := s.path(named)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", usagef("there is no key to sign with at %s (%s); make one with `minisign -G`, or name another with --key FILE or $%s", named, from, signingKeyName)
	case err != nil:
		return "", usagef("the key to sign with, %s (%s), cannot be read: %w", named, from, statError(err))
	case info.IsDir():
		return "", usagef("the key to sign with, %s (%s), is a folder; name the file in it", named, from)
	case !info.Mode().IsRegular():
		return path, nil // a pipe holds nothing that could get into a package
	}
	inside, err := liesIn(path, dir)
	if err != nil {
		return "", usagef("the key to sign with, %s (%s), cannot be found: %w", named, from, err)
	}
	if inside {
		return "", usagef("the secret key %s lies in the plugin's folder, where it would get into repositories and packages; move it out, such as to ~/.minisign/, and name it there", named)
	}
	return path, nil
}

// verifyKey returns the public key to verify with. What names it is the key itself or a file.
func (s Streams) verifyKey(named string) (signature.PublicKey, error) {
	from := "--public-key"
	if named == "" {
		named, from = s.Getenv(verifyKeyName), "$"+verifyKeyName
	}
	if named == "" {
		path, err := s.minisignFile("minisign.pub")
		if err != nil {
			return signature.PublicKey{}, usagef("no public key to verify with: %w; name one with --public-key", err)
		}
		named, from = path, "minisign's own"
	} else if key, err := signature.ParsePublicKey(named); err == nil {
		return key, nil
	}
	if _, err := os.Stat(s.path(named)); err != nil {
		return signature.PublicKey{}, usagef("no public key to verify with: %s (%s) is neither a key nor a file; name with --public-key the one that its maker published (`minisign -G` leaves minisign.pub in the folder where it ran)", named, from)
	}
	key, err := signature.ReadPublicKey(s.path(named))
	if err != nil {
		return key, usagef("%w (%s); name with --public-key the one that its maker published", err, from)
	}
	return key, nil
}

// liesIn tells whether a file is below a folder, however the two are written.
func liesIn(path, folder string) (bool, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false, err
	}
	return isOrLiesIn(filepath.Dir(real), folder), nil
}

// isOrLiesIn tells whether at, a path without links, is a folder or below it.
func isOrLiesIn(at, folder string) bool {
	there, err := os.Stat(folder)
	if err != nil {
		return false // another error will say so
	}
	for ; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && os.SameFile(info, there) {
			return true
		}
		if at == filepath.Dir(at) {
			return false
		}
	}
}

// unlock unlocks a key with the password in the environment, or asks for it.
func (s Streams) unlock(ctx context.Context, key *signature.SecretKey) error {
	if !key.Locked() {
		return nil
	}
	password := s.Getenv(signingPasswordName)
	asked := password == ""
	if asked {
		var err error
		if password, err = s.askPassword(ctx, fmt.Sprintf("Password of %s: ", clean(key.Path()))); err != nil {
			return err
		}
	}
	err := key.Unlock(password)
	switch {
	case errors.Is(err, signature.ErrWrongPassword) && asked:
		return usagef("%w; nothing was packaged: try again", err)
	case errors.Is(err, signature.ErrWrongPassword):
		return usagef("%w; nothing was packaged: mend $%s", err, signingPasswordName)
	case err != nil:
		return usageError{err}
	}
	return nil
}

// askPassword asks on the terminal, which does not show what is typed.
func (s Streams) askPassword(ctx context.Context, question string) (string, error) {
	file, ok := s.In.(*os.File)
	if !ok || !s.InTTY || !s.ErrTTY {
		return "", usagef("the key has a password, and there is no terminal to ask for it on; put it into $%s, or run this on a terminal", signingPasswordName)
	}
	fd := int(file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("asking for the key's password: %w", err)
	}
	fmt.Fprint(s.Err, question)
	defer fmt.Fprintln(s.Err)
	type answer struct {
		password []byte
		err      error
	}
	answers := make(chan answer, 1)
	go func() { // it ends with the process when nobody answers
		password, err := term.ReadPassword(fd)
		answers <- answer{password, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	case a := <-answers:
		if a.err != nil {
			return "", fmt.Errorf("asking for the key's password: %w", a.err)
		}
		return string(a.password), nil
	}
}
