package netstacks

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// warnUnchecked says once for each process that certificates are not checked.
var warnUnchecked = sync.OnceFunc(func() {
	fmt.Fprintf(os.Stderr, "netstacks: %s is off: the Controller's certificate is not checked\n", envVerify)
})

// trusted returns whom to trust, as the environment says.
func trusted() (*tls.Config, error) {
	switch strings.ToLower(strings.TrimSpace(os.Getenv(envVerify))) {
	case "false", "0", "no", "off":
		warnUnchecked()
		return &tls.Config{InsecureSkipVerify: true}, nil
	}
	given := strings.TrimSpace(os.Getenv(envCA))
	if given == "" {
		return &tls.Config{}, nil
	}
	text := []byte(given)
	if !strings.HasPrefix(given, "-----BEGIN") {
		var err error
		if text, err = os.ReadFile(given); err != nil {
			return nil, &TLSError{fmt.Sprintf("the file of %s cannot be read: %v", envCA, err), err}
		}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, &TLSError{message: envCA + " names no PEM file: there is no certificate in it"}
	}
	return &tls.Config{RootCAs: roots}, nil
}

// untrusted tells whether an error is about the Controller's certificate.
func untrusted(err error) bool {
	_, is := errors.AsType[*tls.CertificateVerificationError](err)
	return is
}
