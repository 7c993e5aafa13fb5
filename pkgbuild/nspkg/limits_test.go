package nspkg

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hole makes a file of size bytes that are 0 but for some noise every so many bytes; 0 for none.
func hole(t testing.TB, name string, size, every int64) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for at := int64(0); every > 0 && at < size; at += every {
		if _, err := file.WriteAt([]byte(noise(2<<20)), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
}

// problemsOf returns the problems of an *UnpackableError, a line for each.
func problemsOf(t *testing.T, err error) string {
	t.Helper()
	var unpackable *UnpackableError
	if !errors.As(err, &unpackable) {
		t.Fatalf("error %v, want an *UnpackableError", err)
	}
	var lines []string
	for _, p := range unpackable.Problems {
		lines = append(lines, p.Path+" "+p.Reason)
	}
	return strings.Join(lines, "\n")
}

func TestWhatNoReaderTakesIsRefusedBeforeItIsWritten(t *testing.T) {
	many := func(n int, name func(i int) string) []Entry {
		entries := make([]Entry, n)
		for i := range entries {
			entries[i] = Entry{Path: name(i), Size: 1}
		}
		return entries
	}
	flat := func(i int) string { return fmt.Sprintf("f%05d", i) }
	long := func(i int) string { return fmt.Sprintf("%s%05d", strings.Repeat("n", 200), i) }
	deep := func(i int) string { return fmt.Sprintf("d%05d/e/f", i) }
	tests := []struct {
		name    string
		entries []Entry
		want    []string // a part of each problem
	}{
		{"a file as large as one may be", []Entry{{Path: "a", Size: maxFile}}, nil},
		{"a larger one", []Entry{{Path: "a", Size: maxFile + 1}}, []string{"a has 268435457 bytes, and a file in a package may have 268435456 (256 MiB); leave it out by a line in .nspkgignore"}},
		{"files as large as all may be", []Entry{{Path: "a", Size: maxFile}, {Path: "b", Size: maxFile}}, nil},
		{"more than that", []Entry{{Path: "a", Size: maxFile}, {Path: "b", Size: maxFile}, {Path: "c", Size: 1}}, []string{`. holds files of 536870913 bytes, and those of a package may have 536870912 (512 MiB); the largest are "a" (256 MiB), "b" (256 MiB), "c" (0 MiB)`}},
		{"both", []Entry{{Path: "a", Size: 1 << 40}, {Path: "b", Size: 1 << 30}}, []string{"a has 1099511627776 bytes", "b has 1073741824 bytes", ". holds files of"}},
		{"as many files as there may be", many(maxEntries, flat), nil},
		{"more of them", many(maxEntries+1, flat), []string{". holds 20001 files, and a package may hold 20000"}},
		{"as many folders as there may be", many(maxFolders/2, deep), nil},
		{"more of them than files", many(maxFolders/3*2+10, deep), []string{". holds 40026 files and folders, and a package may hold 40000"}},
		{"a list of names that is too long", many(18_000, long), []string{". holds files whose names make a list of 4518000 bytes, and that of a package may have 4194304 (4 MiB)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := walker{listing: Listing{Entries: tt.entries}}
			w.limits()
			if len(w.problems) != len(tt.want) {
				t.Fatalf("%+v", w.problems)
			}
			for i, p := range w.problems {
				if !strings.Contains(p.Path+" "+p.Reason, tt.want[i]) {
					t.Errorf("%s %s; want %s", p.Path, p.Reason, tt.want[i])
				}
			}
		})
	}
}

func TestLargeFilesAreToldWithoutReadingThem(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}"})
	hole(t, filepath.Join(dir, "model.bin"), 300<<20, 0)
	hole(t, filepath.Join(dir, "other.bin"), 300<<20, 0)
	output := filepath.Join(t.TempDir(), "dist", "out.nspkg")
	_, err := Write(t.Context(), Options{Dir: dir, Output: output})
	if got := problemsOf(t, err); strings.Count(got, "\n") != 2 || !strings.Contains(got, "model.bin has 314572800 bytes") || !strings.Contains(got, "other.bin has") || !strings.Contains(got, ". holds files of 629145602 bytes") {
		t.Errorf("%s", got)
	}
	if _, err := os.Stat(filepath.Dir(output)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
	if _, err := MakePlan(t.Context(), dir); problemsOf(t, err) == "" {
		t.Errorf("the plan does not tell: %v", err)
	}
}

// TestWhatIsWrittenCanBeOpened packs trees on both sides of each bound that shows only when they
// are compressed.
func TestWhatIsWrittenCanBeOpened(t *testing.T) {
	tests := []struct {
		name        string
		files       int
		size, noise int64
		refused     string // a part of the only problem; "" when the package is made
	}{
		{"a file of zeros that nobody minds", 1, freeFile, 0, ""},
		{"one that nobody takes", 1, freeFile + 1, 0, "0 shrinks from 8388609 to"},
		{"one with something in it", 1, 3 * freeFile, 12 << 20, ""},
		{"small ones that together are too much", 9, freeFile, 0, ". shrinks from 75497474 to"},
		{"small ones that are not", 7, freeFile, 0, ""},
		{"large ones with something in them", 3, 3 * freeFile, 12 << 20, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := plant(t, map[string]string{"manifest.json": "{}"})
			for i := range tt.files {
				hole(t, filepath.Join(dir, fmt.Sprint(i)), tt.size, tt.noise)
			}
			folder := t.TempDir()
			output := filepath.Join(folder, "out.nspkg")
			if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Write(t.Context(), Options{Dir: dir, Output: output})
			if tt.refused != "" {
				if got := problemsOf(t, err); !strings.HasPrefix(got, tt.refused) || strings.Contains(got, "\n") {
					t.Errorf("%s; want %s", got, tt.refused)
				}
				untouched(t, output)
				if left := tree(t, folder); len(left) != 1 {
					t.Errorf("left behind: %v", left)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			archive, err := Open(output)
			if err != nil {
				t.Fatalf("the package cannot be opened: %v", err)
			}
			if _, err := archive.Digests(t.Context()); err != nil {
				t.Error(err)
			}
			if err := archive.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestManifestMayBePackedAsItIsNotYetWritten(t *testing.T) {
	files := map[string]string{"manifest.json": `{"version": "1.0.9"}`, "a": "x"}
	dir := plant(t, files)
	output := filepath.Join(t.TempDir(), "out.nspkg")
	changed := `{"version": "1.0.10"}`
	summary, err := Write(t.Context(), Options{Dir: dir, Output: output, Manifest: []byte(changed)})
	if err != nil {
		t.Fatal(err)
	}
	files["manifest.json"] = changed
	if want := pack(t, plant(t, files)); want.SHA256 != summary.SHA256 || want.TotalSize != summary.TotalSize || summary.Entries[0].Size != int64(len(changed)) {
		t.Errorf("%+v, want that of a folder with this manifest: %+v", summary, want)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "manifest.json")); err != nil || string(data) != `{"version": "1.0.9"}` {
		t.Errorf("the folder's own was changed: %s, %v", data, err)
	}
}
