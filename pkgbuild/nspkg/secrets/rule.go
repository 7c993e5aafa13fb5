package secrets

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// rule finds one kind of secret.
type rule struct {
	id, what, advice string
	marks            []string                   // any of them stands in or before such a secret
	anyCase          bool                       // of the letters in marks
	names            []string                   // of files in which every line is a mark
	behind, ahead    int                        // how many bytes in front of a mark, and from it on, are looked at
	shown            int                        // how many characters of one may be shown
	rank             int                        // of two rules about the same bytes, the lower one counts
	text             bool                       // it is about text only, not about programs and pictures
	least            int                        // how many bytes of a token, such as inToken knows them, a mark stands among at least; 0 is not known
	may              func(fromMark []byte) bool // nil, or whether such a secret can stand at a mark: most do not
	find             func(around window) [][2]int
}

// window is what a rule looks at: the bytes around a mark.
type window struct {
	text string
	mark int  // where in text the mark begins
	file file // that it stands in
}

// Ranks of rules.
const (
	rankExact   = iota // a documented format
	rankService        // a service's name, and a text of the right length
	rankNamed          // a name that says what its value is
)

// How much of the text around a mark is looked at.
const (
	behind    = 128  // bytes in front of the mark
	ahead     = 700  // bytes from it on
	aheadLong = 4096 // for keys and tokens that are long
)

// everyRule are all rules; they are put together when the first file is scanned.
var everyRule = sync.OnceValue(func() []rule {
	rules := slices.Concat(formatRules(), fileRules(), lineRules(), []rule{deviceRule()}, gitleaksRules())
	return append(rules, minisignRule(), namedRule())
})

// formatRules are the formats that manifest knows.
func formatRules() []rule {
	var rules []rule
	for _, kind := range manifest.SecretKinds() {
		r := rule{id: kind.ID, what: kind.What, advice: kind.Revoke, marks: kind.Marks, behind: behind, ahead: ahead, shown: 4, rank: rankExact}
		r.find = func(w window) [][2]int { return kind.Find(w.text) }
		switch kind.ID {
		case "private-key", "putty-private-key":
			r.ahead, r.shown = aheadLong, 0
		case "json-web-token":
			r.ahead = aheadLong
		case "microsoft-entra-client-secret", "hugging-face-token":
			r.least = 34
		case "address-password":
			r.shown, r.text = 0, true
			r.may = addressHasPassword
			r.find = func(w window) [][2]int {
				return slices.DeleteFunc(kind.Find(w.text), func(at [2]int) bool { return isExample(w.text[at[0]:at[1]]) })
			}
		case "authorization-header":
			r.shown, r.text = 0, true
			r.find = func(w window) [][2]int {
				return slices.DeleteFunc(kind.Find(w.text), func(at [2]int) bool { return !opensSomething(w.text[at[0]:at[1]]) })
			}
		}
		rules = append(rules, r)
	}
	return rules
}

// opensSomething says whether the value of an Authorization header is none of an example:
// a name and a password are looked at as they were before they were encoded.
func opensSomething(value string) bool {
	if data, err := base64.StdEncoding.DecodeString(value); err == nil {
		if _, password, ok := strings.Cut(string(data), ":"); ok {
			return !isExample(password)
		}
	}
	return !isExample(value)
}

// addressHasPassword says whether an address may hold a password. Most do not, and this is
// quicker than to look for one.
func addressHasPassword(address []byte) bool {
	colon := false
	for i := len("://"); i < min(len(address), 300); i++ {
		switch c := address[i]; {
		case c == '@':
			return colon
		case c == ':':
			colon = true
		case c <= ' ', c == '/', c == '"', c == '\'', c == '`', c == '<', c == '>', c == '\\':
			return false
		}
	}
	return false
}

// inToken says whether an offset in a text is among at least n bytes of those that tokens are written
// with. Where marks are short, most of them stand in words, and this is quicker than to look for a secret.
func inToken(text []byte, at, n int) bool {
	from, to := at, at
	for from > 0 && at-from < n && isTokenByte(text[from-1]) {
		from--
	}
	for to < len(text) && to-from < n && isTokenByte(text[to]) {
		to++
	}
	return to-from >= n
}

func isTokenByte(c byte) bool {
	return isNameByte(c) || c == '.' || c == '~' || c >= '+' && c <= '/' || c == '='
}

// anyName is how gitleaks writes the name that a service's name is the end of.
const anyName = `[\w.-]{0,50}?`

// assigned is how gitleaks writes what stands between a service's name and the secret.
const assigned = `(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)`

// leastAssigned is how many bytes every secret has that gitleaks looks for behind assigned: those of tokens, or colons.
const leastAssigned = 14

// mayBeAssigned says whether assigned, and then a secret, can stand behind the name that a text begins with:
// most such names stand in sentences, paths and programs, and this is quicker than to look for a value.
func mayBeAssigned(name []byte) bool {
	const longestName = 100 // with what may stand behind it
	sign := bytes.IndexFunc(name[:min(longestName, len(name))], func(c rune) bool {
		return !(c < utf8.RuneSelf && isNameByte(byte(c)) || strings.ContainsRune(".'\"", c) || unicode.IsSpace(c))
	})
	if sign < 0 {
		return len(name) < longestName // the rest has not arrived
	}
	value := bytes.TrimLeft(name[sign:], "=>:|?,")
	if len(value) == len(name)-sign {
		return false
	}
	value = bytes.TrimLeft(value, "`'\"= \t\n\v\f\r")
	length := bytes.IndexFunc(value, func(c rune) bool { return c >= utf8.RuneSelf || !isTokenByte(byte(c)) && c != ':' })
	return length < 0 || length >= leastAssigned
}

//go:embed gitleaks.tsv
var gitleaks string

// gitleaksRules are those of the project gitleaks, one a line: id, least entropy, marks, the number of
// the group that is the secret, the least bytes of a token, and the pattern. TestGitleaksRules writes the file.
func gitleaksRules() []rule {
	var rules []rule
	for line := range strings.Lines(gitleaks) {
		if line[0] == '#' {
			continue
		}
		field := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		entropy, _ := strconv.ParseFloat(field[1], 64)
		group, _ := strconv.Atoi(field[3])
		least, _ := strconv.Atoi(field[4])
		// What may stand in front of a service's name makes no difference to what is found behind it, but
		// costs most of the time.
		pattern, before := field[5], behind
		if strings.Contains(pattern, anyName) {
			pattern, before = strings.ReplaceAll(pattern, anyName, ""), 1
		}
		var may func([]byte) bool
		if strings.Contains(pattern, assigned) {
			may = mayBeAssigned
		}
		re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
		rules = append(rules, rule{
			id: field[0], what: "what looks like a secret: " + strings.ReplaceAll(field[0], "-", " "), advice: "have it withdrawn where it was issued",
			marks: strings.Split(field[2], " "), anyCase: true, behind: before, ahead: ahead, shown: 4, rank: rankService, text: true, least: least, may: may,
			find: func(w window) [][2]int {
				var found [][2]int
				for _, at := range re().FindAllStringSubmatchIndex(w.text, 20) {
					start, end := secretOf(at, group)
					if secret := w.text[start:end]; entropyOf(secret) >= entropy && !isExample(secret) {
						found = append(found, [2]int{start, end})
					}
				}
				return found
			},
		})
	}
	return rules
}

// secretOf returns where in a match the secret stands: in the group that is asked
// for, otherwise in the first that has something, otherwise everywhere.
func secretOf(match []int, group int) (start, end int) {
	if 2*group+1 < len(match) && group > 0 && match[2*group] >= 0 {
		return match[2*group], match[2*group+1]
	}
	for i := 2; i+1 < len(match); i += 2 {
		if match[i] >= 0 && match[i] < match[i+1] {
			return match[i], match[i+1]
		}
	}
	return match[0], match[1]
}

// entropyOf is the Shannon entropy of the bytes of a text, in bits per byte.
func entropyOf(text string) float64 {
	if text == "" {
		return 0
	}
	var count [256]int
	for i := range len(text) {
		count[text[i]]++
	}
	var sum float64
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// exampleParts stand in values that documentation prints.
var exampleParts = []string{"example", "changeme", "placeholder", "dummy", "redacted", "xxxx", "0123456789", "1234567890", "abcdefghij", "deadbeef"}

// exampleLetters are the letters of passwords that stand in examples and open nothing.
var exampleLetters = []string{"password", "pssword", "passwd", "pass", "pswd", "pwd", "mypass", "mypassword", "secret", "mysecret", "opensesame", "letmein"}

// isExample says whether a value is none that opens anything.
func isExample(value string) bool {
	lower := strings.ToLower(value)
	if slices.ContainsFunc(exampleParts, func(part string) bool { return strings.Contains(lower, part) }) || manifest.IsExampleValue(value) {
		return true
	}
	if plain, err := url.PathUnescape(lower); err == nil {
		lower = plain
	}
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, lower)
	return slices.Contains(exampleLetters, letters)
}
