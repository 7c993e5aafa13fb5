package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Difference is what a new version of a plugin changes for those who run the old
// one. Its JSON form is the output of `diff --json`.
type Difference struct {
	Old     Side        `json:"old"`
	New     Side        `json:"new"`
	Changes []Change    `json:"changes"` // by area, the worst first
	Files   FileChanges `json:"files"`
	Bump    Verdict     `json:"bump"`
	// Attention says that somebody should look at it before it is installed: a
	// change is an error or a warning, or the version does not go far enough.
	Attention bool `json:"attention"`
}

// Side is one of the two that are compared.
type Side struct {
	Path    string `json:"path"` // as the caller named it
	Name    string `json:"name"`
	Version string `json:"version"`
	Risk    Level  `json:"risk"`
	SHA256  string `json:"sha256,omitempty"` // of an archive
}

// Change is one change.
type Change struct {
	Area     Area              `json:"area"`
	Kind     Kind              `json:"kind"`
	Severity manifest.Severity `json:"severity"`
	Bump     Bump              `json:"bump"`              // what it asks of the version
	Subject  string            `json:"subject"`           // what is changed, such as a capability's name
	Message  string            `json:"message"`           // a sentence about it
	Old      string            `json:"old,omitempty"`     // what it was
	New      string            `json:"new,omitempty"`     // what it is
	File     string            `json:"file"`              // of the new version, where the change shows
	Pointer  string            `json:"pointer,omitempty"` // JSON Pointer in that file, when it is the manifest
}

// Area is a part of a plugin.
type Area string

// The areas, in the order in which changes are told.
const (
	AreaIdentity     Area = "identity"
	AreaCapabilities Area = "capabilities"
	AreaMigrations   Area = "migrations"
	AreaSettings     Area = "settings"
	AreaPanels       Area = "panels"
	AreaInterface    Area = "interface" // what it adds to the Admin UI
	AreaContainer    Area = "container" // image, port, limits, health check
)

var titles = map[Area]string{
	AreaIdentity: "Identity", AreaCapabilities: "Capabilities", AreaMigrations: "Migrations", AreaSettings: "Settings",
	AreaPanels: "Panels", AreaInterface: "Admin UI", AreaContainer: "Container",
}

// Title is the area's name as a heading.
func (a Area) Title() string { return titles[a] }

var areas = []Area{AreaIdentity, AreaCapabilities, AreaMigrations, AreaSettings, AreaPanels, AreaInterface, AreaContainer}

// Kind says whether something came, went or is another now.
type Kind string

// The kinds of changes.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// FileChanges are the files that differ.
type FileChanges struct {
	Added    []FileChange `json:"added"`
	Removed  []FileChange `json:"removed"`
	Changed  []FileChange `json:"changed"`
	OldTotal int64        `json:"old_total"` // bytes of all files
	NewTotal int64        `json:"new_total"`
}

// Any says whether there are any.
func (f FileChanges) Any() bool { return len(f.Added)+len(f.Removed)+len(f.Changed) > 0 }

// FileChange is a file that differs. Sizes are in bytes, 0 on the side that
// lacks the file.
type FileChange struct {
	Path    string `json:"path"`
	OldSize int64  `json:"old_size"`
	NewSize int64  `json:"new_size"`
	Mode    string `json:"mode,omitempty"` // "0644 → 0755", when the mode is another
}

// Compare tells what new changes for those who run old. It is a function of its
// arguments alone.
func Compare(old, new Plugin) Difference {
	c := comparison{old: old, new: new}
	for _, part := range []func(){c.identity, c.capabilities, c.migrations, c.settings, c.panels, c.interfaces, c.container, c.unknownFields} {
		part()
	}
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(areas, a.Area), slices.Index(areas, b.Area)), cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)))
	})
	d := Difference{Old: sideOf(old), New: sideOf(new), Changes: c.changes, Files: compareFiles(old, new)}
	if d.Changes == nil {
		d.Changes = []Change{} // JSON: [], not null
	}
	d.Bump = judgeVersion(d)
	d.Attention = !d.Bump.Enough || slices.ContainsFunc(d.Changes, func(c Change) bool { return c.Severity != manifest.SeverityInfo })
	return d
}

func sideOf(p Plugin) Side {
	m := p.manifest()
	return Side{Path: p.Path, Name: p.Report.Mask(m.Name), Version: p.Report.Mask(m.Version), Risk: riskOf(p).Level, SHA256: p.SHA256}
}

func severityRank(s manifest.Severity) int {
	return slices.Index([]manifest.Severity{manifest.SeverityError, manifest.SeverityWarning, manifest.SeverityInfo}, s)
}

// comparison collects changes.
type comparison struct {
	old, new Plugin
	changes  []Change
}

// maxChanges bounds how many changes are told.
const maxChanges = 5000

// add notes a change, without the secrets of either side.
func (c *comparison) add(change Change) {
	if len(c.changes) >= maxChanges {
		return
	}
	if change.File == "" {
		change.File = manifest.FileName
	}
	for _, text := range []*string{&change.Subject, &change.Message, &change.Old, &change.New} {
		*text = shortened(c.old.Report.Mask(c.new.Report.Mask(*text)))
	}
	c.changes = append(c.changes, change)
}

// shortened cuts out the middle of a long text.
func shortened(text string) string {
	const most = 600
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most/2], "") + "…" + strings.ToValidUTF8(text[len(text)-most/2:], "")
}

// compareFiles lists the files that differ, by path.
func compareFiles(old, new Plugin) FileChanges {
	f := FileChanges{Added: []FileChange{}, Removed: []FileChange{}, Changed: []FileChange{}, OldTotal: old.total(), NewTotal: new.total()}
	before := map[string]File{}
	for _, file := range old.Files {
		before[file.Path] = file
	}
	for _, file := range new.Files {
		was, known := before[file.Path]
		delete(before, file.Path)
		switch change := (FileChange{Path: file.Path, OldSize: was.Size, NewSize: file.Size}); {
		case !known:
			f.Added = append(f.Added, change)
		case was.Mode != file.Mode:
			change.Mode = modeText(was) + " → " + modeText(file)
			f.Changed = append(f.Changed, change)
		case was.SHA256 != file.SHA256 || was.Size != file.Size:
			f.Changed = append(f.Changed, change)
		}
	}
	for path, file := range before {
		f.Removed = append(f.Removed, FileChange{Path: path, OldSize: file.Size})
	}
	for _, list := range [][]FileChange{f.Added, f.Removed, f.Changed} {
		slices.SortFunc(list, func(a, b FileChange) int { return cmp.Compare(a.Path, b.Path) })
	}
	return f
}

func modeText(f File) string {
	if f.Mode&0o100 != 0 {
		return "0755"
	}
	return "0644"
}
