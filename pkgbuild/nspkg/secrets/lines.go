package secrets

import (
	"regexp"
	"strings"
	"sync"
)

// lineRules find what programs keep in files of their own whose lines have no word that
// tells of a secret; the name of the file does.
func lineRules() []rule {
	return []rule{
		ofLines("pgpass-password", "the password of a database", "change it", []string{".pgpass", "pgpass.conf"},
			`^\s*(?:[^:#\s\\]|\\.)(?:[^:\\]|\\.)*:(?:\d+|\*):(?:[^:\\]|\\.)+:(?:[^:\\]|\\.)+:((?:[^:\\\r]|\\.)+)`, notExample),
		ofLines("netrc-password", "the password of a machine", "change it", []string{".netrc", "_netrc"},
			`^(?:[^#]*\s)?password\s+"?([^\s"]+)`, notExample),
		ofLines("htpasswd-hash", "the hash of a password", "change that password", []string{".htpasswd"},
			`^[^\s:#]+:(\$[\w-]+\$\S{20,}|\{SHA\}\S{20,}|[./A-Za-z0-9]{13}\b)`, func(string) bool { return true }),
	}
}

// ofLines makes a rule of a pattern for lines, whose first group is the secret.
func ofLines(id, what, advice string, names []string, pattern string, real func(string) bool) rule {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	return rule{
		id: id, what: what, advice: advice, names: names, ahead: ahead, rank: rankService, text: true,
		find: func(w window) [][2]int {
			line, _, _ := strings.Cut(w.text[w.mark:], "\n")
			at := re().FindStringSubmatchIndex(line)
			if at == nil || !real(line[at[2]:at[3]]) {
				return nil
			}
			return [][2]int{{w.mark + at[2], w.mark + at[3]}}
		},
	}
}
