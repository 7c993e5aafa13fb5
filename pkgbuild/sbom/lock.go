package sbom

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/package-url/packageurl-go"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// library is a dependency that a lock file declares.
type library struct {
	ecosystem string // the type of its package URL
	group     string // npm's scope, or what stands before the last / of a Go module
	name      string
	version   string // "" when the file pins none
	optional  bool   // for development alone, or not needed everywhere
	hashes    []cdx.Hash
	files     []string // that declare it, in the archive's order
}

func (l *library) purl() string { return purl(l.ecosystem, l.group, l.name, l.version) }

func purl(ecosystem, group, name, version string) string {
	return packageurl.NewPackageURL(ecosystem, group, name, version, nil, "").ToString()
}

// maxLock bounds how much of a lock file is read.
const maxLock = 32 << 20

// reader reads one kind of lock file. An error says why the rest of it is unknown.
type reader func(text string, add func(library)) error

// readers are those of lock files, by name. What they declare is installed as it is.
var readers = map[string]reader{
	"package-lock.json": readNPM, "npm-shrinkwrap.json": readNPM,
	"Cargo.lock":  readCargo,
	"poetry.lock": readPython, "uv.lock": readPython, "pdm.lock": readPython,
	"go.mod": readGo,
}

// unread are lock files that this package cannot read.
var unread = []string{"yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "Pipfile.lock", "Gemfile.lock", "composer.lock"}

// readerOf returns what reads a file of that name; nil when it is no lock file.
func readerOf(name string) reader {
	if strings.HasPrefix(name, "requirements") && strings.HasSuffix(name, ".txt") {
		return readRequirements
	}
	return readers[name]
}

// collected is what the lock files of an archive declare.
type collected struct {
	libraries []*library // sorted by package URL
	warnings  []string
}

// collect reads the lock files of an archive.
func collect(archive fs.FS, files []nspkg.ArchivedFile) collected {
	var c collected
	byURL := map[string]*library{}
	for _, f := range files {
		name := path.Base(f.Path)
		if slices.Contains(unread, name) {
			c.warnings = append(c.warnings, fmt.Sprintf("%s: lock files of this kind are not read; what it declares is missing in the bill of materials", f.Path))
		}
		read := readerOf(name)
		if read == nil {
			continue
		}
		development := strings.HasPrefix(name, "requirements") && (strings.Contains(name, "dev") || strings.Contains(name, "test"))
		add := func(l library) {
			l.optional = l.optional || development
			key := l.purl()
			known := byURL[key]
			if known == nil {
				known = &l
				byURL[key] = known
				c.libraries = append(c.libraries, known)
			} else {
				known.optional = known.optional && l.optional
				known.hashes = append(known.hashes, l.hashes...)
			}
			if !slices.Contains(known.files, f.Path) {
				known.files = append(known.files, f.Path)
			}
		}
		text, err := readLock(archive, f)
		if err == nil {
			err = read(text, add)
		}
		if err != nil {
			c.warnings = append(c.warnings, fmt.Sprintf("%s: %v; what it declares is missing in the bill of materials, in part or whole", f.Path, err))
		}
	}
	c.warnings = append(c.warnings, unlocked(archive, files)...)
	slices.SortFunc(c.libraries, func(a, b *library) int { return strings.Compare(a.purl(), b.purl()) })
	return c
}

// readLock reads a lock file as text.
func readLock(archive fs.FS, f nspkg.ArchivedFile) (string, error) {
	if f.Size > maxLock {
		return "", fmt.Errorf("it has more than %d MB", maxLock>>20)
	}
	file, err := archive.Open(f.Path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return "", err
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", errors.New("it is not UTF-8 text")
	}
	return text, nil
}

// algorithms are those of hashes in lock files, with the length of each in bytes.
var algorithms = map[string]struct {
	name cdx.HashAlgorithm
	size int
}{
	"md5": {cdx.HashAlgoMD5, 16}, "sha1": {cdx.HashAlgoSHA1, 20}, "sha256": {cdx.HashAlgoSHA256, 32}, "sha384": {cdx.HashAlgoSHA384, 48}, "sha512": {cdx.HashAlgoSHA512, 64},
}

// hexHash is a hash written as "sha256:0123…"; false when it is none.
func hexHash(text string) (cdx.Hash, bool) {
	algorithm, sum, _ := strings.Cut(text, ":")
	a, known := algorithms[algorithm]
	data, err := hex.DecodeString(sum)
	return cdx.Hash{Algorithm: a.name, Value: strings.ToLower(sum)}, known && err == nil && len(data) == a.size
}

// integrityHashes are hashes as npm writes them, of one file: "sha512-base64 …".
func integrityHashes(text string) []cdx.Hash {
	var hashes []cdx.Hash
	for field := range strings.FieldsSeq(text) {
		algorithm, sum, _ := strings.Cut(field, "-")
		sum, _, _ = strings.Cut(sum, "?")
		a, known := algorithms[algorithm]
		data, err := base64.StdEncoding.DecodeString(sum)
		if known && err == nil && len(data) == a.size {
			hashes = append(hashes, cdx.Hash{Algorithm: a.name, Value: hex.EncodeToString(data)})
		}
	}
	return hashes
}
