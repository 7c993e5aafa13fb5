package manifest

import (
	"slices"
	"strings"
	"unicode"
)

// secretWords end the name of a secret, as the words of that name.
var secretWords = [][]string{
	{"password"}, {"passwd"}, {"passphrase"}, {"passcode"}, {"passwords"}, {"secret"}, {"token"}, {"credential"}, {"credentials"},
	{"api", "key"}, {"apikey"}, {"api", "keys"}, {"apikeys"}, {"private", "key"}, {"privatekey"}, {"private", "keys"}, {"secret", "key"}, {"secretkey"},
	{"access", "key"}, {"accesskey"}, {"signing", "key"}, {"encryption", "key"}, {"decryption", "key"}, {"auth", "key"}, {"shared", "key"}, {"preshared", "key"},
	{"api", "tokens"}, {"access", "tokens"}, {"bearer", "tokens"}, {"auth", "tokens"}, {"client", "secrets"}, {"snmp", "community"}, {"community", "string"},
	{"db", "pass"}, {"database", "pass"}, {"smtp", "pass"}, {"ldap", "pass"}, {"redis", "pass"}, {"user", "pass"}, {"admin", "pass"}, {"auth", "pass"}, {"bind", "pass"}, {"become", "pass"}, {"ssh", "pass"},
	{"db", "pwd"}, {"database", "pwd"}, {"smtp", "pwd"}, {"ldap", "pwd"}, {"user", "pwd"}, {"admin", "pwd"}, {"bind", "pwd"}, {"bind", "pw"}, {"root", "pw"},
	{"clientsecret"}, {"accesstoken"}, {"authtoken"}, {"bearertoken"}, {"refreshtoken"},
}

// behindSecret are words that leave a name what it is: api_key_primary.
var behindSecret = []string{
	"value", "primary", "secondary", "backup", "old", "new", "current", "previous", "prod", "production", "staging", "dev", "test", "confirm", "confirmation",
	"again", "plain", "plaintext", "text", "pem", "base64", "b64", "encrypted", "override", "default",
}

// Names that begin with a switch's verb (not enable: the enable password of a
// router is one), and tokens that are no secret: of a
// language model, of a page of results, of a parser.
var (
	switchWords = []string{
		"use", "uses", "require", "requires", "required", "allow", "allows", "enabled", "disable", "disabled", "has", "have", "is", "show", "hide", "mask",
		"reset", "change", "forgot", "no", "skip", "with", "without", "rotate", "validate", "verify", "check", "ask", "prompt", "generate", "public", "name",
	}
	plainTokens = []string{
		"stop", "start", "end", "eos", "bos", "pad", "unk", "sep", "cls", "mask", "special", "next", "page", "paging", "continuation", "sync", "cursor", "csrf", "xsrf",
		"max", "min", "prompt", "completion", "input", "output", "non", "separator", "delimiter", "field", "public",
	}
	publicKeys = []string{"public", "sort", "primary", "foreign", "partition", "index", "cache", "routing", "dedup", "deduplication"}
)

// saysSecret says whether the key of a setting is the name of a secret. What
// counts is what the name ends in: api_token is one, token_url is none.
func saysSecret(key string) bool { return headIsSecret(nameWords(key)) }

// namesSecret says whether a name has anything to do with a secret, if only
// with its address or its length.
func namesSecret(key string) bool {
	words := nameWords(key)
	for i := range words {
		if slices.ContainsFunc(secretWords, func(secret []string) bool { return beginWithWords(words[i:], secret) }) {
			return true
		}
	}
	return slices.ContainsFunc(words, func(word string) bool { return word == "tokens" || word == "secrets" })
}

// titleSaysSecret judges a title, which is a phrase: what counts stands in
// front of the first preposition, as in "Token of the service".
func titleSaysSecret(title string) bool {
	title, _, _ = strings.Cut(title, "(")
	head := nameWords(title)
	for i, word := range head {
		if i > 0 && slices.Contains([]string{"for", "of", "to", "used", "in", "from", "at", "on", "with", "that", "which", "by", "or", "and", "as"}, word) {
			head = head[:i]
			break
		}
	}
	if len(head) > 1 && slices.Contains([]string{"the", "a", "an", "your", "optional"}, head[0]) {
		head = head[1:]
	}
	return headIsSecret(head)
}

// headIsSecret says whether words end in what a secret is called.
func headIsSecret(words []string) bool {
	for len(words) > 1 && (slices.Contains(behindSecret, words[len(words)-1]) || strings.Trim(words[len(words)-1], "0123456789") == "") {
		words = words[:len(words)-1]
	}
	if len(words) > 0 {
		last := len(words) - 1
		words = append(slices.Clone(words[:last]), strings.TrimRight(words[last], "0123456789")) // password2
	}
	if len(words) == 0 || len(words) > 1 && slices.Contains(switchWords, words[0]) {
		return false
	}
	for _, secret := range secretWords {
		if !endWithWords(words, secret) {
			continue
		}
		before := words[:len(words)-len(secret)]
		if len(before) == 0 {
			return true
		}
		last := before[len(before)-1]
		return !(secret[0] == "token" && slices.Contains(plainTokens, last)) && !slices.Contains(publicKeys, last)
	}
	return false
}

func endWithWords(words, end []string) bool {
	return len(words) >= len(end) && slices.Equal(words[len(words)-len(end):], end)
}

func beginWithWords(words, start []string) bool {
	return len(words) >= len(start) && slices.Equal(words[:len(start)], start)
}

// nameWords splits a name into its words, in lower case: at what is no letter or
// digit, and at the capitals of clientSecret and APIKey. Of a very long name it
// takes the end.
func nameWords(name string) []string {
	runes := []rune(name[max(0, len(name)-200):])
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && i > 0 {
			lowerBefore := unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1])
			lowerBehind := i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])
			if lowerBefore || lowerBehind {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return words
}
