package runner

import (
	"fmt"

	"github.com/netstacks/netstacks-plugin/engine"
)

// DefaultNetwork is the Controller's network; PLUGIN_NETWORK overrides it
// (plugin-sdk.txt, "End-to-End Workflow").
const DefaultNetwork = "netstacks_net"

// The names by which containers know the platform (plugin-sdk.txt,
// "Authentication & environment").
const (
	controllerAlias = "netstacks-api"
	controllerPort  = 3000
	databaseAlias   = "db"
	databasePort    = 5432
)

// The values of engine.LabelRole.
const (
	rolePlugin     = "plugin"
	roleRelay      = "relay"
	roleDatabase   = "database"
	roleNetwork    = "network"
	roleRelayImage = "relay-image"
)

// ContainerName returns the name under which the Controller runs a plugin.
func ContainerName(plugin string) string { return "netstacks-plugin-" + plugin }

func relayName(plugin string) string    { return "netstacks-relay-" + plugin }
func databaseName(plugin string) string { return "netstacks-db-" + plugin }

// NameTakenError says that a container or network has the name we need but
// does not carry our labels, or is one that the engine keeps for itself. It
// was not touched.
type NameTakenError struct {
	Kind string // "container" or "network"
	Name string
}

// Error says what stands in the way and what to do about it.
func (e *NameTakenError) Error() string {
	if e.Kind == "network" && builtIn(e.Name) {
		return fmt.Sprintf("the network %q is built into the engine and plugins cannot run on it: "+
			"choose another name in PLUGIN_NETWORK, or unset it for %s", e.Name, DefaultNetwork)
	}
	if e.Kind == "network" {
		return fmt.Sprintf("a network named %q exists that this tool did not make, so it is left alone: "+
			"set PLUGIN_NETWORK=another-name, or remove it with \"docker network rm %s\" when nothing needs it", e.Name, e.Name)
	}
	return fmt.Sprintf("a container named %q exists that this tool did not make, so it is left alone: "+
		"rename it with \"docker rename %s another-name\" or remove it with \"docker rm -f %s\", then run again", e.Name, e.Name, e.Name)
}

// builtIn reports whether an engine keeps a network's name for itself: Docker's
// predefined ones and those of its swarm mode, and Podman's own.
func builtIn(network string) bool {
	switch network {
	case "bridge", "host", "none", "default", "ingress", "docker_gwbridge", "podman":
		return true
	}
	return false
}

// BusyError says that a session that is alive already runs this plugin.
type BusyError struct {
	Plugin  string
	Name    string // of the container found
	Session string
	PID     int
	Host    string // where that process runs; empty for this machine
}

// Error names the other session's process and the ways out.
func (e *BusyError) Error() string {
	if e.Host != "" {
		return fmt.Sprintf("plugin %q is already being run by process %d on %s: stop it there, or remove what it made with \"netstacks-plugin clean --all\"",
			e.Plugin, e.PID, e.Host)
	}
	return fmt.Sprintf("plugin %q is already being run by process %d: stop that run first", e.Plugin, e.PID)
}

// ImageMissingError says that the plugin's image is not on the engine.
type ImageMissingError struct {
	Image string
}

// Error says to build the image.
func (e *ImageMissingError) Error() string {
	return fmt.Sprintf("image %q is not on the engine: build it first with \"netstacks-plugin build\"", e.Image)
}

// labels are what every object of the session carries.
func (s *session) labels(role string) map[string]string {
	l := s.owner.labels()
	l[engine.LabelPlugin] = s.o.Manifest.Name
	l[engine.LabelSession] = s.o.Session
	l[engine.LabelRole] = role
	return l
}
