package manifest

import "strings"

// waive is a netstacks.toml with one waiver.
func waive(lines ...string) map[string]string {
	return config(append([]string{"[[validate.waive]]"}, lines...)...)
}

func config(lines ...string) map[string]string {
	return map[string]string{ConfigName: strings.Join(lines, "\n") + "\n"}
}

// index is the deviation that the waivers are about.
const (
	devices = `"read_devices"`
	index   = `"index_knowledge"`
)

var configDeviations = []treeDeviation{
	{name: "an empty netstacks.toml", files: config("")},
	{name: "other tools' tables", files: config("[package]", "sbom = true")},
	{name: "a secret that goes into the package", files: config("[[package.allow-secret]]", `rule = "github-token"`, `file = "service/a.json"`, `line = 3`, `reason = "revoked"`)},
	{name: "a secret by its fingerprint", files: config("[[package.allow-secret]]", `rule = "github-token"`, `file = "service/a.json"`, `fingerprint = "0123456789ab"`, `reason = "revoked"`)},
	{name: "a secret without a reason", files: config("[[package.allow-secret]]", `rule = "github-token"`, `file = "service/a.json"`, `line = 3`), want: "NSP4005 netstacks.toml:1:1", message: "gives no reason"},
	{name: "secrets of a whole file", files: config("[[package.allow-secret]]", `rule = "github-token"`, `file = "service/a.json"`, `reason = "x"`), want: "NSP4006 netstacks.toml:1:1", message: "one waiver is about one secret"},
	{name: "secrets of all files", files: config("[[package.allow-secret]]", `rule = "github-token"`, `file = "*"`, `line = 3`, `reason = "x"`), want: "NSP4006 netstacks.toml:1:1", message: "names one secret"},
	{
		name: "a misspelt list of secrets", files: config("[[package.allow-secrets]]", `rule = "x"`, `file = "y"`, `line = 1`, `reason = "z"`), want: "NSP4002 netstacks.toml:1:11", message: `did you mean "allow-secret"?`,
		fixed: config("[[package.allow-secret]]", `rule = "x"`, `file = "y"`, `line = 1`, `reason = "z"`),
	},
	{name: "secrets of another kind", files: config("[package]", "allow-secret = true"), want: "NSP4002 netstacks.toml:2:16", message: "[[package.allow-secret]]"},
	{name: "an unknown key of an allowed secret", files: config("[[package.allow-secret]]", `rule = "x"`, `wy = "y"`), want: "NSP4002 netstacks.toml:3:1", message: "wy"},
	{name: "a finding is waived by its pointer", old: devices, new: index, files: waive(`rule = "NSP3011"`, `at = "/capabilities_required/0"`, `reason = "an old Controller"`)},
	{name: "a finding is waived by what was found", old: devices, new: index, files: waive(`rule = "NSP3011"`, `found = '"index_knowledge"'`, `reason = "an old Controller"`)},
	{name: "a finding is waived by the text without its quotes", old: devices, new: index, files: waive(`rule = "NSP3011"`, `found = "index_knowledge"`, `reason = "an old Controller"`)},
	{name: "a rule that is none, waived", files: waive(`rule = "*"`, `reason = "x"`), want: "NSP4003 netstacks.toml:2:8", message: "no rule"},
	{name: "a finding is waived by its line", old: devices, new: index, files: waive(`rule = "NSP3011"`, `line = 10`, `reason = "an old Controller"`)},
	{name: "waivers in one line", old: devices, new: index, files: config(`validate.waive = [{ rule = "NSP3011", line = 10, reason = "an old Controller" }]`)},
	{
		name: "a finding that is raised", old: devices, new: index, files: config("[validate.severity]", `NSP3011 = "error"`),
		want: "NSP3011 10:29", message: "index_knowledge", fixed: unasked,
	},
	{name: "not TOML", files: config("[validate", ""), want: "NSP4001 netstacks.toml:1:10", message: "cannot be read as TOML"},
	{name: "not UTF-8", files: config("# Zo\xeb"), want: "NSP4001 netstacks.toml:0:0", message: "not UTF-8"},
	{name: "a key twice", files: config("[validate.severity]", `NSP3011 = "info"`, `NSP3011 = "error"`), want: "NSP4001 netstacks.toml:3:1", message: "NSP3011"},
	{
		name: "a misspelt table", files: config("[validate.severty]", `NSP3011 = "info"`), want: "NSP4002 netstacks.toml:1:11", message: `did you mean "severity"?`,
		fixed: config("[validate.severity]", `NSP3011 = "info"`),
	},
	{
		name: "a misspelt table at the top", files: config("[[validte.waive]]", `rule = "NSP3013"`, `line = 1`, `reason = "x"`), want: "NSP4002 netstacks.toml:1:3", message: `did you mean "validate"?`,
	},
	{name: "a table of another kind", files: config("validate = 7"), want: "NSP4002 netstacks.toml:1:12", message: "must be a table"},
	{name: "severities of another kind", files: config("[validate]", "severity = true"), want: "NSP4002 netstacks.toml:2:12", message: "must be a table"},
	{name: "a waiver alone", files: config("[validate.waive]", `rule = "NSP3011"`), want: "NSP4002 netstacks.toml:1:11", message: "[[validate.waive]]"},
	{name: "an unknown rule", files: config("[validate.severity]", `NSP9999 = "info"`), want: "NSP4003 netstacks.toml:2:1", message: "no rule"},
	{name: "a rule of this file", files: config("[validate.severity]", `NSP4007 = "info"`), want: "NSP4003 netstacks.toml:2:1", message: "no rule"},
	{
		name: "a misspelt severity", files: config("[validate.severity]", `NSP3011 = "warn"`), want: "NSP4004 netstacks.toml:2:11", message: `it can be "error"`,
		fixed: nil,
	},
	{
		name: "a severity in capitals", files: config("[validate.severity]", `NSP3011 = "Error"`), want: "NSP4004 netstacks.toml:2:11", message: `it can be "error"`,
		fixed: config("[validate.severity]", `NSP3011 = "error"`),
	},
	{name: "a rule that is switched off", files: config("[validate.severity]", `NSP3011 = "off"`), want: "NSP4004 netstacks.toml:2:11", message: "waived by itself, with a reason"},
	{
		name: "what the Controller refuses is made a warning", old: `"port": 8080`, new: `"port": 80`, files: config("[validate.severity]", `NSP2016 = "warning"`),
		want: "NSP2016 9:11; NSP4004 netstacks.toml:2:11", message: "port is 80", fixed: unasked,
	},
	{
		name: "what the Controller refuses is waived", old: `"port": 8080`, new: `"port": 80`, files: waive(`rule = "NSP2016"`, `at = "/port"`, `reason = "we like it"`),
		want: "NSP2016 9:11; NSP4008 netstacks.toml:2:8", message: "port is 80", fixed: unasked,
	},
	{name: "no rule", files: waive(`at = "/port"`, `reason = "x"`), want: "NSP4003 netstacks.toml:1:1", message: "names no rule"},
	{
		name: "no reason", old: devices, new: index, files: waive(`rule = "NSP3011"`, `line = 10`),
		want: "NSP3011 10:29; NSP4005 netstacks.toml:1:1", message: "index_knowledge", fixed: unasked,
	},
	{
		name: "an empty reason", old: devices, new: index, files: waive(`rule = "NSP3011"`, `line = 10`, `reason = " "`),
		want: "NSP3011 10:29; NSP4005 netstacks.toml:1:1", message: "index_knowledge", fixed: unasked,
	},
	{
		name: "a whole rule", old: devices, new: index, files: waive(`rule = "NSP3011"`, `reason = "x"`),
		want: "NSP3011 10:29; NSP4006 netstacks.toml:1:1", message: "index_knowledge", fixed: unasked,
	},
	{
		name: "two findings at once", old: `"read_devices", "invoke_llm"`, new: `"one_thing", "one_thing2"`, files: waive(`rule = "NSP3010"`, `line = 10`, `reason = "x"`),
		want: "NSP3010 10:29; NSP3010 10:42; NSP4006 netstacks.toml:1:1", message: "one_thing", fixed: unasked,
	},
	{
		name: "a waiver that nothing needs", files: waive(`rule = "NSP3011"`, `line = 10`, `reason = "an old Controller"`, "", "[package]", "sbom = true"),
		want: "NSP4007 netstacks.toml:1:1", message: "matches no finding any more", fixed: config("[package]", "sbom = true"),
	},
	{
		name: "a waiver of another file", old: devices, new: index, files: waive(`rule = "NSP3011"`, `file = "service/Dockerfile"`, `line = 10`, `reason = "x"`),
		want: "NSP3011 10:29; NSP4007 netstacks.toml:1:1", message: "index_knowledge", fixed: unasked,
	},
	{name: "an unknown key of a waiver", files: waive(`rule = "NSP3011"`, `line = 10`, `why = "x"`), want: "NSP4005 netstacks.toml:1:1; NSP4002 netstacks.toml:4:1", message: "reason"},
	{name: "a line that is none", files: waive(`rule = "NSP3011"`, `line = 0`, `reason = "x"`), want: "NSP4006 netstacks.toml:1:1; NSP4002 netstacks.toml:3:8", message: "names no finding"},
}
