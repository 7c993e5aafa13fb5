package sbom

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// npmPackage is a package in a package-lock.json. Only the first version of the format
// nests them.
type npmPackage struct {
	Name         string                `json:"name"` // when it is installed under another
	Version      string                `json:"version"`
	Integrity    string                `json:"integrity"`
	Dev          bool                  `json:"dev"`
	Optional     bool                  `json:"optional"`
	DevOptional  bool                  `json:"devOptional"`
	Link         bool                  `json:"link"`
	Dependencies map[string]npmPackage `json:"dependencies"`
}

// readNPM reads package-lock.json and npm-shrinkwrap.json.
func readNPM(text string, add func(library)) error {
	var version struct {
		LockfileVersion int `json:"lockfileVersion"`
	}
	if err := json.Unmarshal([]byte(text), &version); err != nil {
		return fmt.Errorf("it is no lock file of npm: %w", err)
	}
	if version.LockfileVersion == 1 {
		var lock npmPackage
		if err := json.Unmarshal([]byte(text), &lock); err != nil {
			return fmt.Errorf("it is no lock file of npm: %w", err)
		}
		lock.addNested(add)
		return nil
	}
	// Later versions still nest what they list, for old programs, with other types.
	var lock struct {
		Packages map[string]struct {
			npmPackage
			Dependencies json.RawMessage `json:"dependencies"`
		} `json:"packages"`
	}
	switch err := json.Unmarshal([]byte(text), &lock); {
	case err != nil:
		return fmt.Errorf("it is no lock file of npm: %w", err)
	case lock.Packages == nil:
		return errors.New("it lists no packages")
	}
	for _, place := range slices.Sorted(maps.Keys(lock.Packages)) {
		const folder = "node_modules/"
		if at := strings.LastIndex(place, folder); at >= 0 { // the others are the project itself and its workspaces
			lock.Packages[place].add(place[at+len(folder):], add)
		}
	}
	return nil
}

func (p npmPackage) addNested(add func(library)) {
	for _, name := range slices.Sorted(maps.Keys(p.Dependencies)) {
		d := p.Dependencies[name]
		d.add(name, add)
		d.addNested(add)
	}
}

func (p npmPackage) add(name string, add func(library)) {
	if p.Link || name == "" {
		return
	}
	if p.Name != "" {
		name = p.Name
	}
	if rest, ok := strings.CutPrefix(p.Version, "npm:"); ok { // an alias, in the first version of the format
		at := strings.LastIndex(rest, "@")
		name, p.Version = rest[:max(at, 0)], rest[at+1:]
	}
	l := library{ecosystem: "npm", name: name, version: p.Version, optional: p.Dev || p.Optional || p.DevOptional, hashes: integrityHashes(p.Integrity)}
	if scope, rest, scoped := strings.Cut(name, "/"); scoped {
		l.group, l.name = scope, rest
	}
	if l.name != "" && !strings.Contains(l.version, ":") { // addresses and folders stand in a version's place
		add(l)
	}
}
