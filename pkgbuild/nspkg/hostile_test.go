package nspkg

import (
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// hostile is an archive with one trick in it.
type hostile struct {
	name    string
	archive []byte
	trick   Trick
	entry   string // that the refusal names
}

// named is a plugin with one file of that name.
func named(name string) []byte {
	return forgedArchive{entries: []forged{honest("manifest.json", "{}"), honest(name, "x")}}.bytes()
}

// with is a plugin with these entries behind its manifest.
func with(entries ...forged) []byte {
	return forgedArchive{entries: append([]forged{honest("manifest.json", "{}")}, entries...)}.bytes()
}

// attributed is an entry of that Unix mode.
func attributed(name string, mode uint32) forged {
	return forged{name: name, content: "/etc/passwd", both: func(h *header) { h.attributes = mode << 16 }}
}

// extra is an entry with that extra field in both headers.
func extra(name string, tag uint16, field ...any) forged {
	return forged{name: name, content: "x", both: func(h *header) { h.extra = numbers(tag, uint16(len(numbers(field...))), numbers(field...)) }}
}

func badNames() []hostile {
	deep := strings.Repeat("a/", 65) + "b"
	list := []hostile{
		{"traversal", named("../x"), PathTraversal, "../x"},
		{"traversal in the middle", named("a/../../x"), PathTraversal, "a/../../x"},
		{"traversal at the end", named("a/.."), PathTraversal, "a/.."},
		{"traversal that stays inside", named("a/../b"), PathTraversal, "a/../b"},
		{"traversal of a folder", named("../"), PathTraversal, "../"},
		{"absolute", named("/etc/passwd"), AbsolutePath, "/etc/passwd"},
		{"root", named("/"), AbsolutePath, "/"},
		{"drive", named(`C:/x`), DrivePath, `C:/x`},
		{"drive and backslash", named(`C:\x`), DrivePath, `C:\x`},
		{"drive without slash", named(`c:x`), DrivePath, `c:x`},
		{"hidden stream", named("a.txt:stream"), DrivePath, "a.txt:stream"},
		{"UNC with slashes", named("//server/share/x"), UNCPath, "//server/share/x"},
		{"UNC with backslashes", named(`\\server\share\x`), UNCPath, `\\server\share\x`},
		{"verbatim path of Windows", named(`\\?\C:\x`), UNCPath, `\\?\C:\x`},
		{"backslash", named(`..\x`), Backslash, `..\x`},
		{"backslash in a folder", named(`service\main.py`), Backslash, `service\main.py`},
		{"NUL", named("manifest.json\x00.txt"), ControlCharacter, "manifest.json\x00.txt"},
		{"line break", named("a\nb"), ControlCharacter, "a\nb"},
		{"escape sequence", named("a\x1b]0;x\x07"), ControlCharacter, "a\x1b]0;x\x07"},
		{"turned text", named("exe.\u202etxt"), ControlCharacter, "exe.\u202etxt"},
		{"not UTF-8", named("a\xff"), NameEncoding, "a\xff"},
		{"no name", named(""), UncleanPath, ""},
		{"empty part", named("a//b"), UncleanPath, "a//b"},
		{"dot", named("./a"), UncleanPath, "./a"},
		{"dot in the middle", named("a/./b"), UncleanPath, "a/./b"},
		{"trailing dot", named("a."), TrailingDot, "a."},
		{"trailing dot of a folder", named("a./b"), TrailingDot, "a./b"},
		{"trailing space", named("a "), TrailingDot, "a "},
		{"three dots", named(".../x"), TrailingDot, ".../x"},
		{"long", named(strings.Repeat("a", 300)), LongName, strings.Repeat("a", 300)},
		{"deep", named(deep), LongName, deep},
	}
	for _, device := range []string{"CON", "nul", "service/NUL.txt", "aux.py", "PRN .log", "COM1", "com0.x", "LPT¹", "CONIN$", "a/Com9.tar.gz/b"} {
		list = append(list, hostile{"device " + device, named(device), DeviceName, device})
	}
	return list
}

func badKinds() []hostile {
	return []hostile{
		{"symbolic link", with(attributed("link", unixLink|0o777)), SymbolicLink, "link"},
		{"symbolic link, then a file in it", with(attributed("link", unixLink|0o777), honest("link/x", "x")), SymbolicLink, "link"},
		{"symbolic link from MS-DOS", with(forged{name: "link", content: "/etc", both: func(h *header) { h.creator, h.attributes = 20, unixLink<<16 }}), SymbolicLink, "link"},
		{"link of Windows", with(forged{name: "link", content: "x", both: func(h *header) { h.attributes = dosReparse }}), SymbolicLink, "link"},
		{"link in an extra field", with(extra("link", extraASiUnix, uint32(0), uint16(unixLink|0o777), uint32(4), uint16(0), uint16(0), "/etc")), SymbolicLink, "link"},
		{"hard link", with(extra("link", extraPKUnix, uint64(0), uint32(0), "/etc/passwd")), HardLink, "link"},
		{"device", with(attributed("sda", 0o060600)), SpecialMode, "sda"},
		{"named pipe", with(attributed("pipe", 0o010644)), SpecialMode, "pipe"},
		{"socket", with(attributed("socket", 0o140755)), SpecialMode, "socket"},
		{"set-user-id", with(attributed("su", unixFile|0o4755)), SpecialMode, "su"},
		{"set-group-id", with(attributed("su", unixFile|0o2755)), SpecialMode, "su"},
		{"folder by mode, file by name", with(attributed("a", unixFolder|0o755)), SpecialMode, "a"},
		{"file by mode, folder by name", with(forged{name: "a/", both: func(h *header) { h.attributes = unixFile << 16 }}), SpecialMode, "a/"},
		{"folder with content", with(forged{name: "a/", content: "x"}), FolderData, "a/"},
		{"encrypted", with(forged{name: "a", content: "x", both: func(h *header) { h.flags |= 1 }}), Encrypted, "a"},
		{"strongly encrypted", with(forged{name: "a", content: "x", both: func(h *header) { h.flags |= 1 << 6 }}), Encrypted, "a"},
		{"masked list", with(forged{name: "a", content: "x", both: func(h *header) { h.flags |= 1 << 13 }}), Encrypted, "a"},
		{"patch data", with(forged{name: "a", content: "x", both: func(h *header) { h.flags |= 1 << 5 }}), UnknownFlags, "a"},
		{"bzip2", with(forged{name: "a", content: "x", both: func(h *header) { h.method = 12 }}), Method, "a"},
		{"Zstandard", with(forged{name: "a", content: "x", both: func(h *header) { h.method = 93 }}), Method, "a"},
		{"AES", with(forged{name: "a", content: "x", both: func(h *header) { h.method = 99 }}), Method, "a"},
		{"two sizes of a stored file", with(forged{name: "a", content: "xyz", both: func(h *header) { h.size = 2 }}), SizeLie, "a"},
		{"second name", with(extra("a", extraUnicodeName, uint8(1), uint32(0), "../x")), SecondName, "a"},
		{"extra field longer than its place", with(forged{name: "a", content: "x", both: func(h *header) { h.extra = numbers(uint16(0x5455), uint16(9), "x") }}), ExtraField, "a"},
		{"rest of an extra field", with(forged{name: "a", content: "x", both: func(h *header) { h.extra = []byte{0, 0} }}), ExtraField, "a"},
	}
}

func badTrees() []hostile {
	return []hostile{
		{"duplicate", with(honest("a", "1"), honest("a", "2")), DuplicateName, "a"},
		{"second manifest", with(honest("manifest.json", "{}")), DuplicateName, "manifest.json"},
		{"folder twice", with(honest("a/", ""), honest("a/", "")), DuplicateName, "a/"},
		{"upper and lower case", with(honest("readme", "1"), honest("README", "2")), CaseCollision, "README"},
		{"manifest in upper case", with(honest("MANIFEST.JSON", "{}")), CaseCollision, "MANIFEST.JSON"},
		{"folders in upper and lower case", with(honest("Service/a", "1"), honest("service/b", "2")), CaseCollision, "service/b"},
		{"composed and decomposed", with(honest("\u00e9", "1"), honest("e\u0301", "2")), UnicodeCollision, "e\u0301"},
		{"sharp s", with(honest("stra\u00dfe", "1"), honest("strasse", "2")), UnicodeCollision, "strasse"},
		{"the sign of kelvin", with(honest("\u212a", "1"), honest("k", "2")), CaseCollision, "k"},
		{"zero-width character", with(honest("a\u200d", "1"), honest("a", "2")), UnicodeCollision, "a"},
		{"file, then a folder", with(honest("a", "1"), honest("a/b", "2")), FileAsFolder, "a/b"},
		{"folder, then a file", with(honest("a/b", "1"), honest("a", "2")), FileAsFolder, "a"},
		{"folder entry beside a file", with(honest("a", "1"), honest("a/", "")), FileAsFolder, "a/"},
		{"one folder too deep", forgedArchive{entries: []forged{honest("my-plugin/manifest.json", "{}")}}.bytes(), WrappedFolder, "my-plugin/"},
	}
}

func badHeaders() []hostile {
	local := func(change func(*header)) []byte {
		return with(forged{name: "a", content: "hello", method: methodDeflated, local: change})
	}
	later := func(change func(*header), descriptor []byte) []byte {
		return with(forged{name: "a", content: "hello", descriptor: descriptor, both: func(h *header) { h.flags |= flagDescriptor }, local: change})
	}
	none := func(h *header) { h.crc, h.size, h.packed = 0, 0, 0 }
	crc := crc32.ChecksumIEEE([]byte("hello"))
	mark := uint32(descriptorSignature)
	return []hostile{
		{"other name", local(func(h *header) { h.name = "b" }), HeaderMismatch, "a"},
		{"other name with a NUL behind it", local(func(h *header) { h.name = "a\x00" }), HeaderMismatch, "a"},
		{"other method", local(func(h *header) { h.method = methodStored }), HeaderMismatch, "a"},
		{"other flags", local(func(h *header) { h.flags = flagUTF8 }), HeaderMismatch, "a"},
		{"other checksum", local(func(h *header) { h.crc++ }), HeaderMismatch, "a"},
		{"other size", local(func(h *header) { h.size++ }), HeaderMismatch, "a"},
		{"other compressed size", local(func(h *header) { h.packed-- }), HeaderMismatch, "a"},
		{"no sizes and no descriptor", local(none), HeaderMismatch, "a"},
		{"no local header", local(func(h *header) { h.signature++ }), HeaderMismatch, "a"},
		{"descriptor with another checksum", later(none, numbers(mark, crc+1, uint32(5), uint32(5))), HeaderMismatch, "a"},
		{"descriptor with another size", later(none, numbers(mark, crc, uint32(5), uint32(6))), HeaderMismatch, "a"},
		{"descriptor with another compressed size", later(none, numbers(crc, uint32(4), uint32(5))), HeaderMismatch, "a"},
		{"long descriptor with another size", later(none, numbers(mark, crc, uint64(5), uint64(6))), HeaderMismatch, "a"},
		{"descriptor without a mark, and four bytes", later(none, numbers(crc, uint32(5), uint32(5), uint32(0))), Gap, "a"},
		{"descriptor that is missing", later(none, nil), Gap, "a"},
		{"descriptor of another length", later(none, numbers(mark, crc, uint32(5))), HeaderMismatch, "a"},
		{"descriptor and more", later(none, numbers(mark, crc, uint32(5), uint32(5), "x")), Gap, "a"},
		{"second name in the local header", local(func(h *header) { h.extra = numbers(uint16(extraUnicodeName), uint16(6), uint8(1), uint32(0), "b") }), SecondName, "a"},
	}
}

func badPlaces() []hostile {
	plain := []forged{honest("manifest.json", "{}"), honest("a", "hello")}
	shifted := func(by uint32) func(*header) { return func(h *header) { h.offset += by } }
	quine := forged{name: "b", unwritten: true, central: func(h *header) { h.offset = 0 }}
	swallowing := forged{name: "a", content: "hello", both: func(h *header) { h.packed, h.size = 60, 60 }}
	return []hostile{
		{"bytes in front", forgedArchive{entries: []forged{{name: "manifest.json", content: "{}", gap: "#!/bin/sh\n"}}}.bytes(), PrependedData, "manifest.json"},
		{"bytes in front that no offset counts", append([]byte("MZ self-extracting"), forgedArchive{entries: plain}.bytes()...), PrependedData, ""},
		{"gap between entries", with(forged{name: "a", content: "hello", gap: "gap"}), Gap, "a"},
		{"entry that no list has", with(forged{name: "hidden", content: "hello", hidden: true}, honest("a", "")), Gap, "a"},
		{"entry that no list has, at the end", with(forged{name: "hidden", content: "hello", hidden: true}), Gap, ""},
		{"gap in front of the list", forgedArchive{entries: plain, gapBefore: "gap"}.bytes(), Gap, ""},
		{"gap behind the list", forgedArchive{entries: plain, gapBehind: "gap"}.bytes(), Gap, ""},
		{"bytes behind the end", forgedArchive{entries: plain, tail: "junk"}.bytes(), TrailingData, ""},
		{"second archive behind the first", append(forgedArchive{entries: plain}.bytes(), forgedArchive{entries: plain}.bytes()...), PrependedData, ""},
		{"comment", forgedArchive{entries: plain, comment: "hello"}.bytes(), Comment, ""},
		{"comment with an end record", forgedArchive{entries: plain, comment: string(forgedArchive{entries: plain}.bytes())}.bytes(), PrependedData, ""},
		{"comment of an entry", with(forged{name: "a", central: func(h *header) { h.comment = "x" }}), Comment, "a"},
		{"two entries of the same bytes", with(quine), Overlap, "manifest.json"},
		{"entry inside another", with(honest("a", string(with())), forged{name: "b", unwritten: true, central: shifted(^uint32(60))}), Overlap, "a"},
		{"entry that swallows the next", with(swallowing, honest("b", "hello")), Overlap, "a"},
		{"entry that swallows the list", with(swallowing), Overlap, "a"},
		{"offset behind the archive", with(forged{name: "a", central: shifted(1 << 20)}), OutOfRange, "a"},
		{"offset in the list", with(forged{name: "a", central: shifted(40)}), OutOfRange, "a"},
		{"list behind the archive", forgedArchive{entries: plain, end: func(e *endRecord) { e.offset += 1 << 30 }}.bytes(), OutOfRange, ""},
		{"list of another length", forgedArchive{entries: plain, end: func(e *endRecord) { e.size += 99 }}.bytes(), OutOfRange, ""},
		{"shorter list", forgedArchive{entries: plain, end: func(e *endRecord) { e.offset += 3; e.size -= 3 }}.bytes(), DamagedList, ""},
		{"more entries than there are", forgedArchive{entries: plain, end: func(e *endRecord) { e.here++; e.count++ }}.bytes(), DamagedList, ""},
		{"fewer entries than there are", forgedArchive{entries: plain, end: func(e *endRecord) { e.here--; e.count-- }}.bytes(), DamagedList, ""},
		{"no entries, but a list", forgedArchive{entries: plain, end: func(e *endRecord) { e.here, e.count = 0, 0 }}.bytes(), DamagedList, ""},
		{"65,536 entries more than are counted", wrapping(), DamagedList, ""},
		{"two counts", forgedArchive{entries: plain, end: func(e *endRecord) { e.here-- }}.bytes(), DamagedList, ""},
		{"bytes at the end of the list", forgedArchive{entries: plain, listTail: "tail"}.bytes(), DamagedList, ""},
		{"several disks", forgedArchive{entries: plain, end: func(e *endRecord) { e.disk = 1 }}.bytes(), SeveralDisks, ""},
		{"entry on another disk", with(forged{name: "a", central: func(h *header) { h.disk = 3 }}), SeveralDisks, "a"},
		{"no files", forgedArchive{}.bytes(), NothingInside, ""},
		{"cut off", forgedArchive{entries: plain}.bytes()[:60], NotAnArchive, ""},
		{"end cut off", forgedArchive{entries: plain, comment: "hello"}.bytes()[:len(forgedArchive{entries: plain, comment: "hello"}.bytes())-2], NotAnArchive, ""},
		{"text", []byte("no archive at all, but long enough for one"), NotAnArchive, ""},
		{"one byte", []byte("P"), NotAnArchive, ""},
		{"nothing", nil, NotAnArchive, ""},
	}
}

// wrapping is an archive whose count of entries is what is left of it in 16 bits.
func wrapping() []byte { return many(65_538, func(i int) string { return strconv.Itoa(i) }, nil) }

// many is an archive of so many empty files.
func many(count int, name func(int) string, end func(*endRecord)) []byte {
	a := forgedArchive{entries: make([]forged, count), end: end}
	if end != nil {
		a.zip64 = func(*endRecord64) {}
	}
	for i := range a.entries {
		a.entries[i] = honest(name(i), "")
	}
	return a.bytes()
}

func lies64() []hostile {
	plain := []forged{honest("manifest.json", "{}")}
	end := func(change func(*endRecord64), short func(*endRecord)) []byte {
		return forgedArchive{entries: plain, zip64: change, end: short}.bytes()
	}
	full := func(e *endRecord) { e.here, e.count, e.size, e.offset = max16, max16, max32, max32 }
	numbersOf := func(change func(*header), field ...any) []byte {
		return with(forged{name: "a", content: "x", central: func(h *header) {
			change(h)
			h.extra = numbers(uint16(extraZip64), uint16(len(numbers(field...))), numbers(field...))
		}})
	}
	sized := func(h *header) { h.size, h.packed = max32, max32 }
	return []hostile{
		{"ZIP64 records that are missing", forgedArchive{entries: plain, end: full}.bytes(), Zip64Lie, ""},
		{"ZIP64 record somewhere else", end(func(e *endRecord64) { e.at = 0 }, full), Zip64Lie, ""},
		{"ZIP64 record of another length", end(func(e *endRecord64) { e.length = 1 << 40 }, full), Zip64Lie, ""},
		{"ZIP64 record on two disks", end(func(e *endRecord64) { e.disks = 2 }, full), Zip64Lie, ""},
		{"ZIP64 record with two counts", end(func(e *endRecord64) { e.here = 7 }, full), SeveralDisks, ""},
		{"ZIP64 record that contradicts", end(func(e *endRecord64) { e.count, e.here = 2, 2 }, nil), Zip64Lie, ""},
		{"ZIP64 count that is huge", end(func(e *endRecord64) { e.count, e.here = 1<<62, 1<<62 }, full), TooManyEntries, ""},
		{"ZIP64 count that is negative", end(func(e *endRecord64) { e.count, e.here = 1<<63, 1<<63 }, full), TooManyEntries, ""},
		{"ZIP64 list that is huge", end(func(e *endRecord64) { e.size = 1 << 60 }, full), OutOfRange, ""},
		{"ZIP64 list that wraps around", end(func(e *endRecord64) { e.offset, e.size = 1<<63, 1<<63 }, full), OutOfRange, ""},
		{"ZIP64 numbers that are missing", with(forged{name: "a", content: "x", central: sized}), Zip64Lie, "a"},
		{"ZIP64 numbers that are too few", numbersOf(sized, uint64(1)), Zip64Lie, "a"},
		{"ZIP64 numbers that are too many", numbersOf(sized, uint64(1), uint64(1), uint64(0)), Zip64Lie, "a"},
		{"ZIP64 numbers beside plain ones", numbersOf(func(*header) {}, uint64(1), uint64(1)), Zip64Lie, "a"},
		{"ZIP64 number that is negative", numbersOf(sized, uint64(1)<<63, uint64(1)), Zip64Lie, "a"},
		{"ZIP64 size that is huge", numbersOf(func(h *header) { h.size, h.method = max32, methodDeflated }, uint64(1)<<62), EntryTooLarge, "a"},
		{"ZIP64 offset that is huge", numbersOf(func(h *header) { h.offset = max32 }, uint64(1)<<62), OutOfRange, "a"},
		{"two sets of ZIP64 numbers", with(forged{name: "a", content: "x", central: func(h *header) {
			sized(h)
			h.extra = numbers(uint16(extraZip64), uint16(16), uint64(1), uint64(1), uint16(extraZip64), uint16(16), uint64(9), uint64(9))
		}}), Zip64Lie, "a"},
	}
}

// hostiles are the archives that are refused when they are opened.
func hostiles() []hostile {
	var all []hostile
	for _, list := range [][]hostile{badNames(), badKinds(), badTrees(), badHeaders(), badPlaces(), lies64()} {
		all = append(all, list...)
	}
	return all
}

func TestHostileArchivesAreRefusedForTheRightReason(t *testing.T) {
	if n := len(hostiles()); n < 40 {
		t.Errorf("%d archives, at least 40 are wanted", n)
	}
	for _, h := range hostiles() {
		t.Run(h.name, func(t *testing.T) {
			a, err := open(h.archive)
			var refused *RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("opened: %v, %v", a, err)
			}
			if refused.Trick != h.trick || refused.Entry != h.entry {
				t.Errorf("refused for %s of %q, want %s of %q\n%v", refused.Trick, refused.Entry, h.trick, h.entry, err)
			}
			if refused.Problem == "" || refused.Advice == "" || strings.ContainsAny(err.Error(), "\x00\x1b\n\u202e") {
				t.Errorf("the error does not say what to do, or acts on terminals: %q", err)
			}
		})
	}
}

func TestHostileFilesAreRefusedByName(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		dir:                          "it is no regular file",
		filepath.Join(dir, "empty"):  "the file is empty",
		filepath.Join(dir, "absent"): "no such file",
	} {
		if _, err := Open(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
