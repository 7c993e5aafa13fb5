package nspkg

import (
	"errors"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"
	"testing/iotest"
)

// anyEntry stands for the name of whichever entry is refused.
const anyEntry = "*"

// wantRefused fails unless err is a refusal for that trick; "" means that there
// must be no error.
func wantRefused(t *testing.T, err error, trick Trick, entry string) {
	t.Helper()
	var refused *RefusedError
	switch {
	case trick == "" && err == nil:
	case trick == "" || !errors.As(err, &refused):
		t.Errorf("error %v, want %q", err, trick)
	case refused.Trick != trick || refused.Entry != entry && entry != anyEntry:
		t.Errorf("refused for %s of %q, want %s of %q\n%v", refused.Trick, refused.Entry, trick, entry, err)
	}
}

// dishonest are archives that only reading their files gives away.
func dishonest() []hostile {
	changed := func(f forged, change func(*header)) []byte { f.both = change; return with(f) }
	hello := forged{name: "a", content: "hello hello hello", method: methodDeflated}
	tailed := hello
	tailed.raw = append(deflated(hello.content), "a second file"...)
	two := hello
	two.raw = append(deflated(hello.content), deflated("another")...)
	cut := hello
	cut.raw = deflated(hello.content)[:5]
	nonsense := hello
	nonsense.raw = []byte{0xff, 0xff, 0xff}
	stored := honest("a", "hello")
	nothing := forged{name: "a", raw: []byte{}, method: methodDeflated}
	return []hostile{
		{"holds more than it declares", changed(hello, func(h *header) { h.size-- }), SizeLie, "a"},
		{"declares nothing and holds something", changed(hello, func(h *header) { h.size, h.crc = 0, 0 }), SizeLie, "a"},
		{"holds less than it declares", changed(hello, func(h *header) { h.size++ }), SizeLie, "a"},
		{"other checksum", changed(hello, func(h *header) { h.crc++ }), Checksum, "a"},
		{"checksum of zero, which others do not compare", changed(hello, func(h *header) { h.crc = 0 }), Checksum, "a"},
		{"other checksum of a stored file", changed(stored, func(h *header) { h.crc++ }), Checksum, "a"},
		{"bytes behind the deflate stream", with(tailed), HiddenData, "a"},
		{"second deflate stream", with(two), HiddenData, "a"},
		{"deflate stream that is cut off", with(cut), BrokenData, "a"},
		{"no deflate stream", with(nonsense), BrokenData, "a"},
		{"nothing, where a deflate stream should be", with(nothing), BrokenData, "a"},
	}
}

func TestFilesAreVerifiedWhileTheyAreRead(t *testing.T) {
	for _, h := range dishonest() {
		t.Run(h.name, func(t *testing.T) {
			a, err := open(h.archive)
			if err != nil {
				t.Fatal(err)
			}
			_, err = fs.ReadFile(a, "a")
			wantRefused(t, err, h.trick, h.entry)
			_, err = a.Digests(t.Context())
			wantRefused(t, err, h.trick, h.entry)
			file, err := a.Open("a")
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(io.Discard, iotest.OneByteReader(file))
			wantRefused(t, err, h.trick, h.entry)
			if n, again := file.Read(make([]byte, 10)); n != 0 || again == nil || again.Error() != err.Error() {
				t.Errorf("reading on: %d bytes, %v", n, again)
			}
			if err := file.Close(); err != nil {
				t.Error(err)
			}
			if data, err := fs.ReadFile(a, "manifest.json"); string(data) != "{}" || err != nil {
				t.Errorf("the other file: %q, %v", data, err)
			}
		})
	}
}

func TestArchiveIsAFileSystem(t *testing.T) {
	a, err := open(forgedArchive{entries: []forged{
		honest("manifest.json", "{}"), honest("empty/", ""), {name: "a/b/c.py", content: "print(1)\n", method: methodDeflated},
		{name: "a/run", content: "#!/bin/sh\n", both: func(h *header) { h.attributes = (unixFile | 0o775) << 16 }}, honest("a/Übersetzung.txt", ""),
	}}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(a, "manifest.json", "empty", "a/b/c.py", "a/run", "a/Übersetzung.txt"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]fs.FileMode{"manifest.json": 0o644, "a/run": 0o755, "a": fs.ModeDir | 0o755, ".": fs.ModeDir | 0o755} {
		if info, err := fs.Stat(a, name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", name, info, err, want)
		}
	}
	for _, name := range []string{"A", "a/b/C.py", "a/b/c.py/d", "none"} {
		if _, err := fs.Stat(a, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if data, err := fs.ReadFile(a, "a/b/c.py"); string(data) != "print(1)\n" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if file, err := a.Open("a/run"); err != nil {
		t.Error(err)
	} else if err := iotest.TestReader(file, []byte("#!/bin/sh\n")); err != nil {
		t.Error(err)
	}
}
