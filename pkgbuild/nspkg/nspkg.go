// Package nspkg packs a plugin directory into the .nspkg archive that a
// Controller installs: a deflate ZIP with manifest.json first and nothing in it
// that differs between two machines, so that the same tree gives the same bytes
// (plugin-sdk.txt, "package — Build a .nspkg").
//
// It reads beneath the plugin directory only, and judges nothing but what can be
// packed at all: callers check the manifest first. Functions are safe for concurrent
// use on different outputs.
package nspkg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Extension ends the name of every package.
const Extension = ".nspkg"

// Options say what to pack, and where to.
type Options struct {
	// Dir is the plugin directory.
	Dir string
	// Output is the archive's path. Its folder is made when missing; a file that is there
	// already is replaced, once the new archive is whole, unless it is one that belongs
	// into the package.
	Output string
	// Epoch is the time that every file in the archive carries: SOURCE_DATE_EPOCH
	// (https://reproducible-builds.org/specs/source-date-epoch/) where the caller honours
	// it. Zero, and anything before it, means 1980-01-01, the first moment a ZIP can hold.
	Epoch time.Time
}

// Summary is what Write made. Sizes are in bytes.
type Summary struct {
	Path        string  `json:"path"`         // Options.Output
	Files       int     `json:"files"`        // files in the archive
	TotalSize   int64   `json:"total_size"`   // of the files before compression
	PackageSize int64   `json:"package_size"` // of the archive
	SHA256      string  `json:"sha256"`       // of the archive, in lower-case hexadecimal
	Entries     []Entry `json:"entries"`      // in the archive's order
}

// Name returns the documented name of m's package: {name}-{version}.nspkg.
func Name(m *manifest.Manifest) string {
	return m.Name + "-" + m.Version + Extension
}

// Write packs o.Dir into o.Output and says what went in.
//
// The archive appears whole or not at all: it is written to a temporary file beside o.Output,
// synced, and renamed. When Write fails, or ctx is cancelled, the temporary file is removed and
// a previous archive is untouched. The error is an *UnpackableError when files of the directory
// stand in the way; it lists all of them.
func Write(ctx context.Context, o Options) (Summary, error) {
	previous, err := checkOutput(o.Output)
	if err != nil {
		return Summary{}, err
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return Summary{}, fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()

	listing, err := list(ctx, root, previous)
	if own := (*overwriteError)(nil); errors.As(err, &own) {
		return Summary{}, fmt.Errorf("writing the package: %s is %w; choose another output, such as %s", o.Output, own, "my-plugin-1.0.0"+Extension)
	}
	if err != nil {
		return Summary{}, err
	}
	folder := filepath.Dir(o.Output)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Summary{}, fmt.Errorf("making the package's folder: %w", err)
	}
	// A name that the exclusion rules know: should the machine die before the file is
	// removed, the next package does not carry it.
	temporary := filepath.Join(folder, ".packing-"+rand.Text()+Extension)
	summary, err := writeFile(ctx, root, temporary, listing.Entries, o.Epoch)
	if err == nil {
		err = os.Rename(temporary, o.Output)
	}
	if err != nil {
		return Summary{}, errors.Join(fmt.Errorf("writing the package %s: %w", o.Output, err), removeIfThere(temporary))
	}
	summary.Path = o.Output
	return summary, nil
}

// checkOutput returns the file that stands at output, nil when there is none,
// and refuses an output that no file can be renamed to.
func checkOutput(output string) (fs.FileInfo, error) {
	if output == "" {
		return nil, errors.New("writing the package: no output file named")
	}
	previous, err := os.Stat(output)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("writing the package: %w", err)
	case previous.IsDir():
		return nil, fmt.Errorf("writing the package: %s is a folder; name a file in it instead, such as %s", output, filepath.Join(output, "my-plugin-1.0.0"+Extension))
	case !previous.Mode().IsRegular():
		return nil, fmt.Errorf("writing the package: %s is not a regular file; name another one", output)
	}
	return previous, nil
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the unfinished package: %w", err)
	}
	return nil
}
