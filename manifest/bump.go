package manifest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Part is a part of a version.
type Part string

// The parts of a version that a release raises, the smallest first.
const (
	PartPatch Part = "patch"
	PartMinor Part = "minor"
	PartMajor Part = "major"
)

// Parts are all parts, the smallest first.
var Parts = []Part{PartPatch, PartMinor, PartMajor}

// Bump is a manifest's next version: what it says, and the edits that write it.
type Bump struct {
	Part      Part   `json:"part"`
	Old       string `json:"old"`        // version
	New       string `json:"new"`        // version
	OldImage  string `json:"old_image"`  // as it is written
	NewImage  string `json:"new_image"`  // the same as OldImage when it stays
	ImageNote string `json:"image_note"` // a sentence about an image that stays; "" when its tag is the version
	// Edits change the bytes of the version, and those of the image's tag where that is the
	// version, with or without a v in front of it: nothing else.
	Edits []Edit `json:"-"`
}

// Bump returns the version that follows the manifest's, as Semantic Versioning counts: the parts
// behind the raised one become 0. A pre-release is followed by its own release where that raises
// the part: 2.0.0-rc.1 by 2.0.0. The error says why there is no next version, and what to do.
func (d *Document) Bump(part Part) (Bump, error) {
	if d.damaged || d.root == nil || d.wrapped != nil || d.root.kind != kindObject {
		return Bump{}, fmt.Errorf("raising the version: %s cannot be read as a JSON object; `netstacks-plugin validate` shows what to mend", FileName)
	}
	for _, key := range []string{"version", "image"} {
		if lines := d.linesOf(key); len(lines) > 1 {
			return Bump{}, fmt.Errorf("raising the version: %s has the key %q %d times, in the lines %s (%s); leave one of them", FileName, key, len(lines), strings.Join(lines, ", "), ruleDuplicateKey)
		}
	}
	n := d.root.get("version")
	if n == nil {
		return Bump{}, fmt.Errorf("raising the version: %s has no version (%s); add \"version\": \"1.0.0\"", FileName, ruleRequired)
	}
	old, err := versionOf(n)
	if err != nil {
		line, column := d.Position(n.start)
		return Bump{}, fmt.Errorf("raising the version: %s:%d:%d: version is %s, %w (%s); write X.Y.Z, such as \"1.0.0\"", FileName, line, column, describe(n), err, ruleOfVersion)
	}
	b := Bump{Part: part, Old: n.text}
	if b.New, err = old.next(part); err != nil {
		return Bump{}, err
	}
	place := d.insideTexts(n, 0, len(n.text))
	b.Edits = []Edit{edit(place[0], place[1], b.New)}
	d.bumpImage(&b)
	return b, nil
}

// linesOf returns the lines in which a key of the manifest stands.
func (d *Document) linesOf(key string) []string {
	var lines []string
	for _, m := range d.root.members {
		if m.key == key {
			lines = append(lines, strconv.Itoa(d.line(m.keyStart)))
		}
	}
	return lines
}

// ruleOfVersion is the rule that the version keeps.
const ruleOfVersion = "NSP2011"

// bumpImage gives the image the tag of the new version where it has that of the old one.
func (d *Document) bumpImage(b *Bump) {
	n := d.root.get("image")
	if n == nil || n.kind != kindString || n.unknown || n.joined {
		return // validation refuses it
	}
	name, tag, digest := partedReference(n.text)
	b.OldImage, b.NewImage = n.text, n.text
	v, bare := "", tag
	if strings.HasPrefix(tag, "v") {
		v, bare = "v", tag[1:]
	}
	switch {
	case digest != "":
		b.ImageNote = fmt.Sprintf("image names a digest, which no new version changes: it stays %q", n.text)
	case tag == "":
		b.ImageNote = fmt.Sprintf("image has no tag and stays %q; the specification's tag is the version: %q", n.text, name+":"+b.New)
	case bare == b.New:
		b.ImageNote = fmt.Sprintf("image has the tag %q already", tag)
	case bare != b.Old && bare != taggable(b.Old):
		b.ImageNote = fmt.Sprintf("image has the tag %q, which was not the version, and stays %q; the specification's tag is the version: %q", tag, n.text, name+":"+b.New)
	default:
		place := d.insideTexts(n, len(name)+1, len(name)+1+len(tag))
		b.NewImage = name + ":" + v + b.New
		b.Edits = append(b.Edits, edit(place[0], place[1], v+b.New))
	}
}

// taggable is a version as a tag can hold it: no tag has a plus sign.
func taggable(version string) string { return strings.ReplaceAll(version, "+", "_") }

// semanticVersion is a version of Semantic Versioning 2.0.0.
type semanticVersion struct {
	numbers    [3]uint64
	preRelease bool
}

// semanticText is how Semantic Versioning 2.0.0 writes a version.
var semanticText = onDemand(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`)

// maxVersionDigits is how many digits a part of a version may have to be counted on.
const maxVersionDigits = 15

// versionOf reads a version. The error tells what it is instead, as a clause.
func versionOf(n *node) (semanticVersion, error) {
	var v semanticVersion
	if n.kind != kindString || n.unknown || n.joined {
		return v, errors.New("which is no text")
	}
	parts := semanticText().FindStringSubmatch(n.text)
	if parts == nil {
		return v, errors.New("which is not a semantic version")
	}
	for i := range v.numbers {
		number, err := strconv.ParseUint(parts[i+1], 10, 64)
		if err != nil || len(parts[i+1]) > maxVersionDigits {
			return v, errors.New("whose numbers are too large to be raised")
		}
		v.numbers[i] = number
	}
	v.preRelease = parts[4] != ""
	return v, nil
}

// next returns the version that follows.
func (v semanticVersion) next(part Part) (string, error) {
	n := v.numbers
	switch part {
	case PartMajor:
		if !v.preRelease || n[1] != 0 || n[2] != 0 {
			n = [3]uint64{n[0] + 1}
		}
	case PartMinor:
		if !v.preRelease || n[2] != 0 {
			n = [3]uint64{n[0], n[1] + 1}
		}
	case PartPatch:
		if !v.preRelease {
			n[2]++
		}
	default:
		return "", fmt.Errorf("raising the version: %q is no part of one; it can be patch, minor or major", part)
	}
	return fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]), nil
}
