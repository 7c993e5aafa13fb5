package manifest

import (
	"os"
	"strings"
)

// Values of the complete manifest.
const (
	resourcesText = `{
    "cpu_limit": 0.5,
    "memory_limit": 268435456
  }`
	healthText = `{
    "command": "python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\"",
    "interval_seconds": 30,
    "timeout_seconds": 10,
    "retries": 3,
    "start_period_seconds": 15
  }`
	probeText   = `"python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\""`
	columnsText = `[
        { "key": "severity", "label": "Severity", "width": "120px" },
        { "key": "summary", "label": "Summary" },
        { "key": "state", "label": "State" }
      ]`
	settingsText = `{
    "type": "object",
    "properties": {
      "default_severity": {
        "type": "string",
        "default": "warning",
        "enum": ["critical", "warning", "info"]
      },
      "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
    }
  }`
	sourcesText = `{
      "id": "sources",
      "label": "Sources",
      "data_endpoint": "/admin/sources"
    }`
	listedText = `["read_devices", "invoke_llm", "trigger_agent"]`
)

var schemaDeviations = []deviation{
	{"no name", "  \"name\": \"notice\",\n", "", "NSP2001 1:1", "name is missing, the Controller requires it", "  \"name\": \"notice\",\n"},
	{"no capabilities", "  \"capabilities_required\": [\"read_devices\", \"invoke_llm\", \"trigger_agent\"],\n", "", "NSP2001 1:1", "capabilities_required is missing", "  \"capabilities_required\": [],\n"},
	{"a short name", `"notice"`, `"al"`, "NSP2010 3:11", "too short", `"notice"`},
	{"a name with an underscore", `"notice"`, `"my_alerts"`, "NSP2010 3:11", "holds '_'", `"my-alerts"`},
	{"a long name", `"notice"`, `"` + strings.Repeat("a", 51) + `"`, "NSP2010 3:11", "51 characters", `"` + strings.Repeat("a", 50) + `"`},
	{"a name that is a number", `"name": "notice"`, `"name": 7`, "NSP2010 3:11", "name is 7", `"name": "notice"`},
	{"a two-part version", `"version": "1.0.0"`, `"version": "1.0"`, "NSP2011 4:14", "X.Y.Z", `"version": "1.0.0"`},
	{"a pre-release version", `"version": "1.0.0"`, `"version": "1.0.0-rc1"`, "NSP2011 4:14", "X.Y.Z", `"version": "1.0.0"`},
	{"an empty display name", `"Alert Ingestion & Pipeline"`, `""`, "NSP2012 5:19", "1 to 100 characters", `"Notice"`},
	{"a long display name", `"Alert Ingestion & Pipeline"`, `"` + strings.Repeat("ü", 101) + `"`, "NSP2012 5:19", "display_name is 101 characters long", `"` + strings.Repeat("ü", 100) + `"`},
	{"a long description", `  "description": "Multi-source alert ingestion with deduplication and a notification pipeline",`, `  "description": "` + strings.Repeat("ü", 500) + ` ingestion with deduplication and a notification pipeline",`, "NSP2013 6:18", "at most 500", `  "description": "` + strings.Repeat("ü", 500) + `",`},
	{"an author that is a list", `"Zoë Müller"`, `["Zoë Müller"]`, "NSP2014 7:13", "author is a list", `"Zoë Müller"`},
	{"an empty image", `"netstacks-plugin-notice:1.0.0"`, `""`, "NSP2015 8:12", "Docker image reference", `"netstacks-plugin-notice:1.0.0"`},
	{"a low port", `"port": 8080`, `"port": 80`, "NSP2016 9:11", "port is 80, the Controller takes a whole number from 1024 to 65535", `"port": 8080`},
	{"a high port", `"port": 8080`, `"port": 65536`, "NSP2016 9:11", "65536", `"port": 8080`},
	{"a port in quotes", `"port": 8080`, `"port": "8080"`, "NSP2016 9:11", "remove the quotes", `"port": 8080`},
	{"a port with a fraction", `"port": 8080`, `"port": 8080.5`, "NSP2016 9:11", "whole number", `"port": 8080`},
	{"capabilities that are a text", listedText, `"read_devices"`, "NSP2020 10:28", "put it in square brackets", `["read_devices"]`},
	{"a capability that is a number", `  "capabilities_required": ["read_devices", "invoke_llm", "trigger_agent"],`, `  "capabilities_required": ["read_devices", 7, "trigger_agent"],`, "NSP2020 10:45", "capabilities_required[1] is 7", `  "capabilities_required": ["read_devices", "trigger_agent"],`},
	{"the wildcard", `  "capabilities_required": ["read_devices", "invoke_llm", "trigger_agent"],`, `  "capabilities_required": ["read_devices", "*", "trigger_agent"],`, "NSP2021 10:45", "refused when the service token is made", `  "capabilities_required": ["read_devices", "trigger_agent"],`},
	{"resources that are null", resourcesText, "null", "NSP2030 11:16", "resources is null", resourcesText},
	{"no memory limit", "\"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456", `"cpu_limit": 0.5`, "NSP2001 11:16", "resources has no memory_limit", "\"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456"},
	{"too little memory", "268435456", "6710886", "NSP2031 13:21", "memory_limit is 6710886, the Controller takes 67108864 (64 MB) to 4294967296 (4 GB)", "67108864"},
	{"too much memory", "268435456", "4294967297", "NSP2031 13:21", "memory_limit is 4294967297", "4294967296"},
	{"too little CPU", `"cpu_limit": 0.5`, `"cpu_limit": 0.05`, "NSP2032 12:18", "0.1 to 4.0 cores", `"cpu_limit": 0.1`},
	{"too much CPU", `"cpu_limit": 0.5`, `"cpu_limit": 8`, "NSP2032 12:18", "cpu_limit is 8", `"cpu_limit": 4`},
	{"probes too often", "\"interval_seconds\": 30,\n    \"timeout_seconds\": 10", "\"interval_seconds\": 4,\n    \"timeout_seconds\": 3", "NSP2042 17:25", "5 to 300", "\"interval_seconds\": 5,\n    \"timeout_seconds\": 3"},
	{"no time for a probe", `"timeout_seconds": 10`, `"timeout_seconds": 0`, "NSP2043 18:24", "1 to 60", `"timeout_seconds": 1`},
	{"too many retries", `"retries": 3`, `"retries": 11`, "NSP2044 19:16", "0 to 10", `"retries": 10`},
	{"too long a start", `"start_period_seconds": 15`, `"start_period_seconds": 301`, "NSP2045 20:29", "0 to 300", `"start_period_seconds": 300`},
	{"an empty migrations directory", `"migrations_dir": "migrations"`, `"migrations_dir": ""`, "NSP2050 22:21", "inside the plugin", `"migrations_dir": "migrations"`},
	{"a panel without an id", "      \"id\": \"sources\",\n", "", "NSP2001 53:5", "terminal_panels[1] has no id, the Terminal requires it", "      \"id\": \"sources\",\n"},
	{"a panel with an empty label", `"label": "Alerts",`, `"label": "",`, "NSP2061 26:16", "terminal_panels[0].label is empty text", `"label": "Alert List",`},
	{"an icon that is a number", "      \"icon\": \"Bell\",\n      \"data_endpoint\": \"/admin/alerts\",", "      \"icon\": 1,\n      \"data_endpoint\": \"/admin/alerts\",", "NSP2062 27:15", "the name of an icon", `      "data_endpoint": "/admin/alerts",`},
	{"an endpoint without a slash", `"/admin/sources"`, `"admin/sources"`, "NSP2063 56:24", "a path that starts with /", `"/admin/sources"`},
	{"a negative refresh", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": -1`, "NSP2064 29:35", "0 or more", `"refresh_interval_seconds": 0`},
	{"a column without a key", `{ "key": "state", "label": "State" }`, `{ "label": "State" }`, "NSP2001 33:9", "terminal_panels[0].columns[2] has no key", `{ "key": "state", "label": "State" }`},
	{"a method the Terminal ignores", `"PUT"`, `"PATCH"`, "NSP2067 40:21", `"POST", "PUT" or "DELETE"`, `"PUT"`},
	{"an unknown style", `"danger"`, `"red"`, "NSP2068 49:20", `"primary", "danger" or "default"`, `"danger"`},
	{"an action without a slash", `"/admin/alerts/{id}/acknowledge"`, `"{id}/acknowledge"`, "NSP2069 39:23", "starts with /", `"/admin/alerts/{id}/acknowledge"`},
	{"settings that are a list", "  \"settings_schema\": {\n    \"type\": \"object\",\n    \"properties\": {\n      \"default_severity\": {\n        \"type\": \"string\",\n        \"default\": \"warning\",\n        \"enum\": [\"critical\", \"warning\", \"info\"]\n      },\n      \"deduplication_window_seconds\": { \"type\": \"integer\", \"default\": 300, \"minimum\": 60 }\n    }\n  },\n  \"ui_bundle\": \"dist/index.js\",", "  \"settings_schema\": [],\n  \"ui_bundle\": \"dist/index.js\",", "NSP2070 59:22", "a JSON Schema", `  "ui_bundle": "dist/index.js",`},
	{"routes without a bundle", "  \"ui_bundle\": \"dist/index.js\",\n", "", "NSP2082 73:3; NSP2082 76:3", "ui_bundle is missing", "  \"ui_bundle\": \"dist/index.js\",\n"},
	{"routes that are an object", "\"routes\": [\n    { \"path\": \"/alerts\", \"component\": \"AlertsPage\" }\n  ]", `"routes": {}`, "NSP2081 74:13", "routes is an object", `"routes": []`},
	{"an empty bundle", `"dist/index.js"`, `""`, "NSP2080 70:16", "relative to ui/", `"dist/index.js"`},
	{"an OpenAPI path without a slash", `"/openapi.json"`, `"openapi.json"`, "NSP2083 80:19", "null to opt out", `"/openapi.json"`},
	{"a name in capitals", `"notice"`, `"Notices"`, "NSP2010 3:11", `the Controller refuses the name: "Notices" must start with a lowercase letter`, `"notices"`},
	{"a name with underscores and capitals", `"notice"`, `"My_Notice"`, "NSP2010 3:11", `the Controller refuses the name: "My_Notice" must start with a lowercase letter`, `"my-notice"`},
	{"a name in camel case", `"notice"`, `"myNotice"`, "NSP2010 3:11", `the Controller refuses the name: "myNotice" holds 'N'; a plugin name is made of lowercase `, `"my-notice"`},
	{"a name of two words", `"notice"`, `"Notice Board"`, "NSP2010 3:11", `the Controller refuses the name: "Notice Board" must start with a lowercase letter`, `"notice-board"`},
	{"a name with another alphabet's letter", `"notice"`, `"notíces"`, "NSP2010 3:11", `the Controller refuses the name: "notíces" holds 'í'; a plugin name is made of lowercase l`, `"not-ces"`},
	{"a name that starts with a digit", `"notice"`, `"1notice"`, "NSP2010 3:11", `the Controller refuses the name: "1notice" must start with a lowercase letter`, `"notice"`},
	{"a long name of words", `"notice"`, `"notice-notice-notice-notice-notice-notice-notice-notice-notice"`, "NSP2010 3:11", `the Controller refuses the name: "notice-notice-notice-notice-no…e-notice-notice-notice-no`, `"notice-notice-notice-notice-notice-notice-notice"`},
	{"a name that is null", `"name": "notice"`, `"name": null`, "NSP2010 3:11", "name is null", `"name": "notice"`},
	{"an empty name", `"notice"`, `""`, "NSP2010 3:11", "the Controller refuses the name: the name is empty; a plugin name has 3 to 50 characters", `"notice"`},
	{"a version that is a number", `"version": "1.0.0"`, `"version": 1.0`, "NSP2011 4:14", "version is 1.0", `"version": "1.0.0"`},
	{"a version that is a whole number", `"version": "1.0.0"`, `"version": 1`, "NSP2011 4:14", "version is 1", `"version": "1.0.0"`},
	{"a version with a v", `"version": "1.0.0"`, `"version": "v1.0.0"`, "NSP2011 4:14", `version is the text "v1.0.0"`, `"version": "1.0.0"`},
	{"a version with a build", `"version": "1.0.0"`, `"version": "1.0.0+build.7"`, "NSP2011 4:14", `version is the text "1.0.0+build.7"`, `"version": "1.0.0"`},
	{"a version of four parts", `"version": "1.0.0"`, `"version": "1.0.0.4"`, "NSP2011 4:14", `version is the text "1.0.0.4"`, `"version": "1.0.0"`},
	{"a version with spaces", `"version": "1.0.0"`, `"version": " 1.0.0 "`, "NSP2011 4:14", `version is the text " 1.0.0 "`, `"version": "1.0.0"`},
	{"a version in words", `"version": "1.0.0"`, `"version": "latest"`, "NSP2011 4:14", `version is the text "latest"`, `"version": "1.0.0"`},
	{"a version that is null", `"version": "1.0.0"`, `"version": null`, "NSP2011 4:14", "version is null", `"version": "1.0.0"`},
	{"a version that is a list", `"version": "1.0.0"`, `"version": []`, "NSP2011 4:14", "version is a list", `"version": "1.0.0"`},
	{"a display name that is null", `"Alert Ingestion & Pipeline"`, "null", "NSP2012 5:19", "display_name is null", `"Notice"`},
	{"a display name of many words", `"Alert Ingestion & Pipeline"`, `"` + strings.Repeat("Alert ", 20) + `"`, "NSP2012 5:19", "display_name is 120 characters long", `"` + strings.Repeat("Alert ", 15) + `Alert"`},
	{"a description that is null", `"Multi-source alert ingestion with deduplication and a notification pipeline"`, "null", "NSP2013 6:18", "description is null", `"Alert Ingestion & Pipeline"`},
	{"several authors", `"Zoë Müller"`, `["Zoë Müller", "Ada Lovelace"]`, "NSP2014 7:13", "author is a list", `"Zoë Müller, Ada Lovelace"`},
	{"an author as an object", `"Zoë Müller"`, `{ "name": "Zoë Müller", "email": "zoe@example.org" }`, "NSP2014 7:13", "author is an object", `"Zoë Müller <zoe@example.org>"`},
	{"an author that is null", "  \"author\": \"Zoë Müller\",\n  \"image\": \"netstacks-plugin-notice:1.0.0\",", "  \"author\": null,\n  \"image\": \"netstacks-plugin-notice:1.0.0\",", "NSP2014 7:13", "author is null", `  "image": "netstacks-plugin-notice:1.0.0",`},
	{"an author that is a number", `"Zoë Müller"`, "7", "NSP2014 7:13", "author is 7", `"7"`},
	{"an image that is a number", `"netstacks-plugin-notice:1.0.0"`, "7", "NSP2015 8:12", "image is 7", `"netstacks-plugin-notice:1.0.0"`},
	{"an image that is null", `"netstacks-plugin-notice:1.0.0"`, "null", "NSP2015 8:12", "image is null", `"netstacks-plugin-notice:1.0.0"`},
	{"a port far too high", `"port": 8080`, `"port": 80800`, "NSP2016 9:11", "port is 80800", `"port": 8080`},
	{"a port with a protocol", `"port": 8080`, `"port": "8080/tcp"`, "NSP2016 9:11", `port is the text "8080/tcp"`, `"port": 8080`},
	{"a port in a list", `"port": 8080`, `"port": [8080]`, "NSP2016 9:11", "port is a list", `"port": 8080`},
	{"a port in words", `"port": 8080`, `"port": "http"`, "NSP2016 9:11", `port is the text "http"`, `"port": 8080`},
	{"a port that is null", `"port": 8080`, `"port": null`, "NSP2016 9:11", "port is null", `"port": 8080`},
	{"a port that is true", `"port": 8080`, `"port": true`, "NSP2016 9:11", "port is true", `"port": 8080`},
	{"capabilities in one text", listedText, `"read_devices, invoke_llm"`, "NSP2020 10:28", `capabilities_required is the text "read_devices, invoke_llm"`, `["read_devices", "invoke_llm"]`},
	{"capabilities as switches", listedText, `{ "read_devices": true, "invoke_llm": false }`, "NSP2020 10:28", "capabilities_required is an object", `["read_devices"]`},
	{"capabilities that are null", listedText, "null", "NSP2020 10:28", "capabilities_required is null", "[]"},
	{"an empty capability", `  "capabilities_required": ["read_devices", "invoke_llm", "trigger_agent"],`, `  "capabilities_required": ["read_devices", "", "trigger_agent"],`, "NSP2020 10:45", "capabilities_required[1] is empty text", `  "capabilities_required": ["read_devices", "trigger_agent"],`},
	{"a capability that is null", `  "capabilities_required": ["read_devices", "invoke_llm", "trigger_agent"],`, `  "capabilities_required": ["read_devices", null, "trigger_agent"],`, "NSP2020 10:45", "capabilities_required[1] is null", `  "capabilities_required": ["read_devices", "trigger_agent"],`},
	{"a capability as an object", `"invoke_llm"`, `{ "name": "invoke_llm" }`, "NSP2020 10:45", "capabilities_required[1] is an object", `"invoke_llm"`},
	{"a capability in a list of its own", `"invoke_llm"`, `["invoke_llm"]`, "NSP2020 10:45", "capabilities_required[1] is a list", `"invoke_llm"`},
	{"the wildcard alone", listedText, `["*"]`, "NSP2021 10:29", `the wildcard capability "*" is refused when the service token is made; name the capabiliti`, "[]"},
	{"resources that are a text", resourcesText, `"small"`, "NSP2030 11:16", `resources is the text "small"`, resourcesText},
	{"empty resources", resourcesText, "{}", "NSP2001 11:16; NSP2001 11:16", "resources has no cpu_limit", "{\n    \"cpu_limit\": 0.5\n  }"},
	{"no CPU limit", "    \"cpu_limit\": 0.5,\n", "", "NSP2001 11:16", "resources has no cpu_limit", "    \"cpu_limit\": 0.5,\n"},
	{"CPU in quotes", `"cpu_limit": 0.5`, `"cpu_limit": "0.5"`, "NSP2032 12:18", `cpu_limit is the text "0.5"`, `"cpu_limit": 0.5`},
	{"CPU in thousandths", `"cpu_limit": 0.5`, `"cpu_limit": "500m"`, "NSP2032 12:18", `cpu_limit is the text "500m"`, `"cpu_limit": 0.5`},
	{"CPU in percent", `"cpu_limit": 0.5`, `"cpu_limit": "50%"`, "NSP2032 12:18", `cpu_limit is the text "50%"`, `"cpu_limit": 0.5`},
	{"CPU in thousandths without a unit", `"cpu_limit": 0.5`, `"cpu_limit": 500`, "NSP2032 12:18", "cpu_limit is 500", `"cpu_limit": 0.5`},
	{"CPU with a comma", `"cpu_limit": 0.5`, `"cpu_limit": "0,5"`, "NSP2032 12:18", `cpu_limit is the text "0,5"`, `"cpu_limit": 0.5`},
	{"CPU in words", `"cpu_limit": 0.5`, `"cpu_limit": "half"`, "NSP2032 12:18", `cpu_limit is the text "half"`, `"cpu_limit": 0.5`},
	{"CPU that is null", `"cpu_limit": 0.5`, `"cpu_limit": null`, "NSP2032 12:18", "cpu_limit is null", `"cpu_limit": 0.5`},
	{"memory in megabytes", "268435456", `"256MB"`, "NSP2031 13:21", `memory_limit is the text "256MB"`, "268435456"},
	{"memory as Kubernetes writes it", "268435456", `"256Mi"`, "NSP2031 13:21", `memory_limit is the text "256Mi"`, "268435456"},
	{"memory as Docker writes it", "268435456", `"1g"`, "NSP2031 13:21", `memory_limit is the text "1g"`, "1073741824"},
	{"memory in quotes", "268435456", `"268435456"`, "NSP2031 13:21", `memory_limit is the text "268435456"`, "268435456"},
	{"memory with commas", "268435456", `"268,435,456"`, "NSP2031 13:21", `memory_limit is the text "268,435,456"`, "268435456"},
	{"megabytes without a unit", "268435456", "256", "NSP2031 13:21", "memory_limit is 256", "268435456"},
	{"too many gigabytes", "268435456", `"16 GB"`, "NSP2031 13:21", `memory_limit is the text "16 GB"`, "4294967296"},
	{"memory with a fraction", "268435456", "268435456.5", "NSP2031 13:21", "memory_limit is 268435456.5", "268435456"},
	{"memory in words", "268435456", `"plenty"`, "NSP2031 13:21", `memory_limit is the text "plenty"`, "268435456"},
	{"memory that is null", "268435456", "null", "NSP2031 13:21", "memory_limit is null", "268435456"},
	{"a health check that is a command", healthText, probeText, "NSP2040 15:19", `health_check is the text "python -c \"import urllib.reque…tp://localhost:8080/health')\""`, "{\n    \"command\": \"python -c \\\"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\\\"\"\n  }"},
	{"a health check that is null", healthText, "null", "NSP2040 15:19", "health_check is null", "{\n    \"command\": \"python -c \\\"import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)\\\"\",\n    \"interval_seconds\": 10,\n    \"timeout_seconds\": 5,\n    \"retries\": 3,\n    \"start_period_seconds\": 15\n  }"},
	{"a health check that is a list", healthText, `["CMD-SHELL", "python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\""]`, "NSP2040 15:19", "health_check is a list", "{\n    \"command\": \"python -c \\\"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\\\"\"\n  }"},
	{"no health command", "    \"command\": \"python -c \\\"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\\\"\",\n", "", "NSP2001 15:19", "health_check has no command", "    \"command\": \"python -c \\\"import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)\\\"\",\n"},
	{"a health command as a list", probeText, `["CMD-SHELL", "python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\""]`, "NSP2041 16:16", "command is a list", probeText},
	{"a health command that is empty", probeText, `""`, "NSP2041 16:16", "command is empty text", `"python -c \"import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)\""`},
	{"a health command that is null", probeText, "null", "NSP2041 16:16", "command is null", `"python -c \"import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)\""`},
	{"an interval with a unit", "\"interval_seconds\": 30,\n    \"timeout", "\"interval_seconds\": \"30s\",\n    \"timeout", "NSP2042 17:25", `interval_seconds is the text "30s"`, "\"interval_seconds\": 30,\n    \"timeout"},
	{"an interval in minutes", "\"interval_seconds\": 30,\n    \"timeout", "\"interval_seconds\": \"1 min\",\n    \"timeout", "NSP2042 17:25", `interval_seconds is the text "1 min"`, "\"interval_seconds\": 60,\n    \"timeout"},
	{"an interval in thousandths", "\"interval_seconds\": 30,\n    \"timeout", "\"interval_seconds\": 30000,\n    \"timeout", "NSP2042 17:25", "interval_seconds is 30000", "\"interval_seconds\": 30,\n    \"timeout"},
	{"an interval in quotes", "\"interval_seconds\": 30,\n    \"timeout", "\"interval_seconds\": \"30\",\n    \"timeout", "NSP2042 17:25", `interval_seconds is the text "30"`, "\"interval_seconds\": 30,\n    \"timeout"},
	{"an interval with a fraction", "\"interval_seconds\": 30,\n    \"timeout", "\"interval_seconds\": 30.5,\n    \"timeout", "NSP2042 17:25", "interval_seconds is 30.5", "\"interval_seconds\": 30,\n    \"timeout"},
	{"an interval that is null", "\"interval_seconds\": 30,\n    \"timeout", "\"interval_seconds\": null,\n    \"timeout", "NSP2042 17:25", "interval_seconds is null", `"timeout`},
	{"too long a time for a probe", "\"interval_seconds\": 30,\n    \"timeout_seconds\": 10", "\"interval_seconds\": 300,\n    \"timeout_seconds\": 61", "NSP2043 18:24", "timeout_seconds is 61", "\"interval_seconds\": 300,\n    \"timeout_seconds\": 60"},
	{"negative retries", `"retries": 3`, `"retries": -1`, "NSP2044 19:16", "retries is -1", `"retries": 0`},
	{"retries that are true", "    \"retries\": 3,\n    \"start_period_seconds\": 15", "    \"retries\": true,\n    \"start_period_seconds\": 15", "NSP2044 19:16", "retries is true", `    "start_period_seconds": 15`},
	{"a start with a unit", `"start_period_seconds": 15`, `"start_period_seconds": "15s"`, "NSP2045 20:29", `start_period_seconds is the text "15s"`, `"start_period_seconds": 15`},
	{"migrations that are null", "  \"migrations_dir\": \"migrations\",\n  \"terminal_panels\": [", "  \"migrations_dir\": null,\n  \"terminal_panels\": [", "NSP2050 22:21", "migrations_dir is null", "  \"migrations_dir\": \"migrations\",\n  \"terminal_panels\": ["},
	{"migrations that are false", "  \"migrations_dir\": \"migrations\",\n  \"terminal_panels\": [", "  \"migrations_dir\": false,\n  \"terminal_panels\": [", "NSP2050 22:21", "migrations_dir is false", "  \"migrations_dir\": \"migrations\",\n  \"terminal_panels\": ["},
	{"migrations that are true", `"migrations_dir": "migrations"`, `"migrations_dir": true`, "NSP2050 22:21", "migrations_dir is true", `"migrations_dir": "migrations"`},
	{"migrations in a list", `"migrations_dir": "migrations"`, `"migrations_dir": ["migrations"]`, "NSP2050 22:21", "migrations_dir is a list", `"migrations_dir": "migrations"`},
	{"a panel without a label", "      \"label\": \"Sources\",\n", "", "NSP2001 53:5", "terminal_panels[1] has no label", "      \"label\": \"Sources\",\n"},
	{"a panel with an empty id", `"id": "sources"`, `"id": ""`, "NSP2061 54:13", "terminal_panels[1].id is empty text", `"id": "sources"`},
	{"a panel with a number for an id", `"id": "sources"`, `"id": 7`, "NSP2061 54:13", "terminal_panels[1].id is 7", `"id": "7"`},
	{"a panel without an endpoint", "\"label\": \"Sources\",\n      \"data_endpoint\": \"/admin/sources\"", `"label": "Sources"`, "NSP2001 53:5", "terminal_panels[1] has no data_endpoint", "\"label\": \"Sources\",\n      \"data_endpoint\": \"/admin/sources\""},
	{"a panel that is a text", "    },\n    {\n      \"id\": \"sources\",\n      \"label\": \"Sources\",\n      \"data_endpoint\": \"/admin/sources\"\n    }", "    },\n    \"sources\"", "NSP2060 53:5", `terminal_panels[1] is the text "sources"`, "    }"},
	{"a panel that is null", "    },\n    {\n      \"id\": \"sources\",\n      \"label\": \"Sources\",\n      \"data_endpoint\": \"/admin/sources\"\n    }", "    },\n    null", "NSP2060 53:5", "terminal_panels[1] is null", "    }"},
	{"an icon that is null", "      \"icon\": \"Bell\",\n      \"data_endpoint\": \"/admin/alerts\",", "      \"icon\": null,\n      \"data_endpoint\": \"/admin/alerts\",", "NSP2062 27:15", "terminal_panels[0].icon is null", `      "data_endpoint": "/admin/alerts",`},
	{"an endpoint that is empty", `"/admin/sources"`, `""`, "NSP2063 56:24", "terminal_panels[1].data_endpoint is empty text", `"/admin/sources"`},
	{"an endpoint with a point", `"/admin/sources"`, `"./admin/sources"`, "NSP2063 56:24", `terminal_panels[1].data_endpoint is the text "./admin/sources"`, `"/admin/sources"`},
	{"an endpoint that is an address", `"/admin/sources"`, `"http://localhost:8080/admin/sources"`, "NSP2063 56:24", `terminal_panels[1].data_endpoint is the text "http://localhost:8080/admin/sources"`, `"/admin/sources"`},
	{"an endpoint elsewhere", `"/admin/sources"`, `"https://example.org/admin/sources"`, "NSP2063 56:24", `terminal_panels[1].data_endpoint is the text "https://example.org/admin/sources"`, `"/admin/sources"`},
	{"an endpoint through the proxy", `"/admin/sources"`, `"http://localhost:8080/api/plugins/notice/admin/sources"`, "NSP2063 56:24", `terminal_panels[1].data_endpoint is the text "http://localhost:8080/api/plugins/notice/adm`, `"/admin/sources"`},
	{"an endpoint with its method", `"/admin/sources"`, `"GET /admin/sources"`, "NSP2063 56:24", `terminal_panels[1].data_endpoint is the text "GET /admin/sources"`, `"/admin/sources"`},
	{"an endpoint that is null", `"/admin/sources"`, "null", "NSP2063 56:24", "terminal_panels[1].data_endpoint is null", `"/admin/sources"`},
	{"an endpoint in a list", `"/admin/sources"`, `["/admin/sources"]`, "NSP2063 56:24", "terminal_panels[1].data_endpoint is a list", `"/admin/sources"`},
	{"a refresh in quotes", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": "30"`, "NSP2064 29:35", `terminal_panels[0].refresh_interval_seconds is the text "30"`, `"refresh_interval_seconds": 30`},
	{"a refresh with a unit", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": "30s"`, "NSP2064 29:35", `terminal_panels[0].refresh_interval_seconds is the text "30s"`, `"refresh_interval_seconds": 30`},
	{"a refresh that is null", "      \"refresh_interval_seconds\": 30,\n      \"columns\": [", "      \"refresh_interval_seconds\": null,\n      \"columns\": [", "NSP2064 29:35", "terminal_panels[0].refresh_interval_seconds is null", `      "columns": [`},
	{"a refresh that is false", "      \"refresh_interval_seconds\": 30,\n      \"columns\": [", "      \"refresh_interval_seconds\": false,\n      \"columns\": [", "NSP2064 29:35", "terminal_panels[0].refresh_interval_seconds is false", `      "columns": [`},
	{"columns that are names", columnsText, `["severity", "first_seen"]`, "NSP2065 30:19; NSP2065 30:31", `terminal_panels[0].columns[0] is the text "severity"`, `[{ "key": "severity", "label": "Severity" }, "first_seen"]`},
	{"columns in one text", columnsText, `"severity, first_seen"`, "NSP2065 30:18", `terminal_panels[0].columns is the text "severity, first_seen"`, `[{ "key": "severity", "label": "Severity" }, { "key": "first_seen", "label": "First seen" }]`},
	{"columns by their keys", columnsText, "{\n        \"severity\": \"Severity\",\n        \"first_seen\": { \"label\": \"First seen\" }\n      }", "NSP2065 30:18", "terminal_panels[0].columns is an object", "[\n        { \"key\": \"severity\", \"label\": \"Severity\" },\n        { \"key\": \"first_seen\", \"label\": \"First seen\" }\n      ]"},
	{"a single column", columnsText, `{ "key": "severity", "label": "Severity" }`, "NSP2065 30:18", "terminal_panels[0].columns is an object", `[{ "key": "severity", "label": "Severity" }]`},
	{"columns that are null", "      \"columns\": [\n        { \"key\": \"severity\", \"label\": \"Severity\", \"width\": \"120px\" },\n        { \"key\": \"summary\", \"label\": \"Summary\" },\n        { \"key\": \"state\", \"label\": \"State\" }\n      ],\n      \"actions\": [", "      \"columns\": null,\n      \"actions\": [", "NSP2065 30:18", "terminal_panels[0].columns is null", `      "actions": [`},
	{"a column that says nothing", `{ "key": "summary", "label": "Summary" },` + "\n        " + `{ "key": "state", "label": "State" }`, "{},\n        { \"key\": \"state\", \"label\": \"State\" }", "NSP2001 32:9; NSP2001 32:9", "terminal_panels[0].columns[1] has no key", `{ "key": "state", "label": "State" }`},
	{"a column without a label", `{ "key": "state", "label": "State" }`, `{ "key": "first_seen" }`, "NSP2001 33:9", "terminal_panels[0].columns[2] has no label", `{ "key": "first_seen", "label": "First seen" }`},
	{"a column that is null", "        { \"key\": \"summary\", \"label\": \"Summary\" },\n        { \"key\": \"state\", \"label\": \"State\" }", "        { \"key\": \"summary\", \"label\": \"Summary\" },\n        null", "NSP2065 33:9", "terminal_panels[0].columns[2] is null", `        { "key": "summary", "label": "Summary" }`},
	{"a column that is a number", "        { \"key\": \"summary\", \"label\": \"Summary\" },\n        { \"key\": \"state\", \"label\": \"State\" }", "        { \"key\": \"summary\", \"label\": \"Summary\" },\n        7", "NSP2065 33:9", "terminal_panels[0].columns[2] is 7", `        { "key": "summary", "label": "Summary" }`},
	{"a column with an empty key", `{ "key": "state", "label": "State" }`, `{ "key": "", "label": "State" }`, "NSP2065 33:18", "terminal_panels[0].columns[2].key is empty text", `{ "key": "state", "label": "State" }`},
	{"a label that is a number", `{ "key": "state", "label": "State" }`, `{ "key": "state", "label": 7 }`, "NSP2065 33:36", "terminal_panels[0].columns[2].label is 7", `{ "key": "state", "label": "7" }`},
	{"a width that is a number", `"width": "120px"`, `"width": 120`, "NSP2065 31:60", "terminal_panels[0].columns[0].width is 120", `"width": "120px"`},
	{"a width that is null", `        { "key": "severity", "label": "Severity", "width": "120px" },`, `        { "key": "severity", "label": "Severity", "width": null },`, "NSP2065 31:60", "terminal_panels[0].columns[0].width is null", `        { "key": "severity", "label": "Severity" },`},
	{"an action without an id", "          \"id\": \"acknowledge\",\n", "", "NSP2001 36:9", "terminal_panels[0].actions[0] has no id", "          \"id\": \"ack\",\n"},
	{"an action without a label", "          \"label\": \"Ack\",\n", "", "NSP2001 36:9", "terminal_panels[0].actions[0] has no label", "          \"label\": \"Acknowledge\",\n"},
	{"an action without an endpoint", "          \"endpoint\": \"/admin/alerts/{id}/acknowledge\",\n", "", "NSP2001 36:9", "terminal_panels[0].actions[0] has no endpoint", "          \"endpoint\": \"/admin/alerts/{id}/acknowledge\",\n"},
	{"an action with an empty endpoint", `"/admin/alerts/{id}/acknowledge"`, `""`, "NSP2069 39:23", "terminal_panels[0].actions[0].endpoint is empty text", `"/admin/alerts/{id}/acknowledge"`},
	{"an action with a request for an endpoint", `"/admin/alerts/{id}/acknowledge"`, `"PUT /admin/alerts/{id}/acknowledge"`, "NSP2069 39:23", `terminal_panels[0].actions[0].endpoint is the text "PUT /admin/alerts/{id}/acknowledge"`, `"/admin/alerts/{id}/acknowledge"`},
	{"an action that is a text", "\"actions\": [\n        {", "\"actions\": [\n        \"reload\",\n        {", "NSP2066 36:9", `terminal_panels[0].actions[0] is the text "reload"`, "\"actions\": [\n        {"},
	{"a method in lower case", `"PUT"`, `"put"`, "NSP2067 40:21", `terminal_panels[0].actions[0].method is the text "put"`, `"PUT"`},
	{"a misspelt method", `"PUT"`, `"DELTE"`, "NSP2067 40:21", `terminal_panels[0].actions[0].method is the text "DELTE"`, `"DELETE"`},
	{"a method that reads", `"PUT"`, `"GET"`, "NSP2067 40:21", `terminal_panels[0].actions[0].method is the text "GET"`, `"POST"`},
	{"a method nobody knows", "          \"method\": \"PUT\",\n          \"style\": \"primary\"", "          \"method\": \"ACK\",\n          \"style\": \"primary\"", "NSP2067 40:21", `terminal_panels[0].actions[0].method is the text "ACK"`, `          "style": "primary"`},
	{"a method that is null", "          \"method\": \"PUT\",\n          \"style\": \"primary\"", "          \"method\": null,\n          \"style\": \"primary\"", "NSP2067 40:21", "terminal_panels[0].actions[0].method is null", `          "style": "primary"`},
	{"a method in a list", `"PUT"`, `["PUT"]`, "NSP2067 40:21", "terminal_panels[0].actions[0].method is a list", `"PUT"`},
	{"an empty method", "          \"method\": \"PUT\",\n          \"style\": \"primary\"", "          \"method\": \"\",\n          \"style\": \"primary\"", "NSP2067 40:21", "terminal_panels[0].actions[0].method is empty text", `          "style": "primary"`},
	{"a style in capitals", `"danger"`, `"DANGER"`, "NSP2068 49:20", `terminal_panels[0].actions[1].style is the text "DANGER"`, `"danger"`},
	{"a misspelt style", `"danger"`, `"dangr"`, "NSP2068 49:20", `terminal_panels[0].actions[1].style is the text "dangr"`, `"danger"`},
	{"a style nobody knows", "          \"confirm\": \"Delete every alert?\",\n          \"style\": \"danger\"", "          \"confirm\": \"Delete every alert?\",\n          \"style\": \"wobbly\"", "NSP2068 49:20", `terminal_panels[0].actions[1].style is the text "wobbly"`, `          "confirm": "Delete every alert?"`},
	{"a style that is a number", "          \"confirm\": \"Delete every alert?\",\n          \"style\": \"danger\"", "          \"confirm\": \"Delete every alert?\",\n          \"style\": 7", "NSP2068 49:20", "terminal_panels[0].actions[1].style is 7", `          "confirm": "Delete every alert?"`},
	{"a question that is true", `"Delete every alert?"`, "true", "NSP2066 48:22", "terminal_panels[0].actions[1].confirm is true", `"Clear all?"`},
	{"a question that is false", "          \"confirm\": \"Delete every alert?\",\n          \"style\": \"danger\"", "          \"confirm\": false,\n          \"style\": \"danger\"", "NSP2066 48:22", "terminal_panels[0].actions[1].confirm is false", `          "style": "danger"`},
	{"a question that is null", "          \"confirm\": \"Delete every alert?\",\n          \"style\": \"danger\"", "          \"confirm\": null,\n          \"style\": \"danger\"", "NSP2066 48:22", "terminal_panels[0].actions[1].confirm is null", `          "style": "danger"`},
	{"settings that are null", "  \"settings_schema\": {\n    \"type\": \"object\",\n    \"properties\": {\n      \"default_severity\": {\n        \"type\": \"string\",\n        \"default\": \"warning\",\n        \"enum\": [\"critical\", \"warning\", \"info\"]\n      },\n      \"deduplication_window_seconds\": { \"type\": \"integer\", \"default\": 300, \"minimum\": 60 }\n    }\n  },\n  \"ui_bundle\": \"dist/index.js\",", "  \"settings_schema\": null,\n  \"ui_bundle\": \"dist/index.js\",", "NSP2070 59:22", "settings_schema is null", `  "ui_bundle": "dist/index.js",`},
	{"settings in quotes", settingsText, `"{\"type\": \"object\", \"properties\": {}}"`, "NSP2070 59:22", `settings_schema is the text "{\"type\": \"object\", \"properties\": {}}"`, `{"type": "object", "properties": {}}`},
	{"a bundle that is null", `"dist/index.js"`, "null", "NSP2080 70:16", "ui_bundle is null", `"dist/index.js"`},
	{"a bundle that is true", `"dist/index.js"`, "true", "NSP2080 70:16", "ui_bundle is true", `"dist/index.js"`},
	{"a bundle in a list", `"dist/index.js"`, `["dist/index.js"]`, "NSP2080 70:16", "ui_bundle is a list", `"dist/index.js"`},
	{"a single entry of navigation", "[\n    { \"label\": \"Alerts\", \"path\": \"/alerts\" }\n  ]", `{ "label": "Alerts", "path": "/alerts" }`, "NSP2081 71:17", "navigation is an object", `[{ "label": "Alerts", "path": "/alerts" }]`},
	{"an empty object of navigation", "[\n    { \"label\": \"Alerts\", \"path\": \"/alerts\" }\n  ]", "{}", "NSP2081 71:17", "navigation is an object", "[]"},
	{"navigation that is null", "  \"navigation\": [\n    { \"label\": \"Alerts\", \"path\": \"/alerts\" }\n  ],\n  \"routes\": [", "  \"navigation\": null,\n  \"routes\": [", "NSP2081 71:17", "navigation is null", `  "routes": [`},
	{"an OpenAPI path that is false", `"/openapi.json"`, "false", "NSP2083 80:19", "openapi_path is false", "null"},
	{"an OpenAPI path that is true", `"/openapi.json"`, "true", "NSP2083 80:19", "openapi_path is true", `"/openapi.json"`},
	{"an empty OpenAPI path", `"/openapi.json"`, `""`, "NSP2083 80:19", "openapi_path is empty text", "null"},
	{"an OpenAPI path that is an address", `"/openapi.json"`, `"http://notice:8080/openapi.json"`, "NSP2083 80:19", `openapi_path is the text "http://notice:8080/openapi.json"`, `"/openapi.json"`},
	{"an OpenAPI path that is a number", "  ],\n  \"openapi_path\": \"/openapi.json\"", "  ],\n  \"openapi_path\": 7", "NSP2083 80:19", "openapi_path is 7", "  ]"},
	{"a schema that is null", "  \"$schema\": \"manifest.schema.json\",\n  \"name\": \"notice\",", "  \"$schema\": null,\n  \"name\": \"notice\",", "NSP2019 2:14", "$schema is null", `  "name": "notice",`},
	{"a schema that is a list", "  \"$schema\": \"manifest.schema.json\",\n  \"name\": \"notice\",", "  \"$schema\": [\"manifest.schema.json\", \"b\"],\n  \"name\": \"notice\",", "NSP2019 2:14", "$schema is a list", `  "name": "notice",`},
}

var unknownDeviations = []deviation{
	{"no resources", "  \"resources\": {\n    \"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456\n  },\n", "", "NSP2002 1:1", "the Controller lists it as optional", "  \"resources\": {\n    \"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456\n  },\n"},
	{"a misspelt field", `"openapi_path"`, `"openapi_paht"`, "NSP3001 80:3", `did you mean "openapi_path"?`, `"openapi_path"`},
	{"a field in camel case", `"data_endpoint": "/admin/sources"`, `"dataEndpoint": "/admin/sources"`, "NSP2001 53:5; NSP3001 56:7", "terminal_panels[1] has no data_endpoint", `"data_endpoint": "/admin/sources"`},
	{"a field in capitals", `"author"`, `"Author"`, "NSP3001 7:3", `did you mean "author"?`, `"author"`},
	{"a field nobody knows", "  \"author\": \"Zoë Müller\",\n  \"image\": \"netstacks-plugin-notice:1.0.0\",", "  \"homepage\": \"https://example.org\",\n  \"image\": \"netstacks-plugin-notice:1.0.0\",", "NSP3001 7:3", "nothing reads it", `  "image": "netstacks-plugin-notice:1.0.0",`},
	{"an unknown field of a limit", "    \"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456", "    \"cpu_limit\": 0.5, \"gpu\": 1,\n    \"memory_limit\": 268435456", "NSP3001 12:23", "not a documented field", "    \"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456"},
	{"a required field in camel case", `"display_name"`, `"displayName"`, "NSP2001 1:1; NSP3001 5:3", "display_name is missing", `"display_name"`},
	{"a required field by another word", `"display_name"`, `"title"`, "NSP2001 1:1; NSP3001 5:3", "display_name is missing", `"display_name"`},
	{"a required field cut short", `"capabilities_required"`, `"capabilities"`, "NSP2001 1:1; NSP3001 10:3", "capabilities_required is missing", `"capabilities_required"`},
	{"a limit cut short", `"memory_limit"`, `"memory"`, "NSP2001 11:16; NSP3001 13:5", "resources has no memory_limit", `"memory_limit"`},
	{"a limit cut short with a unit", `"memory_limit": 268435456`, `"memory": "256MB"`, "NSP2001 11:16; NSP3001 13:5", "resources has no memory_limit", `"memory_limit": 268435456`},
	{"a time cut short", "\"interval_seconds\": 30,\n    \"timeout", "\"interval\": \"30s\",\n    \"timeout", "NSP3001 17:5", `did you mean "interval_seconds"?`, "\"interval_seconds\": 30,\n    \"timeout"},
	{"a field of panels by another word", `"label": "Sources"`, `"title": "Sources"`, "NSP2001 53:5; NSP3001 55:7", "terminal_panels[1] has no label", `"label": "Sources"`},
	{"a field of columns by another word", `{ "key": "state", "label": "State" }`, `{ "field": "state", "title": "State" }`, "NSP2001 33:9; NSP2001 33:9; NSP3001 33:11; NSP3001 33:29", "terminal_panels[0].columns[2] has no key", `{ "key": "state", "title": "State" }`},
	{"an optional field by another word", "      \"icon\": \"Bell\",\n      \"data_endpoint\": \"/admin/alerts\",", "      \"symbol\": \"Bell\",\n      \"data_endpoint\": \"/admin/alerts\",", "NSP3001 27:7", `"symbol" is not a documented field, nothing reads it; remove it or move it into the plugin`, `      "data_endpoint": "/admin/alerts",`},
	{"a field of another object", `"port": 8080,`, "\"port\": 8080,\n  \"retries\": 3,", "NSP3001 10:3", `"retries" is not a documented field, nothing reads it; remove it or move it into the plugi`, `"port": 8080,`},
	{"a limit outside of resources", "  \"resources\": {\n    \"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456\n  },", "  \"resources\": {\n    \"cpu_limit\": 0.5\n  },\n  \"memory_limit\": 268435456,", "NSP2001 11:16; NSP3001 14:3", "resources has no memory_limit", "  \"resources\": {\n    \"cpu_limit\": 0.5,\n    \"memory_limit\": 268435456\n  },"},
	{"a field of the manifest among the limits", "\"memory_limit\": 268435456\n  },\n  \"health_check\"", "\"memory_limit\": 268435456,\n    \"author\": \"Zoë\"\n  },\n  \"health_check\"", "NSP3001 14:5", `"author" is not a documented field, nothing reads it; remove it or move it into the plugin`, "\"memory_limit\": 268435456\n  },\n  \"health_check\""},
	{"a field twice in two spellings", "  \"author\": \"Zoë Müller\",\n  \"image\": \"netstacks-plugin-notice:1.0.0\",", "  \"author\": \"Zoë Müller\", \"Author\": \"Zoë\",\n  \"image\": \"netstacks-plugin-notice:1.0.0\",", "NSP3001 7:27", `"Author" is not a documented field, and "author" is there already; remove one of them`, "  \"author\": \"Zoë Müller\",\n  \"image\": \"netstacks-plugin-notice:1.0.0\","},
	{"a remark", `"port": 8080,`, "\"port\": 8080,\n  \"//\": \"inside the container\",", "NSP3001 10:3", `"//" is not a documented field, nothing reads it; remove it or move it into the plugin's o`, `"port": 8080,`},
	{"a wrong value under a misspelt name", `"openapi_path": "/openapi.json"`, `"openapi": "openapi.json"`, "NSP3001 80:3", `did you mean "openapi_path"?`, `"openapi_path": "/openapi.json"`},
	{"a panel's method", `"data_endpoint": "/admin/sources"`, `"data_endpoint": "/admin/sources", "method": "GET"`, "NSP3001 56:42", `"method" is not a documented field, nothing reads it; remove it or move it into the plugin`, `"data_endpoint": "/admin/sources"`},
	{"no health check", "  \"health_check\": {\n    \"command\": \"python -c \\\"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\\\"\",\n    \"interval_seconds\": 30,\n    \"timeout_seconds\": 10,\n    \"retries\": 3,\n    \"start_period_seconds\": 15\n  },\n", "", "NSP2002 1:1", `health_check is missing: validate and package require it (check 4 of "validate"), although`, "  \"health_check\": {\n    \"command\": \"python -c \\\"import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)\\\"\",\n    \"interval_seconds\": 10,\n    \"timeout_seconds\": 5,\n    \"retries\": 3,\n    \"start_period_seconds\": 15\n  },\n"},
	{"a health check in one word", `"health_check"`, `"healthcheck"`, "NSP2002 1:1; NSP3001 15:3", `health_check is missing: validate and package require it (check 4 of "validate"), although`, `"health_check"`},
}

// manifestOf is the complete manifest with texts replaced, in pairs of old and new.
func manifestOf(pairs ...string) map[string]string {
	data, err := os.ReadFile("testdata/complete.json")
	if err != nil {
		panic(err)
	}
	return map[string]string{FileName: strings.NewReplacer(pairs...).Replace(string(data))}
}

const (
	portLine    = "  \"port\": 8080,\n"
	bundleLine  = "  \"ui_bundle\": \"dist/index.js\",\n"
	routesText  = "  \"routes\": [\n    { \"path\": \"/alerts\", \"component\": \"AlertsPage\" }\n  ],\n"
	probeByNode = `"node -e \"fetch('http://127.0.0.1:8080/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\""`
)

var schemaTreeDeviations = []treeDeviation{
	{
		"no port, and one in the Dockerfile", map[string]string{"service/Dockerfile": "FROM python:3.12-slim AS build\nEXPOSE 1\nFROM python:3.12-slim\nexpose 8080/tcp\n"},
		portLine, "", "NSP2001 1:1", "port is missing", manifestOf(),
	},
	{
		"a port in words, and one in the Dockerfile", map[string]string{"service/Dockerfile": "FROM python:3.12-slim\nEXPOSE 8080\n"},
		`"port": 8080`, `"port": "${PORT}"`, "NSP2016 9:11", `port is the text "${PORT}"`, manifestOf(),
	},
	{
		"no health command in an image of another language", map[string]string{"service/Dockerfile": "FROM node:22-slim\nCMD [\"node\", \"main.js\"]\n"},
		probeText, `""`, "NSP2041 16:16", "command is empty text", manifestOf(probeText, probeByNode),
	},
	{
		"routes without a bundle that could be theirs", map[string]string{"ui/dist/index.js": gone},
		bundleLine, "", "NSP2082 73:3; NSP2082 76:3; ", "ui_bundle is missing", manifestOf(bundleLine, "", routesText, ""),
	},
	{
		"routes beside two bundles", map[string]string{"ui/other/index.js": "export {}\n"},
		bundleLine, "", "NSP2082 73:3; NSP2082 76:3; ", "ui_bundle is missing", manifestOf(bundleLine, "", routesText, ""),
	},
	{
		"routes beside a bundle in chunks", map[string]string{"ui/dist/index.js": gone, "ui/dist/remoteEntry.js": "export {}\n", "ui/dist/chunk-1.js": "export {}\n"},
		bundleLine, "", "NSP2082 73:3; NSP2082 76:3; ", "ui_bundle is missing", manifestOf("dist/index.js", "dist/remoteEntry.js"),
	},
	{
		"an empty migrations directory without migrations", map[string]string{"migrations/001_initial_schema.sql": gone},
		`"migrations_dir": "migrations"`, `"migrations_dir": ""`, "NSP2050 22:21", "migrations_dir is empty text", manifestOf("  \"migrations_dir\": \"migrations\",\n", ""),
	},
}
