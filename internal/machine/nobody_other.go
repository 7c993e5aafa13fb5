//go:build !linux

package machine

import (
	"os"
	"testing"
)

// AsNobody returns what f returns, run by a user who may not write everywhere.
func AsNobody(t testing.TB, f func() error) error {
	t.Helper()
	if os.Geteuid() == 0 {
		Missing(t, "root may write everywhere: run as another user to have this tested")
	}
	return f()
}
