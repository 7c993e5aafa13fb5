package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Bump is which part of a version has to grow.
//
//   - Major: what an installation has or uses may stop working: saved settings,
//     panels, actions, endpoints, pages; a migration that ran is another now; a
//     capability of high trust is asked for; the plugin has another name.
//   - Minor: something is there or asked for that was not: capabilities,
//     settings, panels, columns, actions, migrations, pages, other limits,
//     another port, health check or image.
//   - Patch: everything else.
//
// Below 1.0.0 one part less has to grow: what is major asks for a minor, and
// what is minor for a patch.
type Bump string

// The bumps, from none to the largest.
const (
	BumpNone  Bump = "none"
	BumpPatch Bump = "patch"
	BumpMinor Bump = "minor"
	BumpMajor Bump = "major"
)

func (b Bump) rank() int { return slices.Index([]Bump{BumpNone, BumpPatch, BumpMinor, BumpMajor}, b) }

// Verdict says whether the new version's number goes as far as its changes.
type Verdict struct {
	Needed    Bump   `json:"needed"`
	Suggested string `json:"suggested,omitempty"` // the lowest version that is enough; "" when the old one is none
	Enough    bool   `json:"enough"`
	Reason    string `json:"reason"` // a sentence
}

// judgeVersion judges the version of the new side.
func judgeVersion(d Difference) Verdict {
	v := Verdict{Needed: BumpNone}
	if d.Files.Any() {
		v.Needed = BumpPatch
	}
	because := ""
	for _, c := range d.Changes {
		if c.Bump.rank() > v.Needed.rank() {
			v.Needed, because = c.Bump, fmt.Sprintf(", because of %s (%s)", c.Subject, c.Area)
		}
	}
	old, oldOK := parseVersion(d.Old.Version)
	new, newOK := parseVersion(d.New.Version)
	switch {
	case !oldOK || !newOK:
		v.Reason = "one of the two versions is not X.Y.Z, so that they cannot be compared"
		return v
	case slices.Compare(new[:], old[:]) < 0:
		v.Suggested = next(old, v.Needed)
		v.Reason = fmt.Sprintf("%s is older than %s", d.New.Version, d.Old.Version)
		return v
	}
	v.Suggested = next(old, v.Needed)
	lowest, _ := parseVersion(v.Suggested)
	v.Enough = slices.Compare(new[:], lowest[:]) >= 0
	switch {
	case v.Needed == BumpNone && new == old:
		v.Reason = "nothing differs"
	case v.Enough:
		v.Reason = fmt.Sprintf("%s goes far enough for a %s change", d.New.Version, v.Needed)
	default:
		v.Reason = fmt.Sprintf("%s does not go far enough: a %s change needs at least %s%s", d.New.Version, v.Needed, v.Suggested, because)
	}
	return v
}

// version is X.Y.Z.
type version [3]uint64

// parseVersion reads a version, and says whether it is one that can be counted on.
func parseVersion(s string) (version, bool) {
	var v version
	if !manifest.IsVersion(s) {
		return v, false
	}
	for i, part := range strings.Split(s, ".") {
		n, err := strconv.ParseUint(part, 10, 62)
		if err != nil {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

// next returns the lowest version behind v that a bump asks for.
func next(v version, b Bump) string {
	if v[0] == 0 { // see Bump
		switch b {
		case BumpMajor:
			b = BumpMinor
		case BumpMinor:
			b = BumpPatch
		}
	}
	switch b {
	case BumpMajor:
		v = version{v[0] + 1}
	case BumpMinor:
		v = version{v[0], v[1] + 1}
	case BumpPatch:
		v[2]++
	}
	return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2])
}
