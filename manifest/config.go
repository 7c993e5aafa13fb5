package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ConfigName is the file at the root of a plugin directory whose table
// [validate] changes severities and waives findings, and whose list
// [[package.allow-secret]] lets secrets into a package, one by one.
const ConfigName = "netstacks.toml"

// maxConfig is the largest netstacks.toml that is read, in bytes.
const maxConfig = 256 << 10

// configured are the issues of a project as netstacks.toml has them.
type configured struct {
	issues   []issue // those that count, with the problems
	waived   []waivedIssue
	problems []issue // what is wrong in netstacks.toml itself
}

// waivedIssue is an issue that does not count.
type waivedIssue struct {
	issue
	reason string
}

// configure applies netstacks.toml to the issues.
func (p *project) configure() configured {
	c := configuration{files: p.files, issues: slices.Clone(p.issues)}
	s, err := p.files.source(ConfigName, maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return configured{issues: c.issues}
	case err != nil:
		c.complain(ruleConfigSyntax, nil, "a readable file", "netstacks.toml cannot be read: %v", cause(err))
	case !utf8.Valid(s.data):
		c.complain(ruleConfigSyntax, nil, "UTF-8", "netstacks.toml is not UTF-8; save it as UTF-8")
	default:
		root, err := parseTOML(s.data)
		if err != nil {
			offset, message := tomlPlace(s, err)
			c.complain(ruleConfigSyntax, &node{start: offset}, "TOML", "netstacks.toml cannot be read as TOML: %s", strings.TrimPrefix(message, "toml: "))
			break
		}
		c.apply(root.get("validate"))
		c.packaging(root.get("package")) // what they waive is package's concern
		tables := []string{"validate", "package"}
		for _, m := range root.members { // others may be other programs'
			if !slices.Contains(tables, m.key) && nearest(m.key, tables) != "" {
				c.unknownKey(m, tables)
			}
		}
	}
	return configured{issues: append(c.issues, c.problems...), waived: c.waived, problems: c.problems}
}

// configuration applies the table [validate].
type configuration struct {
	files    *files
	issues   []issue
	waived   []waivedIssue
	problems []issue // of netstacks.toml itself
}

// complain notes what is wrong in netstacks.toml, at a value or, with nil,
// about the whole file.
func (c *configuration) complain(rule string, at *node, allowed, message string, args ...any) *issue {
	i := issue{rule: rule, file: ConfigName, offset: -1, allowed: allowed, message: fmt.Sprintf(message, args...)}
	if at != nil {
		i.offset, i.end = at.start, at.end
		i.found = harmless(shorten(at.text, 120))
	}
	c.problems = append(c.problems, i)
	return &c.problems[len(c.problems)-1]
}

// unknownKey warns of a key that nothing reads, and offers the one that was meant.
func (c *configuration) unknownKey(m member, known []string) {
	message := fmt.Sprintf("%s is no key that netstacks-plugin reads", quoteShort(m.key))
	near := nearest(m.key, known)
	if near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	i := c.complain(ruleConfigKey, &node{start: m.keyStart, end: m.keyEnd, text: m.key}, strings.Join(known, ", "), "%s", message)
	if near != "" {
		i.fixes = []Fix{safeFix("write "+near, Edit{File: ConfigName, Start: m.keyStart, End: m.keyEnd, New: near})}
	}
}

func (c *configuration) apply(table *node) {
	if table == nil {
		return
	}
	if table.kind != kindObject {
		c.complain(ruleConfigKey, table, "a table", "validate must be a table, [validate]")
		return
	}
	for _, m := range table.members {
		switch m.key {
		case "severity":
			c.severities(m.value)
		case "waive":
			c.waivers(m.value)
		default:
			c.unknownKey(m, []string{"severity", "waive"})
		}
	}
}

// severities reads [validate.severity]: a severity for each rule.
func (c *configuration) severities(table *node) {
	if table.kind != kindObject {
		c.complain(ruleConfigKey, table, "a table", "validate.severity must be a table of rules and their severities")
		return
	}
	for _, m := range table.members {
		rule, ok := c.rule(&node{start: m.keyStart, end: m.keyEnd, text: m.key})
		if !ok {
			continue
		}
		level := Severity(m.value.text)
		switch {
		case m.value.kind != kindString || severityRank(level) < 0:
			i := c.complain(ruleConfigSeverity, m.value, `"error", "warning" or "info"`,
				"the severity of %s is %s; it can be \"error\", \"warning\" or \"info\" (a finding that is none is waived by itself, with a reason)", rule.ID, shorten(m.value.text, 60))
			if near := nearest(m.value.text, []string{"error", "warning", "info"}); near != "" {
				i.fixes = []Fix{safeFix("write "+strconv.Quote(near), Edit{File: ConfigName, Start: m.value.start, End: m.value.end, New: strconv.Quote(near)})}
			}
		case rule.Enforced() && level != SeverityError:
			c.complain(ruleConfigSeverity, m.value, `"error"`, "%s stays an error: %s, so the plugin could not be used", rule.ID, rule.enforcer())
		default:
			for n := range c.issues {
				if c.issues[n].rule == rule.ID {
					c.issues[n].level = level
				}
			}
		}
	}
}

// rule returns the rule that n names, and complains when there is none.
func (c *configuration) rule(n *node) (Rule, bool) {
	if rule, ok := RuleByID(n.text); ok && n.text != ruleMore && !strings.HasPrefix(n.text, "NSP4") {
		return rule, true
	}
	c.complain(ruleConfigRule, n, "the id of a rule, such as NSP3013", "%s is no rule whose severity or findings can be changed; docs/rules.md lists them", quoteShort(n.text))
	return Rule{}, false
}
