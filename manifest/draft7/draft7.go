// Package draft7 judges JSON values by schemas of JSON Schema Draft-07.
//
// It has every keyword of the draft that judges; contentEncoding and
// contentMediaType, which need not, are notes to it, and so is a format that it
// does not know. Numbers are exact: 1.0 is the integer 1, and 0.1 is no binary
// fraction. Nothing is opened or fetched: a $ref leads to a place in its own
// document, or into the draft's schema of schemas, and an $id below the root of
// a document, which would change what references are relative to, is refused.
//
// The package does nothing before it is called, and all of it is safe for
// concurrent use.
package draft7

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// MetaURL is the address of the schema of schemas, without the # at its end.
const MetaURL = "http://json-schema.org/draft-07/schema"

//go:embed schema.json
var metaJSON string

// A Schema is a schema made ready, or one inside another. Its fields are its
// keywords, to be read only; those that nobody asks for are not exported.
type Schema struct {
	Ref        *Schema            // what $ref leads to; there is nothing beside it
	Types      []string           // null, boolean, number, integer, string, array, object: in this order
	Enum       []any              // as in the document
	Const      any                // as in the document; nil also without the keyword
	Format     string             // a format that is known
	Pattern    string             // as in the document
	Items      *Schema            // of every item
	Properties map[string]*Schema // by name
	Required   []string           // names

	MultipleOf, Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum *Number
	MinLength, MaxLength, MinItems, MaxItems                         *int

	takesAll, takesNone             bool // true or {}, and false
	hasConst                        bool
	format                          func(string) bool
	pattern                         Matcher
	tuple                           []*Schema // items, as a list of schemas
	additionalItems, contains       *Schema
	uniqueItems                     bool
	minProperties, maxProperties    *int
	patterns                        []patternProperties
	additionalProperties, names     *Schema
	dependencies                    []dependency
	allOf, anyOf, oneOf             []*Schema
	not, condition, then, otherwise *Schema
}

// patternProperties is the schema of the members whose name matches.
type patternProperties struct {
	name   Matcher
	schema *Schema
}

// dependency is what a member asks for: other members, or a schema of the object.
type dependency struct {
	name   string
	names  []string
	schema *Schema
}

// Matcher is a regular expression. Most are of package regexp.
type Matcher interface {
	// MatchString says whether a part of the text matches.
	MatchString(text string) bool
}

// Engine reads a regular expression, or says what is wrong with it.
type Engine func(pattern string) (Matcher, error)

// goRegexp is the engine where none is given. Go's expressions lack some of what
// those of ECMA 262 have.
func goRegexp(pattern string) (Matcher, error) { return regexp.Compile(pattern) }

// Compile makes a schema ready: a document as encoding/json decodes it, with
// numbers of any of Go's types or as json.Number. The schema keeps parts of the
// document. An error says which place in the document is no part of a schema,
// or leads nowhere; it does not look at what is never used to judge, as Meta
// does. Without an engine patterns are those of package regexp.
func Compile(doc any, engine Engine) (*Schema, error) {
	c := newCompiler(doc, engine)
	s := c.schema(doc)
	if c.err != nil {
		return nil, c.err
	}
	return s, nil
}

// Meta returns the schema of schemas. It is made at each call: keep it. What
// engine can read is a regular expression to it.
func Meta(engine Engine) *Schema {
	s, err := Compile(metaDocument(), engine)
	if err != nil {
		panic(fmt.Sprintf("draft7: the schema of schemas: %v", err))
	}
	return s
}

// metaDocument returns the document of the schema of schemas.
func metaDocument() any {
	var doc any
	if err := json.Unmarshal([]byte(metaJSON), &doc); err != nil {
		panic(fmt.Sprintf("draft7: the schema of schemas: %v", err))
	}
	return doc
}

// Validate returns what the schema refuses in a value, nil when it takes it.
// The value is one as encoding/json decodes it, with numbers of any of Go's
// types or as json.Number; anything else is refused. A value that is of another
// type, or none of those listed, is refused for that alone. The order is that
// of the values, objects by name, and the same for the same value.
func (s *Schema) Validate(value any) []Failure {
	e := evaluation{}
	if e.judge(s, value) {
		return nil
	}
	return e.failures
}

// Valid says whether the schema takes a value, at less cost than Validate.
func (s *Schema) Valid(value any) bool {
	e := evaluation{quiet: true}
	return e.judge(s, value)
}

// Failure is a keyword of a schema that a value breaks. Its limits are in the
// fields of Schema.
type Failure struct {
	Path     []string // names and indexes from the root to the value
	Keyword  Keyword
	Schema   *Schema
	Names    []string // members: missing by Required or Dependencies, too many by AdditionalProperties
	Property string   // the member that Dependencies is about; the name that PropertyNames refuses
	// Branches is what each schema of AnyOf and OneOf refuses, what Contains
	// refuses in each item, and PropertyNames in the name. Nothing else has finer
	// causes, and OneOf has none where more than one schema takes the value.
	Branches [][]Failure
}

// String returns place and keyword, for tests and panics.
func (f Failure) String() string {
	return "#" + strings.Join(append([]string{""}, f.Path...), "/") + ": " + string(f.Keyword)
}

// Keyword names what a value breaks, as schemas spell it. $ref, if and allOf are
// never broken themselves: what they apply is.
type Keyword string

// The keywords.
const (
	Type                 Keyword = "type"
	Enum                 Keyword = "enum"
	Const                Keyword = "const"
	Format               Keyword = "format"
	MultipleOf           Keyword = "multipleOf"
	Minimum              Keyword = "minimum"
	Maximum              Keyword = "maximum"
	ExclusiveMinimum     Keyword = "exclusiveMinimum"
	ExclusiveMaximum     Keyword = "exclusiveMaximum"
	MinLength            Keyword = "minLength"
	MaxLength            Keyword = "maxLength"
	Pattern              Keyword = "pattern"
	AdditionalItems      Keyword = "additionalItems" // false, and there are more than listed
	MinItems             Keyword = "minItems"
	MaxItems             Keyword = "maxItems"
	UniqueItems          Keyword = "uniqueItems"
	Contains             Keyword = "contains"
	MinProperties        Keyword = "minProperties"
	MaxProperties        Keyword = "maxProperties"
	Required             Keyword = "required"
	AdditionalProperties Keyword = "additionalProperties" // false, and there are more than listed
	Dependencies         Keyword = "dependencies"         // names; a schema is broken itself
	PropertyNames        Keyword = "propertyNames"
	AnyOf                Keyword = "anyOf"
	OneOf                Keyword = "oneOf"
	Not                  Keyword = "not"
	False                Keyword = "false"    // the schema that takes nothing
	Circle               Keyword = "circle"   // references that never come to judge the value, or judge too deep
	NoValue              Keyword = "no value" // of a Go type that JSON has not
)
