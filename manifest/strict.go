package manifest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

//go:embed schema.json
var schemaJSON []byte

// Schema returns the Controller's manifest schema, a JSON Schema Draft-07
// document usable as $schema in any editor. The caller owns the bytes.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// schema is schemaJSON made ready once, on first use: most commands need none.
var schema = sync.OnceValue(prepareSchema)

func prepareSchema() schemaSet {
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(schemaJSON))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		panic(fmt.Sprintf("manifest: the embedded schema is not JSON: %v", err))
	}
	compiled, err := draft7.Compile(doc, nil)
	if err != nil {
		panic(fmt.Sprintf("manifest: the embedded schema: %v", err))
	}
	return schemaSet{compiled: compiled, doc: doc}
}

// schemaSet is the schema, compiled and as a document.
type schemaSet struct {
	compiled *draft7.Schema
	doc      map[string]any
}

// at returns the part of the schema that judges the place of a JSON Pointer;
// nil when none does.
func (s schemaSet) at(pointer string) *draft7.Schema {
	sub := s.compiled
	if pointer == "" {
		return sub
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		next := sub.Properties[unescapePointer(token)]
		if next == nil {
			next = sub.Items
		}
		if next == nil {
			return nil
		}
		for next.Ref != nil {
			next = next.Ref
		}
		sub = next
	}
	return sub
}

// properties returns what the schema says about the members of the objects it
// describes by node; nil when node describes none.
func (s schemaSet) properties(node map[string]any) map[string]any {
	list, _ := s.resolve(node)["properties"].(map[string]any)
	return list
}

// items returns the schema of an array's items; nil when there is none.
func (s schemaSet) items(node map[string]any) map[string]any {
	items, _ := s.resolve(node)["items"].(map[string]any)
	return items
}

// resolve follows a reference to a definition.
func (s schemaSet) resolve(node map[string]any) map[string]any {
	ref, ok := node["$ref"].(string)
	if !ok {
		return node
	}
	definitions, _ := s.doc["definitions"].(map[string]any)
	target, _ := definitions[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any)
	return target
}

// schemaIssues checks the tree against the schema, one issue for each value
// that it refuses and for each property that it misses.
func (p *project) schemaIssues() []issue {
	d := p.doc
	var issues []issue
	judged := map[string]bool{}
	for _, leaf := range leaves(schema().compiled.Validate(d.root.toAny()), nil) {
		if len(issues) >= maxFindings {
			break
		}
		pointer := jsonPointer(leaf.Path)
		n, _ := d.find(pointer)
		if n == nil {
			continue
		}
		switch leaf.Keyword {
		case draft7.Required:
			for _, name := range leaf.Names {
				i := d.missingIssue(n, pointer, name)
				i.fixes = p.missingFixes(n, pointer, name)
				issues = append(issues, i)
			}
		case draft7.Dependencies:
			i := d.bundleIssue(n, leaf.Property)
			i.fixes = p.missingBundleFixes(n, leaf.Property)
			issues = append(issues, i)
		default:
			if !judged[pointer] { // one sentence a value, whatever number of keywords refuses it
				judged[pointer] = true
				issues = append(issues, d.refusedIssue(n, pointer, leaf, p.valueFixes(pointer)))
			}
		}
	}
	return issues
}

// leaves adds to list the failures that have no finer cause.
func leaves(refused, list []draft7.Failure) []draft7.Failure {
	for _, f := range refused {
		if len(f.Branches) == 0 {
			list = append(list, f)
		}
		for _, branch := range f.Branches {
			list = leaves(branch, list)
		}
	}
	return list
}

func jsonPointer(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(escapePointer(t))
	}
	return b.String()
}

// missingIssue says that the object n lacks a required property.
func (d *Document) missingIssue(n *node, pointer, name string) issue {
	f, _ := fieldAt(pointer + "/" + name)
	i := issue{rule: ruleRequired, offset: n.start, pointer: pointer, allowed: f.allowed}
	if pointer == "" {
		i.message = fmt.Sprintf("%s is missing, %s requires it: %s", name, f.taker, f.allowed)
	} else {
		i.message = fmt.Sprintf("%s has no %s, %s requires it: %s", subject(pointer), name, f.taker, f.allowed)
	}
	return i
}

// bundleIssue says that a member is there without the ui_bundle it needs.
func (d *Document) bundleIssue(n *node, name string) issue {
	m := n.member(name)
	i := issue{rule: ruleNeedsBundle, pointer: "/" + name, allowed: "ui_bundle beside it"}
	i.message = fmt.Sprintf("%s mount components of a bundle, but ui_bundle is missing; the Controller requires it", name)
	if m != nil {
		i.offset = m.keyStart
	}
	return i
}

// refusedIssue says why the schema refuses a value, and how it may be repaired.
func (d *Document) refusedIssue(n *node, pointer string, why draft7.Failure, fixes []Fix) issue {
	reason := ""
	switch why.Keyword {
	case draft7.Type:
		reason = typeHint(n, why.Schema.Types...)
		if reason == inQuotes && (len(fixes) == 0 || fixes[0].Edits[0].New != jsonText(n.text)) {
			reason = ""
		}
	case draft7.Not:
		i := d.valueIssue(n, pointer, "")
		i.rule, i.allowed, i.fixes = ruleWildcard, "capabilities by their names", fixes
		i.message = `the wildcard capability "*" is refused when the service token is made; name the capabilities the plugin uses`
		return i
	}
	i := d.valueIssue(n, pointer, reason)
	i.fixes = fixes
	if pointer == "/name" && n.kind == kindString {
		i.message = "the Controller refuses the name: " + nameProblem(n.text, `lowercase letters, digits and hyphens ("The manifest.json"; the scaffold refuses digits as well, "Plugin name rules")`)
	}
	return i
}
