package manifest

import "slices"

// Rule is one entry of the rule table: what a Finding's Rule id stands for.
// Ids are stable: a rule that goes is not replaced by another of the same id.
type Rule struct {
	ID       string   `json:"id"`       // NSP1xxx file and syntax, NSP2xxx the schema, NSP3xxx beyond the schema, NSP4xxx netstacks.toml
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
	ruleNumberSpelt  = "NSP2017"
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

	ruleTagVersion   = "NSP3007"
	ruleHostPower    = "NSP3013"
	ruleHighTrust    = "NSP3014"
	ruleHiddenPanel  = "NSP3021"
	ruleHandMade     = "NSP3022"
	ruleIcon         = "NSP3023"
	ruleEndpoint     = "NSP3024"
	ruleRefresh      = "NSP3025"
	rulePlaceholder  = "NSP3026"
	ruleRowID        = "NSP3027"
	ruleSameActionID = "NSP3028"
	ruleColumn       = "NSP3029"
	ruleDefault      = "NSP3032"
	ruleSensitive    = "NSP3033"
	ruleForm         = "NSP3034"
	ruleUnmarked     = "NSP3035"
	ruleSettingsRoot = "NSP3036"
	ruleHealthPort   = "NSP3040"
	ruleHealthPath   = "NSP3041"
	ruleHealthTool   = "NSP3042"
	ruleHealthTime   = "NSP3043"
	ruleHealthHost   = "NSP3044"
	ruleBlank        = "NSP3008"
	ruleBundleFile   = "NSP3050"
	ruleBundlePath   = "NSP3051"
	ruleNoMigrations = "NSP3060"
	ruleUndeclared   = "NSP3061"
	ruleOrder        = "NSP3062"
	ruleTransaction  = "NSP3063"
	ruleOutside      = "NSP3064"
	ruleOtherSchema  = "NSP3065"
	ruleSchemaName   = "NSP3066"
	rulePsql         = "NSP3067"
	ruleSQLUnclosed  = "NSP3068"
	ruleSQLFile      = "NSP3069"
	ruleSecret       = "NSP3070"
	ruleSecretValue  = "NSP3071"

	ruleConfigSyntax   = "NSP4001"
	ruleConfigKey      = "NSP4002"
	ruleConfigRule     = "NSP4003"
	ruleConfigSeverity = "NSP4004"
	ruleWaiverReason   = "NSP4005"
	ruleWaiverBroad    = "NSP4006"
	ruleWaiverUnused   = "NSP4007"
	ruleWaiverEnforced = "NSP4008"
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
	{ruleNumberSpelt, "whole numbers are written without a fraction or exponent", SeverityWarning},
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
	{ruleTagVersion, "the image's tag is the version", SeverityWarning},
	{ruleBlank, "names, labels and the description are not blank", SeverityWarning},
	{ruleUnknownCap, "capabilities are known ones", SeverityWarning},
	{ruleUnenforced, "capabilities unlock something", SeverityWarning},
	{ruleDuplicateCap, "a capability is declared once", SeverityWarning},
	{ruleHostPower, "manage_containers is declared only where it is needed", SeverityWarning},
	{ruleHighTrust, "what a high-trust capability hands out is known", SeverityInfo},
	{ruleSamePanelID, "panel ids are unique", SeverityError},
	{ruleHiddenPanel, "panels are ones that the Terminal shows", SeverityWarning},
	{ruleHandMade, "panels are drawn as the manifest describes them", SeverityInfo},
	{ruleIcon, "icons are ones that the Terminal knows", SeverityWarning},
	{ruleEndpoint, "an endpoint is a plain path below the plugin", SeverityWarning},
	{ruleRefresh, "a panel is not refreshed too often", SeverityWarning},
	{rulePlaceholder, "the Terminal fills in {id} and nothing else", SeverityWarning},
	{ruleRowID, "rows with row actions have an id", SeverityWarning},
	{ruleSameActionID, "action ids of a panel are unique", SeverityWarning},
	{ruleColumn, "columns are told apart and have CSS widths", SeverityWarning},
	{ruleSettings, "settings_schema is itself a JSON Schema", SeverityError},
	{ruleSettingsRef, "settings_schema refers to nothing outside itself", SeverityError},
	{ruleDefault, "a default keeps the rules of its own setting", SeverityWarning},
	{ruleSensitive, "sensitive marks text", SeverityWarning},
	{ruleForm, "a form can draw every setting", SeverityWarning},
	{ruleUnmarked, "a setting that holds a secret is marked sensitive", SeverityWarning},
	{ruleSettingsRoot, "settings_schema describes the settings of an object", SeverityWarning},
	{ruleHealthPort, "the health command probes the plugin's port", SeverityWarning},
	{ruleHealthPath, "the health command asks for a path that the service serves", SeverityWarning},
	{ruleHealthTool, "the image has the tool that the health command runs", SeverityWarning},
	{ruleHealthTime, "a probe ends before the next one is due", SeverityWarning},
	{ruleHealthHost, "the health command asks the container that it runs in", SeverityWarning},
	{ruleBundleFile, "the files of ui_bundle are there", SeverityWarning},
	{ruleBundlePath, "ui_bundle is a path inside ui/", SeverityError},
	{ruleNoMigrations, "migrations_dir holds migrations", SeverityError},
	{ruleUndeclared, "migrations are declared", SeverityWarning},
	{ruleOrder, "migrations run in the order of their numbers", SeverityWarning},
	{ruleTransaction, "a migration leaves the Controller's transaction alone", SeverityError},
	{ruleOutside, "a migration can run in a transaction", SeverityError},
	{ruleOtherSchema, "a migration stays out of other plugins' schemas", SeverityError},
	{ruleSchemaName, "a migration makes no schema but the plugin's own", SeverityError},
	{rulePsql, "a migration needs no psql", SeverityError},
	{ruleSQLUnclosed, "quotes and comments of a migration are closed", SeverityError},
	{ruleSQLFile, "a migration is a text file in UTF-8", SeverityError},
	{ruleSecret, "the manifest holds no secret", SeverityError},
	{ruleSecretValue, "a sensitive setting has no default", SeverityWarning},

	{ruleConfigSyntax, "netstacks.toml is TOML", SeverityError},
	{ruleConfigKey, "the keys of netstacks.toml are documented ones", SeverityWarning},
	{ruleConfigRule, "netstacks.toml names rules that exist", SeverityError},
	{ruleConfigSeverity, "a severity is one that the rule may have", SeverityError},
	{ruleWaiverReason, "a waiver gives its reason", SeverityError},
	{ruleWaiverBroad, "a waiver is about one finding", SeverityError},
	{ruleWaiverUnused, "a waiver is needed", SeverityWarning},
	{ruleWaiverEnforced, "what the platform refuses is not waived", SeverityError},
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
