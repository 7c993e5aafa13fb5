package devicestate

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// namespaces of the top containers, by OpenConfig.
var namespaces = map[string]string{
	"interfaces":        "http://openconfig.net/yang/interfaces",
	"system":            "http://openconfig.net/yang/system",
	"network-instances": "http://openconfig.net/yang/network-instance",
	"lldp":              "http://openconfig.net/yang/lldp",
	"components":        "http://openconfig.net/yang/platform",
	"vlans":             "http://openconfig.net/yang/vlan",
}

// render writes a tree as XML; without state, only what is configured.
func render(tree map[string]any, withState bool) string {
	var b strings.Builder
	b.WriteString("<data>")
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		attribute := ""
		if ns := namespaces[name]; ns != "" {
			attribute = ` xmlns="` + ns + `"`
		}
		write(&b, name, attribute, tree[name], withState)
	}
	b.WriteString("</data>")
	return b.String()
}

func write(b *strings.Builder, name, attribute string, v any, withState bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if _, nested := one.([]any); !nested { // YANG has no lists of lists
				write(b, name, attribute, one, withState)
			}
		}
	case map[string]any:
		b.WriteString("<" + name + attribute + ">")
		keys := keysOf(v)
		for _, key := range keys {
			write(b, key, "", v[key], withState)
		}
		for _, child := range slices.Sorted(maps.Keys(v)) {
			if !isLeaf(v[child]) && (withState || child != "state") {
				write(b, child, "", v[child], withState)
			}
		}
		b.WriteString("</" + name + ">")
	default:
		b.WriteString("<" + name + attribute + ">")
		_ = xml.EscapeText(b, []byte(text(v))) // a strings.Builder takes everything
		b.WriteString("</" + name + ">")
	}
}

// node is an element of XML that was sent.
type node struct {
	name      string
	operation string // of edit-config
	text      string
	children  []node
}

// maxDepth is how deep XML may be nested.
const maxDepth = 100

// parseXML reads elements, of which there may be several at the top.
func parseXML(source string) ([]node, error) {
	d := xml.NewDecoder(strings.NewReader(source))
	stack := []*node{{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return stack[0].children, nil
		}
		if err != nil {
			return nil, fmt.Errorf("not XML: %w", err)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				return nil, fmt.Errorf("elements are nested more than %d deep", maxDepth)
			}
			n := &node{name: token.Name.Local}
			for _, a := range token.Attr {
				if a.Name.Local == "operation" {
					n.operation = a.Value
				}
			}
			if !validName.MatchString(n.name) {
				return nil, fmt.Errorf("%.50q is not the name of a node", n.name)
			}
			stack = append(stack, n)
		case xml.EndElement:
			parent := stack[len(stack)-2]
			top.text = strings.TrimSpace(top.text)
			parent.children = append(parent.children, *top)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if top.text += string(token); len(stack) == 1 && strings.TrimSpace(top.text) != "" {
				return nil, fmt.Errorf("text stands outside of elements: %.50q", strings.TrimSpace(top.text))
			}
		}
	}
}

// unwrapped returns what is inside of one element called name, if that is all there is.
func unwrapped(nodes []node, name string) []node {
	if len(nodes) == 1 && nodes[0].name == name {
		return nodes[0].children
	}
	return nodes
}

// filtered returns the part of a tree that a subtree filter (RFC 6241, 6) selects.
func filtered(tree map[string]any, filters []node) map[string]any {
	out := map[string]any{}
	for _, f := range filters {
		v, there := tree[f.name]
		if !there {
			continue
		}
		if len(f.children) == 0 && f.text == "" {
			out[f.name] = clone(v)
			continue
		}
		switch list, isList := entries(v); {
		case isList:
			selected, _ := out[f.name].([]any)
			for _, entry := range list {
				if one := filteredEntry(entry, f.children); one != nil {
					selected = append(selected, one)
				}
			}
			if len(selected) > 0 {
				out[f.name] = selected
			}
		default:
			if container, ok := v.(map[string]any); ok {
				if one := filteredEntry(container, f.children); one != nil {
					out[f.name] = one
				}
			} else if text(v) == f.text {
				out[f.name] = clone(v)
			}
		}
	}
	return out
}

// filteredEntry returns nil for a container or an entry whose values differ from
// those of the filter, and the whole of it when the filter has only values.
func filteredEntry(entry map[string]any, filters []node) any {
	var selections []node
	for _, f := range filters {
		if f.text == "" || len(f.children) > 0 {
			selections = append(selections, f)
			continue
		}
		if v, there := entry[f.name]; !there || text(v) != f.text {
			return nil
		}
	}
	if len(selections) == 0 {
		return clone(entry)
	}
	out := filtered(entry, selections)
	if len(out) == 0 {
		return nil
	}
	for _, key := range keysOf(entry) {
		out[key] = entry[key]
	}
	return out
}
