package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Options say how Check is asked.
type Options struct {
	Path string // the plugin as the caller named it; printed, not opened
}

// The labels of the eight scored checks, in the documented order ("validate").
var checkLabels = [...]struct{ id, label string }{
	{"manifest-exists", "manifest.json exists"},
	{"dockerfile-exists", "service/Dockerfile exists"},
	{"entry-point-exists", "service entry point exists"},
	{"required-fields", "All required fields present"},
	{"name-pattern", "Name matches pattern"},
	{"version-pattern", "Version matches semver pattern"},
	{"port-range", "Port in valid range"},
	{"resource-limits", "Resources has cpu_limit and memory_limit"},
}

// requiredFields are those that check 4 asks for, in the documented order.
var requiredFields = []string{
	"name", "version", "display_name", "description", "image", "port",
	"capabilities_required", "resources", "health_check",
}

// entryPoints are the files that count as a service's entry point. The first
// two are the documented ones; the others are there because a plugin is any
// container that speaks HTTP.
var entryPoints = []string{
	"service/main.py", "service/src/main.rs",
	"service/src/main.py", "service/app.py", "service/app/main.py", "service/src/app.py", "service/server.py",
	"service/src/index.ts", "service/src/main.ts", "service/src/server.ts", "service/index.ts", "service/main.ts", "service/server.ts",
	"service/src/index.js", "service/src/main.js", "service/src/server.js", "service/index.js", "service/main.js", "service/server.js", "service/app.js",
	"service/index.mjs", "service/src/index.mjs", "service/main.go", "service/main.rs",
	"service/Program.cs", "service/main.rb", "service/app.rb", "service/config.ru", "service/index.php", "service/public/index.php", "service/main.exs", "service/mix.exs",
	"service/pom.xml", "service/build.gradle", "service/build.gradle.kts",
}

// Check looks at the plugin in fsys, whose root is the plugin directory: the
// eight scored checks, the migrations line, then the Controller's schema and
// what lies beyond it. It reads nothing but what it judges, never blocks on a
// file that is no regular one, and is safe for concurrent use. Everything it
// finds is in the report; there is no other error.
func Check(fsys fs.FS, opts Options) Report {
	r := Report{Path: opts.Path, Score: Score{Total: len(checkLabels)}}
	data, problem := readManifest(fsys)
	var issues []issue
	var doc *Document
	if problem != nil {
		issues = []issue{*problem}
	} else {
		doc = Index(data)
		r.Source, r.Document = data, doc
		r.Manifest, issues = doc.judge()
	}

	blocked := blockedBy(problem, doc)
	details := [len(checkLabels)]string{
		0: fileProblem(problem),
		1: dockerfileProblem(fsys),
		2: entryPointProblem(fsys),
	}
	for i, check := range []func(*node) string{missingFields, nameCheck, versionCheck, portCheck, resourcesCheck} {
		if details[3+i] = blocked; blocked == "" {
			details[3+i] = check(doc.root)
		}
	}
	for i, detail := range details {
		r.Checks = append(r.Checks, CheckResult{ID: checkLabels[i].id, Label: checkLabels[i].label, OK: detail == "", Detail: detail})
		if detail == "" {
			r.Score.Passed++
		}
	}
	if blocked == "" {
		if dir := doc.root.get("migrations_dir"); dir != nil && dir.kind == kindString && dir.text != "" {
			r.Extra = append(r.Extra, migrationsLine(fsys, dir.text))
		}
	}
	isError := func(i issue) bool { return i.severity() == SeverityError }
	r.OK = r.Score.Passed == r.Score.Total && failed(r.Extra) == 0 && !slices.ContainsFunc(issues, isError)
	r.Findings = doc.findings(issues)
	return r
}

// judge returns the manifest, nil when the Controller could not decode it, and
// everything that can be said about its text. Where the structure had to be
// guessed, only the syntax is judged; after a mere comment, say, everything is.
func (d *Document) judge() (*Manifest, []issue) {
	if d.damaged || d.root == nil {
		return nil, d.issues
	}
	if d.root.kind != kindObject {
		return nil, append(slices.Clone(d.issues), d.notObject())
	}
	issues := append(slices.Clone(d.issues), d.schemaIssues()...)
	issues = append(issues, d.semanticIssues()...)
	type place struct{ rule, pointer string }
	said := map[place]bool{}
	for _, i := range issues {
		said[place{i.rule, i.pointer}] = true
	}
	m, undecodable := d.decode()
	for _, u := range undecodable {
		if !said[place{u.rule, u.pointer}] && len(issues) < 2*maxFindings {
			issues = append(issues, u)
		}
	}
	if len(d.issues) > 0 {
		m = nil
	}
	return m, issues
}

// blockedBy says why the checks of the manifest's fields cannot be made; ""
// when they can.
func blockedBy(problem *issue, doc *Document) string {
	switch {
	case problem != nil:
		return "manifest.json could not be read, so this could not be looked at"
	case len(doc.issues) > 0:
		line, column := doc.Position(doc.issues[0].offset)
		return fmt.Sprintf("manifest.json is not valid JSON (line %d, column %d), so this could not be looked at; mend that first", line, column)
	case doc.root.kind != kindObject:
		return "manifest.json holds no JSON object, so this could not be looked at"
	}
	return ""
}

// isFile says whether name is a regular file.
func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

func dockerfileProblem(fsys fs.FS) string {
	const name = "service/Dockerfile"
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name + " is missing; the plugin's image is built from it"
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %v", name, cause(err))
	case !info.Mode().IsRegular():
		return name + " is not a file; the plugin's image is built from it"
	}
	return ""
}

func entryPointProblem(fsys fs.FS) string {
	for _, name := range entryPoints {
		if isFile(fsys, name) {
			return ""
		}
	}
	// Go's layout for a module with commands: service/cmd/<name>/main.go.
	if found, err := fs.Glob(fsys, "service/cmd/*/main.go"); err == nil && slices.ContainsFunc(found, func(name string) bool { return isFile(fsys, name) }) {
		return ""
	}
	return "none of service/main.py, service/src/main.rs, service/src/index.ts, service/main.go and the like is there; " +
		"the service's program starts from such a file"
}

func missingFields(root *node) string {
	var missing []string
	for _, name := range requiredFields {
		if root.member(name) == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "missing: " + strings.Join(missing, ", ") + "; add to manifest.json"
}

func nameCheck(root *node) string {
	n := root.get("name")
	switch {
	case n == nil:
		return "name is missing"
	case n.kind != kindString:
		return fmt.Sprintf("name is %s, it must be text", describe(n))
	}
	return NameProblem(n.text)
}

func versionCheck(root *node) string {
	n := root.get("version")
	switch {
	case n == nil:
		return "version is missing"
	case n.kind != kindString || !IsVersion(n.text):
		return fmt.Sprintf("version is %s, it must be X.Y.Z with numeric parts only, such as \"1.0.0\"", describe(n))
	}
	return ""
}

// IsVersion says whether s is a plugin version: X.Y.Z with numeric parts only.
func IsVersion(s string) bool {
	parts := strings.Split(s, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(p string) bool { return p == "" || digits(p) != len(p) })
}

// The range of ports a service may listen on, inside its container.
const (
	PortMin = 1024
	PortMax = 65535
)

func portCheck(root *node) string {
	n := root.get("port")
	if n == nil {
		return "port is missing"
	}
	port, err := strconv.Atoi(n.text)
	if n.kind != kindNumber || err != nil || port < PortMin || port > PortMax {
		return fmt.Sprintf("port is %s, it must be a whole number from %d to %d", describe(n), PortMin, PortMax)
	}
	return ""
}

func resourcesCheck(root *node) string {
	n := root.get("resources")
	switch {
	case n == nil:
		return "resources is missing; it needs cpu_limit and memory_limit"
	case n.kind != kindObject:
		return fmt.Sprintf("resources is %s, it must be an object with cpu_limit and memory_limit", describe(n))
	}
	var missing []string
	for _, name := range []string{"cpu_limit", "memory_limit"} {
		if n.member(name) == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "resources has no " + strings.Join(missing, " and no ")
}

// migrationsLine is the unscored line about migrations_dir: the directory must
// be inside the plugin and hold at least one .sql file.
func migrationsLine(fsys fs.FS, dir string) CheckResult {
	count, detail := countMigrations(fsys, dir)
	return CheckResult{
		ID: "migrations", OK: detail == "", Detail: detail,
		Label: fmt.Sprintf("Migrations directory has %d SQL file(s)", count),
	}
}

func countMigrations(fsys fs.FS, dir string) (count int, problem string) {
	name := path.Clean(dir)
	if !fs.ValidPath(name) || strings.Contains(dir, `\`) {
		return 0, fmt.Sprintf("migrations_dir is %s; it must be a directory inside the plugin, written with slashes", quoteShort(dir))
	}
	// What it is comes first: to open a FIFO would wait for a writer.
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Sprintf("the directory %s is missing; make it, or remove migrations_dir from manifest.json", quoteShort(dir))
	case err == nil && !info.IsDir():
		return 0, fmt.Sprintf("migrations_dir is %s, which is not a directory", quoteShort(dir))
	}
	var entries []fs.DirEntry
	if err == nil {
		entries, err = fs.ReadDir(fsys, name)
	}
	if err != nil {
		return 0, fmt.Sprintf("the directory %s cannot be read: %v", quoteShort(dir), cause(err))
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".sql") && isFile(fsys, path.Join(name, e.Name())) {
			count++
		}
	}
	if count == 0 {
		return 0, fmt.Sprintf("%s holds no .sql file; add one, or remove migrations_dir from manifest.json", quoteShort(dir))
	}
	return count, ""
}
