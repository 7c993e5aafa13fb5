package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/scaffold"
)

// BenchmarkNewProcess takes the time of the whole program, from its start to
// its end, with the project written. The goal is a p50 of at most 50 ms. Beside
// it stands what the same files cost when they are only copied, which a disk
// with crowded block groups makes twenty times what it is on an empty one.
//
//	go test ./cli -run '^$' -bench NewProcess -benchtime 50x
func BenchmarkNewProcess(b *testing.B) {
	binary := needs.Binary(b)
	for _, template := range scaffold.Templates() {
		b.Run(template.Name, func(b *testing.B) {
			dir := b.TempDir()
			var took, worked, copied []time.Duration
			for b.Loop() {
				out := fmt.Sprintf("%s/%d", dir, len(took))
				cmd := exec.Command(binary, "new", "my-plugin", "--template", template.Name, "--yes", "--author", "Ada", "--output-dir", out)
				start := time.Now()
				output, err := cmd.CombinedOutput()
				took = append(took, time.Since(start))
				worked = append(worked, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
				if err != nil {
					b.Fatalf("%v: %s", err, output)
				}
				start = time.Now()
				if err := os.CopyFS(out+"-copy", os.DirFS(out)); err != nil {
					b.Fatal(err)
				}
				copied = append(copied, time.Since(start))
				if _, err := os.Stat(out + "-copy/my-plugin/manifest.json"); err != nil {
					b.Fatal(err)
				}
				if err := errors.Join(os.RemoveAll(out), os.RemoveAll(out+"-copy")); err != nil {
					b.Fatal(err) // what is left would crowd the disk
				}
			}
			slices.Sort(took)
			slices.Sort(worked)
			slices.Sort(copied)
			b.ReportMetric(0, "ns/op")
			for _, q := range []int{50, 95} {
				b.ReportMetric(milliseconds(took[len(took)*q/100]), fmt.Sprintf("p%d-ms", q))
			}
			b.ReportMetric(milliseconds(worked[len(worked)/2]), "cpu-p50-ms")
			b.ReportMetric(milliseconds(copied[len(copied)/2]), "copy-p50-ms")
		})
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
