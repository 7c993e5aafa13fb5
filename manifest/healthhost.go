package manifest

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// hostKind says where a probe goes.
type hostKind int

const (
	hostOther   hostKind = iota // another machine
	hostHere                    // this container
	hostUnknown                 // only running the command tells
)

// localNames are the names of a machine for itself.
var localNames = []string{"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}

func hostKindOf(host string) hostKind {
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	address, err := netip.ParseAddr(host)
	address = address.Unmap()
	switch {
	case err == nil && (address.IsLoopback() || address.IsUnspecified()), slices.Contains(localNames, host), strings.HasSuffix(host, ".localhost"):
		return hostHere
	case strings.Trim(host, "0123456789.") == "" && (strings.HasPrefix(host, "127.") || host == "0"): // 127.1
		return hostHere
	case host == "" || digits(host) == len(host) || strings.ContainsAny(host, "${}%<>`'\"+()"):
		return hostUnknown
	}
	return hostOther
}

// askNothing are commands and words of the shell that ask no machine for anything.
var askNothing = []string{
	"[", "test", "true", "false", ":", "exit", "echo", "printf", "sleep", "kill", "set", "export", "cd", "cat", "head", "tail", "tr", "cut", "wc", "grep", "egrep",
	"sed", "awk", "jq", "for", "case", "esac", "fi", "done",
}

// mayAsk says whether a command that nobody reads here may ask the network.
func (c simpleCommand) mayAsk() bool {
	switch name := c.name(); {
	case len(c.words) == 0 || slices.Contains(askNothing, name):
		return false
	case slices.Contains([]string{"sh", "bash", "dash", "ash"}, name): // what follows -c is a command of its own
		return !slices.ContainsFunc(c.words, func(w shellWord) bool { return strings.HasPrefix(w.text, "-") && strings.HasSuffix(w.text, "c") })
	}
	return true
}

// hostIssues finds a command that asks other machines alone: Docker's
// HEALTHCHECK runs in the plugin's container and is about that. One probe of the
// container is enough, and so is one that may be of it.
func (c *healthCheck) hostIssues() []issue {
	own := "netstacks-plugin-" + memberText(c.project.doc.root, "name") // the container's name on its network
	if c.unsure || c.opaque || len(c.probes) > 0 || len(c.strays) == 0 {
		return nil
	}
	for _, p := range c.strays {
		if c.text[p.nameAt.from:p.nameAt.to] == own {
			return nil
		}
	}
	i := c.issue(ruleHealthHost, c.strays[0].nameAt)
	i.allowed = "a probe of the container itself, as 127.0.0.1 or localhost"
	i.message = fmt.Sprintf("the health command asks %s, but it runs in the plugin's container and has to tell whether this one is healthy: while %[1]s answers nobody notices that the plugin hangs, and while it does not Docker calls the plugin unhealthy; ask 127.0.0.1",
		quoteShort(i.found))
	var edits []Edit
	for _, p := range c.strays {
		edits = append(edits, c.hereInstead(p)...)
	}
	i.fixes = []Fix{riskyFix("ask 127.0.0.1 instead", edits...)}
	return []issue{i}
}

// hereInstead lets a probe of another machine ask the plugin: at its port, and
// for a path that it serves.
func (c *healthCheck) hereInstead(p probe) []Edit {
	host := "127.0.0.1"
	if p.nameAt != p.hostAt && strings.Contains(c.text[p.hostAt.from:p.nameAt.from], "://") {
		host = "http://" + host // the service itself speaks no TLS
	}
	var edits []Edit
	switch {
	case c.port == 0 || p.right:
	case p.implied:
		host += ":" + strconv.Itoa(c.port)
	case p.port != 0 && p.port != c.port:
		edits = append(edits, c.write(p.portAt, strconv.Itoa(c.port)))
	}
	if found, sure := c.project.files.serves(p.path); p.path != "" && sure && !found {
		edits = append(edits, c.write(p.pathAt, healthPath))
	}
	return append(edits, c.write(p.hostAt, host))
}
