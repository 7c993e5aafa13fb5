package nspkg

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
)

// maxWorkers bounds how many batches are compressed at once, and with them the
// memory of a package: about 2.5 MB for each. One reader keeps no more of them busy.
const maxWorkers = 16

// workersFor returns how many workers total bytes are worth: each brings tables of
// about 1 MB, which have to be cleared first.
func workersFor(total int64) int {
	return int(min(int64(runtime.GOMAXPROCS(0)), 1+total/(1<<20), maxWorkers))
}

// packer writes one archive: a reader fills batches, workers compress them, and
// the writer, which is whoever calls write, puts them into the archive in their order.
type packer struct {
	options Options
	files   []Entry
	headers []fileHeader
	out     *output
	done    int64 // bytes of files that are in the archive
	total   int64
	local   []byte // room for a local header
}

// writeArchive writes the archive of what was listed to out.
func writeArchive(ctx context.Context, root *os.Root, out archiveFile, listing Listing, o Options) (Summary, error) {
	p := &packer{options: o, files: listing.Entries, headers: make([]fileHeader, len(listing.Entries)), out: newOutput(out)}
	stamp := stampOf(o.Epoch)
	for i, entry := range p.files {
		p.headers[i] = fileHeader{name: entry.Path, mode: entry.Mode, stamp: stamp, size: uint64(entry.Size)}
		p.total += entry.Size
	}
	if err := p.pack(ctx, &feeder{files: opener{root: root}, entries: p.files, listed: listing.infos, instead: o.Manifest}); err != nil {
		return Summary{}, err
	}
	if err := p.end(); err != nil {
		return Summary{}, err
	}
	summary := Summary{
		Files:       len(p.files),
		TotalSize:   p.total,
		PackageSize: p.out.size,
		SHA256:      hex.EncodeToString(p.out.hash.Sum(nil)),
		Entries:     make([]Entry, len(p.files)),
	}
	for i, entry := range p.files {
		entry.CompressedSize = int64(p.headers[i].packed)
		summary.Entries[i] = entry
	}
	return summary, nil
}

// pack runs reader, workers and writer, and returns when all have ended.
func (p *packer) pack(ctx context.Context, files *feeder) error {
	workers := workersFor(p.total)
	files.total, files.workers = p.total, workers
	batches := 2*workers + 1 // one for each worker, one for each that waits, one to fill
	free, work, order := make(chan *batch, batches), make(chan *batch, batches), make(chan *batch, batches)
	stopping, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()

	made := 0
	files.take = func() (*batch, error) {
		select {
		case b := <-free:
			b.clear()
			return b, nil
		default:
		}
		if made < batches {
			made++
			return newBatch(p.total), nil
		}
		select {
		case b := <-free:
			b.clear()
			return b, nil
		case <-stopping.Done():
			return nil, stopping.Err()
		}
	}
	files.give = func(b *batch) {
		order <- b // neither waits: there is room for all batches
		work <- b
	}
	var readErr error
	running.Go(func() {
		defer close(work)
		defer close(order)
		readErr = files.read(ctx)
	})
	for range workers {
		running.Go(func() { p.work(stopping, work) })
	}
	for b := range order {
		err := <-b.done
		if err == nil {
			err = p.write(b)
		}
		if err != nil {
			return err
		}
		free <- b
	}
	return readErr
}

// work compresses batches until there are none.
func (p *packer) work(ctx context.Context, batches <-chan *batch) {
	c, err := newCompressor()
	for b := range batches {
		// One after the other, as each has tables that fill the processor's cache.
		for i := 0; i < len(b.parts) && err == nil; i++ {
			err = p.inspect(b, b.parts[i])
		}
		for i := 0; i < len(b.parts) && err == nil; i++ {
			if err = ctx.Err(); err == nil {
				err = c.compress(b, &b.parts[i])
			}
		}
		b.done <- err
	}
}

// inspect shows a part to the caller's inspector.
func (p *packer) inspect(b *batch, at part) error {
	if p.options.Inspector == nil {
		return nil
	}
	entry := p.files[at.index]
	err := p.options.Inspector.Inspect(Chunk{
		Entry: entry, Offset: at.offset - int64(at.before), Data: b.raw[at.from-at.before : at.to : at.to],
		Seen: at.before, Last: at.last,
	})
	if err != nil {
		return fmt.Errorf("inspecting %q: %w", entry.Path, err)
	}
	return nil
}

// write appends a compressed batch to the archive.
func (p *packer) write(b *batch) error {
	for _, part := range b.parts {
		if err := p.writePart(part, b.content(part)); err != nil {
			return err
		}
		p.done += int64(part.to - part.from)
		if p.options.Progress != nil {
			p.options.Progress(p.files[part.index], p.done, p.total)
		}
	}
	return nil
}

// writePart writes a file, or a block of a large one: the sizes in front of that are
// known when its last block is here.
func (p *packer) writePart(at part, content []byte) error {
	h := &p.headers[at.index]
	if at.first {
		h.offset, h.method = uint64(p.out.size), at.method
	}
	h.crc, h.packed = at.crc, h.packed+uint64(len(content))
	if at.first || at.last {
		p.local = h.appendLocal(p.local[:0])
	}
	var err error
	switch {
	case at.first && at.last:
		_, err = p.out.Write(p.local)
	case at.first:
		err = p.out.reserve(len(p.local))
	}
	if err == nil {
		_, err = p.out.Write(content)
	}
	if err == nil && at.last && !at.first {
		err = p.out.settle(p.local)
	}
	return err
}

// end writes the list of files.
func (p *packer) end() error {
	start := p.out.size
	var line []byte
	for _, h := range p.headers {
		line = h.appendCentral(line[:0])
		if _, err := p.out.Write(line); err != nil {
			return err
		}
	}
	_, err := p.out.Write(appendEnd(nil, uint64(len(p.headers)), uint64(p.out.size-start), uint64(start)))
	return errors.Join(err, p.out.flush())
}
