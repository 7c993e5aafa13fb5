package nspkg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// feeder reads the files of a listing into batches, in its order.
type feeder struct {
	files   opener
	entries []Entry
	listed  map[string]fs.FileInfo // as they were when they were listed
	instead []byte                 // of what manifest.json holds; nil for that

	total   int64 // bytes in all files
	done    int64 // bytes of those that were read
	workers int

	take func() (*batch, error) // a batch to fill
	give func(*batch)           // a filled one
	at   *batch                 // being filled
}

// read reads all files. Each is read once.
func (f *feeder) read(ctx context.Context) error {
	defer f.files.close()
	for i, entry := range f.entries {
		// A look at the context per file, or per block of a large one: both are short.
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.file(ctx, i, entry); err != nil {
			return err
		}
		f.done += entry.Size
	}
	f.flush()
	return nil
}

// begin makes sure that there is a batch with room for size bytes.
func (f *feeder) begin(size int64) error {
	if f.at != nil && (f.at.room() < size || len(f.at.parts) == maxParts || len(f.at.raw) >= f.enough()) {
		f.flush()
	}
	if f.at != nil {
		return nil
	}
	var err error
	f.at, err = f.take()
	return err
}

// enough returns how many bytes a batch of small files shall have. They are few in the beginning, so that no worker waits
// for long for its first, and in the end, so that none works on alone when the others have no more. The
// archive does not depend on it.
func (f *feeder) enough() int {
	const least = 64 << 10 // below, handing it over would count
	return int(max(least, min(f.done, f.total-f.done)/int64(2*f.workers)))
}

func (f *feeder) flush() {
	if f.at != nil {
		f.give(f.at)
		f.at = nil
	}
}

func (f *feeder) file(ctx context.Context, index int, entry Entry) error {
	file, before, err := f.files.open(entry.Path)
	if err != nil {
		return fmt.Errorf("reading %q: %w", entry.Path, cause(err))
	}
	defer file.Close()
	if listed := f.listed[entry.Path]; listed != nil && !unchanged(listed, before) {
		return changed(entry, before.Size())
	}
	var content io.Reader = file
	if f.instead != nil && entry.Path == manifest.FileName {
		content = bytes.NewReader(f.instead)
	}
	var n int64
	if entry.Size <= blockSize {
		n, err = f.whole(index, entry, content)
	} else {
		n, err = f.blocks(ctx, index, entry, content)
	}
	if err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading %q: %w", entry.Path, cause(err))
	}
	if n != entry.Size || !unchanged(before, after) {
		return changed(entry, max(n, after.Size()))
	}
	return nil
}

// whole reads a file that one block holds into the current batch, and returns how
// many bytes it had: of one that has grown, one more than expected.
func (f *feeder) whole(index int, entry Entry, file io.Reader) (int64, error) {
	if err := f.begin(entry.Size); err != nil {
		return 0, err
	}
	b := f.at
	from := len(b.raw)
	n, err := fill(file, b.raw[from:from+int(entry.Size)+1], int(entry.Size))
	if err != nil {
		return 0, fmt.Errorf("reading %q: %w", entry.Path, cause(err))
	}
	b.raw = b.raw[:from+n]
	b.parts = append(b.parts, part{
		index: index, from: from, to: from + n, first: true, last: true,
		crc: crc32.ChecksumIEEE(b.raw[from:]),
	})
	return int64(n), nil
}

// blocks reads a large file, each block into a batch of its own, and returns how many
// of the bytes that were expected are there.
func (f *feeder) blocks(ctx context.Context, index int, entry Entry, file io.Reader) (int64, error) {
	f.flush()
	var window []byte // copied: the batch before may be on its way again
	var crc uint32
	for offset := int64(0); ; {
		if err := f.begin(blockSize); err != nil {
			return 0, err
		}
		b := f.at
		b.raw = append(b.raw, window...)
		from := len(b.raw)
		want := int(min(blockSize, entry.Size-offset))
		n, err := fill(file, b.raw[from:from+want], want)
		if err != nil {
			return 0, fmt.Errorf("reading %q: %w", entry.Path, cause(err))
		}
		if n < want {
			return offset + int64(n), nil
		}
		b.raw = b.raw[:from+n]
		crc = crc32.Update(crc, crc32.IEEETable, b.raw[from:])
		b.parts = append(b.parts, part{
			index: index, from: from, to: from + n, before: from, offset: offset,
			first: offset == 0, last: offset+int64(n) == entry.Size, crc: crc,
		})
		window = append(window[:0], b.raw[len(b.raw)-min(n, windowSize):]...)
		offset += int64(n)
		if offset == entry.Size {
			break // small files may join the last block
		}
		f.flush()
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
	return entry.Size, nil
}

// fill reads until p is full or the file ends. A short read that brings want bytes
// is taken for the end: the file's size, looked at afterwards, tells.
func fill(file io.Reader, p []byte, want int) (int, error) {
	n := 0
	for n < len(p) {
		m, err := file.Read(p[n:])
		n += m
		switch {
		case errors.Is(err, io.EOF) || err == nil && n == want:
			return n, nil
		case err != nil:
			return n, err
		}
	}
	return n, nil
}

// unchanged tells whether two looks at a file's name found the same file, which
// nobody had written to in between.
func unchanged(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// changed is the error of a file that is not what it was when it was listed.
func changed(entry Entry, size int64) error {
	found := ""
	if size != entry.Size {
		found = fmt.Sprintf(" (%d bytes, then %d)", entry.Size, size)
	}
	return fmt.Errorf("packing %q: it changed while it was read%s; package again when nothing writes to it", entry.Path, found)
}
