package nspkg

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// token is what GitHub gives out, put together so that this file holds none.
func token(tail string) string {
	return "gh" + "p_" + strings.Repeat("a1B2c3D4e5F6", 3)[:36-len(tail)] + tail
}

func waiverText(rule, file, more string) string {
	return "[[package.allow-secret]]\nrule = \"" + rule + "\"\nfile = \"" + file + "\"\n" + more + "\nreason = \"revoked\"\n"
}

func TestSecretsStopThePackageUntilEachIsWaived(t *testing.T) {
	two := "a = 1\nx = '" + token("x1") + "'\ny = '" + token("y2") + "'\n"
	same := "x = '" + token("x1") + "'\nx = '" + token("x1") + "'\n"
	tests := []struct {
		name, file, toml string
		left             []int // lines
		waived           int
		warning          string
	}{
		{"none is waived", two, "", []int{2, 3}, 0, ""},
		{"one is waived by its line", two, waiverText("github-token", "service/main.py", "line = 2"), []int{3}, 1, ""},
		{"both are", two, waiverText("github-token", "service/main.py", "line = 2") + waiverText("github-token", "./service/main.py", "line = 3"), nil, 2, ""},
		{"of another rule", two, waiverText("gitlab-token", "service/main.py", "line = 2"), []int{2, 3}, 0, `the waiver of the rule gitlab-token in "service/main.py" (netstacks.toml:1) matches no secret`},
		{"of another file", two, waiverText("github-token", "main.py", "line = 2"), []int{2, 3}, 0, "matches no secret"},
		{"of another line", two, waiverText("github-token", "service/main.py", "line = 7"), []int{2, 3}, 0, "matches no secret"},
		{"nothing to waive", "a = 1\n", waiverText("github-token", "service/main.py", "line = 2"), nil, 0, "matches no secret"},
		{"a fingerprint that stands twice waives once", same, waiverText("github-token", "service/main.py", "fingerprint = \"FINGERPRINT\""), []int{2}, 1, "matches 2 secrets and waives the first only"},
		{"by line and fingerprint", same, waiverText("github-token", "service/main.py", "line = 2\nfingerprint = \"FINGERPRINT\""), []int{1}, 1, ""},
		{"the fingerprint is of another line", two, waiverText("github-token", "service/main.py", "line = 3\nfingerprint = \"FINGERPRINT\""), []int{2, 3}, 0, "(netstacks.toml:1) contradicts itself: the secret with its fingerprint stands in line 2, not in line 3; correct the line"},
		{"the fingerprint is of a secret that went", two, waiverText("github-token", "service/main.py", "line = 2\nfingerprint = \"0123456789ab\""), []int{2, 3}, 0, `contradicts itself: the secret in line 2 has the fingerprint "`},
		{"neither is there", two, waiverText("github-token", "service/main.py", "line = 9\nfingerprint = \"0123456789ab\""), []int{2, 3}, 0, "matches no secret"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"manifest.json": "{}", "service/main.py": tt.file}
			if strings.Contains(tt.toml, "FINGERPRINT") {
				scan, _ := scanPlanted(t, files)
				tt.toml = strings.Replace(tt.toml, "FINGERPRINT", scan.collector.Findings()[0].Fingerprint, 1)
			}
			if tt.toml != "" {
				files["netstacks.toml"] = tt.toml
			}
			scan, err := scanPlanted(t, files)
			var left []int
			if found := (*SecretsError)(nil); errors.As(err, &found) {
				for _, f := range found.Findings {
					left = append(left, f.Line)
				}
				if strings.Contains(tt.warning, "contradicts itself") && !strings.Contains(err.Error(), tt.warning) {
					t.Errorf("what stops the package does not say it:\n%v", err)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, w := range scan.Warnings() {
				said += w.Message
			}
			if !slices.Equal(left, tt.left) || len(scan.Waived()) != tt.waived || !strings.Contains(said, tt.warning) || (said == "") != (tt.warning == "") {
				t.Errorf("left %v, waived %+v, said %q, err %v", left, scan.Waived(), said, err)
			}
		})
	}
}

func scanPlanted(t *testing.T, files map[string]string) (*SecretScan, error) {
	t.Helper()
	dir := plant(t, files)
	listing, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	scan, err := NewSecretScan(dir)
	if err != nil {
		t.Fatal(err)
	}
	return scan, scan.Read(t.Context(), dir, listing.Entries)
}

func TestSecretsErrorSaysWhereAndHowToWaive(t *testing.T) {
	secret := token("q7")
	_, err := scanPlanted(t, map[string]string{"manifest.json": "{}", "service/big.txt": strings.Repeat("line\n", 200_000) + "x = '" + secret + "'\n"})
	if err == nil {
		t.Fatal("nothing was found")
	}
	for _, want := range []string{
		"nothing was packaged, because a secret would go into the package", "service/big.txt:200001:6: a GitHub token (github-token): " + secret[:4] + "••••••••; revoke it at GitHub",
		"[[package.allow-secret]]", `rule = "github-token"`, `file = "service/big.txt"`, "line = 200001", "fingerprint = ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), secret) {
		t.Error("the secret is printed")
	}
}

func TestBrokenWaiversWaiveNothing(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", "netstacks.toml": "[[package.allow-secret]]\nrule = \"github-token\"\n"})
	if _, err := NewSecretScan(dir); err == nil || !strings.Contains(err.Error(), "netstacks.toml:1: the waiver of a secret needs rule, file, and line or fingerprint") {
		t.Errorf("error %v", err)
	}
}
