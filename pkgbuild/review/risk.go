package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Level is how much trust a plugin asks for.
type Level string

// The levels, from what anybody may have to what decides over the network.
const (
	Low    Level = "low"
	Medium Level = "medium"
	High   Level = "high"
)

func (l Level) rank() int { return slices.Index([]Level{High, Medium, Low}, l) }

// Risk is what trust a plugin asks for, and why. It is computed from what the
// plugin declares: what its code does with it nobody can tell from outside.
type Risk struct {
	Level   Level    `json:"level"`   // that of the worst reason
	Reasons []Reason `json:"reasons"` // worst first
}

// Reason is one thing that a plugin may do.
type Reason struct {
	Level   Level  `json:"level"`
	Subject string `json:"subject"` // a capability, or another part of the manifest
	Text    string `json:"text"`    // a sentence for those who run the platform
}

// Capability is a capability that a plugin asks for.
type Capability struct {
	Name     string `json:"name"`
	Level    Level  `json:"level"`
	Grants   string `json:"grants"`             // in plain words
	Endpoint string `json:"endpoint,omitempty"` // method and path; "" when it opens none
	Known    bool   `json:"known"`              // the platform's documents name it
}

// grants says in plain words what capabilities really grant. What the catalogue
// marks as high trust is high in any case.
var grants = map[string]struct {
	level Level
	text  string
}{
	"read_devices":              {Low, "lists every device of the inventory, with addresses and types"},
	"read_api_resources":        {Low, "lists the API resources of the platform"},
	"search_knowledge":          {Low, "searches the knowledge base and reads what it finds there"},
	"index_knowledge":           {Low, "grants nothing: no endpoint asks for it"},
	"create_knowledge_document": {Medium, "adds documents to the knowledge base, which people, models and agents find and believe"},
	"invoke_llm":                {Medium, "sends text of its own choice to the language model; each call may cost money, and the text leaves the plugin"},
	"trigger_agent":             {Medium, "starts autonomous agents, which act with permissions of their own beyond this list"},
	"execute_gnmi":              {High, "runs gNMI operations against devices, and can change their configuration"},
	"execute_netconf":           {High, "runs NETCONF operations against devices, and can change their configuration"},
	"read_credentials":          {High, "fetches stored credentials decrypted: passwords and keys in plain text; each read is audited, what happens with the secret afterwards is not"},
	"manage_containers":         {High, "gets the Docker socket of the host: whoever runs code in it controls every container and every file there, the Controller included"},
	"*":                         {High, "asks for everything at once, which the Controller refuses"},
}

// capabilityOf describes a capability by its name.
func capabilityOf(name string) Capability {
	known, found := manifest.CapabilityByName(name)
	c := Capability{Name: name, Level: Medium, Endpoint: known.Endpoint, Known: found}
	words, described := grants[name]
	switch {
	case described:
		c.Level, c.Grants = words.level, words.text
	case found:
		c.Grants = known.Unlocks
	default:
		c.Grants = "is a capability that no document names: ask the author what it is for"
	}
	if known.HighTrust {
		c.Level = High
	}
	return c
}

// capabilities describes what the plugin asks for, each once and in its order.
func (p Plugin) capabilities() []Capability {
	all, seen := []Capability{}, map[string]bool{}
	for _, name := range p.manifest().CapabilitiesRequired {
		if !seen[name] {
			seen[name] = true
			all = append(all, capabilityOf(name))
		}
	}
	return all
}

// riskOf computes the trust that a plugin asks for.
func riskOf(p Plugin) Risk {
	r := Risk{Level: Low, Reasons: []Reason{}}
	has := map[string]bool{}
	for _, c := range p.capabilities() {
		has[c.Name] = true
		r.Reasons = append(r.Reasons, Reason{c.Level, c.Name, c.Grants})
	}
	if has["read_credentials"] && (has["execute_gnmi"] || has["execute_netconf"]) {
		r.Reasons = append(r.Reasons, Reason{High, "credentials and devices", "holds the keys of devices and the means to change them: together they reconfigure the network on their own"})
	}
	m := p.manifest()
	if m.UIBundle != "" {
		r.Reasons = append(r.Reasons, Reason{Medium, "ui_bundle", "runs code in the browser of every admin who opens its pages"})
	}
	if names := sensitiveNames(p); len(names) > 0 {
		r.Reasons = append(r.Reasons, Reason{Low, "settings", fmt.Sprintf("is entrusted with secrets that an admin enters: %s", strings.Join(names, ", "))})
	}
	slices.SortStableFunc(r.Reasons, func(a, b Reason) int { return cmp.Compare(a.Level.rank(), b.Level.rank()) })
	if len(r.Reasons) > 0 {
		r.Level = r.Reasons[0].Level
	}
	return r
}

// sensitiveNames are the settings that hold secrets.
func sensitiveNames(p Plugin) []string {
	var names []string
	for _, s := range settingsOf(p.manifest().SettingsSchema) {
		if s.Sensitive {
			names = append(names, s.Name)
		}
	}
	return names
}
