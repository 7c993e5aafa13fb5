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
	// Listed is told what goes into the package before anything is written; nil for nobody.
	// An error ends Write, which returns it as it is.
	Listed func(Listing) error
	// Listing returns what List returned for Dir, where that was begun before; nil lists now.
	Listing func() (Listing, error)
	// Manifest, if not nil, goes in in place of what manifest.json holds, as for a change that
	// is written when the package is.
	Manifest []byte
	// Inspector sees every file while it is read; nil for none.
	Inspector Inspector
	// Progress is called when a file is in the archive, in the archive's order, and for a large
	// file several times on the way; nil for none. It gets how many bytes of all files are done, of how
	// many, and delays the work while it runs.
	Progress func(entry Entry, done, total int64)
}

// Inspector looks at what goes into a package, such as for secrets, without
// reading it a second time.
type Inspector interface {
	// Inspect looks at a chunk. It is called from several goroutines at once, and a large
	// file's chunks may come in any order. An error ends Write.
	Inspect(Chunk) error
	// Verdict is called once, when everything was inspected and before the archive takes its
	// place. An error ends Write, which returns it as it is.
	Verdict() error
}

// Chunk is a file, or a piece of a large one.
type Chunk struct {
	Entry  Entry
	Offset int64  // of Data in the file
	Data   []byte // to be read until Inspect returns
	Seen   int    // bytes at the beginning of Data that the chunk before ended with: what lies across is seen whole
	Last   bool   // Data ends with the file
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
// synced, and renamed. When Write fails, or ctx is cancelled, nothing is left of that and a
// previous archive is untouched. When the process is killed, the same holds on Linux; elsewhere
// the next Write into the same folder removes what is left. The error is an *UnpackableError
// when files of the directory stand in the way; it lists all of them. What Open would refuse,
// such as a file that is too large, Write does not make.
//
// Memory is bounded whatever the files are: by about 2.5 MB for each of at most 16 workers.
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

	made := func() (Listing, error) { return list(ctx, root) }
	if o.Listing != nil {
		made = o.Listing
	}
	listing, err := made()
	if err != nil {
		return Summary{}, err
	}
	if previous != nil {
		if own := listing.holds(previous); own != "" {
			return Summary{}, fmt.Errorf("writing the package: %s is the plugin's own file %q, which belongs into the package; choose another output, such as %s", o.Output, own, "my-plugin-1.0.0"+Extension)
		}
	}
	if o.Manifest != nil {
		listing.giveManifest(int64(len(o.Manifest)))
	}
	if o.Listed != nil {
		if err := o.Listed(listing); err != nil {
			return Summary{}, err
		}
	}
	folder := filepath.Dir(o.Output)
	remove, err := makeFolder(folder)
	if err != nil {
		return Summary{}, fmt.Errorf("making the package's folder: %w", err)
	}
	summary, err := writeInto(ctx, root, folder, previous != nil, listing, o)
	if err != nil {
		remove()
		return Summary{}, err
	}
	summary.Path = o.Output
	return summary, nil
}

// writeInto writes the archive to a temporary file in folder, and gives it its name when it is whole.
func writeInto(ctx context.Context, root *os.Root, folder string, replace bool, listing Listing, o Options) (Summary, error) {
	removeStale(folder)
	file, err := createTemporary(folder)
	if err != nil {
		return Summary{}, fmt.Errorf("writing the package %s: %w", o.Output, err)
	}
	summary, err := writeArchive(ctx, root, file, listing, o)
	if err == nil {
		refused := summary.installable()
		if refused == nil && o.Inspector != nil {
			refused = o.Inspector.Verdict()
		}
		if refused != nil {
			if err := file.discard(); err != nil {
				return Summary{}, errors.Join(refused, err)
			}
			return Summary{}, refused
		}
	}
	if err == nil {
		err = file.publish(ctx, o.Output, replace)
	}
	if err != nil {
		return Summary{}, errors.Join(fmt.Errorf("writing the package %s: %w", o.Output, err), file.discard())
	}
	return summary, nil
}

// makeFolder makes folder and what is missing above it. What it returns removes that again,
// as far as nothing was put there.
func makeFolder(folder string) (remove func(), err error) {
	var missing []string
	for at := folder; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		missing = append(missing, at)
	}
	remove = func() {
		for _, made := range missing {
			_ = os.Remove(made) // fails when somebody else uses it, and should
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		remove()
		return nil, err
	}
	return remove, nil
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
