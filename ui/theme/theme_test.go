package theme

import (
	"io"
	"math"
	"strconv"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// luminance is the relative luminance of WCAG 2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	channel := func(s string) float64 {
		n, err := strconv.ParseUint(s, 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", colour, err)
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(colour[1:3]) + 0.7152*channel(colour[3:5]) + 0.0722*channel(colour[5:7])
}

func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestTextHasEnoughContrastOnItsUsualBackgrounds(t *testing.T) {
	for _, c := range []struct {
		name    string
		tokens  Tokens
		grounds []string
		least   float64
	}{
		{"dark", darkTokens, []string{"#000000", "#16161e", "#1e1e2e"}, 4.5},
		{"light", lightTokens, []string{"#ffffff", "#fafafa"}, 4.5},
		{"dark contrast", darkContrastTokens, []string{"#000000", "#1e1e2e"}, 7},
		{"light contrast", lightContrastTokens, []string{"#ffffff", "#fafafa"}, 7},
	} {
		for name, token := range map[string]string{
			"text": c.tokens.Text, "dim": c.tokens.Dim, "accent": c.tokens.Accent, "good": c.tokens.Good, "attention": c.tokens.Attention, "broken": c.tokens.Broken,
		} {
			for _, ground := range c.grounds {
				if got := contrast(t, token, ground); got < c.least {
					t.Errorf("%s: %s %s on %s has %.2f:1, want %.1f:1", c.name, name, token, ground, got, c.least)
				}
			}
		}
		if got := contrast(t, c.tokens.Text, c.tokens.Selection); got < c.least {
			t.Errorf("%s: text on the selection has %.2f:1", c.name, got)
		}
	}
}

func TestThemesFollowNameAndBackground(t *testing.T) {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	for _, c := range []struct {
		name string
		dark bool
		want Tokens
	}{
		{"", true, darkTokens},
		{"auto", false, lightTokens},
		{"dark", false, darkTokens},
		{"light", true, lightTokens},
		{"contrast", true, darkContrastTokens},
		{"contrast", false, lightContrastTokens},
		{"none", true, Tokens{}},
	} {
		if got := New(c.name, c.dark, false, r).Tokens; got != c.want {
			t.Errorf("theme %q, dark %t: %+v, want %+v", c.name, c.dark, got, c.want)
		}
	}
}

func TestWithoutColourTheFocusIsReversed(t *testing.T) {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI)
	th := New("none", true, false, r)
	if got, want := th.Selection.Paint("row"), "\x1b[7mrow\x1b[0m"; got != want {
		t.Errorf("selection %q, want %q", got, want)
	}
	if got := th.Good.Paint("fine"); got != "fine" {
		t.Errorf("good %q, want no colour", got)
	}
}

func TestUnknownThemesAreNamedWithTheKnownOnes(t *testing.T) {
	if err := Check("auto"); err != nil {
		t.Errorf("auto: %v", err)
	}
	err := Check("solarized")
	if err == nil || err.Error() != `there is no theme "solarized"; choose one of auto, dark, light, contrast, none` {
		t.Errorf("got %v", err)
	}
}
