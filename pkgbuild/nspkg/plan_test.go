package nspkg

import (
	"slices"
	"strings"
	"testing"
)

func TestPlanTellsSizesSecretsAndWritesNothing(t *testing.T) {
	dir := plant(t, map[string]string{
		"manifest.json": "{}", "service/big.txt": strings.Repeat("a line of text\n", 100_000), "service/x.py": "x = '" + token("p1") + "'\n", "empty": "", ".env": "A=1\n", "dev/a": "",
		".nspkgignore": "dev/\n", "netstacks.toml": waiverText("gitlab-token", "a", "line = 1"),
	})
	p, err := MakePlan(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	summary := pack(t, dir)
	for i, e := range p.Entries {
		if e.Path != summary.Entries[i].Path || e.Size != summary.Entries[i].Size || e.CompressedSize > summary.Entries[i].CompressedSize*11/10+10 || e.CompressedSize*11/10+10 < summary.Entries[i].CompressedSize {
			t.Errorf("planned %+v, packed %+v", e, summary.Entries[i])
		}
	}
	if p.TotalSize != summary.TotalSize || p.CompressedSize < summary.PackageSize*95/100 || p.CompressedSize > summary.PackageSize*105/100 {
		t.Errorf("planned %d and %d bytes, packed %+v", p.TotalSize, p.CompressedSize, summary)
	}
	if len(p.Secrets) != 1 || p.Secrets[0].Path != "service/x.py" || len(p.Warnings) != 1 || len(p.Waived) != 0 {
		t.Errorf("secrets %+v, warnings %+v, waived %+v", p.Secrets, p.Warnings, p.Waived)
	}
	if !slices.ContainsFunc(p.Excluded, func(e Excluded) bool { return e.Path == "dev/" && e.Where() == ".nspkgignore line 1" }) {
		t.Errorf("excluded %+v", p.Excluded)
	}
}
