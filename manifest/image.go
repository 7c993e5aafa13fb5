package manifest

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/distribution/reference"
)

// imageIssues judges the image as a reference, by the grammar that every
// engine reads it with. A build gives its image this very name, and the
// specification's tag is the version.
func (d *Document) imageIssues() []issue {
	n := d.root.get("image")
	if n == nil || n.kind != kindString || n.text == "" {
		return nil // the schema refuses it
	}
	at := issue{offset: n.start, pointer: "/image", found: d.found(n)}
	named, err := reference.ParseNormalizedNamed(n.text)
	if err != nil {
		at.rule, at.allowed = ruleImage, `name:tag, such as "netstacks-plugin-alerts:1.0.0"`
		at.message = fmt.Sprintf("image is %s, which is no image reference: %s; write %s", describe(n), referenceProblem(n.text), at.allowed)
		return []issue{at}
	}
	at.allowed = fmt.Sprintf("%q", reference.FamiliarName(named)+":"+d.versionOr("1.0.0"))
	_, digested := named.(reference.Digested)
	switch {
	case digested:
		at.rule = ruleImageDigest
		at.message = "image names a digest: it can be run, but no build can choose its digest, so the built image will not carry this name; write " + at.allowed
	case reference.IsNameOnly(named):
		at.rule = ruleImageTag
		at.message = fmt.Sprintf("image is %s, which has no tag: the engine takes latest, where the specification's tag is the version; write %s", describe(n), at.allowed)
	default:
		return nil
	}
	return []issue{at}
}

// referenceProblem says why text, which does not parse, is no image reference.
func referenceProblem(text string) string {
	switch {
	case strings.ContainsFunc(text, unicode.IsSpace):
		return "it holds a space"
	case strings.Contains(text, "://"):
		return "it is written as an address"
	case strings.HasPrefix(text, ":") || strings.HasPrefix(text, "@"):
		return "it has no name"
	case len(text) > 255:
		return "it is longer than 255 characters"
	}
	name, _, _ := strings.Cut(text[strings.LastIndexByte(text, '/')+1:], ":")
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
