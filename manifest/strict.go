package manifest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

//go:embed schema.json
var schemaJSON []byte

// Schema returns the Controller's manifest schema, a JSON Schema Draft-07
// document usable as $schema in any editor. The caller owns the bytes.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// schema is schemaJSON made ready once, on first use: most commands need none.
var schema = sync.OnceValue(prepareSchema)

func prepareSchema() schemaSet {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		panic(fmt.Sprintf("manifest: the embedded schema is not JSON: %v", err))
	}
	const name = "manifest:schema" // absolute: a relative name would be looked up from the current folder
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource(name, doc); err != nil {
		panic(fmt.Sprintf("manifest: the embedded schema: %v", err))
	}
	return schemaSet{compiled: c.MustCompile(name), doc: doc.(map[string]any)}
}

// schemaSet is the schema, compiled and as a document.
type schemaSet struct {
	compiled *jsonschema.Schema
	doc      map[string]any
}

// at returns the part of the schema that judges the place of a JSON Pointer;
// nil when none does.
func (s schemaSet) at(pointer string) *jsonschema.Schema {
	sub := s.compiled
	if pointer == "" {
		return sub
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		next := sub.Properties[unescapePointer(token)]
		if items, ok := sub.Items.(*jsonschema.Schema); next == nil && ok {
			next = items
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
	err := schema().compiled.Validate(d.root.toAny())
	if err == nil {
		return nil
	}
	var refused *jsonschema.ValidationError
	if !errors.As(err, &refused) {
		return []issue{{rule: ruleSchemaOther, message: err.Error()}}
	}
	var issues []issue
	judged := map[string]bool{}
	for _, leaf := range leaves(refused, nil) {
		if len(issues) >= maxFindings {
			break
		}
		pointer := jsonPointer(leaf.InstanceLocation)
		n, _ := d.find(pointer)
		if n == nil {
			continue
		}
		switch k := leaf.ErrorKind.(type) {
		case *kind.Required:
			for _, name := range k.Missing {
				i := d.missingIssue(n, pointer, name)
				i.fixes = p.missingFixes(n, pointer, name)
				issues = append(issues, i)
			}
		case *kind.Dependency:
			i := d.bundleIssue(n, k.Prop)
			i.fixes = p.missingBundleFixes(n, k.Prop)
			issues = append(issues, i)
		default:
			if !judged[pointer] { // one sentence a value, whatever number of keywords refuses it
				judged[pointer] = true
				issues = append(issues, d.refusedIssue(n, pointer, leaf.ErrorKind, p.valueFixes(pointer)))
			}
		}
	}
	return issues
}

// leaves collects the errors that have no finer cause.
func leaves(e *jsonschema.ValidationError, list []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return append(list, e)
	}
	for _, cause := range e.Causes {
		list = leaves(cause, list)
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
func (d *Document) refusedIssue(n *node, pointer string, why jsonschema.ErrorKind, fixes []Fix) issue {
	reason := ""
	switch k := why.(type) {
	case *kind.Type:
		reason = typeHint(n, k.Want...)
		if reason == inQuotes && (len(fixes) == 0 || fixes[0].Edits[0].New != jsonText(n.text)) {
			reason = ""
		}
	case *kind.Not:
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
