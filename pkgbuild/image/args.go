package image

import (
	"maps"
	"net"
	"net/url"
	"strings"

	"github.com/netstacks/netstacks-plugin/engine"
)

// proxyNames are the build arguments that every builder knows without an ARG
// and keeps out of the image and of the cache keys.
var proxyNames = []string{"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"}

// buildArgs completes the author's arguments with the proxies: first those of
// the docker configuration for this engine, then those of the environment. A
// proxy of the environment on this machine's loopback is left out, as nothing
// in a container can reach it.
func buildArgs(o Options, eng *engine.Engine) map[string]string {
	args := maps.Clone(o.BuildArgs)
	if args == nil {
		args = map[string]string{}
	}
	given := make(map[string]*string, len(args))
	for name, value := range args {
		given[name] = &value
	}
	if eng.Config != nil {
		for name, value := range eng.Config.ParseProxyConfig(eng.Endpoint, given) {
			if value != nil {
				args[name] = *value
			}
		}
	}
	for _, upper := range proxyNames {
		lower := strings.ToLower(upper)
		for _, name := range []string{upper, lower} {
			value := o.Getenv(name)
			if _, set := args[name]; !set && value != "" && !loopback(value) {
				args[name] = value
			}
		}
	}
	return args
}

func loopback(proxy string) bool {
	if !strings.Contains(proxy, "://") {
		proxy = "http://" + proxy
	}
	u, err := url.Parse(proxy)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}
