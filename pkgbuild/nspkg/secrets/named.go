package secrets

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// tellingWords stand in names whose values are secrets.
var tellingWords = []string{
	"passw", "secret", "token", "apikey", "api_key", "api-key", "accesskey", "access_key", "access-key", "privatekey", "private_key", "private-key",
	"signingkey", "signing_key", "encryptionkey", "encryption_key", "credential", "passphrase", "auth_key", "authkey", "_pwd", "_pass",
}

// namedRule finds values that look random behind a name that says they are secret.
func namedRule() rule {
	return rule{
		id: "named-secret", what: "what its name says is a secret", advice: "change it", marks: tellingWords, anyCase: true, behind: behind, ahead: 400, rank: rankNamed, text: true,
		find: findNamed,
	}
}

// mayBeNamed says whether what stands behind a telling word, which ends at an offset in the
// buffer, can be the rest of a name with a value behind it. Most such words are in
// sentences and calls, and this is quicker than to look for a value.
func (s *Scanner) mayBeNamed(end int) bool {
	rest := s.buffer[end:]
	i := nameEnd(rest)
	if i == len(rest) {
		return true // it has not arrived
	}
	next := rest[i+1:]
	switch rest[i] {
	case '=', ':', ']', '\\', '\t', '>':
		return true
	case '?': // ?= of make
		return len(next) == 0 || next[0] == '='
	case ' ':
		return len(next) == 0 || bytes.IndexByte([]byte("=:?s\t "), next[0]) >= 0
	case '"', '\'', '`':
		return len(next) == 0 || bytes.IndexByte([]byte("=:?s\t ],"), next[0]) >= 0
	}
	return false
}

// nameEnd returns how many bytes a text begins with that may be part of a name.
func nameEnd(text []byte) int {
	for i, c := range text {
		if !isNameByte(c) {
			return i
		}
	}
	return len(text)
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// findNamed looks for an assignment to the name that the mark is part of.
func findNamed(w window) [][2]int {
	start, end := w.mark, w.mark
	for start > 0 && isNameByte(w.text[start-1]) {
		start--
	}
	end += nameEnd([]byte(w.text[end:]))
	name := strings.Trim(w.text[start:end], "-_")
	if from, to := elementAt(w.text, start, end); from < to && manifest.SaysSecret(name) && looksSecret(name, w.text[from:to], w.file) {
		return [][2]int{{from, to}}
	}
	if start > 0 && strings.IndexByte("${%<", w.text[start-1]) >= 0 || end-start > 80 {
		return nil
	}
	at, quoted, ok := behindSign(w.text, end)
	if !ok || !manifest.SaysSecret(name) {
		return nil
	}
	from, to := valueAt(w, at, quoted)
	if from == to || !looksSecret(name, w.text[from:to], w.file) {
		return nil
	}
	return [][2]int{{from, to}}
}

// elementAt returns where the text stands of an element of XML whose name, or the end of it, is
// text[start:end]: <password>…</password>, <db:password>…</db:password>. It is empty where there is none.
func elementAt(text string, start, end int) (from, to int) {
	if end >= len(text) || text[end] != '>' {
		return 0, 0
	}
	for start > 0 && (isNameByte(text[start-1]) || text[start-1] == '.' || text[start-1] == ':') {
		start--
	}
	length := strings.IndexByte(text[end:], '<')
	if start == 0 || text[start-1] != '<' || length < 0 || !strings.HasPrefix(text[end+length:], "</"+text[start:end]+">") {
		return 0, 0
	}
	value := strings.TrimSpace(text[end+1 : end+length])
	from = end + 1 + strings.Index(text[end+1:], value)
	return from, from + len(value)
}

// behindSign returns where the value begins behind a name that ends at an offset: behind a
// quote that closes the name, a bracket, a type, and the sign of an assignment.
func behindSign(text string, at int) (start int, quoted, ok bool) {
	next := func() byte {
		if at < len(text) {
			return text[at]
		}
		return 0
	}
	space := func() {
		for next() == ' ' || next() == '\t' {
			at++
		}
	}
	if next() == '\\' {
		at++
	}
	if c := next(); c == '"' || c == '\'' || c == '`' {
		quoted = true
		at++
	}
	if next() == ']' {
		at++
	}
	space()
	for _, kind := range []string{"string ", "string=", "string\t"} {
		if strings.HasPrefix(text[at:], kind) {
			at += len("string")
			space()
		}
	}
	switch {
	case strings.HasPrefix(text[at:], "=="), strings.HasPrefix(text[at:], "::"):
		return 0, false, false
	case strings.HasPrefix(text[at:], ":="), strings.HasPrefix(text[at:], "=>"), strings.HasPrefix(text[at:], "?="):
		at += 2
	case next() == '=', next() == ':', next() == ',' && quoted:
		at++
	default:
		return 0, false, false
	}
	space()
	for _, kind := range []string{"str =", "string =", "String =", "Optional[str] ="} { // name: str = "…"
		if rest, found := strings.CutPrefix(text[at:], kind); found {
			at = len(text) - len(rest)
			space()
		}
	}
	return at, quoted, true
}

// valueAt returns where the value stands that begins at an offset: between quotes, or up to
// white space in files that need no quotes. It is empty when a program computes it.
func valueAt(w window, at int, named bool) (from, to int) {
	text := w.text
	if at < len(text) && text[at] == '\\' {
		at++
	}
	if at >= len(text) {
		return 0, 0
	}
	if quote := text[at]; quote == '"' || quote == '\'' || quote == '`' {
		end := strings.IndexAny(text[at+1:], string(quote)+"\r\n")
		if end <= 0 || text[at+1+end] != quote {
			return 0, 0
		}
		from, to = at+1, at+1+end
		for to > from && text[to-1] == '\\' {
			to--
		}
		return from, to
	}
	if named || !w.file.config && !w.file.credentials && !w.file.untold {
		return 0, 0
	}
	ends := " \t\r\n\"'`,;"
	script := w.file.script || w.file.untold
	if script {
		ends += "|&()<>"
	}
	end := strings.IndexAny(text[at:], ends)
	if end < 0 {
		end = len(text) - at
	}
	if script && strings.Contains(text[at:at+end], "$") {
		return 0, 0
	}
	return at, at + end
}

// Bounds of a value, in bytes.
const (
	leastPassword = 8
	leastToken    = 16
	mostValue     = 256
)

// looksSecret says whether a value is one that somebody keeps secret, and not a
// word, a path or a placeholder.
func looksSecret(name, value string, f file) bool {
	if len(value) < leastPassword || len(value) > mostValue || isExample(value) {
		return f.credentials && len(value) >= 4 && !isExample(value)
	}
	if f.credentials {
		return true
	}
	var lower, upper, digits, signs int
	for _, r := range value {
		switch {
		case r >= 'a' && r <= 'z':
			lower++
		case r >= 'A' && r <= 'Z':
			upper++
		case r >= '0' && r <= '9':
			digits++
		case r <= ' ' || r > '~' || strings.ContainsRune("(){}<>[],", r):
			return false // text, a template, or a piece of a program
		default:
			signs++
		}
	}
	if digits == 0 || lower+upper == 0 || strings.Contains(value, "://") || strings.HasPrefix(value, "/") || strings.HasPrefix(value, "./") {
		return false
	}
	if isPassword(name) && lower > 0 && upper > 0 && signs > 0 && !strings.ContainsAny(value, ":/.\\") {
		return entropyOf(value) >= 2.8
	}
	if isPassword(name) && isRandomWord(value) {
		return true
	}
	if isVector(name, value) {
		return false
	}
	return len(value) >= leastToken && entropyOf(value) >= 3.3 && longestMix(value) >= 12
}

// isVector says whether a value is one that a cipher is tested with: a key in hexadecimal,
// under a name from the description of such a cipher.
func isVector(name, value string) bool {
	if strings.Trim(value, "0123456789abcdefABCDEF") != "" {
		return false
	}
	lower := strings.ToLower(name)
	return strings.Contains(lower, "private") || strings.Contains(lower, "shared") || strings.Contains(lower, "exporter")
}

func isPassword(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "passw") || strings.Contains(lower, "pwd") || strings.Contains(lower, "_pass")
}

// isRandomWord says whether a value is letters of both cases and digits, or small letters
// and digits, that change so often that nobody made it up: a password that a tool made.
func isRandomWord(value string) bool {
	turns := 0
	for i := range len(value) {
		if !isNameByte(value[i]) || value[i] == '-' || value[i] == '_' {
			return false
		}
		if i > 0 && kindOf(value[i]) != kindOf(value[i-1]) {
			turns++
		}
	}
	return len(value) >= 10 && 2*turns >= len(value) && entropyOf(value) >= 2.8
}

// longestMix is the length of the longest run of letters and digits that changes
// between the two, or between cases, too often for words and numbers.
func longestMix(value string) int {
	longest := 0
	for _, run := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		turns, digits := 0, 0
		for i := 1; i < len(run); i++ {
			if kindOf(run[i]) != kindOf(run[i-1]) {
				turns++
			}
		}
		for i := range len(run) {
			if kindOf(run[i]) == 0 {
				digits++
			}
		}
		// Names in programs have few digits, and change less often than what is random.
		if digits > 1 && turns*4 >= len(run) || digits == 1 && len(run) >= 24 && turns*5 >= 2*len(run) {
			longest = max(longest, len(run))
		}
	}
	return longest
}

// kindOf tells digits, small letters and capitals apart.
func kindOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return 0
	case c >= 'a':
		return 1
	}
	return 2
}
