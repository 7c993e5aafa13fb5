package nspkg

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/flate"
)

const (
	// textLevel is the one zip uses by default.
	textLevel = 6
	// binaryLevel is for programs, pictures and archives: the levels above take half as long
	// again, and make them 2 % smaller.
	binaryLevel = 4
	// blockSize is how much of a large file one worker compresses by itself. The bytes of
	// an archive depend on it; they do not depend on how many workers there are.
	blockSize = 512 << 10
	// windowSize is how far back deflate looks: that much of a file goes before each
	// of its blocks, so that cutting it costs the archive nothing.
	windowSize = 32 << 10
	// maxParts bounds how many small files travel together.
	maxParts = 4096
)

// batch is a piece of work of about blockSize: files one after another, or one
// block of a large file. It goes from the reader to a worker to the writer and
// back, with its memory.
type batch struct {
	raw    []byte
	packed []byte
	parts  []part
	done   chan error // holds the worker's verdict
}

// newBatch returns a batch for a package of total bytes.
func newBatch(total int64) *batch {
	size := int(min(total, windowSize+blockSize))
	return &batch{
		raw: make([]byte, 0, size+1),
		// No more is ever there at a time: what deflate does not shrink is dropped.
		packed: make([]byte, 0, worstCase(uint64(size))),
		parts:  make([]part, 0, 64),
		done:   make(chan error, 1),
	}
}

func (b *batch) clear() {
	b.raw, b.packed, b.parts = b.raw[:0], b.packed[:0], b.parts[:0]
}

// room is how long a file may be to go into the batch whole. One byte is
// kept to notice a file that has grown.
func (b *batch) room() int64 { return int64(cap(b.raw) - len(b.raw) - 1) }

// part is a file, or a block of a large one, in a batch.
type part struct {
	index       int // of the entry
	from, to    int // in batch.raw
	before      int // bytes of the same file in front of from
	offset      int64
	first, last bool
	crc         uint32 // of the file up to to

	method     uint16
	start, end int // in batch.packed, when method is deflate
}

// content returns what of the archive is p's.
func (b *batch) content(p part) []byte {
	if p.method == methodStored {
		return b.raw[p.from:p.to]
	}
	return b.packed[p.start:p.end]
}

// compressor turns the files of batches into deflate streams. Each worker has one
// of its own: a new one for each file would clear about 1 MB for it.
type compressor struct {
	text, binary *flate.Writer
	out          appender
}

func newCompressor() (*compressor, error) {
	text, err := flate.NewWriter(nil, textLevel)
	if err != nil {
		return nil, fmt.Errorf("making a compressor: %w", err)
	}
	return &compressor{text: text}, nil
}

// writerFor returns the writer for content, whose bytes alone decide: a zero byte near the
// beginning is what git, too, takes for the mark of a file that is not text.
func (c *compressor) writerFor(content []byte) (*flate.Writer, error) {
	if bytes.IndexByte(content[:min(len(content), 8000)], 0) < 0 {
		return c.text, nil
	}
	if c.binary == nil { // many a package has no such file
		binary, err := flate.NewWriter(nil, binaryLevel)
		if err != nil {
			return nil, fmt.Errorf("making a compressor: %w", err)
		}
		c.binary = binary
	}
	return c.binary, nil
}

// compress fills in what is missing in p. A file that deflate does not make
// shorter is stored; that is decided by its bytes alone.
func (c *compressor) compress(b *batch, p *part) error {
	p.method = methodDeflated
	whole := p.first && p.last
	if whole && p.from == p.to {
		p.method = methodStored
		return nil
	}
	p.start = len(b.packed)
	c.out.data = b.packed
	// Not Reset, which would begin with the dictionary of the last ResetDict.
	writer, err := c.writerFor(b.raw[p.from:p.to])
	if err != nil {
		return err
	}
	writer.ResetDict(&c.out, b.raw[p.from-p.before:p.from])
	_, err = writer.Write(b.raw[p.from:p.to])
	if err == nil && p.last {
		err = writer.Close()
	} else if err == nil {
		err = writer.Flush() // to a whole byte, where the next block goes on
	}
	if err != nil {
		return fmt.Errorf("compressing: %w", err)
	}
	b.packed = c.out.data
	p.end = len(b.packed)
	if whole && p.end-p.start >= p.to-p.from {
		p.method = methodStored
		b.packed = b.packed[:p.start]
	}
	return nil
}

// appender collects what is written to it.
type appender struct{ data []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.data = append(a.data, p...)
	return len(p), nil
}
