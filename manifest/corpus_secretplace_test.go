package manifest

const (
	imageText = `"netstacks-plugin-notice:1.0.0"`
	authorLog = "\"Zoë Müller\",\n  \"image\""
)

// secretPlaceDeviations are secrets that their place or their name tells.
var secretPlaceDeviations = []deviation{
	{"an image with a user and a password", imageText, `"bob:s3same@reg.io/x:1.0.0"`, "NSP3004 8:12; NSP3070 8:17", "it names a user of the registry", `"reg.io/x:1.0.0"`},
	{"an image that is an address with a password", imageText, `"https://bob:s3same@reg.io/x:1.0.0"`, "NSP3004 8:12; NSP3070 8:25", "written as an address", `"reg.io/x:1.0.0"`},
	{"an image with a user", imageText, `"bob@reg.io/x:1.0.0"`, "NSP3004 8:12", "it names a user of the registry", `"reg.io/x:1.0.0"`},
	{"an image with an example of a password", imageText, `"user:pw@reg.io/x:1.0.0"`, "NSP3004 8:12", "it names a user of the registry", `"reg.io/x:1.0.0"`},
	{"a field for a token", authorLog, `"Zoë", "api_token": "s3same"` + ",\n  \"image\"", "NSP3001 7:20; NSP3070 7:34", "", "\"Zoë\",\n  \"image\""},
	{"a field for a password in an author", authorLog, `{ "password": "s3same-0pen" }` + ",\n  \"image\"", "NSP2014 7:13; NSP3070 7:28", "", ""},
	{"an environment with a password", authorLog, `"Zoë", "env": { "DB_PASSWORD": "s3same", "LEVEL": "info" }` + ",\n  \"image\"", "NSP3001 7:20; NSP3070 7:45", "", "\"Zoë\",\n  \"image\""},
	{"an environment as a list", authorLog, `"Zoë", "env": ["LEVEL=info", "DB_PASSWORD=s3same"]` + ",\n  \"image\"", "NSP3001 7:20; NSP3070 7:55", "", "\"Zoë\",\n  \"image\""},
	{"a token in the query of an address", `"path": "/alerts" }`, `"path": "/alerts?token=s3same-0pen&a=b" }`, "NSP3070 72:49", "holds a token in an address", ""},

	{"names without a secret", authorLog, `"Zoë", "env": { "DB_PASSWORD": "${DB_PASSWORD}", "API_TOKEN": "your-token", "TOKEN_URL": "abcdef", "PASSWORD_FILE": "/run/secrets/db", "MAX_TOKENS": "4096" }` + ",\n  \"image\"", "NSP3001 7:20", "", "\"Zoë\",\n  \"image\""},
	{"an address with harmless values", `"path": "/alerts" }`, `"path": "/alerts?next_token=abcdefgh&token={token}&key=abcdef" }`, "", "", ""},
}
