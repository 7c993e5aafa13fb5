package nspkg

import (
	"archive/zip"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// readers are programs that extract archives: $ARCHIVE into the current folder.
var readers = []struct{ program, pkg, script string }{
	{"unzip", "unzip", `unzip -tq "$ARCHIVE" && unzip -q "$ARCHIVE"`},
	{"7z", "p7zip-full", `7z t "$ARCHIVE" && 7z x "$ARCHIVE"`},
	{"python3", "python3", `python3 -c '
import os, zipfile
with zipfile.ZipFile(os.environ["ARCHIVE"]) as z:
    assert z.testzip() is None
    z.extractall(".")'`},
}

// oddTrees are plugins that may trouble a writer or a reader.
func oddTrees() map[string]map[string]string {
	long := strings.Repeat("deep/", 20) + strings.Repeat("n", 100)
	tiny := map[string]string{}
	for i := range 500 {
		tiny[fmt.Sprintf("tiny/%d", i)] = strings.Repeat("x", i%7)
	}
	twice := noise(blockSize)
	twice += twice[blockSize-windowSize+1000:]
	edges := map[string]string{}
	for _, size := range []int{1, windowSize, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, 2*blockSize + 1, blockSize + windowSize} {
		edges[fmt.Sprintf("noise-%d", size)] = noise(size)
		edges[fmt.Sprintf("source-%d", size)] = source(size, uint64(size))
		edges[fmt.Sprintf("zeros-%d", size)] = strings.Repeat("\x00", size)
	}
	return map[string]map[string]string{
		"a plugin":  plugin,
		"one file":  {"manifest.json": "{}"},
		"all empty": {"manifest.json": "", "a": "", "b/c": ""},
		"odd names": {
			"manifest.json": "{}", "with space": "1", "-r": "2", "--help": "3", "quote'$(x)": "4", "übersetzung/日本.txt": "5",
			"\u00e9": "6", "emoji 🦀": "7", "a.b": "8", "a/b": "9", ".hidden": "10", long: "11", "semi;colon&": "12",
		},
		"tiny files":        tiny,
		"edges of blocks":   edges,
		"text, then noise":  {"mixed": source(blockSize, 1) + noise(blockSize) + source(blockSize, 2), "after": "text"},
		"a far-off match":   {"twice": twice},
		"programs and such": {"run.sh*": "#!/bin/sh\n", "noise*": noise(70_000)},
	}
}

func TestEveryReaderFindsTheSameFiles(t *testing.T) {
	for name, files := range oddTrees() {
		t.Run(name, func(t *testing.T) {
			dir := plant(t, files)
			want := tree(t, dir)
			archive := pack(t, dir).Path
			for _, reader := range readers {
				t.Run(reader.program, func(t *testing.T) {
					machine.Program(t, reader.program, reader.pkg)
					into := t.TempDir()
					cmd := exec.CommandContext(t.Context(), "sh", "-c", reader.script)
					cmd.Dir = into
					cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "ARCHIVE="+archive)
					if out, err := cmd.CombinedOutput(); err != nil {
						t.Fatalf("%s: %v\n%s", reader.script, err, out)
					}
					if !maps.Equal(tree(t, into), want) {
						t.Error("the files are not those that were packed")
					}
				})
			}
			t.Run("archive/zip", func(t *testing.T) {
				if !maps.Equal(readByGo(t, archive), want) {
					t.Error("the files are not those that were packed")
				}
			})
			t.Run("this package", func(t *testing.T) { sameAs(t, archive, want) })
		})
	}
}

// Cut into blocks that know nothing of each other, the repetition would be kept whole.
func TestBlockOfALargeFileRefersToTheOneBefore(t *testing.T) {
	summary := pack(t, plant(t, oddTrees()["a far-off match"]))
	if packed := summary.Entries[0].CompressedSize; packed > blockSize+2_000 {
		t.Errorf("%d bytes for one block of noise and a repetition", packed)
	}
}

func readByGo(t *testing.T, archive string) map[string]string {
	t.Helper()
	r, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files := map[string]string{}
	for _, f := range r.File {
		files[f.Name] = read(t, f)
	}
	return files
}

// rustReader prints each file of an archive with its size and CRC-32.
const rustReader = `use std::io::Read;
fn main() {
    let name = std::env::args().nth(1).unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(name).unwrap()).unwrap();
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        println!("{:08x} {} {}", crc32fast::hash(&content), content.len(), file.name());
    }
}
`

func TestRustsZipCrateFindsTheSameFiles(t *testing.T) {
	machine.Program(t, "cargo", "cargo")
	project := plant(t, map[string]string{
		"src/main.rs": rustReader,
		"Cargo.toml":  "[package]\nname = \"reader\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[dependencies]\nzip = { version = \"2\", default-features = false, features = [\"deflate\"] }\ncrc32fast = \"1\"\n",
	})
	fetch := exec.CommandContext(t.Context(), "cargo", "fetch", "--quiet")
	fetch.Dir = project
	if out, err := fetch.CombinedOutput(); err != nil {
		machine.Missing(t, "cargo cannot fetch crates here: %v\n%s", err, out)
	}
	build := exec.CommandContext(t.Context(), "cargo", "build", "--quiet", "--offline")
	build.Dir = project
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, files := range oddTrees() {
		t.Run(name, func(t *testing.T) {
			dir := plant(t, files)
			summary := pack(t, dir)
			out, err := exec.CommandContext(t.Context(), filepath.Join(project, "target", "debug", "reader"), summary.Path).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			content, want := tree(t, dir), ""
			for _, e := range summary.Entries {
				want += fmt.Sprintf("%08x %d %s\n", crc32.ChecksumIEEE([]byte(content[e.Path])), e.Size, e.Path)
			}
			if string(out) != want {
				t.Errorf("Rust found\n%swant\n%s", out, want)
			}
		})
	}
}

// An archive of more than 4 GiB, all of it but the ends a hole in the file.
func TestZIP64IsReadByAll(t *testing.T) {
	const name = "behind.txt"
	const hole = 5 << 30
	archive := filepath.Join(t.TempDir(), "large.zip")
	file, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text := []byte("what stands behind 5 GiB\n")
	headers := []fileHeader{
		{name: "hole", mode: 0o644, method: methodStored, size: hole, packed: hole},
		{name: name, mode: 0o644, method: methodStored, crc: crc32.ChecksumIEEE(text), size: uint64(len(text)), packed: uint64(len(text))},
	}
	at := uint64(0)
	put := func(b []byte) {
		t.Helper()
		if _, err := file.WriteAt(b, int64(at)); err != nil {
			t.Fatal(err)
		}
		at += uint64(len(b))
	}
	put(headers[0].appendLocal(nil))
	at += hole
	headers[1].offset = at
	put(headers[1].appendLocal(nil))
	put(text)
	start := at
	for _, h := range headers {
		put(h.appendCentral(nil))
	}
	put(appendEnd(nil, 2, at-start, start))

	t.Run("archive/zip", func(t *testing.T) {
		r, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if len(r.File) != 2 || r.File[0].UncompressedSize64 != hole || read(t, r.File[1]) != string(text) {
			t.Errorf("%d files, the first of %d bytes", len(r.File), r.File[0].UncompressedSize64)
		}
	})
	for _, reader := range []struct{ program, pkg, script string }{
		{"unzip", "unzip", `unzip -p "$ARCHIVE" ` + name},
		{"7z", "p7zip-full", `7z e -so "$ARCHIVE" ` + name},
		{"python3", "python3", `python3 -c 'import os, sys, zipfile; sys.stdout.write(zipfile.ZipFile(os.environ["ARCHIVE"]).read("` + name + `").decode())'`},
	} {
		t.Run(reader.program, func(t *testing.T) {
			machine.Program(t, reader.program, reader.pkg)
			cmd := exec.CommandContext(t.Context(), "sh", "-c", reader.script)
			cmd.Env = append(os.Environ(), "ARCHIVE="+archive)
			if out, err := cmd.Output(); err != nil || string(out) != string(text) {
				t.Errorf("%v, %q", err, out)
			}
		})
	}
}

func TestZIP64OnlyWhereItIsNeeded(t *testing.T) {
	const most = 1<<32 - 1
	tests := []struct {
		name                 string
		header               fileHeader
		local, central, need int // bytes of ZIP64 fields, and the version that a reader needs
	}{
		{"a small file", fileHeader{size: 10, packed: 5}, 0, 0, versionDeflate},
		{"below 4 GiB whatever deflate adds", fileHeader{size: most - 1<<21, packed: 5}, 0, 0, versionDeflate},
		{"below 4 GiB, but not if deflate adds", fileHeader{size: most - 1<<10, packed: 5}, 20, 20, versionZIP64},
		{"more than 4 GiB", fileHeader{size: most + 1, packed: 5}, 20, 20, versionZIP64},
		{"a small file behind 4 GiB", fileHeader{size: 10, packed: 5, offset: most}, 0, 12, versionZIP64},
		{"large behind 4 GiB", fileHeader{size: most, packed: most, offset: most}, 20, 28, versionZIP64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(tt.header.appendLocal(nil)) - localLen; got != tt.local {
				t.Errorf("%d bytes of ZIP64 in the local header, want %d", got, tt.local)
			}
			central := tt.header.appendCentral(nil)
			if got := len(central) - centralLen; got != tt.central {
				t.Errorf("%d bytes of ZIP64 in the list of files, want %d", got, tt.central)
			}
			if got := int(u16(central, 6)); got != tt.need {
				t.Errorf("version %d needed, want %d", got, tt.need)
			}
		})
	}
	for _, tt := range []struct {
		files, size, offset uint64
		zip64               bool
	}{{1, 100, 1000, false}, {1<<16 - 2, most - 1, most - 1, false}, {1<<16 - 1, 100, 100, true}, {1, most, 100, true}, {1, 100, most, true}} {
		if got := len(appendEnd(nil, tt.files, tt.size, tt.offset)) > endLen; got != tt.zip64 {
			t.Errorf("%+v: ZIP64 records: %v", tt, got)
		}
	}
}

func TestMoreFilesThan16BitsCount(t *testing.T) {
	const n = 1<<16 + 10
	var archive, list []byte
	for i := range n {
		h := fileHeader{name: fmt.Sprint(i), mode: 0o644, offset: uint64(len(archive))}
		archive, list = h.appendLocal(archive), h.appendCentral(list)
	}
	start := uint64(len(archive))
	archive = appendEnd(append(archive, list...), n, uint64(len(list)), start)
	r, err := zip.NewReader(strings.NewReader(string(archive)), int64(len(archive)))
	if err != nil || len(r.File) != n || r.File[n-1].Name != fmt.Sprint(n-1) {
		t.Fatalf("error %v, %d files, want %d", err, len(r.File), n)
	}
}
