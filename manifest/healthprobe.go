package manifest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// span is a part of a health command, in bytes.
type span struct{ from, to int }

// probe is one question that a health command asks of the container that it
// runs in.
type probe struct {
	port    int  // 0 when only running the command tells
	right   bool // it is the PLUGIN_PORT of the environment
	implied bool // none is written: it is that of the scheme
	portAt  span // the port as it is written; the place where it would stand when none is
	hostAt  span // what the port is said of: scheme and host
	nameAt  span // the host alone
	path    string
	pathAt  span // path is "" when none is asked for, or when only running the command tells
}

// healthCommand is what a health command does, as far as its text tells.
type healthCommand struct {
	text     string
	commands []simpleCommand
	probes   []probe
	strays   []probe // those that ask another machine
	unsure   bool    // it may ask more than these say
	opaque   bool    // it runs programs that may ask anything
}

// Bounds of what is read of a health command.
const (
	maxHealthText = 8 << 10 // bytes
	maxProbes     = 16
)

// readHealth reads a health command, which runs as /bin/sh -c in the plugin's
// container, and says whether it could be read.
func readHealth(text string) (healthCommand, bool) {
	h := healthCommand{text: text}
	if len(text) > maxHealthText {
		return h, false
	}
	var ok bool
	if h.commands, ok = readShell(text); !ok {
		return h, false
	}
	for _, c := range h.commands {
		for _, file := range c.files {
			h.device(file)
		}
		name := c.name()
		switch {
		case name == "curl":
			operands, options := parted(c.words[1:], curlValues, curlLong)
			h.fetch(operands, options, curlElsewhere)
		case name == "wget":
			operands, options := parted(c.words[1:], wgetValues, wgetLong)
			h.fetch(operands, options, wgetElsewhere)
		case name == "nc" || name == "ncat" || name == "netcat":
			h.netcat(c.words[1:])
		default:
			if code, ok := programText(c); ok {
				h.program(code.located)
			} else {
				h.opaque = h.opaque || c.mayAsk()
			}
		}
	}
	return h, len(h.probes) <= maxProbes
}

// option is an option of a command with its value, which is empty when it has none.
type option struct {
	name  string // with its hyphens
	value shellWord
}

// The options of curl and wget that take a value, by letter and by name.
const (
	curlValues = "AbcCdDeEFHKmoPQrtTuUwxXyYz"
	wgetValues = "aABDeiIlOoPQRtTUwXY"
)

var (
	curlLong = []string{
		"--abstract-unix-socket", "--cacert", "--capath", "--cert", "--ciphers", "--config", "--connect-timeout", "--connect-to", "--cookie", "--cookie-jar",
		"--data", "--data-ascii", "--data-binary", "--data-raw", "--data-urlencode", "--dump-header", "--form", "--header", "--interface", "--json", "--key",
		"--limit-rate", "--max-filesize", "--max-redirs", "--max-time", "--noproxy", "--oauth2-bearer", "--output", "--preproxy", "--proto", "--proxy", "--proxy-user",
		"--range", "--referer", "--request", "--resolve", "--retry", "--retry-delay", "--retry-max-time", "--socks5", "--socks5-hostname", "--speed-limit",
		"--speed-time", "--stderr", "--trace", "--trace-ascii", "--unix-socket", "--upload-file", "--url", "--user", "--user-agent", "--write-out",
	}
	wgetLong = []string{
		"--body-data", "--bind-address", "--ca-certificate", "--connect-timeout", "--dns-timeout", "--execute", "--header", "--input-file", "--method", "--output-document", "--output-file",
		"--password", "--post-data", "--read-timeout", "--referer", "--timeout", "--tries", "--user", "--user-agent", "--wait", "--waitretry",
	}
	// The options that make a URL say less than all.
	curlElsewhere = []string{
		"-x", "-K", "--abstract-unix-socket", "--config", "--connect-to", "--preproxy", "--proxy", "--resolve", "--socks5", "--socks5-hostname", "--unix-socket",
	}
	wgetElsewhere = []string{"-e", "-i", "-B", "--execute", "--input-file", "--base"}
)

// parted parts arguments into operands and options. values are the letters of
// the options that take a value, long the names of those.
func parted(words []shellWord, values string, long []string) (operands []shellWord, options []option) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		following := func(o option) option {
			if i+1 < len(words) {
				i++
				o.value = words[i]
			}
			return o
		}
		name, value, valued := strings.Cut(w.text, "=")
		switch {
		case w.text == "--":
			return append(operands, words[i+1:]...), options
		case !strings.HasPrefix(w.text, "-") || w.text == "-":
			operands = append(operands, w)
		case strings.HasPrefix(w.text, "--") && valued:
			from := len(name) + 1
			options = append(options, option{name, shellWord{located: w.cut(from, from+len(value)), expands: w.expands}})
		case strings.HasPrefix(w.text, "--"):
			o := option{name: w.text}
			if slices.Contains(long, w.text) {
				o = following(o)
			}
			options = append(options, o)
		case strings.HasPrefix(w.text, "-n") && len(w.text) == 3: // wget's -nv and the like
			options = append(options, option{name: w.text})
		default:
			for n := 1; n < len(w.text); n++ {
				o := option{name: "-" + w.text[n:n+1]}
				takes := strings.IndexByte(values, w.text[n]) >= 0
				if takes && n+1 < len(w.text) {
					o.value = shellWord{located: w.cut(n+1, len(w.text)), expands: w.expands}
				} else if takes {
					o = following(o)
				}
				options = append(options, o)
				if takes {
					break
				}
			}
		}
	}
	return operands, options
}

// fetch takes up the URLs of a call of curl or wget. elsewhere are the options
// that send it somewhere else.
func (h *healthCommand) fetch(operands []shellWord, options []option, elsewhere []string) {
	for _, o := range options {
		switch {
		case slices.Contains(elsewhere, o.name):
			h.unsure = true
			return
		case o.name == "--url":
			operands = append(operands, o.value)
		}
	}
	for _, w := range operands {
		h.url(w.located, false)
	}
}

// netcat takes up the host and port of a call of nc.
func (h *healthCommand) netcat(words []shellWord) {
	operands, options := parted(words, "GIMOPTVXeimpqswx", nil)
	for _, o := range options {
		if o.name == "-U" || o.name == "-l" || o.name == "-x" {
			return
		}
	}
	if len(operands) >= 2 {
		h.hostAndPort(operands[0].located, operands[1].located)
	}
}

// device takes up bash's /dev/tcp/host/port.
func (h *healthCommand) device(file shellWord) {
	rest, ok := strings.CutPrefix(file.text, devTCP)
	host, port, whole := strings.Cut(rest, "/")
	if ok && whole {
		at := len(devTCP)
		h.hostAndPort(file.cut(at, at+len(host)), file.cut(len(file.text)-len(port), len(file.text)))
	}
}

const devTCP = "/dev/tcp/"

// hostAndPort takes up a host and a port that are written as two words.
func (h *healthCommand) hostAndPort(host, port located) {
	p := probe{}
	p.hostAt.from, p.hostAt.to = host.span(0, len(host.text))
	p.nameAt = p.hostAt
	p.readPort(port)
	h.take(p, hostKindOf(host.text))
}

// readPort reads a port that is written somewhere.
func (p *probe) readPort(port located) {
	p.portAt.from, p.portAt.to = port.span(0, len(port.text))
	p.right = isPluginPort(port.text)
	if n, err := strconv.Atoi(port.text); err == nil && n > 0 && n <= PortMax && digits(port.text) == len(port.text) {
		p.port = n
	}
}

// isPluginPort says whether text is the variable that holds the manifest's
// port in the plugin's environment ("Authentication & environment").
func isPluginPort(text string) bool {
	const name = "PLUGIN_PORT"
	rest, braces := strings.CutPrefix(text, "${"+name)
	return text == "$"+name || braces && strings.HasSuffix(rest, "}") && (len(rest) == 1 || strings.ContainsRune(":-=?", rune(rest[0])))
}

// url takes up a URL, with or without its scheme. open says that more may
// follow what is written.
func (h *healthCommand) url(l located, open bool) {
	var p probe
	text, from := l.text, 0
	scheme, _, ok := strings.Cut(text, "://")
	switch scheme = strings.ToLower(scheme); {
	case !ok:
		scheme = "http"
	case scheme != "http" && scheme != "https":
		h.unsure = h.unsure || strings.ContainsAny(scheme, "${`")
		return
	default:
		from = len(scheme) + len("://")
	}
	end := from + authorityLength(text[from:])
	if at := strings.LastIndexByte(text[from:end], '@'); at >= 0 {
		from += at + 1
	}
	host := from + hostLength(text[from:end])
	kind := hostKindOf(text[from:host])
	if kind == hostOther && open && host == len(text) {
		kind = hostUnknown // 'http://local' + 'host'
	}
	if kind == hostUnknown {
		h.unsure = true
		return
	}
	p.hostAt.from, p.hostAt.to = l.span(0, host)
	p.nameAt.from, p.nameAt.to = l.span(from, host)
	switch {
	case host < end:
		p.readPort(l.cut(host+1, end))
	case !open || end < len(text):
		p.implied, p.port = true, map[string]int{"http": 80, "https": 443}[scheme]
		p.portAt.from, p.portAt.to = p.hostAt.to, p.hostAt.to
	}
	if !open {
		p.readPath(l.cut(end, len(text)))
	}
	h.take(p, kind)
}

// take adds a probe to those of its kind.
func (h *healthCommand) take(p probe, kind hostKind) {
	switch {
	case kind == hostUnknown:
		h.unsure = true
	case kind == hostHere:
		h.probes = append(h.probes, p)
	case len(h.strays) < maxProbes:
		h.strays = append(h.strays, p)
	}
}

// authorityLength is where a URL's host and port end. What an expansion holds
// does not end them.
func authorityLength(text string) int {
	open := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '{':
			open++
		case c == '}':
			open--
		case open <= 0 && (c == '/' || c == '?' || c == '#'):
			return i
		}
	}
	return len(text)
}

// hostLength is where the host ends in host:port.
func hostLength(text string) int {
	if strings.HasPrefix(text, "[") {
		if i := strings.IndexByte(text, ']'); i >= 0 {
			return i + 1
		}
	}
	if i := strings.IndexByte(text, ':'); i >= 0 {
		return i
	}
	return len(text)
}

// readPath reads the path that a URL starts its rest with.
func (p *probe) readPath(rest located) {
	end := strings.IndexAny(rest.text, "?#")
	if end < 0 {
		end = len(rest.text)
	}
	path := rest.text[:end]
	if !strings.HasPrefix(path, "/") || !isPlainPath(path) {
		return
	}
	p.path = path
	p.pathAt.from, p.pathAt.to = rest.span(0, end)
}

// isPlainPath says whether a path says by itself what is asked for.
func isPlainPath(path string) bool {
	for i := range len(path) {
		if c := path[i]; !isWordByte(c) && !isDigit(c) && strings.IndexByte("/-.~", c) < 0 || c == '$' {
			return false
		}
	}
	return true
}

// programText returns the program that a call of an interpreter has on its
// command line.
func programText(c simpleCommand) (shellWord, bool) {
	name := c.name()
	var flags []string
	switch {
	case name == "node" || name == "nodejs" || name == "bun":
		flags = []string{"-e", "--eval", "-p", "-pe", "--print"}
	case name == "deno":
		flags = []string{"eval"}
	case name == "ruby" || name == "perl":
		flags = []string{"-e"}
	case name == "php":
		flags = []string{"-r"}
	}
	for i, w := range c.words {
		// Python's -c may have other letters before it.
		cluster := isPython(name) && strings.HasPrefix(w.text, "-") && strings.HasSuffix(w.text, "c") && !strings.HasPrefix(w.text, "--")
		if i > 0 && i+1 < len(c.words) && (cluster || slices.Contains(flags, w.text)) {
			return c.words[i+1], true
		}
	}
	return shellWord{}, false
}

func isPython(name string) bool {
	return strings.HasPrefix(name, "python") && strings.Trim(name[len("python"):], "0123456789.") == ""
}

// programPatterns find what programs ask. They are made when first needed.
var programPatterns = sync.OnceValue(func() (p struct{ host, after, named, connect, path, other *regexp.Regexp }) {
	p.host = regexp.MustCompile(`['"](localhost|127(?:\.\d{1,3}){3}|::1|0\.0\.0\.0)(?::(\d{1,5}))?['"]`)
	p.after = regexp.MustCompile(`^\s*,\s*(?:port\s*[:=]\s*)?['"]?(\d{1,5})\b`)
	p.named = regexp.MustCompile(`\bport['"]?\s*[:=]\s*['"]?(\d{1,5})\b`)
	p.connect = regexp.MustCompile(`\b(?:connect|createConnection)\(\s*(\d{1,5})\b`)
	p.path = regexp.MustCompile(`(?:\brequest\(\s*['"][A-Z]+['"]\s*,|\bpath['"]?\s*[:=])\s*['"](/[^'"]*)['"]`)
	p.other = regexp.MustCompile(`\bhost(?:name)?['"]?\s*[:=]\s*(['"]?[\w.-]*)`)
	return p
})

// program takes up what the text of a program asks, in whatever language:
// URLs, pairs of host and port, and ports and paths by name.
func (h *healthCommand) program(code located) {
	h.programURLs(code)
	patterns, text := programPatterns(), code.text
	first := len(h.probes)
	alone := false // a host without a port
	for _, m := range patterns.host.FindAllStringSubmatchIndex(text, maxProbes) {
		if m[4] >= 0 {
			h.hostAndPort(code.cut(m[2], m[3]), code.cut(m[4], m[5]))
		} else if port := patterns.after.FindStringSubmatchIndex(text[m[1]:]); port != nil {
			h.hostAndPort(code.cut(m[2], m[3]), code.cut(m[1]+port[2], m[1]+port[3]))
		} else {
			alone = true
		}
	}
	if len(h.probes) == first {
		for _, m := range patterns.other.FindAllStringSubmatchIndex(text, maxProbes) {
			if hostKindOf(strings.TrimLeft(text[m[2]:m[3]], `'"`)) != hostHere {
				h.namedHost(code, m[2], m[3])
				return
			}
		}
		for _, pattern := range []*regexp.Regexp{patterns.named, patterns.connect} {
			for _, m := range pattern.FindAllStringSubmatchIndex(text, maxProbes) {
				p := probe{}
				p.readPort(code.cut(m[2], m[3]))
				p.hostAt = p.portAt
				h.probes = append(h.probes, p)
			}
		}
		h.unsure = h.unsure || alone && len(h.probes) == first
	}
	for _, m := range patterns.path.FindAllStringSubmatchIndex(text, maxProbes) {
		p := probe{}
		if len(h.probes) == first+1 {
			h.probes[first].readPath(code.cut(m[2], m[3]))
			continue
		}
		p.readPath(code.cut(m[2], m[3]))
		h.probes = append(h.probes, p)
	}
}

// namedHost takes up a host that a program names by a keyword: it is another
// machine when the whole of it stands in quotes, and no header.
func (h *healthCommand) namedHost(code located, from, to int) {
	text := code.text
	name := strings.TrimLeft(text[from:to], `'"`)
	if len(name)+1 != to-from || to == len(text) || text[to] != text[from] || strings.Contains(text, "headers") || goesOnBehind(text[to+1:]) {
		h.unsure = true
		return
	}
	var none located
	h.hostAndPort(code.cut(from+1, to), none)
}

// programURLs takes up the URLs that stand in quotes.
func (h *healthCommand) programURLs(code located) {
	text := code.text
	for at := 0; len(h.probes) <= maxProbes; {
		n := strings.Index(text[at:], "http")
		if n < 0 {
			return
		}
		from := at + n
		at = from + len("http")
		if rest := strings.TrimPrefix(text[at:], "s"); !strings.HasPrefix(rest, "://") {
			continue
		}
		if from == 0 || strings.IndexByte("'\"`", text[from-1]) < 0 {
			h.unsure = true
			continue
		}
		length := strings.IndexByte(text[from:], text[from-1])
		if length < 0 {
			h.unsure = true
			return
		}
		at = from + length
		h.url(code.cut(from, at), goesOnBehind(text[at+1:]))
	}
}

// goesOnBehind says whether a program adds to the text that ends before rest.
func goesOnBehind(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r\n")
	return rest != "" && strings.IndexByte("+%.'\"`", rest[0]) >= 0
}
