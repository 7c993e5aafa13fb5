package vectors

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority signs the certificates of the stub servers.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().AddDate(0, 0, -2), NotAfter: time.Now().AddDate(0, 0, 2),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate, key}
}

// server returns a certificate of the kind that a vector names.
func (a *authority) server(t *testing.T, kind string) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "stub"},
		NotBefore: time.Now().AddDate(0, 0, -2), NotAfter: time.Now().AddDate(0, 0, 1),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	switch kind {
	case "self-signed":
	case "wrong-host":
		template.DNSNames, template.IPAddresses = []string{"other.example"}, nil
	case "expired":
		template.NotAfter = time.Now().AddDate(0, 0, -1)
	default:
		t.Fatalf("unknown kind of certificate: %s", kind)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw, a.certificate.Raw}, PrivateKey: key}
}

// file returns the name of a PEM file with the authority's certificate.
func (a *authority) file(t *testing.T) string {
	t.Helper()
	return write(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw}))
}

func write(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// trust sets the variables that the kind of trust means, and returns the server's
// certificate.
func trust(t *testing.T, server, kind string) *tls.Certificate {
	t.Helper()
	ours := newAuthority(t, "authority of the stub")
	switch kind {
	case "none":
	case "ca-file":
		t.Setenv("NETSTACKS_CA_CERT", ours.file(t))
	case "other-ca-file":
		t.Setenv("NETSTACKS_CA_CERT", newAuthority(t, "another authority").file(t))
	case "missing-file":
		t.Setenv("NETSTACKS_CA_CERT", filepath.Join(t.TempDir(), "missing.pem"))
	case "not-a-certificate":
		t.Setenv("NETSTACKS_CA_CERT", write(t, []byte("no certificate\n")))
	case "verify-off":
		t.Setenv("NETSTACKS_TLS_VERIFY", "false")
	case "verify-true":
		t.Setenv("NETSTACKS_TLS_VERIFY", "true")
	case "verify-unknown":
		t.Setenv("NETSTACKS_TLS_VERIFY", "maybe")
	default:
		t.Fatalf("unknown kind of trust: %s", kind)
	}
	return ours.server(t, server)
}
