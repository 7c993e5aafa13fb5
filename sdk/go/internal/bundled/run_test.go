//go:build !bundled

// Package bundled tests the SDK file that Go plugins are scaffolded with: it runs
// the vectors of the contract against it, as this module does against itself.
package bundled

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestVectorsWithTheFileOfTheTemplate(t *testing.T) { withTheFile(t, "TestVectors", 200) }

func TestControllerWithTheFileOfTheTemplate(t *testing.T) {
	if os.Getenv("CONTROLLER_API_URL") == "" && os.Getenv("CI") == "" {
		t.Skip("CONTROLLER_API_URL is not set: nothing is tried against the local Controller")
	}
	withTheFile(t, "TestController", 40)
}

// withTheFile runs a test of vectors_test.go, of which at least so many vectors have
// to pass. The file lies in another module, under a name that is not Go's: an overlay
// of the go command puts it into this folder.
func withTheFile(t *testing.T, test string, least int) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	template := filepath.Join(here, "../../../../templates/go/base/service/sdk/sdk.go.tmpl")
	if _, err := os.Stat(template); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("this module was taken out of its repository: ", err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "sdk.go"): template}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"test", "-tags=bundled", "-overlay=" + file, "-run=^" + test + "$", "-parallel=16", "-v", "-count=1", "."}
	output, err := exec.Command("go", args...).CombinedOutput()
	passed := strings.Count(string(output), "--- PASS: "+test+"/")
	t.Logf("%d vectors passed, %d are of other operations", passed, strings.Count(string(output), "--- SKIP"))
	if err != nil || passed < least {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}
