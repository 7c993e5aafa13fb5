package nspkg

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// header is what a test writes as a local or central header: by default what an
// honest packer does.
type header struct {
	name          string
	creator       uint16
	flags, method uint16
	clock, date   uint16
	crc           uint32
	packed, size  uint32
	extra         []byte
	comment       string
	disk          uint16
	attributes    uint32
	offset        uint32
	signature     uint32
}

// forged is one entry of a forged archive.
type forged struct {
	name           string
	content        string
	raw            []byte // the compressed content, when it is not content stored or deflated
	method         uint16
	local, central func(*header) // what is changed of one header
	both           func(*header) // what is changed of both
	gap            string        // bytes in front of it
	descriptor     []byte        // bytes behind its content
	hidden         bool          // it has no entry in the list
	unwritten      bool          // it has an entry in the list alone
}

// forgedArchive is an archive that a test writes byte by byte.
type forgedArchive struct {
	entries   []forged
	gapBefore string // in front of the list of files
	gapBehind string // behind the list of files
	listTail  string // at the end of the list, counted as its bytes
	tail      string // behind the end record
	comment   string
	end       func(*endRecord)
	zip64     func(*endRecord64) // writes ZIP64 records when not nil
}

type endRecord struct {
	disk, listDisk, here, count uint16
	size, offset                uint32
	comment                     uint16
}

type endRecord64 struct {
	length       uint64
	disk         uint32
	here, count  uint64
	size, offset uint64
	at           uint64 // where the locator says that it stands
	disks        uint32
}

// honest is an entry that nothing is wrong with.
func honest(name, content string) forged { return forged{name: name, content: content} }

// deflated compresses as archives do.
func deflated(content string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return b.Bytes()
}

// headers returns the two headers of an entry and its compressed content.
func (f forged) headers(offset int) (local, central header, raw []byte) {
	raw = f.raw
	if raw == nil && f.method == methodDeflated {
		raw = deflated(f.content)
	} else if raw == nil {
		raw = []byte(f.content)
	}
	h := header{
		name: f.name, creator: creatorUnix<<8 | 20, method: f.method, date: 0x21, crc: crc32.ChecksumIEEE([]byte(f.content)),
		packed: uint32(len(raw)), size: uint32(len(f.content)), attributes: (unixFile | 0o644) << 16, offset: uint32(offset),
	}
	if f.name != "" && f.name[len(f.name)-1] == '/' {
		h.attributes = (unixFolder|0o755)<<16 | dosFolder
	}
	if !isASCII(f.name) {
		h.flags |= flagUTF8
	}
	if f.both != nil {
		f.both(&h)
	}
	local, central = h, h
	local.signature, central.signature = localSignature, centralSignature
	if f.local != nil {
		f.local(&local)
	}
	if f.central != nil {
		f.central(&central)
	}
	return local, central, raw
}

// write appends v to b, numbers in little-endian order.
func write(b *bytes.Buffer, values ...any) {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b.WriteString(v)
		case []byte:
			b.Write(v)
		case uint8:
			b.WriteByte(v)
		case uint16:
			b.Write(binary.LittleEndian.AppendUint16(nil, v))
		case uint32:
			b.Write(binary.LittleEndian.AppendUint32(nil, v))
		case uint64:
			b.Write(binary.LittleEndian.AppendUint64(nil, v))
		default:
			panic("a number without a size")
		}
	}
}

// bytes is the archive.
func (a forgedArchive) bytes() []byte {
	var out, list bytes.Buffer
	count := 0
	for _, f := range a.entries {
		out.WriteString(f.gap)
		local, central, raw := f.headers(out.Len())
		if !f.unwritten {
			length := uint16(len(local.name))
			write(&out, local.signature, uint16(20), local.flags, local.method, local.clock, local.date, local.crc, local.packed, local.size,
				length, uint16(len(local.extra)), local.name, local.extra, raw, f.descriptor)
		}
		if f.hidden {
			continue
		}
		count++
		write(&list, central.signature, central.creator, uint16(20), central.flags, central.method, central.clock, central.date, central.crc, central.packed, central.size,
			uint16(len(central.name)), uint16(len(central.extra)), uint16(len(central.comment)), central.disk, uint16(0), central.attributes, central.offset,
			central.name, central.extra, central.comment)
	}
	out.WriteString(a.gapBefore)
	list.WriteString(a.listTail)
	end := endRecord{here: uint16(count), count: uint16(count), size: uint32(list.Len()), offset: uint32(out.Len()), comment: uint16(len(a.comment))}
	write(&out, list.Bytes(), a.gapBehind)
	if a.zip64 != nil {
		e := endRecord64{length: end64Len - 12, here: uint64(count), count: uint64(count), size: uint64(end.size), offset: uint64(end.offset), at: uint64(out.Len()), disks: 1}
		a.zip64(&e)
		write(&out, uint32(end64Signature), e.length, uint16(45), uint16(45), e.disk, e.disk, e.here, e.count, e.size, e.offset)
		write(&out, uint32(locator64Signature), uint32(0), e.at, e.disks)
	}
	if a.end != nil {
		a.end(&end)
	}
	write(&out, uint32(endSignature), end.disk, end.listDisk, end.here, end.count, end.size, end.offset, end.comment, a.comment, a.tail)
	return out.Bytes()
}

// open opens an archive from memory.
func open(data []byte) (*Archive, error) { return NewArchive(bytes.NewReader(data), int64(len(data))) }

// numbers is a data descriptor.
func numbers(values ...any) []byte {
	var b bytes.Buffer
	write(&b, values...)
	return b.Bytes()
}

func TestForgedArchiveWithoutATrickIsAccepted(t *testing.T) {
	a, err := open(forgedArchive{entries: []forged{
		honest("manifest.json", "{}"), honest("service/", ""), {name: "service/main.py", content: "print(1)", method: methodDeflated}, honest("service/日本.txt", "x"),
	}}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Digests(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := a.Deviations(); len(got) != 1 || got[0] != "1 folder has an entry of its own" {
		t.Errorf("deviations: %q", got)
	}
}
