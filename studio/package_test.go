package studio

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPackageLeavesNoSignatureOfTheOneBefore(t *testing.T) {
	s := open(t, Options{Dir: project(t), Engine: nobody(t)})
	output := filepath.Join(t.TempDir(), "out.nspkg")
	signature := "untrusted comment: x\nRUQ=\ntrusted comment: sha256:" + strings.Repeat("ab", 32) + "\nAA==\n"
	if err := os.WriteFile(output+".minisig", []byte(signature), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Package(context.Background(), output); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(output + ".minisig"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the signature of the archive that was replaced is still there")
	}
	if said := strings.Join(s.Snapshot().Package.Warnings, "\n"); !strings.Contains(said, "was removed") {
		t.Errorf("said is %q", said)
	}
}
