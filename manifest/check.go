package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Options say how Check is asked.
type Options struct {
	Path       string // the plugin as the caller named it; printed, not opened
	ChecksOnly bool   // the eight scored checks alone: no findings, no migrations line
	// Found, if not nil, gets the report without fixes before they are tried, which
	// takes longer than all the rest; it is not called where there is none to try.
	Found func(Report)
	// Stop, if not nil, ends the trial of fixes when it is closed, for a caller
	// whose files have changed meanwhile: what was not tried by then is left out.
	Stop <-chan struct{}
	// Manifest, if not nil, is checked in place of what manifest.json holds, as for
	// a change that nobody has written yet.
	Manifest []byte
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
// eight scored checks, the migrations line, then the Controller's schema, what
// lies beyond it, and what netstacks.toml says of the findings. It reads
// nothing but what it judges, never blocks on a file that is no regular one,
// and is safe for concurrent use. Everything it finds is in the report; there
// is no other error.
func Check(fsys fs.FS, opts Options) Report {
	go schema() // the first check of a process makes them ready while the files are read
	go metaSchema()
	files := newFiles(fsys)
	if opts.Manifest != nil {
		changed := newSource(opts.Manifest)
		files.edited = map[string]*source{FileName: &changed}
	}
	p := evaluate(files)
	c := p.configure()
	c.issues = bounded(c.issues)
	p.foundSoFar(c, opts)
	p.tryFixes(c.issues, opts.Stop)
	return p.report(c, opts)
}

// report puts together what was found, as the configuration c has it.
func (p *project) report(c configured, opts Options) Report {
	r := Report{
		Path: opts.Path, Score: Score{Total: len(p.checks)}, Checks: p.checks, Extra: p.extra, Findings: make([]Finding, 0, len(c.issues)),
		Manifest: p.manifest, Document: p.doc, files: p.files, mask: masks(p.withHidden()),
	}
	if p.doc != nil {
		r.Source = p.doc.data
	}
	r.Checks, r.Extra = r.maskedChecks(r.Checks), r.maskedChecks(r.Extra)
	for _, check := range p.checks {
		if check.OK {
			r.Score.Passed++
		}
	}
	if opts.ChecksOnly {
		r.Extra = nil
		r.OK = r.Score.Passed == r.Score.Total
		return r
	}
	for _, i := range c.issues {
		r.Findings = append(r.Findings, r.masked(p.finding(i)))
	}
	for _, w := range c.waived {
		r.Waived = append(r.Waived, Waived{r.masked(p.finding(w.issue)), r.Mask(w.reason)})
	}
	r.OK = r.Errors() == 0
	return r
}

// runChecks makes the eight checks and the migrations line.
func (p *project) runChecks(problem *issue) {
	blocked := blockedBy(problem, p.doc)
	details := [len(checkLabels)]string{
		0: fileProblem(problem),
		1: dockerfileProblem(p.files),
		2: entryPointProblem(p.files),
	}
	for i, check := range []func(*node) string{missingFields, nameCheck, versionCheck, portCheck, resourcesCheck} {
		if details[3+i] = blocked; blocked == "" {
			details[3+i] = check(p.doc.root)
		}
	}
	for i, detail := range details {
		p.checks = append(p.checks, CheckResult{ID: checkLabels[i].id, Label: checkLabels[i].label, OK: detail == "", Detail: detail})
	}
	if blocked == "" {
		if dir := p.doc.root.get("migrations_dir"); dir != nil && dir.kind == kindString && dir.text != "" {
			p.extra = []CheckResult{migrationsLine(p.files, dir.text)}
		}
	}
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
	case doc.wrapped != nil || doc.root.kind != kindObject:
		return "manifest.json holds no JSON object, so this could not be looked at"
	}
	return ""
}

func dockerfileProblem(fsys *files) string {
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

func entryPointProblem(fsys *files) string {
	for _, name := range entryPoints {
		if fsys.isFile(name) {
			return ""
		}
	}
	// Go's layout for a module with commands: service/cmd/<name>/main.go.
	if found, err := fs.Glob(fsys, "service/cmd/*/main.go"); err == nil && slices.ContainsFunc(found, func(name string) bool { return fsys.isFile(name) }) {
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
	if _, ok := wholeNumber(n, PortMin, PortMax); !ok {
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
