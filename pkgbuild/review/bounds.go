package review

import (
	"fmt"
	"math"
	"strconv"
)

// bound is a keyword, or two of the same effect, that limits the values of a
// setting.
type bound struct {
	keyword   string
	exclusive string // the keyword that leaves out the limit itself; "" when there is none
	lower     bool   // it limits from below
	words     string // what is below or above it, for a sentence
}

var bounds = []bound{
	{"minimum", "exclusiveMinimum", true, "saved values below that are refused"},
	{"maximum", "exclusiveMaximum", false, "saved values above that are refused"},
	{"minLength", "", true, "shorter saved texts are refused"},
	{"maxLength", "", false, "longer saved texts are refused"},
	{"minItems", "", true, "saved lists with fewer values are refused"},
	{"maxItems", "", false, "saved lists with more values are refused"},
	{"minProperties", "", true, "saved objects with fewer members are refused"},
	{"maxProperties", "", false, "saved objects with more members are refused"},
	{"multipleOf", "", true, "saved values between its multiples are refused"},
	{"uniqueItems", "", true, "saved lists that hold a value twice are refused"},
	{"additionalProperties", "", true, "saved objects with other members are refused"},
}

// tightened says in a sentence that the new schema refuses what the old one
// took; "" when it does not.
func (b bound) tightened(old, new map[string]any) string {
	switch b.keyword {
	case "multipleOf":
		return b.multiples(old, new)
	case "uniqueItems":
		if new[b.keyword] == true && old[b.keyword] != true {
			return "takes no value twice any more: " + b.words
		}
		return ""
	case "additionalProperties":
		if was, is := old[b.keyword], new[b.keyword]; is == false && was != false || is != nil && is != true && jsonText(was) != jsonText(is) {
			return "limits its other members now: " + b.words
		}
		return ""
	}
	was, wasOpen := b.limit(old)
	is, isOpen := b.limit(new)
	tighter := is > was
	if !b.lower {
		tighter = is < was
	}
	if !tighter && !(is == was && isOpen && !wasOpen && !math.IsInf(is, 0)) {
		return ""
	}
	before := "none"
	if !math.IsInf(was, 0) {
		before = limitText(was, wasOpen)
	}
	return fmt.Sprintf("has the %s %s and had %s: %s", b.keyword, limitText(is, isOpen), before, b.words)
}

// limit returns the limit of a schema, infinite when there is none, and whether
// the limit itself is left out.
func (b bound) limit(schema map[string]any) (limit float64, open bool) {
	limit = math.Inf(1)
	if b.lower {
		limit = math.Inf(-1)
	}
	if v, given := number(schema, b.keyword); given {
		limit = v
	}
	if v, given := number(schema, b.exclusive); given && b.exclusive != "" && (b.lower && v >= limit || !b.lower && v <= limit) {
		return v, true
	}
	return limit, false
}

// multiples is tightened for multipleOf.
func (b bound) multiples(old, new map[string]any) string {
	is, given := number(new, b.keyword)
	if !given || is == 0 {
		return ""
	}
	was, before := number(old, b.keyword)
	if before && (was == is || math.Mod(was, is) == 0) {
		return ""
	}
	return fmt.Sprintf("has the multipleOf %s: %s", limitText(is, false), b.words)
}

func limitText(v float64, open bool) string {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if open {
		text += ", itself left out"
	}
	return text
}
