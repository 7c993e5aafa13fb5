package manifest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	const name = "manifest.schema.json"
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
func (d *Document) schemaIssues() []issue {
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
				issues = append(issues, d.missingIssue(n, pointer, name))
			}
		case *kind.Dependency:
			issues = append(issues, d.bundleIssue(n, k.Prop))
		default:
			if !judged[pointer] { // one sentence a value, whatever number of keywords refuses it
				judged[pointer] = true
				issues = append(issues, d.refusedIssue(n, pointer, leaf.ErrorKind))
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

// refusedIssue says why the schema refuses a value.
func (d *Document) refusedIssue(n *node, pointer string, why jsonschema.ErrorKind) issue {
	reason := ""
	switch k := why.(type) {
	case *kind.Type:
		reason = typeHint(n, k.Want...)
	case *kind.Not:
		i := d.valueIssue(n, pointer, "")
		i.rule, i.allowed = ruleWildcard, "capabilities by their names"
		i.message = `the wildcard capability "*" is refused when the service token is made; name the capabilities the plugin uses`
		return i
	}
	if pointer == "/name" && n.kind == kindString {
		i := d.valueIssue(n, pointer, "")
		i.message = NameProblem(n.text)
		return i
	}
	return d.valueIssue(n, pointer, reason)
}

// unknownFields warns of members the schema does not describe, wherever it
// describes an object's members at all.
func (d *Document) unknownFields() []issue {
	s := schema()
	var issues []issue
	var walk func(n *node, node map[string]any, pointer string)
	walk = func(n *node, node map[string]any, pointer string) {
		known := s.properties(node)
		for _, m := range n.members {
			if known == nil || len(issues) >= maxFindings {
				break
			}
			at := pointer + "/" + escapePointer(m.key)
			if sub, ok := known[m.key].(map[string]any); ok {
				walk(m.value, sub, at)
				continue
			}
			issues = append(issues, unknownField(m, at, known))
		}
		if items := s.items(node); items != nil {
			for i, item := range n.items {
				walk(item, items, pointer+"/"+strconv.Itoa(i))
			}
		}
	}
	walk(d.root, s.doc, "")
	return issues
}

// unknownField warns of one member.
func unknownField(m member, pointer string, known map[string]any) issue {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	i := issue{rule: ruleUnknownField, offset: m.keyStart, pointer: pointer, found: quoteShort(m.key), allowed: strings.Join(names, ", ")}
	if near := nearest(m.key, names); near != "" {
		i.message = fmt.Sprintf("%s is not a documented field; did you mean %q?", quoteShort(m.key), near)
	} else {
		i.message = fmt.Sprintf("%s is not a documented field, nothing reads it; remove it or move it into the plugin's own files", quoteShort(m.key))
	}
	return i
}
