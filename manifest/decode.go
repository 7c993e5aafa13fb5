package manifest

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ParseError is the first thing that keeps a manifest from being read.
type ParseError struct {
	Rule         string // as in Finding
	Line, Column int    // from 1, columns in code points; 0 when it is about the whole file
	Offset       int    // bytes
	Pointer      string // JSON Pointer of the value, when it is one that cannot be taken
	Message      string // one sentence: what is wrong and what to do
	Expected     string // what was expected there
	More         int    // how many further problems there are
}

// Error returns place and message, such as
// "manifest.json:3:20: a comma before } is not JSON; remove it".
func (e *ParseError) Error() string {
	place := FileName
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", FileName, e.Line, e.Column)
	}
	if e.More > 0 {
		return fmt.Sprintf("%s: %s (and %d more)", place, e.Message, e.More)
	}
	return place + ": " + e.Message
}

// Parse decodes a manifest. It takes strict JSON only, keys in exactly their
// documented spelling, and values of the documented types; ranges and patterns
// are Check's to judge, unknown fields are ignored. The error is a *ParseError.
func Parse(data []byte) (*Manifest, error) {
	d := Index(data)
	issues := d.issues
	var m *Manifest
	if len(issues) == 0 {
		issues = d.duplicateKeys()
		var wrong []issue
		m, wrong = d.decode()
		issues = append(issues, wrong...)
	}
	if len(issues) == 0 {
		return m, nil
	}
	first := issues[0]
	for _, i := range issues {
		if i.offset < first.offset {
			first = i
		}
	}
	e := &ParseError{
		Rule: first.rule, Offset: max(0, first.offset), Pointer: first.pointer,
		Message: first.message, Expected: first.allowed, More: len(issues) - 1,
	}
	if first.offset >= 0 {
		e.Line, e.Column = d.Position(first.offset)
	}
	return nil, e
}

// decode turns the tree into a Manifest. The tree is walked instead of the
// text unmarshalled, because encoding/json takes keys in any case and says
// where only in bytes. Of values that cannot be taken it returns an issue each.
func (d *Document) decode() (*Manifest, []issue) {
	if d.root == nil || d.wrapped != nil || d.root.kind != kindObject {
		return nil, []issue{d.notObject()}
	}
	dec := decoder{doc: d}
	m := new(Manifest)
	dec.value(d.root, reflect.ValueOf(m).Elem(), "")
	if len(dec.issues) > 0 {
		return nil, dec.issues
	}
	return m, nil
}

// notObject says that the top level is no object.
func (d *Document) notObject() issue {
	i := issue{rule: ruleNotObject, allowed: "an object", message: "the manifest must be a JSON object: { … }"}
	n := d.root
	if d.wrapped != nil {
		n = d.wrapped
	}
	if n != nil {
		i.offset, i.end, i.found = n.start, n.start+1, d.found(n)
		i.message = fmt.Sprintf("the manifest is %s, it must be a JSON object: { … }", describe(n))
		i.fixes = d.asObject()
	}
	return i
}

type decoder struct {
	doc    *Document
	issues []issue
}

var rawType = reflect.TypeFor[json.RawMessage]()

// value stores n in v. Null is taken for a *string only: openapi_path is the
// one field that may be null.
func (dec *decoder) value(n *node, v reflect.Value, pointer string) {
	if v.Type() == rawType {
		v.SetBytes([]byte(dec.doc.text(n)))
		return
	}
	ok, want := true, ""
	switch v.Kind() {
	case reflect.Pointer:
		if n.kind == kindNull && v.Type().Elem().Kind() == reflect.String {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		dec.value(n, v.Elem(), pointer)
	case reflect.String:
		if ok, want = n.kind == kindString, "string"; ok {
			v.SetString(n.text)
		}
	case reflect.Int, reflect.Int64:
		i, whole := integer(n.text)
		if ok, want = n.kind == kindNumber && whole && !v.OverflowInt(i), "integer"; ok {
			v.SetInt(i)
		}
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.text, 64)
		if ok, want = n.kind == kindNumber && err == nil, "number"; ok {
			v.SetFloat(f)
		}
	case reflect.Slice:
		if ok, want = n.kind == kindArray, "array"; ok {
			v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
			for i, item := range n.items {
				dec.value(item, v.Index(i), pointer+"/"+strconv.Itoa(i))
			}
		}
	case reflect.Struct:
		if ok, want = n.kind == kindObject, "object"; ok {
			dec.fields(n, v, pointer)
		}
	}
	if !ok {
		dec.issues = append(dec.issues, dec.doc.valueIssue(n, pointer, typeHint(n, want)))
	}
}

// fields stores the members of n in the struct v by their exact names.
func (dec *decoder) fields(n *node, v reflect.Value, pointer string) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if m := n.member(name); m != nil {
			dec.value(m.value, v.Field(i), pointer+"/"+escapePointer(name))
		}
	}
}

// inQuotes is the hint for a number where text is asked for.
const inQuotes = "put it in double quotes"

// typeHint says how to turn n into what its place takes, where that is plain.
// want holds type names as a schema uses them.
func typeHint(n *node, want ...string) string {
	integer := slices.Contains(want, "integer")
	number := integer || slices.Contains(want, "number")
	switch {
	case number && n.kind == kindString && isJSONNumber(n.text):
		return "remove the quotes"
	case integer && n.kind == kindNumber:
		return "write a whole number"
	case slices.Contains(want, "string") && (n.kind == kindNumber || n.kind == kindBool):
		return inQuotes
	case slices.Contains(want, "array") && n.kind != kindObject && n.kind != kindNull:
		return "put it in square brackets"
	}
	return ""
}

// toAny turns a value into what encoding/json would make of it: what a schema
// is checked against. A number becomes the one a machine holds, as it does for
// the Controller and for editors, but for one that would only be rounded to a
// whole one: it stays as written, so that the schema refuses it as decode does.
func (n *node) toAny() any {
	switch n.kind {
	case kindBool:
		return n.text == "true"
	case kindNumber:
		if i, ok := integer(n.text); ok {
			return i
		}
		if f, err := strconv.ParseFloat(n.text, 64); err == nil && (f != math.Trunc(f) || isWhole(n.text)) {
			return f
		}
		return json.Number(n.text)
	case kindString:
		return n.text
	case kindArray:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.toAny()
		}
		return list
	case kindObject:
		object := make(map[string]any, len(n.members))
		for _, m := range n.members {
			object[m.key] = m.value.toAny()
		}
		return object
	}
	return nil
}
