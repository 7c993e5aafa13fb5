package manifest

// Tokens of the formats that are known, none of them real. They are put
// together here, so that no scanner of this repository takes them for real.
const (
	fakeGitHub = "ghp" + "_q8Zr3LmV0tYx5KbN7wPd2HsJ4gFcA9uE6iRo"
	fakeAWS    = "AK" + "IAQ7XW3K5ZMB2TNPRC"
	fakeJWT    = "ey" + "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.ey" + "JzdWIiOiJhbGVydHMiLCJjYXBhYmlsaXRpZXMiOlsicmVhZF9kZXZpY2VzIl19.q3zLr8mV0tYx5KbN7wPd2HsJ4gFcA9uE6iRoT1yU3"
	fakeKey    = "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB\nq8Zr3LmV0tYx5KbN7wPd2HsJ4gFcA9uE6iRo+/==\n-----END " + "PRIVATE KEY-----\n"
	inJSON     = "-----BEGIN " + `PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB\nq8Zr3LmV0tYx5KbN7wPd2HsJ4gFcA9uE6iRo+/==\n-----END ` + `PRIVATE KEY-----`
)

const (
	healthCommandLine = `"python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\""`
	descriptionText   = `Multi-source alert ingestion with deduplication and a notification pipeline`
)

// secretDeviations are secrets in the manifest. The command of the health
// check starts at 16:16, the description at 6:18.
var secretDeviations = []deviation{
	{"a token in the description", descriptionText, "Uses " + fakeGitHub, "NSP3070 6:24", "description holds a GitHub token, which everybody can read who gets the plugin; revoke it at GitHub", ""},
	{"a token behind escapes", descriptionText, `\u00dcber\t` + fakeGitHub, "NSP3070 6:30", "a GitHub token", ""},
	{"two tokens in one text", descriptionText, fakeAWS + " and " + fakeGitHub, "NSP3070 6:19; NSP3070 6:44", "an AWS access key id", ""},
	{"a private key", `300, "minimum": 60 }`, `300 }, "tls": { "type": "string", "sensitive": true, "default": "` + inJSON + `\n" }`, "NSP3070 67:136", "a private key, which everybody can read who gets the plugin; replace that key pair", `300 }, "tls": { "type": "string", "sensitive": true, "default": "" }`},
	{"a service token in the health command", healthCommandLine, `"python -m probe -H 'Authorization: Bearer ` + fakeJWT + `' http://localhost:8080/health"`, "NSP3070 16:59", "health_check.command holds a JSON Web Token, the form of a NetStacks service token", ""},
	{"a bearer token in the health command", healthCommandLine, `"python -m probe -H \"Authorization: Bearer s3same-0pen\" http://localhost:8080/health"`, "NSP3070 16:60", "a bearer token", ""},
	{"a password in an address", healthCommandLine, `"python -m probe http://probe:s3same@localhost:8080/health"`, "NSP3070 16:46", "the password of an address", `"python -m probe http://probe@localhost:8080/health"`},
	{"a password in an address with escaped slashes", healthCommandLine, `"python -m probe http:\/\/probe:s3same@localhost:8080\/health"`, "NSP3070 16:48", "the password of an address", `"python -m probe http:\/\/probe@localhost:8080\/health"`},
	{"a password in a variable of the command", healthCommandLine, `"PGPASSWORD=s3same psql -c 'select 1'"`, "NSP3070 16:28", "a password", ""},
	{"a token in a query", healthCommandLine, `"python -m probe 'http://localhost:8080/health?token=s3same-0pen'"`, "NSP3070 16:69", "a token", ""},
	{"a token in the default of a setting", `300, "minimum": 60 }`, `300 }, "api_token": { "type": "string", "sensitive": true, "default": "` + fakeGitHub + `" }`, "NSP3070 67:142", "a GitHub token", `300 }, "api_token": { "type": "string", "sensitive": true, "default": "" }`},
	{"a token in a setting that is not marked", `300, "minimum": 60 }`, `300 }, "api_token": { "type": "string", "default": "` + fakeGitHub + `" }`, "NSP3035 67:78; NSP3070 67:123", "", `300 }, "api_token": { "type": "string", "default": "` + fakeGitHub + `", "sensitive": true }`},
	{"a database with its password", `300, "minimum": 60 }`, `300 }, "database": { "type": "string", "default": "postgres://alerts:s3same@db/alerts" }`, "NSP3070 67:140", "the password of an address", `300 }, "database": { "type": "string", "default": "postgres://alerts@db/alerts" }`},
	{"a token in a list inside an unknown field", `"path": "/alerts" }`, `"path": "/alerts", "also": ["` + fakeAWS + `"] }`, "NSP3070 72:55", "navigation[0].also[0] holds an AWS access key id", ""},

	{"a token from the environment", healthCommandLine, `"python -m probe -H \"Authorization: Bearer $NETSTACKS_SERVICE_TOKEN\" http://localhost:8080/health"`, "", "", ""},
	{"a password from the environment", healthCommandLine, `"python -m probe http://probe:${PROBE_PASSWORD}@localhost:8080/health && PGPASSWORD=$(cat /run/secrets/pg) psql"`, "", "", ""},
	{"a program that reads its password", healthCommandLine, `"python -c \"import os, probe; probe.run(password=os.environ['P'], token=token, secret=open('/run/s').read())\""`, "", "", ""},
	{"a token from a file", healthCommandLine, `"python -m probe --token-file=/run/secrets/token --password=/run/secrets/db/password http://localhost:8080/health"`, "", "", ""},
	{"an address that shows its form", `Zoë Müller`, `postgres://user:password@host/db, redis://:<password>@cache, amqp://guest:guest@mq, http://a:hunter2@example.com`, "", "", ""},
	{"tokens of the documentation", descriptionText, `AKIAIOSFODNN7EXAMPLE, your-api-key, ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...`, "", "", ""},
	{"a word for a secret as a default", namedWindowSetting, `"greeting": { "type": "string", "default": "changeme" }`, "", "", ""},
	{"a hash and an id", descriptionText, `sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, 550e8400-e29b-41d4-a716-446655440000`, "", "", ""},
	{"a key named by its first line", descriptionText, `Paste the key, -----BEGIN PRIVATE KEY----- and all, into the settings of the plugin, please`, "", "", ""},

	{"a sensitive setting with a default", namedWindowSetting, `"smtp_password": { "type": "string", "default": "changeme", "sensitive": true }`, "NSP3071 67:55", "settings_schema.properties.smtp_password is sensitive and has a default", `"smtp_password": { "type": "string", "default": "", "sensitive": true }`},
	{"a sensitive setting with a short default", namedWindowSetting, `"smtp_password": { "type": "string", "default": "ab", "sensitive": true }`, "NSP3071 67:55", "settings_schema.properties.smtp_password is sensitive and has a default", `"smtp_password": { "type": "string", "default": "", "sensitive": true }`},
	{"a sensitive setting that must not be empty", namedWindowSetting, `"smtp_password": { "type": "string", "minLength": 8, "default": "correct horse", "sensitive": true }`, "NSP3071 67:71", "settings_schema.properties.smtp_password is sensitive and has a default", `"smtp_password": { "type": "string", "minLength": 8, "sensitive": true }`},
	{"a sensitive setting with an empty default", namedWindowSetting, `"smtp_password": { "type": "string", "default": "", "sensitive": true }`, "", "", ""}}
