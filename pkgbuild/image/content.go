package image

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// ignoreName is the file that lists what stays out of a build.
const ignoreName = ".dockerignore"

// plainFS is a folder without its FIFOs, sockets and devices: reading those
// would hang or fail, and no image needs them.
type plainFS struct {
	fsutil.FS
	skipped func(path string, mode fs.FileMode) // may be nil
}

func newPlainFS(dir string, skipped func(string, fs.FileMode)) (plainFS, error) {
	root, err := fsutil.NewFS(dir)
	return plainFS{FS: root, skipped: skipped}, err
}

// Walk leaves out the special files.
func (p plainFS) Walk(ctx context.Context, target string, fn fs.WalkDirFunc) error {
	return p.FS.Walk(ctx, target, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && special(entry.Type()) {
			if p.skipped != nil {
				p.skipped(path, entry.Type())
			}
			return nil
		}
		return fn(path, entry, err)
	})
}

func special(mode fs.FileMode) bool {
	return mode&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice|fs.ModeCharDevice|fs.ModeIrregular) != 0
}

// kindOf names a special file for people.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// ignorePatterns reads what stays out of the build: <Dockerfile>.dockerignore
// where there is one, else .dockerignore.
func ignorePatterns(dir, dockerfile string) ([]string, error) {
	for _, name := range []string{dockerfile + ignoreName, ignoreName} {
		f, err := os.Open(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		patterns, err := ignorefile.ReadAll(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		return patterns, nil
	}
	return nil, nil
}

// content is the folder as a build sends it: without what is ignored and
// without special files. keep lists patterns that are sent all the same.
func content(dir, dockerfile string, skipped func(string, fs.FileMode), keep ...string) (fsutil.FS, error) {
	patterns, err := ignorePatterns(dir, dockerfile)
	if err != nil {
		return nil, err
	}
	root, err := newPlainFS(dir, skipped)
	if err != nil {
		return nil, fmt.Errorf("reading the build context: %w", err)
	}
	for _, k := range keep {
		patterns = append(patterns, "!"+k)
	}
	filtered, err := fsutil.NewFilterFS(root, &fsutil.FilterOpt{ExcludePatterns: patterns, Map: ownedByRoot})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", ignoreName, err)
	}
	return filtered, nil
}

// ownedByRoot gives every file to root, as the docker command does: who owns it
// on the author's machine is of no meaning in an image.
func ownedByRoot(_ string, st *fstypes.Stat) fsutil.MapResult {
	st.Uid, st.Gid = 0, 0
	return fsutil.MapResultKeep
}

// Fingerprint returns the SHA-256, in hex, over everything that decides about
// the image built from contextDir with its default Dockerfile: paths, modes and
// contents of the files that a build would send, and the Dockerfile. Times and
// owners do not count. Special files are left out.
func Fingerprint(contextDir string) (string, error) {
	o := Options{ContextDir: contextDir}
	sum, _, err := o.withDefaults().fingerprint(context.Background())
	return sum, err
}

// fingerprint also covers the build arguments, and returns the special files
// that a build leaves out, as "path (kind)".
func (o Options) fingerprint(ctx context.Context) (string, []string, error) {
	var skipped []string
	sent, err := content(o.ContextDir, o.Dockerfile, func(path string, mode fs.FileMode) {
		skipped = append(skipped, fmt.Sprintf("%s (%s)", filepath.ToSlash(path), kindOf(mode)))
	})
	if err != nil {
		return "", nil, err
	}
	h := sha256.New()
	if err := hashFile(h, o.Dockerfile, func() (io.ReadCloser, error) {
		return os.Open(filepath.Join(o.ContextDir, o.Dockerfile))
	}); err != nil {
		return "", nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(o.BuildArgs)) {
		hashText(h, name)
		hashText(h, o.BuildArgs[name])
	}
	err = sent.Walk(ctx, "", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return hashEntry(h, sent, path, info)
	})
	if err != nil {
		return "", nil, fmt.Errorf("reading the build context: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), skipped, nil
}

func hashEntry(h hash.Hash, sent fsutil.FS, path string, info fs.FileInfo) error {
	hashText(h, filepath.ToSlash(path))
	hashText(h, info.Mode().String())
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		if st, ok := info.Sys().(*fstypes.Stat); ok {
			hashText(h, st.Linkname)
		}
	case info.Mode().IsRegular():
		return hashFile(h, "", func() (io.ReadCloser, error) { return sent.Open(path) })
	}
	return nil
}

// hashText and hashFile frame what they add by its length, so that no two
// folders make the same stream of bytes.
func hashText(h hash.Hash, s string) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(s)))
	h.Write(size[:])
	h.Write([]byte(s))
}

func hashFile(h hash.Hash, name string, open func() (io.ReadCloser, error)) error {
	f, err := open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	one := sha256.New()
	if _, err := io.Copy(one, f); err != nil {
		return err
	}
	hashText(h, name)
	h.Write(one.Sum(nil))
	return nil
}
