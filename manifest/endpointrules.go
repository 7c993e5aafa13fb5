package manifest

import (
	"fmt"
	"path"
	"strings"
	"unicode"
)

// flaw is what keeps the text of an endpoint from being a plain path.
type flaw struct {
	what  string // behind "terminal_panels[0].data_endpoint": what is wrong, and what to do
	write string // the text without the flaw; "" when nobody but the author knows it
	safe  bool
	level Severity // in place of the rule's
}

// rowID is the one thing of an endpoint that the Terminal fills in.
const rowID = "{id}"

// endpointIssues judges the data_endpoint of a panel or the endpoint of an
// action: the Terminal asks for /api/plugins/<name><endpoint>, with org_id
// added to the query, and fills in {id} in those of actions (terminal.md, "How
// a panel is drawn"; plugin-sdk.txt, "Terminal panels").
func (d *Document) endpointIssues(c *collected, n *node, pointer string) {
	text := textOf(n)
	if !strings.HasPrefix(text, "/") || strings.ContainsRune(text, 0) {
		return // the schema, or the rule about U+0000, refuses it
	}
	key := pointer[strings.LastIndexByte(pointer, '/')+1:]
	report := func(rule, allowed string, f flaw) {
		i := issue{rule: rule, offset: n.start, pointer: pointer, found: d.found(n), allowed: allowed, level: f.level}
		i.message = subject(pointer) + " " + f.what
		if f.write != "" && f.write != text {
			i.fixes = []Fix{writing(f.safe, key, n, f.write)}
		}
		c.add(i)
	}
	name := textOf(d.root.get("name"))
	for _, f := range pathFlaws(text, name) {
		report(ruleEndpoint, `a plain path, such as "/admin/items"`, f)
	}
	switch key {
	case "data_endpoint":
		if f, bad := dataFlaw(text); bad {
			report(ruleEndpoint, `a plain path, such as "/admin/items"`, f)
		}
	default:
		if f, bad := blankFlaw(text); bad {
			report(rulePlaceholder, rowID+`, as in "/admin/items/{id}/toggle"`, f)
		}
	}
}

// pathFlaws returns what is wrong with an endpoint as part of a URL, each flaw
// with the text in which that one alone is mended.
func pathFlaws(text, plugin string) []flaw {
	var flaws []flaw
	for _, find := range []func(text, plugin string) (flaw, bool){
		controlFlaw, spaceFlaw, backslashFlaw, fragmentFlaw, queryFlaw, prefixFlaw, dotsFlaw, slashesFlaw,
	} {
		if f, bad := find(text, plugin); bad {
			flaws = append(flaws, f)
		}
	}
	return flaws
}

func controlFlaw(text, _ string) (flaw, bool) {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	return flaw{what: "holds a control character, which is no part of a path; remove it", write: clean, safe: true}, clean != text
}

func spaceFlaw(text, _ string) (flaw, bool) {
	if trimmed := strings.Trim(text, " "); trimmed != text {
		return flaw{what: "ends with a space; remove it", write: trimmed, safe: true}, true
	}
	bare := blank().ReplaceAllString(text, "")
	return flaw{what: `holds a space, which a URL writes as %20; write that, or a path without one`, write: strings.ReplaceAll(text, " ", "%20")},
		strings.Contains(bare, " ")
}

func backslashFlaw(text, _ string) (flaw, bool) {
	return flaw{what: "holds a backslash; write a slash", write: strings.ReplaceAll(text, `\`, "/"), safe: true}, strings.Contains(text, `\`)
}

func fragmentFlaw(text, _ string) (flaw, bool) {
	before, fragment, cut := strings.Cut(text, "#")
	return flaw{
		what: fmt.Sprintf("holds the fragment %s, which the Terminal does not send; remove it", quoteShort("#"+fragment)), write: before, safe: !strings.Contains(fragment, rowID),
	}, cut
}

// queryFlaw tells of a query, of which org_id is the only part that cannot
// work: the Terminal adds it, and the Controller sets it to the caller's.
func queryFlaw(text, _ string) (flaw, bool) {
	before, query, cut := strings.Cut(cutFragment(text), "?")
	if !cut {
		return flaw{}, false
	}
	fragment := text[len(cutFragment(text)):]
	var kept []string
	fields := strings.Split(query, "&")
	for _, field := range fields {
		if key, _, _ := strings.Cut(field, "="); key != "org_id" {
			kept = append(kept, field)
		}
	}
	if len(kept) < len(fields) {
		if len(kept) > 0 {
			before += "?" + strings.Join(kept, "&")
		}
		return flaw{what: "gives org_id in its query, which the Terminal adds and the Controller sets to the caller's own; remove it", write: before + fragment, safe: true}, true
	}
	f := flaw{what: fmt.Sprintf("has the query %s, to which the Terminal adds org_id; documented is a path alone, so keep it only if the service reads it", quoteShort("?"+query)), level: SeverityInfo}
	if !strings.Contains(query, rowID) {
		f.write = before + fragment
	}
	return f, true
}

// cutFragment returns an endpoint without its fragment.
func cutFragment(text string) string {
	before, _, _ := strings.Cut(text, "#")
	return before
}

// splitPath parts an endpoint into its path and the rest.
func splitPath(text string) (path, rest string) {
	if i := strings.IndexAny(text, "?#"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// prefixFlaw finds the path at which the Controller serves a plugin, which the
// Terminal puts before every endpoint.
func prefixFlaw(text, plugin string) (flaw, bool) {
	const base = "/api/plugins/"
	below, ok := strings.CutPrefix(text, base)
	if !ok || below == "" {
		return flaw{}, false
	}
	name, rest := below, "/"
	if i := strings.IndexAny(below, "/?#"); i >= 0 {
		name, rest = below[:i], "/"+strings.TrimLeft(below[i:], "/")
	}
	return flaw{
		what:  fmt.Sprintf("begins with %s, which the Terminal puts before it once more; write %s", quoteShort(base+name), quoteShort(rest)),
		write: rest, safe: name == plugin,
	}, true
}

func dotsFlaw(text, _ string) (flaw, bool) {
	before, rest := splitPath(text)
	segments, depth, climbs, dots := strings.Split(before, "/"), 0, false, false
	for i, s := range segments {
		switch decoded := strings.ReplaceAll(strings.ToLower(s), "%2e", "."); decoded {
		case "..":
			segments[i], dots = decoded, true
			depth--
			climbs = climbs || depth < 0
		case ".":
			segments[i] = decoded
		case "":
		default:
			depth++
		}
	}
	clean := path.Clean(strings.Join(segments, "/"))
	if clean != "/" && strings.HasSuffix(before, "/") {
		clean += "/"
	}
	f := flaw{what: `holds "..", which is resolved before the request is sent; write ` + quoteShort(clean), write: clean + rest, safe: !climbs}
	if climbs {
		f.what = `leads out of the plugin's base path with "..", where the Terminal asks something else than the plugin; write a path below it`
	}
	return f, dots
}

func slashesFlaw(text, _ string) (flaw, bool) {
	before, rest := splitPath(text)
	f := flaw{what: "holds an empty part between two slashes, which most services take for another path; write one slash"}
	if !strings.Contains(before, ":/") {
		clean := before
		for strings.Contains(clean, "//") {
			clean = strings.ReplaceAll(clean, "//", "/")
		}
		f.write = clean + rest
	}
	// Two at the beginning may also be meant as the address of another host.
	host, _, _ := strings.Cut(strings.TrimLeft(before, "/"), "/")
	f.safe = !strings.HasPrefix(before, "//") || !strings.ContainsAny(host, ".:")
	return f, strings.Contains(before, "//")
}

// blank is a way in which some program writes a part of a path that is
// to be filled in. Colons and brackets count at the beginning of a part only.
var blank = onDemand(`\$\{[^{}/]*\}|\{\{[^{}/]*\}\}|\{[^{}/]*\}|(?i:%7b)[^%/]*(?i:%7d)|<[^<>/]+>|/:[A-Za-z_][A-Za-z0-9_]*|/\[[^\[\]/]+\]`)

// dataFlaw finds something to be filled in in a data_endpoint.
func dataFlaw(text string) (flaw, bool) {
	before, rest := splitPath(text)
	place := blank().FindStringIndex(before)
	if place == nil {
		return flaw{}, false
	}
	found := strings.TrimPrefix(before[place[0]:place[1]], "/")
	f := flaw{what: fmt.Sprintf("holds %s, which the Terminal fills in in the endpoints of actions only; write the path of the whole list", quoteShort(found))}
	// Where the last part is to be filled in, the path of the list stands before it.
	start := strings.LastIndexByte(before[:place[0]+1], '/')
	if start > 0 && !strings.Contains(before[place[1]:], "/") {
		f.write = before[:start] + rest
	}
	return f, true
}

// blankFlaw finds the first thing to be filled in that is not {id}.
func blankFlaw(text string) (flaw, bool) {
	places := blank().FindAllStringIndex(text, 10)
	ids := 0
	wrong := -1
	for i, place := range places {
		if text[place[0]:place[1]] == rowID {
			ids++
		} else if wrong < 0 {
			wrong = i
		}
	}
	switch {
	case wrong < 0 && ids > 1:
		return flaw{what: "holds " + rowID + " more than once, of which the Terminal fills in the first alone; let the path need it once"}, true
	case wrong < 0:
		return flaw{}, false
	}
	start, end := places[wrong][0], places[wrong][1]
	if text[start] == '/' {
		start++
	}
	found := text[start:end]
	f := flaw{what: fmt.Sprintf("holds %s, which the Terminal leaves as it is: it fills in %s and nothing else", quoteShort(found), rowID)}
	if len(places) > 1 {
		f.what += "; let the path need the row's id alone"
		return f, true
	}
	f.what += "; write that"
	f.write, f.safe = text[:start]+rowID+text[end:], namesID(found)
	return f, true
}

// namesID says whether a blank is {id} in another notation or case.
func namesID(found string) bool {
	found = strings.ToLower(found)
	found = strings.TrimSuffix(strings.TrimPrefix(found, "%7b"), "%7d")
	found = strings.Trim(found, "${}<>:[] ")
	_, name, typed := strings.Cut(found, ":") // as in <int:id>
	if !typed {
		name = found
	}
	return name == "id"
}
