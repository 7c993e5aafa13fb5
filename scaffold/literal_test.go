package scaffold

import "testing"

func TestLiteralsAreReadAsTheTextTheyWereMadeOf(t *testing.T) {
	for _, c := range []struct {
		name, text, ts, rust, toml string
	}{
		{"plain", `plain ${x} {{y}} %s`, `"plain ${x} {{y}} %s"`, `"plain ${x} {{y}} %s"`, `"plain ${x} {{y}} %s"`},
		{"quotes and backslashes", `a"b\c'd`, `"a\"b\\c'd"`, `"a\"b\\c'd"`, `"a\"b\\c'd"`},
		{"line ends and tabs", "a\r\n\tb", `"a\r\n\tb"`, `"a\r\n\tb"`, `"a\r\n\tb"`},
		{"what is seen stays", "é 中 🚀", `"é 中 🚀"`, `"é 中 🚀"`, `"é 中 🚀"`},
		{"what turns the direction", "\u202ea\u2066", `"\u202ea\u2066"`, `"\u{202e}a\u{2066}"`, `"\u202ea\u2066"`},
		{"line separators", "\u2028\u00a0", `"\u2028\u00a0"`, `"\u{2028}\u{a0}"`, `"\u2028\u00a0"`},
		{"unseen beyond 16 bits", "\U000e0041", `"\udb40\udc41"`, `"\u{e0041}"`, `"\U000e0041"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for language, want := range map[string]string{"tsstr": c.ts, "ruststr": c.rust, "tomlstr": c.toml} {
				if got := literals[language].(func(string) string)(c.text); got != want {
					t.Errorf("%s writes %s, want %s", language, got, want)
				}
			}
		})
	}
}

func TestPythonLiteralsAreThoseOfAFormatter(t *testing.T) {
	for text, want := range map[string]string{
		`plain`:          `"plain"`,
		`it's`:           `"it's"`,
		`a "b"`:          `'a "b"'`,
		`it's "b"`:       `'it\'s "b"'`,
		`it's a ' "b"`:   `"it's a ' \"b\""`,
		`\"`:             `'\\"'`,
		`\\"`:            `'\\\\"'`,
		"a\n\u202e\"":    `'a\n\u202e"'`,
		"\U000e0041 é 🚀": `"\U000e0041 é 🚀"`,
	} {
		if got := pythonLiteral(text); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
}
