//go:build unix

package secrets

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// scanTree scans every file below dir and returns how many there are, and what was found.
func scanTree(t testing.TB, dir string) (files int, bytes int64, found []Finding) {
	t.Helper()
	s := NewScanner()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s.Reset(filepath.ToSlash(strings.TrimPrefix(name, dir)))
		s.Write(data)
		files, bytes, found = files+1, bytes+int64(len(data)), append(found, s.Findings()...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, bytes, found
}

// TestCleanSourcesGiveAtMostOneFindingPerThousandFiles looks through what nobody keeps
// secrets in: Go's standard library and, where npm can fetch them, packages that most projects use.
func TestCleanSourcesGiveAtMostOneFindingPerThousandFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 100 MB")
	}
	judge := func(t *testing.T, dir string) {
		start := time.Now()
		files, size, found := scanTree(t, dir)
		t.Logf("%d files, %.1f MB in %.2f s, %d findings", files, float64(size)/1e6, time.Since(start).Seconds(), len(found))
		if files == 0 || len(found)*1000 > max(files, 1000) {
			for _, f := range found {
				t.Errorf("%s:%d:%d: %s %s", f.Path, f.Line, f.Column, f.Rule, f.Masked)
			}
		}
	}
	t.Run("Go", func(t *testing.T) { judge(t, filepath.Join(runtime.GOROOT(), "src")) })
	t.Run("npm", func(t *testing.T) {
		machine.Program(t, "npm", "npm")
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir, "typescript@5.4.5", "express@4.19.2", "lodash@4.17.21", "axios@1.7.2")
		if out, err := cmd.CombinedOutput(); err != nil {
			machine.Missing(t, "npm cannot fetch packages here: %v\n%s", err, bytes.TrimSpace(out))
		}
		judge(t, filepath.Join(dir, "node_modules"))
	})
}

// BenchmarkScan measures the speed on sources of Go: by the clock, and by the time that the
// processor gave, which a busy machine does not change.
func BenchmarkScan(b *testing.B) {
	var texts [][]byte
	var total int64
	for _, room := range []string{"net", "crypto", "cmd/compile/internal/ssa", "go"} {
		filepath.WalkDir(filepath.Join(runtime.GOROOT(), "src", room), func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				data, _ := os.ReadFile(name)
				texts, total = append(texts, data), total+int64(len(data))
			}
			return nil
		})
	}
	s := NewScanner()
	b.SetBytes(total)
	b.ReportAllocs()
	before, rounds := processorTime(b), 0
	for b.Loop() {
		rounds++
		for _, data := range texts {
			s.Reset("a.go")
			s.Write(data)
			s.Findings()
		}
	}
	b.ReportMetric(float64(total)*float64(rounds)/1e6/(processorTime(b)-before).Seconds(), "MB/cpu-s")
}
