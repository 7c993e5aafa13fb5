package manifest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// defaultPort is that of the specification's samples and of the scaffold.
const defaultPort = 8080

// exposedPort returns the one port that the Dockerfile's last stage exposes; 0
// when there is none, or several.
func (p *project) exposedPort() int {
	var ports []string
	for _, n := range p.lastStage() {
		if strings.EqualFold(n.Value, "expose") {
			ports = append(ports, values(n.Next)...)
		}
	}
	ports = slices.DeleteFunc(ports, func(port string) bool { return strings.HasSuffix(strings.ToLower(port), "/udp") })
	if len(ports) != 1 {
		return 0
	}
	return validPort(strings.TrimSuffix(strings.ToLower(ports[0]), "/tcp"))
}

// validPort returns the port of a text; 0 when the Controller refuses it.
func validPort(text string) int {
	if n, err := strconv.Atoi(text); err == nil && n >= PortMin && n <= PortMax {
		return n
	}
	return 0
}

// probedPort returns the one port that the health command asks; 0 when there
// is none, or several.
func (p *project) probedPort() int {
	c := p.healthCheck()
	if c == nil {
		return 0
	}
	only := 0
	for _, asked := range c.probes {
		if asked.port != 0 && only != 0 && asked.port != only {
			return 0
		}
		only = max(only, asked.port)
	}
	if only < PortMin {
		return 0
	}
	return only
}

// moveProbes lets the health command ask another port where it asks the old one.
func (p *project) moveProbes(old, port string) []Edit {
	c := p.healthCheck()
	if c == nil {
		return nil
	}
	var edits []Edit
	for _, asked := range c.probes {
		switch {
		case asked.implied && strconv.Itoa(asked.port) == old:
			edits = append(edits, c.write(asked.portAt, ":"+port))
		case c.text[asked.portAt.from:asked.portAt.to] == old:
			edits = append(edits, c.write(asked.portAt, port))
		}
	}
	return edits
}

// derivePort takes the port from the health command or the Dockerfile, else
// the specification's.
func (p *project) derivePort() []reading {
	asked, exposed := p.probedPort(), p.exposedPort()
	var all []reading
	for _, port := range []int{asked, exposed} {
		if port != 0 && (len(all) == 0 || asked != exposed) {
			all = append(all, reading{int64(port), asked == 0 || exposed == 0 || asked == exposed})
		}
	}
	if len(all) == 0 {
		return []reading{{int64(defaultPort), true}}
	}
	return all
}

// portText is a port as it is written elsewhere: ":8080", "8080/tcp".
var portText = onDemand(`^:?([0-9]+)(?:/tcp)?$`)

// readPort takes the port out of other spellings. In place of one that no
// service may have it takes that of the health command or the Dockerfile, else
// the specification's; the health command goes with it.
func (m *mending) readPort() bool {
	text := strings.TrimSpace(m.node.text)
	if m.node.kind == kindNull || m.node.kind == kindString && text == "" {
		return false
	}
	if parts := portText().FindStringSubmatch(text); parts != nil {
		text = parts[1]
	}
	number := false
	for _, r := range append(numbers(text, true), readings(m.node, []string{"integer"}, 2)...) {
		m.write(r.safe, r.value)
		if whole, ok := r.value.(int64); ok {
			text, number = strconv.FormatInt(whole, 10), true
		}
	}
	if len(m.fixes) > 0 {
		return true
	}
	instead := func(safe bool, port int64) {
		m.writeWith(safe, port, ", also in the health command", m.moveProbes(text, strconv.FormatInt(port, 10))...)
	}
	if m.probedPort()+m.exposedPort() > 0 {
		for _, r := range m.derivePort() {
			instead(r.safe && number, r.value.(int64))
		}
	}
	instead(false, defaultPort)
	if n, err := strconv.Atoi(text); err == nil && n > PortMax {
		instead(false, PortMax)
	}
	return true
}

// portNow returns the manifest's port; while it is none, what would become of it.
func (p *project) portNow() int {
	if port, ok := wholeNumber(p.doc.root.get("port"), PortMin, PortMax); ok {
		return port
	}
	port, _ := asFloat(p.derivePort()[0].value)
	return int(port)
}

// deriveHealthCheck is the scaffold's health check.
func (p *project) deriveHealthCheck() []reading {
	var all []reading
	for _, command := range p.healthCommands() {
		all = append(all, reading{keyed{
			{"command", command.value}, {"interval_seconds", 10}, {"timeout_seconds", 5}, {"retries", 3}, {"start_period_seconds", 15},
		}, command.safe})
	}
	return all
}

// healthCommands ask the service's /health, which every plugin serves
// (plugin-sdk.txt, "Anatomy of a Plugin"), with a tool that the image has: the
// language of its base, or what its last stage installs.
func (p *project) healthCommands() []reading {
	port := p.portNow()
	python := fmt.Sprintf(`python -c "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', %d, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"`, port)
	node := fmt.Sprintf(`node -e "fetch('http://127.0.0.1:%d/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"`, port)
	curl := fmt.Sprintf("curl -sf http://localhost:%d/health || exit 1", port)
	wget := fmt.Sprintf("wget -q -O /dev/null http://localhost:%d/health || exit 1", port)
	first, rest := p.stageText()
	switch {
	case strings.Contains(first, "python") || strings.Contains(rest, `["python`):
		return texts(true, python, curl)
	case strings.Contains(first, "node"):
		return texts(true, node, curl)
	case strings.Contains(rest, "curl"):
		return texts(true, curl)
	case strings.Contains(first, "alpine") || strings.Contains(first, "busybox") || strings.Contains(rest, "wget"):
		return texts(true, wget, curl)
	}
	return texts(false, curl, wget)
}

// stageText returns the FROM of the Dockerfile's last stage and the
// instructions behind it, a line each, in lower case.
func (p *project) stageText() (from, rest string) {
	var lines []string
	for _, n := range p.lastStage() {
		lines = append(lines, n.Original)
		for _, h := range n.Heredocs {
			lines = append(lines, h.Content)
		}
	}
	from, rest, _ = strings.Cut(strings.ToLower(strings.Join(lines, "\n")), "\n")
	return from, rest
}

// readMigrationsDir takes the usual directory when it is there and no other is
// named.
func (m *mending) readMigrationsDir() bool {
	const usual = "migrations"
	names, _ := sqlFiles(m.files, usual)
	switch n := m.node; {
	case n.kind == kindNull || n.kind == kindBool && n.text == "false":
		m.remove(true)
	case n.kind == kindBool || n.kind == kindString && strings.TrimSpace(n.text) == "":
	default:
		return false
	}
	if len(names) > 0 {
		m.write(len(m.fixes) == 0, usual)
	}
	m.remove(m.node.kind == kindString)
	return true
}

// readBundle takes the one entry file there is where the author only says that
// there is one.
func (m *mending) readBundle() bool {
	if m.node.kind == kindBool && m.node.text == "true" {
		m.write(true, m.bundleEntry())
	}
	return noText(m)
}

// entryNames are what bundlers call the file that others load, best first.
var entryNames = []string{"remoteEntry.js", "index.js", "index.mjs", "main.js", "bundle.js", "plugin.js"}

// bundleEntry returns the one file below ui/ that can be the bundle's entry,
// relative to it; "" when there is none, or several.
func (p *project) bundleEntry() string {
	const most = 1000
	var files []string
	dirs := []string{"ui"}
	for seen := 0; len(dirs) > 0; dirs = dirs[1:] {
		entries, err := p.files.ReadDir(dirs[0])
		if err != nil {
			continue
		}
		for _, e := range entries {
			if seen++; seen > most {
				return ""
			}
			switch name := path.Join(dirs[0], e.Name()); {
			case e.IsDir() && !slices.Contains([]string{"node_modules", "src", "test", "tests"}, e.Name()) && e.Name()[0] != '.':
				dirs = append(dirs, name)
			case e.Type().IsRegular() && slices.Contains([]string{".js", ".mjs"}, path.Ext(name)) && !isConfigFile(e):
				files = append(files, strings.TrimPrefix(name, "ui/"))
			}
		}
	}
	if len(files) == 1 {
		return files[0]
	}
	for _, entry := range entryNames {
		named := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return path.Base(name) != entry })
		if len(named) == 1 {
			return named[0]
		}
		if len(named) > 1 {
			return ""
		}
	}
	return ""
}

// isConfigFile says whether a file configures a tool, as vite.config.js does.
func isConfigFile(e fs.DirEntry) bool { return strings.Contains(e.Name(), ".config.") }
