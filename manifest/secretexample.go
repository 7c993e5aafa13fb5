package manifest

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
)

// exampleWords are what people write where a password or token belongs.
var exampleWords = []string{
	"a", "access", "admin", "an", "api", "auth", "bar", "bearer", "change", "changeit", "changeme", "client", "credential", "db", "demo", "dummy", "enter", "example",
	"fake", "false", "fixme", "foo", "guest", "here", "hidden", "insert", "it", "jwt", "key", "literal", "me", "my", "mypassword", "mysecret", "mytoken", "none",
	"null", "of", "omitted", "paste", "pass", "passphrase", "passwd", "password", "placeholder", "plugin", "postgres", "private", "pw", "pwd", "redacted",
	"replace", "root", "sample", "secret", "service", "some", "string", "test", "testing", "text", "the", "this", "to", "todo", "token", "true", "unset",
	"user", "username", "value", "with", "your", "yourpassword", "yoursecret", "yourtoken",
}

// isExampleValue says whether a value is none that opens anything: a variable
// that the shell, a template or a program fills in, a word that stands for a
// value, or dots and stars.
func isExampleValue(value string) bool {
	value = strings.Trim(value, `"' `)
	if len(value) < minSecret || differentRunes(value) <= 2 {
		return true
	}
	switch value[0] {
	case '$', '<', '{', '[', '*', '#':
		return true
	case '%': // %s, %(name)s, %NAME%; not %40, which is an escaped character
		if strings.HasSuffix(value, "%") || strings.HasPrefix(value, "%(") || !isHexDigit(value[1]) {
			return true
		}
	}
	for _, mark := range []string{"${", "$(", "{{", "***", "…", "...", "xxx", "XXX", "•"} {
		if strings.Contains(value, mark) {
			return true
		}
	}
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return !slices.ContainsFunc(words, func(word string) bool {
		return !slices.Contains(exampleWords, word)
	}) && strings.IndexFunc(value, unicode.IsLetter) >= 0
}

func isHexDigit(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// basicAuth decodes the name and password of basic authentication.
func basicAuth(value string) (user, password string, ok bool) {
	data, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		data, err = base64.RawStdEncoding.DecodeString(value)
	}
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(data), ":")
}
