package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// role makes a process of this test a command: one that asks the Controller, or one
// that fails.
const role = "NETSTACKS_LIVE_TEST_ROLE"

func TestACommandFindsTheController(t *testing.T) {
	switch os.Getenv(role) {
	case "asks":
		ask(t)
		return
	case "fails":
		os.Exit(7)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := []string{self, "-test.run=^TestACommandFindsTheController$"}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for name, program := range map[string]string{"in this process": "", "alone": needs.Binary(t)} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(role, "asks")
			if err := during(t.Context(), program, command); err != nil {
				t.Error(err)
			}
			t.Setenv(role, "fails")
			var ended *exec.ExitError
			if err := during(t.Context(), program, command); !errors.As(err, &ended) || ended.ExitCode() != 7 {
				t.Errorf("a command that ends with 7: %v", err)
			}
			if err := during(t.Context(), program, []string{"./nothing"}); err == nil {
				t.Error("a command that there is not does not fail")
			}
		})
	}
	t.Setenv(role, "fails")
	if err := during(t.Context(), self, command); err == nil {
		t.Error("a program without a Controller does not fail")
	}
}

// ask is what a client does: with each token, over TLS.
func ask(t *testing.T) {
	t.Helper()
	trusted, err := os.ReadFile(os.Getenv("NETSTACKS_CA_CERT"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(trusted)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	for _, path := range []string{"/devices", "/api-resources"} {
		for token, status := range map[string]int{"NETSTACKS_SERVICE_TOKEN": 200, "NETSTACKS_POWERLESS_TOKEN": 403} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, os.Getenv("CONTROLLER_API_URL")+"/internal/v1"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+os.Getenv(token))
			answer, err := transport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != status {
				t.Errorf("%s with %s: %d, want %d", path, token, answer.StatusCode, status)
			}
		}
	}
}
