package scaffold

import (
	"encoding/json"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// pythonReads compiles every source given on stdin. Of main.py only the call of
// FastAPI holds free text; the expression is parsed by itself where the rest of
// the file was compiled before. It prints that call's literals for each source,
// or null where there is none.
const pythonReads = `
import ast, json, re, sys
seen, out = set(), []
for text in json.load(sys.stdin):
    call = re.search(r"^FastAPI\($.*?^\)$", text.replace("app = FastAPI(", "FastAPI("), re.M | re.S)
    rest = text.replace(call[0], "") if call else text
    around = text.replace("app = " + call[0], "app = None") if call else text
    if around not in seen:
        seen.add(around)
        compile(text, "generated", "exec")
    if call is None:
        out.append(None)
        continue
    tree = ast.parse(call[0], mode="eval").body
    out.append({k.arg: ast.literal_eval(k.value) for k in tree.keywords if k.arg != "lifespan"})
json.dump(out, sys.stdout)
`

// parseAsPython asks Python itself.
func parseAsPython(t *testing.T, all []generated) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is not installed: install it to have the generated Python parsed by Python")
		return
	}
	var texts []string
	var of []Answers
	for _, g := range all {
		for file, text := range g.files {
			if path.Ext(file) == ".py" {
				texts, of = append(texts, text), append(of, g.answers)
			}
		}
	}
	stdin, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", pythonReads)
	cmd.Stdin = strings.NewReader(string(stdin))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var values []*struct {
		Title, Description string
		Contact            struct{ Name string }
	}
	if err := json.Unmarshal(stdout, &values); err != nil {
		t.Fatal(err)
	}
	calls := 0
	for i, v := range values {
		if v == nil {
			continue
		}
		calls++
		if a := of[i]; v.Title != a.DisplayName || v.Description != a.Description || v.Contact.Name != a.Author {
			t.Errorf("Python reads %+v, want the answers %+v", v, a)
		}
	}
	if calls != len(all) {
		t.Errorf("%d of %d services tell their title", calls, len(all))
	}
}
