package studio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

func TestFullDiskUnderTheManifestLeavesBothAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	machine.SmallDisk(t, dir, 1<<20)
	if err := os.CopyFS(dir, os.DirFS(project(t))); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	b := bumped(t, dir)
	filler, err := os.Create(filepath.Join(dir, "x.pyc")) // stays out of the package
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := filler.Close(); err != nil {
		t.Fatal(err)
	}
	before := content(t, filepath.Join(dir, manifest.FileName))
	output := filepath.Join(t.TempDir(), "out.nspkg")
	write(t, filepath.Dir(output), "out.nspkg", "previous")
	if err := s.PackageBumped(context.Background(), output, b); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that no space is left", err)
	}
	if content(t, filepath.Join(dir, manifest.FileName)) != before || content(t, output) != "previous" || len(leftovers(t, dir)) > 0 {
		t.Errorf("the manifest is\n%s\nthe package %.20q, left behind is %v", content(t, filepath.Join(dir, manifest.FileName)), content(t, output), leftovers(t, dir))
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	if err := s.PackageBumped(context.Background(), output, bumped(t, dir)); err != nil {
		t.Fatal(err)
	}
	if v := s.Snapshot().Manifest.Good.Version; v != "1.0.1" {
		t.Errorf("the version is %s after the second try", v)
	}
}
