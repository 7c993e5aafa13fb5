package secrets

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

// bareSeeds are values without quotes, of files that only their names or first lines tell of, and of
// files that programs keep credentials in.
func bareSeeds(r *rand.Rand) []seed {
	tok := func(alphabet string, n int) string { return body(r, alphabet, n) }
	assigned := func() string { return "API_TO" + "KEN=" + tok(alnum, 32) }
	kube := func() string {
		return "apiVersion: v1\nkind: Config\nusers:\n- name: ada\n  user:\n    to" + "ken: " + tok(alnum, 60)
	}
	return []seed{
		{"kubeconfig", kube(), "named-secret"},
		{"deploy/admin.kubeconfig", kube(), "named-secret"},
		{"deploy/kubeconfig-prod", kube(), "named-secret"},
		{".kube/config", kube(), "named-secret"},
		{"kubeconfig.yaml", kube(), "named-secret"},
		{"deploy.sh", assigned(), "named-secret"},
		{"deploy.sh", "export " + assigned(), "named-secret"},
		{"run.bash", "docker run -e " + assigned() + " acme/app", "named-secret"},
		{"run.zsh", "curl -H X-Auth-To" + "ken:" + tok(alnum, 32) + " x", "named-secret"},
		{"Makefile", assigned(), "named-secret"},
		{"Makefile", "API_TO" + "KEN ?= " + tok(alnum, 32), "named-secret"},
		{"deploy.mk", "API_TO" + "KEN:=" + tok(alnum, 32), "named-secret"},
		{"setup.cmd", "set " + assigned(), "named-secret"},
		{"env.production", assigned(), "named-secret"},
		{".env-production", assigned(), "named-secret"},
		{"secrets.txt", assigned(), "named-secret"},
		{"api_tokens", assigned(), "named-secret"},
		{"app.env", assigned(), "named-secret"},
		{".envrc", "export " + assigned(), "named-secret"},
		{"config.ini", assigned(), "named-secret"},
		{"Dockerfile.dev", "ENV " + assigned(), "named-secret"},
		{".pgpass", "db.internal:5432:app:app:" + tok(alnum, 12), "pgpass-password"},
		{"pgpass.conf", `*:*:*:app:` + tok(alnum, 6) + `\:` + tok(alnum, 4), "pgpass-password"},
		{".my.cnf", "[client]\nuser=app\npass" + "word=" + tok(small, 8), "named-secret"},
		{"my.cnf", "[client]\nuser = app\npass" + "word = " + tok(alnum, 20), "named-secret"},
		{".netrc", "machine git.corp.net\n  login bot\n  pass" + "word " + tok(alnum, 12), "netrc-password"},
		{"_netrc", "default login bot pass" + "word " + tok(alnum, 12), "netrc-password"},
		{".git-credentials", "https://bot:" + tok(alnum, 20) + "@git.corp.net", "address-password"},
		{".git-credentials", "https://bot:gh" + "p_" + tok(alnum, 36) + "@github.com", "address-password"},
		{".htpasswd", "bot:$apr1$" + tok(alnum, 8) + "$" + tok(alnum, 22), "htpasswd-hash"},
		{"settings.xml", "<server>\n<pass" + "word>" + tok(alnum, 24) + "</pass" + "word>", "named-secret"},
		{"app.xml", "<db>\n  <db:api-to" + "ken> " + tok(alnum, 32) + " </db:api-to" + "ken>", "named-secret"},
		{"keys.txt", putty(r), "putty-private-key"},
		{"notes/putty.md", strings.ReplaceAll(putty(r), "\n", "\r\n"), "putty-private-key"},
	}
}

func putty(r *rand.Rand) string {
	return "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: ada\nPublic-Lines: 2\n" + body(r, base64s, 64) + "\n" + body(r, base64s, 44) +
		"\nPrivate-" + "Lines: 1\n" + body(r, base64s, 48) + "\nPrivate-MAC: " + body(r, smallHex, 64)
}

// deviceSeeds are lines of the configurations of network devices.
func deviceSeeds(r *rand.Rand) []seed {
	tok := func(alphabet string, n int) string { return body(r, alphabet, n) }
	const rule = "device-secret"
	return []seed{
		{"core1.txt", "enable secret 5 $1$" + tok(alnum, 4) + "$" + tok(alnum, 22), rule},
		{"core1.cfg", "enable secret 9 $9$" + tok(alnum, 14) + "$" + tok(alnum, 43), rule},
		{"core1.conf", "enable secret " + tok(alnum, 12), rule},
		{"running-config", "enable password level 15 " + tok(alnum, 12), rule},
		{"core1.txt", "username ada privilege 15 password 0 " + tok(alnum, 12), rule},
		{"core1.txt", "line vty 0 4\n password 7 " + type7(7, tok(alnum, 10)), rule},
		{"core1.txt", "tacacs-server host 10.0.0.1 key 7 " + type7(12, tok(alnum, 16)), rule},
		{"core1.txt", "snmp-server community " + tok(alnum, 12) + " RW", rule},
		{"tests/device.py", `CONFIG = "hostname r1\nsnmp-server community ` + tok(alnum, 12) + ` RO\nend"`, rule},
		{"edge.set", "set snmp community " + tok(alnum, 12) + " authorization read-only", rule},
		{"leaf.cfg", "username ada secret sha512 $6$" + tok(alnum, 16) + "$" + tok(alnum, 86), rule},
		{"edge.conf", `encrypted-password "$6$` + tok(alnum, 8) + "$" + tok(alnum, 86) + `"; ## SECRET-DATA`, rule},
		{"edge.set", `set system tacplus-server 10.0.0.1 secret "$9$` + tok(alnum, 30) + `"`, rule},
		{"forti.conf", "        set password " + "ENC " + tok(base64s, 66) + "==", rule},
	}
}

// type7 hides a password as Cisco's type 7 does.
func type7(at int, plain string) string {
	data := []byte(plain)
	for i := range data {
		data[i] ^= type7Key[(at+i)%len(type7Key)]
	}
	return string([]byte{byte('0' + at/10), byte('0' + at%10)}) + strings.ToUpper(hex.EncodeToString(data))
}

func TestScriptWithoutEndingIsKnownByItsFirstLine(t *testing.T) {
	line := "API_TO" + "KEN=" + body(rand.New(rand.NewPCG(2, 2)), alnum, 32) + "\n"
	for head, want := range map[string]int{
		"#!/bin/sh\n": 1, "#!/usr/bin/env -S bash -e\n": 1, "\ufeff#!/bin/bash\r\n": 1, "#!/usr/bin/make -f\n": 1, "apiVersion: v1\n": 1,
		"#!/usr/bin/python3\n": 0, "": 0, "# a shell\n": 0,
	} {
		text := head + "set -e\n" + strings.Repeat("# more of the same\n", 2000) + line
		found, err := Scan("bin/deploy", strings.NewReader(text))
		if err != nil || len(found) != want {
			t.Errorf("%q: got %+v, %v", head, found, err)
		}
		var c Collector
		half := len(text) / 2
		c.Piece("bin/deploy", int64(half-leastSeen), []byte(text[half-leastSeen:]), leastSeen, true)
		c.Piece("bin/deploy", 0, []byte(text[:half]), 0, false)
		if got := c.Findings(); len(got) != want {
			t.Errorf("%q, in pieces: got %+v", head, got)
		}
	}
}

func TestReferencesInScriptsAreNoSecrets(t *testing.T) {
	for _, line := range []string{
		"API_TOKEN=$VAULT_TOKEN_9f8e7d6c5b4a39281706", "API_TOKEN=${TOKEN9f8e7d6c5b4a3928}", "API_TOKEN=$(pass show a9f8e7d6c5b4a39281706)", "API_TOKEN=`pass show a9f8e7d6c5b4a39281706`",
		"API_TOKEN={{api_token_9f8e7d6c5b4a39281706}}", "API_TOKEN=app9f8e7d6c5b4a39281706$SUFFIX", "API_TOKEN ?= $(shell cat t9f8e7d6c5b4a39281706)", "API_TOKEN=%TOKEN9f8e7d6c5b4a39281706%",
		"API_TOKEN=your-api-token-here", "API_TOKEN=", `API_TOKEN="$1"`, "API_TOKEN=changeme1234567890aB",
	} {
		for _, file := range []string{"deploy.sh", "Makefile", "env.production", "secrets.txt"} {
			if strings.Contains(line, "$SUFFIX") && file != "deploy.sh" && file != "Makefile" {
				continue // there it is the value
			}
			if found, _ := Scan(file, strings.NewReader("#!/bin/sh\n"+line+"\n")); len(found) != 0 {
				t.Errorf("%s: %q: %+v", file, line, found)
			}
		}
	}
}

func TestWellKnownWordsOfDevicesAreNoSecrets(t *testing.T) {
	for _, line := range []string{
		"snmp-server community public RO", "snmp-server community private RW", "snmp-server community cisco123 RW", "snmp-server community C1sc0 RO", "snmp-server community <community> RO",
		"snmp-server community {{ snmp.community }} RO", "snmp-server community {community9} RO", "snmp-server community $SNMP_RO1 RO", "snmp-server community read-only RO", "set snmp community public",
		"enable secret cisco", "enable password 7 " + type7(2, "cisco"), "enable secret 5 $1$", "then enable secret scanning2 in the repository's settings", "the key 7 of the table", "password 0 admin123",
		" password 7 0822455D0A16", "enable secret 5 <hash>",
	} {
		for _, file := range []string{"core1.cfg", "main.py"} {
			if found, _ := Scan(file, strings.NewReader(line+"\n")); len(found) != 0 {
				t.Errorf("%s: %q: %+v", file, line, found)
			}
		}
	}
}

func TestElementsOfXMLWithoutSecretsAreNotFound(t *testing.T) {
	for _, line := range []string{
		"<password>${env.TOKEN9f8e7d6c5b4a39281706}</password>", "<password>{COQLCE6DU6GtcS5P9f8e7d6c5b4a39=}</password>", "<password></password>", "<password>changeit</password>",
		"<token>9f8e7d6c5b4a39281706f5e4d3c2b1a0<br>", "<tokenUrl>9f8e7d6c5b4a39281706f5e4d3c2b1a0</tokenUrl>",
	} {
		if found, _ := Scan("settings.xml", strings.NewReader(line+"\n")); len(found) != 0 {
			t.Errorf("%q: %+v", line, found)
		}
	}
}
