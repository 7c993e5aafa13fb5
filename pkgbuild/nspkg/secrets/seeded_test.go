package secrets

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// body returns n characters of an alphabet; the same in every run. The secrets of the tests are put
// together when they run, so that no file of this project holds one.
func body(random *rand.Rand, alphabet string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
	return b.String()
}

const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base32   = capitals + "234567"
	smallHex = "0123456789abcdef"
	small    = "abcdefghijklmnopqrstuvwxyz"
	alnum    = capitals + small + "0123456789"
	base64s  = alnum + "+/"
	word     = alnum + "_-"
)

// seed is a line of a file that holds a secret.
type seed struct{ file, line, rule string }

// seeds are secrets of many kinds, and the rules that find them.
func seeds() []seed {
	r := rand.New(rand.NewPCG(7, 7))
	tok := func(alphabet string, n int) string { return body(r, alphabet, n) }
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	first := []seed{
		{"service/aws.py", `KEY_ID = "AK` + `IA` + tok(base32, 16) + `"`, "aws-access-key-id"},
		{"service/aws.py", `ident: AS` + `IA` + tok(base32, 16), "aws-access-key-id"},
		{"deploy/aws.env", "AWS_SECRET_ACCESS_" + "KEY=" + tok(base64s, 40), "aws-secret-access-key"},
		{"main.go", `const t = "gh` + `p_` + tok(alnum, 36) + `"`, "github-token"},
		{"ci.yml", "run: git clone with gh" + "o_" + tok(alnum, 36), "github-token"},
		{"ci.yml", "x: gh" + "s_" + tok(alnum, 36), "github-token"},
		{"notes.md", "use github_" + "pat_" + tok(alnum, 22) + "_" + tok(alnum, 59), "github-token"},
		{"a.js", "const a = 'gl" + "pat-" + tok(word, 20) + "'", "gitlab-token"},
		{"a.js", "const a = 'gl" + "rt-" + tok(word, 20) + "'", "gitlab-token"},
		{"bot.py", `SLACK = "xo` + `xb-` + tok("123456789", 12) + "-" + tok("123456789", 12) + "-" + tok(alnum, 24) + `"`, "slack-token"},
		{"bot.py", "https://hooks.sl" + "ack.com/services/T" + tok(capitals, 8) + "/B" + tok(capitals, 8) + "/" + tok(alnum, 24), "slack-webhook-address"},
		{"bot.py", "https://dis" + "cord.com/api/webhooks/" + tok("123456789", 18) + "/" + tok(word, 68), "discord-webhook-address"},
		{"tele.py", "bot" + " 1" + tok("123456789", 8) + ":A" + "A" + tok(alnum, 33), "telegram-bot-token"},
		{"maps.js", `key: "AI` + `za` + tok(word, 34) + `Z"`, "google-api-key"},
		{"oauth.json", `"x": "GOC` + `SPX-` + tok(word, 28) + `"`, "google-oauth-client-secret"},
		{"pay.rb", "Stripe.x = 'sk_l" + "ive_" + tok(alnum, 24) + "'", "stripe-live-key"},
		{"pay.rb", "y = 'rk_l" + "ive_" + tok(alnum, 24) + "'", "stripe-live-key"},
		{"hook.ts", `const s = "wh` + `sec_` + tok(base64s, 32) + `"`, "webhook-signing-secret"},
		{".npmrc", "//registry.example.org/:_auth" + "Token=npm" + "_" + tok(alnum, 36), "npm-token"},
		{".npmrc", "//npm.corp.net/:_auth" + "Token=" + smallUUID(r), "npm-auth"},
		{".npmrc", "_au" + "th=" + b64("deploy:"+tok(alnum, 12)), "npm-auth"},
		{".pypirc", "password = pyp" + "i-AgEIcHlwaS5vcmc" + tok(word, 60), "pypi-token"},
		{".pypirc", "pass" + "word = " + tok(alnum, 10), "named-secret"},
		{"gem.rb", "x = 'ruby" + "gems_" + tok(smallHex, 48) + "'", "rubygems-key"},
		{"ci.sh", "login dc" + "kr_pat_" + tok(word, 27), "docker-hub-token"},
		{"az.cs", `"AccountName=a;Account` + `Key=` + tok(base64s, 86) + `==;"`, "azure-storage-key"},
		{"az.cs", `"SharedAccess` + `Key=` + tok(base64s, 43) + `="`, "azure-shared-access-key"},
		{"az.tf", `x = "` + tok(alnum, 3) + `8` + `Q~` + tok(alnum, 34) + `"`, "microsoft-entra-client-secret"},
		{"llm.py", `k = "sk` + `-proj-` + tok(word, 60) + `"`, "openai-key"},
		{"llm.py", `k = "sk` + `-ant-api03-` + tok(word, 90) + `"`, "anthropic-key"},
		{"llm.py", `k = "h` + `f_` + tok(capitals+small, 34) + `"`, "hugging-face-token"},
		{"mail.py", `k = "S` + `G.` + tok(word, 22) + "." + tok(word, 43) + `"`, "sendgrid-key"},
		{"do.tf", `x = "do` + `p_v1_` + tok(smallHex, 64) + `"`, "digitalocean-token"},
		{"vault.hcl", `x = "hv` + `s.` + tok(word, 94) + `"`, "hashicorp-vault-token"},
		{"tf.rc", `x = "` + tok(alnum, 14) + `.atl` + `asv1.` + tok(word, 65) + `"`, "terraform-token"},
		{"graf.ini", `x = gl` + `sa_` + tok(alnum, 32) + `_` + tok(smallHex, 8), "grafana-token"},
		{"nr.yml", `x: NR` + `AK-` + tok(capitals+"0123456789", 27), "new-relic-key"},
		{"jira.py", `x = "ATA` + `TT3` + tok(word, 180) + `"`, "atlassian-token"},
		{"dbx.py", `x = "da` + `pi` + tok(smallHex, 32) + `"`, "databricks-token"},
		{"shop.py", `x = "shp` + `at_` + tok(smallHex, 32) + `"`, "shopify-token"},
		{"linear.ts", `x = "lin` + `_api_` + tok(alnum, 40) + `"`, "linear-key"},
		{"postman.json", `"x": "PM` + `AK-` + tok(smallHex, 24) + "-" + tok(smallHex, 34) + `"`, "postman-key"},
		{"age.txt", "AGE-SECRET-" + "KEY-1" + tok("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58), "age-secret-key"},
	}
	return slices.Concat(first, moreSeeds(r), bareSeeds(r), deviceSeeds(r))
}

// moreSeeds are those of services of the second rank, and of files and names.
func moreSeeds(r *rand.Rand) []seed {
	tok := func(alphabet string, n int) string { return body(r, alphabet, n) }
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	pem := func(kind string) string {
		return "-----BEGIN " + kind + "PRIVATE " + "KEY-----\n" + tok(base64s, 64) + "\n" + tok(base64s, 64) + "\n-----END " + kind + "PRIVATE " + "KEY-----"
	}
	jwt := raw(`{"alg":"HS256","typ":"JWT"}`) + "." + raw(`{"sub":"plugin:alerts","org":"acme"}`) + "." + tok(word, 43)
	return []seed{
		{"src.ts", `x = "sg` + `p_` + tok(smallHex, 40) + `"`, "sourcegraph-token"},
		{"sms.py", `x = "S` + `K` + tok(smallHex, 32) + `"`, "twilio-key"},
		{"ada.py", `ADAFRUIT_KEY = "` + tok(small+"0123456789", 32) + `"`, "adafruit-api-key"},
		{"pulumi.ts", `x = "pu` + `l-` + tok(smallHex, 40) + `"`, "pulumi-api-token"},
		{"notion.py", `x = "nt` + `n_` + tok("123456789", 11) + tok(alnum, 35) + `"`, "notion-api-token"},
		{"dd.yaml", `datadog_api: "` + tok(small+"0123456789", 40) + `"`, "datadog-access-token"},
		{"mailgun.py", `mailgun = "ke` + `y-` + tok(smallHex, 32) + `"`, "mailgun-private-api-token"},
		{"sentry.py", `x = "sn` + `tryu_` + tok(smallHex, 64) + `"`, "sentry-user-token"},
		{"doppler.sh", `x="dp` + `.pt.` + tok(small+"0123456789", 43) + `"`, "doppler-api-token"},
		{"tls/server.txt", pem(""), "private-key"},
		{"tls/rsa.py", `K = """` + pem("RSA ") + `"""`, "private-key"},
		{"tls/ec.go", "var k = `" + pem("EC ") + "`", "private-key"},
		{"tls/ssh.cfg", pem("OPENSSH "), "private-key"},
		{"jwt.py", `t = "` + jwt + `"`, "json-web-token"},
		{"db.py", `dsn = "postgres://app:` + tok(alnum, 12) + `@db.internal:5432/app"`, "address-password"},
		{"db.yml", `url: redis://:` + tok(alnum, 14) + `@cache.internal:6379/0`, "address-password"},
		{"amqp.js", `connect("amqps://svc:` + tok(alnum, 14) + `@mq.internal/v")`, "address-password"},
		{"git.sh", `git clone https://bot:` + tok(alnum, 20) + `@git.corp.net/x.git`, "address-password"},
		{"http.py", `h = {"Authorization": "Bearer ` + tok(alnum, 32) + `"}`, "authorization-header"},
		{"http.sh", `curl -H "Authorization: Basic ` + b64("admin7:"+tok(alnum, 12)) + `" x`, "authorization-header"},
		{".netrc", "machine git.corp.net login bot pass" + "word " + tok(alnum, 12), "netrc-password"},
		{"docker.json", `{"auths": {"r.corp.net": {"au` + `th": "` + b64("robot:"+tok(alnum, 16)) + `"}}}`, "docker-registry-auth"},
		{"docker.json", `"identity` + `token": "` + tok(word, 40) + `"`, "docker-identity-token"},
		{"kube.yaml", "    client-key-" + "data: " + b64(pem("RSA ")), "kubeconfig-client-key"},
		{"kube.yaml", "    to" + "ken: " + tok(alnum, 40), "named-secret"},
		{"settings.py", `DB_PASS` + `WORD = "` + `tR7` + `!kq9` + `#Wz"`, "named-secret"},
		{"app.json", `{"user": "app", "pass` + `word": "dhT` + `pHVEN1NkkCrj"}`, "named-secret"},
		{"ldap.yaml", `bind_pass` + `word: 'y3E` + `3wDxg4AsA'`, "named-secret"},
		{"inventory.yml", `ansible_become_pass` + `: XIcPn` + `LnBae1T`, "named-secret"},
		{"pay.py", `t = "sq0` + `atp-` + tok(word, 22) + `"`, "square-token"},
		{"vpn.sh", `up --authkey ts` + `key-auth-` + tok(alnum, 12) + "CNTRL-" + tok(alnum, 32), "tailscale-key"},
		{"settings.py", `api_to` + `ken: str = "` + tok(alnum, 32) + `"`, "named-secret"},
		{"settings.go", "const clientSec" + "ret string = \"" + tok(alnum, 32) + "\"", "named-secret"},
		{"app.js", `config["api` + `Key"] = '` + tok(alnum, 32) + `';`, "named-secret"},
		{"app.json", `"access_to` + `ken": "` + tok(alnum, 40) + `"`, "named-secret"},
		{"app.json", `"text": "{\"api_to` + `ken\": \"` + tok(alnum, 40) + `\"}"`, "named-secret"},
		{"app.properties", `app.sec` + `ret=` + tok(alnum, 32), "named-secret"},
		{"Dockerfile", `ENV API_TO` + `KEN=` + tok(alnum, 32), "named-secret"},
	}
}

func smallUUID(r *rand.Rand) string {
	return body(r, smallHex, 8) + "-" + body(r, smallHex, 4) + "-4" + body(r, smallHex, 3) + "-a" + body(r, smallHex, 3) + "-" + body(r, smallHex, 12)
}

// below is how many lines stand in front of the secret: it is in the last line, or a key begins in an earlier one.
func (s seed) below() int {
	for _, mark := range []string{"-----BEGIN", "Private-Lines"} {
		if before, _, ok := strings.Cut(s.line, mark); ok {
			return strings.Count(before, "\n")
		}
	}
	return strings.Count(s.line, "\n")
}

// inOneFile is a text with many seeds, fewer than are told of one file.
func inOneFile(lines func(seed int) int) string {
	var b strings.Builder
	of := map[string]int{}
	for i, s := range seeds() {
		if of[s.rule]++; of[s.rule] <= 9 && !strings.HasPrefix(s.file, ".") && !strings.Contains(s.file, "netrc") && !strings.Contains(s.file, "pgpass") {
			b.WriteString(around(s.line, lines(i)))
		}
	}
	return b.String()
}

// around puts a line into a file, behind n lines of a program.
func around(line string, n int) string {
	return strings.Repeat("def handler(request):  # the token of a request is checked by https://docs.corp.net\n", n) + line + "\nend\n"
}

func TestEverySeededSecretIsFoundWithItsPlace(t *testing.T) {
	kinds := map[string]bool{}
	all := seeds()
	for i, s := range all {
		kinds[s.rule] = true
		for _, n := range []int{0, i, 3000} {
			found, err := Scan(s.file, strings.NewReader(around(s.line, n)))
			if err != nil || len(found) != 1 || found[0].Line != n+s.below()+1 || found[0].Rule != s.rule || found[0].Path != s.file {
				t.Errorf("%s, line %d, %q: want one of the rule %s, got %+v, %v", s.file, n+s.below()+1, s.line, s.rule, found, err)
			}
		}
	}
	t.Logf("%d secrets of %d kinds", len(all), len(kinds))
	if len(all) < 60 || len(kinds) < 20 {
		t.Errorf("%d secrets of %d kinds are too few", len(all), len(kinds))
	}
}

func TestPiecesOfAnySizeGiveTheSame(t *testing.T) {
	text := inOneFile(func(i int) int { return i })
	want, err := Scan("all.yaml", strings.NewReader(text))
	if err != nil || len(want) < 55 {
		t.Fatalf("%d findings, %v", len(want), err)
	}
	s := NewScanner()
	for _, size := range []int{1, 7, 1000, 4096, 1 << 20} {
		s.Reset("all.yaml")
		for rest := []byte(text); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			s.Write(rest[:min(size, len(rest))])
		}
		got := s.Findings()
		if len(got) != len(want) {
			t.Errorf("pieces of %d bytes: %d findings, want %d", size, len(got), len(want))
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("pieces of %d bytes: %+v, want %+v", size, got[i], want[i])
			}
		}
	}
	if _, err := Scan("x", iotest.ErrReader(iotest.ErrTimeout)); err == nil {
		t.Error("a failed read is not told")
	}
}

func TestMaskShowsNoMoreThanTheKind(t *testing.T) {
	for _, s := range seeds() {
		found, _ := Scan(s.file, strings.NewReader(s.line))
		for _, f := range found {
			if strings.Contains(s.line, strings.TrimRight(f.Masked, "•")) == false || len(strings.TrimRight(f.Masked, "•")) > 4 {
				t.Errorf("%q is shown of %q", f.Masked, s.line)
			}
		}
	}
}
