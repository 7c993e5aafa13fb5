package manifest

// field says what one place of the manifest takes. Its numbers restate
// schema.json; a test holds the two together.
type field struct {
	pattern string // JSON Pointer with * for an array index
	rule    string
	taker   string // who takes it: the Controller, or the Terminal
	allowed string // in words
}

const (
	theController = "the Controller"
	theTerminal   = "the Terminal"
)

// fields lists every place of schema.json that takes a value, the members of an
// object in the order of the documented samples: new ones are added there.
var fields = []field{
	{"", ruleNotObject, theController, "an object"},
	{"/$schema", "NSP2019", theController, "text: where the schema stands"},
	{"/name", "NSP2010", theController, "3 to 50 lowercase letters, digits and hyphens, a letter first"},
	{"/version", "NSP2011", theController, `X.Y.Z with numeric parts only, such as "1.0.0"`},
	{"/display_name", "NSP2012", theController, "text of 1 to 100 characters"},
	{"/description", "NSP2013", theController, "text of at most 500 characters"},
	{"/author", "NSP2014", theController, "text"},
	{"/image", "NSP2015", theController, "a Docker image reference, such as \"netstacks-plugin-alerts:1.0.0\""},
	{"/port", "NSP2016", theController, "a whole number from 1024 to 65535"},
	{"/capabilities_required", "NSP2020", theController, "a list of capability names"},
	{"/capabilities_required/*", "NSP2020", theController, "the name of a capability, as text"},
	{"/resources", "NSP2030", theController, "an object with cpu_limit and memory_limit"},
	{"/resources/cpu_limit", "NSP2032", theController, "0.1 to 4.0 cores"},
	{"/resources/memory_limit", "NSP2031", theController, "67108864 (64 MB) to 4294967296 (4 GB)"},
	{"/health_check", "NSP2040", theController, "an object with a command"},
	{"/health_check/command", "NSP2041", theController, "a shell command, as text"},
	{"/health_check/interval_seconds", "NSP2042", theController, "a whole number from 5 to 300"},
	{"/health_check/timeout_seconds", "NSP2043", theController, "a whole number from 1 to 60"},
	{"/health_check/retries", "NSP2044", theController, "a whole number from 0 to 10"},
	{"/health_check/start_period_seconds", "NSP2045", theController, "a whole number from 0 to 300"},
	{"/migrations_dir", "NSP2050", theController, "a directory inside the plugin, such as \"migrations\""},
	{"/terminal_panels", "NSP2060", theTerminal, "a list of panels"},
	{"/terminal_panels/*", "NSP2060", theTerminal, "an object with id, label and data_endpoint"},
	{"/terminal_panels/*/id", "NSP2061", theTerminal, "text that is not empty"},
	{"/terminal_panels/*/label", "NSP2061", theTerminal, "text that is not empty"},
	{"/terminal_panels/*/icon", "NSP2062", theTerminal, "the name of an icon, such as \"Bell\""},
	{"/terminal_panels/*/data_endpoint", "NSP2063", theTerminal, "a path that starts with /"},
	{"/terminal_panels/*/refresh_interval_seconds", "NSP2064", theTerminal, "a number of seconds, 0 or more"},
	{"/terminal_panels/*/columns", "NSP2065", theTerminal, "a list of columns"},
	{"/terminal_panels/*/columns/*", "NSP2065", theTerminal, "an object with key and label"},
	{"/terminal_panels/*/columns/*/key", "NSP2065", theTerminal, "text that is not empty"},
	{"/terminal_panels/*/columns/*/label", "NSP2065", theTerminal, "text"},
	{"/terminal_panels/*/columns/*/width", "NSP2065", theTerminal, "a CSS width, such as \"120px\" or \"20%\""},
	{"/terminal_panels/*/actions", "NSP2066", theTerminal, "a list of actions"},
	{"/terminal_panels/*/actions/*", "NSP2066", theTerminal, "an object with id, label and endpoint"},
	{"/terminal_panels/*/actions/*/id", "NSP2066", theTerminal, "text that is not empty"},
	{"/terminal_panels/*/actions/*/label", "NSP2066", theTerminal, "text that is not empty"},
	{"/terminal_panels/*/actions/*/endpoint", "NSP2069", theTerminal, "a path that starts with /"},
	{"/terminal_panels/*/actions/*/method", "NSP2067", theTerminal, `"POST", "PUT" or "DELETE"`},
	{"/terminal_panels/*/actions/*/confirm", "NSP2066", theTerminal, "the question to ask, as text"},
	{"/terminal_panels/*/actions/*/style", "NSP2068", theTerminal, `"primary", "danger" or "default"`},
	{"/settings_schema", "NSP2070", theController, "a JSON Schema, as an object"},
	{"/ui_bundle", "NSP2080", theController, "the bundle's entry file, relative to ui/"},
	{"/navigation", "NSP2081", theController, "a list"},
	{"/routes", "NSP2081", theController, "a list"},
	{"/dashboard_widgets", "NSP2081", theController, "a list"},
	{"/openapi_path", "NSP2083", theController, "a path that starts with /, or null to opt out"},
}
