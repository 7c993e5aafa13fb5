package nspkg

import (
	"encoding/binary"
	"io/fs"
	"math"
	"time"
)

// The parts of a ZIP archive that packages are made of (APPNOTE.TXT 6.3.10).
// archive/zip would write them too, but for two things: a file's sizes behind
// its content instead of before it, where readers of streams need them, and
// ZIP64 records in its way.
const (
	signatureLocal   = 0x04034b50
	signatureCentral = 0x02014b50
	signatureEnd     = 0x06054b50
	signatureEnd64   = 0x06064b50
	signatureWhere64 = 0x07064b50

	versionDeflate = 20 // what a reader needs to know of the format
	versionZIP64   = 45
	extraZIP64     = 1
)

// stamp is a moment as a ZIP header holds it.
type stamp struct{ date, clock uint16 }

// stampOf returns t, in UTC and to two seconds. Times outside the years 1980 to
// 2107 are moved to the nearest end.
func stampOf(t time.Time) stamp {
	t = t.UTC()
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(first) {
		t = first
	}
	if last := time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC); t.After(last) {
		t = last
	}
	return stamp{
		date:  uint16((t.Year()-1980)<<9 | int(t.Month())<<5 | t.Day()),
		clock: uint16(t.Hour()<<11 | t.Minute()<<5 | t.Second()/2),
	}
}

// fileHeader is what the archive says of one file.
type fileHeader struct {
	name         string
	mode         fs.FileMode
	stamp        stamp
	method       uint16
	crc          uint32
	size, packed uint64 // bytes before and after compression
	offset       uint64 // of the local header
}

// large tells whether the sizes need ZIP64. It is known before the file is
// compressed, as the header's length depends on it: the worst case decides, in
// which deflate adds to the file what worstCase says.
func (h fileHeader) large() bool { return worstCase(h.size) >= math.MaxUint32 }

// worstCase returns the most that size bytes can have after compression: stored
// blocks of at most 64 KiB with five bytes each, and the end of each block that is
// compressed by itself.
func worstCase(size uint64) uint64 {
	return size + 5*(size/(32<<10)+1) + 16*(size/blockSize+1)
}

func (h fileHeader) version() uint16 {
	if h.large() || h.offset >= math.MaxUint32 {
		return versionZIP64
	}
	return versionDeflate
}

// flags of the file: deflate at its usual level needs none, nor do names in ASCII.
func (h fileHeader) flags() uint16 {
	for i := range len(h.name) {
		if h.name[i] >= 0x80 {
			return flagUTF8
		}
	}
	return 0
}

var little = binary.LittleEndian

// appendLocal appends the header that stands before the file's content. Its length
// depends on name and size alone.
func (h fileHeader) appendLocal(b []byte) []byte {
	b = little.AppendUint32(b, signatureLocal)
	b = little.AppendUint16(b, fileHeader{size: h.size}.version())
	b = h.appendCommon(b)
	if !h.large() {
		return append(little.AppendUint16(b, 0), h.name...)
	}
	b = little.AppendUint16(b, 4+16)
	b = append(b, h.name...)
	b = little.AppendUint16(b, extraZIP64)
	b = little.AppendUint16(b, 16)
	b = little.AppendUint64(b, h.size)
	return little.AppendUint64(b, h.packed)
}

// appendCommon appends what local and central headers share, up to the length of the name.
func (h fileHeader) appendCommon(b []byte) []byte {
	b = little.AppendUint16(b, h.flags())
	b = little.AppendUint16(b, h.method)
	b = little.AppendUint16(b, h.stamp.clock)
	b = little.AppendUint16(b, h.stamp.date)
	b = little.AppendUint32(b, h.crc)
	packed, size := h.packed, h.size
	if h.large() {
		packed, size = math.MaxUint32, math.MaxUint32
	}
	b = little.AppendUint32(b, uint32(packed))
	b = little.AppendUint32(b, uint32(size))
	return little.AppendUint16(b, uint16(len(h.name)))
}

// appendCentral appends the file's line in the list at the archive's end.
func (h fileHeader) appendCentral(b []byte) []byte {
	var extra []byte
	if h.large() {
		extra = little.AppendUint64(extra, h.size)
		extra = little.AppendUint64(extra, h.packed)
	}
	offset := h.offset
	if offset >= math.MaxUint32 {
		extra = little.AppendUint64(extra, offset)
		offset = math.MaxUint32
	}
	if len(extra) > 0 {
		head := little.AppendUint16(nil, extraZIP64)
		extra = append(little.AppendUint16(head, uint16(len(extra))), extra...)
	}
	b = little.AppendUint32(b, signatureCentral)
	b = little.AppendUint16(b, creatorUnix<<8|h.version())
	b = little.AppendUint16(b, h.version())
	b = h.appendCommon(b)
	b = little.AppendUint16(b, uint16(len(extra)))
	b = little.AppendUint16(b, 0) // length of the comment
	b = little.AppendUint16(b, 0) // the disk that the file starts on
	b = little.AppendUint16(b, 0) // internal attributes
	b = little.AppendUint32(b, (unixFile|uint32(h.mode.Perm()))<<16)
	b = little.AppendUint32(b, uint32(offset))
	b = append(b, h.name...)
	return append(b, extra...)
}

// appendEnd appends what follows the list of files, which stands at offset: for a
// reader that begins at the end.
func appendEnd(b []byte, files, size, offset uint64) []byte {
	if files >= math.MaxUint16 || size >= math.MaxUint32 || offset >= math.MaxUint32 {
		b = little.AppendUint32(b, signatureEnd64)
		b = little.AppendUint64(b, 44) // what follows in this record
		b = little.AppendUint16(b, creatorUnix<<8|versionZIP64)
		b = little.AppendUint16(b, versionZIP64)
		b = little.AppendUint32(b, 0) // this disk
		b = little.AppendUint32(b, 0) // the disk of the list
		b = little.AppendUint64(b, files)
		b = little.AppendUint64(b, files)
		b = little.AppendUint64(b, size)
		b = little.AppendUint64(b, offset)

		b = little.AppendUint32(b, signatureWhere64)
		b = little.AppendUint32(b, 0)
		b = little.AppendUint64(b, offset+size)
		b = little.AppendUint32(b, 1) // disks
	}
	b = little.AppendUint32(b, signatureEnd)
	b = little.AppendUint32(b, 0) // this disk, and that of the list
	b = little.AppendUint16(b, uint16(min(files, math.MaxUint16)))
	b = little.AppendUint16(b, uint16(min(files, math.MaxUint16)))
	b = little.AppendUint32(b, uint32(min(size, math.MaxUint32)))
	b = little.AppendUint32(b, uint32(min(offset, math.MaxUint32)))
	return little.AppendUint16(b, 0) // length of the comment
}
