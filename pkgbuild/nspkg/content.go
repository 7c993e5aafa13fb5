package nspkg

import (
	"bufio"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"sync"
)

// inflaters are readers of deflate streams that no file uses at the moment. They
// are those of the standard library: it never reads on behind the end of a
// stream, so that what hides there is found.
var inflaters = sync.Pool{New: func() any {
	i := &inflater{in: bufio.NewReaderSize(nil, 16<<10)}
	i.out = flate.NewReader(i.in)
	return i
}}

type inflater struct {
	in  *bufio.Reader
	out io.ReadCloser
}

// openedFile is an archive's file that is being read. At its end size and
// checksum are compared with what the archive declares, and a file that holds
// more is cut off where that shows.
type openedFile struct {
	record   *record
	raw      *io.SectionReader // the compressed content
	inflater *inflater         // nil for a file that is stored
	left     int64             // bytes that are still to come
	crc      uint32
	err      error // what every further Read returns
}

// open opens the file of a record.
func (a *Archive) open(r *record) *openedFile {
	f := &openedFile{record: r, raw: io.NewSectionReader(a.in, r.content, r.packed), left: r.size}
	if r.method == methodDeflated {
		f.inflater = inflaters.Get().(*inflater)
		f.inflater.in.Reset(f.raw)
		_ = f.inflater.out.(flate.Resetter).Reset(f.inflater.in, nil) // it has no error to return
	}
	return f
}

// Stat describes the file.
func (f *openedFile) Stat() (fs.FileInfo, error) {
	name := f.record.name
	return nodeInfo{name: name[lastPart(name):], mode: f.record.mode(), size: f.record.size, modified: f.record.modified()}, nil
}

// lastPart returns where the last part of a path begins.
func lastPart(name string) int {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return i + 1
		}
	}
	return 0
}

// Close gives back what reading takes.
func (f *openedFile) Close() error {
	if f.inflater != nil {
		f.inflater.in.Reset(nil)
		inflaters.Put(f.inflater)
		f.inflater = nil
	}
	f.err = fs.ErrClosed
	return nil
}

// Read reads on. The error is a *RefusedError in a *fs.PathError when the
// content is not what the archive declares.
func (f *openedFile) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.wrapped()
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := 0, error(nil)
	if f.left > 0 {
		n, err = f.source().Read(p[:min(int64(len(p)), f.left)])
		f.crc = crc32.Update(f.crc, crc32.IEEETable, p[:n])
		f.left -= int64(n)
	}
	switch {
	case f.left == 0 && (err == nil || errors.Is(err, io.EOF)):
		f.err = f.finish()
	case errors.Is(err, io.EOF):
		f.err = refuse(SizeLie, f.record.name, adviceHostile, "the entry %s holds %d bytes less than the %d that it declares", quoted(f.record.name), f.left, f.record.size)
	case err != nil:
		f.err = f.broken(err)
	}
	if n > 0 && (f.err == nil || errors.Is(f.err, io.EOF)) {
		return n, nil
	}
	return n, f.wrapped()
}

func (f *openedFile) source() io.Reader {
	if f.inflater != nil {
		return f.inflater.out
	}
	return f.raw
}

// finish judges the file once all bytes that it declares were read.
func (f *openedFile) finish() error {
	r := f.record
	if f.inflater != nil {
		var more [1]byte
		switch n, err := io.ReadFull(f.inflater.out, more[:]); {
		case n > 0:
			return refuse(SizeLie, r.name, adviceHostile, "the entry %s holds more than the %d bytes that it declares", quoted(r.name), r.size)
		case !errors.Is(err, io.EOF):
			return f.broken(err)
		}
		at, _ := f.raw.Seek(0, io.SeekCurrent) // a section's place; it cannot fail
		if hidden := r.packed - at + int64(f.inflater.in.Buffered()); hidden > 0 {
			return refuse(HiddenData, r.name, adviceHostile, "%d bytes hide behind the end of the entry %s", hidden, quoted(r.name))
		}
	}
	if f.crc != r.crc {
		return refuse(Checksum, r.name, adviceDamaged, "the content of %s is not what its checksum says", quoted(r.name))
	}
	return io.EOF
}

// broken says why the content cannot be inflated, or read at all.
func (f *openedFile) broken(err error) error {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse(BrokenData, f.record.name, adviceDamaged, "the content of %s cannot be inflated", quoted(f.record.name))
	}
	return err
}

// wrapped is the error with the file's name, as errors of files are.
func (f *openedFile) wrapped() error {
	if f.err == nil || errors.Is(f.err, io.EOF) {
		return f.err
	}
	return &fs.PathError{Op: "read", Path: f.record.name, Err: f.err}
}
