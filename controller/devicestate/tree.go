package devicestate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Value is what a path holds.
type Value struct {
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// text writes a leaf as XML and keys have it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

// isLeaf tells leaves from containers and lists.
func isLeaf(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// entries returns the entries of a list; ok is false for anything else.
func entries(v any) (list []map[string]any, ok bool) {
	all, ok := v.([]any)
	if !ok || len(all) == 0 {
		return nil, false
	}
	for _, one := range all {
		entry, isObject := one.(map[string]any)
		if !isObject {
			return nil, false
		}
		list = append(list, entry)
	}
	return list, true
}

// keysOf returns the names of an entry's keys in order.
func keysOf(entry map[string]any) []string {
	var keys []string
	for name, v := range entry {
		if isLeaf(v) {
			keys = append(keys, name)
		}
	}
	slices.Sort(keys)
	return keys
}

func matches(entry map[string]any, keys map[string]string) bool {
	for name, want := range keys {
		v, there := entry[name]
		if !there || want != "*" && text(v) != want {
			return false
		}
	}
	return true
}

// find appends what the path leads to, below at.
func find(node any, path []elem, at string, found []Value) []Value {
	if len(path) == 0 {
		if at == "" {
			at = "/"
		}
		return append(found, Value{at, clone(node)})
	}
	container, ok := node.(map[string]any)
	if !ok {
		return found
	}
	e := path[0]
	names := []string{e.name}
	if e.name == "*" {
		names = slices.Sorted(maps.Keys(container))
	}
	for _, name := range names {
		child, there := container[name]
		if !there {
			continue
		}
		list, isList := entries(child)
		switch {
		case isList && (len(e.keys) > 0 || len(path) > 1):
			for _, entry := range list {
				if matches(entry, e.keys) {
					found = find(entry, path[1:], at+step(name, entry), found)
				}
			}
		case len(e.keys) == 0:
			found = find(child, path[1:], at+"/"+name, found)
		}
	}
	return found
}

// put replaces what the path holds, and makes what leads to it.
func put(root map[string]any, path []elem, value any) error {
	node := root
	for i, e := range path {
		if e.name == "*" || slices.Contains(slices.Collect(maps.Values(e.keys)), "*") {
			return fmt.Errorf("a wildcard names nothing to write to")
		}
		last := i == len(path)-1
		if len(e.keys) > 0 {
			entry, err := entryFor(node, e)
			if err != nil {
				return err
			}
			if last {
				object, ok := value.(map[string]any)
				if !ok {
					return fmt.Errorf("%s is an entry of a list and takes an object", e.name)
				}
				replaceEntry(entry, object, e.keys)
			}
			node = entry
			continue
		}
		if last {
			node[e.name] = value
			return nil
		}
		child, there := node[e.name]
		if !there || child == nil {
			child = map[string]any{}
			node[e.name] = child
		}
		container, ok := child.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is not a container: nothing can be written below it without a key", e.name)
		}
		node = container
	}
	return nil
}

// entryFor returns the entry of a list, which it makes where it is missing.
func entryFor(node map[string]any, e elem) (map[string]any, error) {
	list, ok := entries(node[e.name])
	if all, isArray := node[e.name].([]any); !ok && node[e.name] != nil && (!isArray || len(all) > 0) {
		return nil, fmt.Errorf("%s is not a list and has no keys", e.name)
	}
	for _, entry := range list {
		if matches(entry, e.keys) {
			return entry, nil
		}
	}
	entry := map[string]any{}
	for name, v := range e.keys {
		entry[name] = typed(v)
	}
	all, _ := node[e.name].([]any)
	node[e.name] = append(all, entry)
	return entry, nil
}

func replaceEntry(entry, by map[string]any, keys map[string]string) {
	clear(entry)
	maps.Copy(entry, by)
	for name, v := range keys {
		if text(entry[name]) != v {
			entry[name] = typed(v)
		}
	}
}

// remove deletes what the path leads to; what is not there is gone already.
func remove(node map[string]any, path []elem) {
	e := path[0]
	names := []string{e.name}
	if e.name == "*" {
		names = slices.Collect(maps.Keys(node))
	}
	for _, name := range names {
		child, there := node[name]
		if !there {
			continue
		}
		list, isList := entries(child)
		switch {
		case len(path) == 1 && len(e.keys) == 0:
			delete(node, name)
		case len(path) == 1 && isList:
			all, _ := child.([]any)
			kept := slices.DeleteFunc(slices.Clone(all), func(one any) bool { entry, ok := one.(map[string]any); return ok && matches(entry, e.keys) })
			if node[name] = kept; len(kept) == 0 {
				delete(node, name)
			}
		case isList:
			for _, entry := range list {
				if matches(entry, e.keys) {
					remove(entry, path[1:])
				}
			}
		default:
			if container, ok := child.(map[string]any); ok && len(e.keys) == 0 {
				remove(container, path[1:])
			}
		}
	}
}

// operational copies what is configured into the state beside it, as a device
// does when it takes a configuration up.
func operational(node any) {
	switch node := node.(type) {
	case []any:
		for _, one := range node {
			operational(one)
		}
	case map[string]any:
		config, configured := node["config"].(map[string]any)
		if configured {
			state, ok := node["state"].(map[string]any)
			if !ok {
				state = map[string]any{}
				node["state"] = state
			}
			for name, v := range config {
				state[name] = clone(v)
			}
		}
		for name, child := range node {
			if name != "config" && name != "state" {
				operational(child)
			}
		}
	}
}

// normal leaves modules' names out of a value and refuses names that XML has not.
func normal(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			n, err := normal(one)
			if err != nil {
				return nil, err
			}
			out[i] = n
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, one := range v {
			plain := unprefixed(name)
			if !validName.MatchString(plain) {
				return nil, fmt.Errorf("%.50q is not the name of a node", name)
			}
			n, err := normal(one)
			if err != nil {
				return nil, err
			}
			out[plain] = n
		}
		return out, nil
	}
	return v, nil
}

// typed reads a leaf that came as text: what looks like a number or a truth
// value in its one usual form is one.
func typed(s string) any {
	if s == "true" || s == "false" {
		return s == "true"
	}
	if n, err := strconv.ParseInt(s, 10, 53); err == nil && strconv.FormatInt(n, 10) == s {
		return json.Number(s)
	}
	return s
}

// clone copies a tree deeply.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, child := range v {
			out[name] = clone(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = clone(child)
		}
		return out
	}
	return v
}

// filled replaces placeholders in the strings of a tree, in names of keys as well.
func filled(v any, values *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return values.Replace(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, child := range v {
			out[name] = filled(child, values)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = filled(child, values)
		}
		return out
	}
	return v
}
