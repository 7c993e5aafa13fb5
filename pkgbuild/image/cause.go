package image

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// symptom is a text that builders and package managers print and the sentence
// that explains it. The sentence's %s stands for the last group that matched.
type symptom struct {
	text *regexp.Regexp
	says string
}

// symptoms are tried in order: the causes behind others come first, as a name
// that does not resolve makes pip say that there is no such version.
//
// They are compiled when a build failed, not whenever the program starts.
var symptoms = sync.OnceValue(func() []symptom {
	return []symptom{
		{
			regexp.MustCompile(`(?i)no space left on device`),
			"the engine's disk is full: see `docker system df` and free some space there",
		},
		{
			regexp.MustCompile(`(?i)dockerfile parse error[^\n]*unknown instruction: (\S+)`),
			"%s is not an instruction of a Dockerfile: check the spelling, and that continued lines end with \\",
		},
		{
			regexp.MustCompile(`(?i)(?:dockerfile parse error|failed to parse dockerfile|unknown flag)`),
			"the Dockerfile has a syntax error at this line",
		},
		{
			regexp.MustCompile(`(?i)(?:CERTIFICATE_VERIFY_FAILED|certificate verify failed|self[- ]signed certificate|unable to get local issuer certificate|server certificate verification failed)`),
			"the base image does not trust the certificate of the server it downloads from: add your network's CA certificate to the image",
		},
		{
			regexp.MustCompile(`(?i)exec format error`),
			"the base image is for another CPU architecture than the engine's",
		},
		{
			regexp.MustCompile(`(?i)(?:temporary failure in name resolution|temporary failure resolving|could not resolve|name or service not known|getaddrinfo|EAI_AGAIN|bad address '|no such host)`),
			"a host name does not resolve inside the build: check the network, its DNS and the proxy settings",
		},
		{
			regexp.MustCompile(`(?i)(?:network is unreachable|connection timed out|failed to establish a new connection|i/o timeout)`),
			"the network cannot be reached from inside the build: check the connection and the proxy settings",
		},
		{
			regexp.MustCompile(`(?i)(?:no matching distribution found for|could not find a version that satisfies the requirement) ([^\s(]+)`),
			"pip knows no %s for this Python: check its name and version in requirements.txt",
		},
		{
			regexp.MustCompile(`(?i)unable to locate package (\S+)`),
			"apt knows no package %s: check its name, and run `apt-get update` in the same RUN",
		},
		{
			regexp.MustCompile(`(?i)npm (?:err!|error) (?:code E?404|404[^\n]*'([^']+)')`),
			"npm knows no such package: check its name and version in package.json",
		},
		{
			regexp.MustCompile(`(?i)(?:COPY|ADD) failed: [^\n]*?(?:stat |excluded by \.dockerignore: stat |no source files)(\S*?)(?::[^\n]*)?$`),
			"%s is not in the build context: check its name, and that .dockerignore does not leave it out",
		},
		{
			regexp.MustCompile(`(?i)(?:"([^"\n]+)": not found|failed to compute cache key: "?([^":\n]+)"? not found|lstat [^\n]*?([^/\s:]+): no such file or directory)`),
			"%s is not in the build context: check its name, and that .dockerignore does not leave it out",
		},
		{
			regexp.MustCompile(`(?i)(?:exit code:? 127|non-zero code: 127|executable file not found in \$PATH)`),
			"a command of this line is not in the base image: install it in an earlier step",
		},
		{
			regexp.MustCompile(`(?i)(?:exit code:? 137|non-zero code: 137)`),
			"the command was killed, most likely because the engine ran out of memory",
		},
	}
})

// onDemand returns a regular expression that is compiled when it is first
// needed: most runs of the program build no image.
func onDemand(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// The errors of a base image that cannot be had.
var (
	pulling     = onDemand(`(?i)(?:load metadata for|resolve source metadata for|failed to do request|https?://[^\s/]+/v2/|pull access denied|insufficient_scope|manifest unknown|toomanyrequests)`)
	unreachable = onDemand(`(?i)(?:no such host|connection refused|i/o timeout|network is unreachable|tls handshake|x509|request canceled|deadline exceeded|no route to host|EOF|server misbehaving|temporary failure|proxyconnect)`)
	busy        = onDemand(`(?i)toomanyrequests|rate limit`)
)

// cause guesses why the build failed, from the builder's message and the last
// lines of the step. It marks f where the network is to blame for a missing base image.
func cause(f *FailedError, err error) string {
	if syntaxMark().MatchString(f.Instruction) {
		return "the `# syntax=` line makes the engine load its Dockerfile reader from a registry, which failed: remove the line"
	}
	if from, ok := baseImage(f, err); ok {
		switch said := err.Error(); {
		case busy().MatchString(said):
			f.Unreachable = true
			return fmt.Sprintf("the registry of the base image %s wants fewer requests: log in with `docker login`, or try again later", from)
		case unreachable().MatchString(said):
			f.Unreachable = true
			return fmt.Sprintf("the base image %s is not on this engine and its registry cannot be reached: pull it when there is a network, or bring it with `docker load`", from)
		default:
			return fmt.Sprintf("the base image %s does not exist in its registry, or needs a `docker login`", from)
		}
	}
	all := strings.Join(append(append([]string(nil), f.Log...), err.Error()), "\n")
	for _, s := range symptoms() {
		if m := s.text.FindStringSubmatch(all); m != nil {
			return s.sentence(m[1:])
		}
	}
	return ""
}

func (s symptom) sentence(groups []string) string {
	if !strings.Contains(s.says, "%s") {
		return s.says
	}
	what := "a source"
	for _, g := range groups {
		if g != "" {
			what = strings.Trim(g, `"'`)
		}
	}
	return fmt.Sprintf(s.says, what)
}

// baseImage tells whether getting a base image failed, and which.
func baseImage(f *FailedError, err error) (string, bool) {
	fields := strings.Fields(f.Instruction)
	if len(fields) < 2 || !strings.EqualFold(fields[0], "FROM") || !pulling().MatchString(err.Error()) {
		return "", false
	}
	for _, field := range fields[1:] {
		if !strings.HasPrefix(field, "--") {
			return field, true
		}
	}
	return "", false
}
