package sbom

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// wish is a file in which a project says what it depends on, roughly: a lock file has
// to say what is installed.
type wish struct {
	locks    []string // names of lock files, beside it or in a folder above; "requirements" stands for all of pip's
	declares func(text string) bool
}

var wishes = map[string]wish{
	"package.json":   {[]string{"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"}, wishesOfNode},
	"Cargo.toml":     {[]string{"Cargo.lock"}, wishesOfCargo},
	"pyproject.toml": {[]string{"poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "requirements"}, wishesOfPython},
}

// unlocked tells which dependencies of an archive no lock file pins.
func unlocked(archive fs.FS, files []nspkg.ArchivedFile) []string {
	locks := map[string]bool{}
	for _, f := range files {
		dir, name := path.Split(f.Path)
		if strings.HasPrefix(name, "requirements") && strings.HasSuffix(name, ".txt") {
			name = "requirements"
		}
		locks[dir+name] = true
	}
	var said []string
	for _, f := range files {
		w, known := wishes[path.Base(f.Path)]
		if !known || slices.ContainsFunc(w.locks, func(lock string) bool { return hasAbove(locks, path.Dir(f.Path), lock) }) {
			continue
		}
		if text, err := readLock(archive, f); err == nil && w.declares(text) {
			said = append(said, fmt.Sprintf("%s: no lock file says which versions of its dependencies are installed; they are missing in the bill of materials", f.Path))
		}
	}
	return said
}

// hasAbove says whether a file of that name is in a folder or in one above.
func hasAbove(files map[string]bool, dir, name string) bool {
	for ; ; dir = path.Dir(dir) {
		if files[path.Join(dir, name)] {
			return true
		}
		if dir == "." {
			return false
		}
	}
}

func wishesOfNode(text string) bool {
	var p struct {
		Dependencies         map[string]any `json:"dependencies"`
		DevDependencies      map[string]any `json:"devDependencies"`
		OptionalDependencies map[string]any `json:"optionalDependencies"`
	}
	return json.Unmarshal([]byte(text), &p) == nil && len(p.Dependencies)+len(p.DevDependencies)+len(p.OptionalDependencies) > 0
}

func wishesOfCargo(text string) bool {
	var p struct {
		Dependencies map[string]any `toml:"dependencies"`
		Build        map[string]any `toml:"build-dependencies"`
	}
	return toml.Unmarshal([]byte(text), &p) == nil && len(p.Dependencies)+len(p.Build) > 0
}

func wishesOfPython(text string) bool {
	var p struct {
		Project struct {
			Dependencies []any `toml:"dependencies"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				Dependencies map[string]any `toml:"dependencies"`
			} `toml:"poetry"`
		} `toml:"tool"`
	}
	return toml.Unmarshal([]byte(text), &p) == nil && len(p.Project.Dependencies)+len(p.Tool.Poetry.Dependencies) > 0
}
