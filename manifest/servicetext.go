package manifest

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is read of the service's own text.
const (
	serviceFileLimit = 256 << 10 // bytes of one file
	maxServiceText   = 2 << 20   // bytes of all
	maxServiceFiles  = 300
	maxServiceDepth  = 16
)

// The directories below service/ that hold nothing of the author's own, and
// the files whose text is no part of the service.
var (
	foreignDirs  = []string{"node_modules", "target", ".venv", "venv", "dist", ".git", "vendor", "__pycache__", ".pytest_cache", ".mypy_cache", ".idea", ".vscode"}
	lockFiles    = []string{"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "composer.lock", "Gemfile.lock", "mix.lock", "go.sum", ".dockerignore"}
	mediaTypes   = []string{".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".svg", ".woff", ".woff2", ".ttf", ".otf", ".pdf", ".map", ".md", ".rst", ".pem", ".crt"}
	programTypes = []string{
		".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".rs", ".rb", ".ru", ".php", ".java", ".kt", ".kts", ".groovy", ".scala", ".clj",
		".cs", ".fs", ".vb", ".ex", ".exs", ".erl", ".lua", ".pl", ".pm", ".c", ".cc", ".cpp", ".h", ".hpp", ".swift", ".dart", ".zig", ".nim", ".cr", ".hs", ".ml", ".r",
		".jl", ".vue", ".svelte", ".conf",
	}
)

// serviceText is what there is to search for a word below service/.
type serviceText struct {
	names   []byte   // the paths, a line each: some frameworks make routes of them
	files   []string // those with text
	program bool     // there is source code among them
	whole   bool     // everything was looked at
}

// listService lists the text files below service/.
func (f *files) listService() serviceText {
	t := serviceText{whole: true}
	total, count := int64(0), 0
	var walk func(dir string, depth int)
	walk = func(dir string, depth int) {
		entries, err := f.ReadDir(dir)
		if err != nil || depth > maxServiceDepth {
			t.whole = false
			return
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case e.IsDir() && !slices.Contains(foreignDirs, e.Name()):
				walk(name, depth+1)
			case e.IsDir() || isSideFile(e.Name()):
			case !e.Type().IsRegular() || count >= maxServiceFiles:
				t.whole = false
			default:
				count++
				t.names = append(append(t.names, name...), '\n')
				info, err := f.Stat(name)
				if err != nil || info.Size() > serviceFileLimit || total+info.Size() > maxServiceText {
					t.whole = false
					continue
				}
				total += info.Size()
				t.files = append(t.files, name)
				t.program = t.program || slices.Contains(programTypes, strings.ToLower(path.Ext(name)))
			}
		}
	}
	walk("service", 0)
	return t
}

// isSideFile says whether a file serves nothing by its name: what the image is
// built with, what says which packages it takes, pictures and prose.
func isSideFile(name string) bool {
	lower := strings.ToLower(name)
	return slices.Contains(lockFiles, name) || slices.Contains(mediaTypes, path.Ext(lower)) ||
		strings.Contains(lower, "dockerfile") || strings.Contains(lower, "compose") && strings.Contains(path.Ext(lower), ".y")
}

// servedBy are paths that a framework serves although no source names them,
// with what the sources of such a service hold.
var servedBy = []struct{ path, text string }{
	{"/actuator/", "actuator"}, {"/q/", "quarkus"}, {"/health", "micronaut"}, {"/docs", "fastapi"}, {"/redoc", "fastapi"}, {"/openapi.json", "fastapi"}, {"/metrics", "prom"},
}

// serves says whether the text of the service looks as if it served a path:
// whether the last segment stands somewhere in it as a word. It is sure only
// when there is source code with routes, and all of it could be read.
func (f *files) serves(route string) (found, sure bool) {
	type answer struct{ found, sure bool }
	type question struct{ route string }
	work := func() answer {
		t := f.listService()
		found, sure := f.searchService(t, route)
		return answer{found, sure && t.whole && t.program}
	}
	for name := range f.edited {
		if strings.HasPrefix(name, "service/") && !isSideFile(path.Base(name)) {
			a := work()
			return a.found, a.sure
		}
	}
	a := remember(f, question{route}, work)
	return a.found, a.sure
}

// routeText is the text of a route in most languages: a path in quotes.
var routeText = regexp.MustCompile("[\"'`]/[A-Za-z]")

// searchService says whether a route is found in the service's text, and
// whether that can be told: all of it was read, and it does name routes.
func (f *files) searchService(t serviceText, route string) (found, sure bool) {
	word := []byte(strings.ToLower(path.Base(route)))
	if hasWord(t.names, word) {
		return true, true
	}
	whole, routed := true, false
	for _, name := range t.files {
		s, err := f.source(name, serviceFileLimit)
		if err != nil || bytes.IndexByte(s.data, 0) >= 0 {
			whole = false // a program in another form than text, it may be
			continue
		}
		if hasWord(s.data, word) {
			return true, true
		}
		routed = routed || routeText.Match(s.data)
		lower := bytes.ToLower(s.data)
		for _, known := range servedBy {
			if strings.HasPrefix(route, known.path) && bytes.Contains(lower, []byte(known.text)) {
				return true, true
			}
		}
	}
	return false, whole && routed
}

// hasWord says whether text holds a word, in whatever case: in HealthController
// there is the word health.
func hasWord(text, word []byte) bool {
	lower := bytes.ToLower(text)
	if len(lower) != len(text) {
		lower = text // letters that are longer in the other case
	}
	for at := 0; ; {
		n := bytes.Index(lower[at:], word)
		if n < 0 {
			return false
		}
		start := at + n
		end := start + len(word)
		before, _ := utf8.DecodeLastRune(text[:start])
		behind, _ := utf8.DecodeRune(text[end:])
		first, _ := utf8.DecodeRune(text[start:])
		if (!isNameRune(before) || unicode.IsUpper(first) && unicode.IsLower(before)) && (!isNameRune(behind) || unicode.IsUpper(behind)) {
			return true
		}
		at = start + 1
	}
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
