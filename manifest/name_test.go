package manifest

import (
	"strings"
	"testing"
)

func TestOfANameThatIsTakenByNobodyTheNearestIsProposed(t *testing.T) {
	for name, want := range map[string]string{
		"My-Plugin":              `; "my-plugin" would do`,
		"my_plugin":              `; "my-plugin" would do`,
		"DeviceSync":             `; "device-sync" would do`,
		"router2":                `; "router" would do`,
		"site-24-watch":          `; "site-watch" would do`,
		"-alerts-":               `; "alerts" would do`,
		"ab":                     "",
		"core":                   "",
		"Core":                   "",
		"cafés":                  "", // a letter would be lost
		"日本語":                    "",
		"42":                     "",
		strings.Repeat("A", 51):  "",
		strings.Repeat("a-b", 9): "",
	} {
		problem := NewNameProblem(name)
		if _, got, _ := strings.Cut(problem, ";"); want != "" && !strings.HasSuffix(problem, want) || want == "" && strings.Contains(got, "would do") {
			t.Errorf("%q: %s; want %q proposed", name, problem, want)
		}
	}
}

func TestNameRules(t *testing.T) {
	const fine = ""
	tests := []struct{ name, controller, scaffold string }{
		{"my-awesome-plugin", fine, fine},
		{"abc", fine, fine},
		{"a--", fine, fine},
		{strings.Repeat("a", 50), fine, fine},
		{"", "empty", "empty"},
		{"ab", "too short", "too short"},
		{strings.Repeat("a", 51), "51 characters long", "51 characters long"},
		{"Alerts", "start with a lowercase letter", "start with a lowercase letter"},
		{"-alerts", "start with a lowercase letter", "start with a lowercase letter"},
		{"1alerts", "start with a lowercase letter", "start with a lowercase letter"},
		{"éclair", "start with a lowercase letter", "start with a lowercase letter"},
		{"my_plugin", "lowercase letters, digits and hyphens", "lowercase letters and hyphens only"},
		{"my plugin", "holds ' '", "holds ' '"},
		{"myPlugin", "holds 'P'", "holds 'P'"},
		{"cafés", "holds 'é'", "holds 'é'"},
		{"a/../b", "holds '/'", "holds '/'"},
		{"line\nbreak", `holds '\n'`, `holds '\n'`},
		{"router2", fine, "the Controller itself takes digits"},
		{"core", fine, "reserved"},
		{"internal", fine, "reserved"},
		{"admin", fine, "reserved"},
		{"api", fine, "reserved"},
		{"system", fine, "reserved"},
		{"plugin", fine, "core, internal, admin, api, system and plugin"},
		{"plugins", fine, fine},
	}
	for _, tt := range tests {
		for _, got := range []struct{ who, problem, want string }{
			{"the Controller", NameProblem(tt.name), tt.controller},
			{"the scaffold", NewNameProblem(tt.name), tt.scaffold},
		} {
			if (got.problem == "") != (got.want == "") || !strings.Contains(got.problem, got.want) || strings.Contains(got.problem, "\n") {
				t.Errorf("%q: %s says %q, want %q", tt.name, got.who, got.problem, got.want)
			}
		}
	}
	if len(ReservedNames()) != 6 {
		t.Errorf("reserved names %v", ReservedNames())
	}
}
