package machine

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// nobody is a user that owns no file of a test.
const nobody = 65534

// AsNobody returns what f returns. Should the tests run as root, who may write
// everywhere, the files that f itself opens, in its own goroutine, are opened
// as a user that owns nothing.
func AsNobody(t testing.TB, f func() error) error {
	t.Helper()
	if os.Geteuid() != 0 {
		return f()
	}
	done := make(chan error)
	go func() {
		// The user is the thread's, which stays locked and so ends with this goroutine.
		runtime.LockOSThread()
		if err := syscall.Setfsuid(nobody); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	return <-done
}
