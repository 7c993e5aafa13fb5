package draft7

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxActive bounds how many schemas may be at work inside each other, those of
// the values around included: the stack of the judging.
const maxActive = 30_000

// evaluation is the judging of one value.
type evaluation struct {
	quiet    bool      // only whether is asked: nothing is noted
	path     []string  // of the value being judged
	active   []*Schema // those that are at work, outermost first
	base     int       // those from here on judge the value itself
	failures []Failure
}

// judge says whether s takes v, and notes why not. It has noted nothing where it
// does.
func (e *evaluation) judge(s *Schema, v any) bool {
	switch {
	case s.takesAll:
		return true
	case s.takesNone:
		return e.refuse(Failure{Keyword: False, Schema: s})
	case len(e.active) >= maxActive || slices.Contains(e.active[e.base:], s):
		return e.refuse(Failure{Keyword: Circle, Schema: s})
	}
	e.active = append(e.active, s)
	ok := e.value(s, v)
	e.active = e.active[:len(e.active)-1]
	return ok
}

// below judges a member or an item of the value.
func (e *evaluation) below(s *Schema, token string, v any) bool {
	base := e.base
	e.base, e.path = len(e.active), append(e.path, token)
	ok := e.judge(s, v)
	e.base, e.path = base, e.path[:len(e.path)-1]
	return ok
}

// takes says whether s takes v, and notes nothing.
func (e *evaluation) takes(s *Schema, v any) bool {
	quiet := e.quiet
	e.quiet = true
	ok := e.judge(s, v)
	e.quiet = quiet
	return ok
}

// refuse notes a failure of the value and returns false.
func (e *evaluation) refuse(f Failure) bool {
	if !e.quiet {
		f.Path = slices.Clone(e.path)
		e.failures = append(e.failures, f)
	}
	return false
}

// holds returns ok, and notes where it is false.
func (e *evaluation) holds(ok bool, s *Schema, k Keyword) bool {
	return ok || e.refuse(Failure{Keyword: k, Schema: s})
}

// cut takes back the failures from mark on.
func (e *evaluation) cut(mark int) []Failure {
	taken := slices.Clone(e.failures[mark:])
	e.failures = e.failures[:mark]
	return taken
}

// value judges v by all keywords of s.
func (e *evaluation) value(s *Schema, v any) bool {
	if s.Ref != nil {
		return e.judge(s.Ref, v)
	}
	kind, number := typeOf(v)
	if k := s.another(v, kind, number); k != "" {
		return e.refuse(Failure{Keyword: k, Schema: s})
	}
	ok := true
	switch v := v.(type) {
	case map[string]any:
		ok = e.object(s, v)
	case []any:
		ok = e.array(s, v)
	case string:
		ok = e.text(s, v)
	default:
		ok = kind != "number" || e.number(s, number)
	}
	if !ok && e.quiet {
		return false
	}
	return e.combined(s, v) && ok
}

// another returns the keyword by which v is another value than s is about, so
// that nothing else need be said of it; "" when it is not.
func (s *Schema) another(v any, kind string, number Number) Keyword {
	text, isText := v.(string)
	switch {
	case kind == "":
		return NoValue
	case s.Types != nil && !slices.Contains(s.Types, kind) && !(kind == "number" && number.isWhole() && slices.Contains(s.Types, "integer")):
		return Type
	case s.hasConst && !equal(v, s.Const):
		return Const
	case s.Enum != nil && !slices.ContainsFunc(s.Enum, func(one any) bool { return equal(v, one) }):
		return Enum
	case s.format != nil && isText && !s.format(text):
		return Format
	}
	return ""
}

func (e *evaluation) number(s *Schema, n Number) bool {
	ok := e.holds(s.Minimum == nil || n.compare(*s.Minimum) >= 0, s, Minimum)
	ok = e.holds(s.Maximum == nil || n.compare(*s.Maximum) <= 0, s, Maximum) && ok
	ok = e.holds(s.ExclusiveMinimum == nil || n.compare(*s.ExclusiveMinimum) > 0, s, ExclusiveMinimum) && ok
	ok = e.holds(s.ExclusiveMaximum == nil || n.compare(*s.ExclusiveMaximum) < 0, s, ExclusiveMaximum) && ok
	return e.holds(s.MultipleOf == nil || n.isMultipleOf(*s.MultipleOf), s, MultipleOf) && ok
}

func (e *evaluation) text(s *Schema, text string) bool {
	ok := true
	if s.MinLength != nil || s.MaxLength != nil {
		ok = e.within(utf8.RuneCountInString(text), s, s.MinLength, MinLength, s.MaxLength, MaxLength)
	}
	return e.holds(s.pattern == nil || s.pattern.MatchString(text), s, Pattern) && ok
}

// within judges a size by its two bounds, nil where there is none.
func (e *evaluation) within(size int, s *Schema, low *int, tooSmall Keyword, high *int, tooLarge Keyword) bool {
	ok := e.holds(low == nil || size >= *low, s, tooSmall)
	return e.holds(high == nil || size <= *high, s, tooLarge) && ok
}

func (e *evaluation) array(s *Schema, list []any) bool {
	ok := e.within(len(list), s, s.MinItems, MinItems, s.MaxItems, MaxItems)
	ok = e.holds(!s.uniqueItems || distinct(list), s, UniqueItems) && ok
	for i, item := range list {
		if !ok && e.quiet {
			return false
		}
		if of := s.schemaOfItem(i); of != nil {
			ok = e.below(of, strconv.Itoa(i), item) && ok
		}
	}
	tooMany := len(list) > len(s.tuple) && s.additionalItems != nil && s.additionalItems.takesNone
	ok = e.holds(!tooMany, s, AdditionalItems) && ok
	return (s.contains == nil || e.contains(s, list)) && ok
}

// schemaOfItem returns the schema of the item at an index; nil where there is
// none, or where it is false and the array as a whole is refused.
func (s *Schema) schemaOfItem(i int) *Schema {
	switch {
	case s.Items != nil:
		return s.Items
	case i < len(s.tuple):
		return s.tuple[i]
	case s.additionalItems == nil || s.additionalItems.takesNone:
		return nil
	}
	return s.additionalItems
}

func (e *evaluation) contains(s *Schema, list []any) bool {
	mark := len(e.failures)
	var branches [][]Failure
	for i, item := range list {
		if e.below(s.contains, strconv.Itoa(i), item) {
			e.failures = e.failures[:mark]
			return true
		}
		branches = append(branches, e.cut(mark))
	}
	return e.refuse(Failure{Keyword: Contains, Schema: s, Branches: branches})
}

func (e *evaluation) object(s *Schema, object map[string]any) bool {
	ok := e.within(len(object), s, s.minProperties, MinProperties, s.maxProperties, MaxProperties)
	if names := missing(object, s.Required); names != nil {
		ok = e.refuse(Failure{Keyword: Required, Schema: s, Names: names})
	}
	for _, d := range s.dependencies {
		if _, there := object[d.name]; !there {
			continue
		}
		if names := missing(object, d.names); names != nil {
			ok = e.refuse(Failure{Keyword: Dependencies, Schema: s, Property: d.name, Names: names})
		}
		if d.schema != nil {
			ok = e.judge(d.schema, object) && ok
		}
	}
	if s.Properties != nil || s.patterns != nil || s.additionalProperties != nil {
		ok = e.members(s, object) && ok
	}
	if s.names != nil {
		ok = e.names(s, object) && ok
	}
	return ok
}

// missing returns the names that an object lacks.
func missing(object map[string]any, names []string) []string {
	var list []string
	for _, name := range names {
		if _, there := object[name]; !there {
			list = append(list, name)
		}
	}
	return list
}

// members judges the members by their own schemas.
func (e *evaluation) members(s *Schema, object map[string]any) bool {
	ok, mark, depth := true, len(e.failures), len(e.path)
	var extra []string
	for name, value := range object {
		if !ok && e.quiet {
			return false
		}
		of, known := s.Properties[name]
		if known {
			ok = e.below(of, name, value) && ok
		}
		for _, p := range s.patterns {
			if p.name.MatchString(name) {
				known = true
				ok = e.below(p.schema, name, value) && ok
			}
		}
		switch {
		case known || s.additionalProperties == nil:
		case s.additionalProperties.takesNone:
			extra = append(extra, name)
		default:
			ok = e.below(s.additionalProperties, name, value) && ok
		}
	}
	slices.SortStableFunc(e.failures[mark:], func(a, b Failure) int { return strings.Compare(a.Path[depth], b.Path[depth]) })
	if extra != nil {
		slices.Sort(extra)
		return e.refuse(Failure{Keyword: AdditionalProperties, Schema: s, Names: extra})
	}
	return ok
}

// names judges the names of the members.
func (e *evaluation) names(s *Schema, object map[string]any) bool {
	ok, base, mark := true, e.base, len(e.failures)
	e.base = len(e.active)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if e.judge(s.names, name) {
			continue
		}
		why := e.cut(mark)
		ok = e.refuse(Failure{Keyword: PropertyNames, Schema: s, Property: name, Branches: [][]Failure{why}})
		mark = len(e.failures)
	}
	e.base = base
	return ok
}

// combined judges v by the schemas that s makes its own.
func (e *evaluation) combined(s *Schema, v any) bool {
	ok := e.holds(s.not == nil || !e.takes(s.not, v), s, Not)
	for _, each := range s.allOf {
		ok = e.judge(each, v) && ok
	}
	ok = (s.anyOf == nil || e.anyOf(s, v)) && ok
	ok = (s.oneOf == nil || e.oneOf(s, v)) && ok
	if s.condition == nil {
		return ok
	}
	if e.takes(s.condition, v) {
		return (s.then == nil || e.judge(s.then, v)) && ok
	}
	return (s.otherwise == nil || e.judge(s.otherwise, v)) && ok
}

func (e *evaluation) anyOf(s *Schema, v any) bool {
	mark := len(e.failures)
	var branches [][]Failure
	for _, one := range s.anyOf {
		if e.judge(one, v) {
			return true
		}
		branches = append(branches, e.cut(mark))
	}
	return e.refuse(Failure{Keyword: AnyOf, Schema: s, Branches: branches})
}

func (e *evaluation) oneOf(s *Schema, v any) bool {
	mark := len(e.failures)
	var branches [][]Failure
	for i, one := range s.oneOf {
		if e.judge(one, v) {
			another := func(other *Schema) bool { return e.takes(other, v) }
			return e.holds(!slices.ContainsFunc(s.oneOf[i+1:], another), s, OneOf)
		}
		branches = append(branches, e.cut(mark))
	}
	return e.refuse(Failure{Keyword: OneOf, Schema: s, Branches: branches})
}
