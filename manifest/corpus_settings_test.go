package manifest

// form is the properties of the complete manifest's settings_schema, windowSetting
// one of its settings, and wholeSettings all of it with what follows.
const (
	form = `{
      "default_severity": {
        "type": "string",
        "default": "warning",
        "enum": ["critical", "warning", "info"]
      },
      "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
    }`
	windowSetting      = `{ "type": "integer", "default": 300, "minimum": 60 }`
	namedWindowSetting = `"deduplication_window_seconds": ` + windowSetting
	wholeSettings      = `"settings_schema": {
    "type": "object",
    "properties": {
      "default_severity": {
        "type": "string",
        "default": "warning",
        "enum": ["critical", "warning", "info"]
      },
      "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
    }
  },
  "ui_bundle"`
)

// settingsDeviations are about settings_schema as a JSON Schema.
var settingsDeviations = []deviation{
	{"an unknown type of settings", `"type": "object",`, `"type": "nonsense",`, "NSP3030 60:13", `settings_schema.type is the text "nonsense", JSON Schema takes one of "array", "boolean", "integer", "null", "number", "object", "string" or a list`, `"type": "object",`},
	{"a misspelt type", `{ "type": "integer"`, `{ "type": "Integr"`, "NSP3030 67:49", `did you mean "integer"?`, `{ "type": "integer"`},
	{"a misspelt type in a list", `{ "type": "integer"`, `{ "type": ["null", "int"]`, "NSP3030 67:58", "type[1] is the text", `{ "type": ["null", "integer"]`},
	{"a type twice", `{ "type": "integer"`, `{ "type": ["integer", "integer"]`, "NSP3030 67:49", "a list of values that differ", `{ "type": ["integer"]`},
	{"a setting that is required by itself", `300, "minimum": 60 }
    }
  },`, `300, "required": true }
    }
  },`, "NSP3030 67:88", "required is true, JSON Schema takes a list", `300 }
    },
    "required": ["deduplication_window_seconds"]
  },`},
	{"a setting that is only a type", form, `{ "type": "string" }`, "NSP3030 61:29", `properties.type is the text "string", JSON Schema takes a schema: an object, true or false`, `{ "type": { "type": "string" } }`},
	{"settings that are a list of names", form, `["a"]`, "NSP3030 61:19", "properties is a list, JSON Schema takes an object", `{
      "a": { "type": "string" }
    }`},
	{"a minimum in quotes", `300, "minimum": 60`, `300, "minimum": "60"`, "NSP3030 67:87", "takes a number", `300, "minimum": 60`},
	{"a negative length", `300, "minimum": 60`, `300, "maxLength": -1`, "NSP3030 67:89", "takes 0 or more", "300"},
	{"a step of zero", `300, "minimum": 60`, `300, "multipleOf": 0`, "NSP3030 67:90", "takes more than 0", "300"},
	{"no alternatives", `300, "minimum": 60`, `300, "anyOf": []`, "NSP3030 67:85", "a list that is not empty", "300"},
	{"a wrong schema of items", `300, "minimum": 60`, `300, "items": { "type": "text" }`, "NSP3030 67:95", "", `300, "items": { "type": "string" }`},
	{"a wrong schema among several", `300, "minimum": 60`, `300, "items": [{}, 7]`, "NSP3030 67:90", "items[1] is 7", ""},
	{"a pattern that is not closed", `300, "minimum": 60`, `300, "pattern": "(a"`, "NSP3030 67:87", "takes a regular expression", `300, "pattern": "(a)"`},
	{"a pattern of another dialect", `300, "minimum": 60`, `300, "pattern": "^(?!-)[^]\\u00e9\\d{2000}$"`, "", "", ""},
	{"a key that is no pattern", `300, "minimum": 60`, `300, "definitions": { "a": { "patternProperties": { "*": {} } } }`, "NSP3030 67:123", `"*" is a key of patternProperties`, `300, "definitions": { "a": { "patternProperties": { ".*": {} } } }`},
	{"wrong in several places", `"type": "object",`, `"type": "x", "required": "y", "definitions": { "a": { "$ref": "z" } },`, "NSP3030 60:13; NSP3030 60:30; NSP3031 60:67", "", `"type": "object", "required": "y", "definitions": { "a": { "$ref": "z" } },`},
	{"keywords of a form's own", `300, "minimum": 60`, `300, "sensitive": true, "examples": [{"type": "nonsense", "$ref": "x"}]`, "NSP3033 67:89", "", `300, "examples": [{"type": "nonsense", "$ref": "x"}]`},
	{"a setting called $ref", form, `{ "$ref": { "type": "string" } }`, "", "", ""},
	{"a reference to an address", `300, "minimum": 60`, `300, "definitions": { "a": { "$ref": "https://example.org/s.json#/a" } }`, "NSP3031 67:108", "outside the manifest, and nothing is fetched", ""},
	{"a reference to a file", `300, "minimum": 60`, `300, "definitions": { "a": { "$ref": "file:///etc/hostname" } }`, "NSP3031 67:108", "nothing is fetched", ""},
	{"a reference to nothing", `300, "minimum": 60`, `300, "definitions": { "a": { "$ref": "#/definitions/a" } }`, "NSP3031 67:108", "which settings_schema does not hold", ""},
	{"a reference to what is there", `300, "minimum": 60`, `300, "definitions": { "a": { "$ref": "#/properties/default%5Fseverity" } }`, "", "", ""},
	{"a reference to itself", `300, "minimum": 60`, `300, "definitions": { "a": { "$ref": "#" } }`, "", "", ""},
	{"a reference to a name", `300, "minimum": 60`, `300, "$id": "#a", "definitions": { "a": { "$ref": "#a" } }`, "", "", ""},
	{"a reference to the meta-schema", `300, "minimum": 60`, `300, "definitions": { "a": { "$ref": "http://json-schema.org/draft-07/schema#" } }`, "", "", ""},
	{"a type of another language", windowSetting, `{ "type": "int", "default": 300, "minimum": 60 }`, "NSP3030 67:49", `type is the text "int", JSON Schema takes one of`, `{ "type": "integer", "default": 300, "minimum": 60 }`},
	{"a type in capitals", windowSetting, `{ "type": "INTEGER", "default": 300, "minimum": 60 }`, "NSP3030 67:49", `type is the text "INTEGER", JSON Schema takes one of`, `{ "type": "integer", "default": 300, "minimum": 60 }`},
	{"a type called password", namedWindowSetting, `"smtp_login": { "type": "password" }`, "NSP3030 67:31", `settings_schema.properties.smtp_login.type is the text "password", JSON Schema takes one of`, `"smtp_login": { "type": "string", "sensitive": true }`},
	{"a setting that is required by itself, beside others", form, `{
      "a": { "type": "string", "required": true }
    },
    "required": ["b"]`, "NSP3030 62:44", "required is true, JSON Schema takes a list", `{
      "a": { "type": "string" }
    },
    "required": ["b", "a"]`},
	{"a setting that is required twice over", form, `{
      "a": { "type": "string", "required": true }
    },
    "required": ["a"]`, "NSP3030 62:44", "required is true, JSON Schema takes a list", `{
      "a": { "type": "string" }
    },
    "required": ["a"]`},
	{"a setting that is not required by itself", `300, "minimum": 60`, `300, "required": false`, "NSP3030 67:88", "required is false, JSON Schema takes a list", "300"},
	{"a list of names required that is one name", form, `{
      "a": { "type": "string" }
    },
    "required": "a"`, "NSP3030 64:17", `settings_schema.required is the text "a", JSON Schema takes a list`, `{
      "a": { "type": "string" }
    },
    "required": ["a"]`},
	{"a choice of one text", windowSetting, `{ "type": "string", "enum": "a" }`, "NSP3030 67:67", `enum is the text "a", JSON Schema takes a list`, `{ "type": "string", "enum": ["a"] }`},
	{"a choice in one text", windowSetting, `{ "type": "string", "enum": "a, b" }`, "NSP3030 67:67", `enum is the text "a, b", JSON Schema takes a list`, `{ "type": "string", "enum": ["a", "b"] }`},
	{"a choice that is offered twice", windowSetting, `{ "type": "string", "enum": ["a", "b", "a"] }`, "NSP3030 67:67", "enum is a list, JSON Schema takes a list of values that differ", `{ "type": "string", "enum": ["a", "b"] }`},
	{"a flag in quotes", windowSetting, `{ "type": "array", "items": { "type": "string" }, "uniqueItems": "True" }`, "NSP3030 67:104", `uniqueItems is the text "True", JSON Schema takes true or false`, `{ "type": "array", "items": { "type": "string" }, "uniqueItems": true }`},
	{"a length in quotes", windowSetting, `{ "type": "string", "maxLength": "10" }`, "NSP3030 67:72", `maxLength is the text "10", JSON Schema takes a whole number`, `{ "type": "string", "maxLength": 10 }`},
	{"a length with a fraction", windowSetting, `{ "type": "string", "maxLength": 10.5 }`, "NSP3030 67:72", "maxLength is 10.5, JSON Schema takes a whole number", `{ "type": "string", "maxLength": 10 }`},
	{"a negative smallest length", windowSetting, `{ "type": "string", "minLength": -1 }`, "NSP3030 67:72", "minLength is -1, JSON Schema takes 0 or more", `{ "type": "string", "minLength": 0 }`},
	{"a negative step", `300, "minimum": 60`, `300, "multipleOf": -5`, "NSP3030 67:90", "multipleOf is -5, JSON Schema takes more than 0", `300, "multipleOf": 5`},
	{"an exclusive minimum as Draft 4 has it", `300, "minimum": 60`, `300, "minimum": 60, "exclusiveMinimum": true`, "NSP3030 67:111", "exclusiveMinimum is true, JSON Schema takes a number", `300, "exclusiveMinimum": 60`},
	{"an exclusive minimum of Draft 4 that is off", `300, "minimum": 60`, `300, "minimum": 60, "exclusiveMinimum": false`, "NSP3030 67:111", "exclusiveMinimum is false, JSON Schema takes a number", `300, "minimum": 60`},
	{"a title that is a number", `300, "minimum": 60`, `300, "title": 7`, "NSP3030 67:85", "title is 7, JSON Schema takes text", `300, "title": "7"`},
	{"a setting given as its type", namedWindowSetting, `"host": "str"`, "NSP3030 67:15", `settings_schema.properties.host is the text "str", JSON Schema takes a schema: an object, true or false`, `"host": { "type": "string" }`},
	{"a setting given as its default", namedWindowSetting, `"hosts_file": "hosts.txt"`, "NSP3030 67:21", `settings_schema.properties.hosts_file is the text "hosts.txt", JSON Schema takes a schema: an object, true or false`, `"hosts_file": { "type": "string", "default": "hosts.txt" }`},
	{"more properties as a text", form, `{
      "a": { "type": "string" }
    },
    "additionalProperties": "false"`, "NSP3030 64:29", `settings_schema.additionalProperties is the text "false", JSON Schema takes a schema: an object, true or false`, `{
      "a": { "type": "string" }
    },
    "additionalProperties": false`},
	{"a pattern of the shell", windowSetting, `{ "type": "string", "pattern": "*.log" }`, "NSP3030 67:70", `pattern is the text "*.log", JSON Schema takes a regular expression`, `{ "type": "string", "pattern": ".*.log" }`},
	{"a misspelt reference", form, `{
      "a": { "type": "string" }
    },
    "definitions": { "severity": { "type": "string" }, "b": { "$ref": "#/definitions/severty" } }`, "NSP3031 64:71", `settings_schema.definitions.b.$ref leads to "#/definitions/severty", which settings_schema does not hold; add it or correct the reference`, `{
      "a": { "type": "string" }
    },
    "definitions": { "severity": { "type": "string" }, "b": { "$ref": "#/definitions/severity" } }`},
	{"a reference by name alone", form, `{
      "a": { "type": "string" }
    },
    "definitions": { "severity": { "type": "string" }, "b": { "$ref": "severity" } }`, "NSP3031 64:71", `settings_schema.definitions.b.$ref leads to "severity", outside the manifest, and nothing is fetched; copy that schema into definitions and refer to it there`, `{
      "a": { "type": "string" }
    },
    "definitions": { "severity": { "type": "string" }, "b": { "$ref": "#/definitions/severity" } }`},
	{"a reference from the manifest's root", form, `{
      "a": { "type": "string" }
    },
    "$defs": { "severity": { "type": "string" }, "b": { "$ref": "#/settings_schema/$defs/severity" } }`, "NSP3031 64:65", `settings_schema.$defs.b.$ref leads to "#/settings_schema/$defs/severity", which settings_schema does not hold; add it or correct the reference`, `{
      "a": { "type": "string" }
    },
    "$defs": { "severity": { "type": "string" }, "b": { "$ref": "#/$defs/severity" } }`},
	{"a reference to an address of what is there", form, `{
      "a": { "$ref": "https://example.org/s.json#/definitions/severity" }
    },
    "definitions": { "severity": { "type": "string" } }`, "NSP3034 62:14; NSP3031 62:22", "is described by $ref", ""},
}

// formDeviations are about settings_schema as the description of a form.
var formDeviations = []deviation{
	{"a default below the minimum", windowSetting, `{ "type": "integer", "default": 30, "minimum": 60 }`, "NSP3032 67:71", "default is 30, but the setting takes 60 or more", `{ "type": "integer", "default": 60, "minimum": 60 }`},
	{"a default above the maximum", windowSetting, `{ "type": "integer", "default": 300, "maximum": 60 }`, "NSP3032 67:71", "default is 300, but the setting takes 60 or less", `{ "type": "integer", "default": 60, "maximum": 60 }`},
	{"a default at an exclusive bound", windowSetting, `{ "type": "integer", "default": 60, "exclusiveMinimum": 60 }`, "NSP3032 67:71", "default is 60, but the setting takes more than 60", `{ "type": "integer", "default": 61, "exclusiveMinimum": 60 }`},
	{"a number given as text", windowSetting, `{ "type": "integer", "default": "300", "minimum": 60 }`, "NSP3032 67:71", `default is the text "300", but the setting takes a whole number`, `{ "type": "integer", "default": 300, "minimum": 60 }`},
	{"a switch given as text", windowSetting, `{ "type": "boolean", "default": "False" }`, "NSP3032 67:71", `default is the text "False", but the setting takes true or false`, `{ "type": "boolean", "default": false }`},
	{"a text given as a number", windowSetting, `{ "type": "string", "default": 300 }`, "NSP3032 67:70", "default is 300, but the setting takes text", `{ "type": "string", "default": "300" }`},
	{"a default of null", windowSetting, `{ "type": "string", "default": null }`, "NSP3032 67:70", "default is null, but the setting takes text", `{ "type": "string" }`},
	{"a list given as one text", windowSetting, `{ "type": "array", "items": { "type": "string" }, "default": "a" }`, "NSP3032 67:100", `default is the text "a", but the setting takes a list`, `{ "type": "array", "items": { "type": "string" }, "default": ["a"] }`},
	{"a default with a fraction", windowSetting, `{ "type": "integer", "default": 2.5 }`, "NSP3032 67:71", "default is 2.5, but the setting takes a whole number", `{ "type": "integer", "default": 2 }`},
	{"a choice in another case", `"default": "warning",`, `"default": "Warning",`, "NSP3032 64:20", `settings_schema.properties.default_severity.default is the text "Warning", but the setting takes one of "critical", "warning", "info"`, `"default": "warning",`},
	{"a misspelt choice", `"default": "warning",`, `"default": "warn",`, "NSP3032 64:20", `settings_schema.properties.default_severity.default is the text "warn", but the setting takes one of "critical", "warning", "info"`, `"default": "warning",`},
	{"a choice nobody offers", `"default": "warning",`, `"default": "fatal",`, "NSP3032 64:20", `settings_schema.properties.default_severity.default is the text "fatal", but the setting takes one of "critical", "warning", "info"`, `"default": "critical",`},
	{"a choice given as text", windowSetting, `{ "type": "integer", "default": "2", "enum": [1, 2] }`, "NSP3032 67:71", `default is the text "2", but the setting takes a whole number`, `{ "type": "integer", "default": 2, "enum": [1, 2] }`},
	{"an empty default that is too short", windowSetting, `{ "type": "string", "default": "", "minLength": 1 }`, "NSP3032 67:70", "default is empty text, but the setting takes text of at least 1 character", `{ "type": "string", "minLength": 1 }`},
	{"a default that does not match", windowSetting, `{ "type": "string", "default": "a b", "pattern": "^[a-z]+$" }`, "NSP3032 67:70", `default is the text "a b", but the setting takes text that matches "^[a-z]+$"`, `{ "type": "string", "pattern": "^[a-z]+$" }`},
	{"a default that is no address", windowSetting, `{ "type": "string", "default": "example", "format": "uri" }`, "NSP3032 67:70", `default is the text "example", but the setting takes text of the format "uri"`, `{ "type": "string", "format": "uri" }`},
	{"a default of a list that holds something else", windowSetting, `{ "type": "array", "items": { "type": "integer" }, "default": [1, "2"] }`, "NSP3032 67:101", "default is a list, but the setting takes a whole number at [1]", `{ "type": "array", "items": { "type": "integer" } }`},
	{"a default that breaks a definition", form, `{
      "a": { "$ref": "#/definitions/level", "default": "c" }
    },
    "definitions": { "level": { "type": "string", "enum": ["a", "b"] } }`, "NSP3034 62:14; NSP3032 62:56", "is described by $ref", `{
      "a": { "type": "string", "enum": ["a", "b"], "default": "c" }
    },
    "definitions": { "level": { "type": "string", "enum": ["a", "b"] } }`},
	{"a default that breaks several rules", windowSetting, `{ "type": "integer", "default": 7, "minimum": 60, "multipleOf": 30 }`, "NSP3032 67:71", "default is 7, but the setting takes 60 or more and a multiple of 30", `{ "type": "integer", "default": 60, "minimum": 60, "multipleOf": 30 }`},
	{"an empty default of an address", windowSetting, `{ "type": "string", "default": "", "format": "uri" }`, "", "", ""},
	{"a default for a pattern of another dialect", windowSetting, `{ "type": "string", "default": "a", "pattern": "^(?!a)" }`, "", "", ""},
	{"a default within its bounds", windowSetting, `{ "type": "number", "default": 1e2, "minimum": 60, "maximum": 100.0 }`, "", "", ""},
	{"a default of null where null is taken", windowSetting, `{ "type": ["integer", "null"], "default": null }`, "", "", ""},
	{"a default of a definition in a circle", form, `{
      "a": { "$ref": "#/definitions/a", "default": "c" }
    },
    "definitions": { "a": { "$ref": "#/definitions/b" }, "b": { "$ref": "#/definitions/a" } }`, "NSP3034 62:14", "is described by $ref", ""},
	{"a number marked as sensitive", windowSetting, `{ "type": "integer", "default": 300, "sensitive": true }`, "NSP3033 67:89", "is a whole number and marked as sensitive", `{ "type": "integer", "default": 300 }`},
	{"a mark in quotes", windowSetting, `{ "type": "string", "sensitive": "true" }`, "NSP3033 67:72", `sensitive is the text "true", which marks nothing`, `{ "type": "string", "sensitive": true }`},
	{"a mark that is a word", windowSetting, `{ "type": "string", "sensitive": "yes" }`, "NSP3033 67:72", `sensitive is the text "yes", which marks nothing`, `{ "type": "string", "sensitive": true }`},
	{"a mark that is null", windowSetting, `{ "type": "string", "sensitive": null }`, "NSP3033 67:72", "sensitive is null, which marks nothing", `{ "type": "string", "sensitive": true }`},
	{"an object marked as sensitive", `"type": "object",
    "properties"`, `"type": "object", "sensitive": true,
    "properties"`, "NSP3033 60:36", "settings_schema is an object and marked as sensitive", `"type": "object",
    "properties"`},
	{"a switch given as a word", windowSetting, `{ "type": "boolean", "default": "on" }`, "NSP3032 67:71", `default is the text "on", but the setting takes true or false`, `{ "type": "boolean", "default": true }`},
	{"a text where a number is wanted", windowSetting, `{ "type": "integer", "default": "auto" }`, "NSP3032 67:71", `default is the text "auto", but the setting takes a whole number`, `{ "type": "string", "default": "auto" }`},
	{"a list marked as sensitive", windowSetting, `{ "type": "array", "items": { "type": "string" }, "sensitive": true }`, "NSP3033 67:102", "is a list and marked as sensitive", `{ "type": "array", "items": { "type": "string" } }`},
	{"a switch that is not sensitive", windowSetting, `{ "type": "boolean", "sensitive": false }`, "", "", ""},
	{"text or null marked as sensitive", windowSetting, `{ "type": ["string", "null"], "sensitive": true }`, "", "", ""},
	{"a setting without a type", windowSetting, `{ "title": "A setting" }`, "NSP3034 67:7", "has no type", `{ "type": "string", "title": "A setting" }`},
	{"a setting whose default tells its type", windowSetting, `{ "default": "a" }`, "NSP3034 67:7", "has no type", `{ "type": "string", "default": "a" }`},
	{"a setting whose choices tell its type", windowSetting, `{ "enum": ["a", "b"] }`, "NSP3034 67:7", "has no type", `{ "type": "string", "enum": ["a", "b"] }`},
	{"a setting whose default may be two types", windowSetting, `{ "default": 300, "minimum": 60 }`, "NSP3034 67:7", "has no type", `{ "type": "integer", "default": 300, "minimum": 60 }`},
	{"a setting that says nothing", windowSetting, "{}", "NSP3034 67:7", "has no type", `{ "type": "string" }`},
	{"a setting that is true", windowSetting, "true", "NSP3034 67:39", "is true, which says nothing a form could draw a field from; give the setting a type", `{ "type": "string" }`},
	{"an object of settings", form, `{
      "kafka": {
        "type": "object",
        "title": "Kafka",
        "required": ["host"],
        "properties": {
          "host": {
            "type": "string"
          },
          "tls": { "type": "object", "properties": { "verify": { "type": "boolean" } } }
        }
      },
      "a": { "type": "string" }
    },
    "required": ["a", "kafka"]`, "NSP3034 63:17", "settings_schema.properties.kafka is an object", `{
      "kafka.host": {
        "type": "string"
      },
      "kafka.tls.verify": { "type": "boolean" },
      "a": { "type": "string" }
    },
    "required": ["a", "kafka.host"]`},
	{"an object of settings on one line", form, `{ "kafka": { "type": "object", "properties": { "host": { "type": "string" } } } }`, "NSP3034 61:40", "settings_schema.properties.kafka is an object", `{ "kafka.host": { "type": "string" } }`},
	{"an object of anything", windowSetting, `{ "type": "object", "additionalProperties": { "type": "string" } }`, "NSP3034 67:49", "is an object", ""},
	{"a list of objects", windowSetting, `{ "type": "array", "items": { "type": "object" } }`, "NSP3034 67:58", "is a list of lists or objects", ""},
	{"a list of anything", windowSetting, `{ "type": "array" }`, "NSP3034 67:49", "is a list of anything", `{ "type": "array", "items": { "type": "string" } }`},
	{"a list whose default tells what it holds", windowSetting, `{ "type": "array", "default": [1, 2] }`, "NSP3034 67:49", "is a list of anything", `{ "type": "array", "default": [1, 2], "items": { "type": "integer" } }`},
	{"a list of places", windowSetting, `{ "type": "array", "items": [{ "type": "string" }, { "type": "integer" }] }`, "NSP3034 67:58", "describes each place of a list by itself", ""},
	{"a list of untyped items", windowSetting, `{ "type": "array", "items": {} }`, "NSP3034 67:58", "is a list whose items have no type", `{ "type": "array", "items": { "type": "string" } }`},
	{"several types", windowSetting, `{ "type": ["string", "integer"] }`, "NSP3034 67:49", "may be string or integer", `{ "type": "string" }`},
	{"null alone", windowSetting, `{ "type": "null" }`, "NSP3034 67:49", "can be nothing but null, which leaves an admin nothing to enter", ""},
	{"alternatives", windowSetting, `{ "anyOf": [{ "type": "string" }, { "type": "integer" }] }`, "NSP3034 67:41", "is described by anyOf", `{ "type": "string" }`},
	{"a type or null as alternatives", windowSetting, `{ "anyOf": [{ "type": "integer", "minimum": 60 }, { "type": "null" }], "default": null }`, "NSP3034 67:41", "is described by anyOf", `{ "type": ["integer", "null"], "minimum": 60, "default": null }`},
	{"constants as alternatives", windowSetting, `{ "type": "string", "oneOf": [{ "const": "a", "title": "A" }, { "const": "b" }] }`, "NSP3034 67:59", "oneOf is a condition that a form cannot show", `{ "type": "string", "enum": ["a", "b"] }`},
	{"a setting that is a definition", form, `{
      "a": { "$ref": "#/definitions/level", "title": "Level" }
    },
    "definitions": { "level": { "type": "string", "enum": ["a", "b"] } }`, "NSP3034 62:14", "is described by $ref", `{
      "a": { "type": "string", "enum": ["a", "b"], "title": "Level" }
    },
    "definitions": { "level": { "type": "string", "enum": ["a", "b"] } }`},
	{"a setting wrapped in allOf", form, `{
      "a": {
        "allOf": [{ "$ref": "#/definitions/level" }],
        "default": "a"
      }
    },
    "definitions": {
      "level": {
        "type": "string",
        "enum": ["a", "b"]
      }
    }`, "NSP3034 63:9", "is described by allOf", `{
      "a": {
        "type": "string",
        "enum": ["a", "b"],
        "default": "a"
      }
    },
    "definitions": {
      "level": {
        "type": "string",
        "enum": ["a", "b"]
      }
    }`},
	{"a condition on a setting", `300, "minimum": 60`, `300, "not": { "const": 61 }`, "NSP3034 67:76", "not is a condition that a form cannot show", "300"},
	{"conditions on the form", form, `{
      "a": { "type": "string" }
    },
    "if": { "required": ["a"] }`, "NSP3034 64:5", "settings_schema.if has no field in a form: the Admin UI draws one from properties alone", `{
      "a": { "type": "string" }
    }`},
	{"choices that are objects", windowSetting, `{ "enum": [{ "a": 1 }] }`, "NSP3034 67:49", "enum offers lists or objects", ""},
	{"a list of choices", windowSetting, `{ "type": "array", "items": { "enum": ["a", "b"] }, "uniqueItems": true }`, "", "", ""},
	{"a list of numbers", windowSetting, `{ "type": "array", "items": { "type": "number" }, "default": [1, 2.5] }`, "", "", ""},
	{"text or null", windowSetting, `{ "type": ["string", "null"], "default": null }`, "", "", ""},
	{"dotted keys", form, `{ "kafka.host": { "type": "string" }, "kafka.port": { "type": "integer", "minimum": 1 } }`, "", "", ""},
	{"settings without the object around them", `{
    "type": "object",
    "properties": {
      "default_severity": {
        "type": "string",
        "default": "warning",
        "enum": ["critical", "warning", "info"]
      },
      "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
    }
  }`, `{
    "default_severity": {
      "type": "string",
      "default": "warning",
      "enum": ["critical", "warning", "info"]
    },
    "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
  }`, "NSP3036 59:22", "settings_schema names its settings at its top", `{
    "type": "object",
    "properties": {
      "default_severity": {
        "type": "string",
        "default": "warning",
        "enum": ["critical", "warning", "info"]
      },
      "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
    }
  }`},
	{"settings beside their type", `{
    "type": "object",
    "properties": {
      "default_severity": {
        "type": "string",
        "default": "warning",
        "enum": ["critical", "warning", "info"]
      },
      "deduplication_window_seconds": { "type": "integer", "default": 300, "minimum": 60 }
    }
  }`, `{ "type": "object", "title": "Settings", "severity": { "type": "string" } }`, "NSP3036 59:22", "settings_schema names its settings at its top", `{ "type": "object", "title": "Settings", "properties": { "severity": { "type": "string" } } }`},
	{"settings without a type", `"type": "object",
    "properties": {
      "default`, `"properties": {
      "default`, "NSP3036 59:22", "settings_schema has no type, where the settings are the members of an object", `"type": "object",
    "properties": {
      "default`},
	{"settings of another type", `"type": "object",`, `"type": "array",`, "NSP3036 60:13", `settings_schema.type is the text "array", but the settings are an object`, `"type": "object",`},
	{"an empty object of settings", wholeSettings, `"settings_schema": {},
  "ui_bundle"`, "NSP3036 59:22", "settings_schema is empty", `"ui_bundle"`},
	{"settings without properties", wholeSettings, `"settings_schema": { "type": "object" },
  "ui_bundle"`, "NSP3036 59:22", "settings_schema has no properties", `"ui_bundle"`},
	{"settings that are a title", wholeSettings, `"settings_schema": { "title": "Settings" },
  "ui_bundle"`, "NSP3036 59:22", "settings_schema has no properties", `"ui_bundle"`},
	{"settings with no setting yet", wholeSettings, `"settings_schema": { "type": "object", "properties": {} },
  "ui_bundle"`, "", "", ""},
	{"a setting called type", form, `{ "type": { "type": "string" }, "properties": { "type": "string" }, "required": { "type": "boolean" } }`, "", "", ""},
	{"a password", namedWindowSetting, `"kafka.sasl_password": { "type": "string", "default": "" }`, "NSP3035 67:7", "settings_schema.properties.kafka.sasl_password holds a secret, as its name says", `"kafka.sasl_password": { "type": "string", "default": "", "sensitive": true }`},
	{"a token over several lines", form, `{
      "api_token": {
        "type": "string",
        "title": "Token"
      }
    }`, "NSP3035 62:7", "settings_schema.properties.api_token holds a secret, as its name says", `{
      "api_token": {
        "type": "string",
        "title": "Token",
        "sensitive": true
      }
    }`},
	{"a secret by its title", namedWindowSetting, `"webhook_auth": { "type": "string", "title": "Token of the webhook" }`, "NSP3035 67:7", "settings_schema.properties.webhook_auth holds a secret, as its title says", `"webhook_auth": { "type": "string", "title": "Token of the webhook", "sensitive": true }`},
	{"a secret by its format", namedWindowSetting, `"webhook_auth": { "type": "string", "format": "password" }`, "NSP3035 67:7", "settings_schema.properties.webhook_auth holds a secret, as its format says", `"webhook_auth": { "type": "string", "format": "password", "sensitive": true }`},
	{"a secret without a type", namedWindowSetting, `"webhook_secret": { "default": "" }`, "NSP3034 67:7; NSP3035 67:7", "settings_schema.properties.webhook_secret has no type", `"webhook_secret": { "type": "string", "default": "" }`},
	{"a password with a default", namedWindowSetting, `"smtp_password": { "type": "string", "default": "changeme" }`, "NSP3035 67:7", "settings_schema.properties.smtp_password holds a secret, as its name says", `"smtp_password": { "type": "string", "default": "", "sensitive": true }`},
	{"a password inside an object", form, `{ "smtp": { "type": "object", "properties": { "password": { "type": "string" } } } }`, "NSP3034 61:39; NSP3035 61:65", "settings_schema.properties.smtp is an object", `{ "smtp.password": { "type": "string" } }`},
	{"names that only sound like secrets", form, `{
      "token_url": { "type": "string", "title": "Token" },
      "max_tokens": { "type": "integer" },
      "password_min_length": { "type": "integer" },
      "public_key": { "type": "string" },
      "secret_backend": { "type": "string", "enum": ["vault", "file"] },
      "password": { "type": "string", "sensitive": false },
      "token": { "type": "string", "format": "uri" },
      "api_token": { "type": "string", "default": "/run/secrets/api_token" }
    }`, "", "", ""},
}
