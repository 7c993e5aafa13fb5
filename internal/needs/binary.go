package needs

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Binary returns the path of a netstacks-plugin built from this working tree,
// once per test process.
//
// The file stays in the user's cache directory, one per working tree, as the
// go command's own build cache does: the linker then has nothing to do while
// the program is unchanged.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := builtBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var builtBinary = sync.OnceValues(func() (string, error) {
	module, err := moduleRoot()
	if err != nil {
		return "", err
	}
	dir, err := binaryDir(module)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "netstacks-plugin")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".")
	build.Dir = module
	// Beside the output, the go command renames its result into place: test
	// processes that build at the same time never see half a file.
	build.Env = append(os.Environ(), "GOTMPDIR="+dir)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building netstacks-plugin: %w\n%s", err, out)
	}
	return path, nil
})

// moduleRoot returns the directory of go.mod.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

func binaryDir(module string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a place for the binary: %w", err)
	}
	dir := filepath.Join(cache, "netstacks-plugin-test", fmt.Sprintf("%x", sha256.Sum256([]byte(module)))[:16])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making a place for the binary: %w", err)
	}
	return dir, nil
}
