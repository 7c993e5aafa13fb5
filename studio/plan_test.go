package studio

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPlanTellsWhatGoesInStaysOutAndStopsThePackage(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put(".nspkgignore", "*.tmp\n")
	put("x.tmp", "")
	put("token.txt", "gh"+"p_"+strings.Repeat("q1W2e3R4t5Y6", 3)+"\n")
	if err := s.PlanPackage(context.Background()); err != nil {
		t.Fatal(err)
	}
	p := s.Snapshot().Plan
	if p.Phase != PhaseDone || len(p.Entries) < 5 || p.TotalSize == 0 || p.CompressedSize == 0 || p.At.IsZero() {
		t.Errorf("%+v", p)
	}
	if !slices.Contains(p.Excluded, PlannedFile{Path: "x.tmp", Why: ".nspkgignore line 1: *.tmp"}) {
		t.Errorf("excluded %+v", p.Excluded)
	}
	if len(p.Blocked) != 1 || p.Blocked[0].Path != "token.txt" || !strings.HasPrefix(p.Blocked[0].Why, "line 1: a GitHub token (github-token)") {
		t.Errorf("blocked %+v", p.Blocked)
	}
	if err := s.Package(context.Background(), ""); err == nil || s.Snapshot().Package.Problem.Title != "A secret would go into the package." || len(s.Snapshot().Package.Problem.Detail) == 0 {
		t.Errorf("%v, %+v", err, s.Snapshot().Package.Problem)
	}

	put("nul", "")
	if err := s.PlanPackage(context.Background()); err != nil {
		t.Fatal(err)
	}
	if p := s.Snapshot().Plan; p.Phase != PhaseDone || len(p.Entries) != 0 || len(p.Blocked) != 1 || p.Blocked[0].Path != "nul" {
		t.Errorf("%+v", p)
	}
}
