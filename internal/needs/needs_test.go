package needs

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// recorder is a test that tells how it ended instead of ending for real.
type recorder struct {
	testing.TB
	verdict, message string
	cleanups         []func()
}

type ended struct{}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Skipf(format string, args ...any) {
	r.end("skipped", fmt.Sprintf(format, args...))
}
func (r *recorder) Fatal(args ...any) { r.end("failed", fmt.Sprint(args...)) }
func (r *recorder) Fatalf(format string, args ...any) {
	r.end("failed", fmt.Sprintf(format, args...))
}

func (r *recorder) end(verdict, message string) {
	r.verdict, r.message = verdict, message
	panic(ended{})
}

// record runs f as a test and returns how it went.
func record(t *testing.T, f func(t testing.TB)) *recorder {
	t.Helper()
	r := &recorder{TB: t, verdict: "passed"}
	defer func() {
		for _, cleanup := range r.cleanups {
			cleanup()
		}
	}()
	func() {
		defer func() {
			if p := recover(); p != nil && p != (ended{}) {
				panic(p)
			}
		}()
		f(r)
	}()
	return r
}

func TestWhatIsMissingSkipsHereAndFailsOnCI(t *testing.T) {
	nowhere := "unix://" + t.TempDir() + "/none.sock"
	needs := []struct {
		name string
		ask  func(testing.TB)
		says string
	}{
		{"a program", func(t testing.TB) { Program(t, "no-such-program", "its-package") }, "apt-get install its-package"},
		{"an engine", func(t testing.TB) { Engine(t) }, "no container engine: "},
		{"an image, for want of an engine", func(t testing.TB) { Images(t, PythonImage) }, "no container engine: "},
	}
	for _, need := range needs {
		for ci, verdict := range map[string]string{"": "skipped", "true": "failed"} {
			t.Run(fmt.Sprintf("%s with CI=%q", need.name, ci), func(t *testing.T) {
				t.Setenv("CI", ci)
				t.Setenv("DOCKER_HOST", nowhere)
				got := record(t, need.ask)
				if got.verdict != verdict || !strings.Contains(got.message, need.says) {
					t.Errorf("%s saying %q, want %s saying %q", got.verdict, got.message, verdict, need.says)
				}
			})
		}
	}
}

func TestMissingImageNamesTheCommandThatBringsIt(t *testing.T) {
	Engine(t)
	t.Setenv("CI", "")
	got := record(t, func(t testing.TB) { Images(t, "netstacks-no-such-image:0") })
	if got.verdict != "skipped" || !strings.Contains(got.message, "docker pull netstacks-no-such-image:0") {
		t.Errorf("%s saying %q", got.verdict, got.message)
	}
}

func TestBaseImagesArePresent(t *testing.T) {
	Images(t, PythonImage, PostgresImage)
}

func TestBinaryIsBuiltOnceAndRuns(t *testing.T) {
	path := Binary(t)
	if again := Binary(t); again != path {
		t.Errorf("Binary returned %s, then %s", path, again)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&0o111 == 0 {
		t.Errorf("%s has mode %s, want an executable", path, info.Mode())
	}
	if out, err := exec.Command(path, "--help").CombinedOutput(); err != nil {
		t.Errorf("%s --help: %v\n%s", path, err, out)
	}
}
