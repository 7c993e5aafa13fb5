package review

import (
	"fmt"
	"path"
	"slices"
)

// migrations compares the files that change the plugin's database. They have
// run where the old version is installed: what they were cannot be taken back.
func (c *comparison) migrations() {
	old, new := c.old.migrations(), c.new.migrations()
	before, after := byName(old), byName(new)
	last := ""
	if len(old) > 0 {
		last = path.Base(old[len(old)-1].Path)
	}
	renamed := map[string]bool{} // the new names of files that had others
	for place, was := range old {
		name := path.Base(was.Path)
		is, there := after[name]
		switch {
		case there && is.SHA256 != was.SHA256:
			c.add(Change{
				Area: AreaMigrations, Kind: Changed, Severity: bad, Bump: BumpMajor, Subject: name, File: is.Path, Old: was.SHA256, New: is.SHA256,
				Message: fmt.Sprintf("was edited after its release (%s → %s): where %s is installed it ran as it was; put it back and write a new migration", Size(was.Size), Size(is.Size), c.old.manifest().Version),
			})
		case there:
		default:
			to := c.renamedTo(was, new, before)
			renamed[to] = to != ""
			c.lostMigration(was, place, to, new)
		}
	}
	for _, is := range new {
		name := path.Base(is.Path)
		if _, known := before[name]; known || renamed[name] {
			continue
		}
		change := Change{
			Area: AreaMigrations, Kind: Added, Severity: note, Bump: BumpMinor, Subject: name, File: is.Path, New: is.SHA256,
			Message: fmt.Sprintf("is new (%s), and runs when the plugin is updated", Size(is.Size)),
		}
		if last != "" && name < last {
			change.Severity, change.Bump = warn, BumpMajor
			change.Message = fmt.Sprintf("is new and sorts before %s, which has run already: new installations and updated ones get another order; give it a higher number", last)
		}
		c.add(change)
	}
	c.migrationsDir(len(old), len(new))
}

// migrationsDir compares where the migrations stand.
func (c *comparison) migrationsDir(old, new int) {
	was, is := c.old.manifest().MigrationsDir, c.new.manifest().MigrationsDir
	switch {
	case was == is || path.Clean(was) == path.Clean(is) && was != "" && is != "":
	case was == "" && new > 0:
		c.add(Change{
			Area: AreaMigrations, Kind: Added, Severity: note, Bump: BumpMinor, Subject: "migrations_dir", New: is, Pointer: "/migrations_dir",
			Message: fmt.Sprintf("is %q: the plugin has a database schema now, %s", is, c.new.manifest().SchemaName()),
		})
	case is == "" && old > 0:
		c.add(Change{
			Area: AreaMigrations, Kind: Removed, Severity: bad, Bump: BumpMajor, Subject: "migrations_dir", Old: was,
			Message: fmt.Sprintf("is gone: the tables in %s stay behind, and nothing changes them any more", c.old.manifest().SchemaName()),
		})
	default:
		c.text(AreaMigrations, "migrations_dir", was, is, note, BumpPatch)
	}
}

// renamedTo returns the name that a migration has now; "" when its content is gone.
func (c *comparison) renamedTo(was File, new []File, before map[string]File) string {
	i := slices.IndexFunc(new, func(f File) bool {
		_, known := before[path.Base(f.Path)]
		return !known && f.SHA256 == was.SHA256
	})
	if i < 0 {
		return ""
	}
	return path.Base(new[i].Path)
}

// lostMigration notes a migration whose name is gone.
func (c *comparison) lostMigration(was File, place int, to string, new []File) {
	name := path.Base(was.Path)
	if to == "" {
		c.add(Change{
			Area: AreaMigrations, Kind: Removed, Severity: bad, Bump: BumpMajor, Subject: name, Old: was.SHA256,
			Message: "was removed after its release: where the plugin is installed what it made stays, and new installations lack it; put it back",
		})
		return
	}
	moved := ""
	now := slices.IndexFunc(new, func(f File) bool { return path.Base(f.Path) == to })
	if now != place {
		moved = fmt.Sprintf(" and runs as number %d instead of %d", now+1, place+1)
	}
	c.add(Change{
		Area: AreaMigrations, Kind: Changed, Severity: bad, Bump: BumpMajor, Subject: name, File: new[now].Path, Old: name, New: to,
		Message: fmt.Sprintf("is called %s now%s: what has run under one name may run again under the other; give it its name back", to, moved),
	})
}

func byName(files []File) map[string]File {
	named := map[string]File{}
	for _, f := range files {
		named[path.Base(f.Path)] = f
	}
	return named
}
