package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that tells how it ended instead of ending for real.
type recorder struct {
	testing.TB
	verdict, message string
}

type ended struct{}

func (r *recorder) Helper()                        {}
func (r *recorder) Skipf(format string, a ...any)  { r.end("skipped", format, a) }
func (r *recorder) Fatalf(format string, a ...any) { r.end("failed", format, a) }

func (r *recorder) end(verdict, format string, a []any) {
	r.verdict, r.message = verdict, fmt.Sprintf(format, a...)
	panic(ended{})
}

func TestWhatIsMissingSkipsHereAndFailsOnCI(t *testing.T) {
	for _, need := range []struct {
		name string
		ask  func(testing.TB)
		says string
	}{
		{"anything", func(t testing.TB) { Missing(t, "no %s here", "moon") }, "no moon here"},
		{"a program", func(t testing.TB) { Program(t, "no-such-program", "its-package") }, "apt-get install its-package"},
	} {
		for ci, verdict := range map[string]string{"": "skipped", "true": "failed"} {
			t.Run(fmt.Sprintf("%s with CI=%q", need.name, ci), func(t *testing.T) {
				t.Setenv("CI", ci)
				r := &recorder{TB: t, verdict: "passed"}
				func() {
					defer func() {
						if p := recover(); p != nil && p != (ended{}) {
							panic(p)
						}
					}()
					need.ask(r)
				}()
				if r.verdict != verdict || !strings.Contains(r.message, need.says) {
					t.Errorf("%s saying %q, want %s saying %q", r.verdict, r.message, verdict, need.says)
				}
			})
		}
	}
}

func TestNobodyMayNotWriteIntoAFolderOfOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	err := AsNobody(t, func() error { return os.WriteFile(filepath.Join(dir, "file"), nil, 0o644) })
	if !os.IsPermission(err) {
		t.Errorf("error %v", err)
	}
}
