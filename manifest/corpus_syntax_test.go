package manifest

import (
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// whole is the complete manifest.
var whole = func() string {
	data, err := os.ReadFile("testdata/complete.json")
	if err != nil {
		panic(err)
	}
	return string(data)
}()

// inUTF16 is text in UTF-16.
func inUTF16(text string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

// syntaxDeviations are ways to write what is not JSON, or not UTF-8.
var syntaxDeviations = []deviation{
	{"a trailing comma in an object", "\"memory_limit\": 268435456\n", "\"memory_limit\": 268435456,\n", "NSP1012 13:30", "a comma before } is not JSON; remove it", "\"memory_limit\": 268435456\n"},
	{"a trailing comma in a list", `"trigger_agent"]`, `"trigger_agent",]`, "NSP1012 10:74", "a comma before ] is not JSON", `"trigger_agent"]`},
	{"two commas", `"port": 8080,`, `"port": 8080,,`, "NSP1012 9:16", "two commas in a row", `"port": 8080,`},
	{"a leading comma", `["read_devices"`, `[, "read_devices"`, "NSP1012 10:29", "no value before it", `["read_devices"`},
	{"a line comment", `"port": 8080,`, `"port": 8080, // inside`, "NSP1011 9:17", "a comment is not JSON", `"port": 8080,`},
	{"a hash comment", `"port": 8080,`, `"port": 8080, # inside`, "NSP1011 9:17", "a comment is not JSON", `"port": 8080,`},
	{"a block comment", `"port": 8080,`, `/* the port */ "port": 8080,`, "NSP1011 9:3", "a comment is not JSON", `"port": 8080,`},
	{"a comment without an end", `"port": 8080,`, `/* "port": 8080,`, "NSP1017 9:3", "never ends", `"port": 8080,`},
	{"single quotes", `"name": "notice"`, `"name": 'notice'`, "NSP1013 3:11", "straight double quotes only", `"name": "notice"`},
	{"single quotes around a key", `"name": "notice"`, `'name': "notice"`, "NSP1013 3:3", "straight double quotes only", `"name": "notice"`},
	{"typographic quotes", `"name": "notice"`, `"name": “notice”`, "NSP1013 3:11", "straight double quotes only", `"name": "notice"`},
	{"a missing comma", `"version": "1.0.0",`, `"version": "1.0.0"`, "NSP1015 4:21", `a comma is missing here, before "display_name"`, `"version": "1.0.0",`},
	{"a missing comma in a list", `"read_devices", "invoke_llm"`, `"read_devices" "invoke_llm"`, "NSP1015 10:43", "a comma is missing here", `"read_devices", "invoke_llm"`},
	{"a semicolon", `"port": 8080,`, `"port": 8080;`, "NSP1015 9:15", "write a comma", `"port": 8080,`},
	{"a key without quotes", `"port": 8080`, "port: 8080", "NSP1016 9:3", `write "port"`, `"port": 8080`},
	{"a key without its opening quote", `"port": 8080`, `port": 8080`, "NSP1016 9:3", `write "port"`, `"port": 8080`},
	{"text without quotes", `"name": "notice"`, `"name": notice`, "NSP1016 3:11", `write "notice"`, `"name": "notice"`},
	{"an unclosed text", `"name": "notice",`, `"name": "notice,`, "NSP1017 3:11", "not closed on its line", `"name": "notice",`},
	{"a list where an object is meant", "{\n    \"command\": ", "[\n    ", "NSP1017 17:5", "a ] is missing", ""},
	{"an unclosed list", `"trigger_agent"],`, `"trigger_agent",`, "NSP1017 11:3", "the [ of line 10 is not closed", `"trigger_agent"],`},
	{"the wrong closer", `"trigger_agent"],`, `"trigger_agent"},`, "NSP1017 10:74", "} stands where ] is expected", `"trigger_agent"],`},
	{"a tab in a text", "Zoë Müller", "Zoë\tMüller", "NSP1018 7:17", "write \\t", "Zoë\\tMüller"},
	{"a raw U+0000 in a text", "Zoë Müller", "Zo\x00ë", "NSP1018 7:16", "a raw U+0000 inside a text is not JSON; remove it", "Zoë"},
	{"a Windows path", `"Zoë Müller"`, "\"dist\\index.js\"", "NSP1019 7:18", "write \\\\ for a backslash", "\"dist\\\\index.js\""},
	{"half a surrogate pair", "Zoë Müller", "Zoë \\ud83d Müller", "NSP1019 7:18", "half a surrogate pair", "Zoë  Müller"},
	{"a short unicode escape", "Zoë Müller", "Zo\\u00 Müller", "NSP1019 7:16", "four hexadecimal digits", "Zo\\\\u00 Müller"},
	{"a leading zero", `"port": 8080`, `"port": 08080`, "NSP1020 9:11", "remove the leading zero", `"port": 8080`},
	{"a plus sign", `"port": 8080`, `"port": +8080`, "NSP1020 9:11", "remove the plus sign", `"port": 8080`},
	{"a hexadecimal number", "268435456", "0x10000000", "NSP1020 13:21", "write it in decimal", "268435456"},
	{"underscores in a number", "268435456", "268_435_456", "NSP1020 13:21", "remove the underscores", "268435456"},
	{"a unit", "268435456", "256MB", "NSP1020 13:21", "not a number of JSON", "268435456"},
	{"a number that starts with a point", `"cpu_limit": 0.5`, `"cpu_limit": .5`, "NSP1020 12:18", "write a 0 before the point", `"cpu_limit": 0.5`},
	{"a number that ends with a point", `"cpu_limit": 0.5`, `"cpu_limit": 1.`, "NSP1020 12:18", "digit behind the point", `"cpu_limit": 1`},
	{"a version without quotes", `"version": "1.0.0"`, `"version": 1.0.0`, "NSP1020 4:14", "put it in double quotes", `"version": "1.0.0"`},
	{"a number beyond any machine", "268435456", "1e999999999", "NSP1020 13:21", "beyond what a number can hold", ""},
	{"a number below any machine", "268435456", "1e-999999999", "NSP1020 13:21", "beyond what a number can hold", ""},
	{"Python's None", `"openapi_path": "/openapi.json"`, `"openapi_path": None`, "NSP1021 80:19", "write null", `"openapi_path": null`},
	{"NaN", `"cpu_limit": 0.5`, `"cpu_limit": NaN`, "NSP1021 12:18", "write a number", ""},
	{"a missing colon", `"port": 8080,`, `"port" 8080,`, "NSP1010 9:10", `a colon is expected after the key "port", found 8080`, `"port": 8080,`},
	{"an equals sign", `"port": 8080,`, `"port" = 8080,`, "NSP1010 9:10", "write a colon", `"port": 8080,`},
	{"a value without a key", `"port": 8080,`, "{},", "NSP1010 9:3", "a key in double quotes is expected here, found {", ""},
	{"a no-break space", `"port": 8080,`, "\"port\":\u00a08080,", "NSP1010 9:10", "U+00A0", `"port": 8080,`},
	{"text behind the end", "\"/openapi.json\"\n}", "\"/openapi.json\"\n}\n}", "NSP1022 82:1", "behind the end", "\"/openapi.json\"\n}"},
	{"a byte order mark", "{\n  \"$schema\"", "\ufeff{\n  \"$schema\"", "NSP1006 1:1", "without BOM", "{\n  \"$schema\""},
	{"Latin-1", "Zoë Müller", "Zo\xeb Müller", "NSP1005 7:16", "0xEB is not UTF-8", "Zoë Müller"},
	{"several at once", "\"port\": 8080,\n  \"capabilities_required\": [\"read_devices\"", "port: 08080\n  'capabilities_required': ['read_devices'", "NSP1016 9:3; NSP1020 9:9; NSP1015 9:14; NSP1013 10:3; NSP1013 10:29", "", "\"port\": 08080\n  'capabilities_required': ['read_devices'"},
	{"a trailing comma behind an empty line", "\"memory_limit\": 268435456\n", "\"memory_limit\": 268435456\n\n    ,\n", "NSP1012 15:5", "before }", "\"memory_limit\": 268435456\n\n"},
	{"three commas", `"port": 8080,`, `"port": 8080,,,`, "NSP1012 9:16; NSP1012 9:17", "two commas in a row", `"port": 8080,,`},
	{"a comma in front of the first key", "{\n      \"id\": \"sources\"", "{\n      , \"id\": \"sources\"", "NSP1012 54:7", "no value before it", "{\n       \"id\": \"sources\""},
	{"a comma alone on its line", "\"port\": 8080,\n", "\"port\": 8080,\n  ,\n", "NSP1012 10:3", "two commas", "\"port\": 8080,\n"},
	{"several lines of comments", `"port": 8080,`, "// one\n  // two\n  \"port\": 8080,", "NSP1011 9:3; NSP1011 10:3", "a comment is not JSON", "// two\n  \"port\": 8080,"},
	{"a block comment over several lines", `"port": 8080,`, "/*\n   * the port\n   */\n  \"port\": 8080,", "NSP1011 9:3", "a comment is not JSON", `"port": 8080,`},
	{"a comment between key and value", `"port": 8080,`, `"port": /* TCP */ 8080,`, "NSP1011 9:11", "a comment is not JSON", `"port": 8080,`},
	{"a comment behind the end", "\"/openapi.json\"\n}\n", "\"/openapi.json\"\n}\n// end\n", "NSP1011 82:1", "a comment is not JSON", "\"/openapi.json\"\n}\n"},
	{"single quotes with double ones inside", `"Zoë Müller"`, `'Zoë "Z" Müller'`, "NSP1013 7:13", "straight double quotes", "\"Zoë \\\"Z\\\" Müller\""},
	{"single quotes with an escape", `"Zoë Müller"`, "'Zoë\\'s'", "NSP1013 7:13", "straight double quotes", `"Zoë's"`},
	{"backticks", `"notice"`, "`notice`", "NSP1013 3:11", "straight double quotes", `"notice"`},
	{"backticks over two lines", `"Zoë Müller"`, "`Zoë\n  Müller`", "NSP1013 7:13", "straight double quotes", "\"Zoë\\n  Müller\""},
	{"low and high quotes", `"notice"`, "„notice“", "NSP1013 3:11", "straight double quotes", `"notice"`},
	{"guillemets", `"notice"`, "«notice»", "NSP1013 3:11", "straight double quotes", `"notice"`},
	{"typographic single quotes", `"notice"`, "‘notice’", "NSP1013 3:11", "straight double quotes", `"notice"`},
	{"a typographic quote at the start alone", `"notice"`, `“notice"`, "NSP1013 3:11", "straight double quotes", `"notice"`},
	{"a typographic quote at the end alone", `"notice",`, `"notice”,`, "NSP1013 3:18", "text ends with a ” quote", `"notice",`},
	{"a typographic quote before the next key", "\"alert-list\",\n      \"label\"", `"alert-list”, "label"`, "NSP1013 25:24", "text ends with a ” quote", `"alert-list", "label"`},
	{"quotes inside a text", "Multi-source alert", `Multi-source "alert"`, "NSP1013 6:32", "a double quote inside a text", "Multi-source \\\"alert\\\""},
	{"a missing comma between panels", "    },\n    {\n      \"id\": \"sources\"", "    }\n    {\n      \"id\": \"sources\"", "NSP1015 52:6", "before {", "    },\n    {\n      \"id\": \"sources\""},
	{"a semicolon at the end of a list", `"trigger_agent"]`, `"trigger_agent";]`, "NSP1015 10:74", "write a comma", `"trigger_agent"]`},
	{"keys and text without quotes", `{ "key": "state", "label": "State" }`, "{ key: state, label: State }", "NSP1016 33:11; NSP1016 33:16; NSP1016 33:23; NSP1016 33:30", "the key key is not in quotes", `{ "key": state, label: State }`},
	{"text without its opening quote", `"notice",`, `notice",`, "NSP1016 3:11", `write "notice"`, `"notice",`},
	{"an image without quotes", `"netstacks-plugin-notice:1.0.0"`, "netstacks-plugin-notice:1.0.0", "NSP1016 8:12", "not in quotes", `"netstacks-plugin-notice:1.0.0"`},
	{"text of several words without quotes", `"Alert Ingestion & Pipeline"`, "Alert Ingestion & Pipeline", "NSP1016 5:19", "not in quotes", `"Alert Ingestion & Pipeline"`},
	{"a path without quotes", `"/admin/sources"`, "/admin/sources", "NSP1016 56:24", "not in quotes", `"/admin/sources"`},
	{"a path without quotes in a line", `"/alerts", "component"`, `/alerts, "component"`, "NSP1016 75:15", "not in quotes", `"/alerts", "component"`},
	{"a key with a hyphen and no quotes", `"author"`, "x-author", "NSP1016 7:3; NSP3001 7:3", "", `"x-author"`},
	{"a program's value", `"port": 8080`, `"port": process.env.PORT`, "NSP1016 9:11", "not in quotes", `"port": "process.env.PORT"`},
	{"yes", `"port": 8080`, `"port": yes`, "NSP1016 9:11", "not in quotes", `"port": "yes"`},
	{"a key without its closing quote", `"display_name": "Alert`, `"display_name: "Alert`, "NSP1017 5:3", "before the colon", `"display_name": "Alert`},
	{"a key without its closing quote before a number", `"port": 8080`, `"port: 8080`, "NSP1017 9:3", "add the closing quote", `"port": 8080`},
	{"a list item without its closing quote", `"read_devices", "inv`, `"read_devices, "inv`, "NSP1017 10:29", "before the comma", `"read_devices", "inv`},
	{"a text without its closing quote before a key", `"state", "label"`, `"state, "label"`, "NSP1017 33:18", "before the comma", `"state", "label"`},
	{"a text without its closing quote before a brace", `"label": "State" }`, `"label": "State }`, "NSP1017 33:36", "add the closing quote", `"label": "State" }`},
	{"an object without its }", "\"memory_limit\": 268435456\n  },", `"memory_limit": 268435456,`, "NSP1017 14:3", `a } is missing before "health_check": the { of line 11 is not closed`, "\"memory_limit\": 268435456\n  },"},
	{"an object without its } and its comma", "\"memory_limit\": 268435456\n  },\n", "\"memory_limit\": 268435456\n", "NSP1017 14:3", `a } is missing before "health_check"`, "\"memory_limit\": 268435456\n  },\n"},
	{"a ] for a }", "268435456\n  },", "268435456\n  ],", "NSP1017 14:3", "] stands where } is expected", "268435456\n  },"},
	{"a } too many", "268435456\n  },", "268435456\n  }\n  },", "NSP1022 15:3", "this } ends the manifest", "268435456\n  },"},
	{"a ] too many", `"trigger_agent"],`, `"trigger_agent"]],`, "NSP1017 10:75", "] closes nothing here", `"trigger_agent"],`},
	{"a panel without its }", "      ]\n    },\n    {\n      \"id\": \"sources\"", "      ],\n    {\n      \"id\": \"sources\"", "NSP1017 52:5", "a } is missing before {", "      ]\n    },\n    {\n      \"id\": \"sources\""},
	{"panels without their [", "\"terminal_panels\": [\n    {", "\"terminal_panels\":\n    {", "NSP1017 24:5", "the [ that the value", "\"terminal_panels\":\n    [{"},
	{"a health check without its {", `"health_check": {`, `"health_check":`, "NSP1017 16:5", "the { that the value", `"health_check": {`},
	{"no last brace", "\"/openapi.json\"\n}", `"/openapi.json"`, "NSP1017 80:34", "never closed; add }", "\"/openapi.json\"\n}"},
	{"no first brace", "{\n  \"$schema\"", `  "$schema"`, "NSP1017 1:3", "the { that the manifest starts with", "{\n  \"$schema\""},
	{"a missing value", "\"port\": 8080,\n  \"cap", "\"port\": ,\n  \"cap", "NSP1010 9:11", "a value is expected here, found a comma", `"cap`},
	{"an object in square brackets", `"health_check": {`, `"health_check": [`, "NSP1010 15:19", "this [ starts a list", `"health_check": {`},
	{"a raw escape character", "Zoë Müller", "Zoë\x1bMüller", "NSP1018 7:17", "write \\u001b", "Zoë\\u001bMüller"},
	{"a line break in a text", "Multi-source alert", "Multi-source\n    alert", "NSP1018 6:31", "write \\n", "Multi-source\\n    alert"},
	{"a line break behind a backslash", "Multi-source alert", "Multi-source \\\n    alert", "NSP1018 6:32", "join the lines", "Multi-source     alert"},
	{"a path of a drive", `"Zoë Müller"`, "\"C:\\new\\Users\"", "NSP1019 7:20", "write \\\\ for a backslash", "\"C:\\\\new\\\\Users\""},
	{"an escape of a program", "Zoë", "Zo\\xeb", "NSP1019 7:16", "\\x is no escape", "Zo\\u00eb"},
	{"an escaped apostrophe", "Zoë Müller", "Zoë\\'s", "NSP1019 7:17", "is no escape", "Zoë's"},
	{"a code point in braces", "Zoë", "Zo\\u{eb}", "NSP1019 7:16", "four hexadecimal digits", "Zoë"},
	{"a path below users", `"Zoë Müller"`, "\"dist\\users\"", "NSP1019 7:18", "four hexadecimal digits", "\"dist\\\\users\""},
	{"a number that may be octal", `"timeout_seconds": 10`, `"timeout_seconds": 010`, "NSP1020 18:24", "remove the leading zero", `"timeout_seconds": 10`},
	{"an octal number", `"timeout_seconds": 10`, `"timeout_seconds": 0o12`, "NSP1020 18:24", "in decimal", `"timeout_seconds": 10`},
	{"a binary number", `"timeout_seconds": 10`, `"timeout_seconds": 0b1010`, "NSP1020 18:24", "in decimal", `"timeout_seconds": 10`},
	{"commas between thousands", "268435456", "268,435,456", "NSP1020 13:21", "write its digits together: 268435456", "268435456"},
	{"apostrophes between thousands", "268435456", "268'435'456", "NSP1020 13:21", "write its digits together", "268435456"},
	{"points between thousands", "268435456", "268.435.456", "NSP1020 13:21; NSP2031 13:21", "double quotes", `"268.435.456"`},
	{"a product", "268435456", "256 * 1024 * 1024", "NSP1020 13:21", "write the product: 268435456", "268435456"},
	{"a unit behind a space", "268435456", "256 MiB", "NSP1020 13:21", "without a unit", "268435456"},
	{"seconds with a unit", `"timeout_seconds": 10`, `"timeout_seconds": 10s`, "NSP1020 18:24", "without the unit", `"timeout_seconds": 10`},
	{"True", `"openapi_path": "/openapi.json"`, `"openapi_path": NULL`, "NSP1021 80:19", "write null", `"openapi_path": null`},
	{"undefined", `"openapi_path": "/openapi.json"`, `"openapi_path": undefined`, "NSP1021 80:19", "write null", `"openapi_path": null`},
	{"Python's True", `"minimum": 60`, `"readOnly": True`, "NSP1021 67:88", "write true", `"readOnly": true`},
	{"an arrow for a colon", `"port": 8080,`, `"port" => 8080,`, "NSP1010 9:10", "=> stands where", `"port": 8080,`},
	{"TOML inside an object", `"port": 8080,`, "port = 8080,", "NSP1016 9:3; NSP1010 9:8", "", `"port" = 8080,`},
	{"a missing colon before an object", `"resources": {`, `"resources" {`, "NSP1010 11:15", "a colon is expected", `"resources": {`},
	{"a no-break space in several places", `"port": 8080,`, "\"port\"\u00a0:\u00a08080,", "NSP1010 9:9", "as at all 2 places", `"port" : 8080,`},
	{"a zero width space", `"port": 8080,`, "\"port\": \u200b8080,", "NSP1010 9:11", "the invisible character U+200B", `"port": 8080,`},
	{"a merge conflict", "  \"port\": 8080,\n", "<<<<<<< HEAD\n  \"port\": 8080,\n=======\n  \"port\": 8090,\n>>>>>>> feature\n", "NSP1010 9:1", "a merge conflict starts here", "  \"port\": 8080,\n"},
	{"a merge conflict with its base", "  \"port\": 8080,\n", "<<<<<<< HEAD\n  \"port\": 8080,\n||||||| base\n  \"port\": 80,\n=======\n  \"port\": 8090,\n>>>>>>> feature\n", "NSP1010 9:1", "a merge conflict", "  \"port\": 8080,\n"},
	{"the mark of a merge", "  \"port\": 8080,\n", "  \"port\": 8080,\n>>>>>>> feature\n", "NSP1010 10:1", "the mark of a merge conflict", "  \"port\": 8080,\n"},
	{"a semicolon behind the end", "\"/openapi.json\"\n}", "\"/openapi.json\"\n};", "NSP1022 81:2", "a semicolon stands behind the end", "\"/openapi.json\"\n}"},
	{"an object behind the end", "\"/openapi.json\"\n}", "\"/openapi.json\"\n}\n{}", "NSP1022 82:1", "a second {", "\"/openapi.json\"\n}"},
	{"words behind the end", "\"/openapi.json\"\n}", "\"/openapi.json\"\n}\nEOF", "NSP1022 82:1", "EOF stands behind the end", "\"/openapi.json\"\n}"},
	{"a key twice with one value", `"port": 8080,`, "\"port\": 8080,\n  \"port\": 8080,", "NSP1014 10:3", "given twice, first on line 9", `"port": 8080,`},
	{"a key twice with two values", `"author": "Zoë Müller",`, "\"author\": \"Zoë Müller\",\n  \"author\": \"Zoë\",", "NSP1014 8:3", "given twice, first on line 7", `"author": "Zoë",`},
	{"a key twice deep inside", `"default": 300, "minimum": 60`, `"default": 300, "default": 60`, "NSP1014 67:76", "given twice, first on line 67", `"default": 60`},
	{"a key twice with equal objects", `"label": "State" }`, `"label": "State", "label": "State" }`, "NSP1014 33:45", "given twice", `"label": "State" }`},
	{"text with U+0000", "Zoë Müller", "Zo\\u0000ë", "NSP3003 7:13", "author holds the character U+0000", "Zoë"},
	{"U+0000 deep inside", `"critical", "warning"`, "\"warning\", \"\\u0000\"", "NSP3003 65:29", "settings_schema.properties.default_severity.enum[1] holds", `"warning", ""`},
	{"a key with U+0000", `"default": 300, "minimum": 60`, "\"default\": 300, \"x-\\u0000\": 60", "NSP3003 67:76", "the key \"x-\\x00\" holds", `"default": 300, "x-": 60`},
	{"U+0000 several times behind backslashes", "Zoë Müller", "\\u0000\\\\u0000\\\\\\u0000", "NSP3003 7:13", "author holds", "\\\\u0000\\\\"},
	{"an escaped backslash before u0000", "Zoë Müller", "Zo\\\\u0000ë", "", "", ""},
	{"quotes of Windows-1252", "Zoë Müller", "Zo\xeb \x93M\xfcller\x94", "NSP1005 7:16", "0xEB is not UTF-8", "Zoë “Müller”"},
	{"a byte that Windows-1252 does not have", "Zoë", "Zo\x81", "NSP1005 7:16", "0x81 is not UTF-8", ""},
}

// wholeDeviations are files that are something else as a whole.
var wholeDeviations = []deviation{
	{"UTF-16 of Windows", whole, inUTF16("\ufeff"+whole, false), "NSP1005 1:1", "written in UTF-16", whole},
	{"UTF-16 with the high byte first", whole, inUTF16("\ufeff"+whole, true), "NSP1005 1:1", "written in UTF-16", whole},
	{"UTF-16 without a mark", whole, inUTF16(whole, false), "NSP1005 1:1", "written in UTF-16", whole},
	{"UTF-16 with the high byte first and without a mark", whole, inUTF16(whole, true), "NSP1005 1:1", "written in UTF-16", whole},
	{"UTF-16 that is cut off", whole, inUTF16("\ufeff"+whole, false)[:501], "NSP1005 1:1", "written in UTF-16", ""},
	{"YAML", whole, "name: notice\nversion: 1.0.0\n", "NSP1010 1:1", "manifest.json is written in YAML, the Controller reads JSON only", ""},
	{"YAML with a start and a comment", whole, "# the plugin\n---\nname: notice\n", "NSP1010 2:1", "written in YAML", ""},
	{"YAML with a list", whole, "capabilities_required:\n  - read_devices\n", "NSP1010 1:1", "written in YAML", ""},
	{"TOML", whole, "# the plugin\nname = \"notice\"\nport = 8080\n", "NSP1010 2:1", "written in TOML", ""},
	{"TOML with a table", whole, "[plugin]\nname = \"notice\"\n", "NSP1010 1:1", "written in TOML", ""},
	{"a JavaScript module", whole, "// the plugin\nmodule.exports = {\n  name: 'notice', // and so on\n  port: 0x1F90,\n};\n", "NSP1010 2:1", "a JavaScript module", "{\n  \"name\": \"notice\",\n  \"port\": 8080\n}\n"},
	{"a module of today", whole, "export default " + whole, "NSP1010 1:1", "a JavaScript module", whole},
	{"a constant of TypeScript", whole, "export const manifest: Manifest = " + whole, "NSP1010 1:1", "a JavaScript module", whole},
	{"a module that computes", whole, "module.exports = { name: pick('a'), port: 1 + 1 };\n", "NSP1010 1:1", "a JavaScript module", ""},
	{"a page of an error", whole, "<!DOCTYPE html>\n<html></html>\n", "NSP1010 1:1", "a page of HTML or XML", ""},
	{"a code fence", whole, "```json\n" + whole + "```\n", "NSP1010 1:1", "wrapped in a code fence", whole},
	{"an empty file", whole, "", "NSP1007 1:1", "manifest.json is empty", ""},
	{"white space alone", whole, " \n\t\n", "NSP1007 1:1", "manifest.json is empty", ""},
	{"a comment alone", whole, "// later\n", "NSP1011 1:1", "a comment is not JSON", ""},
	{"a list of one manifest", whole, "[" + whole + "]", "NSP1008 1:1", "the manifest is a list", strings.TrimSpace(whole)},
	{"a list of names", whole, `["notice"]`, "NSP1008 1:1", "the manifest is a list", ""},
	{"a manifest in a text", whole, jsonText(whole), "NSP1008 1:1", "characters long", strings.TrimSpace(whole)},
	{"null", whole, "null\n", "NSP1008 1:1", "the manifest is null", ""},
	{"two manifests", whole, whole + whole, "NSP1022 82:1", "a second {", whole},
	{"cut off behind a comma", whole, "{\n  \"name\": \"notice\",\n", "NSP1017 2:20", "the { of line 1 is never closed", "{\n  \"name\": \"notice\"\n}\n"},
	{"cut off in a key", whole, "{\n  \"name\": \"notice\",\n  \"po", "NSP1017 3:3; NSP1017 3:6", "not closed", "{\n  \"name\": \"notice\",\n  \"po\""},
	{"cut off in a list", whole, "{\n  \"a\": {\n    \"b\": [1, 2", "NSP1017 3:15", "the file ends in the middle: the [ of line 3 and 2 more are never closed", "{\n  \"a\": {\n    \"b\": [1, 2]\n  }\n}"},
	{"no braces at all", whole, "\"name\": \"notice\",\n\"port\": 8080\n", "NSP1017 1:1; NSP1017 2:13", "the { that the manifest starts with is missing", "{\n\"name\": \"notice\",\n\"port\": 8080\n}\n"},
	{"no braces and no quotes", whole, "name: \"notice\",\nport: 8080,\n", "NSP1016 1:1; NSP1017 1:1; NSP1016 2:1; NSP1017 2:12", "", "\"name\": \"notice\",\nport: 8080,\n"},
	{"nested too deep", whole, strings.Repeat("[", 129) + strings.Repeat("]", 129), "NSP1023 1:129", "nested more than 128 levels deep", ""},
}

func TestADictionaryOfPythonIsMendedWhole(t *testing.T) {
	text := strings.NewReplacer(`\"`, `\"`, `'`, `\'`, `"`, `'`, `null`, `None`).Replace(whole)
	r := Repair(plugin(text), Options{}, false)
	if len(r.Report.Findings) != 0 || len(r.Changes) != 1 || string(r.Changes[0].After) != whole {
		t.Errorf("left %s\n%s", places(r.Report.Findings), r.Changes)
	}
}

func TestSpacesCopiedFromAPageAreOneFinding(t *testing.T) {
	text := strings.ReplaceAll(whole, "  ", "\u00a0 ")
	r := Repair(plugin(text), Options{}, false)
	if len(r.Applied) != 1 || len(r.Report.Findings) != 0 || string(r.Changes[0].After) != whole {
		t.Errorf("applied %d, left %s", len(r.Applied), places(r.Report.Findings))
	}
}
