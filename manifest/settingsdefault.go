package manifest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// Bounds of the judging of defaults; a form is far below all of them.
const (
	maxJudged      = 200     // settings with a default
	maxSchemaNodes = 500     // values of a setting's schema, references followed
	maxWork        = 200_000 // values of schemas times values of defaults, in all
	maxPattern     = 1000    // bytes
	maxMachine     = 1000    // parts of a regular expression, repetitions written out
	maxChoices     = 3       // values of an enum that are offered as fixes
)

// defaultIssues warns of defaults that break the rules of their own setting.
// "Saved values are validated against the schema" ("Plugin settings"), so a
// form that is saved as it is first drawn would be refused. Settings that are
// no JSON Schema are left out: broken has the places in the file of what is
// wrong with them.
func (d *Document) defaultIssues(settings []setting, broken map[int]bool) []issue {
	var issues []issue
	judged, work := 0, maxWork
	for _, s := range settings {
		v := s.node.get("default")
		if v == nil || holdsBroken(s.node, broken) || judged >= maxJudged || len(issues) >= maxFindings {
			continue
		}
		judged++
		schema := inlined{doc: d, budget: maxSchemaNodes, inside: map[*node]bool{}}
		plain, ok := schema.schema(s.node)
		values := countValues(v)
		if work -= (maxSchemaNodes - schema.budget) * values; !ok || work < 0 || v.end-v.start > 20_000 {
			continue
		}
		compiled := compileSetting(plain)
		if compiled == nil {
			continue
		}
		refused := compiled.Validate(v.toAny())
		if refused == nil {
			continue
		}
		if i, ok := d.defaultIssue(s, v, deepest(refused), compiled); ok {
			issues = append(issues, i)
		}
	}
	return issues
}

// holdsBroken says whether something wrong stands inside n.
func holdsBroken(n *node, broken map[int]bool) bool {
	for offset := range broken {
		if offset >= n.start && offset < n.end {
			return true
		}
	}
	return false
}

// countValues returns how many values there are in a value.
func countValues(n *node) int {
	values := 0
	n.walk(nil, func(*node, []string) bool { values++; return true })
	return values
}

// inlined makes a schema that stands alone: with every reference replaced by
// what it refers to, within a budget, so that nothing is looked up while it is
// compiled, and no chain of references multiplies.
type inlined struct {
	doc    *Document
	budget int
	inside map[*node]bool // the targets being written, to find circles
}

// schema returns what a schema says, as encoding/json would read it. It is not
// ok for one that is too large, refers in circles, or renames itself.
func (in *inlined) schema(n *node) (any, bool) {
	if in.budget--; in.budget < 0 {
		return nil, false
	}
	if n.kind != kindObject {
		return n.toAny(), n.kind == kindBool
	}
	if ref := n.get("$ref"); ref != nil {
		target := in.doc.referred(ref.text)
		if ref.kind != kindString || target == nil || in.inside[target] {
			return nil, false
		}
		in.inside[target] = true
		defer delete(in.inside, target)
		return in.schema(target) // Draft-07 ignores what stands beside it
	}
	object := make(map[string]any, len(n.members))
	for _, m := range n.members {
		value, ok := any(nil), true
		switch {
		case m.key == "$id" || m.key == "$schema" || m.key == "$anchor":
			return nil, false
		case m.key == "default" || m.key == "examples" || m.key == "definitions" || m.key == "$defs":
			continue
		case slices.Contains(schemaMaps, m.key):
			value, ok = in.named(m.value)
		case slices.Contains(schemaKeywords, m.key) && m.value.kind != kindArray:
			value, ok = in.schema(m.value)
		case slices.Contains(schemaKeywords, m.key):
			list := make([]any, len(m.value.items))
			for i, item := range m.value.items {
				if list[i], ok = in.schema(item); !ok {
					break
				}
			}
			value = list
		default:
			in.budget -= countValues(m.value)
			value = m.value.toAny()
		}
		if !ok || in.budget < 0 {
			return nil, false
		}
		object[m.key] = value
	}
	return object, true
}

// named returns an object of schemas; those of dependencies may be lists of names.
func (in *inlined) named(n *node) (any, bool) {
	object := make(map[string]any, len(n.members))
	for _, m := range n.members {
		if m.value.kind == kindArray {
			in.budget -= countValues(m.value)
			object[m.key] = m.value.toAny()
			continue
		}
		value, ok := in.schema(m.value)
		if !ok {
			return nil, false
		}
		object[m.key] = value
	}
	return object, true
}

// settingMeta is the schema of what compileSetting compiles: any pattern will do
// there, as those that are broken are found before.
var settingMeta = sync.OnceValue(func() *draft7.Schema { return draft7.Meta(lenientPattern) })

// compileSetting compiles a schema that stands alone; nil when it cannot be.
func compileSetting(plain any) *draft7.Schema {
	if !settingMeta().Valid(plain) {
		return nil
	}
	compiled, err := draft7.Compile(plain, lenientPattern)
	if err != nil {
		return nil
	}
	return compiled
}

// lenientPattern reads a pattern as Go does. One that Go cannot read, or that is
// costly, matches everything: ECMA 262 has much that Go lacks.
func lenientPattern(pattern string) (draft7.Matcher, error) {
	tree, err := syntax.Parse(pattern[:min(len(pattern), maxPattern+1)], syntax.Perl)
	if err != nil || len(pattern) > maxPattern || machineSize(tree) > maxMachine || strings.Contains(pattern, `\Q`) || strings.Contains(pattern, `\C`) {
		return anyText{}, nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return anyText{}, nil
	}
	return re, nil
}

// machineSize estimates what a regular expression is compiled to.
func machineSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size = min(size+machineSize(sub), 2*maxMachine)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return min(size, 2*maxMachine)
}

// anyText is a pattern that matches every text.
type anyText struct{}

func (anyText) MatchString(string) bool { return true }

// defaultIssue says how a default breaks the rules of its setting. It is not
// ok where validators differ: most take an empty text for any format.
func (d *Document) defaultIssue(s setting, v *node, refused []draft7.Failure, compiled *draft7.Schema) (issue, bool) {
	var allowed []string
	for _, leaf := range refused {
		if leaf.Keyword == draft7.Format && v.kind == kindString && v.text == "" {
			continue
		}
		if words := settingAccepts(leaf); !slices.Contains(allowed, words) && len(allowed) < 5 {
			allowed = append(allowed, words)
		}
	}
	if len(allowed) == 0 {
		return issue{}, false
	}
	i := issue{rule: ruleDefault, offset: v.start, end: v.end, pointer: s.at("default"), found: d.found(v), allowed: strings.Join(allowed, " and ")}
	i.message = fmt.Sprintf("%s.default is %s, but the setting takes %s; the Controller validates what is saved, so it would refuse the form as it is first drawn",
		s.name(), describe(v), i.allowed)
	i.fixes = d.defaultFixes(s, v, refused, compiled)
	return i, true
}

// settingAccepts says in words what a keyword of a setting takes.
func settingAccepts(leaf draft7.Failure) string {
	words := ""
	switch s := leaf.Schema; leaf.Keyword {
	case draft7.Enum:
		list := make([]string, 0, len(s.Enum))
		for _, v := range s.Enum[:min(len(s.Enum), 10)] {
			list = append(list, shorten(jsonText(v), 60))
		}
		words = "one of " + strings.Join(list, ", ")
	case draft7.Const:
		words = shorten(jsonText(s.Const), 60)
	case draft7.Maximum:
		words = boundText(s.Maximum.Rat()) + " or less"
	case draft7.Minimum:
		words = boundText(s.Minimum.Rat()) + " or more"
	case draft7.ExclusiveMaximum:
		words = "less than " + boundText(s.ExclusiveMaximum.Rat())
	case draft7.ExclusiveMinimum:
		words = "more than " + boundText(s.ExclusiveMinimum.Rat())
	case draft7.MultipleOf:
		words = "a multiple of " + boundText(s.MultipleOf.Rat())
	case draft7.MinLength:
		words = fmt.Sprintf("text of at least %s", howMany(*s.MinLength, "character"))
	case draft7.MaxLength:
		words = fmt.Sprintf("text of at most %s", howMany(*s.MaxLength, "character"))
	case draft7.Pattern:
		words = "text that matches " + quoteShort(s.Pattern)
	case draft7.Format:
		words = "text of the format " + quoteShort(s.Format)
	case draft7.MinItems:
		words = "at least " + howMany(*s.MinItems, "item")
	case draft7.MaxItems:
		words = "at most " + howMany(*s.MaxItems, "item")
	case draft7.Required:
		words = "an object with " + shorten(strings.Join(leaf.Names, ", "), 60)
	case draft7.AdditionalProperties:
		words = "no " + shorten(strings.Join(leaf.Names, ", "), 60)
	default:
		words = takes(leaf)
	}
	if len(leaf.Path) > 0 {
		words += " at " + wholePath(leaf.Path)
	}
	return words
}

// howMany is a number of things.
func howMany(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// boundText writes a bound as JSON does.
func boundText(r *big.Rat) string {
	if r.IsInt() {
		return shorten(r.Num().String(), 60)
	}
	f, _ := r.Float64()
	return jsonText(f)
}

// defaultFixes offers other defaults, those first that are the same value in
// another writing. Each is one that the setting takes.
func (d *Document) defaultFixes(s setting, v *node, refused []draft7.Failure, compiled *draft7.Schema) []Fix {
	var fixes []Fix
	remove := riskyFix(`remove "default"`, removeKey(s.node, "default"))
	offer := func(safe bool, text string) {
		candidate := valueOf([]byte(text))
		title := `write "default": ` + shorten(text, 60)
		if candidate == nil || !compiled.Valid(candidate.toAny()) {
			return
		}
		fixes = append(fixes, Fix{Title: title, Safe: safe, Edits: []Edit{replace(v, json.RawMessage(text))}})
	}
	for _, leaf := range refused {
		if len(leaf.Path) > 0 {
			continue
		}
		switch rules := leaf.Schema; leaf.Keyword {
		case draft7.Type:
			sameValueFixes(v, offer)
			if t := s.node.get("type"); v.kind == kindNull && t != nil && t.kind == kindString {
				types := []any{t.text, "null"}
				fixes = append(fixes, remove, riskyFix(`write "type": `+jsonText(types), replace(t, types)))
			} else if name, _ := typeOfValue(v); t != nil && t.kind == kindString && isSingleType(name) {
				fixes = append(fixes, riskyFix(fmt.Sprintf("write \"type\": %q", name), replace(t, name)))
			}
		case draft7.Enum:
			sameValueFixes(v, offer)
			offerChoices(v, rules.Enum, offer)
		case draft7.Const:
			offer(false, jsonText(rules.Const))
		case draft7.Minimum:
			offer(false, boundText(rules.Minimum.Rat()))
			fixes = append(fixes, boundFix(s, v, "minimum")...)
		case draft7.Maximum:
			offer(false, boundText(rules.Maximum.Rat()))
			fixes = append(fixes, boundFix(s, v, "maximum")...)
		case draft7.ExclusiveMinimum:
			offer(false, boundText(new(big.Rat).Add(rules.ExclusiveMinimum.Rat(), big.NewRat(1, 1))))
		case draft7.ExclusiveMaximum:
			offer(false, boundText(new(big.Rat).Sub(rules.ExclusiveMaximum.Rat(), big.NewRat(1, 1))))
		}
	}
	return distinctFixes(append(fixes, remove))
}

// sameValueFixes offers the value in the writing of other types.
func sameValueFixes(v *node, offer func(safe bool, text string)) {
	switch v.kind {
	case kindString:
		text := strings.TrimSpace(v.text)
		if isJSONNumber(text) {
			offer(true, text)
		}
		switch strings.ToLower(text) {
		case "true", "false":
			offer(true, strings.ToLower(text))
		case "yes", "on":
			offer(false, "true")
		case "no", "off":
			offer(false, "false")
		}
		offer(false, "["+jsonText(v.text)+"]")
	case kindNumber, kindBool:
		offer(true, jsonText(v.text))
		if whole, _, fraction := strings.Cut(v.text, "."); fraction {
			offer(false, whole)
		}
		offer(false, "["+v.text+"]")
	}
}

// offerChoices offers the values of an enum: the one that differs in case only, or
// else the first few, the likeliest in front.
func offerChoices(v *node, values []any, offer func(safe bool, text string)) {
	var names []string
	likeliest := ""
	for _, value := range values[:min(len(values), 100)] {
		name, ok := value.(string)
		if !ok || v.kind != kindString {
			continue
		}
		if strings.EqualFold(name, v.text) {
			offer(true, jsonText(name))
			return
		}
		if likeliest == "" && len(v.text) > 1 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(v.text)) {
			likeliest = name
		}
		names = append(names, name)
	}
	if likeliest = cmp.Or(likeliest, nearest(v.text, names)); likeliest != "" {
		offer(false, jsonText(likeliest))
	}
	for _, value := range values[:min(len(values), maxChoices)] {
		offer(false, jsonText(value))
	}
}

// boundFix moves the bound of a setting to its default.
func boundFix(s setting, v *node, keyword string) []Fix {
	bound := s.node.get(keyword)
	if bound == nil || v.kind != kindNumber {
		return nil
	}
	return []Fix{riskyFix(fmt.Sprintf("write %q: %s", keyword, shorten(v.text, 60)), replace(bound, json.RawMessage(v.text)))}
}
