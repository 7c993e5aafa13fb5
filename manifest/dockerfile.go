package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	dockerparser "github.com/moby/buildkit/frontend/dockerfile/parser"
	dockershell "github.com/moby/buildkit/frontend/dockerfile/shell"
)

// dockerfileName is the file that the plugin's image is built from.
const dockerfileName = "service/Dockerfile"

// maxBuildArg bounds what a build argument may grow to, in bytes.
const maxBuildArg = 500

// builtImage is what can be said of the image that service/Dockerfile makes.
type builtImage struct {
	base    string              // the image it starts from, such as "python:3.12-slim"
	ships   map[string]presence // of tools
	dash    string              // what /bin/sh is, as in system.shell
	install string              // what installs packages in the last stage; "" when nothing can
	behind  int                 // the line that the last stage's FROM ends in, from 1
	unsure  bool                // something was run or copied that may bring any tool
}

// has says whether the image has a tool.
func (b *builtImage) has(tool string) presence {
	if p := b.ships[tool]; p != absent || !b.unsure {
		return p
	}
	return unknown
}

// dockerfile is service/Dockerfile as it was read.
type dockerfile struct {
	stages []buildStage // none when it cannot be read
	image  *builtImage  // nil when nobody knows what it builds
}

// dockerfile returns what service/Dockerfile says.
func (p *project) dockerfile() dockerfile {
	s, err := p.files.source(dockerfileName, serviceFileLimit)
	if err != nil {
		return dockerfile{}
	}
	type text struct{ *source }
	return remember(p.files, text{s}, func() dockerfile { return readDockerfile(s.data) })
}

// image returns what service/Dockerfile builds; nil when that cannot be told.
func (p *project) image() *builtImage { return p.dockerfile().image }

// lastStage returns the instructions of the Dockerfile's last stage, which the
// image is, its FROM first.
func (p *project) lastStage() []*dockerparser.Node {
	if stages := p.dockerfile().stages; len(stages) > 0 {
		return stages[len(stages)-1].instructions
	}
	return nil
}

// buildStage is one FROM with what follows it.
type buildStage struct {
	name         string // in lower case; "" when it has none
	base         string // "" when only the build tells
	line         int    // the last one of its FROM
	instructions []*dockerparser.Node
}

// readDockerfile reads a Dockerfile.
func readDockerfile(data []byte) dockerfile {
	parsed, err := dockerparser.Parse(bytes.NewReader(data))
	if err != nil {
		return dockerfile{}
	}
	stages := buildStages(parsed)
	return dockerfile{stages, imageOf(stages)}
}

// imageOf follows the last stage down to its image; nil when there is none, or
// it starts from an image that nobody knows.
func imageOf(stages []buildStage) *builtImage {
	if len(stages) == 0 {
		return nil
	}
	chain := []buildStage{stages[len(stages)-1]}
	for parent := len(stages) - 2; parent >= 0; parent-- {
		if name := stages[parent].name; name != "" && name == strings.ToLower(chain[0].base) {
			chain = append([]buildStage{stages[parent]}, chain...)
		}
	}
	base := chain[0].base
	if slices.ContainsFunc(stages, func(s buildStage) bool { return s.name != "" && s.name == strings.ToLower(base) }) {
		return nil // a stage that comes later: the build refuses it
	}
	known, ok := knownImage(base)
	if !ok {
		return nil
	}
	b := &builtImage{base: base, ships: known.ships(), dash: known.on.shell, install: known.on.installer, behind: chain[len(chain)-1].line}
	for i, stage := range chain {
		for _, n := range stage.instructions {
			b.apply(n, i < len(chain)-1)
		}
	}
	return b
}

// buildStages parts a Dockerfile into its stages, with the build arguments of
// FROM filled in by their defaults.
func buildStages(parsed *dockerparser.Result) []buildStage {
	var stages []buildStage
	arguments := map[string]string{}
	for _, n := range parsed.AST.Children {
		switch strings.ToLower(n.Value) {
		case "from":
			s := buildStage{line: n.EndLine}
			if words := values(n.Next); len(words) > 0 {
				if base, ok := expand(words[0], arguments, parsed.EscapeToken); ok {
					s.base = base
				}
				if len(words) == 3 && strings.EqualFold(words[1], "as") {
					s.name = strings.ToLower(words[2])
				}
			}
			stages = append(stages, s)
		case "arg":
			for _, word := range values(n.Next) {
				name, value, given := strings.Cut(word, "=")
				if value, ok := expand(value, arguments, parsed.EscapeToken); len(stages) == 0 && given && ok && len(arguments) < 100 {
					arguments[name] = value
				}
			}
		}
		if len(stages) > 0 {
			last := &stages[len(stages)-1]
			last.instructions = append(last.instructions, n)
		}
	}
	return stages
}

// expand fills build arguments in; false when only the build tells what a word is.
func expand(word string, arguments map[string]string, escape rune) (string, bool) {
	env := make([]string, 0, len(arguments))
	for _, name := range sortedKeys(arguments) {
		env = append(env, name+"="+arguments[name])
	}
	value, missing, err := dockershell.NewLex(escape).ProcessWord(word, dockershell.EnvsFromSlice(env))
	for name := range missing {
		if !strings.Contains(word, "${"+name+":-") && !strings.Contains(word, "${"+name+"-") {
			return "", false
		}
	}
	return value, err == nil && len(value) <= maxBuildArg
}

// values are the words behind an instruction.
func values(n *dockerparser.Node) []string {
	var words []string
	for ; n != nil; n = n.Next {
		words = append(words, n.Value)
	}
	return words
}

// apply takes up what an instruction makes of the image. inherited says that
// it belongs to a stage that the last one starts from.
func (b *builtImage) apply(n *dockerparser.Node, inherited bool) {
	words := values(n.Next)
	switch strings.ToLower(n.Value) {
	case "run":
		b.ranAll(n, words)
	case "copy", "add":
		b.copied(words, slices.ContainsFunc(n.Flags, func(f string) bool { return strings.HasPrefix(f, "--from=") }))
	case "shell": // the health command is run by it in place of /bin/sh
		b.ships["sh"], b.dash = unknown, ""
	case "user":
		if inherited {
			b.install = "" // it takes the right to install
		}
	}
}

// packagers install packages, and are followed by verbs.
var (
	packagers   = []string{"apt-get", "apt", "aptitude", "apk", "dnf", "microdnf", "yum", "zypper", "pacman", "tdnf", "install_packages", "pip", "pip3", "conda", "mamba", "micromamba", "uv", "brew"}
	removeVerbs = []string{"remove", "purge", "autoremove", "del", "erase", "uninstall", "-R", "-Rs", "-Rns"}
	// whoKnows are commands that install what their text does not name.
	whoKnows = []string{"make", "xargs", "ansible-playbook", "nix-env", "nix", "source", ".", "eval", "dpkg", "rpm", "chroot", "debootstrap"}
	// fewNeeds are packages that bring no interpreter of any language.
	fewNeeds = []string{
		"install", "add", "update", "upgrade", "dist-upgrade", "full-upgrade", "clean", "makecache", "all",
		"ca-certificates", "curl", "wget", "tini", "dumb-init", "gosu", "su-exec", "tzdata", "openssl", "procps", "bash", "jq", "netcat", "netcat-openbsd", "netcat-traditional",
		"nmap", "ncat", "iputils-ping", "dnsutils", "locales", "libpq5", "libpq-dev", "libssl3", "gcc", "g++", "libc6-dev", "musl-dev", "libffi-dev", "make", "unzip", "gzip", "xz-utils", "coreutils",
	}
)

// ranAll takes up a RUN in each of its forms: text for a shell, a list of
// words, and a here-document.
func (b *builtImage) ranAll(n *dockerparser.Node, words []string) {
	if n.Attributes["json"] {
		for i, w := range words {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	text := strings.Join(words, " ")
	if len(n.Heredocs) == 0 {
		b.ran(text)
		return
	}
	for _, h := range n.Heredocs {
		interpreter, _, _ := strings.Cut(h.Content, "\n")
		if !strings.HasPrefix(text, "<<") || strings.HasPrefix(interpreter, "#!") && !strings.Contains(interpreter, "sh") {
			b.unsure = true // a program in another language
			continue
		}
		b.ran(h.Content)
	}
}

// ran takes up a command that the build runs.
func (b *builtImage) ran(text string) {
	commands, ok := readShell(text)
	if !ok {
		b.unsure = true
		return
	}
	for _, c := range commands {
		name := c.name()
		switch {
		case len(c.words) == 0:
			continue
		case slices.Contains(packagers, name):
			b.installed(c.words, name)
		case name == "" || slices.Contains(whoKnows, name) || strings.HasSuffix(name, ".sh"):
			b.unsure = true
		case slices.Contains(shells, name):
			if _, inline := shellCode(c.words); !inline {
				b.unsure = true // a script
			}
		}
		if slices.Contains(tools, name) && c.words[0].text == name {
			b.found(name) // or the build would fail
		}
		for _, w := range c.words[1:] {
			b.mentioned(w.text)
		}
	}
}

// mentioned takes up a path or a word that names a tool: it may be made there,
// or be an archive of it that is unpacked.
func (b *builtImage) mentioned(word string) {
	for _, tool := range tools {
		switch base := path.Base(word); {
		case base == tool && strings.Contains(word, "bin/"):
			b.found(tool)
		case base == tool && strings.Contains(word, "/"):
			b.maybe(tool)
		case isLanguage(tool) && strings.Contains(word, strings.TrimSuffix(tool, "3")):
			b.maybe(tool)
		}
	}
	if strings.Contains(word, "busybox") {
		b.maybe("sh")
		b.maybe("wget")
		b.maybe("nc")
	}
}

// isLanguage says whether a tool runs programs of a language, and so comes in
// many ways.
func isLanguage(tool string) bool {
	return !slices.Contains([]string{"sh", "bash", "curl", "wget", "nc"}, tool)
}

func (b *builtImage) found(tool string) { b.ships[tool] = present }

// maybe forgets that a tool is absent.
func (b *builtImage) maybe(tool string) {
	if b.ships[tool] == absent {
		b.ships[tool] = unknown
	}
}

// installed takes up a call of a package manager.
func (b *builtImage) installed(words []shellWord, packager string) {
	removes := slices.ContainsFunc(words, func(w shellWord) bool { return slices.Contains(removeVerbs, w.text) })
	for _, w := range words[1:] {
		name, _, _ := strings.Cut(w.text, "=")
		name = strings.Trim(name, `'"`)
		switch {
		case strings.HasPrefix(packager, "pip") || packager == "uv":
			b.mentioned(name)
		case removes && slices.Contains(tools, name):
			b.ships[name] = absent
		case removes || strings.HasPrefix(name, "-"):
		case strings.ContainsAny(name, "$`"):
			b.unsure = true
		default:
			b.added(name)
		}
	}
}

// provides are packages that are not called as the tool that they bring.
var provides = []struct{ prefix, tool string }{
	{"wget2", "wget"},
	{"curl-minimal", "curl"},
	{"netcat", "nc"},
	{"ncat", "nc"},
	{"nmap", "nc"},
	{"busybox", "nc"},
	{"busybox", "wget"},
	{"python-is-python3", "python"},
	{"python-is-python3", "python3"},
	{"nodejs", "node"},
}

// added takes up one installed package.
func (b *builtImage) added(name string) {
	if slices.Contains(tools, name) {
		b.found(name)
	}
	for _, p := range provides {
		if strings.HasPrefix(name, p.prefix) {
			b.found(p.tool)
		}
	}
	if slices.Contains(fewNeeds, name) {
		return
	}
	for _, tool := range tools { // a package may need any language
		if isLanguage(tool) {
			b.maybe(tool)
		}
	}
}

// copied takes up a COPY or an ADD with its sources and its target.
func (b *builtImage) copied(words []string, fromStage bool) {
	if len(words) < 2 {
		return
	}
	for _, word := range words {
		b.mentioned(word)
		for _, segment := range strings.Split(word, "/") {
			for _, tool := range tools {
				if segment == tool || tool != "sh" && strings.HasPrefix(segment, tool) || isPython(tool) && strings.Contains(segment, "venv") {
					b.maybe(tool)
				}
			}
		}
	}
	target := words[len(words)-1]
	for _, source := range words[:len(words)-1] {
		if strings.HasPrefix(target, "/") && isSystemDir(target) && (isTree(source) && (fromStage || source != ".") || isArchive(source)) {
			b.unsure = true
		}
	}
}

// isSystemDir says whether programs are looked for in or below a directory.
func isSystemDir(dir string) bool {
	return slices.Contains([]string{"/", "/bin", "/sbin", "/usr", "/usr/bin", "/usr/sbin", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/opt"}, path.Clean("/"+dir))
}

// isTree says whether a source of COPY looks like a directory, or several
// files, that may hold programs.
func isTree(source string) bool {
	trees := []string{
		"/", ".", "bin", "sbin", "usr", "local", "lib", "lib64", "opt", "etc", "root", "rootfs", "fs", "out", "output", "dist", "install", "staging", "build", "target",
		"runtime", "chroot", "image", "base", "nix", "store", "result", "files", "layer", "deps", "docker", "scripts",
	}
	return strings.HasSuffix(source, "/") || strings.ContainsAny(source, "*?[$") || slices.Contains(trees, path.Base(source))
}

// isArchive says whether ADD would unpack a file.
func isArchive(source string) bool {
	return slices.ContainsFunc([]string{".tar", ".tgz", ".gz", ".xz", ".bz2", ".zip"}, func(end string) bool { return strings.HasSuffix(source, end) })
}
