package controller

import (
	"net/http"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// capabilities is the answer of GET /api/capabilities (terminal.md,
// "Capabilities response").
type capabilities struct {
	Version      string          `json:"version"`
	LicenseTier  string          `json:"license_tier"`
	InstanceName string          `json:"instance_name"`
	Features     []feature       `json:"features"`
	Plugins      []pluginSummary `json:"plugins"`
	Permissions  []string        `json:"permissions"`
}

type feature struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

type pluginSummary struct {
	Name           string           `json:"name"`
	DisplayName    string           `json:"display_name"`
	TerminalPanels []manifest.Panel `json:"terminal_panels"`
}

// serveCapabilities tells the Terminal which plugins and panels there are. An
// attached plugin is an enabled one.
func (c *Controller) serveCapabilities(w http.ResponseWriter, r *http.Request, x *Exchange) {
	if !onlyGet(w, r) {
		return
	}
	user, err := c.user(r)
	if err != nil {
		x.Decision = DecisionUnauthenticated
		refuseUser(w, err)
		return
	}
	x.Decision = DecisionAllowed
	answer := capabilities{
		Version:      c.version,
		LicenseTier:  "enterprise",
		InstanceName: "local Controller",
		Features:     []feature{{Name: "plugins", Enabled: true}},
		Plugins:      []pluginSummary{},
		Permissions:  user.Permissions,
	}
	for _, a := range c.plugins() {
		m := a.manifest
		answer.Plugins = append(answer.Plugins, pluginSummary{m.Name, m.DisplayName, append([]manifest.Panel{}, m.TerminalPanels...)})
	}
	writeJSON(w, http.StatusOK, answer)
}
