package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/distribution/reference"
)

// missingFixes returns repairs of the object n at pointer, which lacks a
// required field: to rename what stands there for it, to move it there from
// where it stands by mistake, or else to add it.
func (p *project) missingFixes(n *node, pointer, key string) []Fix {
	if p.trial {
		return nil
	}
	if fix, ok := p.moveHere(n, pointer, key); ok {
		return []Fix{fix}
	}
	if i, sure := misspelt(n, pointer, key); i >= 0 {
		return p.renameFixes(n, i, pointer, key, sure)
	}
	var fixes []Fix
	for _, r := range p.derive(n, pointer, key) {
		fixes = append(fixes, Fix{Title: "add " + titleOf(key, r.value), Safe: r.safe, Edits: []Edit{p.doc.insertMember(n, pointer, key, r.value)}})
	}
	if list, _ := p.doc.find(parentPointer(pointer)); list != nil && list.kind == kindArray && len(n.members) == 0 {
		i := slices.Index(list.items, n)
		fixes = append(fixes, safeFix("remove {}", removeItem(list, i)))
	}
	return fixes[:min(len(fixes), maxFixes)]
}

// missingBundleFixes returns repairs of a manifest whose member key needs the
// ui_bundle that is missing.
func (p *project) missingBundleFixes(n *node, key string) []Fix {
	fixes := p.missingFixes(n, "", "ui_bundle")
	return append(fixes, riskyFix("remove "+quoteShort(key), removeKey(n, key)))
}

// packagingIssues are about fields that validate and package require although
// the Controller's schema lists them as optional (plugin-sdk.txt, "validate"
// and "Optional fields").
func (p *project) packagingIssues() []issue {
	var issues []issue
	for _, name := range []string{"resources", "health_check"} {
		if p.doc.root.member(name) == nil {
			f, _ := fieldAt("/" + name)
			issues = append(issues, issue{
				rule: ruleCLIRequired, offset: p.doc.root.start, allowed: f.allowed, fixes: p.missingFixes(p.doc.root, "", name),
				message: fmt.Sprintf(`%s is missing: validate and package require it (check 4 of "validate"), although the Controller lists it as optional ("The manifest.json"); add it`, name),
			})
		}
	}
	return issues
}

// derive returns what a required field of the object n at pointer most likely
// is, best first, from what stands around it and from the specification.
func (p *project) derive(n *node, pointer, key string) []reading {
	switch patternOf(pointer) + "/" + key {
	case "/name":
		return p.deriveName()
	case "/version":
		if tag := p.imageTag(); IsVersion(tag) {
			return []reading{{tag, true}}
		}
		return []reading{{"1.0.0", true}}
	case "/display_name":
		return texts(true, titled(memberText(n, "name")))
	case "/description":
		return texts(false, cmp.Or(strings.TrimSpace(memberText(n, "display_name")), titled(memberText(n, "name")), "A NetStacks plugin"))
	case "/image":
		if name := memberText(n, "name"); NameProblem(name) == "" {
			// A reference cannot hold a hyphen before its colon, which a name may end with.
			return texts(true, "netstacks-plugin-"+strings.TrimRight(name, "-")+":"+p.doc.versionOr("1.0.0"))
		}
	case "/port":
		return p.derivePort()
	case "/capabilities_required":
		return []reading{{[]any{}, true}}
	case "/resources":
		return []reading{{keyed{{"cpu_limit", 0.5}, {"memory_limit", int64(268435456)}}, true}}
	case "/resources/cpu_limit":
		return []reading{{0.5, true}}
	case "/resources/memory_limit":
		return []reading{{int64(268435456), true}}
	case "/health_check":
		return p.deriveHealthCheck()
	case "/health_check/command":
		return p.healthCommands()
	case "/ui_bundle":
		return texts(true, p.bundleEntry())
	}
	return p.deriveBelowPanels(n, pointer, key)
}

// texts are the readings of those that are not empty. Only the first can be safe.
func texts(safe bool, list ...string) []reading {
	var all []reading
	for _, text := range list {
		if text != "" && !slices.ContainsFunc(all, func(r reading) bool { return r.value == text }) {
			all = append(all, reading{text, safe && len(all) == 0})
		}
	}
	return all
}

// deriveBelowPanels is derive for panels, columns and actions.
func (p *project) deriveBelowPanels(n *node, pointer, key string) []reading {
	label, id := memberText(n, "label"), memberText(n, "id")
	switch patternOf(pointer) + "/" + key {
	case "/terminal_panels/*/id", "/terminal_panels/*/actions/*/id":
		from, _ := kebab(label)
		for _, other := range []string{"data_endpoint", "endpoint"} {
			if from == "" {
				from = lastWord(memberText(n, other))
			}
		}
		return texts(true, p.uniqueID(pointer, from))
	case "/terminal_panels/*/label", "/terminal_panels/*/actions/*/label":
		return texts(true, titled(id), titled(lastWord(memberText(n, "data_endpoint"))), titled(lastWord(memberText(n, "endpoint"))))
	case "/terminal_panels/*/data_endpoint":
		if word, _ := kebab(id + "-"); word != "" {
			return texts(false, "/admin/"+word)
		}
	case "/terminal_panels/*/columns/*/key":
		return texts(false, strings.ReplaceAll(strings.ToLower(strings.TrimSpace(label)), " ", "_"))
	case "/terminal_panels/*/columns/*/label":
		return texts(true, columnLabel(memberText(n, "key")))
	case "/terminal_panels/*/actions/*/endpoint":
		panel, _ := p.doc.find(parentPointer(parentPointer(pointer)))
		data, word := strings.TrimRight(memberText(panel, "data_endpoint"), "/"), ""
		if word, _ = kebab(id); word == "" {
			word, _ = kebab(label)
		}
		if strings.HasPrefix(data, "/") && word != "" {
			return texts(false, data+"/{id}/"+word, data+"/"+word)
		}
	}
	return nil
}

// memberText returns the text of a member of n; "" when it has none.
func memberText(n *node, key string) string {
	if v := n.get(key); v != nil && v.kind == kindString {
		return v.text
	}
	return ""
}

// lastWord returns the last part of a path that is no variable, in the
// spelling of ids.
func lastWord(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if strings.Contains(parts[i], "{") {
			continue
		}
		if word, _ := kebab(parts[i]); word != "" {
			return word
		}
	}
	return ""
}

// uniqueID returns id, or one with a number when another item of the list that
// holds pointer has it; "" stays "".
func (p *project) uniqueID(pointer, id string) string {
	list, _ := p.doc.find(parentPointer(pointer))
	if list == nil || id == "" {
		return id
	}
	taken := map[string]bool{}
	for _, item := range list.items {
		taken[memberText(item, "id")] = true
	}
	unique := id
	for i := 2; taken[unique]; i++ {
		unique = id + "-" + strconv.Itoa(i)
	}
	return unique
}

// titled is a name as a title, as the scaffold makes a display name of it
// (plugin-sdk.txt, "new"): my-awesome-plugin becomes My Awesome Plugin.
func titled(name string) string {
	words := strings.FieldsFunc(shorten(name, 90), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		runes := []rune(w)
		runes[0] = unicode.ToUpper(runes[0])
		words[i] = string(runes)
	}
	return strings.Join(words, " ")
}

// deriveName takes the name out of the image's, or makes one of the display name.
func (p *project) deriveName() []reading {
	image := memberText(p.doc.root, "image")
	repository := image[strings.LastIndexByte(image, '/')+1:]
	repository, _, _ = strings.Cut(repository, "@")
	repository, _, _ = strings.Cut(repository, ":")
	var all []reading
	if name, found := strings.CutPrefix(repository, "netstacks-plugin-"); found && NameProblem(name) == "" {
		all = append(all, reading{name, true})
	}
	if name, _ := kebab(memberText(p.doc.root, "display_name")); NameProblem(name) == "" {
		all = append(all, reading{name, false})
	}
	return all
}

// imageTag returns the tag of the image; "" when there is none.
func (p *project) imageTag() string {
	named, err := reference.ParseNormalizedNamed(memberText(p.doc.root, "image"))
	if err != nil {
		return ""
	}
	tagged, ok := named.(reference.Tagged)
	if _, digested := named.(reference.Digested); !ok || digested {
		return ""
	}
	return tagged.Tag()
}

// retag writes another tag behind the image, which has one.
func (p *project) retag(tag string) Edit {
	n := p.doc.root.get("image")
	named := strings.TrimSuffix(n.text, ":"+p.imageTag())
	return replace(n, named+":"+tag)
}
