package nspkg

import (
	"cmp"
	"io"
	"slices"
)

// locate finds the content of every entry. The local headers must say what the
// list of files says, and from the first byte to the list every byte must
// belong to exactly one entry: readers that go through the archive from its
// beginning then see the same files as those that ask its list.
func locate(in io.ReaderAt, records []record, end int64) error {
	byOffset := make([]int32, len(records))
	for i := range records {
		byOffset[i] = int32(i)
	}
	slices.SortFunc(byOffset, func(a, b int32) int { return cmp.Compare(records[a].offset, records[b].offset) })
	l := locator{in: in, buffer: make([]byte, localLen+maxName+512)}
	at := int64(0)
	for n, i := range byOffset {
		r := &records[i]
		next := end
		if n+1 < len(byOffset) {
			next = records[byOffset[n+1]].offset
		}
		switch {
		case r.offset >= end:
			return refuse(OutOfRange, r.name, adviceHostile, "the entry %s would begin at byte %d, behind the files, which end at %d", quoted(r.name), r.offset, end)
		case r.offset < at:
			return refuse(Overlap, r.name, adviceHostile, "the entry %s begins at byte %d, inside another one that ends at %d", quoted(r.name), r.offset, at)
		case r.offset > at && at == 0:
			return refuse(PrependedData, r.name, adviceHostile, "%d bytes stand in front of its first entry, so that it is two things at once", r.offset)
		case r.offset > at:
			return refuse(Gap, r.name, adviceHostile, "%d bytes in front of the entry %s belong to nothing", r.offset-at, quoted(r.name))
		}
		var err error
		if at, err = l.entry(r, min(next, end)); err != nil {
			return err
		}
	}
	if at != end {
		return refuse(Gap, "", adviceHostile, "%d bytes between its last entry and its list of files belong to nothing", end-at)
	}
	return nil
}

// locator reads local headers.
type locator struct {
	in     io.ReaderAt
	buffer []byte
}

// bytes returns n bytes at an offset; they are valid until the next call.
func (l *locator) bytes(at int64, n int) ([]byte, error) {
	l.buffer = slices.Grow(l.buffer[:0], n)[:n]
	return l.buffer, readAt(l.in, l.buffer, at)
}

// entry judges the local header of r, whose bytes end at next at the latest,
// and returns where they end.
func (l *locator) entry(r *record, next int64) (int64, error) {
	overlaps := func(end int64) error {
		return refuse(Overlap, r.name, adviceHostile, "the entry %s ends at byte %d, inside what begins at %d", quoted(r.name), end, next)
	}
	if next-r.offset < localLen {
		return 0, overlaps(r.offset + localLen)
	}
	b, err := l.bytes(r.offset, localLen)
	if err != nil {
		return 0, err
	}
	if u32(b, 0) != localSignature {
		return 0, refuse(HeaderMismatch, r.name, adviceHostile, "where its list says that the entry %s begins, none does", quoted(r.name))
	}
	name, extra := int64(u16(b, 26)), int64(u16(b, 28))
	r.content = r.offset + localLen + name + extra
	if r.content > next || r.packed > next-r.content {
		return 0, overlaps(r.content + min(r.packed, maxArchive))
	}
	if b, err = l.bytes(r.offset, int(localLen+name+extra)); err != nil {
		return 0, err
	}
	if err := r.compareHeader(b, string(b[localLen:localLen+name])); err != nil {
		return 0, err
	}
	end := r.content + r.packed
	if r.flags&flagDescriptor == 0 {
		return end, nil
	}
	return l.descriptor(r, end, next)
}

// compareHeader compares the local header b of an entry, with its extra
// fields, with what the list says of it.
func (r *record) compareHeader(b []byte, name string) error {
	differs := func(what string) error {
		return refuse(HeaderMismatch, r.name, adviceHostile, "the entry %s has another %s in front of its content than in the list of files, and readers differ in which one they take", quoted(r.name), what)
	}
	switch {
	case name != r.name:
		return differs("name, " + quoted(name) + ",")
	case u16(b, 6) != r.flags:
		return differs("set of flags")
	case u16(b, 8) != r.method:
		return differs("method of compression")
	}
	crc, packed, size := u32(b, 14), int64(u32(b, 18)), int64(u32(b, 22))
	zip64, err := r.checkExtra(b[localLen+len(name):])
	if err == nil && zip64 != nil && (packed == max32 || size == max32) {
		err = r.widen(zip64, &size, &packed)
	} else if err == nil && zip64 != nil && r.flags&flagDescriptor == 0 {
		err = r.widen(zip64)
	}
	if err != nil {
		return err
	}
	later := r.flags&flagDescriptor != 0 // the numbers may follow the content
	switch {
	case crc != r.crc && !(later && crc == 0):
		return differs("checksum")
	case size != r.size && !(later && size == 0):
		return differs("size")
	case packed != r.packed && !(later && packed == 0):
		return differs("compressed size")
	}
	return nil
}

// descriptor judges the numbers behind the content of an entry, which may have
// 4 or 8 bytes each and a signature in front. It returns where they end.
func (l *locator) descriptor(r *record, at, next int64) (int64, error) {
	rest := next - at
	if rest != 12 && rest != 16 && rest != 20 && rest != 24 {
		return 0, refuse(Gap, r.name, adviceHostile, "behind the content of %s stand %d bytes that are not its numbers", quoted(r.name), rest)
	}
	b, err := l.bytes(at, int(rest))
	if err != nil {
		return 0, err
	}
	if rest == 16 || rest == 24 {
		if u32(b, 0) != descriptorSignature {
			return 0, refuse(Gap, r.name, adviceHostile, "behind the content of %s stand %d bytes that are not its numbers", quoted(r.name), rest)
		}
		b = b[4:]
	}
	packed, size := uint64(0), uint64(0)
	if len(b) == 12 {
		packed, size = uint64(u32(b, 4)), uint64(u32(b, 8))
	} else {
		packed, size = u64(b, 4), u64(b, 12)
	}
	if u32(b, 0) != r.crc || packed != uint64(r.packed) || size != uint64(r.size) {
		return 0, refuse(HeaderMismatch, r.name, adviceHostile, "the numbers behind the content of %s are others than in the list of files, and readers differ in which they take", quoted(r.name))
	}
	return next, nil
}
