package manifest

// named is the part of the complete manifest from its name to its image.
const named = `"notice",
  "version": "1.0.0",
  "display_name": "Alert Ingestion & Pipeline",
  "description": "Multi-source alert ingestion with deduplication and a notification pipeline",
  "author": "Zoë Müller",
  "image": "netstacks-plugin-notice:1.0.0"`

// called is named with another name and image.
func called(name, image string) string {
	return `"` + name + `",
  "version": "1.0.0",
  "display_name": "Alert Ingestion & Pipeline",
  "description": "Multi-source alert ingestion with deduplication and a notification pipeline",
  "author": "Zoë Müller",
  "image": "` + image + `"`
}

var capabilityDeviations = []deviation{
	{"a reserved name", `"notice"`, `"core"`, "NSP3002 3:11", `the scaffold's "Plugin name rules" refuse it for new plugins`, `"core-plugin"`},
	{"a reserved name that the image has too", named, called("core", "netstacks-plugin-core:1.0.0"), "NSP3002 3:11", "reserved", called("core-plugin", "netstacks-plugin-core-plugin:1.0.0")},
	{"a reserved name that the image of a registry has too", named, called("api", "ghcr.io/acme/netstacks-plugin-api:1.0.0"), "NSP3002 3:11", "reserved", called("api-plugin", "ghcr.io/acme/netstacks-plugin-api-plugin:1.0.0")},
	{"a reserved name that the image only begins with", named, called("api", "netstacks-plugin-apis:1.0.0"), "NSP3002 3:11", "reserved", called("api-plugin", "netstacks-plugin-apis:1.0.0")},
	{"the reserved name plugin", `"notice"`, `"plugin"`, "NSP3002 3:11", "reserved", ""},
	{"a name that begins with a reserved one", `"notice"`, `"core-metrics"`, "", "", ""},

	{"a misspelt capability", `"read_devices"`, `"read_device"`, "NSP3010 10:29", `did you mean "read_devices"?`, `"read_devices"`},
	{"a capability with hyphens", `"invoke_llm"`, `"invoke-llm"`, "NSP3010 10:45", `did you mean "invoke_llm"?`, `"invoke_llm"`},
	{"a capability in camel case", `"invoke_llm"`, `"invokeLlm"`, "NSP3010 10:45", `did you mean "invoke_llm"?`, `"invoke_llm"`},
	{"a capability that is two slips away", `"invoke_llm"`, `"serach_knowledge"`, "NSP3010 10:45", `did you mean "search_knowledge"?`, `"search_knowledge"`},
	{"a misspelt index_knowledge", `"invoke_llm"`, `"index_knowlege"`, "NSP3010 10:45", `did you mean "create_knowledge_document"?`, `"create_knowledge_document"`},
	{"a misspelt capability of high trust", `"invoke_llm", "trigger_agent"`, `"read_credential", "trigger_agent"`, "NSP3010 10:45", `did you mean "read_credentials"?`, `"trigger_agent"`},
	{"a misspelt capability that is declared already", `"invoke_llm", "trigger_agent"`, `"trigger_agent", "trigger_agents"`, "NSP3010 10:62", `"trigger_agent" is declared already, remove this one`, `"trigger_agent"`},
	{"a capability nobody knows", `"invoke_llm", "trigger_agent"`, `"launch_rockets", "trigger_agent"`, "NSP3010 10:45", "no endpoint of the internal API asks for the capability \"launch_rockets\", so that it unlocks nothing; remove it", `"trigger_agent"`},
	{"a capability nobody knows, at the end", `"invoke_llm", "trigger_agent"`, `"invoke_llm", "launch_rockets"`, "NSP3010 10:59", "remove it", `"invoke_llm"`},
	{"a capability nobody knows, alone", `["read_devices", "invoke_llm", "trigger_agent"]`, `["launch_rockets"]`, "NSP3010 10:29", "remove it", `[]`},

	{"index_knowledge", `"invoke_llm"`, `"index_knowledge"`, "NSP3011 10:45", "the prompt of the scaffold offers it, but the table of enforced capabilities does not have it; indexing a document asks for create_knowledge_document; declare that one", `"create_knowledge_document"`},
	{"index_knowledge beside the enforced one", `"invoke_llm", "trigger_agent"`, `"index_knowledge", "create_knowledge_document"`, "NSP3011 10:45", "which is declared already; remove this one", `"create_knowledge_document"`},
	{"a capability twice", `"read_devices", "invoke_llm"`, `"read_devices", "read_devices"`, "NSP3012 10:45", "declared twice", `"read_devices"`},
	{"a capability thrice", `"invoke_llm", "trigger_agent"`, `"read_devices", "read_devices"`, "NSP3012 10:45; NSP3012 10:61", "declared twice", `"read_devices"`},
	{"an unknown capability twice", `"invoke_llm", "trigger_agent"`, `"launch_rockets", "launch_rockets"`, "NSP3010 10:45; NSP3012 10:63", "", ""},
	{"manage_containers", `"invoke_llm"`, `"manage_containers"`, "NSP3013 10:45", "mounts the Docker socket of the host into the plugin, which gives it control over the whole host; keep it only in a plugin that orchestrates containers, and waive this finding with the reason in netstacks.toml", ""},
	{"manage_containers twice", `"invoke_llm", "trigger_agent"`, `"manage_containers", "manage_containers"`, "NSP3013 10:45; NSP3012 10:66", "", ""},
	{"read_credentials", `"invoke_llm"`, `"read_credentials"`, "NSP3014 10:45", "it hands out decrypted secrets, every read is audited; keep it only if the plugin calls GET /internal/v1/credentials/{id}", ""},
	{"execute_gnmi", `"invoke_llm"`, `"execute_gnmi"`, "NSP3014 10:45", "it can change the configuration of devices", ""},
	{"execute_netconf", `"invoke_llm"`, `"execute_netconf"`, "NSP3014 10:45", "calls POST /internal/v1/netconf/execute", ""},
	{"the capabilities of the endpoint table alone", `"invoke_llm"`, `"read_api_resources", "create_knowledge_document", "search_knowledge"`, "", "", ""},
	{"no capability at all", `["read_devices", "invoke_llm", "trigger_agent"]`, `[]`, "", "", ""},
}

var capabilityTrees = []treeDeviation{
	{
		name:  "a reserved name that the database's schema has too",
		files: map[string]string{"service/database.py": "SEARCH_PATH = \"plugin_core,public\"\n"},
		old:   `"notice"`, new: `"core"`, want: "NSP3002 3:11", message: "reserved",
	},
	{
		name:  "a reserved name that a migration makes a schema of",
		files: map[string]string{"migrations/001_initial_schema.sql": "CREATE SCHEMA IF NOT EXISTS plugin_system;\n"},
		old:   `"notice"`, new: `"system"`, want: "NSP3002 3:11", message: "reserved",
	},
	{
		name:  "a reserved name, and code that cannot be looked at",
		files: map[string]string{"service/model.bin": "\x00\x01"},
		old:   `"notice"`, new: `"core"`, want: "NSP3002 3:11", message: "reserved",
	},
}
