package manifest

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
)

// templateTrees are the projects that the templates make, by language.
func templateTrees(t testing.TB) map[string]fstest.MapFS {
	t.Helper()
	trees := map[string]fstest.MapFS{}
	for _, language := range []string{"go", "python", "rust", "typescript"} {
		data, err := os.ReadFile("../scaffold/testdata/" + language + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		tree := fstest.MapFS{}
		for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
			name, text, _ := strings.Cut(part, " --\n")
			tree[name] = &fstest.MapFile{Data: []byte(text + "\n")}
		}
		if r := Repair(tree, Options{}, false); len(r.Changes) > 0 {
			t.Fatalf("%s: the template's own plugin has %+v", language, r.Report.Findings)
		}
		trees[language] = tree
	}
	return trees
}

// letters are those of a text, and its digits. A leading zero may go.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '0' && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, text)
}

// repairsOrLeaves says what is wrong with how safe fixes mend a broken manifest:
// they must end in JSON with all of its letters, or leave it as it is.
func repairsOrLeaves(tree fstest.MapFS, broken string) (after, problem string) {
	fsys := maps.Clone(tree)
	fsys[FileName] = &fstest.MapFile{Data: []byte(broken)}
	r := Repair(fsys, Options{}, false)
	after = broken
	for _, c := range r.Changes {
		if c.File == FileName {
			after = string(c.After)
		}
	}
	if after == broken || json.Valid([]byte(broken)) {
		return after, ""
	}
	if !json.Valid([]byte(after)) {
		return after, "it was changed and is broken still"
	}
	p := evaluate(newFiles(fsys)) // up to where it is JSON: what follows changes values on purpose
	p.budget = 4 * trialBudget
	for p.doc.broken() {
		next, _ := p.repairMany(false)
		if next == nil {
			next, _ = p.repairOnce(false)
		}
		if next == nil {
			return after, "it does not get to JSON"
		}
		p = next
	}
	if letters(string(p.doc.data)) != letters(broken) {
		return string(p.doc.data), "it lost text"
	}
	return after, ""
}

// punctuationIn calls f with every place of a text where punctuation stands.
func punctuationIn(text string, f func(at int)) {
	for at, r := range text {
		if r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			f(at)
		}
	}
}

func TestSafeFixesOfOneSlipMendTheManifestOrLeaveIt(t *testing.T) {
	for language, tree := range templateTrees(t) {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			if underRace && language != "go" {
				t.Skip("one of four much the same manifests is enough under the race detector")
			}
			text := string(tree[FileName].Data)
			n, mended := 0, 0
			var want any
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			try := func(what, broken string) {
				if n++; n%everyNth != 0 {
					return
				}
				after, problem := repairsOrLeaves(tree, broken)
				if problem != "" {
					t.Errorf("%s: %s:\n%s", what, problem, after)
				}
				var got any
				if json.Unmarshal([]byte(after), &got) == nil && reflect.DeepEqual(got, want) {
					mended++
				}
			}
			punctuationIn(text, func(at int) {
				try("without the "+text[at:at+1]+" of …"+text[at:min(len(text), at+20)], text[:at]+text[at+1:])
			})
			if mended*everyNth < n*3/4 {
				t.Errorf("of %d slips only %d were mended", n, mended*everyNth)
			}
			punctuationIn(text, func(at int) {
				for i, c := range `"',:;{}[]\/.` {
					if (at+7*i)%23 != 0 { // a sample: all take a minute for each language
						continue
					}
					try("with "+string(c)+" before …"+text[at:min(len(text), at+20)], text[:at]+string(c)+text[at:])
					try("with "+string(c)+" for …"+text[at:min(len(text), at+20)], text[:at]+string(c)+text[at+1:])
				}
			})
		})
	}
}

func TestAMissingOpeningQuoteIsAdded(t *testing.T) {
	tree := templateTrees(t)["go"]
	text := string(tree[FileName].Data)
	for _, value := range []string{`"1.0.0",`, `"/admin/items/{id}/toggle",`, `"wget -q`} {
		broken := strings.Replace(text, value, value[1:], 1)
		if after, problem := repairsOrLeaves(tree, broken); after != text || problem != "" {
			t.Errorf("%s: %s\n%s", value, problem, after)
		}
	}
}

func TestAQuoteBehindANumberIsNoSafeFix(t *testing.T) {
	tree := templateTrees(t)["go"]
	broken := strings.Replace(string(tree[FileName].Data), `8080,`, `8080",`, 1)
	if after, problem := repairsOrLeaves(tree, broken); after != broken || problem != "" {
		t.Errorf("%s\n%s", problem, after)
	}
}

func TestAnApostropheInSingleQuotesIsNotCutUp(t *testing.T) {
	for language, tree := range templateTrees(t) {
		single := strings.ReplaceAll(string(tree[FileName].Data), `"`, `'`)
		for _, url := range []string{`'http://127.0.0.1:8080'/health`, `http://127.0.0.1:8080'/health`, `http://127.0.0.1:8080',/health`} {
			broken := strings.Replace(single, "http://127.0.0.1:8080/health", url, 1)
			after, problem := repairsOrLeaves(tree, broken)
			if problem != "" || strings.Contains(after, `',/health`) != strings.Contains(broken, `',/health`) {
				t.Errorf("%s, %s: %s\n%s", language, url, problem, after)
			}
		}
	}
}

func TestNoFixIsSafeThatLeansOnAValueThatStandsTwice(t *testing.T) {
	text := strings.Replace(complete(t), `"port": 8080,`, `"port": 8080, "port": 9090,`, 1)
	r := Check(plugin(text), Options{})
	leaning := 0
	for _, f := range r.Findings {
		for _, fix := range f.Fixes {
			if f.Rule != ruleDuplicateKey {
				leaning++
			}
			if fix.Safe && !strings.HasPrefix(f.Rule, "NSP1") {
				t.Errorf("%s: %q is safe", f.Rule, fix.Title)
			}
		}
	}
	if leaning == 0 {
		t.Fatalf("nothing depends on the port: %+v", r.Findings)
	}
}
