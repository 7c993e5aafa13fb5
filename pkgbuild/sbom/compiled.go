package sbom

import (
	"fmt"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/mod/modfile"
)

// readCargo reads Cargo.lock.
func readCargo(text string, add func(library)) error {
	var lock struct {
		Package []struct {
			Name     string `toml:"name"`
			Version  string `toml:"version"`
			Source   string `toml:"source"`
			Checksum string `toml:"checksum"`
		} `toml:"package"`
	}
	if err := toml.Unmarshal([]byte(text), &lock); err != nil {
		return fmt.Errorf("it is no lock file of Cargo's: %w", err)
	}
	for _, p := range lock.Package {
		if p.Source == "" || p.Name == "" {
			continue // the project itself and its workspace
		}
		l := library{ecosystem: "cargo", name: p.Name, version: p.Version}
		l.hashes = appendHash(l.hashes, "sha256:"+p.Checksum)
		add(l)
	}
	return nil
}

// readGo reads go.mod, which names the version of every module that is built in. The
// sums in go.sum are not those of a file, so that they are no hashes of one.
func readGo(text string, add func(library)) error {
	file, err := modfile.Parse("go.mod", []byte(text), nil)
	if err != nil {
		return fmt.Errorf("it is no go.mod: %s", strings.TrimPrefix(strings.SplitN(err.Error(), "\n", 2)[0], "go.mod:"))
	}
	for _, r := range file.Require {
		module := r.Mod
		for _, replaced := range file.Replace {
			if replaced.Old.Path == module.Path && (replaced.Old.Version == "" || replaced.Old.Version == module.Version) {
				module = replaced.New
			}
		}
		if module.Version == "" {
			continue // a folder of the project's
		}
		group := path.Dir(module.Path)
		if group == "." {
			group = ""
		}
		add(library{ecosystem: "golang", group: group, name: path.Base(module.Path), version: module.Version})
	}
	return nil
}
