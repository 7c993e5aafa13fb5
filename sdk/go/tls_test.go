package netstacks_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

func TestCertificatesToTrustMayBeText(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`[]`)) }))
	defer server.Close()
	t.Setenv("NETSTACKS_CA_CERT", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	c, err := netstacks.New(netstacks.WithBaseURL(server.URL), netstacks.WithToken(token))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ListDevices(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheUncheckedCertificateIsToldOnceForEachProcess(t *testing.T) {
	if os.Getenv("NETSTACKS_TEST_CHILD") != "" {
		for range 3 {
			if _, err := netstacks.New(netstacks.WithBaseURL("https://c"), netstacks.WithToken(token)); err != nil {
				t.Error(err)
			}
		}
		return
	}
	for value, lines := range map[string]int{"false": 1, " OFF ": 1, "No": 1, "0": 1, "true": 0, "": 0, "maybe": 0} {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "NETSTACKS_TEST_CHILD=1", "NETSTACKS_TLS_VERIFY="+value, "GOCOVERDIR="+t.TempDir())
		var stderr strings.Builder
		child.Stderr = &stderr
		if err := child.Run(); err != nil {
			t.Error(err)
		}
		if got := strings.Count(stderr.String(), "NETSTACKS_TLS_VERIFY"); got != lines {
			t.Errorf("%q: it is told %d times: %s", value, got, stderr.String())
		}
	}
}
