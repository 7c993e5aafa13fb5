package manifest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// hostPower is the one capability that no endpoint checks because the
// Controller acts on it by itself ("Capability Declarations").
const hostPower = "manage_containers"

// capabilityIssues judges the names in capabilities_required, by the table of
// enforced capabilities and the table of endpoints (plugin-sdk.txt,
// "Capability Declarations" and "The /internal/v1 API"): execute_netconf and
// read_api_resources stand in the second only.
func (d *Document) capabilityIssues() []issue {
	list := d.root.get("capabilities_required")
	if list == nil {
		return nil
	}
	declared := map[string]bool{}
	for _, n := range list.items {
		if n.kind == kindString {
			declared[n.text] = true
		}
	}
	var issues []issue
	seen := map[string]bool{}
	for i, n := range list.items {
		if n.kind != kindString || n.text == "" || n.text == "*" {
			continue // the schema refuses it
		}
		if len(issues) >= maxFindings {
			break
		}
		if at, bad := d.capabilityIssue(list, i, seen[n.text], declared); bad {
			at.offset, at.pointer, at.found = n.start, fmt.Sprintf("/capabilities_required/%d", i), d.found(n)
			issues = append(issues, at)
		}
		seen[n.text] = true
	}
	return issues
}

// capabilityIssue judges the i-th capability of the list, and whether there is
// anything to say of it.
func (d *Document) capabilityIssue(list *node, i int, again bool, declared map[string]bool) (issue, bool) {
	n := list.items[i]
	name := quoteShort(n.text)
	remove := removeItem(list, i)
	c, known := CapabilityByName(n.text)
	switch {
	case again:
		return issue{
			rule: ruleDuplicateCap, allowed: "each capability once", fixes: []Fix{safeFix("remove the second "+name, remove)},
			message: fmt.Sprintf("the capability %s is declared twice, the service token carries it once; remove one", name),
		}, true
	case !known:
		return d.unknownCapability(list, i, declared), true
	case c.Deprecated:
		at := issue{rule: ruleUnenforced, allowed: c.Instead}
		at.message = fmt.Sprintf("%s unlocks nothing: the prompt of the scaffold offers it, but the table of enforced capabilities does not have it; indexing a document asks for %s", n.text, c.Instead)
		at.fixes = []Fix{safeFix(fmt.Sprintf("write %q", c.Instead), replace(n, c.Instead))}
		if declared[c.Instead] {
			at.fixes = []Fix{safeFix("remove "+name, remove)}
			at.message += ", which is declared already; remove this one"
		} else {
			at.message += "; declare that one instead"
		}
		return at, true
	case c.Name == hostPower:
		return issue{
			rule: ruleHostPower, allowed: "no " + hostPower,
			message: c.Name + " mounts the Docker socket of the host into the plugin, which gives it control over the whole host; " +
				"keep it only in a plugin that orchestrates containers, and waive this finding with the reason in " + ConfigName,
		}, true
	case c.HighTrust:
		return issue{
			rule: ruleHighTrust, allowed: "what the plugin uses, and no more",
			message: fmt.Sprintf("%s is a capability of high trust, it %s; keep it only if the plugin calls %s", c.Name, strings.ReplaceAll(c.Risk, "; ", ", "), c.Endpoint),
		}, true
	}
	return issue{}, false
}

// unknownCapability says that no endpoint asks for a capability. The fix for a
// slip of one letter is safe; a larger difference may mean another permission.
func (d *Document) unknownCapability(list *node, i int, declared map[string]bool) issue {
	n := list.items[i]
	var enforced []string
	for _, c := range capabilities {
		if !c.Deprecated {
			enforced = append(enforced, c.Name)
		}
	}
	name := quoteShort(n.text)
	at := issue{rule: ruleUnknownCap, allowed: strings.Join(enforced, ", ")}
	at.message = "no endpoint of the internal API asks for the capability " + name
	near, slip := SimilarCapability(n.text)
	remove := Fix{Title: "remove " + name, Edits: []Edit{removeItem(list, i)}}
	switch {
	case near == "":
		at.message += ", so that it unlocks nothing; remove it"
	case declared[near]:
		at.message += fmt.Sprintf("; %q is declared already, remove this one", near)
		remove.Safe = slip
	default:
		at.message += fmt.Sprintf("; did you mean %q?", near)
		at.fixes = []Fix{{Title: fmt.Sprintf("write %q", near), Safe: slip, Edits: []Edit{replace(n, near)}}}
	}
	at.fixes = append(at.fixes, remove)
	return at
}

// isReserved says whether the scaffold refuses a name for new plugins.
func isReserved(name string) bool { return slices.Contains(reservedNames, name) }

// reservedIssues warns of a name that the scaffold refuses for new plugins
// (plugin-sdk.txt, "Plugin name rules"). The manifest's own rule takes it.
func (p *project) reservedIssues() []issue {
	n := p.doc.root.get("name")
	if n == nil || n.kind != kindString || !isReserved(n.text) {
		return nil
	}
	return []issue{{
		rule: ruleReservedName, offset: n.start, pointer: "/name", found: p.doc.found(n), allowed: "a name other than " + joinAnd(reservedNames),
		message: fmt.Sprintf("the name %q is reserved: the scaffold's \"Plugin name rules\" refuse it for new plugins, although the manifest's own rule takes it; choose another name", n.text),
		fixes:   p.renamePlugin(),
	}}
}

// renamePlugin returns the fix that appends "-plugin" to the plugin's name,
// also where the image is called after it. There is none where the plugin's
// code or its migrations name its database schema, which would have to follow.
func (p *project) renamePlugin() []Fix {
	n, image := p.doc.root.get("name"), p.doc.root.get("image")
	name := n.text + "-plugin"
	if strings.HasSuffix(n.text, "plugin") || NameProblem(name) != "" {
		return nil
	}
	schema := "plugin_" + strings.ReplaceAll(n.text, "-", "_")
	if named, all := p.anySource("names "+schema, func(text []byte) bool { return bytes.Contains(text, []byte(schema)) }); named || !all {
		return nil
	}
	edits := []Edit{replace(n, name)}
	if image != nil && image.kind == kindString {
		if before, tag, ok := strings.Cut(image.text, "netstacks-plugin-"+n.text); ok && (tag == "" || tag[0] == ':' || tag[0] == '@') {
			edits = append(edits, replace(image, before+"netstacks-plugin-"+name+tag))
		}
	}
	return []Fix{riskyFix(fmt.Sprintf(`write "name": %q`, name), edits...)}
}
