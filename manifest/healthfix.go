package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// toolIssues finds tools that the health command runs and the image lacks.
func (c *healthCheck) toolIssues() []issue {
	b := c.project.image()
	switch {
	case b == nil:
		return nil
	case b.has("sh") == absent:
		i := c.issue(ruleHealthTool, span{0, len(c.text)})
		i.offset, i.end = c.node.start, c.node.end
		i.allowed = "an image with a shell"
		i.message = fmt.Sprintf("health_check has a command, which Docker runs with /bin/sh, but %s, which %s starts from, has no shell: the container is unhealthy for ever; start from an image with a shell",
			shorten(b.base, 100), dockerfileName)
		return []issue{i}
	case !c.readable || c.asksFirst() || c.neverFails():
		return nil
	}
	uses := c.toolUses(b)
	missing := slices.DeleteFunc(slices.Clone(uses), func(u toolUse) bool { return b.has(u.tool) != absent && !u.device })
	if tool, other := c.alternatives(); other || tool && len(missing) < len(uses) {
		return nil // what is tried next may do
	}
	var issues []issue
	said := map[string]bool{}
	for _, u := range missing {
		if !said[u.tool] {
			issues = append(issues, c.toolIssue(b, u))
			said[u.tool] = true
		}
	}
	return issues
}

// keywordIssues finds a command that starts as the HEALTHCHECK of a Dockerfile
// does: there CMD is a keyword, to a shell it is a program that nobody has.
func (c *healthCheck) keywordIssues() []issue {
	keyword, rest, _ := strings.Cut(strings.TrimLeft(c.text, " "), " ")
	if keyword != "CMD" && keyword != "CMD-SHELL" {
		return nil
	}
	from := strings.Index(c.text, keyword)
	i := c.issue(ruleHealthTool, span{from, from + len(keyword)})
	i.allowed = "the command alone"
	i.message = fmt.Sprintf("the health command starts with %s, a keyword of Dockerfiles that a shell takes for a program, and there is none of that name: the container is unhealthy for ever; remove the word", keyword)
	if rest = strings.TrimLeft(rest, " "); rest != "" && rest[0] != '[' {
		i.fixes = []Fix{safeFix("remove "+keyword, c.write(span{from, len(c.text) - len(rest)}, ""))}
	}
	return []issue{i}
}

// toolUse is a place where the command runs a tool.
type toolUse struct {
	tool   string
	at     span
	device bool // it is bash's /dev/tcp, and another shell reads it
}

// toolUses lists the tools that the command runs from where an image has them.
func (c *healthCheck) toolUses(b *builtImage) []toolUse {
	var uses []toolUse
	for _, command := range c.commands {
		if name := command.name(); slices.Contains(tools, name) {
			w := command.words[0]
			if dir := path.Dir(w.text); w.text == name || isSystemDir(dir) && dir != "/opt" {
				uses = append(uses, toolUse{tool: name, at: span{w.start, w.end}})
			}
		}
		for _, file := range command.files {
			other := command.shell == "" || command.shell == "sh"
			if strings.HasPrefix(file.text, devTCP) && other && (b.dash == "dash" || b.dash == "ash") {
				uses = append(uses, toolUse{tool: "bash", at: span{file.start, file.end}, device: true})
			}
		}
	}
	return uses
}

// asksFirst says whether the command looks what there is before it runs it.
func (c *healthCheck) asksFirst() bool {
	return slices.ContainsFunc(c.commands, func(s simpleCommand) bool {
		switch s.name() {
		case "which", "type", "hash", "command", "test", "[", "[[":
			return s.name() == "which" || s.name() == "type" || s.name() == "hash" || s.name() == "command" ||
				slices.ContainsFunc(s.words, func(w shellWord) bool { return w.text == "-x" || w.text == "-e" || w.text == "-f" })
		}
		return false
	})
}

// neverFails says whether what the command runs has no say in its result.
func (c *healthCheck) neverFails() bool {
	return slices.ContainsFunc(c.commands, func(s simpleCommand) bool {
		name := s.name()
		return s.before == "||" && (name == "true" || name == ":" || name == "exit" && len(s.words) > 1 && s.words[1].text == "0")
	})
}

// alternatives says whether another tool, or a program that nobody knows, is
// run when one fails.
func (c *healthCheck) alternatives() (tool, other bool) {
	for _, s := range c.commands {
		switch name := s.name(); {
		case s.before != "||" || slices.Contains([]string{"exit", "return", "false", "kill", "echo", "printf"}, name):
		case slices.Contains(tools, name):
			tool = true
		default:
			other = true
		}
	}
	return tool, other
}

// toolIssue is the finding about one missing tool.
func (c *healthCheck) toolIssue(b *builtImage, u toolUse) issue {
	i := c.issue(ruleHealthTool, u.at)
	image := shorten(b.base, 100)
	if u.device {
		i.allowed = "a command for the image's own shell"
		i.message = fmt.Sprintf("the health command opens %s, which is a file to bash alone, but /bin/sh of %s is %s: the container is unhealthy for ever; run it with bash -c", quoteShort(i.found), image, b.dash)
		if b.has("bash") == present && !strings.Contains(c.text, "'") {
			i.fixes = []Fix{safeFix("run the command with bash", c.write(span{0, len(c.text)}, "bash -c '"+c.text+"'"))}
		}
		return i
	}
	i.allowed = "a tool that the image has"
	if own := b.probingTools(); len(own) > 0 {
		i.allowed += ", such as " + own[0]
	}
	i.message = fmt.Sprintf("the health command runs %s, but %s has none and %s installs none: the container is unhealthy for ever; use %s, or install %s",
		u.tool, image, dockerfileName, strings.TrimPrefix(i.allowed, "a tool that the image has, such as "), u.tool)
	if fix, ok := c.rewrite(b); ok {
		i.fixes = append(i.fixes, fix)
	}
	if fix, ok := c.installation(b, u.tool); ok {
		i.fixes = append(i.fixes, fix)
	}
	return i
}

// probingTools lists what the image has to ask an URL with, best first.
func (b *builtImage) probingTools() []string {
	list := []string{"curl", "wget", "python", "python3", "node", "bun", "deno", "ruby"}
	return slices.DeleteFunc(list, func(tool string) bool { return b.has(tool) != present })
}

// plainProbe is a command that asks for one URL and does nothing else.
type plainProbe struct {
	at      span   // the call of curl or wget
	url     string // with its scheme
	timeout string // in seconds; "" when none is given
}

// The options of curl and wget that do not change what is asked for.
var (
	curlQuiet = []string{"-s", "-S", "-f", "-o", "-L", "-g", "--silent", "--show-error", "--fail", "--fail-with-body", "--output", "--location", "--no-progress-meter", "--connect-timeout"}
	wgetQuiet = []string{"-q", "-O", "-t", "-S", "-nv", "--quiet", "--spider", "--output-document", "--tries", "--no-verbose", "--server-response", "--connect-timeout"}
)

// plainProbe returns what the command asks when it is one call of curl or
// wget, perhaps with || exit 1 behind it.
func (c *healthCheck) plainProbe() (plainProbe, bool) {
	call := c.commands[0]
	if len(call.words) == 0 {
		return plainProbe{}, false
	}
	for i, s := range c.commands {
		name := s.name()
		if s.inner || s.shell != "" || !s.plain || i > 0 && (s.before != "||" || name != "exit" && name != "false" || len(s.words) > 2) {
			return plainProbe{}, false
		}
	}
	var operands []shellWord
	var options []option
	var quiet []string
	switch call.name() {
	case "curl":
		operands, options = parted(call.words[1:], curlValues, curlLong)
		quiet = curlQuiet
	case "wget":
		operands, options = parted(call.words[1:], wgetValues, wgetLong)
		quiet = wgetQuiet
	default:
		return plainProbe{}, false
	}
	p := plainProbe{at: span{call.words[0].start, call.words[len(call.words)-1].end}}
	for _, o := range options {
		switch value := o.value.text; {
		case o.name == "--max-time" || o.name == "-m" || o.name == "--timeout" || o.name == "-T":
			if p.timeout = value; value == "" || digits(value) != len(value) || len(value) > 3 {
				return plainProbe{}, false
			}
		case o.name == "-o" || o.name == "-O" || o.name == "--output" || o.name == "--output-document":
			if value != "/dev/null" && value != "-" {
				return plainProbe{}, false
			}
		case !slices.Contains(quiet, o.name):
			return plainProbe{}, false
		}
	}
	if len(operands) != 1 || slices.ContainsFunc(call.files, func(f shellWord) bool { return f.start < p.at.to }) {
		return plainProbe{}, false
	}
	var ok bool
	p.url, ok = c.plainURL(operands[0])
	return p, ok
}

// plainURL returns an address that can be written in any quotes; of the
// variables it may hold PLUGIN_PORT alone.
func (c *healthCheck) plainURL(w shellWord) (string, bool) {
	url := w.text
	if !strings.Contains(url, "://") {
		url = "http://" + url
	}
	if !strings.HasPrefix(url, "http://") || len(c.probes) != 1 {
		return "", false
	}
	p := c.probes[0]
	written := c.text[p.portAt.from:p.portAt.to]
	rest := url
	if p.right {
		if strings.Contains(c.text[w.start:w.end], "'") {
			return "", false // not a variable there
		}
		rest = strings.Replace(url, written, "", 1)
	}
	const harmlessInURL = "/:.-_~[]?&=,;%+@"
	for i := range len(rest) {
		if b := rest[i]; b == '$' || !isWordByte(b) && !isDigit(b) && strings.IndexByte(harmlessInURL, b) < 0 {
			return "", false
		}
	}
	return url, true
}

// rewrite puts a call of what the image has in place of one of what it lacks.
func (c *healthCheck) rewrite(b *builtImage) (Fix, bool) {
	p, ok := c.plainProbe()
	own := b.probingTools()
	if !ok || len(own) == 0 {
		return Fix{}, false
	}
	tool := own[0]
	return safeFix(fmt.Sprintf("probe with %s, which the image has", tool), c.write(p.at, p.with(tool, majorVersion(b.base)))), true
}

// with is the probe as a call of another tool. Some of them try the first
// address of localhost only, which may be one of IPv6 where nothing listens:
// they get the address of IPv4. version is that of the language's image.
func (p plainProbe) with(tool string, version int) string {
	four := strings.Replace(p.url, "//localhost", "//127.0.0.1", 1)
	seconds := func(before, after string) string {
		if p.timeout == "" {
			return ""
		}
		return before + p.timeout + after
	}
	fetch := func(exit string) string {
		return fmt.Sprintf(`"fetch('%s'%s).then(r => %s(r.ok ? 0 : 1), () => %s(1))"`, four, seconds(", { signal: AbortSignal.timeout(", "000) }"), exit, exit)
	}
	switch tool {
	case "curl":
		return "curl -fsS -o /dev/null" + seconds(" -m ", "") + " " + shellQuoted(p.url)
	case "wget":
		return "wget -q -O /dev/null" + seconds(" -T ", "") + " " + shellQuoted(four)
	case "node":
		if version > 0 && version < 18 { // it has no fetch
			return fmt.Sprintf(`node -e "require('http').get('%s', r => process.exit(r.statusCode < 400 ? 0 : 1)).on('error', () => process.exit(1))"`, four)
		}
		return "node -e " + fetch("process.exit")
	case "bun":
		return "bun -e " + fetch("process.exit")
	case "deno":
		return "deno eval " + fetch("Deno.exit")
	case "ruby":
		return fmt.Sprintf(`ruby -rnet/http -e "exit Net::HTTP.get_response(URI('%s')).is_a?(Net::HTTPSuccess)"`, p.url)
	}
	return fmt.Sprintf(`%s -c "import urllib.request; urllib.request.urlopen('%s'%s)"`, tool, p.url, seconds(", timeout=", ""))
}

// shellQuoted writes a word so that a shell takes its ? and & for themselves.
func shellQuoted(word string) string {
	if strings.ContainsAny(word, "?&;[]~") {
		return `"` + word + `"`
	}
	return word
}

// packages are what the tools come in, by installer.
var packages = map[string]map[string]string{
	"apt-get":  {"curl": "curl", "wget": "wget", "nc": "netcat-openbsd", "python3": "python3", "python": "python-is-python3"},
	"apk":      {"curl": "curl", "bash": "bash", "python3": "python3"},
	"dnf":      {"wget": "wget", "nc": "nmap-ncat"},
	"yum":      {"wget": "wget", "nc": "nmap-ncat"},
	"microdnf": {"wget": "wget", "nc": "nmap-ncat"},
}

// installation puts the instruction that installs a tool behind the last
// stage's FROM.
func (c *healthCheck) installation(b *builtImage, tool string) (Fix, bool) {
	name := packages[b.install][tool]
	s := c.project.files.text(dockerfileName)
	if name == "" || s == nil || b.behind > len(s.lines) {
		return Fix{}, false
	}
	eol, at := "\n", len(s.data)
	text := "RUN " + b.install + " install -y " + name + " && " + b.install + " clean all"
	switch b.install {
	case "apt-get":
		text = "RUN apt-get update && apt-get install -y --no-install-recommends " + name + " && rm -rf /var/lib/apt/lists/*"
	case "apk":
		text = "RUN apk add --no-cache " + name
	}
	if i := strings.IndexByte(string(s.data), '\n'); i > 0 && s.data[i-1] == '\r' {
		eol = "\r\n"
	}
	if b.behind < len(s.lines) {
		at = s.lines[b.behind]
		text += eol
	} else {
		text = eol + text
	}
	return riskyFix(fmt.Sprintf("install %s in %s", name, dockerfileName), Edit{File: dockerfileName, Start: at, End: at, New: text}), true
}
