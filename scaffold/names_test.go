package scaffold

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// awkwardNames mean something to a language, to its standard library, to its
// tools or to PostgreSQL.
var awkwardNames = []string{
	// keywords
	"abstract", "and", "any", "assert", "async", "await", "become", "box", "break", "case", "catch", "chan", "class", "const", "continue", "crate",
	"debugger", "def", "default", "defer", "del", "delete", "dyn", "elif", "else", "enum", "except", "export", "extends", "extern", "fallthrough",
	"false", "final", "finally", "for", "from", "func", "function", "gen", "global", "goto", "impl", "implements", "import", "instanceof", "interface",
	"lambda", "let", "loop", "macro", "map", "match", "mod", "move", "mut", "namespace", "new", "nil", "none", "nonlocal", "not", "null", "override",
	"package", "pass", "priv", "private", "protected", "pub", "public", "raise", "range", "ref", "return", "select", "self", "static", "struct",
	"super", "switch", "throw", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "var", "virtual", "void", "where",
	"while", "with", "yield",
	// standard modules and crates
	"alloc", "asyncio", "buffer", "bytes", "collections", "context", "core-x", "crypto", "datetime", "errors", "events", "fmt", "fs-x", "http", "https",
	"json", "logging", "math", "net", "node", "node-test", "os-x", "path", "process", "random", "re-x", "signal", "socket", "ssl", "std", "stream",
	"string", "sync", "sys", "time", "tls", "types", "typing", "url", "util", "uuid",
	// what the services are made with, and names of theirs
	"asyncpg", "axum", "database", "devices", "express", "fastapi", "fastify", "httpx", "items", "models", "pgx", "pydantic", "reqwest", "routes", "sdk",
	"serde", "service", "sqlx", "store", "tokio", "uvicorn", "vitest",
	// the tools
	"app", "build", "cargo", "dist", "docker", "example", "favicon-ico", "lib", "main", "node-modules", "npm", "src", "target", "test", "testing",
	"tests", "vendor", "venv",
	// PostgreSQL
	"analyze", "check", "column", "create", "order", "pg-catalog", "table", "user", "values",
	// the shapes a name may have
	"abc", "a-b", "ends-", "double--hyphen", "a-----", strings.Repeat("a", 50), strings.Repeat("ab-", 16) + "ab", strings.Repeat("a", 49) + "-",
}

// alien is a name that no template would hold by chance.
const alien = "qzx-qzx"

// The name gets into a file in a few forms only, and so every other name gives
// the same files with other words in these places.
func TestEveryNameGivesTheSameProject(t *testing.T) {
	for _, variant := range variants() {
		t.Run(called(variant), func(t *testing.T) {
			a := variant
			a.Name, a.DisplayName = alien, "Named"
			reference := plan(t, a)
			for _, name := range awkwardNames {
				if ValidateName(name) != nil {
					name += "-x" // reserved, or too short
				}
				a.Name = name
				p := plan(t, a)
				checkManifest(t, a, p)
				checkMigration(t, a, p)
				forms := nameForms(name)
				for i, f := range p.Files {
					if got, want := string(f.Content), forms.Replace(string(reference.Files[i].Content)); got != want {
						t.Errorf("%s: %s is not that of another name:\n%s", name, f.Path, firstDifference(got, want))
					}
				}
			}
		})
	}
}

// nameForms replaces each form of the alien name by that of another name.
func nameForms(name string) *strings.Replacer {
	a := Answers{Name: alien}
	b := Answers{Name: name}
	from, to := newData(a, Template{}), newData(b, Template{})
	return strings.NewReplacer(
		from.Package, to.Package, strings.ReplaceAll(from.Package, "-", "_"), strings.ReplaceAll(to.Package, "-", "_"),
		from.Schema, to.Schema, from.Index, to.Index, from.Table, to.Table, from.Name, to.Name,
	)
}

// partOfName finds the alien name with what is written around it.
var partOfName = regexp.MustCompile(`[\w]*qzx[-_]qzx\w*`)

// A name alone may be a keyword or a module. With hyphens it cannot be an
// identifier, so a language would refuse the alien one where it took it for one;
// and with underscores it is always a part of a longer word.
func TestNoIdentifierIsTheNameAlone(t *testing.T) {
	for _, a := range variants() {
		a.Name = alien
		for _, f := range plan(t, a).Files {
			for _, word := range partOfName.FindAllString(string(f.Content), -1) {
				if word == strings.ReplaceAll(alien, "-", "_") {
					t.Errorf("%s: %s takes the name for an identifier", called(a), f.Path)
				}
			}
			if slices.Contains(strings.FieldsFunc(f.Path, func(r rune) bool { return r == '/' || r == '.' }), alien) || strings.Contains(path.Base(f.Path), "qzx") {
				t.Errorf("%s: the path %s holds the name", called(a), f.Path)
			}
		}
	}
}
