package manifest

import "slices"

// Rule is one entry of the rule table: what a Finding's Rule id stands for.
// Ids are stable: a rule that goes is not replaced by another of the same id.
type Rule struct {
	ID       string   `json:"id"`       // NSP1xxx file and syntax, NSP2xxx the schema, NSP3xxx beyond the schema
	Title    string   `json:"title"`    // what is asked, in a few words
	Severity Severity `json:"severity"` // of its findings
}

// The rules that code refers to by name. The rules of single fields stand in
// the fields table.
const (
	ruleMissingFile  = "NSP1001"
	ruleNotAFile     = "NSP1002"
	ruleTooLarge     = "NSP1003"
	ruleUnreadable   = "NSP1004"
	ruleEncoding     = "NSP1005"
	ruleBOM          = "NSP1006"
	ruleEmpty        = "NSP1007"
	ruleNotObject    = "NSP1008"
	ruleSyntax       = "NSP1010"
	ruleComment      = "NSP1011"
	ruleExtraComma   = "NSP1012"
	ruleQuotes       = "NSP1013"
	ruleDuplicateKey = "NSP1014"
	ruleMissingComma = "NSP1015"
	ruleUnquoted     = "NSP1016"
	ruleUnclosed     = "NSP1017"
	ruleControlChar  = "NSP1018"
	ruleEscape       = "NSP1019"
	ruleNumber       = "NSP1020"
	ruleLiteral      = "NSP1021"
	ruleTrailing     = "NSP1022"
	ruleTooDeep      = "NSP1023"
	ruleTooMany      = "NSP1024"
	ruleMore         = "NSP1099"

	ruleRequired     = "NSP2001"
	ruleCLIRequired  = "NSP2002"
	ruleSchemaOther  = "NSP2009"
	ruleWildcard     = "NSP2021"
	ruleNeedsBundle  = "NSP2082"
	ruleUnknownField = "NSP3001"
	ruleReservedName = "NSP3002"
	ruleNUL          = "NSP3003"
	ruleImage        = "NSP3004"
	ruleImageTag     = "NSP3005"
	ruleImageDigest  = "NSP3006"
	ruleUnknownCap   = "NSP3010"
	ruleUnenforced   = "NSP3011"
	ruleDuplicateCap = "NSP3012"
	ruleSamePanelID  = "NSP3020"
	ruleSettings     = "NSP3030"
	ruleSettingsRef  = "NSP3031"
)

// rules is the whole table, by id.
var rules = []Rule{
	{ruleMissingFile, "manifest.json is there", SeverityError},
	{ruleNotAFile, "manifest.json is a regular file", SeverityError},
	{ruleTooLarge, "manifest.json is at most 1 MiB", SeverityError},
	{ruleUnreadable, "manifest.json can be read", SeverityError},
	{ruleEncoding, "the file is UTF-8", SeverityError},
	{ruleBOM, "the file has no byte order mark", SeverityError},
	{ruleEmpty, "the file is not empty", SeverityError},
	{ruleNotObject, "the manifest is a JSON object", SeverityError},
	{ruleSyntax, "the file is JSON", SeverityError},
	{ruleComment, "JSON has no comments", SeverityError},
	{ruleExtraComma, "no comma without a value after it", SeverityError},
	{ruleQuotes, "text stands in straight double quotes", SeverityError},
	{ruleDuplicateKey, "each key stands once in its object", SeverityError},
	{ruleMissingComma, "a comma between two values", SeverityError},
	{ruleUnquoted, "keys and text stand in quotes", SeverityError},
	{ruleUnclosed, "everything opened is closed", SeverityError},
	{ruleControlChar, "no raw control characters in text", SeverityError},
	{ruleEscape, "escapes in text are those of JSON", SeverityError},
	{ruleNumber, "numbers are written as JSON writes them", SeverityError},
	{ruleLiteral, "true, false and null are in lower case", SeverityError},
	{ruleTrailing, "nothing follows the closing brace", SeverityError},
	{ruleTooDeep, "nesting stays within 128 levels", SeverityError},
	{ruleTooMany, "the file holds at most 50000 values", SeverityError},
	{ruleMore, "more findings than are shown", SeverityInfo},

	{ruleRequired, "required fields are present", SeverityError},
	{ruleCLIRequired, "fields that packaging requires are present", SeverityWarning},
	{ruleSchemaOther, "the Controller's schema accepts the manifest", SeverityError},
	{"NSP2010", "name", SeverityError},
	{"NSP2011", "version", SeverityError},
	{"NSP2012", "display_name", SeverityError},
	{"NSP2013", "description", SeverityError},
	{"NSP2014", "author", SeverityError},
	{"NSP2015", "image", SeverityError},
	{"NSP2016", "port", SeverityError},
	{"NSP2019", "$schema", SeverityError},
	{"NSP2020", "capabilities_required", SeverityError},
	{ruleWildcard, "no wildcard capability", SeverityError},
	{"NSP2030", "resources", SeverityError},
	{"NSP2031", "memory_limit", SeverityError},
	{"NSP2032", "cpu_limit", SeverityError},
	{"NSP2040", "health_check", SeverityError},
	{"NSP2041", "health_check command", SeverityError},
	{"NSP2042", "interval_seconds", SeverityError},
	{"NSP2043", "timeout_seconds", SeverityError},
	{"NSP2044", "retries", SeverityError},
	{"NSP2045", "start_period_seconds", SeverityError},
	{"NSP2050", "migrations_dir", SeverityError},
	{"NSP2060", "terminal_panels", SeverityError},
	{"NSP2061", "panel id and label", SeverityError},
	{"NSP2062", "panel icon", SeverityError},
	{"NSP2063", "data_endpoint", SeverityError},
	{"NSP2064", "refresh_interval_seconds", SeverityError},
	{"NSP2065", "panel columns", SeverityError},
	{"NSP2066", "panel actions", SeverityError},
	{"NSP2067", "action method", SeverityError},
	{"NSP2068", "action style", SeverityError},
	{"NSP2069", "action endpoint", SeverityError},
	{"NSP2070", "settings_schema", SeverityError},
	{"NSP2080", "ui_bundle", SeverityError},
	{"NSP2081", "navigation, routes and dashboard_widgets", SeverityError},
	{ruleNeedsBundle, "routes and dashboard_widgets need ui_bundle", SeverityError},
	{"NSP2083", "openapi_path", SeverityError},

	{ruleUnknownField, "fields are documented ones", SeverityWarning},
	{ruleReservedName, "the name is not reserved", SeverityWarning},
	{ruleNUL, "no text holds U+0000", SeverityError},
	{ruleImage, "the image is a reference that engines take", SeverityError},
	{ruleImageTag, "the image has a tag", SeverityWarning},
	{ruleImageDigest, "the image has no digest", SeverityWarning},
	{ruleUnknownCap, "capabilities are known ones", SeverityWarning},
	{ruleUnenforced, "capabilities unlock something", SeverityWarning},
	{ruleDuplicateCap, "a capability is declared once", SeverityWarning},
	{ruleSamePanelID, "panel ids are unique", SeverityError},
	{ruleSettings, "settings_schema is itself a JSON Schema", SeverityError},
	{ruleSettingsRef, "settings_schema refers to nothing outside itself", SeverityError},
}

// Rules returns the rule table, by id.
func Rules() []Rule { return slices.Clone(rules) }

// RuleByID returns the rule of an id, and whether there is one.
func RuleByID(id string) (Rule, bool) {
	i, ok := slices.BinarySearchFunc(rules, id, func(r Rule, id string) int {
		switch {
		case r.ID < id:
			return -1
		case r.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return Rule{}, false
	}
	return rules[i], true
}

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

// fields lists every place of schema.json that takes a value.
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
	{"/resources/memory_limit", "NSP2031", theController, "67108864 (64 MB) to 4294967296 (4 GB)"},
	{"/resources/cpu_limit", "NSP2032", theController, "0.1 to 4.0 cores"},
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
	{"/terminal_panels/*/actions/*/confirm", "NSP2066", theTerminal, "the question to ask, as text"},
	{"/terminal_panels/*/actions/*/method", "NSP2067", theTerminal, `"POST", "PUT" or "DELETE"`},
	{"/terminal_panels/*/actions/*/style", "NSP2068", theTerminal, `"primary", "danger" or "default"`},
	{"/terminal_panels/*/actions/*/endpoint", "NSP2069", theTerminal, "a path that starts with /"},
	{"/settings_schema", "NSP2070", theController, "a JSON Schema, as an object"},
	{"/ui_bundle", "NSP2080", theController, "the bundle's entry file, relative to ui/"},
	{"/navigation", "NSP2081", theController, "a list"},
	{"/routes", "NSP2081", theController, "a list"},
	{"/dashboard_widgets", "NSP2081", theController, "a list"},
	{"/openapi_path", "NSP2083", theController, "a path that starts with /, or null to opt out"},
}
