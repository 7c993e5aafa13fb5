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

// The file lies in another module, under a name that is not Go's. An overlay of the
// go command puts it into this folder.
func TestVectorsWithTheFileOfTheTemplate(t *testing.T) {
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
	args := []string{"test", "-tags=bundled", "-overlay=" + file, "-parallel=16", "-v", "-count=1", "."}
	output, err := exec.Command("go", args...).CombinedOutput()
	passed := strings.Count(string(output), "--- PASS: TestVectors/")
	t.Logf("%d vectors passed, %d are of other operations", passed, strings.Count(string(output), "--- SKIP"))
	if err != nil || passed < 200 {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}
