package nspkg

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"
)

// FuzzOpen looks for archives that make the reader fail by itself, and for
// those that it takes for something else than archive/zip does: what one reader
// checks is what the other installs.
func FuzzOpen(f *testing.F) {
	for _, list := range [][]hostile{hostilesForFuzzing(), dishonest()} {
		for _, h := range list {
			f.Add(h.archive)
		}
	}
	f.Add(forgedArchive{entries: []forged{honest("manifest.json", "{}"), honest("a/", ""), {name: "a/b", content: "hello hello", method: methodDeflated}}}.bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		a, err := open(data)
		if err != nil {
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Trick == "" || refused.Problem == "" || refused.Advice == "" {
				t.Fatalf("no typed refusal: %v", err)
			}
			return
		}
		compareReaders(t, a, data)
		_ = a.Deviations()
	})
}

// hostilesForFuzzing are those that are small enough to start from.
func hostilesForFuzzing() []hostile {
	var small []hostile
	for _, h := range hostiles() {
		if len(h.archive) < 10_000 {
			small = append(small, h)
		}
	}
	return small
}

// compareReaders reads an archive with archive/zip, too.
func compareReaders(t *testing.T, a *Archive, data []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("archive/zip refuses what is opened here: %v", err)
	}
	if len(z.File) != len(a.records) {
		t.Fatalf("%d entries, archive/zip sees %d", len(a.records), len(z.File))
	}
	budget := int64(4 << 20) // of what is read
	for i, theirs := range z.File {
		ours := &a.records[i]
		if theirs.Name != ours.name || int64(theirs.UncompressedSize64) != ours.size || int64(theirs.CompressedSize64) != ours.packed || theirs.CRC32 != ours.crc {
			t.Fatalf("%+v, archive/zip sees %+v", ours, theirs.FileHeader)
		}
		if !fs.ValidPath(ours.path()) {
			t.Fatalf("accepted the name %q", ours.name)
		}
		if !ours.isFolder() {
			budget -= compareContent(t, a, ours, theirs, budget)
		}
	}
}

// compareContent reads a file with both readers and returns how much it holds.
func compareContent(t *testing.T, a *Archive, ours *record, theirs *zip.File, budget int64) int64 {
	t.Helper()
	if ours.size > budget {
		return 0
	}
	got, err := fs.ReadFile(a, ours.name)
	if int64(len(got)) > ours.size {
		t.Fatalf("%q: %d bytes of %d", ours.name, len(got), ours.size)
	}
	if err != nil {
		return ours.size
	}
	if int64(len(got)) != ours.size {
		t.Fatalf("%q: %d bytes of %d, and no error", ours.name, len(got), ours.size)
	}
	file, err := theirs.Open()
	if err != nil {
		t.Fatalf("%q: archive/zip: %v", ours.name, err)
	}
	defer file.Close()
	want, err := io.ReadAll(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%q: %d bytes, archive/zip reads %d, %v", ours.name, len(got), len(want), err)
	}
	return ours.size
}
