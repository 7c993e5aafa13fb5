package nspkg

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/secrets"
)

func TestFilesBesideAnArchiveAreNeverPacked(t *testing.T) {
	dir := plant(t, map[string]string{
		"manifest.json": "{}", "my-1.0.0.nspkg.minisig": "x", "dist/Old.NSPKG.cdx.json": "{}", ".nspkgignore": "!*.minisig\n!*.cdx.json\n",
		"vendor/tool.tar.gz.minisig": "x", "docs/library.cdx.json": "{}",
	})
	listing, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	var in []string
	for _, e := range listing.Entries {
		in = append(in, e.Path)
	}
	if want := []string{"manifest.json", "docs/library.cdx.json", "vendor/tool.tar.gz.minisig"}; !slices.Equal(in, want) {
		t.Errorf("packed are %q, want %q", in, want)
	}
}

func TestSecretKeysOfMinisignStopAPackage(t *testing.T) {
	for _, name := range []string{"open.key", "locked.key"} {
		data, err := os.ReadFile(filepath.Join("..", "signature", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"minisign.key", "service/release.txt", "x"} {
			if found, err := secrets.Scan(file, strings.NewReader(string(data))); err != nil || len(found) != 1 || found[0].Rule != "minisign-secret-key" {
				t.Errorf("%s as %s: %v, %+v", name, file, err, found)
			}
		}
	}
	data, err := os.ReadFile("../signature/testdata/open.pub")
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := secrets.Scan("minisign.pub", strings.NewReader(string(data))); len(found) != 0 {
		t.Errorf("a public key: %+v", found)
	}
}

const sum, otherSum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

func TestWhatBelongsToTheReplacedArchiveDoesNotStay(t *testing.T) {
	minisig := func(fields string) string {
		return "untrusted comment: x\nRUQ=\ntrusted comment: " + fields + "\nAA==\n"
	}
	bill := func(sum string) string {
		return fmt.Sprintf(`{"metadata":{"component":{"hashes":[{"alg":"SHA-256","content":%q}]}}}`, sum)
	}
	tests := []struct {
		name, ending, content string
		renewed               bool
		stays                 bool
		said                  string // "": nothing
	}{
		{"a signature of this archive", ".minisig", minisig("file:x\tsha256:" + sum), false, true, ""},
		{"a signature of another", ".minisig", minisig("file:x\tsha256:" + otherSum), false, false, "was removed: it belonged to the archive that was replaced"},
		{"a signature of another that is made anew", ".minisig", minisig("sha256:" + otherSum), true, false, ""},
		{"a signature of minisign's", ".minisig", minisig("timestamp:1\tfile:x\thashed"), false, true, "may be another archive's; `netstacks-plugin inspect --verify` tells"},
		{"a signature of minisign's that is made anew", ".minisig", minisig("timestamp:1"), true, true, ""},
		{"no signature", ".minisig", "sha256:" + otherSum, false, true, "may be another archive's"},
		{"a bill of this archive", ".cdx.json", bill(sum), false, true, ""},
		{"a bill of another", ".cdx.json", bill(otherSum), false, false, "was removed"},
		{"a bill of another program", ".cdx.json", `{"metadata":{"component":{}}}`, false, true, "`package --sbom` replaces it"},
		{"no bill", ".cdx.json", `{"metadata":[]`, false, true, "may be another archive's"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "x.nspkg")
			if err := os.WriteFile(output+test.ending, []byte(test.content), 0o644); err != nil {
				t.Fatal(err)
			}
			var renewed []string
			if test.renewed {
				renewed = []string{test.ending}
			}
			said := strings.Join(SettleSidecars(output, sum, renewed), "\n")
			if _, err := os.Lstat(output + test.ending); (err == nil) != test.stays {
				t.Errorf("it stays: %v", err == nil)
			}
			if (said == "") != (test.said == "") || !strings.Contains(said, test.said) {
				t.Errorf("said is %q, want %q", said, test.said)
			}
		})
	}
}

func TestFolderBesideAnArchiveIsLeftAlone(t *testing.T) {
	output := filepath.Join(t.TempDir(), "x.nspkg")
	if err := os.MkdirAll(output+SignatureEnding+"/kept", 0o755); err != nil {
		t.Fatal(err)
	}
	if said := SettleSidecars(output, sum, nil); len(said) != 1 {
		t.Errorf("said is %q", said)
	}
	if err := CheckSidecar(output, SignatureEnding); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Error(err)
	}
	if err := WriteSidecar(t.Context(), output+SignatureEnding, nil); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if left := tree(t, filepath.Dir(output)); len(left) != 0 {
		t.Errorf("left is %q", left)
	}
}

func TestSidecarReplacesALinkAndDoesNotFollowIt(t *testing.T) {
	dir := t.TempDir()
	output, victim := filepath.Join(dir, "x.nspkg"), filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	link(t, dir, "x.nspkg"+SignatureEnding, "victim")
	if err := CheckSidecar(output, SignatureEnding); err != nil {
		t.Fatal(err)
	}
	if err := WriteSidecar(t.Context(), output+SignatureEnding, []byte("signature")); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); got["victim"] != "mine" || got["x.nspkg"+SignatureEnding] != "signature" || len(got) != 2 {
		t.Errorf("got %q", got)
	}
}
