package studio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// released packages the project as it is under a name of its own.
func released(t *testing.T, dir, output string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := nspkg.Write(t.Context(), nspkg.Options{Dir: dir, Output: output}); err != nil {
		t.Fatal(err)
	}
}

func TestProjectIsComparedWithItsLastRelease(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	compare := func(archive string) Comparison {
		t.Helper()
		if err := s.Compare(context.Background(), archive); err != nil {
			t.Fatal(err)
		}
		c := s.Snapshot().Compared
		if c == nil || c.Phase != PhaseDone || c.At.IsZero() {
			t.Fatalf("%+v", c)
		}
		return *c
	}
	if c := compare(""); c.With != "" || len(c.Archives) != 0 || !c.Same() {
		t.Errorf("without an earlier package: %+v", c)
	}

	first := filepath.Join(dir, "dist", "watch-me-1.0.0.nspkg")
	released(t, dir, first)
	write(t, filepath.Dir(dir), "watch-me-2.0.0.nspkg", "later than the manifest")
	write(t, filepath.Dir(dir), "watch-me-x.nspkg", "no version")
	write(t, filepath.Dir(dir), "other-1.0.0.nspkg", "another plugin")
	write(t, filepath.Join(dir, "dist"), ".nspkg", "")
	// dist goes into the package: it holds nothing but packages, which never do.
	if c := compare(""); c.With != first || len(c.Archives) != 1 || len(c.Changes) > 0 || c.Verdict.Reason == "" {
		t.Errorf("%+v", c)
	}

	path := filepath.Join(dir, manifest.FileName)
	write(t, dir, manifest.FileName, strings.Replace(content(t, path), `"port": 8080`, `"port": 9090`, 1))
	write(t, dir, "notes.txt", "new")
	c := compare("")
	if c.With != first || c.Old != "1.0.0" || c.New != "1.0.0" || c.Verdict.Enough || c.Verdict.Needed != "minor" || c.Verdict.Suggested != "1.1.0" || c.Risk == "" || c.Sizes[0] == c.Sizes[1] {
		t.Errorf("%+v", c)
	}
	if len(c.Changes) == 0 || c.Changes[0].Area != "Container" || c.Changes[0].Text != "port is 9090 and was 8080" {
		t.Errorf("%+v", c.Changes)
	}
	if len(c.Files) != 2 || c.Files[0] != (FileChange{Kind: "added", Path: "notes.txt", NewSize: 3}) || c.Files[1].Kind != "changed" || c.Files[1].Path != manifest.FileName {
		t.Errorf("%+v", c.Files)
	}

	if err := s.Bump(context.Background(), manifest.PartMinor); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(filepath.Dir(dir), "watch-me-1.1.0.nspkg")
	released(t, dir, second)
	if c := compare(""); c.With != first || c.Old != "1.0.0" || c.New != "1.1.0" || !c.Verdict.Enough || len(c.Archives) != 2 || c.Archives[0] != second {
		t.Errorf("a package of the version that is being made tells nothing: %+v", c)
	}
	if c := compare(second); c.With != second || !c.Same() {
		t.Errorf("%+v", c)
	}
}

func TestComparisonThatCannotBeMadeSaysWhy(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	broken := filepath.Join(dir, "watch-me-0.9.0.nspkg")
	write(t, dir, "watch-me-0.9.0.nspkg", "no archive")
	refused := (*nspkg.RefusedError)(nil)
	if err := s.Compare(context.Background(), ""); !errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
	if c := s.Snapshot().Compared; c.Phase != PhaseFailed || c.Problem == nil || c.With != broken || !strings.Contains(c.Problem.Title, "watch-me-0.9.0.nspkg") {
		t.Errorf("%+v", c)
	}
	write(t, dir, manifest.FileName, "{")
	notInOrder := (*NotInOrderError)(nil)
	if err := s.Compare(context.Background(), ""); !errors.As(err, &notInOrder) {
		t.Errorf("error %v", err)
	}
}
