package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
	"github.com/netstacks/netstacks-plugin/pkgbuild/sbom"
	"github.com/netstacks/netstacks-plugin/pkgbuild/signature"
	"github.com/netstacks/netstacks-plugin/studio"
)

// sidecarOptions say which files `package` writes beside the archive.
type sidecarOptions struct {
	sign bool
	key  string
	sbom bool
}

func (o *sidecarOptions) add(c *cobra.Command) {
	c.Flags().BoolVar(&o.sign, "sign", false, "sign the archive: write a minisign signature beside it, which inspect --verify checks")
	c.Flags().StringVar(&o.key, "key", "", "the secret key to sign with (default: $"+signingKeyName+", then minisign's own, ~/.minisign/minisign.key)")
	c.Flags().BoolVar(&o.sbom, "sbom", false, "write a software bill of materials beside the archive: FILE.nspkg.cdx.json, in CycloneDX")
}

// sidecar is a file that `package` has written beside the archive.
type sidecar struct {
	Kind   string `json:"kind"` // "signature" or "sbom"
	Path   string `json:"path"` // absolute
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	// KeyID and TrustedComment are a signature's.
	KeyID          string `json:"key_id,omitempty"`
	TrustedComment string `json:"trusted_comment,omitempty"`
	// Libraries and Warnings are a bill's: how many dependencies it lists, and which lock
	// files could not be read in full.
	Libraries int      `json:"libraries,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
}

// packaged is what `package --json` prints.
type packaged struct {
	studio.PackageState
	Sidecars []sidecar `json:"sidecars,omitempty"`
}

// sidecars are the files beside one archive: what is needed for them is made sure
// of before the archive is written.
type sidecars struct {
	streams Streams
	epoch   time.Time // $SOURCE_DATE_EPOCH; zero when it is not set
	sbom    bool
	key     *signature.SecretKey
}

// listed refuses what makes no sense with --list.
func (o sidecarOptions) listed() error {
	if o.sign || o.sbom || o.key != "" {
		return usagef("--list writes nothing; leave --sign, --key and --sbom out, or --list")
	}
	return nil
}

// prepare finds the key and looks at where the files go, before anything else is done.
func (o sidecarOptions) prepare(s Streams, dir string) (*sidecars, error) {
	b := &sidecars{streams: s, sbom: o.sbom}
	if !o.sign {
		if o.key != "" {
			return nil, usagef("--key is for --sign; add --sign, or leave --key out")
		}
		return b, nil
	}
	path, err := s.signingKey(o.key, dir)
	if err != nil {
		return nil, err
	}
	if b.key, err = signature.ReadSecretKey(path); err != nil {
		return nil, usageError{err}
	}
	return b, nil
}

// ready makes sure of what only a plugin in order needs: the names of the files beside
// output, and the key's password.
func (b *sidecars) ready(ctx context.Context, output string) error {
	var err error
	if b.epoch, err = sourceDateEpoch(b.streams.Getenv("SOURCE_DATE_EPOCH")); err != nil {
		return err
	}
	for _, ending := range b.endings() {
		if err = nspkg.CheckSidecar(b.streams.path(output), ending); err != nil {
			return usageError{err}
		}
	}
	if b.key != nil {
		return b.streams.unlock(ctx, b.key)
	}
	return nil
}

// endings are those of the files that are to be written.
func (b *sidecars) endings() []string {
	var endings []string
	if b.sbom {
		endings = append(endings, sbom.Ending)
	}
	if b.key != nil {
		endings = append(endings, signature.Ending)
	}
	return endings
}

// write writes the files beside the archive that was made. An error says which is missing; the
// archive stays.
func (b *sidecars) write(ctx context.Context, p studio.PackageState) ([]sidecar, error) {
	var written []sidecar
	if b.sbom {
		bill, err := b.bill(ctx, p)
		if err != nil {
			return written, fmt.Errorf("writing the bill of materials: %w\nThe package %s is whole, and has none. Mend that and package again", err, p.Path)
		}
		written = append(written, bill)
	}
	if b.key != nil {
		defer b.key.Wipe()
		signed, err := b.sign(ctx, p)
		if err != nil {
			return written, fmt.Errorf("signing the package: %w\nThe package %s is whole, and not signed. Mend that and package again, or sign it with `minisign -Sm %s`", err, p.Path, shellWord(p.Path))
		}
		written = append(written, signed)
	}
	return written, nil
}

func (b *sidecars) warn(said string) {
	fmt.Fprintln(b.streams.Err, "netstacks-plugin: "+studio.CleanLine(said))
}

// bill writes the bill of materials.
func (b *sidecars) bill(ctx context.Context, p studio.PackageState) (sidecar, error) {
	bill, err := sbom.Make(ctx, p.Path, b.epoch)
	if err != nil {
		return sidecar{}, err
	}
	if bill.Archive != p.SHA256 {
		return sidecar{}, errors.New("the archive was changed since it was written")
	}
	for _, said := range bill.Warnings {
		b.warn(said)
	}
	s, err := b.put(ctx, "sbom", p.Path+sbom.Ending, bill.JSON)
	s.Libraries, s.Warnings = bill.Libraries, bill.Warnings
	return s, err
}

// sign signs the archive.
func (b *sidecars) sign(ctx context.Context, p studio.PackageState) (sidecar, error) {
	archive, err := os.Open(p.Path)
	if err != nil {
		return sidecar{}, err
	}
	defer archive.Close()
	comment, err := b.trustedComment(p)
	if err != nil {
		return sidecar{}, err
	}
	text, err := b.key.Sign(ctx, archive, p.SHA256, comment)
	if err != nil {
		return sidecar{}, err
	}
	s, err := b.put(ctx, "signature", p.Path+signature.Ending, text)
	s.KeyID, s.TrustedComment = b.key.Public().ID(), comment
	return s, err
}

// trustedComment is what a signature says of the archive, signed with it: the fields of
// minisign's own, and which plugin it is.
func (b *sidecars) trustedComment(p studio.PackageState) (string, error) {
	plugin, err := packagedPlugin(p.Path)
	if err != nil {
		return "", err
	}
	at := b.epoch
	if at.IsZero() {
		at = b.streams.Now()
	}
	return strings.Join([]string{
		fmt.Sprintf("timestamp:%d", at.Unix()), "file:" + plainName(filepath.Base(p.Path)), "hashed",
		"name:" + plainName(plugin.Name), "version:" + plainName(plugin.Version), "sha256:" + p.SHA256,
	}, "\t"), nil
}

// packagedPlugin reads from an archive which plugin it is.
func packagedPlugin(path string) (manifest.Manifest, error) {
	var plugin manifest.Manifest
	archive, err := nspkg.Open(path)
	if err != nil {
		return plugin, err
	}
	defer archive.Close()
	data, err := fs.ReadFile(archive, manifest.FileName)
	if err != nil {
		return plugin, err
	}
	return plugin, json.Unmarshal(data, &plugin)
}

// plainName is a name as minisign takes it in a comment, which is ASCII.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return '_'
		}
		return r
	}, name)
}

// put writes one file beside the archive.
func (b *sidecars) put(ctx context.Context, kind, path string, data []byte) (sidecar, error) {
	sum := sha256.Sum256(data)
	return sidecar{Kind: kind, Path: path, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}, nspkg.WriteSidecar(ctx, path, data)
}

// printSidecars tells what was written beside the archive.
func printSidecars(w io.Writer, written []sidecar) error {
	l := lines{out: w}
	for _, s := range written {
		if s.Kind == "sbom" {
			l.line("SBOM: %s (%s)", filepath.Base(s.Path), counted(s.Libraries, "dependency", "dependencies"))
			continue
		}
		l.line("Signature: %s (key %s)", filepath.Base(s.Path), s.KeyID)
	}
	return l.err
}
