package studio

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// TestACheckDoesNotWaitForTheFixesOfTheOneBefore: a save showed its findings
// only after all fixes of the file as it was before had been tried.
func TestACheckDoesNotWaitForTheFixesOfTheOneBefore(t *testing.T) {
	t.Parallel()
	dir := project(t)
	path := filepath.Join(dir, manifest.FileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list := []byte(`"capabilities_required": [`)
	many := bytes.Replace(good, list, append(list, bytes.Repeat([]byte(`"red_devices", "index_knowledge", `), 40)...), 1)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	fixes := func(r manifest.Report) (n int) {
		for _, f := range r.Findings {
			n += len(f.Fixes)
		}
		return n
	}

	if err := os.WriteFile(path, many, 0o644); err != nil {
		t.Fatal(err)
	}
	former := s.beginCheck()
	former.show()
	if err := os.WriteFile(path, good, 0o644); err != nil {
		t.Fatal(err)
	}
	now := s.check()
	tried := fixes(<-former.whole)
	if shown := s.Snapshot().Manifest; !now.OK || len(shown.Report.Findings) != 0 || shown.Trying || !bytes.Equal(shown.Source, good) {
		t.Errorf("the file as it is now: %+v, shown as %+v, fixes still tried: %t", now.Findings, shown.Report.Findings, shown.Trying)
	}

	if err := os.WriteFile(path, many, 0o644); err != nil {
		t.Fatal(err)
	}
	if all := fixes(s.check()); all < 50 || tried >= all {
		t.Errorf("%d of %d fixes of the file as it was before were tried", tried, all)
	}
}
