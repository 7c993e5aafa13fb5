package draft7

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// The schemas without keywords.
var (
	takesAll  = &Schema{takesAll: true}
	takesNone = &Schema{takesNone: true}
)

// typeNames are the types in the order of Schema.Types.
const typeNames = "null boolean number integer string array object"

// compiler makes the schemas of one document.
type compiler struct {
	doc    any
	id     string // of the document, "" for none
	engine Engine
	made   map[uintptr]*Schema // by the object in the document: each is made once
	meta   *compiler           // of the schema of schemas, when it is referred to
	path   []string            // of what is read now
	err    error               // the first
}

func newCompiler(doc any, engine Engine) *compiler {
	if engine == nil {
		engine = goRegexp
	}
	c := &compiler{doc: doc, engine: engine, made: map[uintptr]*Schema{}}
	if root, ok := doc.(map[string]any); ok && root["$ref"] == nil {
		id, _ := root["$id"].(string)
		c.id = strings.TrimSuffix(id, "#")
	}
	return c
}

// refuse notes what the document has to have at a keyword of the place being
// read, or at that place itself.
func (c *compiler) refuse(keyword, want string) {
	place := "#"
	for _, token := range append(c.path, keyword) {
		if token != "" {
			place += "/" + token
		}
	}
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", place, want)
	}
}

// in reads v, which stands at the tokens below the place being read, as a
// schema.
func (c *compiler) in(v any, tokens ...string) *Schema {
	path := c.path
	c.path = append(c.path, tokens...)
	s := c.schema(v)
	c.path = path
	return s
}

// schema makes the schema of a value of the document.
func (c *compiler) schema(v any) *Schema {
	switch v := v.(type) {
	case bool:
		if v {
			return takesAll
		}
		return takesNone
	case map[string]any:
		if len(v) == 0 {
			return takesAll
		}
		key := reflect.ValueOf(v).Pointer()
		if c.made[key] == nil {
			c.made[key] = &Schema{}
			c.keywords(c.made[key], v)
		}
		return c.made[key]
	}
	c.refuse("", "want a schema: an object, true or false")
	return takesAll
}

// keywords reads those of an object into s.
func (c *compiler) keywords(s *Schema, object map[string]any) {
	if ref, ok := get[string](c, object, "$ref", "a reference"); ok {
		s.Ref = c.follow(ref)
		return
	}
	if id, ok := get[string](c, object, "$id", "an address"); ok && len(c.path) > 0 {
		c.refuse("$id", fmt.Sprintf("%s changes what references are relative to, which only the root of a document may do here", id))
	}
	s.Types = c.types(object)
	s.Enum, _ = get[[]any](c, object, "enum", "a list of values")
	s.Const, s.hasConst = object["const"]
	s.MultipleOf = c.number(object, "multipleOf")
	if s.MultipleOf != nil && s.MultipleOf.sign() <= 0 {
		c.refuse("multipleOf", "want a number above 0")
	}
	s.Minimum, s.ExclusiveMinimum = c.number(object, "minimum"), c.number(object, "exclusiveMinimum")
	s.Maximum, s.ExclusiveMaximum = c.number(object, "maximum"), c.number(object, "exclusiveMaximum")
	s.MinLength, s.MaxLength = c.count(object, "minLength"), c.count(object, "maxLength")
	if pattern, ok := get[string](c, object, "pattern", "a regular expression"); ok {
		s.Pattern, s.pattern = pattern, c.matcher("pattern", pattern)
	}
	if name, ok := get[string](c, object, "format", "the name of a format"); ok {
		if s.format = c.format(name); s.format != nil {
			s.Format = name
		}
	}
	c.ofArrays(s, object)
	c.ofObjects(s, object)
	s.allOf, s.anyOf, s.oneOf = c.schemas(object, "allOf"), c.schemas(object, "anyOf"), c.schemas(object, "oneOf")
	s.not = c.sub(object, "not")
	if s.condition = c.sub(object, "if"); s.condition != nil {
		if object["if"] != false {
			s.then = c.sub(object, "then")
		}
		if object["if"] != true {
			s.otherwise = c.sub(object, "else")
		}
	}
}

// ofArrays reads the keywords about arrays.
func (c *compiler) ofArrays(s *Schema, object map[string]any) {
	if _, tuple := object["items"].([]any); tuple {
		s.tuple, s.additionalItems = c.schemas(object, "items"), c.sub(object, "additionalItems")
	} else {
		s.Items = c.sub(object, "items")
	}
	s.contains = c.sub(object, "contains")
	s.MinItems, s.MaxItems = c.count(object, "minItems"), c.count(object, "maxItems")
	s.uniqueItems, _ = get[bool](c, object, "uniqueItems", "true or false")
}

// ofObjects reads the keywords about objects.
func (c *compiler) ofObjects(s *Schema, object map[string]any) {
	s.minProperties, s.maxProperties = c.count(object, "minProperties"), c.count(object, "maxProperties")
	if list, ok := get[[]any](c, object, "required", "a list of names"); ok {
		s.Required = c.texts(list, "required")
	}
	if named, ok := get[map[string]any](c, object, "properties", "an object of schemas"); ok {
		s.Properties = make(map[string]*Schema, len(named))
		for name, v := range named {
			s.Properties[name] = c.in(v, "properties", name)
		}
	}
	named, _ := get[map[string]any](c, object, "patternProperties", "an object of schemas")
	for _, name := range slices.Sorted(maps.Keys(named)) {
		matcher := c.matcher("patternProperties", name)
		s.patterns = append(s.patterns, patternProperties{matcher, c.in(named[name], "patternProperties", name)})
	}
	s.additionalProperties, s.names = c.sub(object, "additionalProperties"), c.sub(object, "propertyNames")
	named, _ = get[map[string]any](c, object, "dependencies", "an object of schemas and lists of names")
	for _, name := range slices.Sorted(maps.Keys(named)) {
		d := dependency{name: name}
		if list, ok := named[name].([]any); ok {
			d.names = c.texts(list, "dependencies")
		} else {
			d.schema = c.in(named[name], "dependencies", name)
		}
		s.dependencies = append(s.dependencies, d)
	}
}

// get returns the value of a keyword, and whether there is one of its type.
func get[T any](c *compiler, object map[string]any, keyword, want string) (value T, ok bool) {
	v, there := object[keyword]
	if value, ok = v.(T); there && !ok {
		c.refuse(keyword, "want "+want)
	}
	return value, ok
}

func (c *compiler) sub(object map[string]any, keyword string) *Schema {
	v, there := object[keyword]
	if !there {
		return nil
	}
	return c.in(v, keyword)
}

func (c *compiler) schemas(object map[string]any, keyword string) []*Schema {
	list, _ := get[[]any](c, object, keyword, "a list of schemas")
	var all []*Schema
	for i, v := range list {
		all = append(all, c.in(v, keyword, strconv.Itoa(i)))
	}
	return all
}

func (c *compiler) texts(list []any, keyword string) []string {
	names := make([]string, len(list))
	for i, v := range list {
		name, ok := v.(string)
		if !ok {
			c.refuse(keyword, "want names")
		}
		names[i] = name
	}
	return names
}

func (c *compiler) number(object map[string]any, keyword string) *Number {
	v, there := object[keyword]
	if !there {
		return nil
	}
	n, ok := numberOf(v)
	if !ok {
		c.refuse(keyword, "want a number")
	}
	return &n
}

func (c *compiler) count(object map[string]any, keyword string) *int {
	n := c.number(object, keyword)
	if n == nil {
		return nil
	}
	i, ok := n.whole()
	if !ok {
		c.refuse(keyword, "want a whole number from 0 on")
	}
	return &i
}

// types reads type, one or a list.
func (c *compiler) types(object map[string]any) []string {
	v, there := object["type"]
	if !there {
		return nil
	}
	list, several := v.([]any)
	if !several {
		list = []any{v}
	}
	known := strings.Fields(typeNames)
	var types []string
	for _, name := range known {
		if slices.Contains(list, any(name)) {
			types = append(types, name)
		}
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(v any) bool { name, _ := v.(string); return !slices.Contains(known, name) }) {
		c.refuse("type", "want types of "+typeNames)
	}
	return types
}

func (c *compiler) matcher(keyword, pattern string) Matcher {
	m, err := c.engine(pattern)
	if err != nil {
		c.refuse(keyword, fmt.Sprintf("%q: %v", pattern, err))
	}
	return m
}

// follow returns the schema that a reference leads to.
func (c *compiler) follow(ref string) *Schema {
	address, fragment, _ := strings.Cut(ref, "#")
	in := c
	if address != "" && address != c.id {
		if address != MetaURL {
			c.refuse("$ref", fmt.Sprintf("%s is outside the document, and nothing is fetched", ref))
			return takesAll
		}
		if c.meta == nil {
			c.meta = newCompiler(metaDocument(), c.engine)
		}
		in = c.meta
	}
	pointer, err := url.PathUnescape(fragment)
	target, found := lookup(in.doc, pointer)
	if err != nil || !found {
		c.refuse("$ref", fmt.Sprintf("%s leads to nothing in the document", ref))
		return takesAll
	}
	path := in.path
	in.path = strings.Split(pointer, "/")[1:]
	s := in.schema(target)
	in.path = path
	if c.err == nil {
		c.err = in.err
	}
	return s
}

// lookup returns the value of a JSON Pointer. It finds nothing beyond an object
// with an $id, as that is where another document begins.
func lookup(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	if pointer[0] != '/' {
		return nil, false
	}
	for i, token := range strings.Split(pointer[1:], "/") {
		token, ok := unescape(token)
		switch holder := v.(type) {
		case map[string]any:
			if _, named := holder["$id"].(string); named && i > 0 || !ok {
				return nil, false
			}
			if v, ok = holder[token]; !ok {
				return nil, false
			}
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index < 0 || index >= len(holder) {
				return nil, false
			}
			v = holder[index]
		default:
			return nil, false
		}
	}
	return v, true
}

// unescape reads a token of a JSON Pointer.
func unescape(token string) (string, bool) {
	ok := strings.Count(token, "~") == strings.Count(token, "~0")+strings.Count(token, "~1")
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"), ok
}
