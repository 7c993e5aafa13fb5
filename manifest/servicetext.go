package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The files whose text is no part of the service, and those with source code.
var (
	lockFiles    = []string{"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "composer.lock", "Gemfile.lock", "mix.lock", "go.sum", ".dockerignore"}
	sideTypes    = []string{".svg", ".map", ".md", ".rst", ".pem", ".crt"}
	programTypes = []string{
		".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".rs", ".rb", ".ru", ".php", ".java", ".kt", ".kts", ".groovy", ".scala", ".clj",
		".cs", ".fs", ".vb", ".ex", ".exs", ".erl", ".lua", ".pl", ".pm", ".c", ".cc", ".cpp", ".h", ".hpp", ".swift", ".dart", ".zig", ".nim", ".cr", ".hs", ".ml", ".r",
		".jl", ".vue", ".svelte", ".conf",
	}
)

// isSideFile says whether a file serves nothing by its name: what the image is
// built with, what says which packages it takes, drawings and prose.
func isSideFile(name string) bool {
	lower := strings.ToLower(name)
	return slices.Contains(lockFiles, name) || slices.Contains(sideTypes, path.Ext(lower)) ||
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
		found, sure := f.searchService(route)
		return answer{found, sure}
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
var routeText = onDemand("[\"'`]/[A-Za-z]")

// searchService says whether a route is found in the service's text, or in the
// paths of its files, which some frameworks make routes of, and whether that
// can be told: there is source code, all of it was read, and it names routes.
func (f *files) searchService(route string) (found, sure bool) {
	word := []byte(strings.ToLower(path.Base(route)))
	all := f.service()
	files := slices.DeleteFunc(slices.Clone(all.files), func(file serviceFile) bool { return isSideFile(path.Base(file.name)) })
	whole, program, routed := all.whole, false, false
	for _, file := range files {
		found = found || hasWord([]byte(file.name), word)
		whole = whole && file.fits
		program = program || file.fits && slices.Contains(programTypes, strings.ToLower(path.Ext(file.name)))
	}
	if found || !whole || !program {
		return found, whole && program
	}
	for _, file := range files {
		s := f.serviceSource(file)
		if s == nil {
			return false, false // a program in another form than text, it may be
		}
		if hasWord(s.data, word) {
			return true, true
		}
		routed = routed || routeText().Match(s.data)
		lower := bytes.ToLower(s.data)
		for _, known := range servedBy {
			if strings.HasPrefix(route, known.path) && bytes.Contains(lower, []byte(known.text)) {
				return true, true
			}
		}
	}
	return false, routed
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
