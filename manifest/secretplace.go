package manifest

import (
	"strings"
)

// queryValue is a name and its value in the query of an address.
var queryValue = onDemand("[?&;]([\\w.-]{1,100})=([^&;\\s\"'#<>{}|\\\\`]+)")

// querySecrets finds literal tokens in the queries of addresses: ?token=value.
func querySecrets(text string, add func(secretText)) {
	if !strings.ContainsAny(text, "?&;") || !strings.Contains(text, "=") {
		return
	}
	for _, at := range queryValue().FindAllStringSubmatchIndex(text, maxSecrets) {
		if isSecretName(text[at[2]:at[3]]) && !isExampleValue(text[at[4]:at[5]]) {
			add(secretText{start: at[4], end: at[5], what: "a token in an address", revoke: "have its issuer withdraw it"})
		}
	}
}

var assignment = onDemand(`^(?:export )?[A-Za-z_]\w{0,100}=\S`)

// setsVariable says whether a text sets a variable, as in a list of the environment.
func setsVariable(text string) bool { return assignment().MatchString(text) }

var digestText = onDemand(`^sha\d+:`)

// credentialsEnd returns where an image reference begins behind the user and
// password of its registry, user:password@registry/name; 0 without them.
func credentialsEnd(text string) int {
	at := strings.LastIndexByte(text, '@')
	if at >= 0 && digestText().MatchString(text[at+1:]) {
		at = strings.LastIndexByte(text[:at], '@')
	}
	if at <= 0 || !strings.ContainsAny(text[at+1:], "./") {
		return 0
	}
	if end := strings.IndexAny(text[:at], ":/"); end >= 0 && text[end] == '/' {
		return 0
	}
	return at + 1
}

// imageSecrets finds the password in an image reference.
func imageSecrets(text string) []secretText {
	end := credentialsEnd(text)
	if end == 0 {
		return nil
	}
	colon := strings.IndexByte(text[:end], ':')
	if colon < 0 || strings.HasPrefix(text[colon:], "://") || isExampleValue(text[colon+1:end-1]) {
		return nil
	}
	return []secretText{{start: colon + 1, end: end - 1, what: "the password of a registry", revoke: "change that password"}}
}
