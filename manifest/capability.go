package manifest

import "slices"

// Capability is one permission of the internal API that a plugin may declare
// in capabilities_required ("Capability Declarations").
type Capability struct {
	Name     string `json:"name"`
	Unlocks  string `json:"unlocks"`  // what the plugin may do with it
	Endpoint string `json:"endpoint"` // method and path below the Controller's address; empty when it opens none
	Common   bool   `json:"common"`   // one of the five that the scaffold offers
	// HighTrust marks what hands out secrets or power over the host or the network; Risk says which.
	HighTrust bool   `json:"high_trust"`
	Risk      string `json:"risk,omitempty"`
	// Deprecated names a capability that no endpoint checks; Instead is the one that is checked.
	Deprecated bool   `json:"deprecated"`
	Instead    string `json:"instead,omitempty"`
}

var capabilities = []Capability{
	{Name: "read_devices", Unlocks: "list and read the device inventory", Endpoint: "GET /internal/v1/devices", Common: true},
	{
		Name: "read_credentials", Unlocks: "fetch a decrypted credential by its id", Endpoint: "GET /internal/v1/credentials/{id}", Common: true,
		HighTrust: true, Risk: "hands out decrypted secrets; every read is audited",
	},
	{
		Name: "invoke_llm", Unlocks: "chat completions through the LLM orchestrator", Endpoint: "POST /internal/v1/llm/chat", Common: true,
		Risk: "each call may cost money",
	},
	{Name: "search_knowledge", Unlocks: "vector search of the knowledge base", Endpoint: "GET /internal/v1/knowledge/search", Common: true},
	{
		Name: "index_knowledge", Unlocks: "nothing: no endpoint checks it", Common: true,
		Deprecated: true, Instead: "create_knowledge_document",
	},
	{Name: "create_knowledge_document", Unlocks: "index a document into the knowledge base", Endpoint: "POST /internal/v1/knowledge/documents"},
	{
		Name: "execute_gnmi", Unlocks: "run gNMI operations against a device", Endpoint: "POST /internal/v1/gnmi/execute",
		HighTrust: true, Risk: "can change the configuration of devices",
	},
	{
		Name: "execute_netconf", Unlocks: "run NETCONF operations against a device", Endpoint: "POST /internal/v1/netconf/execute",
		HighTrust: true, Risk: "can change the configuration of devices",
	},
	{
		Name: "trigger_agent", Unlocks: "start a run of an autonomous agent", Endpoint: "POST /internal/v1/agents/trigger",
		Risk: "agents act with permissions of their own",
	},
	{Name: "read_api_resources", Unlocks: "list API resources", Endpoint: "GET /internal/v1/api-resources"},
	{
		Name: "manage_containers", Unlocks: "orchestrate containers: the Docker socket is mounted into the plugin",
		HighTrust: true, Risk: "the Docker socket gives control over the whole host",
	},
}

// Capabilities returns the catalogue: the five the scaffold offers first, then
// the others in the order of the endpoint tables.
func Capabilities() []Capability { return slices.Clone(capabilities) }

// SimilarCapability returns the name of the capability that is probably meant by one that no endpoint asks for; ""
// when none is like it. slip says that it differs by a letter: a larger difference may mean another permission.
func SimilarCapability(name string) (near string, slip bool) {
	var names []string
	for _, c := range capabilities {
		names = append(names, c.Name)
	}
	near = nearest(name, names)
	if c, _ := CapabilityByName(near); c.Deprecated {
		return c.Instead, false
	}
	return near, near != "" && editDistance(snake(name), near) <= 1
}

// CapabilityByName returns the capability called name, and whether there is one.
func CapabilityByName(name string) (Capability, bool) {
	for _, c := range capabilities {
		if c.Name == name {
			return c, true
		}
	}
	return Capability{}, false
}
