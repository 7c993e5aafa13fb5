package manifest

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// secretFormat is a kind of token that its shape alone gives away.
type secretFormat struct {
	what   string   // with its article, for a sentence
	revoke string   // what to do about one that got out, as an order
	marks  []string // a text without any of them holds no such token
	re     func() *regexp.Regexp
	real   func(token string) bool // nil: looksReal
}

// formatOf makes a format. What is secret is the expression's first group, or
// all of it; it is compiled when a text has a mark, so never for most plugins.
func formatOf(what, revoke, pattern string, marks ...string) secretFormat {
	return secretFormat{what: what, revoke: revoke, marks: marks, re: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })}
}

// secretFormats are the formats as their providers document them. There is no
// guess by randomness: what is found here is what it is called.
var secretFormats = []secretFormat{
	{
		what: "a private key", revoke: "replace that key pair", marks: []string{"PRIVATE KEY"}, real: hasKeyMaterial,
		re: sync.OnceValue(func() *regexp.Regexp {
			return regexp.MustCompile(`-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\:,-]{40,}`)
		}),
	},
	{
		what: "a JSON Web Token, the form of a NetStacks service token", revoke: "make its issuer withdraw it", marks: []string{"eyJ"}, real: isJWT,
		re: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}`) }),
	},
	formatOf("a PuTTY private key", "replace that key pair", `Private-Lines: \d{1,3}(?:\s|\\[rn])+[A-Za-z0-9+/=]{16,64}(?:(?:\s|\\[rn])+[A-Za-z0-9+/=]{4,64})*`, "Private-Lines: "),
	formatOf("an AWS access key id", "deactivate it in AWS", `\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`, "AKIA", "ASIA", "ABIA", "ACCA"),
	formatOf("an AWS secret access key", "deactivate it in AWS", `(?i:aws_secret_access_key|secretaccesskey)["']?\s*[:=]\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)`,
		"aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey"),
	formatOf("a GitHub token", "revoke it at GitHub", `\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})`, "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
	formatOf("a GitLab token", "revoke it at GitLab", `\b(?:glpat|glptt|gldt|glrt|glcbt|glimt|glft|glsoat|glagent|glffct)-[\w.-]{20,}`, "glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "glimt-", "glft-", "glsoat-", "glagent-", "glffct-"),
	formatOf("a Slack token", "revoke it at Slack", `\b(?:xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,})`, "xox", "xapp-"),
	formatOf("a Slack webhook address", "revoke it at Slack", `hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{24,})`, "hooks.slack.com"),
	formatOf("a Discord webhook address", "delete that webhook at Discord", `discord(?:app)?\.com/api/webhooks/(\d{15,}/[\w-]{60,})`, "/api/webhooks/"),
	formatOf("a Microsoft Teams webhook address", "remove that webhook in Teams", `\.webhook\.office\.com/webhookb2/([\w@/-]{80,})`, "webhook.office.com"),
	formatOf("a Telegram bot token", "revoke it with BotFather at Telegram", `\b\d{8,10}:AA[\w-]{33}\b`, ":AA"),
	formatOf("a Google API key", "delete it in the Google Cloud console", `\bAIza[\w-]{35}`, "AIza"),
	formatOf("a Google OAuth client secret", "reset it in the Google Cloud console", `\bGOCSPX-[\w-]{28}`, "GOCSPX-"),
	formatOf("a Stripe live key", "roll it at Stripe", `\b(?:sk|rk)_live_[A-Za-z0-9]{16,}`, "_live_"),
	formatOf("a webhook signing secret", "roll it where the webhook is configured", `\bwhsec_[A-Za-z0-9+/=]{24,}`, "whsec_"),
	formatOf("an npm token", "revoke it at npm", `\bnpm_[A-Za-z0-9]{36}\b`, "npm_"),
	formatOf("a PyPI token", "revoke it at PyPI", `\bpypi-AgEI[\w-]{40,}`, "pypi-AgEI"),
	formatOf("a RubyGems key", "revoke it at RubyGems", `\brubygems_[a-f0-9]{48}\b`, "rubygems_"),
	formatOf("a Docker Hub token", "delete it at Docker Hub", `\bdckr_(?:pat|oat)_[\w-]{24,}`, "dckr_"),
	formatOf("an Azure storage key", "rotate it in Azure", `AccountKey=([A-Za-z0-9+/]{86}==)`, "AccountKey="),
	formatOf("an Azure shared access key", "rotate it in Azure", `SharedAccessKey=([A-Za-z0-9+/]{42,86}=)`, "SharedAccessKey="),
	formatOf("a Microsoft Entra client secret", "delete it in Microsoft Entra", `(?:^|[\s"'=:(,])([\w.~]{3}\dQ~[\w.~-]{31,34})(?:$|[\s"'&),;])`, "Q~"),
	formatOf("an OpenAI key", "revoke it at OpenAI", `\bsk-(?:[\w-]{20,}T3BlbkFJ[\w-]{20,}|proj-[\w-]{40,})`, "sk-"),
	formatOf("an Anthropic key", "revoke it at Anthropic", `\bsk-ant-[a-z]+\d\d-[\w-]{40,}`, "sk-ant-"),
	formatOf("a Hugging Face token", "revoke it at Hugging Face", `\bhf_[A-Za-z]{34}\b`, "hf_"),
	formatOf("a SendGrid key", "delete it at SendGrid", `\bSG\.[\w-]{22}\.[\w-]{43}`, "SG."),
	formatOf("a DigitalOcean token", "revoke it at DigitalOcean", `\bdo[opr]_v1_[a-f0-9]{64}\b`, "_v1_"),
	formatOf("a HashiCorp Vault token", "revoke it in Vault", `\bhv[sb]\.[\w-]{24,}`, "hvs.", "hvb."),
	formatOf("a Terraform token", "revoke it in HCP Terraform", `\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}`, ".atlasv1."),
	formatOf("a Grafana token", "delete it in Grafana", `\b(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b|glc_eyJ[A-Za-z0-9+/=]{32,})`, "glsa_", "glc_"),
	formatOf("a New Relic key", "delete it at New Relic", `\bNRAK-[A-Z0-9]{27}\b`, "NRAK-"),
	formatOf("an Atlassian token", "revoke it at Atlassian", `\bATATT3[\w=-]{100,}`, "ATATT3"),
	formatOf("a Databricks token", "revoke it at Databricks", `\bdapi[a-f0-9]{32}\b`, "dapi"),
	formatOf("a Shopify token", "revoke it at Shopify", `\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b`, "shpat_", "shpca_", "shppa_", "shpss_"),
	formatOf("a Linear key", "revoke it at Linear", `\blin_api_[A-Za-z0-9]{40}\b`, "lin_api_"),
	formatOf("a Postman key", "revoke it at Postman", `\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b`, "PMAK-"),
	formatOf("a Square token", "replace it in Square's developer console", `\bsq0(?:atp|csp)-[\w-]{22,60}`, "sq0atp-", "sq0csp-"),
	formatOf("a Tailscale key", "revoke it at Tailscale", `\btskey-[a-z]+-[A-Za-z0-9]{10,}-[A-Za-z0-9]{20,}\b`, "tskey-"),
	formatOf("an age secret key", "replace that key pair", `\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b`, "AGE-SECRET-KEY-1"),
}

// publicSecrets are keys that a documentation prints or a program ships with,
// and that open nothing.
var publicSecrets = []string{
	"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==", // Azurite, the emulator of Azure's storage
}

// exampleMarks are what documentation writes into a token that is none.
var exampleMarks = []string{"example", "your", "xxxx", "changeme", "dummy", "redacted", "placeholder", "sample"}

// looksReal says whether a token of a known format is more than an example of
// that format.
func looksReal(token string) bool {
	lower := strings.ToLower(token)
	for _, mark := range exampleMarks {
		if strings.Contains(lower, mark) {
			return false
		}
	}
	for _, public := range publicSecrets {
		if strings.Contains(token, public) {
			return false
		}
	}
	body := token[strings.LastIndexAny(token[:min(len(token), 12)], "_-")+1:]
	return differentRunes(body) > 1
}

// differentRunes counts the different characters of a text.
func differentRunes(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// hasKeyMaterial tells a key block from a sentence that names its first line.
func hasKeyMaterial(block string) bool {
	_, body, _ := strings.Cut(block, "PRIVATE KEY")
	body, _, whole := strings.Cut(strings.TrimLeft(strings.TrimPrefix(body, " BLOCK"), "-"), "-----END")
	longest := 0
	for _, run := range strings.FieldsFunc(body, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '/' && r != '='
	}) {
		longest = max(longest, len(run))
	}
	return (longest >= 32 || whole && longest >= 16) && differentRunes(body) > 5
}

// isJWT says whether three parts are the header, claims and signature of a
// token, and not those of the example that every page about them prints.
func isJWT(token string) bool {
	parts := strings.Split(token, ".")
	var header struct{ Alg string }
	var claims struct{ Sub, Name any }
	for i, into := range []any{&header, &claims} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(data, into) != nil {
			return false
		}
	}
	return header.Alg != "" && (claims.Sub != "1234567890" || claims.Name != "John Doe") && !strings.Contains(strings.ToLower(parts[2]), "signature")
}
