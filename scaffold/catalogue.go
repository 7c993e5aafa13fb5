package scaffold

import (
	"fmt"
	"slices"
	"strings"
)

// Template is a language a project can be generated in.
type Template struct {
	Name    string   // also the folder of its tree in package templates
	Title   string   // of the language, as people write it
	Summary string   // what the service is made with
	Aliases []string // other names it is known by
	// health is the command that probes the service inside its own image, with %d
	// for the port: a tool that the image has, and an exit code that is not 0
	// unless /health answers 200.
	health string
}

// wgetHealth is for images with a BusyBox. It sets no timeout of its own: the
// engine ends a probe that takes too long, and Debian's BusyBox crashes with -T.
const wgetHealth = "wget -q -O /dev/null http://127.0.0.1:%d/health || exit 1"

var catalogue = []Template{
	{
		Name: "python", Title: "Python", Summary: "FastAPI, asyncpg", Aliases: []string{"python-fastapi"},
		health: `python -c "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', %d, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"`,
	},
	{
		Name: "typescript", Title: "TypeScript", Summary: "Fastify, pg", Aliases: []string{"ts"},
		health: `node -e "const no = () => process.exit(1); require('node:http').get('http://127.0.0.1:%d/health', { timeout: 3000 }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('timeout', no).on('error', no)"`,
	},
	{
		Name: "rust", Title: "Rust", Summary: "axum, tokio-postgres", Aliases: []string{"rs"},
		health: wgetHealth,
	},
	{
		Name: "go", Title: "Go", Summary: "net/http, pgx", Aliases: []string{"golang"},
		health: wgetHealth,
	},
}

// Templates returns the templates there are, the default one first.
func Templates() []Template { return slices.Clone(catalogue) }

// TemplateByName returns the template of a name or alias, and whether there is one.
func TemplateByName(name string) (Template, bool) {
	for _, t := range catalogue {
		if t.Name == name || slices.Contains(t.Aliases, name) {
			return t, true
		}
	}
	return Template{}, false
}

// TemplateNames lists the names for a sentence: "python, rust or go".
func TemplateNames() string {
	names := make([]string, len(catalogue))
	for i, t := range catalogue {
		names[i] = t.Name
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// healthCommand returns the command that tells whether the service is healthy.
func (t Template) healthCommand(port int) string { return fmt.Sprintf(t.health, port) }
