package report

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// s3same is no real password. It is put together, so that no scanner of this
// repository takes it for one.
const s3same = "hunter2" + "SuperSecretPw99"

// everythingPrinted is what all formats print of a plugin, of its repair and of
// what is left after that.
func everythingPrinted(t *testing.T, fsys fstest.MapFS) string {
	t.Helper()
	var b strings.Builder
	print := func(r manifest.Report) {
		for _, format := range Formats {
			fmt.Fprintf(&b, "\n== %s\n", format)
			if err := Write(&b, format, r, Options{Repair: "validate --fix"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	print(manifest.Check(fsys, manifest.Options{Found: print}))
	for _, risky := range []bool{false, true} {
		made := manifest.Repair(fsys, manifest.Options{}, risky)
		print(made.Report)
		fmt.Fprintf(&b, "\n== mended, risky %t\n", risky)
		for _, a := range made.Applied {
			fmt.Fprintln(&b, a.Finding.Message, a.Finding.Found, a.Finding.Allowed, a.Fix.Title)
		}
		if _, err := Diff(&b, made.Changes, DiffOptions{Mask: made.Mask}); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestNoFormatPrintsASecret(t *testing.T) {
	const image, author, endpoint, window, migration = `"netstacks-plugin-notice:1.0.0"`, `"Zoë Müller"`, `"/admin/sources"`, `"type": "integer", "default": 300, "minimum": 60`, "migrations/001_initial_schema.sql"
	data, err := os.ReadFile("../../manifest/testdata/complete.json")
	if err != nil {
		t.Fatal(err)
	}
	base := string(data)
	command := base[strings.Index(base, `"python -c`):]
	command = command[:strings.Index(command, "\",\n")+1]
	tests := []struct{ name, old, new, file, text string }{
		{name: "an image that is an address", old: image, new: `"https://bob:§@reg.io/x:1.2.3"`},
		{name: "an image with credentials", old: image, new: `"bob:§@reg.io/x:1.2.3"`},
		{name: "an image with credentials and a space", old: image, new: `"bob:§@reg.io/x y:1.2.3"`},
		{name: "an image with credentials and a digest", old: image, new: `"bob:§@reg.io/x@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`},
		{name: "an endpoint with a token", old: endpoint, new: `"/admin/alerts?token=§"`},
		{name: "an endpoint with a token among others", old: endpoint, new: `"/admin/alerts?a=b&api_key=§&c=d"`},
		{name: "an endpoint that is an address", old: endpoint, new: `"https://u:§@x/admin/alerts"`},
		{name: "an author with a password", old: author, new: `{"password": "§"}`},
		{name: "a list of authors with a password", old: author, new: `[{"password": "§"}]`},
		{name: "a port that is an object", old: `"port": 8080`, new: `"port": {"token": "§"}`},
		{name: "single quotes", old: window, new: `"type": "string", "sensitive": true, "default": '§'`},
		{name: "a trailing comma", old: window, new: `"type": "string", "default": "§", "sensitive": true,`},
		{name: "a default given twice", old: window, new: `"type": "string", "sensitive": true, "default": "§", "default": ""`},
		{name: "a default given twice, the last a secret", old: window, new: `"type": "string", "sensitive": true, "default": "", "default": "§"`},
		{name: "a mark given twice", old: window, new: `"type": "string", "sensitive": true, "default": "§", "sensitive": false`},
		{name: "a mark that is text", old: window, new: `"type": "string", "sensitive": "yes", "default": "§"`},
		{name: "a mark of Python", old: window, new: `"type": "string", "sensitive": True, "default": "§"`},
		{name: "a mark that is misspelt", old: window, new: `"type": "string", "Sensitive": true, "default": "§"`},
		{name: "a choice given twice", old: window, new: `"type": "string", "sensitive": true, "enum": ["§", "§"]`},
		{name: "an example", old: window, new: `"type": "string", "sensitive": true, "examples": ["§", 1], "default": ["§"]`},
		{name: "a value that must be", old: window, new: `"type": "string", "sensitive": true, "const": "§", "default": "x"`},
		{name: "a comma missing", old: window, new: `"type": "string", "default": "§" "sensitive": true`},
		{name: "a bracket missing", old: window + ` }`, new: `"type": "string", "sensitive": true, "default": "§"`},
		{name: "a line that is cut off", old: window, new: `"type": "string", "sensitive": true, "default": "§` + "\n"},
		{name: "a field for a token", old: author, new: `"a", "api_token": "§"`},
		{name: "a field for a token without quotes", old: author, new: `"a", "api_token": §`},
		{name: "a field for a token in a broken manifest", old: author, new: `"a", "api_token": "§" ]`},
		{name: "a misspelt field with a token", old: author, new: `"a", "naem": {"api_token": "§"}`},
		{name: "an environment", old: author, new: `"a", "env": {"DB_PASSWORD": "§"}`},
		{name: "an environment as a list", old: author, new: `"a", "env": ["DB_PASSWORD=§"]`},
		{name: "an address in the health command", old: command, new: `"curl http://bob:§@localhost:8080/health"`},
		{name: "a header in the health command", old: command, new: `"curl -H 'Authorization: Bearer §' http://localhost:9/health"`},
		{name: "a role with a password", file: migration, text: "CREATE ROLE a PASSWORD '§'; COMMIT;\n"},
		{name: "a role with an escaped password", file: migration, text: "CREATE ROLE a PASSWORD E'§\\n'; COMMIT;\n"},
		{name: "a subscription", file: migration, text: "CREATE SUBSCRIPTION s CONNECTION 'host=a user=b password=§ dbname=c' PUBLICATION p; COMMIT;\n"},
		{name: "a user mapping", file: migration, text: "\\c x\nCREATE USER MAPPING FOR a SERVER b OPTIONS (user 'x', password '§'); COMMIT;\n"},
		{name: "a database by its address", file: migration, text: "\\c postgres://bob:§@db/x\nCOMMIT;\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(base, tt.old) {
				t.Fatalf("the complete manifest has no %s", tt.old)
			}
			fill := func(text string) []byte { return []byte(strings.ReplaceAll(text, "§", s3same)) }
			fsys := fstest.MapFS{
				"manifest.json":      {Data: fill(strings.Replace(base, tt.old, tt.new, 1))},
				"service/Dockerfile": {Data: []byte("FROM python:3.12-slim\n")},
				"service/main.py":    {Data: []byte("@app.get(\"/health\")\ndef health():\n    return {\"id\": 1}\n")},
				migration:            {Data: []byte("SELECT 1;\n")},
				"ui/dist/index.js":   {Data: []byte("export {}\n")},
			}
			if tt.file != "" {
				fsys[tt.file] = &fstest.MapFile{Data: fill(tt.text)}
			}
			printed := everythingPrinted(t, fsys)
			for _, part := range []string{s3same, s3same[:14], s3same[8:]} {
				if i := strings.Index(printed, part); i >= 0 {
					t.Errorf("%q is printed %d times: %s", part, strings.Count(printed, part), printed[max(0, i-200):min(len(printed), i+100)])
					break
				}
			}
		})
	}
}
