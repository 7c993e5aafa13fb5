package draft7_test

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// suiteModule is a module whose tests hold the official JSON-Schema-Test-Suite:
// jsonschema/v6 has it as a submodule of git, which Go's module archives leave
// out.
const suiteModule = "github.com/google/jsonschema-go"

// Why groups of the official suite are left out. All of them are refused when
// they are compiled, and never judged wrongly.
const (
	remote   = "refers to another document, and nothing is fetched"
	innerID  = "an $id below the root names a document inside the document"
	anchorID = "an $id names a place by a word"
)

// leftOut are the files and groups that are left out.
var leftOut = map[string]string{
	"refRemote.json": remote,
	"ref.json/$ref prevents a sibling $id from changing the base uri":                 innerID,
	"ref.json/Recursive references between schemas":                                   innerID,
	"ref.json/refs with relative uris and defs":                                       innerID,
	"ref.json/relative refs with absolute uris and defs":                              innerID,
	"ref.json/$id must be resolved against nearest parent, not just immediate parent": innerID,
	"ref.json/ref to if":                                                         innerID,
	"ref.json/ref to then":                                                       innerID,
	"ref.json/ref to else":                                                       innerID,
	"ref.json/ref with absolute-path-reference":                                  innerID,
	"ref.json/Location-independent identifier":                                   anchorID,
	"ref.json/Reference an anchor with a non-relative URI":                       anchorID,
	"ref.json/Location-independent identifier with base URI change in subschema": anchorID,
	"ref.json/URN base URI with URN and anchor ref":                              anchorID,
}

// TestTheOfficialSuite runs the required tests of the draft.
func TestTheOfficialSuite(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", suiteModule).Output()
	if err != nil {
		t.Fatalf("go list -m %s: %v", suiteModule, err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "jsonschema", "testdata", "draft7", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		if _, ci := os.LookupEnv("CI"); ci {
			t.Fatalf("%s is not in the module cache, or without the official suite", suiteModule)
		}
		machine.Missing(t, "%s is not in the module cache, or without the official suite", suiteModule)
	}
	ran := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct {
			Description string
			Schema      json.RawMessage
			Tests       []struct {
				Description string
				Data        json.RawMessage
				Valid       bool
			}
		}
		if err := json.Unmarshal(data, &groups); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, group := range groups {
			name := filepath.Base(file) + "/" + group.Description
			why := cmp.Or(leftOut[filepath.Base(file)], leftOut[name])
			s, err := draft7.Compile(decoded(t, string(group.Schema)), nil)
			if (err == nil) != (why == "") {
				t.Errorf("%s is left out because of %q, but compiles with %v", name, why, err)
			}
			if err != nil {
				t.Logf("left out: %s: %s", name, why)
				continue
			}
			for _, tt := range group.Tests {
				ran++
				if s.Valid(decoded(t, string(tt.Data))) != tt.Valid {
					t.Errorf("%s: %s: want valid %t", name, tt.Description, tt.Valid)
				}
			}
		}
	}
	t.Logf("%d tests of the official suite", ran)
	if ran < 800 {
		t.Errorf("%d tests were run, the suite has more", ran)
	}
}
