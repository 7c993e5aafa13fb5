package e2e

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// The bounds of one validation, whatever it is given. The time is that of the
// processor: what else runs on the machine does not count.
const (
	maxMemory = 128 << 20
	maxTime   = time.Second
)

// TestHostileInputStaysCheap validates what nobody should have to wait for.
func TestHostileInputStaysCheap(t *testing.T) {
	const huge = 100 << 20
	binary := needs.Binary(t)
	for _, test := range []struct {
		name   string
		target string // what is validated; "" for the folder
		make   func(t *testing.T, dir string)
		want   string // in what is printed
	}{
		{"100 MB of nothing", "", sparse("manifest.json", huge), "manifest.json is 104857600 bytes large"},
		{"100 MB of text", "", text("manifest.json", `{"a": "`+strings.Repeat("a", huge)), "bytes large"},
		{"as much as is read", "", text("manifest.json", "["+strings.Repeat(`"1",`, (1<<20)/4-2)+"1]"), "NSP1024"},
		{"one line of errors", "", text("manifest.json", strings.Repeat(`{"name":1,`, 100_000)), "NSP1"},
		{"a thousand findings on one line", "", text("manifest.json", `{"name": "a", "capabilities_required": ["`+strings.Repeat("unknown", 100_000)+strings.Repeat(`", "x`, 1000)+`"]}`), "more findings are not shown"},
		{"10,000 levels", "", text("manifest.json", strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)), "NSP1023"},
		{"10,000 levels that end nowhere", "", text("manifest.json", strings.Repeat(`{"a":`, 10_000)), "NSP1"},
		{"no UTF-8", "", text("manifest.json", strings.Repeat("\xff\xfe\xc0", 300_000)), "NSP1005"},
		{"a circle of links", "", func(t *testing.T, dir string) {
			must(t, os.Symlink("manifest.json", filepath.Join(dir, "manifest.json")))
		}, "too many levels of symbolic links"},
		{"a circle of links, named", "manifest.json", func(t *testing.T, dir string) {
			must(t, os.Symlink("manifest.json", filepath.Join(dir, "manifest.json")))
		}, "too many levels of symbolic links"},
		{"a directory", "", folder("manifest.json"), "manifest.json is a directory"},
		{"a directory, named", "manifest.json", folder("manifest.json"), "manifest.json is a directory"},
		{"a FIFO", "", fifo("manifest.json"), "manifest.json is a named pipe"},
		{"a FIFO, named", "manifest.json", fifo("manifest.json"), "manifest.json is a named pipe"},
		{"a FIFO as an archive", "x.nspkg", fifo("x.nspkg"), "no regular file"},
		{"a FIFO as netstacks.toml", "", fifo("netstacks.toml"), "Validation results: 0/8"},
		{"100 MB of netstacks.toml", "", sparse("netstacks.toml", huge), "Validation results: 0/8"},
		{"100 MB of Dockerfile", "", func(t *testing.T, dir string) {
			folder("service")(t, dir)
			sparse("service/Dockerfile", huge)(t, dir)
			text("manifest.json", "{}")(t, dir)
		}, "✓ service/Dockerfile exists"},
		{"100 MB of SQL", "", func(t *testing.T, dir string) {
			folder("migrations")(t, dir)
			sparse("migrations/001.sql", huge)(t, dir)
			text("manifest.json", `{"migrations_dir": "migrations"}`)(t, dir)
		}, "Migrations directory has 1 SQL file(s)"},
		{"a bomb", "x.nspkg", bomb(huge, false), "made to fill memory and disks"},
		{"a bomb that lies about its size", "x.nspkg", bomb(huge, true), "✗ manifest.json exists"},
		{"100 MB that are no archive", "x.nspkg", sparse("x.nspkg", huge), "no ZIP archive"},
		{"an archive of 100,000 files", "x.nspkg", manyFiles(100_000), "it lists 100000 entries"},
		{"an archive of 300,000 files", "x.nspkg", manyFiles(300_000), "it lists 300000 entries"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			test.make(t, dir)
			out, code, memory, used := measure(t, binary, "validate", filepath.Join(dir, test.target))
			if code != 1 || !strings.Contains(out, test.want) {
				t.Errorf("exit code %d, want 1 with %q:\n%.2000s", code, test.want, out)
			}
			t.Logf("%d MiB, %d ms, %d bytes printed", memory>>20, used.Milliseconds(), len(out))
			if memory > maxMemory || used > maxTime {
				t.Errorf("it took %d MiB and %v, at most %d MiB and %v are allowed", memory>>20, used, maxMemory>>20, maxTime)
			}
		})
	}
}

// measuring runs a command and tells its exit code, the most memory it held, in
// KiB, and its processor time in seconds. A process's own record begins with
// what its parent held, which is why a small one stands in between.
const measuring = `import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], timeout=60)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print("", code, used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)`

// measure runs a command and returns what it printed, its exit code, the most
// memory it held in bytes, and its processor time.
func measure(t *testing.T, command ...string) (out string, code, memory int, used time.Duration) {
	t.Helper()
	var printed, told bytes.Buffer
	cmd := exec.CommandContext(t.Context(), needs.Program(t, "python3", "python3"), append([]string{"-c", measuring}, command...)...)
	cmd.Stdout, cmd.Stderr = &printed, &told
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%.2000s%.2000s", err, printed.String(), told.String())
	}
	lines := strings.Split(strings.TrimSpace(told.String()), "\n")
	var kib int
	var seconds float64
	if _, err := fmt.Sscan(lines[len(lines)-1], &code, &kib, &seconds); err != nil {
		t.Fatalf("%v in\n%s", err, told.String())
	}
	return printed.String() + told.String(), code, kib << 10, time.Duration(seconds * float64(time.Second))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(name, content string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
}

func sparse(name string, size int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		text(name, "")(t, dir)
		must(t, os.Truncate(filepath.Join(dir, name), size))
	}
}

func folder(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { must(t, os.Mkdir(filepath.Join(dir, name), 0o700)) }
}

func fifo(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { must(t, syscall.Mkfifo(filepath.Join(dir, name), 0o600)) }
}

// bomb is an archive whose manifest.json has size bytes, and says so or not.
func bomb(size int, lie bool) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		var packed, archive bytes.Buffer
		f, err := flate.NewWriter(&packed, flate.BestSpeed)
		must(t, err)
		_, err = f.Write(make([]byte, size))
		must(t, errors.Join(err, f.Close()))
		header := &zip.FileHeader{Name: "manifest.json", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(size)}
		if lie {
			header.UncompressedSize64 = 1000
		}
		z := zip.NewWriter(&archive)
		entry, err := z.CreateRaw(header)
		must(t, err)
		_, err = io.Copy(entry, &packed)
		must(t, errors.Join(err, z.Close()))
		text("x.nspkg", archive.String())(t, dir)
	}
}

// manyFiles is an archive of n empty files.
func manyFiles(n int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		var archive bytes.Buffer
		z := zip.NewWriter(&archive)
		for i := range n {
			_, err := z.CreateRaw(&zip.FileHeader{Name: "a/" + string(rune('a'+i%26)) + "/" + strings.Repeat("b", i%7) + string(rune(0x4e00+i%20000))})
			must(t, err)
		}
		must(t, z.Close())
		text("x.nspkg", archive.String())(t, dir)
	}
}
