package manifest

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// maxFixes bounds how many repairs one finding of the schema's rules offers.
const maxFixes = 3

// mending looks for values that the schema takes in place of one that it
// refuses.
type mending struct {
	*project
	pointer  string // of the value
	key      string // of the value; "" for an item of a list
	index    int    // of the item in its list
	node     *node
	parent   *node
	schema   *draft7.Schema
	required bool
	fixes    []Fix
}

// onDemand returns a regular expression that is compiled when it is first
// needed: most runs find nothing to repair.
func onDemand(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// reading is a value that may have been meant.
type reading struct {
	value any  // what jsonText takes
	safe  bool // the one sensible reading of what is there
}

// valueFixes returns repairs of the value at pointer, which the schema or the
// decoder refuses.
func (p *project) valueFixes(pointer string) []Fix {
	if p.trial {
		return nil
	}
	m := p.mendingOf(pointer)
	if m == nil {
		return nil
	}
	m.read()
	m.giveUp()
	return m.fixes[:min(len(m.fixes), maxFixes)]
}

// mendingOf returns what can be said of the value at pointer; nil when it is
// not one that the schema describes.
func (p *project) mendingOf(pointer string) *mending {
	at := strings.LastIndexByte(pointer, '/')
	if at < 0 {
		return nil
	}
	m := &mending{project: p, pointer: pointer, schema: schema().at(pointer)}
	m.parent, _ = p.doc.find(pointer[:at])
	m.node, _ = p.doc.find(pointer)
	above := schema().at(pointer[:at])
	if m.schema == nil || m.parent == nil || m.node == nil || above == nil {
		return nil
	}
	token := unescapePointer(pointer[at+1:])
	if m.parent.kind == kindArray {
		m.index, _ = strconv.Atoi(token)
		return m
	}
	m.key = token
	m.required = slices.Contains(above.Required, token) || at == 0 && (slices.Contains(requiredFields, token) || token == "ui_bundle" && needsBundle(m.parent))
	return m
}

// needsBundle says whether the manifest holds what the schema takes beside
// ui_bundle only.
func needsBundle(root *node) bool {
	return root.member("routes") != nil || root.member("dashboard_widgets") != nil
}

// read offers what the value may have been meant to be: by the rules of its
// place, then by those of its type.
func (m *mending) read() {
	n := m.node
	if own := ownReadings[patternOf(m.pointer)]; own != nil && own(m) {
		return
	}
	if n.kind == kindNull || n.kind == kindString && strings.TrimSpace(n.text) == "" {
		m.fillIn()
		return
	}
	for _, r := range readings(n, m.schema.Types, 2) {
		m.write(r.safe, r.value)
		m.clamp(r)
	}
	if n.kind == kindObject && slices.Equal(m.schema.Types, []string{"array"}) {
		m.listOfOne()
	}
}

// fillIn is for a value that says nothing, null or an empty text: an optional
// one goes, a required one becomes what can be derived.
func (m *mending) fillIn() {
	if !m.required && m.parent != nil {
		m.remove(true)
		return
	}
	for _, r := range m.derive(m.parent, parentPointer(m.pointer), m.key) {
		m.write(r.safe, r.value)
	}
}

// giveUp offers to do without the value, where what it was meant to be cannot
// be told for sure.
func (m *mending) giveUp() {
	switch {
	case !m.required:
		if !slices.ContainsFunc(m.fixes, func(f Fix) bool { return f.Safe }) {
			m.remove(false)
		}
	case len(m.fixes) == 0:
		for _, r := range m.derive(m.parent, parentPointer(m.pointer), m.key) {
			m.write(false, r.value)
		}
	}
}

// parentPointer returns the pointer of what holds the value of a pointer.
func parentPointer(pointer string) string {
	return pointer[:max(0, strings.LastIndexByte(pointer, '/'))]
}

// takes says whether the schema takes a value at the place.
func (m *mending) takes(value any) bool {
	return m.schema != nil && m.schema.Valid(value)
}

// write offers to write a value in place of what is there. A value that the
// schema refuses is left out.
func (m *mending) write(safe bool, value any) { m.writeWith(safe, value, "") }

// writeWith is write with other edits that follow from the value; also says
// in the title what they do.
func (m *mending) writeWith(safe bool, value any, also string, with ...Edit) {
	if !m.takes(plain(value)) {
		return
	}
	text := jsonText(value)
	if _, ok := value.(keyed); ok && m.key != "" {
		text = m.doc.jsonBlock(value, m.doc.indentAt(m.node.start))
	}
	title := "write " + titleOf(m.key, value)
	if len(with) > 0 {
		title += also
	}
	m.offer(Fix{Title: title, Safe: safe, Edits: append([]Edit{edit(m.node.start, m.node.end, text)}, with...)})
}

// offer adds a fix, unless there is one that does the same.
func (m *mending) offer(fix Fix) {
	if len(m.fixes) < 2*maxFixes && !slices.ContainsFunc(m.fixes, func(f Fix) bool { return slices.Equal(f.Edits, fix.Edits) }) {
		m.fixes = append(m.fixes, fix)
	}
}

// remove offers to take the value away, unless it is only on its way there
// under another name.
func (m *mending) remove(safe bool) {
	if m.parent.kind == kindArray {
		m.offer(Fix{Title: "remove " + titleText(m.doc.text(m.node)), Safe: safe, Edits: []Edit{removeItem(m.parent, m.index)}})
		return
	}
	if m.parent.member(m.key) == nil {
		return
	}
	m.offer(Fix{Title: "remove " + quoteShort(m.key), Safe: safe, Edits: []Edit{removeKey(m.parent, m.key)}})
}

// titleOf is a value, with its key when it has one, for the title of a fix.
func titleOf(key string, value any) string {
	if key == "" {
		return titleText(jsonText(value))
	}
	return quoteShort(key) + ": " + titleText(jsonText(value))
}

// titleText is JSON text on one line, cut to what a title can hold.
func titleText(text string) string {
	return harmless(shorten(strings.Join(strings.Fields(text), " "), 100))
}

// plain is a value to be written as the schema looks at it.
func plain(value any) any {
	switch v := value.(type) {
	case keyed:
		object := make(map[string]any, len(v))
		for _, m := range v {
			object[m.key] = plain(m.value)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case json.RawMessage:
		if n := valueOf(v); n != nil {
			return n.toAny()
		}
	}
	return value
}

// readings returns what n may have been meant to be where one of types is
// asked for. Lists and objects of a single value are looked into, depth times.
func readings(n *node, types []string, depth int) []reading {
	wants := func(t string) bool { return slices.Contains(types, t) }
	numeric := wants("integer") || wants("number")
	switch n.kind {
	case kindNumber, kindBool:
		switch {
		case numeric && n.kind == kindNumber:
			return numbers(n.text, wants("integer"))
		case wants("string"):
			return []reading{{n.text, true}}
		case wants("array"):
			return []reading{{[]any{json.RawMessage(n.text)}, true}}
		}
	case kindString:
		return readingsOfText(n.text, types)
	case kindArray:
		if !wants("array") && len(n.items) == 1 && depth > 0 {
			return readings(n.items[0], types, depth-1)
		}
	case kindObject:
		if len(n.members) == 1 && depth > 0 && !wants("array") {
			return readings(n.members[0].value, types, depth-1)
		}
	}
	return nil
}

// readingsOfText returns what a text may have been meant to be.
func readingsOfText(text string, types []string) []reading {
	text = strings.TrimSpace(text)
	integer := slices.Contains(types, "integer")
	switch {
	case integer || slices.Contains(types, "number"):
		return numbers(withoutSeparators(text), integer)
	case slices.Contains(types, "string"):
		return []reading{{text, true}}
	case len(text) > 1 && len(text) < 10_000 && (text[0] == '[' || text[0] == '{') && json.Valid([]byte(text)):
		return []reading{{json.RawMessage(text), true}} // JSON in quotes
	case slices.Contains(types, "array"):
		if list := listOfText(text); len(list) > 0 && len(list) < maxFindings {
			return []reading{{list, true}}
		}
	}
	return nil
}

// listOfText splits a text at its commas, or at its spaces where it has none.
func listOfText(text string) []any {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' })
	if len(words) == 1 {
		words = strings.Fields(text)
	}
	list := make([]any, 0, len(words))
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			list = append(list, w)
		}
	}
	return list
}

// numbers returns the number of a text, whole when that is asked for.
func numbers(text string, integer bool) []reading {
	if !isJSONNumber(text) {
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	switch whole := math.RoundToEven(f); {
	case err != nil:
		return nil
	case whole == f && math.Abs(f) <= 1<<53:
		return []reading{{int64(f), true}}
	case integer && math.Abs(f) <= 1<<53:
		return []reading{{int64(whole), false}}
	}
	return []reading{{json.RawMessage(text), true}}
}

// withoutSeparators takes what parts the thousands out of a number.
func withoutSeparators(text string) string {
	for _, mark := range []string{",", "_", "'", " "} {
		groups := strings.Split(text, mark)
		if len(groups) < 2 || len(groups[0]) > 3 {
			continue
		}
		if !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 || digits(g) != 3 }) {
			return strings.Join(groups, "")
		}
	}
	return text
}

// clamp offers the bound next to a number that is out of range.
func (m *mending) clamp(r reading) {
	f, ok := asFloat(r.value)
	if !ok {
		return
	}
	alone := len(m.fixes) == 0
	if low := m.schema.Minimum; low != nil {
		if bound := low.Float64(); f < bound {
			m.write(alone, boundValue(bound))
		}
	}
	if high := m.schema.Maximum; high != nil {
		if bound := high.Float64(); f > bound {
			m.write(alone, boundValue(bound))
		}
	}
}

// boundValue is a bound of the schema, to be written.
func boundValue(bound float64) any {
	if bound == math.Trunc(bound) {
		return int64(bound)
	}
	return bound
}

// asFloat returns the number of a value that is to be written.
func asFloat(value any) (float64, bool) {
	switch v := value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case json.RawMessage:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil
	}
	return 0, false
}

// listOfOne offers to put an object into a list: as its only item when it is
// one, or each of its members when it is a list with names.
func (m *mending) listOfOne() {
	n := m.node
	if len(n.members) == 0 {
		m.write(true, []any{})
		return
	}
	items := schema().at(m.pointer + "/0")
	if items == nil || slices.ContainsFunc(n.members, func(x member) bool { return items.Properties[x.key] != nil }) {
		m.offer(safeFix("put "+m.key+" into square brackets", edit(n.start, n.start, "["), edit(n.end, n.end, "]")))
		return
	}
	id := map[string]string{"terminal_panels": "id", "actions": "id", "columns": "key"}[m.key]
	if id == "" || len(n.members) > 50 {
		return
	}
	edits := []Edit{edit(n.start, n.start+1, "["), edit(n.end-1, n.end, "]")}
	for _, x := range n.members {
		edits = append(edits, edit(x.keyStart, x.value.start, ""))
		switch {
		case x.value.kind == kindString && id == "key":
			edits = append(edits, replace(x.value, keyed{{"key", x.key}, {"label", x.value.text}}))
		case x.value.kind != kindObject:
			return
		case x.value.member(id) == nil:
			edits = append(edits, m.doc.insertMember(x.value, m.pointer+"/0", id, x.key))
		}
	}
	m.offer(safeFix("write "+m.key+" as a list", edits...))
}
