package nspkg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The records of a ZIP archive (APPNOTE.TXT, 4.3). archive/zip is not used to
// read them: it looks for a directory that fits where ours must stand, and
// does not tell of what it passed over.
const (
	localSignature      = 0x04034b50
	centralSignature    = 0x02014b50
	descriptorSignature = 0x08074b50
	endSignature        = 0x06054b50
	end64Signature      = 0x06064b50
	locator64Signature  = 0x07064b50

	localLen     = 30
	centralLen   = 46
	endLen       = 22
	end64Len     = 56
	locator64Len = 20

	max16 = 0xffff
	max32 = 0xffffffff
)

var endMark = []byte("PK\x05\x06")

// Bounds of an archive; a plugin stays far below them.
const (
	maxArchive   = 512 << 20 // bytes of the archive
	maxEntries   = 20_000    // files and folders that it lists
	maxFolders   = 20_000    // folders that the names imply besides
	maxDirectory = 4 << 20   // bytes of its list of files
	maxFile      = 256 << 20 // bytes of one file
	maxTotal     = 512 << 20 // bytes of all files

	// What grows more than this was made to fill memory and disks. Small files are
	// left out: an empty bitmap shrinks a thousandfold.
	maxFileRatio, freeFile   = 200, 8 << 20
	maxTotalRatio, freeTotal = 50, 64 << 20
)

// directory is where an archive's list of files stands.
type directory struct {
	offset, size int64
	count        int64
}

// record is what the list of files says of one entry.
type record struct {
	name          string
	creator       uint16 // system and version of what made it
	flags, method uint16
	clock, date   uint16 // as MS-DOS counts
	crc           uint32
	attributes    uint32
	size, packed  int64 // bytes of the content, and of its compressed form
	offset        int64 // of the local header
	content       int64 // offset of the compressed content, known from the local header
	extra         bool  // there are extra fields
}

// findDirectory reads the records at the archive's end. They must be the last
// bytes and stand right behind the list of files.
func findDirectory(in io.ReaderAt, size int64) (directory, error) {
	if size < endLen {
		return directory{}, notAnArchive(in)
	}
	var b [endLen]byte
	if err := readAt(in, b[:], size-endLen); err != nil {
		return directory{}, err
	}
	if u32(b[:], 0) != endSignature || u16(b[:], 20) != 0 {
		return directory{}, explainEnd(in, size)
	}
	if u16(b[:], 4) != 0 || u16(b[:], 6) != 0 {
		return directory{}, refuse(SeveralDisks, "", adviceRepack, "it says that it is a part of an archive on several disks")
	}
	if u16(b[:], 8) != u16(b[:], 10) {
		return directory{}, refuse(DamagedList, "", adviceHostile, "it counts its entries as %d and as %d", u16(b[:], 8), u16(b[:], 10))
	}
	dir := directory{count: int64(u16(b[:], 10)), size: int64(u32(b[:], 12)), offset: int64(u32(b[:], 16))}
	behind := size - endLen
	dir, behind, err := findDirectory64(in, dir, behind)
	if err != nil {
		return directory{}, err
	}
	return dir, dir.check(in, behind)
}

// check judges the place of the list of files, which must end at behind.
func (d directory) check(in io.ReaderAt, behind int64) error {
	switch {
	case d.count == 0 && d.size == 0 && behind == 0:
		return refuse(NothingInside, "", adviceRepack, "it holds no files")
	case d.offset > behind || d.size > behind-d.offset:
		return refuse(OutOfRange, "", adviceDamaged, "its list of files would end at byte %d, behind the archive's end records at %d", uint64(d.offset)+uint64(d.size), behind)
	case d.offset+d.size < behind:
		var b [4]byte
		if err := readAt(in, b[:], behind-d.size); err == nil && u32(b[:], 0) == centralSignature {
			return refuse(PrependedData, "", adviceHostile, "%d bytes stand in front of it, so that it is two things at once", behind-d.size-d.offset)
		}
		return refuse(Gap, "", adviceHostile, "%d bytes between its list of files and its end belong to nothing", behind-d.size-d.offset)
	case d.count > maxEntries:
		return refuse(TooManyEntries, "", adviceSmaller, "it lists %d entries, %d are allowed", d.count, maxEntries)
	case d.size > maxDirectory:
		return refuse(TooManyEntries, "", adviceSmaller, "its list of files is longer than %d MiB", maxDirectory>>20)
	case d.count*centralLen > d.size:
		return refuse(DamagedList, "", adviceDamaged, "its list of files is damaged: %d entries do not fit into %d bytes", d.count, d.size)
	case d.count == 0:
		return refuse(DamagedList, "", adviceHostile, "it counts no entries, but its list of files has %d bytes", d.size)
	}
	return nil
}

// findDirectory64 reads the ZIP64 records in front of the end record, where
// there are some. They may only repeat what the end record says, or stand in
// for the numbers that do not fit there.
func findDirectory64(in io.ReaderAt, d directory, end int64) (directory, int64, error) {
	full := d.count == max16 || d.size == max32 || d.offset == max32
	var b [locator64Len]byte
	if end >= locator64Len {
		if err := readAt(in, b[:], end-locator64Len); err != nil {
			return d, end, err
		}
	}
	if u32(b[:], 0) != locator64Signature {
		if full {
			return d, end, refuse(Zip64Lie, "", adviceHostile, "it refers to ZIP64 records that are not there")
		}
		return d, end, nil
	}
	at := end - locator64Len - end64Len
	if at < 0 || u64(b[:], 8) != uint64(at) || u32(b[:], 4) != 0 || u32(b[:], 16) != 1 {
		return d, end, refuse(Zip64Lie, "", adviceHostile, "the ZIP64 record of its end does not stand where it says")
	}
	var e [end64Len]byte
	if err := readAt(in, e[:], at); err != nil {
		return d, end, err
	}
	count, size, offset := u64(e[:], 32), u64(e[:], 40), u64(e[:], 48)
	agrees := func(short, short64 uint64, limit uint64) bool { return short == limit || short == short64 }
	switch {
	case u32(e[:], 0) != end64Signature || u64(e[:], 4) != end64Len-12:
		return d, end, refuse(Zip64Lie, "", adviceHostile, "the ZIP64 record of its end is none, or holds more than it should")
	case u32(e[:], 16) != 0 || u32(e[:], 20) != 0 || u64(e[:], 24) != count:
		return d, end, refuse(SeveralDisks, "", adviceRepack, "it says that it is a part of an archive on several disks")
	case !agrees(uint64(d.count), count, max16) || !agrees(uint64(d.size), size, max32) || !agrees(uint64(d.offset), offset, max32):
		return d, end, refuse(Zip64Lie, "", adviceHostile, "its end record and the ZIP64 record in front of it contradict each other")
	case size > uint64(at) || offset > uint64(at):
		return d, end, refuse(OutOfRange, "", adviceHostile, "its ZIP64 record places the list of files outside of the archive")
	case count > maxEntries: // before it becomes a signed number
		return d, end, refuse(TooManyEntries, "", adviceSmaller, "it lists %d entries, %d are allowed", count, maxEntries)
	}
	return directory{count: int64(count), size: int64(size), offset: int64(offset)}, at, nil
}

// explainEnd says why the last bytes of the archive are not its end record.
func explainEnd(in io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, endLen+max16))
	if err := readAt(in, tail, size-int64(len(tail))); err != nil {
		return err
	}
	for at := bytes.LastIndex(tail, endMark); at >= 0; at = bytes.LastIndex(tail[:at], endMark) {
		if len(tail)-at < endLen {
			continue
		}
		comment, rest := int(u16(tail[at:], 20)), len(tail)-at-endLen
		switch {
		case comment > rest:
			continue // the mark is chance, or the end is missing
		case comment == rest:
			return refuse(Comment, "", adviceRepack, "it carries a comment of %d bytes, in which anything may hide", comment)
		}
		return refuse(TrailingData, "", adviceHostile, "bytes follow its end: %d", rest-comment)
	}
	return notAnArchive(in)
}

// notAnArchive tells an archive without an end from what never was one.
func notAnArchive(in io.ReaderAt) error {
	var b [4]byte
	if err := readAt(in, b[:], 0); err == nil && u32(b[:], 0) == localSignature {
		return refuse(NotAnArchive, "", adviceDamaged, "it is no ZIP archive, or its end is missing: it begins as one and is cut off")
	}
	return refuse(NotAnArchive, "", adviceRepack, "it is no ZIP archive, or its end is missing")
}

// readRecords reads the list of files. The names share its memory.
func readRecords(in io.ReaderAt, d directory) ([]record, error) {
	raw := make([]byte, d.size) // check saw to it that the archive has so many bytes
	if err := readAt(in, raw, d.offset); err != nil {
		return nil, err
	}
	names := string(raw)
	records := make([]record, d.count)
	at := 0
	for i := range records {
		if len(raw)-at < centralLen || u32(raw[at:], 0) != centralSignature {
			return nil, refuse(DamagedList, "", adviceDamaged, "its list of files is damaged: %d entries are counted, the one after %d is none", d.count, i)
		}
		b := raw[at:]
		name, extra, comment := int(u16(b, 28)), int(u16(b, 30)), int(u16(b, 32))
		if len(b)-centralLen < name+extra+comment {
			return nil, refuse(DamagedList, "", adviceDamaged, "its list of files is damaged: entry %d goes on behind the end of the list", i+1)
		}
		from := at + centralLen
		r := record{
			name: names[from : from+name], creator: u16(b, 4), flags: u16(b, 8), method: u16(b, 10), clock: u16(b, 12), date: u16(b, 14),
			crc: u32(b, 16), packed: int64(u32(b, 20)), size: int64(u32(b, 24)), attributes: u32(b, 38), offset: int64(u32(b, 42)), extra: extra > 0,
		}
		if comment > 0 {
			return nil, refuse(Comment, r.name, adviceRepack, "the entry %s carries a comment of %d bytes, in which anything may hide", quoted(r.name), comment)
		}
		if disk := u16(b, 34); disk != 0 {
			return nil, refuse(SeveralDisks, r.name, adviceRepack, "the entry %s stands on disk %d, and there is only one", quoted(r.name), disk)
		}
		if err := r.readExtra(raw[from+name : from+name+extra]); err != nil {
			return nil, err
		}
		records[i] = r
		at = from + name + extra
	}
	if at != len(raw) {
		return nil, refuse(DamagedList, "", adviceHostile, "its list of files has %d bytes more than the %d entries that it counts", len(raw)-at, d.count)
	}
	return records, nil
}

// readAt fills b, and says in words of ours when the archive is shorter than
// it was.
func readAt(in io.ReaderAt, b []byte, at int64) error {
	n, err := in.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return refuse(OutOfRange, "", adviceDamaged, "it ends before byte %d, which it refers to", at+int64(len(b)))
	}
	return fmt.Errorf("it cannot be read: %w", cause(err))
}

func u16(b []byte, at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }
func u32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
func u64(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
