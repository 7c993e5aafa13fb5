// Command trees makes the folders that the benchmark beside it packs, always the
// same ones from the same Go installation:
//
//	trees PLUGIN INTO
//
// INTO/small is a copy of PLUGIN, a freshly generated plugin. INTO/medium adds
// source code to it, 2,000 files and 59 MB in all; INTO/large adds the whole of the
// Go installation, its programs once more, and ZIP archives of it, some 15,000 files and 390 MB.
package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

const (
	mediumFiles = 2_000
	mediumBytes = 59_000_000
	largeFiles  = 15_072
	largeBytes  = 392_000_000
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("trees: ")
	if len(os.Args) != 3 {
		log.Fatal("name a plugin, and the folder to make the trees in")
	}
	if err := trees(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func trees(plugin, into string) error {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("finding the Go installation: %w", err)
	}
	goroot := strings.TrimSpace(string(out))
	entries, err := packable(goroot)
	if err != nil {
		return err
	}
	for _, name := range []string{"small", "medium", "large"} {
		if err := os.CopyFS(filepath.Join(into, name), os.DirFS(plugin)); err != nil {
			return err
		}
	}
	if err := medium(filepath.Join(into, "medium"), goroot, entries); err != nil {
		return err
	}
	return large(filepath.Join(into, "large"), goroot, entries)
}

// packable returns the files of the Go installation that a package may hold: not those
// with keys for tests in them, which are taken for secrets.
func packable(goroot string) ([]nspkg.Entry, error) {
	plan, err := nspkg.MakePlan(context.Background(), goroot)
	if err != nil {
		return nil, err
	}
	secret := map[string]bool{}
	for _, f := range plan.Secrets {
		secret[f.Path] = true
	}
	return slices.DeleteFunc(plan.Entries, func(e nspkg.Entry) bool { return secret[e.Path] }), nil
}

// medium writes the source code of the Go installation, in one long run cut
// into files of one size.
func medium(dir, goroot string, entries []nspkg.Entry) error {
	files, bytes, err := count(dir)
	if err != nil {
		return err
	}
	each := (mediumBytes - bytes) / (mediumFiles - files)
	var text []byte
	for _, e := range entries {
		if path.Ext(e.Path) != ".go" || !strings.HasPrefix(e.Path, "src/") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(goroot, filepath.FromSlash(e.Path)))
		if err != nil {
			return err
		}
		text = append(text, data...)
		for ; int64(len(text)) >= each && files < mediumFiles; files++ {
			name := filepath.Join(dir, "service", fmt.Sprintf("package%02d", files%40), fmt.Sprintf("module%04d.go", files))
			if err := write(name, text[:each]); err != nil {
				return err
			}
			text = append(text[:0], text[each:]...)
		}
	}
	if files < mediumFiles {
		return fmt.Errorf("%s holds too little source code for the medium tree: %d files of %d", goroot, files, mediumFiles)
	}
	return nil
}

// large copies the Go installation, adds its largest files, which are programs, once more,
// and then ZIP archives.
func large(dir, goroot string, entries []nspkg.Entry) error {
	for _, e := range entries {
		from := filepath.Join(goroot, filepath.FromSlash(e.Path))
		if err := copyFile(from, filepath.Join(dir, "service", "go", filepath.FromSlash(e.Path))); err != nil {
			return err
		}
		if e.Size < 4_000_000 {
			continue
		}
		if err := copyFile(from, filepath.Join(dir, "service", "bin", path.Base(e.Path))); err != nil {
			return err
		}
	}
	files, bytes, err := count(dir)
	if err != nil {
		return err
	}
	return archives(filepath.Join(dir, "service", "archives"), goroot, entries, max(largeFiles-files, 10), max(largeBytes-bytes, 50_000_000))
}

// archives writes ZIP archives of the entries, of about the same size and this
// many bytes in all. The installation is gone through again and again until they are full.
func archives(dir, goroot string, entries []nspkg.Entry, files, bytes int64) error {
	next := 0
	for i := range files {
		var content strings.Builder
		archive := zip.NewWriter(&content)
		archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		for ; int64(content.Len()) < bytes/files; next++ {
			e := entries[next%len(entries)]
			if e.Size > bytes/files/4 {
				continue // it would make this archive larger than the others
			}
			data, err := os.ReadFile(filepath.Join(goroot, filepath.FromSlash(e.Path)))
			if err != nil {
				return err
			}
			w, err := archive.Create(e.Path)
			if err == nil {
				_, err = w.Write(data)
			}
			if err = errors.Join(err, archive.Flush()); err != nil {
				return err
			}
		}
		if err := archive.Close(); err != nil {
			return err
		}
		if err := write(filepath.Join(dir, fmt.Sprintf("part%02d.zip", i)), []byte(content.String())); err != nil {
			return err
		}
	}
	return nil
}

// count returns what a plugin folder holds.
func count(dir string) (files, bytes int64, err error) {
	listing, err := nspkg.List(dir)
	for _, e := range listing.Entries {
		files++
		bytes += e.Size
	}
	return files, bytes, err
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return write(to, data)
}

func write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}
