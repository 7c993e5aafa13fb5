package sbom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

const manifestText = `{"name": "sync-devices", "version": "1.4.0", "display_name": "Device Sync", "description": "Keeps <devices> & CMDB in step", "author": "Ada Ł",
 "image": "registry.corp.net:5000/team/sync-devices:1.4.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "port": 8080}`

// lockFiles are one of each kind.
var lockFiles = map[string]string{
	"service/requirements.txt":     "fastapi==0.115.0 --hash=sha256:" + strings.Repeat("ab", 32) + "\nhttpx>=0.27\n",
	"service/requirements-dev.txt": "-r requirements.txt\npytest==8.0.0\n",
	"ui/package-lock.json":         `{"lockfileVersion": 3, "packages": {"": {"name": "ui"}, "node_modules/@vue/shared": {"version": "3.5.0", "integrity": "sha512-` + strings.Repeat("A", 86) + `==", "dependencies": {"x": "1"}}}}`,
	"agent/Cargo.lock":             "version = 4\n[[package]]\nname = \"agent\"\nversion = \"0.1.0\"\n[[package]]\nname = \"serde\"\nversion = \"1.0.200\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"" + strings.Repeat("cd", 32) + "\"\n",
	"tool/go.mod":                  "module example.com/tool\n\ngo 1.26\n\nrequire github.com/jackc/pgx/v5 v5.12.0\n",
	"jobs/uv.lock":                 "version = 1\n[[package]]\nname = \"jobs\"\nversion = \"0\"\nsource = { virtual = \".\" }\n[[package]]\nname = \"Rich.Text\"\nversion = \"1.0\"\nsdist = { hash = \"sha256:" + strings.Repeat("ef", 32) + "\" }\n",
}

// pack writes files as an archive.
func pack(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	output := filepath.Join(t.TempDir(), "x.nspkg")
	if _, err := nspkg.Write(t.Context(), nspkg.Options{Dir: dir, Output: output}); err != nil {
		t.Fatal(err)
	}
	return output
}

func sha256Of(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func with(files map[string]string) map[string]string {
	all := map[string]string{"manifest.json": manifestText}
	for name, content := range files {
		all[name] = content
	}
	return all
}

func read(t *testing.T, bill Bill) *cdx.BOM {
	t.Helper()
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(bytes.NewReader(bill.JSON), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		t.Fatalf("%v in %s", err, bill.JSON)
	}
	return bom
}

func TestBillTellsPluginImageFilesAndDependencies(t *testing.T) {
	archive := pack(t, with(lockFiles))
	bill, err := Make(t.Context(), archive, time.Unix(1700000000, 0))
	if err != nil || len(bill.Warnings) != 0 || bill.Libraries != 7 {
		t.Fatalf("%v, %+v", err, bill)
	}
	bom := read(t, bill)
	plugin := bom.Metadata.Component
	if plugin.Name != "sync-devices" || plugin.Version != "1.4.0" || (*plugin.Authors)[0].Name != "Ada Ł" || (*plugin.Hashes)[0].Value != bill.Archive || bom.Metadata.Timestamp != "2023-11-14T22:13:20Z" {
		t.Errorf("the plugin is %+v at %s", plugin, bom.Metadata.Timestamp)
	}
	found := map[string]cdx.Component{}
	for _, c := range *bom.Components {
		found[c.BOMRef] = c
	}
	for ref, want := range map[string]string{
		"image:registry.corp.net:5000/team/sync-devices:1.4.0@sha256:" + strings.Repeat("a", 64): "container registry.corp.net:5000/team/sync-devices 1.4.0  SHA-256:" + strings.Repeat("a", 64),
		"pkg:pypi/fastapi@0.115.0":                   "library fastapi 0.115.0 required SHA-256:" + strings.Repeat("ab", 32),
		"pkg:pypi/httpx":                             "library httpx  required ",
		"pkg:pypi/pytest@8.0.0":                      "library pytest 8.0.0 optional ",
		"pkg:npm/%40vue/shared@3.5.0":                "library shared 3.5.0 required SHA-512:" + strings.Repeat("0", 128),
		"pkg:cargo/serde@1.0.200":                    "library serde 1.0.200 required SHA-256:" + strings.Repeat("cd", 32),
		"pkg:golang/github.com/jackc/pgx/v5@v5.12.0": "library v5 v5.12.0 required ",
		"pkg:pypi/rich-text@1.0":                     "library rich-text 1.0 required SHA-256:" + strings.Repeat("ef", 32),
		"file:tool/go.mod":                           "file tool/go.mod   SHA-256:" + sha256Of(lockFiles["tool/go.mod"]),
	} {
		c := found[ref]
		got := strings.Join([]string{string(c.Type), c.Name, c.Version, string(c.Scope), ""}, " ")
		if c.Hashes != nil {
			got += string((*c.Hashes)[0].Algorithm) + ":" + (*c.Hashes)[0].Value
		}
		if got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	if files := len(lockFiles) + 1; len(*bom.Components) != 1+7+files || len(*(*bom.Dependencies)[0].Dependencies) != 8 {
		t.Errorf("%d components, needed are %v", len(*bom.Components), (*bom.Dependencies)[0].Dependencies)
	}
	if place := (*found["pkg:cargo/serde@1.0.200"].Evidence.Occurrences)[0].Location; place != "agent/Cargo.lock" {
		t.Errorf("serde is declared in %s", place)
	}
}

func TestSameArchiveGivesTheSameBill(t *testing.T) {
	first, err := Make(t.Context(), pack(t, with(lockFiles)), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Make(t.Context(), pack(t, with(lockFiles)), time.Time{})
	if err != nil || !bytes.Equal(first.JSON, again.JSON) {
		t.Errorf("%v: the bills differ", err)
	}
	if strings.Contains(string(first.JSON), "timestamp") {
		t.Error("a time is told that nobody gave")
	}
	other, err := Make(t.Context(), pack(t, with(nil)), time.Time{})
	if err != nil || read(t, first).SerialNumber == read(t, other).SerialNumber {
		t.Errorf("%v: two archives share a serial number", err)
	}
}

// official compiles the schema that CycloneDX publishes, from the library's module.
func official(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(strings.TrimSpace(string(out)), "schema")
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for address, file := range map[string]string{
		schema: "bom-1.6.schema.json", "http://cyclonedx.org/schema/spdx.schema.json": "spdx.schema.json", "http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		data, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err == nil {
			err = compiler.AddResource(address, document)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestBillIsWhatTheOfficialSchemaAsksFor(t *testing.T) {
	rules := official(t)
	for name, files := range map[string]map[string]string{"lock files of each kind": lockFiles, "none": nil, "broken ones": broken} {
		t.Run(name, func(t *testing.T) {
			bill, err := Make(t.Context(), pack(t, with(files)), time.Unix(1700000000, 0))
			if err != nil {
				t.Fatal(err)
			}
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(bill.JSON))
			if err == nil {
				err = rules.Validate(document)
			}
			if err != nil {
				t.Errorf("%v in %s", err, bill.JSON)
			}
		})
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "nonsense", "name": "x"}]}`))
	if err != nil || rules.Validate(document) == nil {
		t.Error("the schema takes anything")
	}
}

// broken are lock files that cannot be read in full.
var broken = map[string]string{
	"a/package-lock.json": `{"lockfileVersion": 3`,
	"b/package-lock.json": `{"lockfileVersion": 3, "packages": {"node_modules/x": 1}}`,
	"c/package-lock.json": `{"name": "x"}`,
	"d/Cargo.lock":        "[[package]\n",
	"e/go.mod":            "module x\nrequire (\n",
	"f/poetry.lock":       "package = 1\n",
	"g/uv.lock":           "[[package]]\nversion = \"1\"\n",
	"h/requirements.txt":  "good==1.0\n<html>\n==2\n",
	"i/requirements.txt":  "f\x00a\x00s\x00t\x00",
	"j/requirements.txt":  "\xff\xfe",
	"k/pnpm-lock.yaml":    "lockfileVersion: 9\n",
	"l/yarn.lock":         "",
}

func TestLockFilesThatCannotBeReadAreWarnings(t *testing.T) {
	bill, err := Make(t.Context(), pack(t, with(broken)), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(bill.Warnings, "\n")
	for name := range broken {
		if !strings.Contains(said, name+": ") {
			t.Errorf("nothing is said about %s", name)
		}
	}
	if !strings.Contains(said, "h/requirements.txt: line 2, 3 cannot be read as a requirement; what it declares is missing in the bill of materials, in part or whole") {
		t.Errorf("said is\n%s", said)
	}
	if bill.Libraries != 1 { // that which can be read is there
		t.Errorf("%d libraries", bill.Libraries)
	}
}

func TestDependenciesThatNoLockFilePinsAreToldMissing(t *testing.T) {
	node, cargo, python := `{"dependencies": {"x": "^1"}}`, "[dependencies]\nserde = \"1\"\n", "[project]\ndependencies = [\"fastapi\"]\n"
	for _, test := range []struct {
		name    string
		files   map[string]string
		missing string // the file that is named; "" for none
	}{
		{"no lock file", map[string]string{"ui/package.json": node}, "ui/package.json"},
		{"one of another folder", map[string]string{"ui/package.json": node, "other/package-lock.json": `{"lockfileVersion": 3, "packages": {}}`}, "ui/package.json"},
		{"one beside it", map[string]string{"ui/package.json": node, "ui/package-lock.json": `{"lockfileVersion": 3, "packages": {}}`}, ""},
		{"one above", map[string]string{"agent/core/Cargo.toml": cargo, "agent/Cargo.lock": ""}, ""},
		{"Cargo without one", map[string]string{"agent/Cargo.toml": cargo}, "agent/Cargo.toml"},
		{"Python without one", map[string]string{"pyproject.toml": python}, "pyproject.toml"},
		{"Python with requirements", map[string]string{"pyproject.toml": python, "requirements.txt": ""}, ""},
		{"settings of tools", map[string]string{"pyproject.toml": "[tool.ruff]\n", "package.json": `{"type": "module"}`}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			bill, err := Make(t.Context(), pack(t, with(test.files)), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Join(bill.Warnings, "\n")
			if (said == "") != (test.missing == "") || !strings.HasPrefix(said, test.missing) {
				t.Errorf("said is %q", said)
			}
			if aggregate := (*read(t, bill).Compositions)[0].Aggregate; (aggregate == cdx.CompositionAggregateIncomplete) != (said != "") {
				t.Errorf("what is needed is told as %s", aggregate)
			}
		})
	}
}

func TestLockFilesAreReadAsTheirProgramsDo(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{"pins, extras, markers", "requirements.txt", "a[x,y]==1.0 ; python_version > '3'\nB_b.c === 2.0\nc~=3.1\nd\n# e==1\nf==1.* # any\ng (==4.0)\nh>=1,==2\n", []string{"a@1.0", "b-b-c@2.0", "c", "d", "f", "g@4.0", "h"}},
		{"continued lines", "requirements.txt", "a==1.0 \\\r\n  --hash=sha256:00 \\\r\n  --hash=sha256:11\r\nb==2\r\n", []string{"a@1.0", "b@2"}},
		{"options and addresses", "requirements.txt", "--index-url https://u:p@host/\n-e ./x\na @ https://u:p@host/a.whl\n", []string{"a"}},
		{"npm's first format", "package-lock.json", `{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "dependencies": {"@s/b": {"version": "2.0.0"}}}, "c": {"version": "npm:@t/real@3.0.0"}, "d": {"version": "git+ssh://x"}}}`, []string{"a@1.0.0", "@s/b@2.0.0", "@t/real@3.0.0"}},
		{"npm's places", "npm-shrinkwrap.json", `{"lockfileVersion": 2, "packages": {"": {"version": "9"}, "packages/w": {"version": "8"}, "node_modules/w": {"link": true}, "node_modules/a/node_modules/@s/b": {"version": "1.0.0"}, "node_modules/c": {"name": "real", "version": "2.0.0"}}, "dependencies": {"a": {"requires": true}}}`, []string{"@s/b@1.0.0", "real@2.0.0"}},
		{"Go's replacements", "go.mod", "module m\nrequire (\n a.b/c v1.0.0\n d.e/f v1.0.0 // indirect\n g.h/i v1.0.0\n)\nreplace d.e/f => x.y/z v2.0.0\nreplace g.h/i => ../i\n", []string{"a.b/c@v1.0.0", "x.y/z@v2.0.0"}},
		{"Poetry's", "poetry.lock", "[[package]]\nname = \"A\"\nversion = \"1\"\noptional = false\nfiles = [{file = \"a.whl\", hash = \"sha256:00\"}]\n", []string{"a@1"}},
		{"PDM's", "pdm.lock", "[[package]]\nname = \"b\"\nversion = \"1\"\ngroups = [\"default\"]\n", []string{"b@1"}},
		{"Cargo's", "Cargo.lock", "[[package]]\nname = \"own\"\nversion = \"0\"\n[[package]]\nname = \"g\"\nversion = \"1\"\nsource = \"git+https://host/g#1\"\n", []string{"g@1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			err := readerOf(test.file)(test.text, func(l library) {
				name := strings.TrimPrefix(l.group+"/"+l.name, "/")
				if l.version != "" {
					name += "@" + l.version
				}
				got = append(got, name)
			})
			if err != nil || strings.Join(got, " ") != strings.Join(test.want, " ") {
				t.Errorf("%v, got %q, want %q", err, got, test.want)
			}
		})
	}
}

func TestLibraryOfTwoFilesIsListedOnce(t *testing.T) {
	bill, err := Make(t.Context(), pack(t, with(map[string]string{"a/requirements-dev.txt": "x==1\n", "b/requirements.txt": "X==1\n"})), time.Time{})
	if err != nil || bill.Libraries != 1 {
		t.Fatalf("%v, %d libraries", err, bill.Libraries)
	}
	for _, c := range *read(t, bill).Components {
		if c.Name == "x" && (c.Scope != cdx.ScopeRequired || len(*c.Evidence.Occurrences) != 2) {
			t.Errorf("got %+v", c)
		}
	}
}

func FuzzLockFiles(f *testing.F) {
	for name, text := range lockFiles {
		f.Add(filepath.Base(name), text)
	}
	for name, text := range broken {
		f.Add(filepath.Base(name), text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if read := readerOf(name); read != nil {
			_ = read(text, func(l library) {
				if _, err := json.Marshal(l.component()); err != nil || l.name == "" {
					t.Errorf("%v: %+v", err, l)
				}
			})
		}
	})
}
