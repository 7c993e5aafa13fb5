package manifest

import "strings"

// columns are those of the complete manifest's first panel.
const columns = `{ "key": "summary", "label": "Summary" },`

var panelDeviations = []deviation{
	{"two panels of one id", `"id": "sources"`, `"id": "alert-list"`, "NSP3020 54:13", "terminal_panels[0] already has the id", `"id": "alert-list-2"`},
	{"two panels of one id, and the next one is taken", "    {\n      \"id\": \"sources\",", "    { \"id\": \"alert-list-2\", \"label\": \"a\", \"data_endpoint\": \"/a\" },\n    {\n      \"id\": \"alert-list\",", "NSP3020 55:13", "", "    { \"id\": \"alert-list-2\", \"label\": \"a\", \"data_endpoint\": \"/a\" },\n    {\n      \"id\": \"alert-list-3\","},
	{"panels whose ids differ in case", `"id": "sources"`, `"id": "Alert-List"`, "", "", ""},
	{"a panel that is never shown", `"id": "sources"`, `"id": "pipeline-rules"`, "NSP3021 54:13", "never shown", `"id": "pipeline-rules-list"`},
	{"a panel whose id only begins so", `"id": "sources"`, `"id": "pipeline-rules-all"`, "", "", ""},
	{"a plugin whose panels are never shown", `"notice"`, `"stacks"`, "NSP3021 3:11", `no panel of a plugin called "stacks" is shown`, `"stacks-plugin"`},
	{"a plugin with views of its own", `"notice"`, `"alerts"`, "NSP3022 3:11", "views of its own in the Terminal", ""},
	{"another plugin with views of its own", `"notice"`, `"profiling-agents"`, "NSP3022 3:11", "views of its own in the Terminal", ""},

	{"an icon in lower case", `"Bell"`, `"bell"`, "NSP3023 27:15", `the Terminal knows no icon "bell" and draws a puzzle piece; it writes that one "Bell"`, `"Bell"`},
	{"an icon with a hyphen", `"Bell"`, `"alert-triangle"`, "NSP3023 27:15", `it writes that one "AlertTriangle"`, `"AlertTriangle"`},
	{"an icon in capitals", `"Bell"`, `"Pulse"`, "NSP3023 27:15", `it writes that one "pulse"`, `"pulse"`},
	{"a misspelt icon", `"Bell"`, `"Rokcet"`, "NSP3023 27:15", `did you mean "Rocket"?`, `"Rocket"`},
	{"an icon that the Terminal does not know", `"icon": "Bell",` + "\n      \"data", `"icon": "Server",` + "\n      \"data", "NSP3023 27:15", "it knows Bell, Filter, FileCode, Rocket, AlertTriangle, Activity and pulse", `"data`},
	{"an icon with its words in another order", `"Bell"`, `"triangle-alert"`, "NSP3023 27:15", `did you mean "AlertTriangle"?`, `"AlertTriangle"`},
	{"an icon by a part of its name", `"Bell"`, `"File"`, "NSP3023 27:15", `did you mean "FileCode"?`, `"FileCode"`},
	{"a short name that is no icon", `"icon": "Bell",` + "\n      \"data", `"icon": "Bolt",` + "\n      \"data", "NSP3023 27:15", "it knows Bell,", `"data`},
	{"no icon", `"Bell"`, `""`, "", "", ""},
	{"the icon pulse", `"Bell"`, `"pulse"`, "", "", ""},

	{"an endpoint with a query", `"/admin/sources"`, `"/admin/sources?state=open"`, "NSP3024 56:24", `has the query "?state=open", to which the Terminal adds org_id`, `"/admin/sources"`},
	{"an endpoint with org_id", `"/admin/sources"`, `"/admin/sources?org_id=1"`, "NSP3024 56:24", "gives org_id in its query", `"/admin/sources"`},
	{"an endpoint with org_id and more", `"/admin/sources"`, `"/admin/sources?org_id=1&state=open"`, "NSP3024 56:24", "gives org_id in its query", ""},
	{"an endpoint with a fragment", `"/admin/sources"`, `"/admin/sources#top"`, "NSP3024 56:24", "which the Terminal does not send", `"/admin/sources"`},
	{"an endpoint with two dots", `"/admin/sources"`, `"/admin/../sources/"`, "NSP3024 56:24", `holds "..", which is resolved before the request is sent; write "/sources/"`, `"/sources/"`},
	{"an endpoint with two encoded dots", `"/admin/sources"`, `"/admin/%2E%2e/sources"`, "NSP3024 56:24", `holds ".."`, `"/sources"`},
	{"an endpoint that leaves the plugin", `"/admin/sources"`, `"/../other/admin/sources"`, "NSP3024 56:24", "leads out of the plugin's base path", `"/other/admin/sources"`},
	{"an endpoint with two slashes", `"/admin/sources"`, `"/admin//sources"`, "NSP3024 56:24", "an empty part between two slashes", `"/admin/sources"`},
	{"an endpoint on another host", `"/admin/sources"`, `"//example.org/admin"`, "NSP3024 56:24", "two slashes", `"/example.org/admin"`},
	{"an endpoint with a full address behind a slash", `"/admin/sources"`, `"/http://example.org/admin"`, "NSP3024 56:24", "two slashes", ""},
	{"an endpoint with a space at its end", `"/admin/sources"`, `"/admin/sources "`, "NSP3024 56:24", "ends with a space", `"/admin/sources"`},
	{"an endpoint with a space inside", `"/admin/sources"`, `"/admin/all sources"`, "NSP3024 56:24", "which a URL writes as %20", `"/admin/all%20sources"`},
	{"an endpoint with a line break", `"/admin/sources"`, `"/admin/sources\n"`, "NSP3024 56:24", "a control character", `"/admin/sources"`},
	{"an endpoint with a backslash", `"/admin/sources"`, `"/admin\\sources"`, "NSP3024 56:24", "holds a backslash; write a slash", `"/admin/sources"`},
	{"an endpoint with the Controller's prefix", `"/admin/sources"`, `"/api/plugins/notice/admin/sources"`, "NSP3024 56:24", "which the Terminal puts before it once more", `"/admin/sources"`},
	{"an endpoint that is the Controller's prefix", `"/admin/sources"`, `"/api/plugins/notice"`, "NSP3024 56:24", `write "/"`, `"/"`},
	{"an endpoint of another plugin", `"/admin/sources"`, `"/api/plugins/alerts/admin/sources"`, "NSP3024 56:24", "once more", `"/admin/sources"`},
	{"an endpoint that is wrong in several ways", `"/admin/sources"`, `"/api/plugins/notice//admin/sources#x"`, "NSP3024 56:24; NSP3024 56:24; NSP3024 56:24", "", `"/api/plugins/notice//admin/sources"`},
	{"a data_endpoint of one row", `"/admin/sources"`, `"/admin/sources/{id}"`, "NSP3024 56:24", `holds "{id}", which the Terminal fills in in the endpoints of actions only`, `"/admin/sources"`},
	{"a data_endpoint with a parameter of Flask", `"/admin/sources"`, `"/admin/sources/<int:id>/"`, "NSP3024 56:24", `holds "<int:id>"`, ""},
	{"a data_endpoint of the rows of a row", `"/admin/sources"`, `"/admin/sources/:source/items"`, "NSP3024 56:24", `holds ":source"`, ""},
	{"an action's endpoint with the Controller's prefix", `"/admin/alerts",` + "\n          \"method\"", `"/api/plugins/notice/admin/alerts",` + "\n          \"method\"", "NSP3024 46:23", "terminal_panels[0].actions[1].endpoint begins with", `"/admin/alerts",` + "\n          \"method\""},
	{"an action's endpoint with the id in its query", `"/admin/alerts/{id}/acknowledge"`, `"/admin/ack?alert={id}"`, "NSP3024 39:23", "has the query", ""},
	{"endpoints that only look odd", `"/admin/sources"`, `"/Admin/v1.0/@me/a~b/%7Eall/admin:list;v=1/"`, "", "", ""},
	{"an endpoint that is the root", `"/admin/sources"`, `"/"`, "", "", ""},
	{"an endpoint below api", `"/admin/sources"`, `"/api/plugins-list"`, "", "", ""},
	{"an endpoint beyond any measure", `"/admin/sources"`, `"/` + strings.Repeat("a//", 1000) + `"`, "", "", ""},

	{"polling every second", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": 1`, "NSP3025 29:35", "terminal_panels[0].refresh_interval_seconds is 1", `"refresh_interval_seconds": 5`},
	{"polling ten times a second", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": 0.1`, "NSP3025 29:35", "write 5 or more, or 0 for no polling", `"refresh_interval_seconds": 5`},
	{"no polling", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": 0`, "", "", ""},
	{"polling every five seconds and a half", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": 5.5`, "", "", ""},

	{"a blank in capitals", `/{id}/`, `/{ID}/`, "NSP3026 39:23", `holds "{ID}", which the Terminal leaves as it is: it fills in {id} and nothing else; write that`, `/{id}/`},
	{"a blank with a name", `/{id}/`, `/{item_id}/`, "NSP3026 39:23", `"{item_id}"`, `/{id}/`},
	{"a blank of Express", `/{id}/`, `/:id/`, "NSP3026 39:23", `":id"`, `/{id}/`},
	{"a blank of Flask", `/{id}/`, `/<int:id>/`, "NSP3026 39:23", `"<int:id>"`, `/{id}/`},
	{"a blank of JavaScript", `/{id}/`, `/${id}/`, "NSP3026 39:23", `"${id}"`, `/{id}/`},
	{"a blank of Mustache", `/{id}/`, `/{{ id }}/`, "NSP3026 39:23", `"{{ id }}"`, `/{id}/`},
	{"a blank of Next.js", `/{id}/`, `/[id]/`, "NSP3026 39:23", `"[id]"`, `/{id}/`},
	{"a blank that is encoded", `/{id}/`, `/%7Bid%7D/`, "NSP3026 39:23", `"%7Bid%7D"`, `/{id}/`},
	{"a blank with spaces", `/{id}/`, `/{ id }/`, "NSP3026 39:23", `"{ id }"`, `/{id}/`},
	{"two blanks", `/{id}/`, `/{org_id}/{id}/`, "NSP3026 39:23", `"{org_id}"`, ""},
	{"the id twice", `/{id}/`, `/{id}/copy/{id}/`, "NSP3026 39:23", "holds {id} more than once, of which the Terminal fills in the first alone", ""},
	{"a colon inside a part of the path", `/{id}/acknowledge`, `/{id}:acknowledge`, "", "", ""},

	{"two actions of one id", `"id": "clear"`, `"id": "acknowledge"`, "NSP3028 44:17", "terminal_panels[0].actions[0] already has the id", `"id": "acknowledge-2"`},
	{"a panel and an action of one id", `"id": "clear"`, `"id": "alert-list"`, "", "", ""},
	{"two columns of one key", columns + "\n        {", `{ "key": "severity", "label": "Level" },` + "\n        {", "NSP3029 32:18", `terminal_panels[0].columns[0] already shows the key "severity"`, "{"},
	{"a width without a unit", `"120px"`, `"120"`, "NSP3029 31:60", `which is no CSS width: the Terminal's browser ignores it; write "120px"`, `"120px"`},
	{"a width with a space", `"120px"`, `"20 %"`, "NSP3029 31:60", `write "20%"`, `"20%"`},
	{"a width with a semicolon", `"120px"`, `"12.5em;"`, "NSP3029 31:60", `write "12.5em"`, `"12.5em"`},
	{"a width in words", `"120px"`, `"wide"`, "NSP3029 31:60", "write one such as", ""},
	{"a negative width", `"120px"`, `"-5px"`, "NSP3029 31:60", "no CSS width", ""},
	{"a width of a grid", `"120px"`, `"1fr"`, "NSP3029 31:60", "no CSS width", ""},
	{"a width that is computed", `"120px"`, `"calc(50% - 8px)"`, "", "", ""},
	{"a width by keyword", `"120px"`, `"max-content"`, "", "", ""},
	{"a width of nothing", `"120px"`, `"0"`, "", "", ""},
	{"a width in a rare unit", `"120px"`, `" 1.5REM "`, "", "", ""},
	{"a width left empty", `"120px"`, `""`, "", "", ""},
}

// bare is a service whose rows have no id.
const bare = "import json\n\ndef alerts():\n    # the id of an alert is not told\n    return json.dumps([{\"severity\": 1, \"summary\": \"idle\"}])\n"

var panelTrees = []treeDeviation{
	{
		name: "row actions on rows without an id", files: map[string]string{"service/main.py": bare},
		want: "NSP3027 39:23", message: "terminal_panels[0].actions[0] is a row action, which the Terminal carries out only for a row with an id",
	},
	{name: "a column that shows the id", files: map[string]string{"service/main.py": bare}, old: `"key": "state"`, new: `"key": "id"`},
	{name: "columns that the rows decide on", files: map[string]string{"service/main.py": bare}, old: `"key": "state", "label": "State"`, new: `"key": 7`, want: "NSP2001 33:9; NSP2065 33:18; NSP3027 39:23"},
	{name: "an id in a migration", files: map[string]string{"service/main.py": bare, "migrations/002_more.sql": "CREATE TABLE a (\n  id UUID PRIMARY KEY\n);\n"}},
	{name: "an id in another file of the service", files: map[string]string{"service/main.py": bare, "service/src/model.ts": "export interface Alert { id?: string }\n"}},
	{name: "an id that a getter gives", files: map[string]string{"service/main.py": bare, "service/Alert.java": "public long getId() { return key; }\n"}},
	{name: "a field of Go without a tag", files: map[string]string{"service/main.py": bare, "service/a.go": "type alert struct {\n\tSeverity string\n}\n"}, want: "NSP3027 39:23"},
	{name: "rows that another service gives", files: map[string]string{"service/main.py": bare + "import httpx\n"}},
	{name: "code that is too large to read", files: map[string]string{"service/main.py": bare, "service/big.py": strings.Repeat("# nothing\n", serviceFileLimit/10+1)}},
	{name: "code that is no text", files: map[string]string{"service/main.py": bare, "service/server": "\x7fELF\x00"}},
	{name: "an id in the packages of others", files: map[string]string{"service/main.py": bare, "service/node_modules/a/index.js": "a.id\n", "service/logo.png": "\x89PNG\x00"}, want: "NSP3027 39:23"},
	{name: "code in a language nobody reads here", files: map[string]string{"service/main.py": gone, "service/mix.exs": "defmodule A do\nend\n"}, want: "NSP3027 39:23"},
	{
		name: "no action of rows", files: map[string]string{"service/main.py": bare}, old: `/admin/alerts/{id}/acknowledge`, new: `/admin/alerts/acknowledge`,
	},
}
