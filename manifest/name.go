package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The length of a plugin name, in characters.
const (
	NameMin = 3
	NameMax = 50
)

// reservedNames belong to the platform ("Plugin name rules").
var reservedNames = []string{"core", "internal", "admin", "api", "system", "plugin"}

// ReservedNames returns the names no new plugin may take, in the documented order.
func ReservedNames() []string { return slices.Clone(reservedNames) }

// NameProblem says in one sentence why the Controller refuses name, by its
// pattern ^[a-z][a-z0-9-]*$ and length 3 to 50; "" when it takes it.
func NameProblem(name string) string {
	return nameProblem(name, "lowercase letters, digits and hyphens")
}

// nameProblem is NameProblem with the words for what a name is made of.
func nameProblem(name, madeOf string) string {
	if name == "" {
		return fmt.Sprintf("the name is empty; a plugin name has %d to %d characters", NameMin, NameMax)
	}
	if c := name[0]; c < 'a' || c > 'z' {
		return fmt.Sprintf("%s must start with a lowercase letter", quoteShort(name))
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Sprintf("%s holds %q; a plugin name is made of %s", quoteShort(name), c, madeOf)
		}
	}
	switch n := utf8.RuneCountInString(name); {
	case n < NameMin:
		return fmt.Sprintf("%s is too short; a plugin name has %d to %d characters", quoteShort(name), NameMin, NameMax)
	case n > NameMax:
		return fmt.Sprintf("%s is %d characters long; a plugin name has %d to %d", quoteShort(name), n, NameMin, NameMax)
	}
	return ""
}

// NewNameProblem says in one sentence why a new plugin may not be called name;
// "" when it may. It is NameProblem and the two rules only the scaffold has:
// no digits, and none of the reserved names ("Plugin name rules"). Where the same letters make a
// name that may be taken, it proposes that.
func NewNameProblem(name string) string {
	problem := newNameProblem(name)
	if problem == "" {
		return ""
	}
	withoutDigits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, name)
	if proposal, whole := kebab(withoutDigits); whole && newNameProblem(proposal) == "" {
		problem += fmt.Sprintf("; %q would do", proposal)
	}
	return problem
}

// newNameProblem is NewNameProblem without a proposal.
func newNameProblem(name string) string {
	if problem := nameProblem(name, "lowercase letters and hyphens only"); problem != "" {
		return problem
	}
	if i := strings.IndexAny(name, "0123456789"); i >= 0 {
		return fmt.Sprintf("%q holds the digit %c; a new plugin is named with lowercase letters and hyphens only "+
			"(this is the scaffold's rule, \"Plugin name rules\"; the Controller itself takes digits, \"The manifest.json\")", name, name[i])
	}
	if slices.Contains(reservedNames, name) {
		return fmt.Sprintf("%q is reserved; %s belong to the platform, choose another name", name, joinAnd(reservedNames))
	}
	return ""
}

// joinAnd joins words as in a sentence: "a, b and c".
func joinAnd(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
