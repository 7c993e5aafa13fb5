package nspkg

import (
	"io/fs"
	"strings"
	"time"
)

// The flags of an entry.
const (
	flagDescriptor = 1 << 3  // its numbers follow its content
	flagUTF8       = 1 << 11 // its name is UTF-8

	flagsEncrypted = 1<<0 | 1<<6 | 1<<13
	flagsKnown     = 1<<1 | 1<<2 | flagDescriptor | flagUTF8 // the others tell how hard the compressor tried
)

// The methods of compression.
const (
	methodStored   = 0
	methodDeflated = 8
)

// Types and bits of a Unix mode, and the attribute of Windows for links.
const (
	unixType      = 0o170000
	unixFolder    = 0o040000
	unixFile      = 0o100000
	unixLink      = 0o120000
	unixSpecial   = 0o7000 // set-user-id, set-group-id, sticky
	unixRunnable  = 0o100
	dosFolder     = 0x10
	dosReparse    = 0x400
	creatorUnix   = 3
	creatorDarwin = 19
)

func (r *record) isFolder() bool { return strings.HasSuffix(r.name, "/") }

// path is the entry's name as a path: without the slash of a folder.
func (r *record) path() string { return strings.TrimSuffix(r.name, "/") }

// unixMode is the mode as Unix writes it, 0 where there is none. What made the
// entry does not matter: some readers look at these bits in any case.
func (r *record) unixMode() uint32 { return r.attributes >> 16 }

// mode is what a file is extracted with: 0755 when its owner may run it, else 0644.
func (r *record) mode() fs.FileMode {
	if r.unixMode()&unixRunnable != 0 && (r.creator>>8 == creatorUnix || r.creator>>8 == creatorDarwin) {
		return 0o755
	}
	return 0o644
}

// modified is the time of the entry, to two seconds, in UTC.
func (r *record) modified() time.Time {
	return time.Date(1980+int(r.date>>9), time.Month(r.date>>5&15), int(r.date&31), int(r.clock>>11), int(r.clock>>5&63), int(r.clock&31)*2, 0, time.UTC)
}

// isPlainType says whether a mode is that of a file or a folder, or says nothing.
func isPlainType(mode uint32) bool {
	kind := mode & unixType
	return kind == 0 || kind == unixFile || kind == unixFolder
}

// checkKind refuses entries that are no plain file and no plain folder.
func (r *record) checkKind() error {
	kind := r.unixMode() & unixType
	switch {
	case r.flags&flagsEncrypted != 0:
		return refuse(Encrypted, r.name, adviceRepack, "the entry %s is encrypted, and the Controller has no password", quoted(r.name))
	case r.flags&^uint16(flagsKnown) != 0:
		return refuse(UnknownFlags, r.name, adviceRepack, "the entry %s has flags (0x%04x) that no plain file has", quoted(r.name), r.flags)
	case r.method != methodStored && r.method != methodDeflated:
		return refuse(Method, r.name, adviceRepack, "the entry %s is compressed by method %d (%s), where packages use deflate", quoted(r.name), r.method, methodName(r.method))
	case kind == unixLink || r.attributes&dosReparse != 0:
		return refuse(SymbolicLink, r.name, "put the file itself in its place and package the plugin anew", "the entry %s is a symbolic link, which may lead out of the plugin's folder", quoted(r.name))
	case !isPlainType(kind):
		return refuse(SpecialMode, r.name, adviceHostile, "the entry %s is neither a file nor a folder (mode %06o)", quoted(r.name), r.unixMode())
	case r.isFolder() && kind == unixFile, !r.isFolder() && (kind == unixFolder || r.attributes&dosFolder != 0):
		return refuse(SpecialMode, r.name, adviceHostile, "the entry %s is a folder by its name or its mode, and a file by the other", quoted(r.name))
	case !r.isFolder() && r.unixMode()&unixSpecial != 0:
		return refuse(SpecialMode, r.name, adviceHostile, "the entry %s would run as another user (mode %06o)", quoted(r.name), r.unixMode())
	case r.isFolder() && (r.size != 0 || r.crc != 0 || r.packed > 2): // 2: nothing, deflated
		return refuse(FolderData, r.name, adviceHostile, "the folder %s has content of its own, where only files have some", quoted(r.name))
	}
	return r.checkSize()
}

// checkSize refuses sizes that no file has.
func (r *record) checkSize() error {
	switch {
	case r.method == methodStored && r.size != r.packed:
		return refuse(SizeLie, r.name, adviceHostile, "the entry %s is not compressed and yet has two sizes, %d and %d bytes", quoted(r.name), r.packed, r.size)
	case r.size > maxFile:
		return refuse(EntryTooLarge, r.name, "leave it out, or fetch it at run time", "the entry %s is %d bytes large, %d are allowed", quoted(r.name), r.size, maxFile)
	case growsTooMuch(r.size, r.packed, freeFile, maxFileRatio):
		return refuse(RatioTooHigh, r.name, adviceHostile, "the entry %s grows from %d to %d bytes, more than %d times: that is made to fill memory and disks", quoted(r.name), r.packed, r.size, maxFileRatio)
	}
	return nil
}

// methodName names a method of compression.
func methodName(method uint16) string {
	switch method {
	case 9:
		return "deflate64"
	case 12:
		return "bzip2"
	case 14:
		return "LZMA"
	case 93:
		return "Zstandard"
	case 95:
		return "XZ"
	case 99:
		return "AES encryption"
	}
	return "unknown"
}
