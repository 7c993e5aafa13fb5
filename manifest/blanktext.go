package manifest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// isBlank says whether nothing of a text is seen, although it is not empty.
func isBlank(text string) bool {
	return text != "" && strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) == ""
}

// blankIssues warns of texts for people that hold white space alone, which the
// schema takes: it asks for one character.
func (p *project) blankIssues() []issue {
	var c collected
	p.blankText(&c, p.doc.root, "", "display_name", "so that the plugin has no name where plugins are listed")
	p.blankText(&c, p.doc.root, "", "description", "so that nobody is told what the plugin is for")
	const nameless, button = "so that the Terminal shows the panel without a name", "so that the Terminal shows a button without words"
	for i, panel := range itemsOf(p.doc.root.get("terminal_panels")) {
		at := "/terminal_panels/" + strconv.Itoa(i)
		p.blankText(&c, panel, at, "label", nameless)
		for n, column := range itemsOf(panel.get("columns")) {
			p.blankText(&c, column, fmt.Sprintf("%s/columns/%d", at, n), "label", "so that the column has no heading")
		}
		for n, action := range itemsOf(panel.get("actions")) {
			p.blankText(&c, action, fmt.Sprintf("%s/actions/%d", at, n), "label", button)
		}
		if c.full() {
			break
		}
	}
	return c.list
}

// blankText judges one text of the object n at pointer. What it most likely
// should be is what would be written there if it were missing.
func (p *project) blankText(c *collected, n *node, pointer, key, why string) {
	v := n.get(key)
	if v == nil || v.kind != kindString || !isBlank(v.text) || c.full() {
		return
	}
	at := pointer + "/" + key
	i := issue{
		rule: ruleBlank, offset: v.start, pointer: at, found: p.doc.found(v), allowed: "text that can be read",
		message: fmt.Sprintf("%s is blank: it holds nothing but white space, %s; write what it is called", subject(at), why),
	}
	if key == "description" {
		i.message = strings.TrimSuffix(i.message, "what it is called") + "a sentence"
	}
	if !p.trial {
		for _, r := range p.derive(n, pointer, key) {
			if text, ok := r.value.(string); ok && !isBlank(text) {
				// A column may have been left without a heading on purpose.
				i.fixes = append(i.fixes, writing(r.safe && !strings.Contains(pointer, "/columns/"), key, v, text))
			}
		}
	}
	c.add(i)
}
