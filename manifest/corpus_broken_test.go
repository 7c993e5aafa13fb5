package manifest

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// brokenDeviations are values whose syntax is broken, and texts that programs join.
var brokenDeviations = []deviation{
	{"two texts joined", `"Alert Ingestion & Pipeline"`, `"Alert Ingestion " + "& Pipeline"`, "NSP1010 5:38", "JSON has no + that joins texts", `"Alert Ingestion & Pipeline"`},
	{"texts joined over lines", `"Alert Ingestion & Pipeline"`, "\"Alert \" +\n    \"Ingestion \" +\n    \"& Pipeline\"", "NSP1010 5:28", "write the joined text", `"Alert Ingestion & Pipeline"`},
	{"texts joined in a list", `"read_devices"`, `"read_" + "devices"`, "NSP1010 10:37", "write the joined text", `"read_devices"`},
	{"a text joined with a program's value", `"Alert Ingestion & Pipeline"`, `"Alert " + title`, "NSP1010 5:28", "write its value as one text", ""},
	{"a text joined with a value in its middle", `"Alert Ingestion & Pipeline"`, `"Alert " + title() + "!"`, "NSP1010 5:28", "write its value as one text", `"Alert \" + title() + \"!"`},
	{"a plus sign in quotes inside a text", `"Alert Ingestion & Pipeline"`, `"Press "+" to add"`, "NSP1010 5:27", "write the joined text", `"Press  to add"`},
	{"an unknown name asks nothing of the image", `"name": "notice"`, `"name": NaN`, "NSP1021 3:11", "write a number", ""},
	{"a number out of range with a plus sign", `"port": 8080`, `"port": +80`, "NSP1020 9:11; NSP2016 9:11", "remove the plus sign", `"port": 80`},
	{"a list around what has findings", whole, "[" + strings.Replace(whole, `"retries": 3`, `"retries": 99`, 1) + "]", "NSP1008 1:1; NSP2044 19:16", "the manifest is a list", strings.TrimSpace(strings.Replace(whole, `"retries": 3`, `"retries": 99`, 1))},
	{"UTF-32 with a mark", whole, inUTF32("\ufeff"+whole, false), "NSP1005 1:1", "written in UTF-32", whole},
	{"UTF-32 with the high byte first and a mark", whole, inUTF32("\ufeff"+whole, true), "NSP1005 1:1", "written in UTF-32", whole},
	{"UTF-32 without a mark", whole, inUTF32(whole, false), "NSP1005 1:1", "written in UTF-32", whole},
	{"UTF-32 with the high byte first", whole, inUTF32(whole, true), "NSP1005 1:1", "written in UTF-32", whole},
	{"UTF-32 that is cut off", whole, inUTF32(whole, true)[:401], "NSP1005 1:1", "written in UTF-32", ""},
}

// inUTF32 is text in UTF-32.
func inUTF32(text string, big bool) string {
	var b strings.Builder
	for _, r := range text {
		bytes := []byte{byte(r), byte(r >> 8), byte(r >> 16), 0}
		if big {
			slices.Reverse(bytes)
		}
		b.Write(bytes)
	}
	return b.String()
}

// sevenFaults are independent of one another and of the syntax.
var sevenFaults = [][2]string{
	{`"author": "Zoë Müller",`, `"autor": "Zoë Müller",`},
	{"notice:1.0.0", "notice:1.0.1"},
	{"invoke_llm", "index_knowledge"},
	{"localhost:8080", "localhost:8081"},
	{`"retries": 3`, `"retries": 99`},
	{`"icon": "Bell"`, `"icon": "bell"`},
}

func TestASyntaxErrorHidesNoOtherFinding(t *testing.T) {
	faulty := complete(t)
	for _, f := range sevenFaults {
		if !strings.Contains(faulty, f[0]) {
			t.Fatalf("the complete manifest has no %q", f[0])
		}
		faulty = strings.Replace(faulty, f[0], f[1], 1)
	}
	tree := func(text string) fstest.MapFS {
		fsys := plugin(text)
		fsys["migrations/001_initial_schema.sql"] = &fstest.MapFile{Data: []byte("SELECT 1;\nCOMMIT;\n")}
		return fsys
	}
	alone := strings.Split(places(Check(tree(faulty), Options{}).Findings), "\n")
	if len(alone) != len(sevenFaults)+1 {
		t.Fatalf("the faults are found as %q", alone)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"a point first", `"cpu_limit": 0.5`, `"cpu_limit": .5`, "NSP1020 12:18"},
		{"a point last", `"cpu_limit": 0.5`, `"cpu_limit": 1.`, "NSP1020 12:18"},
		{"a plus sign", `"port": 8080`, `"port": +8080`, "NSP1020 9:11"},
		{"a leading zero", `"port": 8080`, `"port": 08080`, "NSP1020 9:11"},
		{"hexadecimal", "268435456", "0x10000000", "NSP1020 13:21"},
		{"underscores", "268435456", "268_435_456", "NSP1020 13:21"},
		{"NaN", `"cpu_limit": 0.5`, `"cpu_limit": NaN`, "NSP1021 12:18"},
		{"infinity", `"cpu_limit": 0.5`, `"cpu_limit": Infinity`, "NSP1021 12:18"},
		{"too large", "268435456", "1e999", "NSP1020 13:21"},
		{"a unit", "268435456", "256MB", "NSP1020 13:21"},
		{"octal perhaps", `"timeout_seconds": 10`, `"timeout_seconds": 010`, "NSP1020 18:24"},
		{"no quotes", `"Alert Ingestion & Pipeline"`, "Ada", "NSP1016 5:19"},
		{"a program's value", `"Alert Ingestion & Pipeline"`, "app.title", "NSP1016 5:19"},
		{"no closing quote", `Pipeline",`, `Pipeline,`, "NSP1017 5:19"},
		{"no closing quote in a line", `"state", "label"`, `"state, "label"`, "NSP1017 33:18"},
		{"quotes inside", "Alert Ingestion", `Alert "Ingestion"`, "NSP1013 5:26"},
		{"a wrong closing quote", `Pipeline",`, `Pipeline”,`, "NSP1013 5:46"},
		{"a joined text", `"Alert Ingestion & Pipeline"`, `"Alert " + "Ingestion"`, "NSP1010 5:28"},
		{"a joined value", `"Alert Ingestion & Pipeline"`, `"Alert " + title`, "NSP1010 5:28"},
		{"a comma last", `"memory_limit": 268435456`, `"memory_limit": 268435456,`, "NSP1012 13:30"},
		{"a list around it", faulty, "[\n" + faulty + "]\n", "NSP1008 1:1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(faulty, tt.old, tt.new, 1)
			if text == faulty {
				t.Fatalf("the manifest has no %q", tt.old)
			}
			r := Check(tree(text), Options{})
			want := append(slices.Clone(alone), tt.want)
			if tt.old == faulty { // all stand one line further down
				want = strings.Split(places(Check(tree("\n"+faulty), Options{}).Findings), "\n")
				want = append(want, tt.want)
			}
			got := strings.Split(places(r.Findings), "\n")
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if _, err := Parse([]byte(text)); err == nil || r.Manifest != nil {
				t.Error("a manifest that is not JSON was taken")
			}
			for _, c := range r.Checks[3:] {
				if c.OK {
					t.Errorf("the check %s passes for what is not JSON", c.ID)
				}
			}
		})
	}
}

func TestAGuessedStructureIsJudgedForItsSyntaxAlone(t *testing.T) {
	text := strings.Replace(complete(t), `"retries": 3`, `"retries": 99`, 1)
	for _, change := range [][2]string{{`"trigger_agent"],`, `"trigger_agent",`}, {"\"memory_limit\": 268435456\n  },", `"memory_limit": .5,`}, {`"port": 8080,`, "{},"}} {
		for _, f := range Check(plugin(strings.Replace(text, change[0], change[1], 1)), Options{}).Findings {
			if !strings.HasPrefix(f.Rule, "NSP1") {
				t.Errorf("%q: found %s: %s", change[1], f.Rule, f.Message)
			}
		}
	}
}

func TestSecretsInBrokenTextsStayHidden(t *testing.T) {
	const token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
	for _, written := range []string{`"` + token, token, `"` + token[:12] + `" + "` + token[12:] + `"`, `"` + token + `" + title`} {
		r := Check(plugin(strings.Replace(complete(t), `"Zoë Müller"`, written, 1)), Options{})
		for _, f := range r.Findings {
			if strings.Contains(f.Message+f.Found, token) || strings.Contains(f.Message+f.Found, token[20:]) {
				t.Errorf("%s: %s %s shows the secret", f.Rule, f.Message, f.Found)
			}
		}
	}
}
