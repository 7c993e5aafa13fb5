// Package theme turns a handful of colour tokens into the inks the Studio
// draws with. Colour carries state and nothing else, and never alone: wherever
// an ink says something, a glyph and a word say it too.
package theme

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Tokens are the colours of one theme as "#rrggbb"; an empty one leaves the
// terminal's own colour.
type Tokens struct {
	Text, Dim, Rule, Accent, Good, Attention, Broken, Selection string
}

// The built-in tokens. Each text token has at least 4.5:1 contrast on the
// usual backgrounds of its kind, which a test holds.
var (
	darkTokens = Tokens{Text: "#d8dee9", Dim: "#8a93a6", Rule: "#3b4252", Accent: "#7aa2f7", Good: "#9ece6a", Attention: "#e0af68", Broken: "#f7768e", Selection: "#2a3048"}
	// The light rule and selection are quieter than text on purpose; dim is
	// darker than on dark grounds, where the same grey reads better.
	lightTokens         = Tokens{Text: "#2e3440", Dim: "#5c6473", Rule: "#d0d5de", Accent: "#2e5cc5", Good: "#376f1b", Attention: "#855900", Broken: "#b51c3a", Selection: "#e3e9f8"}
	darkContrastTokens  = Tokens{Text: "#ffffff", Dim: "#cfd3da", Rule: "#9aa0ab", Accent: "#8fd0ff", Good: "#8dff8d", Attention: "#ffd75f", Broken: "#ff9a9a", Selection: "#3c4a6e"}
	lightContrastTokens = Tokens{Text: "#000000", Dim: "#33373f", Rule: "#5a606b", Accent: "#0033a0", Good: "#004d00", Attention: "#5c3a00", Broken: "#8a0000", Selection: "#cfdcff"}
)

// Names are the values --theme takes. "auto" follows the terminal's
// background, "contrast" does so with stronger colours, "none" uses no colour.
var Names = []string{"auto", "dark", "light", "contrast", "none"}

// Check returns an error that lists the known names when name is not one.
func Check(name string) error {
	if name == "" {
		return nil
	}
	for _, n := range Names {
		if n == name {
			return nil
		}
	}
	return fmt.Errorf("there is no theme %q; choose one of %s", name, strings.Join(Names, ", "))
}

// Ink colours text. The zero ink leaves it as it is.
type Ink struct{ on, off string }

// Paint returns s in the ink's colour. s must not hold another ink's text: its
// end would end this one as well.
func (k Ink) Paint(s string) string {
	if k.on == "" || s == "" {
		return s
	}
	return k.on + s + k.off
}

// Theme is a set of inks, ready to draw with, and the styles that components
// of other libraries want.
type Theme struct {
	Tokens Tokens
	Dark   bool

	Text, Dim, Rule, Accent, Good, Attention, Broken Ink
	// Strong is for names and headings, Key for keys in hints, Selection for the
	// focused row, Span for the part of that row which it is about.
	Strong, Key, Selection, Span Ink

	renderer *lipgloss.Renderer
	plain    bool
}

// New returns the theme called name (one of Names, "" is auto) for a terminal
// with a dark or light background. The renderer decides how many colours there
// are. With plain, or for the theme "none", only bold and reverse are used.
func New(name string, dark, plain bool, renderer *lipgloss.Renderer) Theme {
	t := Theme{renderer: renderer, plain: plain || name == "none", Dark: dark}
	switch name {
	case "dark":
		t.Dark = true
	case "light":
		t.Dark = false
	}
	if !t.plain {
		t.Tokens = tokensFor(name, t.Dark)
	}
	t.Text = t.ink(t.Style(t.Tokens.Text))
	t.Dim = t.ink(t.Style(t.Tokens.Dim))
	t.Rule = t.ink(t.Style(t.Tokens.Rule))
	t.Accent = t.ink(t.Style(t.Tokens.Accent).Bold(t.plain))
	t.Good = t.ink(t.Style(t.Tokens.Good))
	t.Attention = t.ink(t.Style(t.Tokens.Attention))
	t.Broken = t.ink(t.Style(t.Tokens.Broken).Bold(t.plain))
	t.Strong = t.ink(t.Style(t.Tokens.Text).Bold(true))
	t.Key = t.ink(t.Style(t.Tokens.Accent).Bold(t.plain))
	t.Selection = t.ink(t.SelectionStyle())
	t.Span = t.ink(t.SelectionStyle().Bold(true).Underline(true))
	return t
}

func tokensFor(name string, dark bool) Tokens {
	switch {
	case name == "contrast" && dark:
		return darkContrastTokens
	case name == "contrast":
		return lightContrastTokens
	case dark:
		return darkTokens
	}
	return lightTokens
}

// Style returns a style that writes in the colour of a token.
func (t Theme) Style(token string) lipgloss.Style {
	s := t.renderer.NewStyle()
	if token != "" {
		s = s.Foreground(lipgloss.Color(token))
	}
	return s
}

// SelectionStyle returns the style of the focused row.
func (t Theme) SelectionStyle() lipgloss.Style {
	s := t.Style(t.Tokens.Text)
	if t.plain {
		return s.Reverse(true)
	}
	return s.Background(lipgloss.Color(t.Tokens.Selection))
}

// ink takes a style apart into what it writes before and after text, so that
// drawing a row costs two string additions instead of a style's rendering.
func (t Theme) ink(s lipgloss.Style) Ink {
	on, off, ok := strings.Cut(s.Render("x"), "x")
	if !ok {
		return Ink{}
	}
	return Ink{on: on, off: off}
}
