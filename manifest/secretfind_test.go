package manifest

import (
	"strings"
	"testing"
)

// tokenBody is n characters of a token that is no example.
func tokenBody(n int) string {
	return strings.Repeat("q8Zr3LmV0tYx5KbN7wPd2HsJ4gFcA9uE6iRoT1yUkQzMvBnCxSaDfGhWjXpLeO", 4)[:n]
}

// hexDigits is n hexadecimal digits, letters n letters, and capitals n of base32.
func hexDigits(n int) string {
	return strings.Repeat("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", 5)[:n]
}

func onlyLetters(n int) string {
	return strings.Map(func(r rune) rune {
		if isDigit(byte(r)) {
			return 'g' + r - '0'
		}
		return r
	}, tokenBody(n))
}

func base32Of(n int) string { return strings.Repeat("Q7XW3K5ZMB2TNPRCAHJ4", 5)[:n] }

func TestTokensOfKnownFormatsAreFound(t *testing.T) {
	for _, tt := range []struct{ what, token string }{
		{"a private key", strings.TrimSpace(fakeKey)},
		{"a private key", strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(fakeKey), "PRIVATE", "RSA PRIVATE"), "\n", `\n`)},
		{"a private key", "-----BEGIN PGP PRIVATE " + "KEY BLOCK-----\n\n" + tokenBody(64) + "\n" + tokenBody(64)},
		{"a JSON Web Token", fakeJWT},
		{"an AWS access key id", fakeAWS},
		{"an AWS access key id", "AS" + "IA" + base32Of(16)},
		{"a GitHub token", fakeGitHub},
		{"a GitHub token", "github" + "_pat_11" + tokenBody(20) + "_" + tokenBody(59)},
		{"a GitLab token", "gl" + "pat-" + tokenBody(20)},
		{"a Slack token", "xo" + "xb-2718281828-3141592653-" + tokenBody(24)},
		{"a Slack token", "xa" + "pp-1-A01" + base32Of(9) + "-314159-" + hexDigits(40)},
		{"a Telegram bot token", "271828182:A" + "A" + tokenBody(33)},
		{"a Google API key", "AI" + "za" + tokenBody(35)},
		{"a Google OAuth client secret", "GO" + "CSPX-" + tokenBody(28)},
		{"a Stripe live key", "sk" + "_live_" + tokenBody(24)},
		{"a Stripe live key", "rk" + "_live_" + tokenBody(24)},
		{"a webhook signing secret", "wh" + "sec_" + tokenBody(32)},
		{"an npm token", "np" + "m_" + tokenBody(36)},
		{"a PyPI token", "py" + "pi-AgEIcHlwaS5vcmc" + tokenBody(60)},
		{"a RubyGems key", "ruby" + "gems_" + hexDigits(48)},
		{"a Docker Hub token", "dc" + "kr_pat_" + tokenBody(27)},
		{"a Microsoft Entra client secret", "q8Z" + "8Q~" + tokenBody(34)},
		{"an OpenAI key", "sk" + "-" + tokenBody(20) + "T3Blbk" + "FJ" + tokenBody(20)},
		{"an OpenAI key", "sk" + "-proj-" + tokenBody(60)},
		{"an Anthropic key", "sk" + "-ant-api03-" + tokenBody(90) + "AA"},
		{"a Hugging Face token", "h" + "f_" + onlyLetters(34)},
		{"a SendGrid key", "S" + "G." + tokenBody(22) + "." + tokenBody(43)},
		{"a DigitalOcean token", "do" + "p_v1_" + hexDigits(64)},
		{"a HashiCorp Vault token", "hv" + "s." + tokenBody(90)},
		{"a Terraform token", tokenBody(14) + ".atlas" + "v1." + tokenBody(64)},
		{"a Grafana token", "gl" + "sa_" + tokenBody(32) + "_" + hexDigits(8)},
		{"a New Relic key", "NR" + "AK-" + base32Of(27)},
		{"an Atlassian token", "ATA" + "TT3" + tokenBody(186)},
		{"a Databricks token", "da" + "pi" + hexDigits(32)},
		{"a Shopify token", "shp" + "at_" + hexDigits(32)},
		{"a Linear key", "lin" + "_api_" + tokenBody(40)},
		{"a Postman key", "PM" + "AK-" + hexDigits(24) + "-" + hexDigits(34)},
		{"a Square token", "sq0" + "atp-" + tokenBody(22)},
		{"a Tailscale key", "ts" + "key-auth-" + tokenBody(12) + "CNTRL-" + tokenBody(32)},
		{"an age secret key", "AGE-SECRET" + "-KEY-1" + base32Of(58)},
	} {
		t.Run(tt.what, func(t *testing.T) {
			for _, around := range [][2]string{{"", ""}, {"before ", " behind"}, {"key=", ";"}, {`"`, `"`}} {
				text := around[0] + tt.token + around[1]
				found := findSecrets(text, false)
				if len(found) != 1 || !strings.HasPrefix(found[0].what, tt.what) || text[found[0].start:found[0].end] != tt.token || found[0].revoke == "" {
					t.Errorf("in %q is found %+v", text, found)
				}
			}
			if tt.what == "a private key" { // half of it is one, too
				return
			}
			if found := findSecrets("x"+tt.token[:len(tt.token)/2], true); len(found) > 0 {
				t.Errorf("half of it is taken for %+v", found)
			}
		})
	}
}

func TestSecretsInsideLongerTextAreFound(t *testing.T) {
	for _, tt := range []struct{ what, text, secret string }{
		{"an AWS secret access key", "aws_secret_access" + "_key = " + tokenBody(40), tokenBody(40)},
		{"a Slack webhook address", "https://hooks.slack" + ".com/services/T" + base32Of(8) + "/B" + base32Of(8) + "/" + tokenBody(24), "T" + base32Of(8) + "/B" + base32Of(8) + "/" + tokenBody(24)},
		{"a Discord webhook address", "https://discord" + ".com/api/webhooks/271828182845904523/" + tokenBody(68), "271828182845904523/" + tokenBody(68)},
		{"an Azure storage key", "AccountName=a;Account" + "Key=" + tokenBody(86) + "==;EndpointSuffix=x", tokenBody(86) + "=="},
		{"an Azure shared access key", "Endpoint=sb://a/;SharedAccess" + "Key=" + tokenBody(43) + "=", tokenBody(43) + "="},
		{"the password of an address", "postgres://alerts:s3same@db:5432/alerts", "s3same"},
		{"the password of an address", "(redis://:s3same@cache)", "s3same"},
		{"the password of an address", "mongodb+srv://alerts:s3s@me@a,b", "s3s@me"},
		{"the password of an address", "https://user:" + tokenBody(12) + "@localhost", tokenBody(12)},
		{"a GitHub token", "https://x:" + fakeGitHub + "@github.com/a/b", fakeGitHub},
	} {
		found := findSecrets(tt.text, false)
		if len(found) != 1 || found[0].what != tt.what || tt.text[found[0].start:found[0].end] != tt.secret {
			t.Errorf("in %q is found %+v, want %s", tt.text, found, tt.what)
		}
	}
}

func TestWhatIsNoSecretIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"", "a", "http://", "://:@", "http://localhost:8080/health", "https://example.com:8443/a:b@c", "git@github.com:a/b.git", "ssh://git@github.com:22/a",
		"postgres://user:password@host/db", "postgres://user:pass@host", "postgres://$USER:$PASSWORD@db", "postgres://u:${P}@db", "postgres://u:%(password)s@db", "postgres://u:%s@db",
		"postgres://u:{password}@db", "postgres://u:<password>@db", "postgres://u:[password]@db", "postgres://u:***@db", "postgres://u:xxxxxx@db", "postgres://u:…@db", "postgres://u:...@db",
		"postgres://netstacks:...@db:5432/netstacks", "amqp://guest:guest@mq", "postgres://postgres:postgres@db", "http://u:your-password@db", "http://u:db_password@db", "http://u:MY_SECRET@db",
		"http://u:hunter2@example.com", "http://u:hunter2@alerts.example", "http://u:hunter2@<host>", "http://u:abc@db", "http://u:#{pw}@db",
		"AKIAIOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIA", "AKIA" + base32Of(15), "XAKIA" + base32Of(16),
		"ghp_" + strings.Repeat("x", 36), "ghp_" + strings.Repeat("0", 36), "ghp_your_token", "ghp_...", "glpat-", "glpat-your-own-token-goes-here", "xoxb-your-token-here", "sk_test_" + tokenBody(24), "sk-", "sk-learn-and-other-words", "npm_config_registry", "npm_" + tokenBody(35),
		"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...", "eyJhbGciOiJIUzI1NiJ9.e30.x", "eyJ" + tokenBody(20) + ".eyJ" + tokenBody(20) + "." + tokenBody(20),
		"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ." + tokenBody(43),
		"-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\n" + tokenBody(64) + "\n-----END PUBLIC KEY-----",
		"AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==", "AccountKey=...",
		"sha256:" + hexDigits(64), "550e8400-e29b-41d4-a716-446655440000", hexDigits(40), tokenBody(40), "data:image/png;base64," + tokenBody(200), "changeme", "your-api-key", "hunter2", "password", "password=hunter2", "Authorization: Bearer " + tokenBody(20),
	} {
		if found := findSecrets(text, false); len(found) > 0 {
			t.Errorf("in %q is found %+v", text, found)
		}
	}
}

func TestLiteralsInACommandAreFound(t *testing.T) {
	for text, secret := range map[string]string{
		`curl -H "Authorization: Bearer s3same-0pen" http://localhost`:              "s3same-0pen",
		`curl -H 'authorization: token s3same-0pen' http://localhost`:               "s3same-0pen",
		`curl -H "Authorization: Basic cHJvYmU6czNzYW1l" http://localhost`:          "cHJvYmU6czNzYW1l",
		`curl --header=X-Api-Key:s3same-0pen http://localhost`:                      "s3same-0pen",
		`curl -H "X-Auth-Token: s3same-0pen" http://localhost`:                      "s3same-0pen",
		`curl -u probe:s3same http://localhost`:                                     "s3same",
		`curl --user "probe:s3same" http://localhost`:                               "s3same",
		`curl -d '{"user":"probe","password":"s3 same"}' http://localhost`:          "s3 same",
		`curl -d "{\"password\":\"s3same\"}" http://localhost`:                      "s3same",
		`wget --password=s3same http://localhost`:                                   "s3same",
		`wget --password s3same http://localhost`:                                   "s3same",
		`PGPASSWORD=s3same pg_isready`:                                              "s3same",
		`PGPASSWORD="s3same" pg_isready`:                                            "s3same",
		`wget 'http://localhost/health?a=1&api_key=s3same-0pen&b=2'`:                "s3same-0pen",
		`python -c "probe(headers={'Authorization': 'Bearer s3same-0pen'})"`:        "s3same-0pen",
		`python -c "probe(password='s3same')"`:                                      "s3same",
		`curl http://probe:s3same@localhost/health`:                                 "s3same",
		`curl -H "Authorization: Bearer ` + fakeJWT + `" http://localhost:8080/`:    fakeJWT,
		`java -Ddb.password=s3same -jar probe.jar`:                                  "s3same",
		`grpcurl -H "private-token: s3same-0pen" localhost:8080 health.v1/Check`:    "s3same-0pen",
		`mongosh "mongodb://probe:s3same@localhost/admin" --eval 'db.runCommand()'`: "s3same",
	} {
		found := findSecrets(text, true)
		if len(found) != 1 || text[found[0].start:found[0].end] != secret {
			t.Errorf("in %s is found %+v, want %s", text, found, secret)
		}
	}
}

func TestWhatACommandFillsInIsNoSecret(t *testing.T) {
	for _, text := range []string{
		`curl -sf http://localhost:8080/health || exit 1`, `curl -H "Authorization: Bearer $NETSTACKS_SERVICE_TOKEN" http://localhost`, `curl -H 'Authorization: Bearer '"$TOKEN" http://localhost`,
		`curl -H "Authorization: Bearer ${TOKEN}" http://localhost`, `curl -H "Authorization: Bearer $(cat /run/secrets/token)" http://localhost`, `curl -H "Authorization: Bearer <token>"`, `curl -H "Authorization: Bearer your-token"`,
		`curl -u "$USER:$PASSWORD" http://localhost`, `curl -u probe:$PASSWORD http://localhost`, `curl -u guest:guest http://localhost`, `curl -u user:password http://localhost`, `curl -H "Authorization: Basic dXNlcjpwYXNz"`,
		`PGPASSWORD=$PGPASSWORD pg_isready`, `PGPASSWORD="$(cat /run/secrets/pg)" pg_isready`, "PGPASSWORD=`cat /run/secrets/pg` pg_isready", `test "$TOKEN" = "abcdefg" || exit 1`, `[ -n "$PASSWORD" ]`, `test -f /run/secrets/db_password && exit 0`,
		`wget --token-file=/run/secrets/token http://localhost`, `wget --password=/run/secrets/pg/password http://localhost`, `curl -d @/run/secrets/token http://localhost`, `probe --token @/run/token`, `probe --password-stdin < /run/secrets/pg`, `probe --max-tokens=100000`,
		`python -c "import os; probe(password=os.environ['P'])"`, `python -c "probe(token=token, password=pw)"`, `python -c "probe(secret=open('/run/s').read())"`, `python -c "probe(headers={'X-Token': token})"`, `python -c "probe(f'http://u:{pw}@localhost')"`,
		`node -e "probe({password: process.env.PASSWORD})"`, `node -e "probe({token: token})"`, `probe --password=changeme`, `probe --password= --user=a`, `probe --token=""`, `probe password`, `echo "the password: none"`, `docker run -u 1000:1000 x`, `stat -c %U:%G token`,
		`wget 'http://localhost/health?token=$TOKEN&public_key=abcdefghi'`, `test $secret == yes`,
	} {
		if found := findSecrets(text, true); len(found) > 0 {
			t.Errorf("in %s is found %q %+v", text, text[found[0].start:found[0].end], found)
		}
	}
}

func TestManySecretsInOneTextDoNotOverlap(t *testing.T) {
	text := "https://" + fakeAWS + ":" + fakeGitHub + "@localhost " + fakeJWT + " http://a:" + fakeJWT + "@b http://a:s3same@b"
	found := findSecrets(text, true)
	for i, s := range found {
		if s.end <= s.start || i > 0 && s.start < found[i-1].end {
			t.Errorf("%+v", found)
		}
	}
	if len(found) != 5 {
		t.Errorf("found %d of 5: %+v", len(found), found)
	}
}

// FuzzFindSecrets holds the finder to its promises on any text.
func FuzzFindSecrets(f *testing.F) {
	for _, d := range secretDeviations {
		f.Add(d.new, true)
		f.Add(d.old, false)
	}
	f.Add("-----BEGIN PRIVATE KEY-----"+tokenBody(50)+"-----END x", false)
	f.Add("a://b:c@d -u e:f --password 'g", true)
	f.Fuzz(func(t *testing.T, text string, command bool) {
		found := findSecrets(text, command)
		for i, s := range found {
			if s.start < 0 || s.end > len(text) || s.end-s.start < minSecret || s.what == "" || s.revoke == "" || i > 0 && s.start < found[i-1].end {
				t.Fatalf("in %q is found %+v", text, found)
			}
		}
		quoted := jsonText(text)
		d := Index([]byte(quoted))
		if d.root == nil || d.root.kind != kindString || d.root.text != text {
			return // not UTF-8
		}
		var issues []issue
		for _, s := range found {
			from, to := d.insideText(d.root, s.start), d.insideText(d.root, s.end)
			if from >= to || to > len(quoted)-1 {
				t.Fatalf("%q: the secret %+v stands at %d to %d", quoted, s, from, to)
			}
			issues = append(issues, issue{secret: quoted[from:to]})
		}
		m := masks(issues)
		for _, s := range found {
			secret := text[s.start:s.end]
			for _, shown := range []string{m.Replace(text), m.Replace(quoted), m.Replace(quoteShort(text)), m.Replace(withDots(text, found))} {
				if strings.Contains(shown, secret) {
					t.Fatalf("%q shows the secret %q", shown, secret)
				}
			}
		}
	})
}
