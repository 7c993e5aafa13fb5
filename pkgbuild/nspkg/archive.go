package nspkg

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/flate"
)

// compressionLevel is the one zip uses by default.
const compressionLevel = 6

// writeFile writes the archive of entries to a new file called name, syncs it and
// returns the summary without its path. On failure the file may be left behind.
func writeFile(ctx context.Context, root *os.Root, name string, entries []Entry, epoch time.Time) (Summary, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return Summary{}, err
	}
	summary, err := writeArchive(ctx, root, file, entries, epoch)
	if err == nil {
		err = file.Sync()
	}
	return summary, errors.Join(err, file.Close())
}

// writeArchive writes the archive of entries to out.
func writeArchive(ctx context.Context, root *os.Root, out io.Writer, entries []Entry, epoch time.Time) (Summary, error) {
	hash := sha256.New()
	size := new(counter)
	buffered := bufio.NewWriterSize(io.MultiWriter(out, hash, size), 1<<16)
	archive := zip.NewWriter(buffered)
	archive.RegisterCompressor(zip.Deflate, pooledCompressor())

	date, clock := dosTime(epoch)
	headers := make([]*zip.FileHeader, len(entries))
	buffer := make([]byte, 1<<16)
	for i, entry := range entries {
		// Modified stays zero: with it, archive/zip would add an extra field.
		headers[i] = &zip.FileHeader{Name: entry.Path, Method: zip.Deflate, ModifiedDate: date, ModifiedTime: clock} //nolint:staticcheck // see above
		headers[i].SetMode(entry.Mode)
		if err := addFile(ctx, archive, headers[i], root, entry, buffer); err != nil {
			return Summary{}, err
		}
	}
	if err := archive.Close(); err != nil {
		return Summary{}, err
	}
	if err := buffered.Flush(); err != nil {
		return Summary{}, err
	}

	summary := Summary{
		Files:       len(entries),
		PackageSize: int64(*size),
		SHA256:      hex.EncodeToString(hash.Sum(nil)),
		Entries:     make([]Entry, len(entries)),
	}
	for i, entry := range entries {
		entry.CompressedSize = int64(headers[i].CompressedSize64) // known once the archive is closed
		summary.Entries[i] = entry
		summary.TotalSize += entry.Size
	}
	return summary, nil
}

// addFile copies the content of entry into archive. A file that is not as long as
// when it was listed is an error: somebody is writing to it.
func addFile(ctx context.Context, archive *zip.Writer, header *zip.FileHeader, root *os.Root, entry Entry, buffer []byte) error {
	file, _, err := openFile(root, entry.Path)
	if err != nil {
		return fmt.Errorf("reading %q: %w", entry.Path, cause(err))
	}
	defer file.Close()
	content, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	n, err := io.CopyBuffer(content, interruptible{ctx, file}, buffer)
	if err != nil {
		return fmt.Errorf("packing %q: %w", entry.Path, err)
	}
	if n != entry.Size {
		return fmt.Errorf("packing %q: it changed while it was read (%d bytes, then %d); package again when nothing writes to it", entry.Path, entry.Size, n)
	}
	return nil
}

// pooledCompressor returns a compressor for one archive, whose files are written one after
// another: all share one flate.Writer. A new one each would clear about 1 MB per file.
func pooledCompressor() zip.Compressor {
	var shared *flate.Writer
	return func(w io.Writer) (io.WriteCloser, error) {
		if shared != nil {
			shared.Reset(w)
			return shared, nil
		}
		var err error
		shared, err = flate.NewWriter(w, compressionLevel)
		return shared, err
	}
}

// dosTime returns t, in UTC, as a ZIP header holds it: to two seconds, from 1980
// to 2107. Times outside are moved to the nearest end.
func dosTime(t time.Time) (date, clock uint16) {
	t = t.UTC()
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(first) {
		t = first
	}
	if last := time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC); t.After(last) {
		t = last
	}
	return uint16((t.Year()-1980)<<9 | int(t.Month())<<5 | t.Day()),
		uint16(t.Hour()<<11 | t.Minute()<<5 | t.Second()/2)
}

// interruptible reads until its context is cancelled.
type interruptible struct {
	ctx context.Context
	in  io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

// counter counts the bytes written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
