package nspkg

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// TestFormIsTheCanonicalCaselessOne compares every character, alone and behind a
// mark, with what the library makes of whole texts.
func TestFormIsTheCanonicalCaselessOne(t *testing.T) {
	c := caseless{fold: cases.Fold()}
	want := func(text string) string { return norm.NFD.String(cases.Fold().String(norm.NFD.String(text))) }
	step := rune(1)
	if raceDetector || testing.Short() {
		step = 7
	}
	for r := rune(0xa0); r <= 0x2ffff; r += step {
		text := string(r)
		if !utf8.ValidRune(r) || c.form("x"+text) == "x" { // it has no shape, and is passed over
			continue
		}
		if got := c.form(text); got != want(text) {
			t.Errorf("%U: %+q, want %+q", r, got, want(text))
		}
	}
	for _, text := range []string{"a\u0323\u0301b", "a\u0301\u0323b", "STRASSE", "Straße", "Ὀδυσσεύς", "\u0390\u0345", "각각", "İı", "\u0344\u0316"} {
		if got := c.form(text); got != want(text) {
			t.Errorf("%+q: %+q, want %+q", text, got, want(text))
		}
	}
}
