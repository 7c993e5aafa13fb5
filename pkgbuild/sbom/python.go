package sbom

import (
	"errors"
	"fmt"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/pelletier/go-toml/v2"
)

// pythonName is a project's name as the index knows it (PEP 503).
func pythonName(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' }), "-")
}

// isPythonName says whether a text can be a project's name (PEP 508).
func isPythonName(name string) bool {
	outer := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }
	for i := range len(name) {
		if c := name[i]; !outer(c) && (i == 0 || i == len(name)-1 || !strings.ContainsRune("-_.", rune(c))) {
			return false
		}
	}
	return name != ""
}

// readRequirements reads a requirements.txt of pip's. Lines that are options, such as -r
// and -e, declare nothing by themselves.
func readRequirements(text string, add func(library)) error {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	number := 0
	var unclear []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\\\n", "\x00"), "\n") {
		number++
		first := number
		number += strings.Count(line, "\x00")
		line = strings.ReplaceAll(line, "\x00", " ")
		if at := strings.Index(" "+line, " #"); at >= 0 {
			line = line[:at]
		}
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "-") {
			continue
		}
		l, ok := requirement(line)
		if !ok {
			unclear = append(unclear, fmt.Sprint(first))
			continue
		}
		add(l)
	}
	if len(unclear) > 0 {
		const most = 5
		more := ""
		if len(unclear) > most {
			unclear, more = unclear[:most], " and others"
		}
		return fmt.Errorf("line %s%s cannot be read as a requirement", strings.Join(unclear, ", "), more)
	}
	return nil
}

// requirement reads a line such as `name[extra]==1.0 ; python_version > "3" --hash=sha256:…`.
func requirement(line string) (library, bool) {
	l := library{ecosystem: "pypi"}
	for strings.Contains(line, "--hash") {
		at := strings.LastIndex(line, "--hash")
		if hash, ok := hexHash(strings.Trim(line[at+len("--hash"):], "= \t")); ok {
			l.hashes = append(l.hashes, hash)
		}
		line = line[:at]
	}
	line, _, _ = strings.Cut(line, ";")
	line, _, direct := strings.Cut(line, "@")
	at := strings.IndexAny(line, "[<>=!~ \t(")
	if at < 0 {
		at = len(line)
	}
	name, rest := strings.TrimSpace(line[:at]), line[at:]
	if !isPythonName(name) {
		return l, false
	}
	l.name = pythonName(name)
	if direct {
		return l, true
	}
	if _, after, found := strings.Cut(rest, "]"); found {
		rest = after
	}
	rest = strings.Trim(rest, " \t()")
	if pinned, ok := strings.CutPrefix(rest, "=="); ok && !strings.ContainsAny(pinned, ",*<>!~") {
		l.version = strings.Trim(pinned, "= \t")
	}
	return l, rest == "" || strings.ContainsRune("<>=!~", rune(rest[0]))
}

// pythonLock is what the lock files of Poetry, uv and PDM have in common.
type pythonLock struct {
	Package []struct {
		Name     string         `toml:"name"`
		Version  string         `toml:"version"`
		Optional bool           `toml:"optional"`
		Category string         `toml:"category"` // of Poetry's older files
		Groups   []string       `toml:"groups"`
		Source   map[string]any `toml:"source"`
		Files    []pythonFile   `toml:"files"`  // Poetry and PDM
		Sdist    pythonFile     `toml:"sdist"`  // uv
		Wheels   []pythonFile   `toml:"wheels"` // uv
	} `toml:"package"`
}

type pythonFile struct {
	Hash string `toml:"hash"`
}

// readPython reads poetry.lock, uv.lock and pdm.lock.
func readPython(text string, add func(library)) error {
	var lock pythonLock
	if err := toml.Unmarshal([]byte(text), &lock); err != nil {
		return fmt.Errorf("it is no lock file of Python's: %w", err)
	}
	nameless := false
	for _, p := range lock.Package {
		if p.Source["virtual"] != nil || p.Source["editable"] != nil {
			continue // the project itself
		}
		if !isPythonName(p.Name) {
			nameless = true
			continue
		}
		l := library{ecosystem: "pypi", name: pythonName(p.Name), version: p.Version, optional: p.Optional || p.Category == "dev" || onlyDevelopment(p.Groups)}
		for _, file := range append(append(p.Files, p.Sdist), p.Wheels...) {
			l.hashes = appendHash(l.hashes, file.Hash)
		}
		add(l)
	}
	if nameless {
		return errors.New("it lists packages without a name")
	}
	return nil
}

// onlyDevelopment says whether a package is in groups, and the main one, which both
// programs know as that, is none of them.
func onlyDevelopment(groups []string) bool {
	for _, g := range groups {
		if g == "main" || g == "default" {
			return false
		}
	}
	return len(groups) > 0
}

func appendHash(hashes []cdx.Hash, text string) []cdx.Hash {
	if hash, ok := hexHash(text); ok {
		return append(hashes, hash)
	}
	return hashes
}
