package nspkg

import (
	"math"
	"slices"
)

// The extra fields that change what an entry is; all others tell times and
// owners, which nothing here looks at.
const (
	extraZip64       = 0x0001
	extraUnicodeName = 0x7075 // Info-ZIP: the name in UTF-8
	extraPKUnix      = 0x000d // PKWARE: owner, and where a link leads to
	extraASiUnix     = 0x756e // ASi: mode, and where a link leads to
)

// readExtra reads the extra fields of the list of files.
func (r *record) readExtra(extra []byte) error {
	zip64, err := r.checkExtra(extra)
	if err != nil {
		return err
	}
	return r.widen(zip64, &r.size, &r.packed, &r.offset)
}

// checkExtra goes through extra fields, of the list of files or of a local
// header, and returns the content of the ZIP64 one; nil when there is none. It
// refuses those that make something else of the entry.
func (r *record) checkExtra(extra []byte) (zip64 []byte, err error) {
	for len(extra) > 0 {
		if len(extra) < 4 || len(extra)-4 < int(u16(extra, 2)) {
			return nil, refuse(ExtraField, r.name, adviceHostile, "the extra fields of %s cannot be taken apart, so that readers differ in what they say", quoted(r.name))
		}
		tag, field := u16(extra, 0), extra[4:4+u16(extra, 2)]
		extra = extra[4+len(field):]
		switch {
		case tag == extraZip64 && zip64 != nil:
			return nil, refuse(Zip64Lie, r.name, adviceHostile, "the entry %s has two sets of ZIP64 numbers", quoted(r.name))
		case tag == extraZip64:
			zip64 = slices.Clip(field)
		case tag == extraUnicodeName && (len(field) < 5 || string(field[5:]) != r.name):
			return nil, refuse(SecondName, r.name, adviceHostile, "the entry %s has another name in an extra field, and readers differ in which one they take", quoted(r.name))
		case tag == extraPKUnix && len(field) > 12:
			return nil, refuse(HardLink, r.name, adviceHostile, "the entry %s is a link or a device, as an extra field says", quoted(r.name))
		case tag == extraASiUnix && (len(field) != 14 || u32(field, 6) != 0 || !isPlainType(uint32(u16(field, 4)))):
			return nil, refuse(SymbolicLink, r.name, adviceHostile, "the entry %s is a link or a device, as an extra field says", quoted(r.name))
		}
	}
	return zip64, nil
}

// widen puts the numbers of a ZIP64 extra field into those that are too large
// for their place in the header. It must hold exactly these: readers differ in
// what they make of others.
func (r *record) widen(zip64 []byte, numbers ...*int64) error {
	for _, n := range numbers {
		if *n != max32 {
			continue
		}
		if len(zip64) < 8 {
			return refuse(Zip64Lie, r.name, adviceHostile, "the entry %s refers to ZIP64 numbers that are not there", quoted(r.name))
		}
		v := u64(zip64, 0)
		if zip64 = zip64[8:]; v > math.MaxInt64 {
			return refuse(Zip64Lie, r.name, adviceHostile, "the entry %s has a ZIP64 number that no archive can have", quoted(r.name))
		}
		*n = int64(v)
	}
	if len(zip64) > 0 {
		return refuse(Zip64Lie, r.name, adviceHostile, "the entry %s has ZIP64 numbers beside plain ones, and readers differ in which they take", quoted(r.name))
	}
	return nil
}
