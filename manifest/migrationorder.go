package manifest

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// numbered is a migration with the number that its name begins with.
type numbered struct {
	name   string
	number []string // its parts, such as 2024 and 01, without leading zeros; nil when there is none
}

// migrationNumber is how the tools of other trades number migrations: 001_x,
// V1.2__x, 2024_01_05_120000_x, migration-7.
var migrationNumber = onDemand(`^(?:(?i:v|ver|version|rev|m|migrate|migration|step|patch|update)[_. -]?)?(\d+)((?:[._-]\d+)*)`)

// numberOf returns the number of a file's name; nil when it has none. A part
// that goes on in letters belongs to the words behind it, as in 001_2fa, except
// for the first: 001b comes behind 001a.
func numberOf(name string) []string {
	stem := strings.TrimSuffix(name, ".sql")
	m := migrationNumber().FindStringSubmatch(stem)
	if m == nil {
		return nil
	}
	parts := strings.FieldsFunc(m[1]+m[2], func(c rune) bool { return c < '0' || c > '9' })
	for i, part := range parts {
		parts[i] = strings.TrimLeft(part, "0")
	}
	rest := stem[len(m[0]):]
	glued := strings.IndexFunc(rest, func(c rune) bool { return strings.ContainsRune("._- ", c) })
	if glued < 0 {
		glued = len(rest)
	}
	switch {
	case glued > 0 && m[2] != "":
		return parts[:len(parts)-1]
	case glued > 0:
		return append(parts, strings.ToLower(rest[:glued]))
	}
	return parts
}

// compareNumbers compares two numbers part by part.
func compareNumbers(a, b []string) int {
	return slices.CompareFunc(a, b, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
}

// orderIssues warns of names that make migrations run in another order than
// their numbers say, or not at all, or that undo others. The specification
// names no order; the local Controller runs the files sorted by name.
func (p *project) orderIssues(m migrations) []issue {
	issues := p.ignoredFiles(m)
	say := func(name, format string, args ...any) {
		issues = append(issues, issue{
			rule: ruleOrder, file: path.Join(m.dir, name), offset: -1, found: harmless(name),
			allowed: "names whose order as text is that of their numbers", message: fmt.Sprintf(format, args...),
		})
	}
	var up []numbered
	without := 0
	for _, name := range m.files[:min(len(m.files), maxMigrationFiles)] {
		if undone := undoneBy(name, m.files); undone != "" {
			say(name, "%s would undo %s: the Controller runs every .sql file of migrations_dir, it knows no way back; move it to another directory",
				quoteShort(name), undone)
			continue
		}
		n := numbered{name, numberOf(name)}
		if n.number == nil {
			without++
		}
		up = append(up, n)
	}
	first := map[string]string{} // the file that has a number
	lowest := lowestBehind(up)
	for i, n := range up {
		if len(issues) >= maxFindings {
			break
		}
		if n.number == nil {
			if without <= len(up)-without {
				say(n.name, "%s has no number as the other migrations have, so that its place among them is by chance: files run sorted by name; number it",
					quoteShort(n.name))
			}
			continue
		}
		number := strings.Join(n.number, ".")
		if other := first[number]; other != "" {
			say(n.name, "%s has the number of %s, so that the words behind it decide which runs first; give it a number of its own",
				quoteShort(n.name), quoteShort(other))
		} else if other := lowest[i]; other.number != nil && compareNumbers(other.number, n.number) < 0 {
			say(n.name, "%s runs before %s although its number is higher: files run sorted by name, as text; write all numbers alike, with the same count of digits",
				quoteShort(n.name), quoteShort(other.name))
		}
		first[number] = cmp.Or(first[number], n.name)
	}
	return issues
}

// lowestBehind returns for each file the one of the lowest number behind it.
func lowestBehind(files []numbered) []numbered {
	lowest := make([]numbered, len(files))
	for i := len(files) - 2; i >= 0; i-- {
		lowest[i] = lowest[i+1]
		if next := files[i+1]; next.number != nil && (lowest[i].number == nil || compareNumbers(next.number, lowest[i].number) < 0) {
			lowest[i] = next
		}
	}
	return lowest
}

var (
	downName = onDemand(`(?i)^(.*)[._-](down|undo|rollback|revert)\.sql$`)
	undoName = onDemand(`^U(\d[\d._]*__.*)$`) // Flyway's undo migrations
)

// undoneBy returns what a down migration undoes, in words; "" when the file is
// none. link_down.sql is one only beside link.sql or link_up.sql.
func undoneBy(name string, all []string) string {
	has := func(other string) bool {
		return slices.ContainsFunc(all, func(n string) bool { return n != name && strings.EqualFold(n, other) })
	}
	if m := undoName().FindStringSubmatch(name); m != nil && has("V"+m[1]) {
		return "V" + shorten(harmless(m[1]), 60)
	}
	m := downName().FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	for _, other := range []string{m[1] + ".up.sql", m[1] + "_up.sql", m[1] + "-up.sql", m[1] + ".sql", m[1] + "." + "do.sql"} {
		if has(other) {
			return quoteShort(other)
		}
	}
	if mark := name[len(m[1])]; mark == '.' {
		return "another migration"
	}
	return ""
}

// ignoredFiles warns of files that look like migrations but are none to the
// Controller, which takes the .sql files right in the directory.
func (p *project) ignoredFiles(m migrations) []issue {
	entries, err := p.files.ReadDir(m.dir)
	if err != nil {
		return nil
	}
	var issues []issue
	say := func(name, format string, args ...any) {
		issues = append(issues, issue{
			rule: ruleOrder, file: path.Join(m.dir, name), offset: -1, found: harmless(name),
			allowed: "files right in migrations_dir whose names end in .sql", message: fmt.Sprintf(format, args...),
		})
	}
	for _, e := range entries[:min(len(entries), 4*maxMigrationFiles)] {
		name := e.Name()
		ext := path.Ext(name)
		other := ext != ".sql" && strings.EqualFold(ext, ".sql") || slices.Contains([]string{".pgsql", ".psql"}, strings.ToLower(ext)) && numberOf(name) != nil
		switch {
		case len(issues) >= maxFindings:
			return issues
		case other && p.files.isFile(path.Join(m.dir, name)):
			say(name, "%s does not run: its name ends in %s, and the Controller runs .sql files alone; rename it", quoteShort(name), shorten(harmless(ext), 20))
		case numberOf(name) != nil && p.files.isFile(path.Join(m.dir, name, "migration.sql")):
			say(path.Join(name, "migration.sql"), "%s does not run: it stands in a directory of its own, and the Controller runs the files right in migrations_dir; move it up as %s",
				quoteShort(name+"/migration.sql"), quoteShort(name+".sql"))
		}
	}
	return issues
}
