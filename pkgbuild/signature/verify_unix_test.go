//go:build unix

package signature

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

func TestSignatureThatIsNoFileIsNotWaitedFor(t *testing.T) {
	tests := []struct {
		name   string
		make   func(path string) error
		status Status
		detail string
	}{
		{"none", func(string) error { return nil }, NotSigned, "there is no x.nspkg.minisig beside it"},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o755) }, Bad, "it is a folder"},
		{"a pipe", func(path string) error { return syscall.Mkfifo(path, 0o644) }, Bad, "it is no regular file"},
		{"a link to nothing", func(path string) error { return os.Symlink("gone", path) }, NotSigned, "there is no"},
		{"a link to a device", func(path string) error { return os.Symlink("/dev/zero", path) }, Bad, "it is no regular file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := archive{path: filepath.Join(t.TempDir(), "x.nspkg")}
			write(t, a.path, "content")
			if err := test.make(a.path + Ending); err != nil {
				machine.Missing(t, "this machine cannot make it: %v", err)
			}
			if v := a.verify(t, publicKey(t, "open.pub")); v.Status != test.status || !strings.Contains(v.Detail, test.detail) {
				t.Errorf("got %+v", v)
			}
		})
	}
}
