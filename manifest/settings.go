package manifest

import (
	"errors"
	"fmt"
	"net/url"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// metaSchema is the schema of Draft-07 schemas, made ready on first use. It is
// the only thing compiled here: the author's schema is mere data to it, so
// that nothing a $ref names is ever opened or fetched.
var metaSchema = sync.OnceValue(func() *draft7.Schema {
	return draft7.Meta(func(s string) (draft7.Matcher, error) { return anyText{}, patternProblem(s) })
})

// patternProblem returns what is wrong with a regular expression in any
// dialect. Go's own lacks much of what ECMA 262 has, lookahead for one, so
// that most of its complaints prove nothing.
func patternProblem(pattern string) error {
	_, err := syntax.Parse(pattern, syntax.Perl)
	var refused *syntax.Error
	if !errors.As(err, &refused) {
		return nil
	}
	switch refused.Code {
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrTrailingBackslash, syntax.ErrMissingRepeatArgument:
		return refused
	case syntax.ErrMissingBracket:
		if !strings.Contains(pattern, "[]") && !strings.Contains(pattern, "[^]") { // ECMA 262 has empty classes
			return refused
		}
	}
	return nil
}

// settingsIssues judges settings_schema: the Admin UI draws a form from it, and
// saved settings are validated against it ("Plugin settings").
func (d *Document) settingsIssues() []issue {
	n := d.root.get("settings_schema")
	if n == nil || n.kind != kindObject {
		return nil // the schema refuses it
	}
	issues := d.settingsSchemaIssues(n)
	broken := map[int]bool{}
	for _, i := range issues {
		broken[i.offset] = true
	}
	settings := settingsIn(n)
	return slices.Concat(issues, d.rootIssues(n), d.formIssues(n, settings, broken), d.defaultIssues(settings, broken),
		d.sensitiveIssues(n, settings), d.unmarkedIssues(settings), d.secretValueIssues(settings))
}

// settingsSchemaIssues judges settings_schema as the JSON Schema it must be.
func (d *Document) settingsSchemaIssues(n *node) []issue {
	issues := d.keywordIssues(n, deepest(metaSchema().Validate(n.toAny())))
	w := schemaWalk{doc: d, ids: map[string]bool{}}
	w.schema(n, []string{"settings_schema"})
	return append(issues, w.judge()...)
}

// keywordIssues returns an issue for each value below the schema n that the
// meta-schema refuses, whatever number of reasons it has.
func (d *Document) keywordIssues(n *node, refused []draft7.Failure) []issue {
	reasons := map[*node][]draft7.Failure{}
	var values []placed
	for _, leaf := range refused {
		if len(values) >= maxFindings {
			break
		}
		if leaf.Keyword == draft7.PropertyNames {
			continue // schemaWalk finds it, with the place of the name
		}
		value, owner := n, (*node)(nil)
		for _, token := range leaf.Path {
			if owner = value; value != nil {
				value, _ = value.child(token)
			}
		}
		if value == nil {
			continue
		}
		if reasons[value] == nil {
			values = append(values, placed{node: value, owner: owner, path: append([]string{"settings_schema"}, leaf.Path...)})
		}
		reasons[value] = append(reasons[value], leaf)
	}
	var issues []issue
	for _, at := range values {
		i := d.keywordIssue(at, reasons[at.node])
		if len(refused) <= maxFindings { // more are no slips, and each fix would be tried on all of them
			i.fixes = d.keywordFixes(at, reasons[at.node])
		}
		issues = append(issues, i)
	}
	return issues
}

// keywordIssue says that a value inside settings_schema is not one that its
// keyword takes.
func (d *Document) keywordIssue(at placed, reasons []draft7.Failure) issue {
	n := at.node
	var words []string
	for _, why := range reasons {
		if w := takes(why); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	allowed := strings.Join(words, " or ")
	i := issue{rule: ruleSettings, offset: n.start, pointer: pointerTo(at.path), found: d.found(n), allowed: allowed}
	i.message = fmt.Sprintf("%s is %s, JSON Schema takes %s", wholePath(at.path), describe(n), allowed)
	if near := typeMeant(n.text); n.kind == kindString && near != "" && strings.Contains(allowed, strconv.Quote(near)) {
		i.message += fmt.Sprintf("; did you mean %q?", near)
	}
	return i
}

var schemaTypes = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

// deepest collects the failures that have no finer cause. Of alternatives it
// takes those that came farthest: they are what the author most likely meant.
func deepest(refused []draft7.Failure) []draft7.Failure {
	var list []draft7.Failure
	for _, f := range refused {
		if f.Keyword == draft7.PropertyNames || len(f.Branches) == 0 {
			list = append(list, f)
			continue
		}
		var farthest []draft7.Failure
		far := -1
		for _, branch := range f.Branches {
			branch = deepest(branch)
			depth := 0
			for _, leaf := range branch {
				depth = max(depth, len(leaf.Path))
			}
			switch {
			case f.Keyword == draft7.AnyOf && depth < far:
				continue
			case f.Keyword == draft7.AnyOf && depth > far:
				far, farthest = depth, nil
			}
			farthest = append(farthest, branch...)
		}
		list = append(list, farthest...)
	}
	return list
}

// takes says in words what a keyword of the meta-schema takes.
func takes(why draft7.Failure) string {
	var words []string
	switch s := why.Schema; why.Keyword {
	case draft7.Type:
		if slices.Contains(s.Types, "object") && slices.Contains(s.Types, "boolean") {
			return "a schema: an object, true or false"
		}
		for _, t := range s.Types {
			words = append(words, typeWords[t])
		}
	case draft7.Enum:
		for _, v := range s.Enum {
			words = append(words, fmt.Sprintf("%q", v))
		}
		return "one of " + strings.Join(words, ", ")
	case draft7.Minimum:
		return boundText(s.Minimum.Rat()) + " or more"
	case draft7.ExclusiveMinimum:
		return "more than " + boundText(s.ExclusiveMinimum.Rat())
	case draft7.MinItems:
		return "a list that is not empty"
	case draft7.UniqueItems:
		return "a list of values that differ"
	case draft7.Format:
		if s.Format == "regex" {
			return "a regular expression"
		}
		return "an address (" + s.Format + ")"
	}
	if len(words) == 0 {
		return "another value"
	}
	return strings.Join(words, " or ")
}

var typeWords = map[string]string{
	"array": "a list", "boolean": "true or false", "integer": "a whole number", "null": "null",
	"number": "a number", "object": "an object", "string": "text",
}

// maxRefs bounds how many references are followed; no form has more.
const maxRefs = 1000

// schemaWalk goes through a schema and the schemas in it, and collects what
// the meta-schema cannot judge.
type schemaWalk struct {
	doc     *Document
	ids     map[string]bool // what $id and $anchor name
	rebased bool            // an inner $id changes what references inside it are relative to
	refs    []placed
	issues  []issue
}

// placed is a value and the path to it.
type placed struct {
	node  *node
	path  []string
	owner *node // what holds it; nil where nobody asks
}

// The keywords that hold schemas: one or a list of them, or an object of them
// by name.
var (
	schemaKeywords = []string{
		"additionalItems", "additionalProperties", "allOf", "anyOf", "contains", "else", "if", "items", "not", "oneOf", "propertyNames", "then",
	}
	schemaMaps = []string{"$defs", "definitions", "dependencies", "patternProperties", "properties"}
)

// schema collects from the schema n at path, and from those in it.
func (w *schemaWalk) schema(n *node, path []string) {
	for _, m := range n.members {
		at := append(path, m.key)
		switch {
		case m.key == "$ref" && m.value.kind == kindString:
			if len(w.refs) < maxRefs {
				w.refs = append(w.refs, placed{node: m.value, path: slices.Clone(at)})
			}
		case (m.key == "$id" || m.key == "$anchor") && m.value.kind == kindString:
			w.name(m, len(path) == 1)
		case slices.Contains(schemaMaps, m.key):
			for _, named := range m.value.members {
				if m.key == "patternProperties" {
					w.pattern(named, at)
				}
				w.schema(named.value, append(at, named.key))
			}
		case slices.Contains(schemaKeywords, m.key):
			w.schema(m.value, at)
			for i, item := range m.value.items {
				w.schema(item, append(at, strconv.Itoa(i)))
			}
		}
	}
}

// name notes an $id or $anchor.
func (w *schemaWalk) name(m member, top bool) {
	if m.key == "$anchor" {
		w.ids["#"+m.value.text] = true
		return
	}
	w.ids[strings.TrimSuffix(m.value.text, "#")] = true
	w.rebased = w.rebased || !top && !strings.HasPrefix(m.value.text, "#")
}

// pattern judges a key of patternProperties.
func (w *schemaWalk) pattern(m member, path []string) {
	if patternProblem(m.key) == nil || len(w.issues) >= maxFindings {
		return
	}
	w.issues = append(w.issues, issue{
		rule: ruleSettings, offset: m.keyStart, pointer: pointerTo(append(path, m.key)), found: quoteShort(m.key), allowed: "a regular expression",
		message: fmt.Sprintf("%s is a key of patternProperties, which must be a regular expression", quoteShort(m.key)),
		fixes:   patternFixes(m.key, func(pattern string) Edit { return m.rename(pattern) }),
	})
}

// judge returns what was found, references that lead nowhere among it.
func (w *schemaWalk) judge() []issue {
	for _, ref := range w.refs {
		if len(w.issues) >= maxFindings {
			break
		}
		if problem := w.refProblem(ref.node.text); problem != "" {
			w.issues = append(w.issues, issue{
				rule: ruleSettingsRef, offset: ref.node.start, pointer: pointerTo(ref.path), found: w.doc.found(ref.node),
				allowed: `a schema inside settings_schema, such as "#/definitions/name"`,
				message: fmt.Sprintf("%s leads to %s, %s", wholePath(ref.path), quoteShort(ref.node.text), problem),
				fixes:   w.doc.refFixes(ref.node),
			})
		}
	}
	return w.issues
}

// refProblem says why a reference leads nowhere; "" when it leads somewhere.
func (w *schemaWalk) refProblem(ref string) string {
	outside, fragment, _ := strings.Cut(ref, "#")
	if w.ids[ref] || outside == draft7.MetaURL || outside != "" && w.rebased && !strings.Contains(outside, ":") {
		return ""
	}
	if outside != "" && !w.ids[outside] {
		return "outside the manifest, and nothing is fetched; copy that schema into definitions and refer to it there"
	}
	if fragment == "" || w.rebased {
		return ""
	}
	pointer, err := url.PathUnescape(fragment)
	if target, _ := w.doc.find("/settings_schema" + pointer); err == nil && strings.HasPrefix(pointer, "/") && target != nil {
		return ""
	}
	return "which settings_schema does not hold; add it or correct the reference"
}

// referred returns the schema that a reference leads to inside settings_schema;
// nil when it leads nowhere there.
func (d *Document) referred(ref string) *node {
	pointer, local := strings.CutPrefix(ref, "#")
	pointer, err := url.PathUnescape(pointer)
	if !local || err != nil || pointer != "" && pointer[0] != '/' {
		return nil
	}
	n, _ := d.find("/settings_schema" + pointer)
	return n
}
