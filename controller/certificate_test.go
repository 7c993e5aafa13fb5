package controller_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/netstacks/netstacks-plugin/controller"
)

func TestCertificatesAreTrustedThroughTheirAuthorityOnly(t *testing.T) {
	cert, caPEM, err := controller.NewCertificate("netstacks-api", "localhost", "127.0.0.1", "::1")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(caPEM) {
		t.Fatalf("not PEM: %s", caPEM)
	}
	for _, host := range []string{"netstacks-api", "localhost", "127.0.0.1", "::1"} {
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "other.example"}); err == nil {
		t.Error("valid for another name")
	}
	_, otherPEM, err := controller.NewCertificate("netstacks-api")
	if err != nil {
		t.Fatal(err)
	}
	other := x509.NewCertPool()
	other.AppendCertsFromPEM(otherPEM)
	if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: other, DNSName: "netstacks-api"}); err == nil {
		t.Error("trusted through another authority")
	}
	if cert.Leaf.IsCA || len(cert.Leaf.AuthorityKeyId) == 0 {
		t.Error("strict clients refuse the certificate")
	}
	if _, _, err := controller.NewCertificate(); err == nil {
		t.Error("a certificate for nobody")
	}
}

func TestAnHTTPSClientReachesTheController(t *testing.T) {
	cert, caPEM, err := controller.NewCertificate("localhost", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := controller.Server(at(noon, controller.Options{}).Handler())
	defer func() { _ = s.Close() }()
	go func() {
		_ = s.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}))
	}()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(caPEM)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://" + l.Addr().String() + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || string(body) != `{"status":"healthy","version":"1.0.0-local"}` {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
