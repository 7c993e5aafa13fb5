package nspkg

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// key is a private key as a file holds it, put together so that this file holds none.
var key = "-----BEGIN " + "PRIVATE KEY-----\n" + strings.Repeat("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v8Vpgh", 3) + "\n-----END " + "PRIVATE KEY-----\n"

const certificate = "-----BEGIN CERTIFICATE-----\nMIIBhTCCASugAwIBAgIQIRi6zePL6mKjOipn+dNuaTAKBggqhkjOPQQDAjASMRAw\n-----END CERTIFICATE-----\n"

// ignoreTests are directories and what is packed of them.
var ignoreTests = []struct {
	name     string
	files    map[string]string
	packed   []string          // besides manifest.json
	excluded map[string]string // path → where
	warning  string
}{
	{
		"it adds files, folders, anchors and stars",
		map[string]string{".nspkgignore": "dev/\n/notes.md\n**/fixtures/*.json\n", "dev/a": "", "notes.md": "", "docs/notes.md": "", "x/fixtures/a.json": "", "x/fixtures/a.txt": ""},
		[]string{"docs/notes.md", "x/fixtures/a.txt"},
		map[string]string{".nspkgignore": "always (packaging rules)", "dev/": ".nspkgignore line 1", "notes.md": ".nspkgignore line 2", "x/fixtures/a.json": ".nspkgignore line 3"}, "",
	},
	{
		"development cruft comes back by any pattern, but not from within",
		map[string]string{".nspkgignore": "!node_modules/\n!__pycache__/x.txt\n", "node_modules/a.js": "", "__pycache__/x.txt": ""},
		[]string{"node_modules/a.js"},
		map[string]string{".nspkgignore": "always (packaging rules)", "__pycache__/": "always (development cruft)"}, "",
	},
	{
		"no broad pattern brings secrets back",
		map[string]string{".nspkgignore": "!*\n", ".env": "", ".env.test": "", "id_rsa": "", "main.pyc": ""},
		[]string{"main.pyc"},
		map[string]string{".nspkgignore": "always (packaging rules)", ".env": "always (secrets)", ".env.test": "always (secrets)", "id_rsa": "always (secrets)"},
		`".env" stays out, whatever .nspkgignore:1 (!*) says, always (secrets); only !/.env lets it in, which names it exactly`,
	},
	{
		"their exact name does",
		map[string]string{".nspkgignore": "!/service/.env.test\n!service/keys/dev.pem\n!.env.test\n", "service/.env.test": "", "service/keys/dev.pem": key, ".env.test": ""},
		[]string{"service/keys/dev.pem"}, // of service/.env.test, the last line that matches is a broad one
		map[string]string{".nspkgignore": "always (packaging rules)", ".env.test": "always (secrets)", "service/.env.test": "always (secrets)"}, "only !/service/.env.test lets it in",
	},
	{
		"nothing brings back git's files, this tool's state and packages",
		map[string]string{".nspkgignore": "!/.git/\n!/.netstacks/\n!/a.nspkg\n!/.nspkgignore\n", ".git/config": "", ".netstacks/run.json": "", "a.nspkg": ""},
		nil,
		map[string]string{".nspkgignore": "always (packaging rules)", ".git/": "always (git's own files)", ".netstacks/": "always (this tool's state)", "a.nspkg": "always (packages)"}, "nothing lets it in",
	},
	{
		"private keys are told from certificates by what they hold",
		map[string]string{"tls/server.pem": key, "tls/ca.pem": certificate, "tls/server.key": key, "api.key": "sort: name\n", "both.crt": certificate + key, "ca.crt": certificate},
		[]string{"api.key", "ca.crt", "tls/ca.pem"},
		map[string]string{"tls/server.pem": "always (secrets)", "tls/server.key": "always (secrets)", "both.crt": "always (secrets)"}, "",
	},
	{
		"a folder that git ignores is pointed out once",
		map[string]string{".gitignore": "*.log\nout/\n!keep.log\n", "out/a/b": "", "out/c": "", "keep.log": "", "service/.gitignore": "/gen.py\n", "service/gen.py": "", "gen.py": ""},
		[]string{".gitignore", "gen.py", "keep.log", "out/a/b", "out/c", "service/.gitignore", "service/gen.py"},
		nil, `"out/" (2 files) goes into the package, but git ignores it (.gitignore:2: out/); write /out/ into .nspkgignore to leave it out, or !/out/ to say that it belongs there`,
	},
	{
		"nested .gitignore files count",
		map[string]string{"service/.gitignore": "# made\n/gen.py\n", "service/gen.py": ""},
		[]string{"service/.gitignore", "service/gen.py"}, nil, `(service/.gitignore:2: /gen.py)`,
	},
	{
		"what .nspkgignore lets in is not pointed out",
		map[string]string{".nspkgignore": "!/out/\n", ".gitignore": "out/\n", "out/a": ""},
		[]string{".gitignore", "out/a"}, map[string]string{".nspkgignore": "always (packaging rules)"}, "none",
	},
}

func TestIgnoreFileDecides(t *testing.T) {
	for _, tt := range ignoreTests {
		t.Run(tt.name, func(t *testing.T) {
			tt.files["manifest.json"] = "{}"
			listing, err := List(plant(t, tt.files))
			if err != nil {
				t.Fatal(err)
			}
			var packed []string
			for _, e := range listing.Entries[1:] {
				packed = append(packed, e.Path)
			}
			excluded := map[string]string{}
			for _, e := range listing.Excluded {
				excluded[e.Path] = e.Where()
			}
			if !slices.Equal(packed, tt.packed) || !maps.Equal(excluded, tt.excluded) {
				t.Errorf("packed %q\n want %q\nexcluded %q\n    want %q", packed, tt.packed, excluded, tt.excluded)
			}
			said := ""
			for _, w := range listing.Warnings {
				said += w.Message + "\n"
			}
			if !strings.Contains(said, tt.warning) && tt.warning != "none" || said != "" && (tt.warning == "" || tt.warning == "none") {
				t.Errorf("warnings %q, want %q", said, tt.warning)
			}
		})
	}
}

func TestLinkToAPrivateKeyStaysOut(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", "tls/server.pem": key})
	link(t, dir, "innocent", "tls/server.pem")
	listing, err := List(dir)
	if err != nil || len(listing.Entries) != 1 || len(listing.Excluded) != 2 {
		t.Errorf("got %+v, %v", listing, err)
	}
}

func TestIgnoreFileCannotHideTheManifestOrItself(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", ".nspkgignore": "*.json\n"})
	refused(t, dir, "manifest.json", `is kept out by "*.json" (.nspkgignore line 1), but no package can be installed without it; make that pattern narrower, or write !/manifest.json below it`)

	dir = plant(t, map[string]string{"manifest.json": "{}", ".nspkgignore/file": ""})
	refused(t, dir, ".nspkgignore", "cannot be read: no longer a regular file; nobody knows what it keeps out")
	dir = plant(t, map[string]string{"manifest.json": "{}", ".nspkgignore": strings.Repeat("#", 300<<10)})
	refused(t, dir, ".nspkgignore", "it is larger than 256 KB")
}

func TestNamesThatOtherSystemsCannotHoldAreAllToldAtOnce(t *testing.T) {
	bad := map[string]string{
		"nul.txt":                   "has a name that Windows takes for a device, whatever its extension; rename it",
		"COM1":                      "takes for a device",
		"a/aux/x":                   "",
		"what?.md":                  `has a name with "?", which Windows does not allow; rename it`,
		"a<b":                       `has a name with "<"`,
		`say"so`:                    `has a name with "\""`,
		"a|b":                       `has a name with "|"`,
		"star*":                     `has a name with "*"`,
		"c:file":                    "has a name with a colon",
		"dot.":                      "has a name with a dot or a space at its end, which Windows leaves out; rename it",
		"space ":                    "with a dot or a space at its end",
		"line\nbreak":               "has a name with a control character",
		"\u202egpj.exe":             "turns the direction of text",
		strings.Repeat("long/", 50): "",
		"Readme.md":                 "",
		"README.md":                 "",
		"lib/a.py":                  "",
		"Lib/b.py":                  "",
		"caf\u00e9.txt":             "",
		"cafe\u0301.txt":            "",
	}
	dir := t.TempDir()
	for name := range bad {
		file := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, "/")), "x")
		if !strings.HasSuffix(name, "/") {
			file = filepath.Join(dir, filepath.FromSlash(name))
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, nil, 0o644)); err != nil {
			machine.Missing(t, "this file system cannot hold %q: %v", name, err)
		}
	}
	for name, reason := range bad {
		if reason != "" {
			refused(t, dir, name, reason)
		}
	}
	refused(t, dir, "a/aux", "takes for a device")
	refused(t, dir, strings.Repeat("long/", 50)+"x", "has a path of 251 characters in 50 folders, which is too long for Windows")
	refused(t, dir, "Readme.md", `is the same name as "README.md" on Windows and macOS, which do not tell upper and lower case apart; rename one of them`)
	refused(t, dir, "lib", `is the same name as "Lib"`)
	refused(t, dir, "caf\u00e9.txt", "written with other Unicode characters that mean the same")
	_, err := List(dir)
	if unpackable := (*UnpackableError)(nil); !errors.As(err, &unpackable) || len(unpackable.Problems) != 17 {
		t.Errorf("got %v", err)
	}
}
