package draft7

import (
	"maps"
	"slices"
	"strconv"
)

// typeOf returns the type of a value of JSON, and its number when it is one; ""
// for what is no value of JSON. Whole numbers are numbers to it.
func typeOf(v any) (string, Number) {
	switch v.(type) {
	case nil:
		return "null", Number{}
	case bool:
		return "boolean", Number{}
	case string:
		return "string", Number{}
	case []any:
		return "array", Number{}
	case map[string]any:
		return "object", Number{}
	}
	if n, ok := numberOf(v); ok {
		return "number", n
	}
	return "", Number{}
}

// equal says whether two values of JSON are the same; numbers are by what they
// are worth.
func equal(a, b any) bool {
	switch a := a.(type) {
	case nil, bool, string:
		return a == b
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	}
	n, ok := numberOf(a)
	m, also := numberOf(b)
	return ok && also && n == m
}

// distinct says whether no two values of a list are equal, in time that grows
// as the list does.
func distinct(list []any) bool {
	if len(list) < 2 {
		return true
	}
	seen := make(map[string]bool, len(list))
	var written []byte
	for _, v := range list {
		written = appendKey(written[:0], v)
		if seen[string(written)] {
			return false
		}
		seen[string(written)] = true
	}
	return true
}

// appendKey writes a value so that equal ones are written alike, and others not.
func appendKey(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 'n')
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		b = append(strconv.AppendInt(append(b, 's'), int64(len(v)), 10), ':')
		return append(b, v...)
	case []any:
		b = append(b, '[')
		for _, item := range v {
			b = appendKey(b, item)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b = appendKey(appendKey(b, name), v[name])
		}
		return append(b, '}')
	}
	n, _ := numberOf(v)
	return append(append(b, n.String()...), ';')
}
