package secrets

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

var update = flag.Bool("update", false, "fetch the rules of gitleaks anew")

// gitleaksModule is where the rules come from. Its packages are not imported: 5 to 29 ms of every
// start, 70 modules and 8 MB, and they look through 0.24 MB of Go a second.
const gitleaksModule = "github.com/zricethezav/gitleaks/v8@v8.30.1"

// leftOut are rules that find what is none too often, or what other rules find better.
var leftOut = []string{
	"generic-api-key", "jwt", "jwt-base64", "private-key", "curl-auth-header", "curl-auth-user", "twilio-api-key", "vault-service-token", "vault-batch-token",
	"sourcegraph-access-token", "pkcs12-file", "kubernetes-secret-yaml", "nuget-config-password", "aws-access-token", "gcp-api-key", "square-access-token",
	"azure-ad-client-secret", "openai-api-key", "slack-legacy-workspace-token", "stripe-access-token", "aws-secret-access-key", "lob-api-key", "lob-pub-api-key",
}

// TestGitleaksRules checks that every rule compiles and has its marks; with -update it
// writes them anew.
func TestGitleaksRules(t *testing.T) {
	if *update {
		if err := os.WriteFile("gitleaks.tsv", []byte(fetchRules(t)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	n := 0
	for line := range strings.Lines(gitleaks) {
		if line[0] == '#' {
			continue
		}
		n++
		field := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(field) != 5 || field[2] == "" || strings.ToLower(field[2]) != field[2] {
			t.Errorf("not a rule with marks: %q", line)
			continue
		}
		if _, err := regexp.Compile(field[4]); err != nil {
			t.Error(err)
		}
	}
	if n < 150 {
		t.Errorf("%d rules", n)
	}
}

func fetchRules(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", gitleaksModule).Output()
	var module struct{ Dir string }
	if err == nil {
		err = json.Unmarshal(out, &module)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(module.Dir, "config", "gitleaks.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Rules []struct {
			ID, Regex, Path string
			Entropy         float64
			SecretGroup     int
			Keywords        []string
		}
	}
	if err := toml.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Rules of %s (config/gitleaks.toml), Copyright (c) 2019 Zachary Rice, MIT License:\n# see gitleaks.LICENSE. Written by `go test ./pkgbuild/nspkg/secrets -run TestGitleaksRules -update`.\n", gitleaksModule)
	for _, r := range config.Rules {
		if r.Path != "" || slices.Contains(leftOut, r.ID) {
			continue
		}
		fmt.Fprintf(&b, "%s\t%g\t%s\t%d\t%s\n", r.ID, r.Entropy, strings.ToLower(strings.Join(r.Keywords, " ")), r.SecretGroup, r.Regex)
	}
	license, err := os.ReadFile(filepath.Join(module.Dir, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("gitleaks.LICENSE", license, 0o644); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
