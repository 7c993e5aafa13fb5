package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// healthCommandPath is the path to the shell command of the health check.
var healthCommandPath = []string{"health_check", "command"}

// secretIssues finds secrets in the manifest's texts, wherever they stand: the
// manifest is part of the package, and the Controller stores it as it is
// ("End-to-End Workflow"), so that everybody who has either has the secret.
func (p *project) secretIssues() []issue {
	d := p.doc
	var issues []issue
	d.root.walk(nil, func(n *node, path []string) bool {
		if n.kind != kindString {
			return true
		}
		command := slices.Equal(path, healthCommandPath)
		remedy := `let an admin enter a new one in a setting marked "sensitive": true`
		if command {
			remedy = "let the service answer this probe without it"
		}
		found := findSecrets(n.text, command || setsVariable(n.text))
		switch {
		case len(found) > 0:
		case slices.Equal(path, []string{"image"}):
			found = imageSecrets(n.text)
		case isSecretField(path, n.text):
			found = []secretText{{end: len(n.text), what: "a secret, as its name says", revoke: "change it"}}
		}
		if len(found) == 0 {
			return true
		}
		var bounds []int
		for _, s := range found {
			bounds = append(bounds, s.start, s.end)
		}
		bounds = d.insideTexts(n, bounds...)
		shown := withDots(n.text, found)
		for i, s := range found {
			from, to := bounds[2*i], bounds[2*i+1]
			if to-from < minSecret || n.joined { // it stands otherwise in the file
				from, to = n.start, n.end
				p.hidden = append(p.hidden, n.text[s.start:s.end])
			}
			if len(issues) >= maxFindings {
				p.hidden = append(p.hidden, string(d.data[from:to]))
				continue
			}
			issues = append(issues, issue{
				rule: ruleSecret, offset: from, end: to, pointer: pointerTo(path), secret: string(d.data[from:to]), found: shown,
				allowed: `no secret: the service reads it from a setting marked "sensitive": true, or from its environment`,
				message: fmt.Sprintf("%s holds %s, which everybody can read who gets the plugin; %s, and %s", wholePath(path), s.what, s.revoke, remedy),
				fixes:   d.secretFixes(n, path, s, from, to),
			})
		}
		return len(issues)+len(p.hidden) < maxSecrets
	})
	return issues
}

// withDots is a text as JSON with dots for its secrets, which do not show how
// long they are.
func withDots(text string, secrets []secretText) string {
	var b strings.Builder
	at := 0
	for _, s := range secrets {
		b.WriteString(text[at:s.start])
		b.WriteString("••••••••")
		at = s.end
	}
	return harmless(shorten(jsonText(b.String()+text[at:]), 120))
}

// secretFixes take a secret out where something is left without it: an address
// without its password, a setting without its default. The file's bytes
// [from, to) are the secret's.
func (d *Document) secretFixes(n *node, path []string, s secretText, from, to int) []Fix {
	var fixes []Fix
	if s.address && d.data[from-1] == ':' {
		fixes = append(fixes, riskyFix("remove the password from the address", edit(from-1, to, "")))
	}
	last := len(path) - 1
	if last > 0 && path[0] == "settings_schema" && path[last] == "default" && pointerTo(path) != "" {
		if owner, _ := d.find(pointerTo(path[:last])); owner.get("default") == n {
			fixes = append(fixes, emptyDefault(owner)...)
		}
	}
	return fixes
}

// emptyDefault are the fixes that take the default of a setting away.
func emptyDefault(setting *node) []Fix {
	return []Fix{
		riskyFix(`write "default": ""`, replace(setting.get("default"), "")),
		riskyFix(`remove "default"`, removeKey(setting, "default")),
	}
}
