package scaffold

import (
	"encoding/json"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// The free texts of a plain plugin. Where they stand in a file, the answers of
// another one have to stand as literals, and nowhere else.
const (
	plainDisplayName = "Plain display name"
	plainDescription = "Plain description"
	plainAuthor      = "Plain author"
)

var plainText = regexp.MustCompile(plainDisplayName + "|" + plainDescription + "|" + plainAuthor)

// checkFreeText proves that free text gets into a file as a literal that reads
// as the answer, and leaves everything around it alone. It returns the files that
// hold some.
func checkFreeText(t *testing.T, a Answers, p Plan) map[string]string {
	plain := a
	plain.DisplayName, plain.Description, plain.Author = plainDisplayName, plainDescription, plainAuthor
	q := plan(t, plain)
	with := map[string]string{}
	for i, f := range p.Files {
		want := string(q.Files[i].Content)
		for _, rest := range []string{"<%", "%>", ".tmpl", "<no value>"} {
			if strings.Contains(want, rest) {
				t.Errorf("%s holds %s, a rest of its template", f.Path, rest)
			}
		}
		if !plainText.MatchString(want) {
			if string(f.Content) != want {
				t.Errorf("%s depends on free text", f.Path)
			}
			continue
		}
		with[f.Path] = string(f.Content)
		checkLines(t, a, f.Path, strings.Split(string(f.Content), "\n"), strings.Split(want, "\n"))
	}
	return with
}

// checkLines compares a file with that of the plain plugin.
func checkLines(t *testing.T, a Answers, file string, got, want []string) {
	if len(got) != len(want) {
		t.Errorf("%s has %d lines, want %d", file, len(got), len(want))
		return
	}
	for i := range want {
		places := plainText.FindAllStringIndex(want[i], -1)
		if len(places) == 0 {
			if got[i] != want[i] {
				t.Errorf("%s:%d: %q, want %q", file, i+1, got[i], want[i])
			}
			continue
		}
		if len(places) > 1 {
			t.Errorf("%s:%d holds %d answers; give each a line of its own", file, i+1, len(places))
			continue
		}
		from, to := places[0][0], places[0][1]
		before, after := want[i][:from], want[i][to:]
		if !strings.HasSuffix(before, `"`) || !strings.HasPrefix(after, `"`) {
			t.Errorf("%s:%d: %q holds an answer outside of a literal", file, i+1, want[i])
			continue
		}
		literal, ok := strings.CutPrefix(got[i], before[:len(before)-1])
		literal, ok2 := strings.CutSuffix(literal, after[1:])
		if !ok || !ok2 {
			t.Errorf("%s:%d: %q does not hold a literal where %q has one", file, i+1, got[i], want[i])
			continue
		}
		answer := map[string]string{plainDisplayName: a.DisplayName, plainDescription: a.Description, plainAuthor: a.Author}[want[i][from:to]]
		if read, err := readLiteral(path.Ext(file), literal); err != nil || read != answer {
			t.Errorf("%s:%d: %s reads as %q, want %q: %v", file, i+1, literal, read, answer, err)
		}
		if unseen := strings.IndexFunc(literal, func(r rune) bool { return !unicode.IsPrint(r) }); unseen >= 0 && path.Ext(file) != ".json" {
			t.Errorf("%s:%d: %q holds a character that no editor shows", file, i+1, literal)
		}
	}
}

var rustEscape = regexp.MustCompile(`\\u\{([0-9a-f]{1,6})\}`)

// readLiteral returns the value of a literal of the language of a file. What
// this program writes is also Go, but for the escapes of JSON beyond 16 bits, for
// Rust's braces and for Python's single quotes.
func readLiteral(ext, literal string) (value string, err error) {
	switch ext {
	case ".json", ".ts", ".js", ".mjs":
		err = json.Unmarshal([]byte(literal), &value)
		return value, err
	case ".py":
		if inner, ok := strings.CutPrefix(literal, "'"); ok {
			literal = `"` + strings.NewReplacer(`\\`, `\\`, `\'`, "'", `"`, `\"`).Replace(strings.TrimSuffix(inner, "'")) + `"`
		}
	case ".rs":
		literal = rustEscape.ReplaceAllStringFunc(literal, func(escape string) string {
			code := rustEscape.FindStringSubmatch(escape)[1]
			return `\U` + strings.Repeat("0", 8-len(code)) + code
		})
	}
	return strconv.Unquote(literal)
}
