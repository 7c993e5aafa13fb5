package manifest_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// docsFile is the collection of all pages.
const docsFile = "../docs/rules.md"

func TestEveryRuleHasItsPage(t *testing.T) {
	for _, r := range manifest.Rules() {
		page, ok := manifest.RulePage(r.ID)
		if !ok {
			t.Errorf("manifest/rules/%s.md is missing", r.ID)
			continue
		}
		first, rest, _ := strings.Cut(page, "\n")
		if want := fmt.Sprintf("# %s: %s", r.ID, r.Title); first != want {
			t.Errorf("%s begins with %q, want %q", r.ID, first, want)
		}
		if want := fmt.Sprintf("Severity: %s.", r.Severity); !strings.HasPrefix(strings.TrimLeft(rest, "\n"), want) {
			t.Errorf("%s does not say %q below its title", r.ID, want)
		}
		for _, heading := range []string{"\n## Why\n", "\n## Fix\n"} {
			if !strings.Contains(page, heading) {
				t.Errorf("%s has no heading %q", r.ID, strings.TrimSpace(heading))
			}
		}
		if strings.Count(page, "\n```")%2 != 0 {
			t.Errorf("%s leaves a code block open", r.ID)
		}
		for n, line := range strings.Split(page, "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("%s:%d has more than 120 characters", r.ID, n+1)
			}
		}
	}
}

func TestEveryPageIsOfARule(t *testing.T) {
	names, err := fs.Glob(os.DirFS("rules"), "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d pages, %v", len(names), err)
	}
	for _, name := range names {
		if _, ok := manifest.RuleByID(strings.TrimSuffix(name, ".md")); !ok && name != "intro.md" {
			t.Errorf("manifest/rules/%s is the page of no rule", name)
		}
	}
}

func TestRulePagesAreFoundByID(t *testing.T) {
	for _, id := range []string{"", "intro", "../rules/intro", "NSP0000", "NSP2016.md"} {
		if page, ok := manifest.RulePage(id); ok || page != "" {
			t.Errorf("%q has the page %.40q", id, page)
		}
	}
	upper, ok := manifest.RulePage("NSP2016")
	if lower, too := manifest.RulePage("nsp2016"); !ok || !too || lower != upper {
		t.Errorf("NSP2016 has a page: %v, nsp2016: %v", ok, too)
	}
}

func TestSimilarRules(t *testing.T) {
	for _, test := range []struct {
		text string
		want string // the ids, parted by spaces
	}{
		{"", ""},
		{"nonsense", ""},
		{strings.Repeat("n", 200), ""},
		{"nsp204", "NSP2040 NSP2041 NSP2042 NSP2043 NSP2044 NSP2045"},
		{"2082", "NSP2082"},
		{"2089", "NSP2009 NSP2019 NSP2069 NSP2080 NSP2081 NSP2082 NSP2083"},
		{"NPS1099", "NSP1099"},
		{"ABC1099", ""},
		{"NSP109", "NSP1099"},
		{"NSP 1099", "NSP1099"},
		{"cpu_limit", "NSP2032"},
		{"CPU_Limit", "NSP2032"},
		{"NSP", "NSP1001 NSP1002 NSP1003 NSP1004 NSP1005 NSP1006 NSP1007 NSP1008 NSP1010 NSP1011"},
	} {
		var ids []string
		for _, r := range manifest.SimilarRules(test.text) {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != test.want {
			t.Errorf("%.20q: %s, want %s", test.text, got, test.want)
		}
	}
}

// TestRulesAreDocumented holds docs/rules.md to the pages it collects; with
// -update it is written anew.
func TestRulesAreDocumented(t *testing.T) {
	want := collection(t)
	if *update {
		if err := os.WriteFile(docsFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsFile)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/rules.md is not what manifest/rules holds (%v): write it anew with `go test ./manifest -run TestRulesAreDocumented -update`", err)
	}
}

// collection is the introduction, the table of all rules, and their pages.
func collection(t *testing.T) []byte {
	t.Helper()
	intro, err := os.ReadFile(path.Join("rules", "intro.md"))
	if err != nil {
		t.Fatal(err)
	}
	var b, pages bytes.Buffer
	b.WriteString("<!-- Written by `go test ./manifest -run TestRulesAreDocumented -update` from manifest/rules; change the pages there. -->\n\n")
	b.Write(bytes.TrimSpace(intro))
	b.WriteString("\n\n| rule | severity | what is asked |\n|---|---|---|\n")
	for _, r := range manifest.Rules() {
		page, ok := manifest.RulePage(r.ID)
		if !ok {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", r.ID, r.Severity, r.Title)
			continue
		}
		anchor := strings.ToLower(r.ID)
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, anchor, r.Severity, r.Title)
		fmt.Fprintf(&pages, "\n<a id=%q></a>\n\n%s\n", anchor, demoted(strings.TrimSpace(page)))
	}
	return append(b.Bytes(), pages.Bytes()...)
}

// demoted is a page with its headings one level down, those in code left alone.
func demoted(page string) string {
	lines := strings.Split(page, "\n")
	code := false
	for i, line := range lines {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if !code && strings.HasPrefix(line, "#") {
			lines[i] = "#" + line
		}
	}
	return strings.Join(lines, "\n")
}
