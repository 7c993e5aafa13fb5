package secrets

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// fileRules find credentials as programs write them into their own files, wherever such a
// file, or a piece of it, stands.
func fileRules() []rule {
	kube := shape("kubeconfig-client-key", "the private key of a cluster's user", "replace that key pair", []string{"client-key-data"},
		`client-key-data["']?:\s*["']?([A-Za-z0-9+/=]{60,})`, isEncodedKey)
	kube.ahead = aheadLong
	return []rule{
		kube,
		shape("npm-auth", "the credentials of an npm registry", "revoke them at the registry", []string{"_auth", "_password"},
			`(?m)(?:^[ \t]*|:)_(?:auth(?:Token)?|password)\s*=\s*["']?([^\s"'$<{]{8,})`, notExample),
		shape("docker-registry-auth", "the name and password of a container registry", "change that password", []string{`"auth"`},
			`"auth"\s*:\s*"([A-Za-z0-9+/]{6,}={0,2})"`, isBasicAuth),
		shape("docker-identity-token", "the token of a container registry", "log out of that registry", []string{`"identitytoken"`},
			`(?i)"identitytoken"\s*:\s*"([^"\s]{16,})"`, notExample),
		shape("netrc-password", "the password of a machine", "change it", []string{"machine"},
			`machine\s+\S+\s+(?:login\s+\S+\s+)?(?:account\s+\S+\s+)?password\s+(\S{5,})`, notExample),
		twilioRule(),
		shape("sourcegraph-token", "a Sourcegraph token", "revoke it at Sourcegraph", []string{"sgp_"},
			`\b(sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40})\b`, notExample),
	}
}

// twilioRule finds keys whose mark is so short that it stands in many words.
func twilioRule() rule {
	r := shape("twilio-key", "a Twilio API key", "delete it at Twilio", []string{"SK"}, `\b(SK[0-9a-f]{32})\b`, func(s string) bool { return notExample(s) && entropyOf(s) >= 3 })
	r.behind, r.ahead, r.least = 1, len("SK")+33, len("SK")+32
	return r
}

// shape makes a rule of a pattern whose first group is the secret.
func shape(id, what, advice string, words []string, pattern string, real func(string) bool) rule {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	return rule{
		id: id, what: what, advice: advice, marks: words, behind: behind, ahead: ahead, rank: rankService, text: true,
		find: func(w window) [][2]int {
			var found [][2]int
			for _, at := range re().FindAllStringSubmatchIndex(w.text, 20) {
				if real(w.text[at[2]:at[3]]) {
					found = append(found, [2]int{at[2], at[3]})
				}
			}
			return found
		},
	}
}

func notExample(value string) bool { return !isExample(value) }

// isBasicAuth says whether a value is a name and a password in Base64.
func isBasicAuth(value string) bool {
	data, err := base64.StdEncoding.DecodeString(value)
	user, password, ok := strings.Cut(string(data), ":")
	if err != nil || !ok || user == password || isExample(password) {
		return false
	}
	return strings.IndexFunc(string(data), func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// isEncodedKey says whether a value is a private key in Base64, or the beginning of one.
func isEncodedKey(value string) bool {
	data, _ := base64.StdEncoding.DecodeString(value[:len(value)/4*4])
	return manifest.HoldsPrivateKey(string(data))
}
