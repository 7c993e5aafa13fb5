package nspkg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Archive is an open .nspkg: its files, to be read as those of a plugin
// directory. What it holds was not read yet when it was opened: reading a file
// fails where its content is not what the archive declares. It is safe for
// concurrent use.
type Archive struct {
	fs.FS
	in      io.ReaderAt
	size    int64
	records []record // in the order of its list of files
	close   func() error
}

// ArchivedFile is a file in an archive.
type ArchivedFile struct {
	Path           string      `json:"path"`            // slash-separated
	Size           int64       `json:"size"`            // bytes, as declared
	CompressedSize int64       `json:"compressed_size"` // bytes in the archive
	Mode           fs.FileMode `json:"mode"`            // 0644 or 0755
}

// Open opens a .nspkg for reading. It refuses what is no archive, what one
// reader would take for something else than another, and what could reach
// outside of the folder that it is extracted to or exhaust the machine: the
// error is then a *RefusedError. It reads the list of files and the headers in
// front of their content, in memory that does not depend on what they claim.
func Open(name string) (*Archive, error) {
	// What it is comes first: to open a device may do something.
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, cause(err)
	case !info.Mode().IsRegular():
		return nil, notRegular()
	}
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a FIFO in its place would wait for a writer
	if err != nil {
		return nil, cause(err)
	}
	a, err := openArchive(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	a.close = file.Close
	return a, nil
}

func notRegular() error {
	return refuse(NotAnArchive, "", "name a .nspkg file", "it is no regular file")
}

func openArchive(file *os.File) (*Archive, error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, cause(err)
	case !info.Mode().IsRegular():
		return nil, notRegular()
	}
	return NewArchive(file, info.Size())
}

// NewArchive is Open for an archive of that many bytes in in, which must stay
// as it is and readable while the archive is used. Close does not touch it.
func NewArchive(in io.ReaderAt, size int64) (*Archive, error) {
	switch {
	case size == 0:
		return nil, refuse(NotAnArchive, "", adviceDamaged, "the file is empty")
	case size > maxArchive:
		return nil, refuse(TooLarge, "", adviceSmaller, "it is %d bytes large, %d are allowed", size, maxArchive)
	}
	dir, err := findDirectory(in, size)
	if err != nil {
		return nil, err
	}
	a := &Archive{in: in, size: size, close: func() error { return nil }}
	if a.records, err = readRecords(in, dir); err != nil {
		return nil, err
	}
	if err := a.checkRecords(); err != nil {
		return nil, err
	}
	files, err := plantTree(a)
	if err != nil {
		return nil, err
	}
	a.FS = files
	if err := locate(in, a.records, dir.offset); err != nil {
		return nil, err
	}
	if top, wrapped := topFolder(a.records); wrapped {
		return nil, refuse(WrappedFolder, top+"/", "`netstacks-plugin package` writes it so", "its files lie below %s/, and the Controller looks for manifest.json at the top", top)
	}
	return a, nil
}

// checkRecords judges each entry by itself, and all of them by their size.
func (a *Archive) checkRecords() error {
	total := int64(0)
	for i := range a.records {
		r := &a.records[i]
		name := r.path()
		if r.name == "/" {
			name = r.name
		}
		if err := checkName(name); err != nil {
			err.Entry = r.name
			return err
		}
		if err := r.checkKind(); err != nil {
			return err
		}
		if total += r.size; total > maxTotal {
			return refuse(TooLarge, "", adviceSmaller, "its files are more than %d bytes large, which is all that is allowed", maxTotal)
		}
	}
	if growsTooMuch(total, a.size, freeTotal, maxTotalRatio) {
		return refuse(RatioTooHigh, "", adviceHostile, "it grows from %d to %d bytes, more than %d times: that is made to fill memory and disks", a.size, total, maxTotalRatio)
	}
	return nil
}

// Close closes the archive.
func (a *Archive) Close() error { return a.close() }

// Size is how many bytes the archive has.
func (a *Archive) Size() int64 { return a.size }

// Files returns the files of the archive in its order; folders are left out.
func (a *Archive) Files() []ArchivedFile {
	files := make([]ArchivedFile, 0, len(a.records))
	for i := range a.records {
		if r := &a.records[i]; !r.isFolder() {
			files = append(files, ArchivedFile{Path: r.name, Size: r.size, CompressedSize: r.packed, Mode: r.mode()})
		}
	}
	return files
}

// Digests are SHA-256 sums in lower-case hexadecimal.
type Digests struct {
	Archive string   // of the archive's bytes
	Files   []string // of the content of each of Files
}

// Digests reads everything that the archive holds. The error is that of the
// first file whose content is not what the archive declares, a *RefusedError,
// or the context's.
func (a *Archive) Digests(ctx context.Context) (Digests, error) {
	var d Digests
	buffer := make([]byte, 64<<10)
	sum := sha256.New()
	whole, err := hashed(ctx, sum, io.NewSectionReader(a.in, 0, a.size), buffer)
	if err != nil {
		return d, fmt.Errorf("reading the archive: %w", cause(err))
	}
	d.Archive = whole
	for i := range a.records {
		r := &a.records[i]
		if r.isFolder() {
			continue
		}
		file := a.open(r)
		digest, err := hashed(ctx, sum, file, buffer)
		file.Close()
		if err != nil {
			return d, cause(err)
		}
		d.Files = append(d.Files, digest)
	}
	return d, nil
}

// hashed returns the digest of all that in holds.
func hashed(ctx context.Context, sum hash.Hash, in io.Reader, buffer []byte) (string, error) {
	sum.Reset()
	if _, err := io.CopyBuffer(sum, untilDone{ctx, in}, buffer); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// untilDone reads until its context is cancelled.
type untilDone struct {
	ctx context.Context
	in  io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}
