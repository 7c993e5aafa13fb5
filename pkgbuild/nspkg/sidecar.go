package nspkg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Endings of the files that lie beside an archive and are about it; they follow its
// whole name. They belong to one archive, so they are never packed.
const (
	SignatureEnding = ".minisig"  // a minisign signature
	BillEnding      = ".cdx.json" // a software bill of materials, in CycloneDX
)

// sidecarEndings are those of files beside an archive.
var sidecarEndings = []string{SignatureEnding, BillEnding}

// besideArchive returns how the name of a file that lies beside an archive ends; "" when
// name, in lower case, is none of those.
func besideArchive(name string) string {
	for _, ending := range sidecarEndings {
		if strings.HasSuffix(name, Extension+ending) {
			return Extension + ending
		}
	}
	return ""
}

// CheckSidecar makes sure that a file can be written beside the archive at output. The archive's name has
// to end in Extension: by that the next package knows that the file stays out of it.
func CheckSidecar(output, ending string) error {
	if !strings.HasSuffix(strings.ToLower(output), Extension) {
		return fmt.Errorf("%s does not end in %s: a file beside it could get into the next package; choose another output, such as %s", output, Extension, output+Extension)
	}
	path := output + ending
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder, and a file of that name belongs beside the package; move it away, or choose another output", path)
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%s is not a regular file, and one belongs beside the package; move it away, or choose another output", path)
	}
	return nil
}

// WriteSidecar writes a file beside an archive, as Write writes the archive: whole or not at all,
// and synced. What stands there is replaced; a symbolic link is, too, and not followed.
func WriteSidecar(ctx context.Context, path string, data []byte) error {
	file, err := createTemporary(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if _, err = file.Write(data); err == nil {
		err = file.publish(ctx, path, true)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), file.discard())
	}
	return nil
}

// maxSidecar bounds what is read of a file beside an archive.
const maxSidecar = 16 << 20

// SettleSidecars looks at what lies beside the new archive at output, whose SHA-256 sum is. What says
// itself to be about another archive, the one that was replaced, is removed: nobody may take it for
// this one's. Of what does not say it, such as a signature that minisign made, nobody can tell;
// it stays. The sentences that are returned tell of both, but of those with an ending in renewed:
// they are about to be replaced.
func SettleSidecars(output, sum string, renewed []string) []string {
	var said []string
	for _, ending := range sidecarEndings {
		path := output + ending
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		name, about, renew := filepath.Base(path), aboutArchive(path, ending), slices.Contains(renewed, ending)
		switch {
		case about == sum, about == "" && renew:
		case about == "" && ending == SignatureEnding:
			said = append(said, fmt.Sprintf("%s lies beside the package and was there before: it may be another archive's; `netstacks-plugin inspect --verify` tells, and `package --sign` replaces it", name))
		case about == "":
			said = append(said, fmt.Sprintf("%s lies beside the package and was there before: it may be another archive's; `package --sbom` replaces it", name))
		default:
			if err := os.Remove(path); err != nil {
				said = append(said, fmt.Sprintf("%s belongs to the archive that was replaced, and could not be removed: %v; remove it", name, cause(err)))
				continue
			}
			if !renew {
				said = append(said, fmt.Sprintf("%s was removed: it belonged to the archive that was replaced", name))
			}
		}
	}
	return said
}

// signedSum returns the SHA-256 in a signature's trusted comment; "" when there is none.
func signedSum(text string) string {
	for line := range strings.Lines(text) {
		trusted, ok := strings.CutPrefix(line, "trusted comment: ")
		if !ok {
			continue
		}
		for field := range strings.FieldsSeq(trusted) {
			if sum, ok := strings.CutPrefix(field, "sha256:"); ok && len(sum) == 64 {
				return sum
			}
		}
	}
	return ""
}

// aboutArchive returns the SHA-256 of the archive that a file beside one says to be about; "" when it says none.
func aboutArchive(path, ending string) string {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxSidecar {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSidecar))
	if err != nil {
		return ""
	}
	if ending == SignatureEnding {
		return signedSum(string(data))
	}
	var bill struct {
		Metadata struct {
			Component struct {
				Hashes []struct{ Alg, Content string }
			}
		}
	}
	if json.Unmarshal(data, &bill) == nil {
		for _, h := range bill.Metadata.Component.Hashes {
			if h.Alg == "SHA-256" {
				return h.Content
			}
		}
	}
	return ""
}
