package nspkg

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// archiveFile is a new file that an archive is written to.
type archiveFile interface {
	io.Writer
	io.ReaderAt
	io.WriterAt
}

// output writes an archive and hashes it on the way. A header of which the
// sizes come last is reserved first and settled later; then what was written in
// between, which may be any amount, is read back for the hash.
type output struct {
	file     archiveFile
	buffer   *bufio.Writer
	hash     hash.Hash
	size     int64 // written so far
	reserved int64 // where the reserved header stands; -1 when there is none
}

func newOutput(file archiveFile) *output {
	return &output{file: file, buffer: bufio.NewWriterSize(file, 1<<17), hash: sha256.New(), reserved: -1}
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.buffer.Write(p)
	o.size += int64(n)
	if o.reserved < 0 {
		o.hash.Write(p[:n])
	}
	return n, err
}

func (o *output) flush() error { return o.buffer.Flush() }

// reserve leaves room for a header of n bytes.
func (o *output) reserve(n int) error {
	o.reserved = o.size
	_, err := o.Write(make([]byte, n))
	return err
}

// settle puts header into the room that was reserved for it.
func (o *output) settle(header []byte) error {
	at := o.reserved
	o.reserved = -1
	if err := o.flush(); err != nil {
		return err
	}
	if _, err := o.file.WriteAt(header, at); err != nil {
		return err
	}
	n, err := io.Copy(o.hash, io.NewSectionReader(o.file, at, o.size-at))
	if err == nil && n != o.size-at {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("reading back what was written: %w", err)
	}
	return nil
}
