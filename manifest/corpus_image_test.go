package manifest

import "strings"

// imageDeviations are those of the image's reference.
var imageDeviations = []deviation{
	{"an image with a space", `netstacks-plugin-notice:1.0.0`, `a b`, "NSP3004 8:12", `image is the text "a b", which is no image reference: it holds a space; write name:tag`, ""},
	{"an image between spaces", `netstacks-plugin-notice:1.0.0`, ` alerts:1.0.0 `, "NSP3004 8:12", "it holds a space", "alerts:1.0.0"},
	{"an image without a name", `netstacks-plugin-notice:1.0.0`, `:1`, "NSP3004 8:12", "it has no name", ""},
	{"an image in capitals", `netstacks-plugin-notice:1.0.0`, `UPPER:1`, "NSP3004 8:12", "its name holds capital letters", "upper:1.0.0"},
	{"an image in capitals whose tag is the version", `netstacks-plugin-notice:1.0.0`, `Acme/Alerts:1.0.0`, "NSP3004 8:12", "its name holds capital letters", "acme/alerts:1.0.0"},
	{"an image in capitals without a tag", `netstacks-plugin-notice:1.0.0`, `Alerts`, "NSP3004 8:12", "its name holds capital letters", "alerts:1.0.0"},
	{"an image that starts with a hyphen", `netstacks-plugin-notice:1.0.0`, `-x:1`, "NSP3004 8:12", "lowercase letters and digits", ""},
	{"an image that is an address", `netstacks-plugin-notice:1.0.0`, `https://ghcr.io/acme/alerts:1.0.0`, "NSP3004 8:12", "written as an address", "ghcr.io/acme/alerts:1.0.0"},
	{"an image that is an address of another release", `netstacks-plugin-notice:1.0.0`, `docker://ghcr.io:5000/acme/Alerts:0.9`, "NSP3004 8:12", "written as an address", "ghcr.io:5000/acme/alerts:1.0.0"},
	{"an image that is an address without a tag", `netstacks-plugin-notice:1.0.0`, `http://registry:5000/alerts/`, "NSP3004 8:12", "written as an address", "registry:5000/alerts:1.0.0"},
	{"an image with an empty tag", `netstacks-plugin-notice:1.0.0`, `alerts:`, "NSP3004 8:12", "no image reference", "alerts:1.0.0"},
	{"an image with a short digest", `netstacks-plugin-notice:1.0.0`, `alerts@sha256:0a`, "NSP3004 8:12", "no image reference", "alerts:1.0.0"},
	{"an image of a version that is none", "\"version\": \"1.0.0\"", "\"version\": \"1.0\"", "NSP2011 4:14", "X.Y.Z", "\"version\": \"1.0.0\""},
	{"an image without a tag", `netstacks-plugin-notice:1.0.0`, `alerts`, "NSP3005 8:12", `write "alerts:1.0.0"`, "alerts:1.0.0"},
	{"an image of a registry without a tag", `netstacks-plugin-notice:1.0.0`, `ghcr.io:5000/acme/alerts`, "NSP3005 8:12", `the engine takes latest, where the specification's tag is the version; write "ghcr.io:5000/acme/alerts:1.0.0"`, "ghcr.io:5000/acme/alerts:1.0.0"},
	{"an image with a digest", `notice:1.0.0"`, `notice@sha256:` + strings.Repeat("0a", 32) + `"`, "NSP3006 8:12", `write "netstacks-plugin-notice:1.0.0"`, `notice:1.0.0"`},
	{"an image with tag and digest", `notice:1.0.0"`, `notice:1.0.0@sha256:` + strings.Repeat("0a", 32) + `"`, "NSP3006 8:12", "no build can choose its digest", `notice:1.0.0"`},
	{"an image with another tag and a digest", `netstacks-plugin-notice:1.0.0"`, `registry:5000/a/b:edge@sha256:` + strings.Repeat("0a", 32) + `"`, "NSP3006 8:12", "no build can choose its digest", `registry:5000/a/b:1.0.0"`},
	{"an image of a registry", `netstacks-plugin-notice:1.0.0`, `ghcr.io:5000/acme/alerts:1.0.0`, "", "", ""},
	{"the latest image", `netstacks-plugin-notice:1.0.0`, `netstacks-plugin-notice:latest`, "NSP3007 8:37", `image has the tag "latest", the version is "1.0.0": the specification's tag is the version`, `netstacks-plugin-notice:1.0.0`},
	{"an image of another version", `netstacks-plugin-notice:1.0.0`, `registry.example:5000/acme/alerts:0.9.0`, "NSP3007 8:47", `write "registry.example:5000/acme/alerts:1.0.0"`, `registry.example:5000/acme/alerts:1.0.0`},
	{"a tag with a v", `netstacks-plugin-notice:1.0.0`, `a\u006certs:v1.0.0`, "NSP3007 8:25", `image has the tag "v1.0.0"`, `alerts:1.0.0`},
}
