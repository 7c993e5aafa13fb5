package nspkg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/secrets"
)

// Plan is what a package of a directory would hold and leave out, and what stands in its way.
type Plan struct {
	Listing
	TotalSize      int64             `json:"total_size"`      // bytes of the files
	CompressedSize int64             `json:"compressed_size"` // bytes of the archive, about
	Secrets        []secrets.Finding `json:"secrets"`         // that stop the package
	Waived         []WaivedSecret    `json:"waived"`          // that netstacks.toml lets in
}

// planLevel is the level of compression that sizes are told for.
const planLevel = 6

// MakePlan reads the plugin directory dir as Write would, and writes nothing. Secrets are no
// error: the plan lists them. The error is an *UnpackableError when files stand in the way.
func MakePlan(ctx context.Context, dir string) (Plan, error) {
	scan, err := NewSecretScan(dir)
	if err != nil {
		return Plan{}, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Plan{}, fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	listing, err := list(ctx, root)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Listing: listing, Secrets: []secrets.Finding{}, Waived: []WaivedSecret{}}
	if err := p.measure(ctx, root, scan); err != nil {
		return Plan{}, err
	}
	p.CompressedSize = int64(len(appendEnd(nil, 0, 0, 0)))
	for _, e := range p.Entries {
		header := fileHeader{name: e.Path}
		p.TotalSize += e.Size
		p.CompressedSize += e.CompressedSize + int64(len(header.appendLocal(nil))+len(header.appendCentral(nil)))
	}
	if found := (*SecretsError)(nil); errors.As(scan.Verdict(), &found) {
		p.Secrets = found.Findings
	}
	p.Waived = append(p.Waived, scan.Waived()...)
	p.Warnings = append(p.Warnings, scan.Warnings()...)
	return p, nil
}

// measure reads all files once: it compresses them to learn how large they become, and
// looks for secrets.
func (p *Plan) measure(ctx context.Context, root *os.Root, scan *SecretScan) error {
	var next atomic.Int64
	var running sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), 8, len(p.Entries))
	failures := make([]error, workers)
	for w := range workers {
		running.Go(func() {
			var size counter
			compressor, err := flate.NewWriter(&size, planLevel)
			reader := pieceReader{root: root, buffer: make([]byte, 1<<18)}
			for err == nil {
				i := int(next.Add(1)) - 1
				if i >= len(p.Entries) {
					return
				}
				size = 0
				compressor.Reset(&size)
				err = reader.read(ctx, p.Entries[i].Path, func(offset int64, data []byte, seen int, last bool) error {
					scan.collector.Piece(p.Entries[i].Path, offset, data, seen, last)
					_, err := compressor.Write(data[seen:])
					return err
				})
				err = errors.Join(err, compressor.Close())
				p.Entries[i].CompressedSize = int64(size)
			}
			failures[w] = err
		})
	}
	running.Wait()
	for _, err := range failures {
		if err != nil {
			return err // the others are of the same kind, or follow from a cancelled context
		}
	}
	return nil
}

// counter counts the bytes written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
