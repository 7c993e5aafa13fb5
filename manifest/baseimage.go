package manifest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"
)

// presence says whether an image has a tool. What nobody knows is unknown, and
// nothing is said of it.
type presence int

const (
	unknown presence = iota
	absent
	present
)

// tools are those that the table of images knows about.
var tools = []string{"sh", "bash", "curl", "wget", "nc", "python", "python3", "node", "bun", "deno", "ruby", "perl", "php"}

// system is what an image is made on: what that ships, and how it installs more.
type system struct {
	has, lacks string // tools, parted by spaces; the others are unknown
	shell      string // what /bin/sh is: "dash", "ash" or "bash"; "" when that is unknown
	installer  string // "apt-get", "apk", "dnf", "yum" or "microdnf"; "" when there is none, or when the image's user may not use it
}

// The systems. Debian's and Ubuntu's images have neither curl nor wget, and
// buildpack-deps, which the full images of languages are made on, has both.
var (
	debian    = &system{"sh bash perl", "curl wget nc python python3 node bun deno ruby php", "dash", "apt-get"}
	buildpack = &system{"sh bash perl curl wget", "nc node bun deno php", "dash", "apt-get"}
	dotnet    = &system{"sh bash", "curl wget nc python python3 node bun deno ruby php", "dash", "apt-get"}
	alpine    = &system{"sh wget nc", "bash curl python python3 node bun deno ruby perl php", "ash", "apk"}
	busybox   = &system{"sh wget nc", "bash curl python python3 node bun deno ruby perl php", "ash", ""}
	redhat    = &system{"sh bash curl", "wget nc node bun deno ruby php", "bash", "dnf"}
	minimal   = &system{"sh bash curl", "wget nc node bun deno ruby php", "bash", "microdnf"}
	amazon    = &system{"sh bash curl", "nc node bun deno ruby php", "bash", "yum"}
	shellless = &system{"", "sh bash", "", ""}
	nothing   = &system{"", strings.Join(tools, " "), "", ""}
)

// baseImage is a row of the table: images of one repository whose tag has a
// part that starts with variant.
type baseImage struct {
	repository string
	variant    string // "" for all that no row above is about
	on         *system
	has        string // more than the system has
	unsure     string // tools that some versions have, and some have not
}

// baseImages is what well-known images ship. Of a repository the first row
// whose variant fits counts.
var baseImages = []baseImage{
	{"scratch", "", nothing, "", ""},
	{"debian", "", debian, "", ""},
	{"ubuntu", "", debian, "", ""},
	{"bitnami/minideb", "", debian, "", ""},
	{"buildpack-deps", "", buildpack, "", "python python3 ruby"},
	{"alpine", "", alpine, "", ""},
	{"busybox", "", busybox, "", ""},
	{"fedora", "", redhat, "", "python python3 perl"},
	{"rockylinux", "", redhat, "", "python python3 perl"},
	{"almalinux", "", redhat, "", "python python3 perl"},
	{"registry.access.redhat.com/ubi8/ubi-minimal", "", minimal, "", "python python3 perl"},
	{"registry.access.redhat.com/ubi9/ubi-minimal", "", minimal, "", "python python3 perl"},
	{"registry.access.redhat.com/ubi9-minimal", "", minimal, "", "python python3 perl"},
	{"amazonlinux", "", amazon, "", "python python3 perl wget"},

	{"python", "2", nil, "", ""},
	{"python", "alpine", alpine, "python python3", ""},
	{"python", "slim", debian, "python python3", ""},
	{"python", "", buildpack, "python python3", "ruby"},
	{"ghcr.io/astral-sh/uv", "alpine", alpine, "", "python python3"},
	{"ghcr.io/astral-sh/uv", "slim", debian, "", "python python3"},
	{"node", "alpine", alpine, "node", ""},
	{"node", "slim", debian, "node", ""},
	{"node", "", buildpack, "node", "python python3 ruby"},
	{"oven/bun", "distroless", shellless, "", ""},
	{"oven/bun", "alpine", alpine, "bun", "node"},
	{"oven/bun", "", debian, "bun", "node"},
	{"denoland/deno", "distroless", shellless, "", ""},
	{"denoland/deno", "bin", nil, "", ""},
	{"denoland/deno", "alpine", alpine, "deno", "curl"},
	{"denoland/deno", "", debian, "deno", "curl"},
	{"golang", "alpine", alpine, "", "bash"},
	{"golang", "", buildpack, "", "python python3 ruby"},
	{"rust", "alpine", alpine, "", ""},
	{"rust", "slim", debian, "", "python python3"},
	{"rust", "", buildpack, "", "python python3 ruby"},
	{"ruby", "alpine", alpine, "ruby", "bash"},
	{"ruby", "slim", debian, "ruby", ""},
	{"ruby", "", buildpack, "ruby", "python python3"},
	{"perl", "slim", debian, "perl", "curl wget"},
	{"perl", "", buildpack, "perl", "python python3 ruby"},
	{"php", "alpine", alpine, "php curl", "bash"},
	{"php", "", debian, "php curl", ""},
	{"nginx", "alpine", alpine, "", "curl"},
	{"nginx", "", debian, "", "curl"},
	{"nginxinc/nginx-unprivileged", "alpine", busybox, "", "curl"}, // its user may not install
	{"caddy", "alpine", alpine, "", "curl"},
	{"caddy", "", alpine, "", "curl"},
	{"httpd", "alpine", alpine, "", "curl perl"},
	{"httpd", "", debian, "", "curl"},

	{"openjdk", "alpine", alpine, "", "bash"},
	{"openjdk", "slim", debian, "", ""},
	{"eclipse-temurin", "alpine", alpine, "", "curl bash perl python python3"},
	{"eclipse-temurin", "ubi", nil, "", ""},
	{"eclipse-temurin", "", debian, "", "curl wget perl python python3"},
	{"amazoncorretto", "alpine", alpine, "", "bash"},
	{"mcr.microsoft.com/dotnet/aspnet", "", dotnet, "", ""},
	{"mcr.microsoft.com/dotnet/runtime", "", dotnet, "", ""},
	{"mcr.microsoft.com/dotnet/runtime-deps", "", dotnet, "", ""},
	{"elixir", "alpine", alpine, "", "bash"},
	{"elixir", "slim", debian, "", "curl wget"},
	{"erlang", "alpine", alpine, "", "bash"},
	{"erlang", "slim", debian, "", "curl wget"},

	{"cgr.dev/chainguard/static", "", shellless, "", ""},
	{"cgr.dev/chainguard/glibc-dynamic", "", shellless, "", ""},
	{"cgr.dev/chainguard/python", "", shellless, "", ""},
	{"cgr.dev/chainguard/nginx", "", shellless, "", ""},
	{"cgr.dev/chainguard/wolfi-base", "", alpine, "", ""},
}

// dotnetVariants are the tags of .NET images that are made on something else
// than Debian or Ubuntu.
var dotnetVariants = []struct {
	variant string
	on      *system
}{{"alpine", alpine}, {"chiseled", shellless}, {"distroless", shellless}, {"azurelinux", nil}, {"mariner", nil}, {"cbl", nil}}

// knownImage returns the row about an image as a Dockerfile names it; false
// when there is none.
func knownImage(name string) (baseImage, bool) {
	if name == "scratch" {
		return baseImages[0], true
	}
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return baseImage{}, false
	}
	_, digested := named.(reference.Digested)
	tag := "latest"
	if tagged, ok := named.(reference.Tagged); ok {
		tag = tagged.Tag()
	} else if digested {
		return baseImage{}, false
	}
	repository := familiarRepository(named)
	parts := strings.FieldsFunc(strings.ToLower(tag), func(c rune) bool { return c == '-' || c == '_' })
	part := func(variant string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, variant) })
	}
	if part("windows") || part("nanoserver") {
		return baseImage{}, false
	}
	if strings.HasPrefix(repository, "gcr.io/distroless/") {
		return baseImage{repository: repository, on: shellless}, !part("debug")
	}
	if strings.HasPrefix(repository, "cgr.dev/") && part("dev") {
		return baseImage{}, false
	}
	for _, b := range baseImages {
		if b.repository != repository || b.variant == "2" && !isPython2(tag) || b.variant != "2" && b.variant != "" && !part(b.variant) {
			continue
		}
		if strings.HasPrefix(repository, "mcr.microsoft.com/dotnet/") {
			for _, v := range dotnetVariants {
				if part(v.variant) {
					b.on = v.on
					break
				}
			}
		}
		return b, b.on != nil
	}
	return baseImage{}, false
}

// isPython2 says whether a tag is one of the Python that has another urllib.
func isPython2(tag string) bool {
	return tag == "2" || strings.HasPrefix(tag, "2.") || strings.HasPrefix(tag, "2-")
}

// familiarRepository is the name that the table has an image under: the
// official images' own, also where a mirror has them.
func familiarRepository(named reference.Named) string {
	if i := strings.LastIndex(named.Name(), "/library/"); i >= 0 {
		return named.Name()[i+len("/library/"):]
	}
	return reference.FamiliarName(named)
}

// ships says for each tool whether the image has it.
func (b baseImage) ships() map[string]presence {
	m := map[string]presence{}
	for _, set := range []struct {
		tools string
		as    presence
	}{{b.on.lacks, absent}, {b.on.has, present}, {b.unsure, unknown}, {b.has, present}} {
		for _, tool := range strings.Fields(set.tools) {
			m[tool] = set.as
		}
	}
	return m
}

// majorVersion returns the number that an image's tag starts with; 0 when it
// starts with none.
func majorVersion(image string) int {
	_, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	n, _ := strconv.Atoi(tag[:digits(tag)])
	return n
}
