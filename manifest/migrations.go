package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// migrations is the directory that the SQL of a plugin is judged in.
type migrations struct {
	dir      string   // clean and slash-separated; "" when there is none
	files    []string // its .sql files, by name
	declared bool     // migrations_dir leads there, else it is where it most likely should
}

// migrationIssues judges migrations_dir and the files in it, which the
// Controller runs inside the plugin's schema on install (plugin-sdk.txt,
// "Database Schema Isolation"). The specification leaves open how; the local
// Controller runs each file in one transaction, in the order of the names.
func (p *project) migrationIssues() []issue {
	m, issues := p.findMigrations()
	if m.dir == "" {
		return issues
	}
	found := append(p.orderIssues(m), p.sqlIssues(m)...)
	if !m.declared {
		// Nothing runs these files as things are: they are judged so that
		// declaring them brings no surprise.
		for i := range found {
			if found[i].severity() == SeverityError {
				found[i].level = SeverityWarning
			}
		}
	}
	issues = append(issues, found...)
	return issues[:min(len(issues), maxFindings)]
}

// findMigrations finds the directory, and says what is wrong with how the
// manifest names it.
func (p *project) findMigrations() (migrations, []issue) {
	const key = "migrations_dir"
	member := p.doc.root.member(key)
	if member == nil {
		return p.undeclared(key)
	}
	n := member.value
	if n.kind != kindString || strings.TrimSpace(n.text) == "" {
		m, _ := p.undeclared(key)
		return m, nil // the schema refuses it
	}
	files, problem := sqlFiles(p.files, n.text)
	if problem == "" {
		return migrations{path.Clean(n.text), files, true}, nil
	}
	at := issue{
		rule: ruleNoMigrations, offset: n.start, pointer: "/" + key, found: p.doc.found(n),
		allowed: "a directory inside the plugin with .sql files", message: problem,
	}
	others := p.migrationDirs(n.text)
	for _, dir := range others[:min(len(others), 3)] {
		fix := riskyFix(fmt.Sprintf("write %q: %s", key, jsonText(dir)), replace(n, dir))
		fix.Safe = len(others) == 1
		at.fixes = append(at.fixes, fix)
	}
	at.fixes = append(at.fixes, riskyFix(fmt.Sprintf("remove %q", key), removeKey(p.doc.root, key)))
	if len(others) != 1 {
		return migrations{}, []issue{at}
	}
	files, _ = sqlFiles(p.files, others[0])
	return migrations{dir: others[0], files: files}, []issue{at}
}

// undeclared says that there are migrations which the manifest does not name.
func (p *project) undeclared(key string) (migrations, []issue) {
	const dir = "migrations"
	files, problem := sqlFiles(p.files, dir)
	if problem != "" {
		return migrations{}, nil
	}
	for _, m := range p.doc.root.members {
		if nearest(m.key, []string{key}) != "" {
			return migrations{dir: dir, files: files}, nil // it is misspelt, which is a finding of its own
		}
	}
	return migrations{dir: dir, files: files}, []issue{{
		rule: ruleUndeclared, offset: p.doc.root.start, allowed: fmt.Sprintf("%q: %q", key, dir),
		message: fmt.Sprintf("%s/ has %d .sql file(s), but %s is missing, so that the Controller runs none of them and makes no schema; add %q: %q",
			dir, len(files), key, key, dir),
		fixes: []Fix{safeFix(fmt.Sprintf("add %q: %q", key, dir), p.doc.insertMember(p.doc.root, "", key, dir))},
	}}
}

// migrationsLine is the unscored line about migrations_dir: the directory must
// be inside the plugin and hold at least one .sql file ("validate").
func migrationsLine(f *files, dir string) CheckResult {
	names, detail := sqlFiles(f, dir)
	return CheckResult{
		ID: "migrations", OK: detail == "", Detail: detail,
		Label: fmt.Sprintf("Migrations directory has %d SQL file(s)", len(names)),
	}
}

// sqlFiles returns the names of the .sql files right in a directory, sorted,
// or says in a sentence why there are none.
func sqlFiles(f *files, dir string) (names []string, problem string) {
	name := path.Clean(dir)
	if !fs.ValidPath(name) || strings.Contains(dir, `\`) {
		return nil, fmt.Sprintf("migrations_dir is %s; it must be a directory inside the plugin, written with slashes", quoteShort(dir))
	}
	if f.leadsOut(name) {
		return nil, fmt.Sprintf("migrations_dir is %s, a link that leads out of the plugin's directory; put the directory itself there", quoteShort(dir))
	}
	switch info, err := f.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Sprintf("the directory %s is missing; make it, or remove migrations_dir from manifest.json", quoteShort(dir))
	case err == nil && !info.IsDir():
		return nil, fmt.Sprintf("migrations_dir is %s, which is not a directory", quoteShort(dir))
	}
	entries, err := f.ReadDir(name)
	if err != nil {
		return nil, fmt.Sprintf("the directory %s cannot be read: %v", quoteShort(dir), cause(err))
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".sql") && f.isFile(path.Join(name, e.Name())) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Sprintf("%s holds no .sql file; add one, or remove migrations_dir from manifest.json", quoteShort(dir))
	}
	return names, ""
}

// migrationDirs returns the directories with .sql files that a wrong
// migrations_dir may mean, by name. The same path in another notation excludes
// all others.
func (p *project) migrationDirs(wrong string) []string {
	has := func(dir string) bool {
		_, problem := sqlFiles(p.files, dir)
		return problem == ""
	}
	same := path.Clean(strings.TrimLeft(strings.ReplaceAll(wrong, `\`, "/"), "/"))
	if same != wrong && has(same) {
		return []string{same}
	}
	base := path.Base(same)
	var found []string
	try := func(dir string) {
		if !slices.Contains(found, dir) && has(dir) {
			found = append(found, dir)
		}
	}
	for _, below := range p.subdirectories(same) {
		try(path.Join(same, below))
	}
	for _, dir := range p.subdirectories(".") {
		if meansMigrations(dir, base) {
			try(dir)
		}
		for _, below := range p.subdirectories(dir) {
			if meansMigrations(below, base) {
				try(path.Join(dir, below))
			}
		}
	}
	slices.Sort(found)
	return found
}

// meansMigrations says whether a directory is called like one of migrations,
// or nearly like the one that is not there.
func meansMigrations(name, wrong string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "migrat") || name == "sql" || editDistance(shorten(name, 60), shorten(strings.ToLower(wrong), 60)) <= 2
}

// maxSubdirectories bounds how far other directories are looked through.
const maxSubdirectories = 100

// subdirectories returns the names of the directories in one, except those
// that no author put there.
func (p *project) subdirectories(dir string) []string {
	entries, err := p.files.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if len(names) < maxSubdirectories && !strings.HasPrefix(name, ".") && name != "node_modules" && name != "venv" && p.files.isDir(path.Join(dir, name)) {
			names = append(names, name)
		}
	}
	return names
}

// leadsOut says whether name is, or stands below, a link to something outside
// of the plugin's directory. Nothing outside is asked for. A file system that
// cannot tell has no links.
func (f *files) leadsOut(name string) bool {
	type question struct{ name string }
	return remember(f, question{name}, func() bool { return leadsOut(f.fsys, name) })
}

func leadsOut(fsys fs.FS, name string) bool {
	links, ok := fsys.(fs.ReadLinkFS)
	if !ok || name == "." || !fs.ValidPath(name) {
		return false
	}
	at, rest := ".", name
	for hops := 0; rest != "" && hops < 20; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		at = path.Join(at, part)
		info, err := links.Lstat(at)
		if err != nil {
			return false
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		hops++
		target, err := links.ReadLink(at)
		if err != nil {
			return false
		}
		target = strings.ReplaceAll(target, `\`, "/")
		if path.IsAbs(target) || strings.Contains(target, ":/") {
			return true
		}
		whole := path.Join(path.Dir(at), target)
		if whole == ".." || strings.HasPrefix(whole, "../") {
			return true
		}
		at, rest = ".", path.Join(whole, rest)
	}
	return false
}
