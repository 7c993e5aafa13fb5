// Package machine is for tests that need no more than the system itself: a
// terminal, links, a program, a full disk, a user without rights.
//
// What a test needs and the machine lacks skips it for a user, and fails it
// where the environment variable CI is set, so that nothing goes untested there
// unnoticed. Package needs does the same for what takes an engine; the race
// detector looks at the packages whose tests do without that one.
package machine

import (
	"os"
	"os/exec"
	"testing"
)

// Missing ends the test for want of something: as a failure on CI, else as
// skipped. The text says what is missing, and what to do about it.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Program returns the path of an installed program; pkg is the Debian package
// that brings it.
func Program(t testing.TB, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "%s is not installed: run `apt-get install %s`, or your system's equivalent", name, pkg)
	}
	return path
}
