package manifest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// secretText is a secret inside a text: the bytes [start, end) of it.
type secretText struct {
	start, end int
	what       string // with its article, for a sentence
	revoke     string // what to do about it, as an order
	address    bool   // the password of an address
}

// findSecrets returns the secrets in a text, in their order, none overlapping
// another. Of a shell command it also takes what stands where such a command
// has its passwords and tokens.
func findSecrets(text string, command bool) []secretText {
	if longestWord(text) < minToken && !command {
		return nil
	}
	var found []secretText
	add := func(s secretText) {
		overlaps := func(o secretText) bool { return s.start < o.end && o.start < s.end }
		if s.end-s.start >= minSecret && !slices.ContainsFunc(found, overlaps) && len(found) < maxSecrets {
			found = append(found, s)
		}
	}
	for i := range secretFormats {
		f := &secretFormats[i]
		if slices.ContainsFunc(f.marks, func(mark string) bool { return strings.Contains(text, mark) }) {
			f.find(text, add)
		}
	}
	addressSecrets(text, add)
	querySecrets(text, add)
	if command {
		commandSecrets(text[:min(len(text), maxCommand)], add)
	}
	slices.SortFunc(found, func(a, b secretText) int { return cmp.Compare(a.start, b.start) })
	return found
}

// minToken is the length of the shortest token or address with a password, in
// bytes: a://:abcd@b. It spares most texts the search.
const minToken = 11

// maxCommand bounds how much of a shell command is searched, in bytes.
const maxCommand = 8 << 10

// longestWord is the length of the longest run without spaces.
func longestWord(text string) int {
	longest, start := 0, 0
	for i := range len(text) {
		if text[i] == ' ' {
			longest, start = max(longest, i-start), i+1
		}
	}
	return max(longest, len(text)-start)
}

// find hands each token of the format to add.
func (f *secretFormat) find(text string, add func(secretText)) {
	for _, at := range f.re().FindAllStringSubmatchIndex(text, maxSecrets) {
		start, end := at[0], at[1]
		if len(at) > 2 && at[2] >= 0 {
			start, end = at[2], at[3]
		}
		real := f.real
		if real == nil {
			real = looksReal
		}
		if end = f.trim(text, start, end); real(text[start:end]) {
			add(secretText{start: start, end: end, what: f.what, revoke: f.revoke})
		}
	}
}

// trim ends a key block behind its last line, and takes off what only may
// belong to it: white space, and words behind a block that is not closed.
func (f *secretFormat) trim(text string, start, end int) int {
	if i := strings.Index(text[start:], "-----END"); i >= 0 && start+i <= end {
		if n := strings.Index(text[start+i+len("-----END"):], "-----"); n >= 0 && n < 60 {
			return start + i + len("-----END") + n + len("-----")
		}
	}
	const space = " \t\r\n\\"
	block := strings.TrimRight(text[start:end], space)
	for {
		last := strings.LastIndexAny(block, space)
		if last < 0 || len(block)-last > 16 {
			return start + len(block)
		}
		block = strings.TrimRight(block[:last], space)
	}
}

// addressSecrets finds the passwords of addresses: scheme://user:password@host.
func addressSecrets(text string, add func(secretText)) {
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return
		}
		at += i + len("://")
		scheme := text[:at-len("://")]
		if scheme = scheme[len(strings.TrimRightFunc(scheme, isSchemeRune)):]; scheme == "" || !unicode.IsLetter(rune(scheme[0])) {
			continue
		}
		authority := text[at:]
		if end := strings.IndexAny(authority, "/?# \t\r\n\"'`,;|\\"); end >= 0 {
			authority = authority[:end]
		}
		host := strings.LastIndexByte(authority, '@')
		if host < 0 {
			continue
		}
		user, password, ok := strings.Cut(authority[:host], ":")
		if !ok || exampleHost(authority[host+1:]) || isExampleValue(password) || strings.EqualFold(user, password) {
			continue
		}
		start := at + len(user) + 1
		add(secretText{start: start, end: start + len(password), what: "the password of an address", revoke: "change that password", address: true})
	}
}

func isSchemeRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '.' || r == '-'
}

// exampleHost says whether a host is one that exists in documentation only
// (RFC 2606), or none at all.
func exampleHost(host string) bool {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	if host == "" || host == "host" || host == "hostname" || strings.ContainsAny(host, "<>{}$") {
		return true
	}
	host = "." + strings.TrimSuffix(host, ".")
	for _, suffix := range []string{".example", ".invalid", ".test", ".example.com", ".example.org", ".example.net"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

var (
	// bearerHeader is an Authorization header with its scheme; a literal follows.
	bearerHeader = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\bauthorization\b\\?["']?\s*[:=,]\s*\\?["']?\s*(bearer|basic|token|apikey)\s+([^\s"'\\` + "`" + `;|&()<>]+)`)
	})
	// secretAssignment is a name that ends like that of a secret, and the sign behind it.
	secretAssignment = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(--)?([\w.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key))(\\?["']?)(\s*[:=]\s*|\s+)(\\?["']?)`)
	})
	// userOption is curl's option for a name and a password.
	userOption = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|\s)(?:-u|--user|-U|--proxy-user)(?:\s+|=)["']?([^\s:"']*):([^\s"'\\` + "`" + `;|&()]+)`)
	})
)

// commandSecrets finds literal passwords and tokens in a shell command.
func commandSecrets(text string, add func(secretText)) {
	lower := strings.ToLower(text)
	if strings.Contains(lower, "authorization") {
		headerSecrets(text, add)
	}
	if strings.Contains(lower, "curl") {
		for _, at := range userOption().FindAllStringSubmatchIndex(text, maxSecrets) {
			if user, password := text[at[2]:at[3]], text[at[4]:at[5]]; !isExampleValue(password) && user != password {
				add(secretText{start: at[4], end: at[5], what: "a password", revoke: "change it"})
			}
		}
	}
	if slices.ContainsFunc([]string{"pass", "secret", "token", "key"}, func(mark string) bool { return strings.Contains(lower, mark) }) {
		namedSecrets(text, add)
	}
}

// headerSecrets finds literals in Authorization headers.
func headerSecrets(text string, add func(secretText)) {
	for _, at := range bearerHeader().FindAllStringSubmatchIndex(text, maxSecrets) {
		scheme, value := strings.ToLower(text[at[2]:at[3]]), text[at[4]:at[5]]
		if scheme == "basic" {
			if user, password, ok := basicAuth(value); ok && !isExampleValue(password) && user != password {
				add(secretText{start: at[4], end: at[5], what: "a name and password for basic authentication", revoke: "change that password"})
			}
			continue
		}
		if !isExampleValue(value) {
			add(secretText{start: at[4], end: at[5], what: "a bearer token", revoke: "have its issuer withdraw it"})
		}
	}
}

// namedSecrets finds literals behind a name that says password or token.
func namedSecrets(text string, add func(secretText)) {
	for _, at := range secretAssignment().FindAllStringSubmatchIndex(text, maxSecrets) {
		option, key, quoted, sign, quote := at[2] >= 0, text[at[4]:at[5]], at[6] < at[7], strings.TrimSpace(text[at[8]:at[9]]), text[at[10]:at[11]]
		if sign == "" && (!option || quoted) || at[0] > 0 && strings.ContainsRune("${", rune(text[at[0]-1])) {
			continue
		}
		value := literalValue(text[at[1]:], quote, quoted)
		if value == "" || isExampleValue(value) || isFilePath(value) || strings.Contains(strings.ToLower(key), "public") {
			continue
		}
		what, revoke := "a password", "change it"
		if lower := strings.ToLower(key); strings.Contains(lower, "token") || strings.Contains(lower, "key") || strings.Contains(lower, "secret") {
			what, revoke = "a token", "have its issuer withdraw it"
		}
		add(secretText{start: at[1], end: at[1] + len(value), what: what, revoke: revoke})
	}
}

// literalValue returns the value that text starts with: up to the quote that was
// opened, or up to the end of a word. It is empty when a program computes it.
func literalValue(text, quote string, keyQuoted bool) string {
	if quote != "" {
		value, _, closed := strings.Cut(text[:min(len(text), 1000)], quote)
		if !closed {
			return ""
		}
		return strings.TrimSuffix(value, `\`)
	}
	if keyQuoted { // {"token": name} is a program's text
		return ""
	}
	end := strings.IndexAny(text, " \t\r\n\"'`;|&<>,)}\\")
	if end < 0 {
		end = len(text)
	}
	value := text[:end]
	code := strings.ContainsAny(value, "([") || end < len(text) && strings.IndexByte(",)}", text[end]) >= 0 ||
		strings.Contains(value, ".") && strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.") == ""
	if code || strings.HasPrefix(value, "=") || len(value) > 1000 {
		return ""
	}
	return value
}

// isFilePath says whether a value is the name of a file that holds the secret.
func isFilePath(value string) bool {
	return strings.HasPrefix(value, "@") || strings.HasPrefix(value, "./") || strings.HasPrefix(value, "~/") || strings.HasPrefix(value, "file:") ||
		strings.HasPrefix(value, "/") && strings.Count(value, "/") > 1
}
