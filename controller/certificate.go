package controller

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// certificateLifetime stays below the 398 days that browsers accept.
const certificateLifetime = 365 * 24 * time.Hour

// NewCertificate makes a certificate authority and a server certificate for
// the given DNS names and IP addresses, both ECDSA P-256 and only in memory.
// It returns the server's certificate with its key, and the authority as PEM
// for clients to trust. The authority's key is forgotten on return, so that
// trusting it trusts nothing but this one certificate.
func NewCertificate(hosts ...string) (tls.Certificate, []byte, error) {
	none := tls.Certificate{}
	if len(hosts) == 0 {
		return none, nil, errors.New("making a certificate: no host is given")
	}
	now := time.Now()
	caTemplate := template("NetStacks local Controller CA", now)
	caTemplate.IsCA, caTemplate.BasicConstraintsValid, caTemplate.MaxPathLenZero = true, true, true
	caTemplate.KeyUsage = x509.KeyUsageCertSign
	ca, caKey, err := issue(caTemplate, nil, nil)
	if err != nil {
		return none, nil, err
	}
	leafTemplate := template(hosts[0], now)
	leafTemplate.KeyUsage = x509.KeyUsageDigitalSignature
	leafTemplate.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			leafTemplate.IPAddresses = append(leafTemplate.IPAddresses, ip)
		} else {
			leafTemplate.DNSNames = append(leafTemplate.DNSNames, h)
		}
	}
	leaf, leafKey, err := issue(leafTemplate, ca, caKey)
	if err != nil {
		return none, nil, err
	}
	caPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey, Leaf: leaf}, caPEM, nil
}

func template(commonName string, now time.Time) *x509.Certificate {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails
	serial[0] &= 0x7F        // positive
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: commonName, Organization: []string{"netstacks-plugin"}},
		NotBefore:    now.Add(-time.Hour), // clocks in virtual machines lag
		NotAfter:     now.Add(certificateLifetime),
	}
}

// issue makes a key and a certificate for it, signed by the parent, or by
// itself without one.
func issue(t, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	if parent == nil {
		parent, parentKey = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	return cert, key, nil
}
