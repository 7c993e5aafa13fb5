package manifest

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// healthCheck is the health check of a manifest with its command read.
type healthCheck struct {
	healthCommand
	project  *project
	node     *node // the command
	port     int   // the plugin's; 0 when the manifest has none
	readable bool
}

// healthCheck returns the manifest's health check; nil when it has no command,
// or one that is not written as JSON writes it.
func (p *project) healthCheck() *healthCheck {
	n := p.doc.root.get("health_check").get("command")
	if n == nil || n.kind != kindString || n.text == "" {
		return nil
	}
	if written := p.doc.text(n); len(written) < 2 || written[0] != '"' || written[len(written)-1] != '"' {
		return nil
	}
	c := &healthCheck{project: p, node: n, port: p.doc.pluginPort()}
	c.healthCommand, c.readable = readHealth(n.text)
	return c
}

// healthIssues judges what the health check does when it runs. The command is
// run by /bin/sh -c in the plugin's container; while it fails, Docker calls
// the container unhealthy (plugin-sdk.txt, "Optional fields").
func (p *project) healthIssues() []issue {
	issues := p.doc.timeIssues(p.doc.root.get("health_check"))
	c := p.healthCheck()
	if c == nil {
		return issues // the schema refuses it
	}
	if c.readable {
		issues = append(issues, c.hostIssues()...)
		issues = append(issues, c.portIssues()...)
		issues = append(issues, c.pathIssues()...)
		issues = append(issues, c.keywordIssues()...)
	}
	return append(issues, c.toolIssues()...)
}

// pluginPort returns the manifest's port, also when it is written in quotes;
// 0 when it has none that the Controller could take.
func (d *Document) pluginPort() int {
	n := d.root.get("port")
	if n != nil && n.kind == kindString && digits(n.text) == len(n.text) {
		return validPort(n.text)
	}
	port, _ := wholeNumber(n, PortMin, PortMax)
	return port
}

// issue is a finding about a part of the command.
func (c *healthCheck) issue(rule string, s span) issue {
	at := c.project.doc.insideTexts(c.node, s.from, s.to)
	i := issue{rule: rule, offset: at[0], end: at[1], pointer: "/health_check/command"}
	i.found = harmless(shorten(c.text[s.from:s.to], 120))
	return i
}

// write puts text in place of a part of the command.
func (c *healthCheck) write(s span, text string) Edit {
	quoted := jsonText(text)
	at := c.project.doc.insideTexts(c.node, s.from, s.to)
	return edit(at[0], at[1], quoted[1:len(quoted)-1])
}

// portIssues finds a command that probes another port than the plugin's. One
// probe of the right port is enough, and so is one that may be of it.
func (c *healthCheck) portIssues() []issue {
	if c.unsure || c.port == 0 || len(c.probes) == 0 {
		return nil
	}
	for _, p := range c.probes {
		if p.port == 0 || p.right || p.port == c.port {
			return nil
		}
	}
	first := c.probes[0]
	place := first.portAt
	if first.implied {
		place = first.hostAt
	}
	i := c.issue(ruleHealthPort, place)
	i.allowed = fmt.Sprintf("port %d, which is the manifest's", c.port)
	probed := fmt.Sprintf("port %d", first.port)
	if first.implied {
		probed = fmt.Sprintf("%s without a port, which means %d", quoteShort(i.found), first.port)
	}
	i.message = fmt.Sprintf("the health command probes %s, but port is %d, where the service has to listen: the probe fails and Docker calls the container unhealthy; probe %d", probed, c.port, c.port)
	var edits []Edit
	for _, p := range c.probes {
		switch {
		case p.port == first.port && p.implied:
			edits = append(edits, c.write(p.portAt, fmt.Sprintf(":%d", c.port)))
		case p.port == first.port:
			edits = append(edits, c.write(p.portAt, strconv.Itoa(c.port)))
		}
	}
	i.fixes = []Fix{safeFix(fmt.Sprintf("probe port %d", c.port), edits...)}
	if first.port >= PortMin {
		i.fixes = append(i.fixes, riskyFix(fmt.Sprintf("write \"port\": %d", first.port), replace(c.project.doc.root.get("port"), first.port)))
	}
	return []issue{i}
}

// healthPath is the path that every plugin serves (plugin-sdk.txt, "Anatomy of
// a Plugin").
const healthPath = "/health"

// pathIssues finds probes of paths that nothing below service/ seems to serve.
func (c *healthCheck) pathIssues() []issue {
	files := c.project.files
	mine := func(p probe) bool { return p.right || p.port == 0 || p.port == c.port }
	some := slices.ContainsFunc(c.probes, mine)
	var issues []issue
	for _, p := range c.probes {
		if strings.Trim(p.path, "/") == "" || some && !mine(p) {
			continue
		}
		if found, sure := files.serves(p.path); found || !sure {
			continue
		}
		i := c.issue(ruleHealthPath, p.pathAt)
		i.allowed = "a path that the service serves, such as " + healthPath
		i.message = fmt.Sprintf("the health command asks for %s, but no source file below service/ has the word %s: the service would answer 404, and Docker calls the container unhealthy",
			quoteShort(p.path), quoteShort(path.Base(p.path)))
		if found, _ := files.serves(healthPath); found && p.path != healthPath {
			i.message += "; ask for " + healthPath
			i.fixes = []Fix{safeFix("ask for "+healthPath, c.write(p.pathAt, healthPath))}
		} else {
			i.message += "; serve it, as every plugin has to serve " + healthPath
		}
		issues = append(issues, i)
	}
	return issues
}

// timeIssues finds a probe that may take as long as the pause between two.
// Docker waits the interval from the end of one probe to the start of the next.
func (d *Document) timeIssues(check *node) []issue {
	interval, timeout := check.get("interval_seconds"), check.get("timeout_seconds")
	every, ok := wholeNumber(interval, 5, 300)
	limit, also := wholeNumber(timeout, 1, 60)
	if !ok || !also || limit < every {
		return nil
	}
	shorter, longer := max(1, every/3), min(300, 3*limit)
	return []issue{{
		rule: ruleHealthTime, offset: timeout.start, pointer: "/health_check/timeout_seconds", found: d.found(timeout), allowed: fmt.Sprintf("less than interval_seconds, which is %d", every),
		message: fmt.Sprintf("timeout_seconds is %d and interval_seconds %d: a probe that hangs takes longer than the pause between two, so that Docker notices a service that hangs late; write %d",
			limit, every, shorter),
		fixes: []Fix{
			safeFix(fmt.Sprintf("write \"timeout_seconds\": %d", shorter), replace(timeout, shorter)),
			riskyFix(fmt.Sprintf("write \"interval_seconds\": %d", longer), replace(interval, longer)),
		},
	}}
}

// wholeNumber returns the value of a whole number from low to high; false when
// n is none.
func wholeNumber(n *node, low, high int) (int, bool) {
	if n == nil || n.kind != kindNumber {
		return 0, false
	}
	v, ok := integer(n.text)
	if !ok || v < int64(low) || v > int64(high) {
		return 0, false
	}
	return int(v), true
}
