package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// shortestRefresh is the refresh_interval_seconds below which a warning is
// given. No document names one: it is a matter of what polling costs.
const shortestRefresh = 5

// longestText bounds the texts of a panel that are judged beyond the schema.
const longestText = 2000

// terminalIcons are the names the Terminal has a picture for (terminal.md,
// "How a panel is drawn").
var terminalIcons = []string{"Bell", "Filter", "FileCode", "Rocket", "AlertTriangle", "Activity", "pulse"}

// Panels that the Terminal does not draw as the manifest describes them
// (terminal.md, "How a panel is drawn").
const (
	hiddenPanel  = "pipeline-rules" // the id of a panel that is never shown
	hiddenPlugin = "stacks"         // no panel of this plugin is
)

// handMade are the plugins whose panels have views of their own.
var handMade = []string{"alerts", "incidents", "profiling-agents"}

// collected are the issues of one set of rules, at most maxFindings.
type collected struct{ list []issue }

func (c *collected) full() bool { return len(c.list) >= maxFindings }

func (c *collected) add(i issue) {
	if !c.full() {
		c.list = append(c.list, i)
	}
}

// textOf returns a value's text; "" when it is no text, or too long to judge.
func textOf(n *node) string {
	if n == nil || n.kind != kindString || len(n.text) > longestText {
		return ""
	}
	return n.text
}

// itemsOf returns the items of a list; none when n is no list.
func itemsOf(n *node) []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// writing is the fix that puts another text in place of the value n of a key.
func writing(safe bool, key string, n *node, text string) Fix {
	return Fix{Title: fmt.Sprintf("write %q: %s", key, shorten(jsonText(text), 80)), Safe: safe, Edits: []Edit{replace(n, text)}}
}

// panelIssues judges each panel by what the Terminal does with it
// (terminal.md, "How a panel is drawn").
func (d *Document) panelIssues() []issue {
	var c collected
	list := d.root.get("terminal_panels")
	d.sameTexts(&c, ruleSamePanelID, list, "/terminal_panels", "id", "the Terminal addresses both as one view and would mix the two up")
	for i, panel := range itemsOf(list) {
		if c.full() {
			break
		}
		at := "/terminal_panels/" + strconv.Itoa(i)
		d.hiddenIssue(&c, list, i)
		d.iconIssue(&c, panel, at)
		d.refreshIssue(&c, panel, at)
		d.endpointIssues(&c, panel.get("data_endpoint"), at+"/data_endpoint")
		d.sameTexts(&c, ruleSameActionID, panel.get("actions"), at+"/actions", "id", "the Terminal tells the buttons of a panel apart by their ids")
		for j, action := range itemsOf(panel.get("actions")) {
			if c.full() {
				break
			}
			d.endpointIssues(&c, action.get("endpoint"), fmt.Sprintf("%s/actions/%d/endpoint", at, j))
		}
		d.columnIssues(&c, panel.get("columns"), at+"/columns")
	}
	return c.list
}

// sameTexts finds objects of a list whose text of a key an earlier one has
// already, and offers the next free one.
func (d *Document) sameTexts(c *collected, rule string, list *node, at, key, why string) {
	first := map[string]int{}
	for i, item := range itemsOf(list) {
		if n := item.get(key); n != nil && n.kind == kindString {
			if _, taken := first[n.text]; !taken {
				first[n.text] = i
			}
		}
	}
	for i, item := range itemsOf(list) {
		n := item.get(key)
		if c.full() {
			return
		}
		if n == nil || n.kind != kindString || n.text == "" || first[n.text] == i {
			continue
		}
		issue := issue{
			rule: rule, offset: n.start, pointer: fmt.Sprintf("%s/%d/%s", at, i, key), found: d.found(n), allowed: "one that no other has",
			message: fmt.Sprintf("%s already has the %s %s, %s; give this one another %s", subject(fmt.Sprintf("%s/%d", at, first[n.text])), key, quoteShort(n.text), why, key),
		}
		if textOf(n) != "" {
			issue.fixes = []Fix{writing(true, key, n, freeName(n.text, first))}
		}
		c.add(issue)
	}
}

// freeName appends the first number from 2 that makes a name nobody has.
func freeName(name string, taken map[string]int) string {
	for n := 2; ; n++ {
		free := fmt.Sprintf("%s-%d", name, n)
		if _, ok := taken[free]; !ok {
			return free
		}
	}
}

// hiddenIssue warns of the panel id that the Terminal never shows.
func (d *Document) hiddenIssue(c *collected, list *node, i int) {
	id := list.items[i].get("id")
	if textOf(id) != hiddenPanel {
		return
	}
	c.add(issue{
		rule: ruleHiddenPanel, offset: id.start, pointer: fmt.Sprintf("/terminal_panels/%d/id", i), found: d.found(id), allowed: "another id",
		message: fmt.Sprintf("a panel with the id %q is never shown: the Terminal leaves it out whatever plugin it belongs to; give it another id", hiddenPanel),
		fixes: []Fix{
			writing(false, "id", id, hiddenPanel+"-list"),
			riskyFix("remove the panel", removeItem(list, i)),
		},
	})
}

// viewIssues tells of a plugin's name by which the Terminal does something
// else than to draw its panels.
func (p *project) viewIssues() []issue {
	n := p.doc.root.get("name")
	panels := p.doc.root.get("terminal_panels")
	if textOf(n) == "" || len(itemsOf(panels)) == 0 {
		return nil
	}
	at := issue{offset: n.start, pointer: "/name", found: p.doc.found(n)}
	switch {
	case n.text == hiddenPlugin:
		at.rule, at.allowed, at.fixes = ruleHiddenPanel, "another name, or no terminal_panels", p.renamePlugin()
		at.message = fmt.Sprintf("no panel of a plugin called %q is shown: the Terminal leaves them out; give the plugin another name, or remove terminal_panels", n.text)
	case slices.Contains(handMade, n.text):
		at.rule, at.allowed = ruleHandMade, "another name, where the panels are to be drawn by terminal_panels"
		at.message = fmt.Sprintf("a plugin called %q has views of its own in the Terminal, which are shown instead of the tables that terminal_panels describes; give another plugin another name", n.text)
	default:
		return nil
	}
	return []issue{at}
}

// iconIssue warns of an icon that the Terminal has no picture for.
func (d *Document) iconIssue(c *collected, panel *node, at string) {
	n := panel.get("icon")
	if textOf(n) == "" || slices.Contains(terminalIcons, n.text) {
		return
	}
	i := issue{
		rule: ruleIcon, offset: n.start, pointer: at + "/icon", found: d.found(n), allowed: strings.Join(terminalIcons, ", "),
		message: fmt.Sprintf("the Terminal knows no icon %s and draws a puzzle piece; ", quoteShort(n.text)),
	}
	near, same := nearestIcon(n.text)
	switch {
	case same:
		i.message += fmt.Sprintf("it writes that one %q", near)
	case near != "":
		i.message += fmt.Sprintf("did you mean %q?", near)
	default:
		i.message += "it knows " + joinAnd(terminalIcons)
	}
	if near != "" {
		i.fixes = append(i.fixes, writing(same, "icon", n, near))
	}
	i.fixes = append(i.fixes, riskyFix("remove the icon: the puzzle piece stays", removeKey(panel, "icon")))
	for _, other := range terminalIcons {
		if other != near {
			i.fixes = append(i.fixes, writing(false, "icon", n, other))
		}
	}
	c.add(i)
}

// nearestIcon returns the icon that a name most likely means, "" when there is
// none, and whether the two differ in case and hyphens only. A name may also be
// a part of the icon's, or have its words in another order.
func nearestIcon(name string) (icon string, same bool) {
	if len(name) > 50 {
		return "", false
	}
	plain := snake(name)
	words := func(s string) []string { return slices.Sorted(strings.SplitSeq(s, "_")) }
	bestDistance := 1 + min(2, len(plain)/3)
	for _, known := range terminalIcons {
		spelt := snake(known)
		switch distance := editDistance(plain, spelt); {
		case strings.ReplaceAll(plain, "_", "") == strings.ReplaceAll(spelt, "_", ""):
			return known, true
		case slices.Equal(words(plain), words(spelt)), strings.HasPrefix(spelt, plain+"_"), strings.HasSuffix(spelt, "_"+plain):
			icon, bestDistance = known, 0
		case distance < bestDistance:
			icon, bestDistance = known, distance
		}
	}
	return icon, false
}

// refreshIssue warns of polling that costs more than it shows.
func (d *Document) refreshIssue(c *collected, panel *node, at string) {
	n := panel.get("refresh_interval_seconds")
	if n == nil || n.kind != kindNumber {
		return
	}
	seconds, err := strconv.ParseFloat(n.text, 64)
	if err != nil || seconds <= 0 || seconds >= shortestRefresh {
		return
	}
	at += "/refresh_interval_seconds"
	c.add(issue{
		rule: ruleRefresh, offset: n.start, pointer: at, found: d.found(n), allowed: fmt.Sprintf("%d or more, or 0 for no polling", shortestRefresh),
		message: fmt.Sprintf("%s is %s, so that every open Terminal fetches the rows through the Controller more often than each %d seconds; write %[3]d or more, or 0 for no polling", subject(at), shorten(n.text, 20), shortestRefresh),
		fixes:   []Fix{riskyFix(fmt.Sprintf(`write "refresh_interval_seconds": %d`, shortestRefresh), replace(n, shortestRefresh))},
	})
}

// columnIssues warns of columns that share a key, and of widths that a browser
// ignores.
func (d *Document) columnIssues(c *collected, columns *node, at string) {
	first := map[string]int{}
	for i, column := range itemsOf(columns) {
		if c.full() {
			return
		}
		key := column.get("key")
		if key != nil && key.kind == kindString && key.text != "" {
			if earlier, twice := first[key.text]; twice {
				same := d.text(columns.items[earlier]) == d.text(column)
				c.add(issue{
					rule: ruleColumn, offset: key.start, pointer: fmt.Sprintf("%s/%d/key", at, i), found: d.found(key), allowed: "a key that no other column has",
					message: fmt.Sprintf("%s already shows the key %s, this column would show the same values again; give it another key, or remove it", subject(fmt.Sprintf("%s/%d", at, earlier)), quoteShort(key.text)),
					fixes:   []Fix{{Title: "remove this column", Safe: same, Edits: []Edit{removeItem(columns, i)}}},
				})
			} else {
				first[key.text] = i
			}
		}
		if width := column.get("width"); textOf(width) != "" && !isWidth(width.text) {
			i := issue{
				rule: ruleColumn, offset: width.start, pointer: fmt.Sprintf("%s/%d/width", at, i), found: d.found(width), allowed: `a CSS width, such as "120px" or "20%"`,
			}
			i.message = fmt.Sprintf("%s is %s, which is no CSS width: the Terminal's browser ignores it", subject(i.pointer), describe(width))
			if mended := mendWidth(width.text); mended != "" {
				i.message += fmt.Sprintf("; write %q", mended)
				i.fixes = []Fix{writing(true, "width", width, mended)}
			} else {
				i.message += `; write one such as "120px" or "20%", or remove it`
			}
			c.add(i)
		}
	}
}

var (
	// cssLength is a length or percentage of CSS, without a sign: widths are not negative.
	cssLength = onDemand(`(?i)^\+?([0-9]+|[0-9]*\.[0-9]+)(e[+-]?[0-9]+)?(%|px|em|rem|ex|rex|ch|rch|cap|rcap|ic|ric|lh|rlh|[sld]?v(w|h|i|b|min|max)|cq(w|h|i|b|min|max)|cm|mm|q|in|pt|pc)$`)
	cssZero   = onDemand(`^[+-]?(0+|0*\.0+)$`)
	// cssWord is a keyword of CSS's width; what browsers call by names of their own begins with a hyphen.
	cssWord = onDemand(`(?i)^(auto|(min|max|fit)-content|stretch|contain|inherit|initial|unset|revert|revert-layer|-[a-z]+-[a-z-]+)$`)
	// cssFunction is a call, such as calc(50% - 8px); what is inside is not judged.
	cssFunction = onDemand(`(?i)^[a-z-]+\(.+\)$`)
	cssNumber   = onDemand(`^[0-9]+(\.[0-9]+)?$`)
)

// isWidth says whether a browser takes text for a width.
func isWidth(text string) bool {
	text = strings.TrimSpace(text)
	for _, form := range []*regexp.Regexp{cssLength(), cssZero(), cssWord(), cssFunction()} {
		if form.MatchString(text) {
			return true
		}
	}
	return text == ""
}

// mendWidth returns the width that text means; "" when that is not sure.
func mendWidth(text string) string {
	text = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), ";"))
	if number, unit, cut := strings.Cut(text, " "); cut {
		text = number + strings.TrimSpace(unit)
	}
	if cssNumber().MatchString(text) {
		text += "px"
	}
	if cssLength().MatchString(text) {
		return text
	}
	return ""
}
