package studio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Mention is a line of a file that says a version of the plugin.
type Mention struct {
	File string `json:"file"` // slash-separated, relative to the plugin's folder
	Line int    `json:"line"` // from 1
	// Lock is the file that follows this one, and Command what writes it anew; "" when none does.
	Lock    string `json:"lock,omitempty"`
	Command string `json:"command,omitempty"`
}

// Bounds of looking for mentions.
const (
	maxMentions     = 20
	maxMentionFiles = 2000
	maxMentionSize  = 256 << 10 // bytes of one file
)

// mentionEndings are those of files in which people and templates write the plugin's version.
var mentionEndings = []string{".py", ".ts", ".js", ".mjs", ".go", ".rs", ".json", ".toml", ".cfg", ".yaml", ".yml"}

// lockFiles are written by programs and full of other packages' versions.
var lockFiles = []string{"package-lock.json", "npm-shrinkwrap.json", "composer.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "Cargo.lock", "go.sum"}

// lockedBy is what follows a file that says the version.
var lockedBy = map[string]struct{ lock, command string }{
	"package.json":   {"package-lock.json", "npm install --package-lock-only"},
	"Cargo.toml":     {"Cargo.lock", "cargo update --workspace"},
	"pyproject.toml": {"uv.lock", "uv lock"},
}

// mentions returns the lines of the files that give something called version that very value.
func mentions(dir, version string, files []nspkg.Entry) []Mention {
	found := []Mention{}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return found
	}
	defer root.Close()
	says := regexp.MustCompile(`(?i)^\s*(?:[\w.]+\s+)*["']?[\w.]*version\w*["']?\s*(?::[^=,;]{1,20})?[:=]{1,2}\s*["']?` + regexp.QuoteMeta(version) + `["']?\s*[,;\\]?\s*(?:#.*|//.*)?$`)
	looked := 0
	for _, f := range files {
		base := path.Base(f.Path)
		if f.Path == manifest.FileName || f.Size > maxMentionSize || slices.Contains(lockFiles, base) ||
			!slices.Contains(mentionEndings, path.Ext(base)) && !strings.HasPrefix(base, "Dockerfile") {
			continue
		}
		if looked++; looked > maxMentionFiles {
			break
		}
		text, err := readWithin(root, f.Path)
		if err != nil || !bytes.Contains(text, []byte(version)) {
			continue
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if !says.Match(line) {
				continue
			}
			m := Mention{File: f.Path, Line: i + 1}
			by := lockedBy[base]
			if lock := path.Join(path.Dir(f.Path), by.lock); by.lock != "" && slices.ContainsFunc(files, func(e nspkg.Entry) bool { return e.Path == lock }) {
				m.Lock, m.Command = lock, by.command
			}
			if found = append(found, m); len(found) == maxMentions {
				return found
			}
		}
	}
	return found
}

// readWithin reads a small regular file of the plugin.
func readWithin(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(filepath.FromSlash(name)) // before opening: to open a FIFO would wait for a writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxMentionSize))
}
