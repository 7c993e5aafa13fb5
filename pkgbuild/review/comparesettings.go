package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// hiddenValue stands for values of sensitive settings.
const hiddenValue = "•••"

// settings compares the settings: what is saved where the old version is
// installed is validated against the new schema.
func (c *comparison) settings() {
	old, new := settingsOf(c.old.manifest().SettingsSchema), settingsOf(c.new.manifest().SettingsSchema)
	before, after := map[string]Setting{}, map[string]Setting{}
	for _, s := range old {
		before[s.pointer] = s
	}
	for _, s := range new {
		after[s.pointer] = s
	}
	for _, was := range old {
		if is, there := after[was.pointer]; there {
			c.setting(was, is)
		} else if !lostWithParent(was, after, before) {
			c.lostSetting(was, new)
		}
	}
	for _, is := range new {
		if _, known := before[is.pointer]; !known {
			c.newSetting(is)
		}
	}
	c.settingsRoot()
}

// lostWithParent says whether the setting that holds this one is gone, too, so
// that it is said of that one.
func lostWithParent(s Setting, after, before map[string]Setting) bool {
	for pointer := range before {
		if _, there := after[pointer]; !there && strings.HasPrefix(s.pointer, pointer+"/") {
			return true
		}
	}
	return false
}

// lostSetting notes a setting that is gone.
func (c *comparison) lostSetting(was Setting, new []Setting) {
	message := "is gone: what is saved for it is ignored"
	if slices.ContainsFunc(new, func(s Setting) bool { return s.closed && parentOf(s.pointer) == parentOf(was.pointer) }) {
		message = "is gone: what is saved for it is refused, because the schema takes no other members"
	}
	c.add(Change{Area: AreaSettings, Kind: Removed, Severity: bad, Bump: BumpMajor, Subject: was.Name, Old: typeWords(was.Types), Message: message, Pointer: "/settings_schema"})
}

// parentOf is the pointer of the object that a setting stands in.
func parentOf(pointer string) string { return pointer[:strings.LastIndexByte(pointer, '/')] }

// newSetting notes a setting that came.
func (c *comparison) newSetting(is Setting) {
	change := Change{
		Area: AreaSettings, Kind: Added, Severity: note, Bump: BumpMinor, Subject: is.Name, New: typeWords(is.Types), Pointer: is.pointer,
		Message: "is new: " + typeWords(is.Types),
	}
	if is.Sensitive {
		change.Message += ", sensitive"
	}
	if is.Default != "" {
		change.Message += ", by default " + is.Default
	}
	if is.Required {
		change.Severity, change.Bump = bad, BumpMajor
		change.Message += "; it is required, and what is saved lacks it: leave it optional with a default"
	}
	c.add(change)
}

// setting compares one setting.
func (c *comparison) setting(was, is Setting) {
	changes := len(c.changes)
	narrowed := func(format string, args ...any) {
		c.add(Change{
			Area: AreaSettings, Kind: Changed, Severity: bad, Bump: BumpMajor, Subject: is.Name, Pointer: is.pointer, Old: c.schemaText(was, is), New: c.schemaText(is, was),
			Message: fmt.Sprintf(format, args...),
		})
	}
	if lost := lostTypes(was.Types, is.Types); lost != "" {
		narrowed("is %s and was %s: saved values of the type %s are refused", typeWords(is.Types), typeWords(was.Types), lost)
	}
	if is.Required && !was.Required {
		narrowed("is required now: what was saved without it is refused")
	}
	secret := was.Sensitive || is.Sensitive
	if lost, values := lostValues(was, is); lost {
		switch {
		case secret:
			narrowed("takes fewer values now: saved ones may be refused")
		case values == "":
			narrowed("takes certain values only now: other saved ones are refused")
		default:
			narrowed("no longer takes %s: where it is saved, it is refused", values)
		}
	}
	for _, bound := range bounds {
		if words := bound.tightened(was.schema, is.schema); words != "" {
			narrowed("%s", words)
		}
	}
	if was.Sensitive && !is.Sensitive {
		c.add(Change{
			Area: AreaSettings, Kind: Changed, Severity: bad, Bump: BumpMajor, Subject: is.Name, Pointer: is.pointer, Old: "sensitive", New: "not sensitive",
			Message: "is no longer sensitive: the secret that is saved for it is shown to everybody who opens the form",
		})
	}
	if !was.Sensitive && is.Sensitive {
		c.add(Change{Area: AreaSettings, Kind: Changed, Severity: note, Bump: BumpPatch, Subject: is.Name, Pointer: is.pointer, Old: "not sensitive", New: "sensitive", Message: "is sensitive now"})
	}
	c.vagueKeywords(was, is)
	c.defaultValue(was, is)
	if len(c.changes) == changes {
		c.harmlessChange(was, is)
	}
}

// defaultValue notes another default: it is in effect where nothing is saved.
func (c *comparison) defaultValue(was, is Setting) {
	old, new := jsonText(was.schema["default"]), jsonText(is.schema["default"])
	if old == new {
		return
	}
	message := fmt.Sprintf("has the default %s and had %s, which is in effect where none is saved", new, old)
	switch {
	case was.Sensitive || is.Sensitive:
		message, old, new = "has another default, which is in effect where none is saved", "", ""
	case is.schema["default"] == nil:
		message = fmt.Sprintf("has no default any more and had %s, which was in effect where none is saved", old)
	case was.schema["default"] == nil:
		message = fmt.Sprintf("has the default %s and had none: it is in effect where none is saved", new)
	}
	c.add(Change{Area: AreaSettings, Kind: Changed, Severity: note, Bump: BumpPatch, Subject: is.Name, Pointer: is.pointer, Old: old, New: new, Message: message})
}

// schemaText is the schema of a setting, with nothing in it that is a secret on
// either side.
func (c *comparison) schemaText(s, other Setting) string {
	if !s.Sensitive && !other.Sensitive {
		return jsonText(ownKeywords(s.schema))
	}
	return jsonText(withoutValues(ownKeywords(s.schema)))
}

// ownKeywords are those of a schema without those of the settings inside it,
// which are told of by themselves.
func ownKeywords(schema map[string]any) map[string]any {
	own := maps.Clone(schema)
	delete(own, "properties")
	delete(own, "items")
	return own
}

// withoutValues hides the values in a schema.
func withoutValues(schema map[string]any) map[string]any {
	for _, keyword := range []string{"default", "enum", "const", "examples"} {
		if _, given := schema[keyword]; given {
			schema[keyword] = hiddenValue
		}
	}
	return schema
}

// vagueKeywords notes conditions that changed and whose effect on saved values
// cannot be told from the schema alone.
func (c *comparison) vagueKeywords(was, is Setting) {
	for _, keyword := range vague {
		old, before := was.schema[keyword]
		new, after := is.schema[keyword]
		if !after || before && jsonText(old) == jsonText(new) {
			continue
		}
		c.add(Change{
			Area: AreaSettings, Kind: Changed, Severity: warn, Bump: BumpMajor, Subject: is.Name, Pointer: is.pointer,
			Message: fmt.Sprintf("has another %q: saved values that do not fit are refused", keyword),
		})
	}
}

// vague are keywords whose change may refuse saved values.
var vague = []string{"pattern", "format", "$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "patternProperties", "propertyNames", "dependencies", "contains", "additionalItems"}

// harmlessChange notes that a setting is another in ways that refuse nothing.
func (c *comparison) harmlessChange(was, is Setting) {
	if jsonText(ownKeywords(was.schema)) == jsonText(ownKeywords(is.schema)) && was.Required == is.Required {
		return
	}
	message := "is described differently, or takes more than before"
	if was.Required && !is.Required {
		message = "is no longer required"
	}
	c.add(Change{
		Area: AreaSettings, Kind: Changed, Severity: note, Bump: BumpPatch, Subject: is.Name, Pointer: is.pointer, Old: c.schemaText(was, is), New: c.schemaText(is, was),
		Message: message,
	})
}

// settingsRoot compares what the schema says of all settings together.
func (c *comparison) settingsRoot() {
	old, _ := decode(c.old.manifest().SettingsSchema).(map[string]any)
	new, _ := decode(c.new.manifest().SettingsSchema).(map[string]any)
	root := func(schema map[string]any) Setting {
		return Setting{Name: "settings_schema", Types: typesOf(schema), pointer: "/settings_schema", schema: schema}
	}
	switch {
	case old == nil && new == nil:
	case new == nil:
		c.add(Change{Area: AreaSettings, Kind: Removed, Severity: bad, Bump: BumpMajor, Subject: "settings_schema", Message: "is gone: nothing that is saved can be seen or edited any more"})
	case old != nil:
		for _, schema := range []map[string]any{old, new} {
			delete(schema, "required") // told of by the settings
		}
		c.setting(root(old), root(new))
	}
}

// typeWords names types for a sentence.
func typeWords(types []string) string {
	if len(types) == 0 {
		return "any value"
	}
	return strings.Join(types, " or ")
}

// lostTypes returns the types that were taken and are not any more; "" when
// there are none.
func lostTypes(old, new []string) string {
	if len(new) == 0 {
		return ""
	}
	if len(old) == 0 {
		return "other than " + typeWords(new)
	}
	var lost []string
	for _, t := range old {
		if !slices.Contains(new, t) && !(t == "integer" && slices.Contains(new, "number")) {
			lost = append(lost, t)
		}
	}
	return strings.Join(lost, " and ")
}

// lostValues says whether values were taken that are not any more, and which.
func lostValues(was, is Setting) (lost bool, values string) {
	old, new := valuesOf(was.schema), valuesOf(is.schema)
	switch {
	case new == nil:
		return false, ""
	case old == nil:
		return true, ""
	}
	taken := indexed(new, func(v string) string { return v })
	var gone []string
	for _, v := range old {
		if _, still := taken[v]; !still {
			gone = append(gone, v)
		}
	}
	return len(gone) > 0, strings.Join(gone, ", ")
}

// valuesOf returns the only values that a schema takes, as JSON; nil when it
// takes others.
func valuesOf(schema map[string]any) []string {
	list, ok := schema["enum"].([]any)
	if v, fixed := schema["const"]; fixed {
		list, ok = []any{v}, true
	}
	if !ok {
		return nil
	}
	values := []string{}
	for _, v := range list {
		values = append(values, jsonText(v))
	}
	return values
}

// number reads a number of a schema.
func number(schema map[string]any, keyword string) (float64, bool) {
	text, ok := schema[keyword].(json.Number)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil
}
