package nspkg

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// caseless tells which names are one file on systems that tell neither case nor
// Unicode spellings apart. It remembers what it learned of characters, because an
// archive may ask for megabytes of them. It is for one goroutine.
type caseless struct {
	plain []bool                // of the first planes: the folded form is the character itself
	known map[rune][]foldedRune // of the others that were asked for
	fold  cases.Caser
	runes []foldedRune
}

// foldedRune is a character of a folded name with its canonical combining class.
type foldedRune struct {
	r     rune
	class uint8
}

// The planes behind this one hold characters that fold to themselves, but for
// the one of those without a shape.
const (
	lastPlane                = 0x30000
	firstShapeless           = 0xe0000
	lastShapeless            = 0xe0fff
	firstHangul, firstBehind = 0xac00, 0xd7a4 // they decompose by arithmetic, of which properties do not tell
)

// form returns what a part of a path is on a file system that tells neither
// case nor Unicode spellings apart, and passes over characters without a shape:
// its canonical caseless form (Unicode, D145). Parts of the same form are the
// same file there.
func (c *caseless) form(part string) string {
	if isASCII(part) {
		return strings.ToLower(part)
	}
	c.runes = c.runes[:0]
	for _, r := range part {
		switch {
		case r < utf8.RuneSelf:
			c.runes = append(c.runes, foldedRune{r: unicode.ToLower(r)})
		case r >= firstShapeless && r <= lastShapeless:
		case r >= lastPlane || c.plain != nil && c.plain[r]:
			c.runes = append(c.runes, foldedRune{r: r})
		default:
			folded, known := c.known[r]
			if !known {
				folded = c.learn(r)
			}
			c.runes = append(c.runes, folded...)
		}
	}
	c.order()
	var b strings.Builder
	b.Grow(len(part))
	for _, f := range c.runes {
		b.WriteRune(f.r)
	}
	return b.String()
}

// learn returns the folded form of one character and remembers it.
func (c *caseless) learn(r rune) []foldedRune {
	if c.plain == nil {
		c.plain, c.known = make([]bool, lastPlane), map[rune][]foldedRune{}
	}
	var b [utf8.UTFMax]byte
	properties := norm.NFD.Properties(b[:utf8.EncodeRune(b[:], r)])
	if properties.Decomposition() == nil && properties.CCC() == 0 && (r < firstHangul || r >= firstBehind) &&
		unicode.SimpleFold(r) == r && !unicode.IsLower(r) && !unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
		c.plain[r] = true
		return []foldedRune{{r: r}}
	}
	var folded []foldedRune
	if !unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
		// Decomposed before and behind: a few characters fold to composed ones.
		for _, d := range norm.NFD.String(c.fold.String(norm.NFD.String(string(r)))) {
			folded = append(folded, foldedRune{d, norm.NFD.PropertiesString(string(d)).CCC()})
		}
	}
	c.known[r] = folded
	return folded
}

// order puts combining characters of different classes behind the same one into
// their canonical order: either order is the same text.
func (c *caseless) order() {
	for i := 0; i < len(c.runes); {
		if c.runes[i].class == 0 {
			i++
			continue
		}
		end := i
		for end < len(c.runes) && c.runes[end].class != 0 {
			end++
		}
		slices.SortStableFunc(c.runes[i:end], func(a, b foldedRune) int { return int(a.class) - int(b.class) })
		i = end
	}
}
