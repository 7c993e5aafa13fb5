package secrets

import (
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// deviceMarks begin the lines, or ends of lines, in which a router, switch or firewall names a secret, as
// Cisco, Arista, Juniper and Fortinet write them.
var deviceMarks = []string{
	"enable secret", "enable password", "password 0 ", "password 7 ", "secret 0 ", "secret 4 ", "secret 5 ", "secret 7 ", "secret 8 ", "secret 9 ",
	"secret sha512 ", "key 0 ", "key 7 ", "snmp-server community", "snmp community ",
	"encrypted-password ", ` "$9$`, " ENC ",
}

// devicePattern is such a line from its mark on: how the secret is written, and the secret.
var devicePattern = sync.OnceValue(func() *regexp.Regexp {
	const value = `"?([^\s"'\\` + "`" + `,;<>]+)`
	return regexp.MustCompile(`^(?:` +
		`(?:enable )?(?:password|secret|key)(?: level \d+)? ([045789]|sha512) ` + value +
		`|enable (?:password|secret)(?: level \d+)? ` + value + `"?(?:\s*$|\\[nr]|["'` + "`" + `])` +
		`|snmp(?:-server)? community ` + value +
		`|encrypted-password "?(\$[156]\$[./A-Za-z0-9$]{18,})` + // a hash of Junos
		`| "(\$9\$[./A-Za-z0-9-]{8,})"` + // what Junos only obscures
		`| ENC ([A-Za-z0-9+/]{24,}={0,2})(?:\s|$))`) // of FortiOS
})

// deviceRule finds secrets in the configurations of network devices.
func deviceRule() rule {
	return rule{
		id: "device-secret", what: "a secret of a network device", advice: "change it on the device", marks: deviceMarks, ahead: 300, rank: rankService, text: true,
		find: func(w window) [][2]int {
			line, _, _ := strings.Cut(w.text[w.mark:], "\n")
			at := devicePattern().FindStringSubmatchIndex(line)
			if at == nil {
				return nil
			}
			written := ""
			if at[2] >= 0 {
				written = line[at[2]:at[3]]
			}
			for i := 4; i < len(at); i += 2 {
				if at[i] >= 0 && isDeviceSecret(written, line[at[i]:at[i+1]]) {
					return [][2]int{{w.mark + at[i], w.mark + at[i+1]}}
				}
			}
			return nil
		},
	}
}

// hashOfDevice is a salted hash, the unsalted one of type 4, or what Junos hides behind $9$.
var hashOfDevice = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\$(?:[1568]|14)\$[./A-Za-z0-9$]{18,}|\$9\$[./A-Za-z0-9$-]{8,}|[./A-Za-z0-9]{43})$`)
})

// isDeviceSecret judges a value by the type that stands in front of it: "0" or none is plain,
// "7" can be read back by anyone, the others are hashes, which can be guessed.
func isDeviceSecret(written, value string) bool {
	switch written {
	case "", "0":
		return strings.HasPrefix(value, "$") && hashOfDevice().MatchString(value) || isDevicePassword(value)
	case "7":
		plain, ok := readType7(value)
		return ok && !isDeviceExample(plain)
	}
	return hashOfDevice().MatchString(value)
}

// isDevicePassword tells a password or community from a word: it has characters of
// two kinds, as words have not but for the capital at their beginning.
func isDevicePassword(value string) bool {
	if len(value) < 6 || isDeviceExample(value) {
		return false
	}
	kinds := map[int]bool{}
	for i, r := range value {
		switch {
		case r <= ' ' || r > '~' || strings.ContainsRune("(){}[]", r):
			return false // a template, or a piece of a program
		case r >= '0' && r <= '9':
			kinds[0] = true
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z' && i == 0:
			kinds[1] = true
		case r >= 'A' && r <= 'Z':
			kinds[2] = true
		case r != '-' && r != '_' && r != '.':
			kinds[3] = true
		}
	}
	return len(kinds) >= 2
}

// deviceWords are passwords and communities that every manual prints.
var deviceWords = []string{
	"public", "private", "cisco", "juniper", "arista", "admin", "snmp", "community", "string", "read", "write", "readonly", "readwrite", "ro", "rw", "lab", "test", "enable",
	"mypassword", "mysecret", "mycommunity", "password", "secret", "network", "router", "switch", "monitor", "trap", "all", "default", "user", "class", "guest",
}

// lettersFor are the digits and signs that are written for letters.
var lettersFor = strings.NewReplacer("0", "o", "1", "i", "3", "e", "@", "a", "$", "s")

// isDeviceExample says whether a value is made of deviceWords, with digits and signs around them, or with
// digits for letters: cisco123, c1sc0, read-only.
func isDeviceExample(value string) bool {
	if isExample(value) {
		return true
	}
	const around = "0123456789!@#$%*._-"
	plain := strings.Trim(strings.ToLower(value), around)
	for _, text := range []string{plain, lettersFor.Replace(plain), strings.Trim(lettersFor.Replace(strings.ToLower(value)), around)} {
		parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-_.", r) })
		if len(parts) > 0 && !slices.ContainsFunc(parts, func(part string) bool { return !slices.Contains(deviceWords, part) }) {
			return true
		}
	}
	return false
}

// type7Key is what Cisco mixes into passwords of type 7, the same in every device.
const type7Key = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"

// readType7 returns the password that type 7 hides: two digits say where in the key it begins.
func readType7(value string) (string, bool) {
	if len(value) < 8 {
		return "", false
	}
	at, err := strconv.Atoi(value[:2])
	if err != nil || at < 0 || at >= len(type7Key) {
		return "", false
	}
	data, err := hex.DecodeString(value[2:])
	if err != nil {
		return "", false
	}
	for i := range data {
		data[i] ^= type7Key[(at+i)%len(type7Key)]
		if data[i] < ' ' || data[i] > '~' {
			return "", false
		}
	}
	return string(data), true
}
