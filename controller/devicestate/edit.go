package devicestate

import (
	"fmt"
	"strings"
)

// rpcError is a device's refusal (RFC 6241, appendix A).
type rpcError struct{ kind, tag, message string }

func (e *rpcError) Error() string { return e.tag + ": " + e.message }

func (e *rpcError) xml() string {
	var b strings.Builder
	b.WriteString(`<rpc-error xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">`)
	for _, part := range [][2]string{{"error-type", e.kind}, {"error-tag", e.tag}, {"error-severity", "error"}, {"error-message", e.message}} {
		write(&b, part[0], "", part[1], true)
	}
	b.WriteString("</rpc-error>")
	return b.String()
}

func refuse(tag, format string, args ...any) error {
	return &rpcError{"application", tag, fmt.Sprintf(format, args...)}
}

// merge writes elements into a container as edit-config does. parent is the
// container's name.
func merge(into map[string]any, parent string, elements []node) error {
	for _, e := range elements {
		var err error
		switch list, isList := entries(into[e.name]); {
		case len(e.children) == 0:
			err = mergeLeaf(into, e)
		case isList || into[e.name] == nil && listOf(parent, e.name):
			err = mergeEntry(into, e, list)
		default:
			err = mergeContainer(into, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// listOf tells by OpenConfig's habit, the plural around the singular, whether
// an element that is not there yet is an entry of a list.
func listOf(parent, name string) bool { return parent == name+"s" || parent == name+"es" }

// deletes tells whether the operation of an element removes it, and refuses
// operations that there are not and those that what is there forbids.
func (e node) deletes(there bool) (bool, error) {
	switch e.operation {
	case "", "merge", "replace":
		return false, nil
	case "create":
		if there {
			return false, refuse("data-exists", "%s is there already", e.name)
		}
		return false, nil
	case "remove":
		return true, nil
	case "delete":
		if !there {
			return false, refuse("data-missing", "%s is not there", e.name)
		}
		return true, nil
	}
	return false, refuse("bad-attribute", "%.50q is not an operation", e.operation)
}

func mergeLeaf(into map[string]any, e node) error {
	existing, there := into[e.name]
	gone, err := e.deletes(there)
	switch {
	case err != nil:
		return err
	case gone:
		delete(into, e.name)
	case there && !isLeaf(existing) && e.text == "" && e.operation != "replace": // an empty container changes nothing
	case e.text == "":
		into[e.name] = map[string]any{}
		if there && isLeaf(existing) {
			into[e.name] = ""
		}
	default:
		if _, isList := entries(existing); isList {
			return refuse("invalid-value", "%s is a list and takes entries", e.name)
		}
		if all, isArray := existing.([]any); isArray {
			into[e.name] = append(all, typed(e.text))
			return nil
		}
		if _, isContainer := existing.(map[string]any); isContainer {
			return refuse("invalid-value", "%s is a container and takes elements", e.name)
		}
		if _, isText := existing.(string); isText {
			into[e.name] = e.text
		} else {
			into[e.name] = typed(e.text)
		}
	}
	return nil
}

func mergeContainer(into map[string]any, e node) error {
	existing, there := into[e.name]
	gone, err := e.deletes(there)
	if err != nil {
		return err
	}
	if gone {
		delete(into, e.name)
		return nil
	}
	container, ok := existing.(map[string]any)
	if there && !ok && existing != nil {
		return refuse("invalid-value", "%s is not a container", e.name)
	}
	if !ok || e.operation == "replace" {
		container = map[string]any{}
		into[e.name] = container
	}
	return merge(container, e.name, e.children)
}

// mergeEntry finds the entry of a list by the keys of the others, or by the
// values that stand directly in a new one.
func mergeEntry(into map[string]any, e node, list []map[string]any) error {
	keys := map[string]string{}
	for _, c := range e.children {
		if len(c.children) == 0 && c.text != "" {
			keys[c.name] = c.text
		}
	}
	if len(list) > 0 {
		for _, key := range keysOf(list[0]) {
			if keys[key] == "" {
				return refuse("missing-element", "%s needs its key %s", e.name, key)
			}
		}
	}
	if len(keys) == 0 {
		return refuse("missing-element", "%s is an entry of a list and needs a key", e.name)
	}
	at := -1
	for i, entry := range list {
		if matches(entry, keys) {
			at = i
		}
	}
	gone, err := e.deletes(at >= 0)
	if err != nil {
		return err
	}
	all, _ := into[e.name].([]any)
	switch {
	case gone && at >= 0:
		if all = append(all[:at:at], all[at+1:]...); len(all) == 0 {
			delete(into, e.name)
			return nil
		}
		into[e.name] = all
		return nil
	case gone:
		return nil
	}
	var entry map[string]any
	if at >= 0 {
		entry = list[at]
		if e.operation == "replace" {
			clear(entry)
		}
	} else {
		entry = map[string]any{}
		into[e.name] = append(all, entry)
	}
	return merge(entry, e.name, e.children)
}
