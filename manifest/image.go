package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/distribution/reference"
)

// imageIssues judges the image as a reference, by the grammar that every
// engine reads it with. A build gives its image this very name, and the
// specification's tag is the version (plugin-sdk.txt, "The manifest.json").
func (d *Document) imageIssues() []issue {
	n := d.root.get("image")
	if n == nil || n.kind != kindString || n.text == "" {
		return nil // the schema refuses it
	}
	at := issue{offset: n.start, pointer: "/image", found: d.found(n)}
	if _, err := reference.ParseNormalizedNamed(n.text); err != nil {
		at.rule, at.allowed = ruleImage, `name:tag, such as "netstacks-plugin-alerts:1.0.0"`
		at.message = fmt.Sprintf("image is %s, which is no image reference: %s; write %s", describe(n), referenceProblem(n.text), at.allowed)
		at.fixes = d.referenceFixes(n)
		return []issue{at}
	}
	name, tag, digest := partedReference(n.text)
	at.allowed = fmt.Sprintf("%q", name+":"+d.versionOr("1.0.0"))
	version := d.versionOr("")
	switch {
	case digest != "":
		at.rule = ruleImageDigest
		at.message = "image names a digest: it can be run, but no build can choose its digest, so the built image will not carry this name; write " + at.allowed
		if version != "" {
			at.fixes = append(at.fixes, riskyFix(fmt.Sprintf("write %q", name+":"+version), replace(n, name+":"+version)))
		}
		if tag != "" && tag != version {
			at.fixes = append(at.fixes, riskyFix(fmt.Sprintf("write %q", name+":"+tag), replace(n, name+":"+tag)))
		}
	case tag == "":
		at.rule = ruleImageTag
		at.message = fmt.Sprintf("image is %s, which has no tag: the engine takes latest, where the specification's tag is the version; write %s", describe(n), at.allowed)
		if version != "" {
			at.fixes = []Fix{safeFix(fmt.Sprintf("write %q", name+":"+version), replace(n, name+":"+version))}
		}
	case version != "" && tag != version:
		return []issue{d.tagIssue(n, at, name, tag, version)}
	default:
		return nil
	}
	return []issue{at}
}

// tagIssue says that the tag is not the version.
func (d *Document) tagIssue(n *node, at issue, name, tag, version string) issue {
	at.rule, at.found, at.allowed = ruleTagVersion, tag, fmt.Sprintf("the tag %q, as the version is", version)
	place := d.insideTexts(n, len(name)+1, len(name)+1+len(tag))
	at.offset, at.end = place[0], place[1]
	at.message = fmt.Sprintf("image has the tag %s, the version is %s: the specification's tag is the version, and with another one the Controller may run the image of another release; write %q",
		quoteShort(tag), quoteShort(version), name+":"+version)
	at.fixes = []Fix{safeFix(fmt.Sprintf("write the tag %q", version), replace(n, name+":"+version))}
	if IsVersion(tag) {
		at.fixes = append(at.fixes, riskyFix(fmt.Sprintf("write \"version\": %q", tag), replace(d.root.get("version"), tag)))
	}
	return at
}

// partedReference parts an image reference as it is written into its name, tag
// and digest. A colon before a slash is that of a registry's port.
func partedReference(text string) (name, tag, digest string) {
	name, digest, _ = strings.Cut(text, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	return name, tag, digest
}

// referenceFixes are the image references that text, which is none, most
// likely means: as it is written, and with the version for a tag.
func (d *Document) referenceFixes(n *node) []Fix {
	text := strings.TrimFunc(n.text, unicode.IsSpace)
	if i := strings.Index(text, "://"); i >= 0 && i <= len("docker-archive") {
		text = text[i+len("://"):]
	}
	credentials := credentialsEnd(text)
	text = strings.TrimRight(text[credentials:], "/")
	name, tag, digest := partedReference(text)
	name = strings.ToLower(name)
	var likely []string
	if tag != "" && digest == "" {
		likely = append(likely, name+":"+tag)
	}
	if version := d.versionOr(""); version != "" {
		likely = append(likely, name+":"+version)
	}
	var fixes []Fix
	for _, image := range slices.Compact(likely) {
		if named, err := reference.ParseNormalizedNamed(image); err == nil && !reference.IsNameOnly(named) {
			fixes = append(fixes, Fix{Title: fmt.Sprintf("write %q", image), Safe: digest == "" && credentials == 0, Edits: []Edit{replace(n, image)}})
		}
	}
	return fixes
}

// referenceProblem says why text, which does not parse, is no image reference.
func referenceProblem(text string) string {
	switch {
	case strings.ContainsFunc(text, unicode.IsSpace):
		return "it holds a space"
	case strings.Contains(text, "://"):
		return "it is written as an address"
	case credentialsEnd(text) > 0:
		return "it names a user of the registry"
	case strings.HasPrefix(text, ":") || strings.HasPrefix(text, "@"):
		return "it has no name"
	case len(text) > 255:
		return "it is longer than 255 characters"
	}
	name, _, _ := partedReference(text)
	if strings.ToLower(name) != name {
		return "its name holds capital letters"
	}
	return "a name is made of lowercase letters and digits, with single . _ - between them, a tag of letters, digits and . _ -"
}

// versionOr returns the manifest's version, or other while that is none.
func (d *Document) versionOr(other string) string {
	if n := d.root.get("version"); n != nil && n.kind == kindString && IsVersion(n.text) {
		return n.text
	}
	return other
}
