package nspkg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// generated returns the files of a plugin that `package` takes, and adds more.
func generated(t *testing.T, more map[string]string) map[string]string {
	t.Helper()
	into := t.TempDir()
	cmd := exec.CommandContext(t.Context(), needs.Binary(t), "new", "packed", "--yes", "--description", "d", "--author", "a", "--output-dir", into)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	files := tree(t, filepath.Join(into, "packed"))
	maps.Copy(files, more)
	return files
}

// fingerprint returns the SHA-256 of a file, "" when there is none.
func fingerprint(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

func TestHundredPackagesOfOneTreeAreOne(t *testing.T) {
	binary := needs.Binary(t)
	files := generated(t, map[string]string{
		"service/large.txt": source(3*blockSize+1, 1), "service/noise": noise(blockSize + 1), "service/bin/run*": "#!/bin/sh\n",
		"service/übersetzung/日本.txt": "names\n", "service/empty": "", "service/a.b": "", "service/a/b": "",
	})
	var runs []string
	for _, zone := range []string{"UTC", "Asia/Kolkata"} {
		for _, umask := range []string{"000", "022", "077"} {
			for _, locale := range []string{"C", "de_DE.UTF-8"} {
				for _, workers := range []string{"1", "2"} {
					runs = append(runs, fmt.Sprintf("umask %s; TZ=%s LC_ALL=%s LANG=%s GOMAXPROCS=%s", umask, zone, locale, locale, workers))
				}
			}
		}
	}
	found := make([]string, 100)
	var running sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	for i := range found {
		// The order in which the files of a folder are made is, roughly, that in which they are listed.
		paths := slices.Sorted(maps.Keys(files))
		rand.New(rand.NewPCG(uint64(i), 0)).Shuffle(len(paths), func(a, b int) { paths[a], paths[b] = paths[b], paths[a] })
		dir, output := plant(t, files, paths...), filepath.Join(t.TempDir(), "out.nspkg")
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			script := runs[i%len(runs)] + ` "$0" package "$1" --output "$2"`
			if out, err := exec.CommandContext(t.Context(), "sh", "-c", script, binary, dir, output).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", script, err, out)
				return
			}
			found[i] = fingerprint(t, output)
		})
	}
	running.Wait()
	for i := range found {
		if found[i] != found[0] {
			t.Errorf("%s: SHA-256 %s, want %s as under %s", runs[i%len(runs)], found[i], found[0], runs[0])
		}
	}
}

func TestKilledAnywhereLeavesOneWholeArchive(t *testing.T) {
	binary := needs.Binary(t)
	dir := plant(t, generated(t, map[string]string{"service/large.txt": source(6<<20, 1), "service/noise": noise(5 << 20)}))
	whole := pack(t, dir)
	folder := t.TempDir()
	output := filepath.Join(folder, "out.nspkg")
	previous := fmt.Sprintf("%x", sha256.Sum256([]byte("previous")))
	random := rand.New(rand.NewPCG(1, 2))
	var old, renewed int
	for range 50 {
		if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), binary, "package", dir, "--output", output)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		at := random.Int64N(whole.PackageSize + 1)
		waitForSize(t, cmd.Process.Pid, folder, output, at)
		_ = cmd.Process.Kill() // fails when it has ended
		_ = cmd.Wait()         // it was killed

		switch found := fingerprint(t, output); found {
		case previous:
			old++
		case whole.SHA256:
			renewed++
		default:
			t.Fatalf("killed at %d bytes: the archive has the SHA-256 %s, neither that of the old one nor of the new", at, found)
		}
		// Between its name and that of the package the new archive may be seen; the next run clears that up.
		for _, left := range slices.Sorted(maps.Keys(tree(t, folder))) {
			if name := filepath.Join(folder, left); name != output && fingerprint(t, name) != whole.SHA256 {
				t.Fatalf("killed at %d bytes: %s is left, half written", at, left)
			}
		}
	}
	t.Logf("50 packages killed: %d times the old archive was there, %d times the new one", old, renewed)
	if out, err := exec.CommandContext(t.Context(), binary, "package", dir, "--output", output).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if left := tree(t, folder); len(left) != 1 || fingerprint(t, output) != whole.SHA256 {
		t.Errorf("after the next run: %q", slices.Collect(maps.Keys(left)))
	}
}

// waitForSize waits until a process has written at bytes of a file in folder, with
// or without a name, or has ended.
func waitForSize(t *testing.T, pid int, folder, output string, at int64) {
	t.Helper()
	handles := fmt.Sprintf("/proc/%d/fd", pid)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		entries, err := os.ReadDir(handles)
		if err != nil || len(entries) == 0 {
			return // it has ended
		}
		for _, e := range entries {
			handle := filepath.Join(handles, e.Name())
			target, err := os.Readlink(handle)
			if err != nil || !strings.HasPrefix(target, folder+"/") || target == output {
				continue
			}
			if info, err := os.Stat(handle); err == nil && info.Mode().IsRegular() && info.Size() >= at {
				return
			}
		}
	}
	t.Fatalf("process %d has not written %d bytes within a minute", pid, at)
}

// peakBound is how much memory a package may take, whatever is in it.
const peakBound = 128 << 20

func TestMemoryIsBoundedWhateverIsPacked(t *testing.T) {
	binary := needs.Binary(t)
	dir := plant(t, generated(t, nil))
	// Two holes with noise in them, nearly as large as a package may be.
	for _, name := range []string{"large", "larger"} {
		hole(t, filepath.Join(dir, "service", name), 240<<20, 32<<20)
	}
	for i := range 2_000 {
		if err := os.WriteFile(filepath.Join(dir, "service", fmt.Sprint(i)), []byte(source(i*10, uint64(i))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, workers := range []string{"2", "64"} {
		t.Run("GOMAXPROCS="+workers, func(t *testing.T) {
			// The kernel counts for a process what the one had that started it: this one has read bombs.
			script := `import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)`
			cmd := exec.CommandContext(t.Context(), needs.Program(t, "python3", "python3"), "-c", script, binary, "package", dir, "--output", filepath.Join(t.TempDir(), "out.nspkg"))
			cmd.Env = append(os.Environ(), "GOMAXPROCS="+workers)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			peak, err := strconv.Atoi(strings.TrimSpace(string(out)))
			if err != nil {
				t.Fatal(err)
			}
			peak <<= 10
			t.Logf("%d MiB", peak>>20)
			if peak > peakBound {
				t.Errorf("%d MiB of memory at its peak, want at most %d", peak>>20, peakBound>>20)
			}
		})
	}
}
