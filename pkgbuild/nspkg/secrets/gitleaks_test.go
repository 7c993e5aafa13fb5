package secrets

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

var update = flag.Bool("update", false, "fetch the rules of gitleaks anew")

// gitleaksModule is where the rules come from. Its packages are not imported: 5 to 29 ms of every
// start, 70 modules and 8 MB, and they look through 0.24 MB of Go a second.
const gitleaksModule = "github.com/zricethezav/gitleaks/v8@v8.30.1"

// leftOut are rules that find what is none too often, or what other rules find better.
var leftOut = []string{
	"generic-api-key", "jwt", "jwt-base64", "private-key", "curl-auth-header", "curl-auth-user", "twilio-api-key", "vault-service-token", "vault-batch-token",
	"sourcegraph-access-token", "pkcs12-file", "kubernetes-secret-yaml", "nuget-config-password", "aws-access-token", "gcp-api-key", "square-access-token",
	"azure-ad-client-secret", "openai-api-key", "slack-legacy-workspace-token", "stripe-access-token", "aws-secret-access-key", "lob-api-key", "lob-pub-api-key",
}

// TestGitleaksRules checks that every rule compiles and has its marks; with -update it
// writes them anew.
func TestGitleaksRules(t *testing.T) {
	if *update {
		if err := os.WriteFile("gitleaks.tsv", []byte(fetchRules(t)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	n := 0
	for line := range strings.Lines(gitleaks) {
		if line[0] == '#' {
			continue
		}
		n++
		field := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(field) != 6 || field[2] == "" || strings.ToLower(field[2]) != field[2] {
			t.Errorf("not a rule with marks: %q", line)
			continue
		}
		if _, err := regexp.Compile(field[5]); err != nil {
			t.Error(err)
		}
		if least := leastOfToken(t, field[5], strings.Fields(field[2])); field[4] != strconv.Itoa(least) {
			t.Errorf("%s: a mark stands among %s bytes of a token at least, and it is %d", field[0], field[4], least)
		}
	}
	if n < 150 {
		t.Errorf("%d rules", n)
	}
}

func fetchRules(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", gitleaksModule).Output()
	var module struct{ Dir string }
	if err == nil {
		err = json.Unmarshal(out, &module)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(module.Dir, "config", "gitleaks.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Rules []struct {
			ID, Regex, Path string
			Entropy         float64
			SecretGroup     int
			Keywords        []string
		}
	}
	if err := toml.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Rules of %s (config/gitleaks.toml), Copyright (c) 2019 Zachary Rice, MIT License:\n# see gitleaks.LICENSE. Written by `go test ./pkgbuild/nspkg/secrets -run TestGitleaksRules -update`.\n", gitleaksModule)
	for _, r := range config.Rules {
		if r.Path != "" || slices.Contains(leftOut, r.ID) {
			continue
		}
		r.Regex = strings.ReplaceAll(r.Regex, "new-york-times,", "new-york-times") // the comma slipped in: no such name has one
		// What is looked at begins at a mark: one in the secret would not show the name in front of it.
		if before, _, ok := strings.Cut(strings.ToLower(r.Regex), assigned); ok {
			name := strings.TrimSuffix(before[strings.LastIndex(before, "(?:")+len("(?:"):], ")")
			if regexp.QuoteMeta(name) == strings.ReplaceAll(name, "|", `\|`) && !slices.ContainsFunc(r.Keywords, func(mark string) bool { return strings.Contains(name, strings.ToLower(mark)) }) {
				r.Keywords = strings.Split(name, "|")
			}
		}
		fmt.Fprintf(&b, "%s\t%g\t%s\t%d\t%d\t%s\n", r.ID, r.Entropy, strings.ToLower(strings.Join(r.Keywords, " ")), r.SecretGroup, leastOfToken(t, r.Regex, r.Keywords), r.Regex)
	}
	license, err := os.ReadFile(filepath.Join(module.Dir, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("gitleaks.LICENSE", license, 0o644); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatAServicesNameIsAssignedIsNotPassedBy(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	n := 0
	for line := range strings.Lines(gitleaks) {
		if line[0] == '#' || !strings.Contains(line, assigned) {
			continue
		}
		n++
		field := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		parsed, err := syntax.Parse(strings.TrimSuffix(field[5], tokenEnds), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 400 {
			match := matchOf(parsed, random, i%2 == 0)
			if !slices.ContainsFunc(strings.Fields(field[2]), func(mark string) bool {
				at := strings.Index(strings.ToLower(match), mark)
				return at >= 0 && mayBeAssigned([]byte(match[at:]+"\n"))
			}) {
				t.Errorf("%s: %q", field[0], match)
			}
		}
	}
	if n < 90 {
		t.Errorf("%d rules", n)
	}
	for text, may := range map[string]bool{
		"linear in n (see below)": false, "linear: it is short\n": false, `linear = "abcdefghijklm"`: false, "linear(0123456789abcdef)": false,
		"linear": true, "linear =": true, "linear = 0123": true, // the rest has not arrived
	} {
		if mayBeAssigned([]byte(text)) != may {
			t.Errorf("%q: %v, want %v", text, !may, may)
		}
	}
}

// TestWhatEachGitleaksRuleDescribesIsFound takes the finding of another rule, too: some formats have one of
// their own that goes before.
func TestWhatEachGitleaksRuleDescribesIsFound(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for line := range strings.Lines(gitleaks) {
		if line[0] == '#' {
			continue
		}
		field := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		parsed, err := syntax.Parse(strings.TrimSuffix(field[5], tokenEnds), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for i := range 200 { // some have too little entropy, or are like an example
			match, marks := matchOf(parsed, random, i%2 == 0), strings.Fields(field[2])
			if !slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(strings.ToLower(match), mark) }) {
				match = marks[0] + ": " + match // it stands beside what the pattern describes
			}
			findings, err := Scan("service/settings.go", strings.NewReader("first line\n"+match+"\nlast line\n"))
			if err != nil {
				t.Fatal(err)
			}
			found = found || len(findings) > 0
		}
		if !found {
			t.Errorf("%s: nothing that it describes is found", field[0])
		}
	}
}

// tokenEnds is how gitleaks writes what stands behind a token.
const tokenEnds = "(?:[\\x60'\"\\s;]|\\\\[nr]|$)"

// leastOfToken returns how many bytes a match of a pattern has at least; 0 when it may have one that no token
// is written with, or none of the marks. It tries many matches.
func leastOfToken(t *testing.T, pattern string, marks []string) int {
	t.Helper()
	parsed, err := syntax.Parse(strings.TrimSuffix(pattern, tokenEnds), syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	least := 1 << 20
	for i := range 400 {
		match := matchOf(parsed, random, i%2 == 0)
		if strings.IndexFunc(match, func(r rune) bool { return r > '~' || !isTokenByte(byte(r)) }) >= 0 ||
			!slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(strings.ToLower(match), strings.ToLower(mark)) }) {
			return 0
		}
		least = min(least, len(match))
	}
	return least
}

// matchOf returns a text that an expression matches, and a short one if that is asked for.
func matchOf(re *syntax.Regexp, random *rand.Rand, short bool) string {
	var b strings.Builder
	times := func(least, most int) {
		for range least + random.IntN(most-least+1) {
			b.WriteString(matchOf(re.Sub[0], random, short))
		}
	}
	more := 3
	if short {
		more = 0
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		letters := re.Rune
		for len(letters) > 2 && (letters[len(letters)-1] == '\u017f' || letters[len(letters)-1] == '\u212a') { // s and k without case; no token has them
			letters = letters[:len(letters)-2]
		}
		i := random.IntN(len(letters)/2) * 2
		b.WriteRune(letters[i] + random.Int32N(letters[i+1]-letters[i]+1))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte(' ')
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			b.WriteString(matchOf(sub, random, short))
		}
	case syntax.OpAlternate:
		b.WriteString(matchOf(re.Sub[random.IntN(len(re.Sub))], random, short))
	case syntax.OpCapture:
		times(1, 1)
	case syntax.OpRepeat:
		times(re.Min, re.Min+more)
	case syntax.OpPlus:
		times(1, 1+more)
	case syntax.OpStar, syntax.OpQuest:
		times(0, min(1, more))
	}
	return b.String()
}
