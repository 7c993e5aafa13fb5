package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf16"
)

// literals write a value as a literal of a language. Answers reach a file
// through one of them, or not at all.
var literals = template.FuncMap{
	"json":     jsonLiteral,
	"jsonlist": jsonList,
	"pystr":    pythonLiteral,
	"gostr":    strconv.Quote,
	"tsstr":    func(text string) string { return quoted(text, utf16Escape) },
	"ruststr":  func(text string) string { return quoted(text, bracedEscape) },
	"tomlstr":  func(text string) string { return quoted(text, tomlEscape) },
}

// pythonLiteral writes a quoted Go string, which Python reads as well: both know
// the same escapes, and nothing that cannot be seen in an editor stays unescaped.
// As Python's formatters do, it takes single quotes where that saves escapes.
func pythonLiteral(text string) string {
	literal := strconv.Quote(text)
	if strings.Count(text, `"`) <= strings.Count(text, "'") {
		return literal
	}
	inner := strings.NewReplacer(`\\`, `\\`, `\"`, `"`, "'", `\'`).Replace(literal[1 : len(literal)-1])
	return "'" + inner + "'"
}

// quoted writes text in double quotes as all of JavaScript, Rust and TOML read
// it. What cannot be seen in an editor, or turns the direction of what can, is
// written with escape: compilers refuse it, and readers are misled by it.
func quoted(text string, escape func(rune) string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			out.WriteString(escape(r))
		}
	}
	out.WriteByte('"')
	return out.String()
}

// utf16Escape is JavaScript's, in every edition of the language.
func utf16Escape(r rune) string {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// bracedEscape is Rust's.
func bracedEscape(r rune) string { return fmt.Sprintf(`\u{%x}`, r) }

// tomlEscape is that of TOML's basic strings.
func tomlEscape(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

func jsonLiteral(text string) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func jsonList(texts []string) (string, error) {
	items := make([]string, len(texts))
	for i, text := range texts {
		item, err := jsonLiteral(text)
		if err != nil {
			return "", err
		}
		items[i] = item
	}
	return "[" + strings.Join(items, ", ") + "]", nil
}
