// Package review tells what somebody has to know of a plugin before it is
// installed or updated: what it may do, what it holds, how far it can be
// trusted, and what a new version changes for those who run the old one. It
// reads archives and folders, writes nothing, and what it returns is safe for
// concurrent use. Texts hold no secrets of the plugin.
package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Plugin is a plugin as it was read from an archive or a folder.
type Plugin struct {
	Path   string          // as the caller named it
	Report manifest.Report // what validation says of it
	Files  []File          // all that a package holds, in its order
	// The rest is known of archives alone.
	Size       int64  // of the archive, in bytes
	SHA256     string // of the archive
	Deviations []string
	Archive    bool
}

// File is one file of a plugin.
type File struct {
	Path           string      `json:"path"`                      // slash-separated, relative to the plugin's folder
	Size           int64       `json:"size"`                      // bytes
	CompressedSize int64       `json:"compressed_size,omitempty"` // bytes in the archive; 0 in a folder
	Mode           fs.FileMode `json:"mode"`                      // 0644 or 0755
	SHA256         string      `json:"sha256"`                    // of its content, in lower-case hexadecimal
}

// ReadArchive reads a whole archive. named is how it is called in what is
// printed. The error is a *nspkg.RefusedError when the archive is one that
// nobody should unpack.
func ReadArchive(ctx context.Context, name, named string) (Plugin, error) {
	archive, err := nspkg.Open(name)
	if err != nil {
		return Plugin{}, err
	}
	defer archive.Close()
	digests, err := archive.Digests(ctx)
	if err != nil {
		return Plugin{}, err
	}
	p := Plugin{Path: named, Size: archive.Size(), SHA256: digests.Archive, Deviations: archive.Deviations(), Archive: true}
	for i, f := range archive.Files() {
		p.Files = append(p.Files, File{f.Path, f.Size, f.CompressedSize, f.Mode, digests.Files[i]})
	}
	p.Report = manifest.Check(archive, manifest.Options{Path: named})
	return p, nil
}

// ReadFolder reads what a package of the folder would hold. The error is a
// *nspkg.UnpackableError when files stand in the way of one.
func ReadFolder(ctx context.Context, dir, named string) (Plugin, error) {
	listing, err := nspkg.List(dir)
	if err != nil {
		return Plugin{}, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Plugin{}, fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	p := Plugin{Path: named}
	for _, entry := range listing.Entries {
		if err := ctx.Err(); err != nil {
			return Plugin{}, err
		}
		file, err := readFile(root, entry.Path)
		if err != nil {
			return Plugin{}, fmt.Errorf("reading %q: %w", entry.Path, err)
		}
		file.Mode = entry.Mode
		p.Files = append(p.Files, file)
	}
	p.Report = manifest.Check(os.DirFS(dir), manifest.Options{Path: named})
	return p, nil
}

// readFile reads a file of a folder.
func readFile(root *os.Root, name string) (File, error) {
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return File{}, err
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	return File{Path: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// manifest returns the plugin's manifest; an empty one when it could not be
// read, so that what is asked of it is missing.
func (p Plugin) manifest() *manifest.Manifest {
	if p.Report.Manifest == nil {
		return &manifest.Manifest{}
	}
	return p.Report.Manifest
}

// migrations returns the .sql files right in migrations_dir, in the order of
// their names, which is the one that they run in.
func (p Plugin) migrations() []File {
	dir := p.manifest().MigrationsDir
	if dir == "" {
		return nil
	}
	var files []File
	for _, f := range p.Files {
		if path.Dir(f.Path) == path.Clean(dir) && strings.HasSuffix(f.Path, ".sql") {
			files = append(files, f)
		}
	}
	return files
}

// total is what all files hold, in bytes.
func (p Plugin) total() int64 {
	sum := int64(0)
	for _, f := range p.Files {
		sum += f.Size
	}
	return sum
}
