package scaffold

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// good returns answers that a plugin can be made of.
func good() Answers {
	a := Defaults("my-plugin")
	a.Description = "Watches things"
	a.Author = "Ada Lovelace"
	a.Capabilities = []string{"read_devices", "invoke_llm"}
	return a
}

func TestDefaults(t *testing.T) {
	a := Defaults("my-awesome-plugin")
	if a.DisplayName != "My Awesome Plugin" || a.Template != "python" || a.Port != 8080 || !a.Database {
		t.Errorf("defaults are %+v", a)
	}
	if problems := a.Problems(); len(problems) != 2 || problems[0].Field != FieldDescription || problems[1].Field != FieldAuthor {
		t.Errorf("only description and author have no default, but the problems are %v", problems)
	}
}

func TestDisplayNameTitleCasesTheName(t *testing.T) {
	for name, want := range map[string]string{
		"my-awesome-plugin": "My Awesome Plugin",
		"alerts":            "Alerts",
		"a-b-c":             "A B C",
		"double--hyphen":    "Double Hyphen",
		"ends-":             "Ends",
		"":                  "",
		"çedilla":           "Çedilla",
	} {
		if got := DisplayName(name); got != want {
			t.Errorf("DisplayName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	fifty := strings.Repeat("a", 50)
	for _, tc := range []struct{ name, problem string }{
		{"abc", ""},
		{"my-plugin", ""},
		{fifty, ""},
		{"async", ""},
		{"", "3 to 50"},
		{"ab", "3 to 50"},
		{fifty + "a", "51 characters"},
		{"My-plugin", "start with a lowercase letter"},
		{"9lives", "start with a lowercase letter"},
		{"-abc", "start with a lowercase letter"},
		{"my-Plugin", "lowercase letters and hyphens only"},
		{"my_plugin", "lowercase letters and hyphens only"},
		{"my plugin", "lowercase letters and hyphens only"},
		{"plugin2", "lowercase letters and hyphens only"},
		{"naïve", "lowercase letters and hyphens only"},
		{"../etc", "start with a lowercase letter"},
		{"a/../b", "lowercase letters and hyphens only"},
		{"core", "reserved"},
		{"internal", "reserved"},
		{"admin", "reserved"},
		{"api", "reserved"},
		{"system", "reserved"},
		{"plugin", "reserved"},
	} {
		err := ValidateName(tc.name)
		switch {
		case tc.problem == "" && err != nil:
			t.Errorf("%q is refused: %v", tc.name, err)
		case tc.problem != "" && (err == nil || !strings.Contains(err.Error(), tc.problem)):
			t.Errorf("%q: got %v, want a message with %q", tc.name, err, tc.problem)
		}
	}
}

func TestAnUnknownTemplateIsRefusedWithThoseThereAre(t *testing.T) {
	for _, name := range []string{"", "cobol", "Python", "python "} {
		a := good()
		a.Template = name
		err := a.Validate()
		if err == nil {
			t.Errorf("template %q is taken", name)
			continue
		}
		for _, known := range Templates() {
			if !strings.Contains(err.Error(), known.Name) {
				t.Errorf("template %q: %v, which does not name %s", name, err, known.Name)
			}
		}
	}
}

func TestEveryTemplateIsTakenByItsNameAndAliases(t *testing.T) {
	for _, known := range Templates() {
		for _, name := range append(known.Aliases, known.Name) {
			a := good()
			a.Template = name
			if err := a.Validate(); err != nil {
				t.Errorf("template %q: %v", name, err)
			}
		}
	}
}

func TestEveryAnswerIsChecked(t *testing.T) {
	for _, tc := range []struct {
		what   string
		change func(*Answers)
		want   string // "" when the answers are fine
	}{
		{"display name missing", func(a *Answers) { a.DisplayName = "" }, "display-name: the display name is required"},
		{"display name of 100", func(a *Answers) { a.DisplayName = strings.Repeat("ü", 100) }, ""},
		{"display name of 101", func(a *Answers) { a.DisplayName = strings.Repeat("ü", 101) }, "display-name: the display name is 101 characters long; at most 100 are taken"},
		{"description missing", func(a *Answers) { a.Description = " \n" }, "description: the description is required"},
		{"description that nobody sees", func(a *Answers) { a.Description = "\n\u200f" }, "description: the description is required"},
		{"description of 500", func(a *Answers) { a.Description = strings.Repeat("🚀", 500) }, ""},
		{"description of 501", func(a *Answers) { a.Description = strings.Repeat("x", 501) }, "description: the description is 501 characters long; at most 500 are taken"},
		{"description with NUL", func(a *Answers) { a.Description = "a\x00b" }, "description: the description holds the control character U+0000; only line breaks and tabs are taken"},
		{"description with escape", func(a *Answers) { a.Description = "a\x1b[31mb" }, "description: the description holds the control character U+001B; only line breaks and tabs are taken"},
		{"description not UTF-8", func(a *Answers) { a.Description = "a\xff" }, "description: the description is not valid UTF-8"},
		{"description of lines", func(a *Answers) { a.Description = "one\r\n\ttwo\n" }, ""},
		{"author missing", func(a *Answers) { a.Author = "" }, "author: the author is required"},
		{"port low", func(a *Answers) { a.Port = 1023 }, "port: 1023 is out of range; the port is 1024 to 65535"},
		{"port lowest", func(a *Answers) { a.Port = 1024 }, ""},
		{"port highest", func(a *Answers) { a.Port = 65535 }, ""},
		{"port high", func(a *Answers) { a.Port = 65536 }, "port: 65536 is out of range; the port is 1024 to 65535"},
		{"no capabilities", func(a *Answers) { a.Capabilities = nil }, ""},
		{"capability twice", func(a *Answers) { a.Capabilities = []string{"read_devices", "read_devices"} }, ""},
		{"unheard of capability", func(a *Answers) { a.Capabilities = []string{"read_weather"} }, ""},
		{"wildcard", func(a *Answers) { a.Capabilities = []string{"*"} }, "capability: the wildcard * is refused by the Controller; name each capability the plugin uses"},
		{"capability of two words", func(a *Answers) { a.Capabilities = []string{"read devices"} }, `capability: "read devices" is not a capability; they are lowercase letters, digits and underscores, such as read_devices`},
	} {
		t.Run(tc.what, func(t *testing.T) {
			a := good()
			tc.change(&a)
			got := ""
			if err := a.Validate(); err != nil {
				got = err.Error()
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	err := Answers{Name: "X", Template: "cobol", Capabilities: []string{"*", "a b"}, Port: 80}.Validate()
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v", err)
	}
	var fields []string
	for _, p := range invalid.Problems {
		fields = append(fields, p.Field)
	}
	want := []string{FieldName, FieldTemplate, FieldDisplayName, FieldDescription, FieldAuthor, FieldCapabilities, FieldCapabilities, FieldPort}
	if !slices.Equal(fields, want) {
		t.Errorf("problems are about %v, want %v", fields, want)
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(want) {
		t.Errorf("%d lines for %d problems:\n%v", lines, len(want), err)
	}
}
