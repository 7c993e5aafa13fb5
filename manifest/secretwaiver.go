package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// allowKey is the key of netstacks.toml that lets one secret into a package, [[package.allow-secret]].
const allowKey = "allow-secret"

// allowKeys are the keys of one [[package.allow-secret]].
var allowKeys = []string{"rule", "file", "line", "fingerprint", "reason"}

// SecretWaiver is one [[package.allow-secret]] of netstacks.toml: it names one secret that
// goes into a package, and says why.
type SecretWaiver struct {
	Rule        string // of the finding: "github-token"
	File        string // slash-separated, relative to the plugin directory
	Line        int    // of the finding in File, from 1; 0 when not given
	Fingerprint string // of the finding; "" when not given
	Reason      string
	At          int // the line of netstacks.toml that it begins in
}

// SecretWaivers reads the waivers of secrets from netstacks.toml in a plugin directory; none
// when there is no such file. A file with anything wrong in it waives nothing: the error says
// what and where.
func SecretWaivers(fsys fs.FS) ([]SecretWaiver, error) {
	f := newFiles(fsys)
	s, err := f.source(ConfigName, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && !utf8.Valid(s.data) {
		err = errors.New("it is not UTF-8")
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", ConfigName, cause(err))
	}
	root, err := parseTOML(s.data)
	if err != nil {
		offset, message := tomlPlace(s, err)
		return nil, fmt.Errorf("%s:%d cannot be read as TOML: %s", ConfigName, s.line(max(offset, 0)), strings.TrimPrefix(message, "toml: "))
	}
	c := configuration{files: f}
	waivers := c.packaging(root.get("package"))
	if len(c.problems) == 0 {
		for i := range waivers {
			waivers[i].At = s.line(waivers[i].At)
		}
		return waivers, nil
	}
	var said []string
	for _, p := range c.problems {
		said = append(said, fmt.Sprintf("%s:%d: %s", ConfigName, s.line(max(p.offset, 0)), p.message))
	}
	return nil, errors.New(strings.Join(said, "\n"))
}

// packaging reads what this program knows of the table [package]: its waivers of secrets, with
// offsets for lines.
func (c *configuration) packaging(table *node) []SecretWaiver {
	if table == nil || table.kind != kindObject {
		return nil
	}
	var waivers []SecretWaiver
	for _, m := range table.members {
		switch {
		case m.key != allowKey:
			if nearest(m.key, []string{allowKey}) != "" {
				c.unknownKey(m, []string{allowKey})
			}
		case m.value.kind != kindArray:
			c.complain(ruleConfigKey, m.value, "a list of tables", "package.%s must be a list of tables: [[package.%s]]", allowKey, allowKey)
		default:
			for _, item := range m.value.items {
				if item.kind != kindObject {
					c.complain(ruleConfigKey, item, "a table", "a waiver must be a table: [[package.%s]]", allowKey)
					continue
				}
				if w, ok := c.secretWaiver(item); ok {
					waivers = append(waivers, w)
				}
			}
		}
	}
	return waivers
}

// secretWaiver reads one waiver; false when it cannot be used.
func (c *configuration) secretWaiver(n *node) (SecretWaiver, bool) {
	w := SecretWaiver{At: n.start}
	before := len(c.problems)
	for _, m := range n.members {
		text := map[string]*string{"rule": &w.Rule, "file": &w.File, "fingerprint": &w.Fingerprint, "reason": &w.Reason}[m.key]
		switch {
		case !slices.Contains(allowKeys, m.key):
			c.unknownKey(m, allowKeys)
		case m.key == "line":
			line, err := strconv.Atoi(m.value.text)
			if m.value.kind != kindNumber || err != nil || line < 1 {
				c.complain(ruleConfigKey, m.value, "a line number", "line must be a number from 1")
			}
			w.Line = line
		case m.value.kind != kindString:
			c.complain(ruleConfigKey, m.value, "text", "%s must be text", m.key)
		default:
			*text = m.value.text
		}
	}
	place := &node{start: n.start, end: n.start + 1}
	switch {
	case len(c.problems) > before:
	case w.Rule == "" || w.File == "" || w.Line == 0 && w.Fingerprint == "":
		c.complain(ruleWaiverBroad, place, "rule, file, and line or fingerprint", "the waiver of a secret needs rule, file, and line or fingerprint, as `package` prints them: one waiver is about one secret")
	case strings.ContainsAny(w.Rule+w.File+w.Fingerprint, "*?"):
		c.complain(ruleWaiverBroad, place, "one rule and one file", "the waiver of a secret names one secret; there is none for several rules or files")
	case strings.TrimSpace(w.Reason) == "":
		c.complain(ruleWaiverReason, place, "reason = \"…\"", "the waiver of the secret in %s gives no reason; write why it may go into the package", harmless(shorten(w.File, 100)))
	}
	w.File = path.Clean(w.File)
	return w, len(c.problems) == before
}
