// Package quietstart keeps the program from questioning the terminal before
// main runs.
//
// Importing bubbletea v1 runs lipgloss.HasDarkBackground in its package
// initialisation: it writes an OSC 11 query to standard output and waits up to
// five seconds for the answer. On a terminal that does not answer, every
// command of a binary that merely links bubbletea would stall that long, also
// those that draw nothing.
//
// termenv, which does the asking, takes no output for a terminal while CI is
// not empty. So this package sets CI while packages initialise, and [Restore]
// puts the true environment back. Go initialises, among the packages whose
// imports are ready, the one whose path sorts first; this one needs nothing but
// os, which termenv needs too together with packages that sort after this one
// (text/template is the first of them), so it always comes before termenv and bubbletea.
// Nothing may be imported here beyond os, or that order is lost.
//
// The package that imports bubbletea imports this one as well and calls
// Restore in its own init, which runs after bubbletea's. No colour is lost: the
// profile is found lazily, and the Studio asks for the background itself, with
// a bound on the wait, and sets it with lipgloss.SetHasDarkBackground.
package quietstart

import "os"

// variable is the one that termenv's isTTY reads (termenv v0.16.0, termenv.go).
const variable = "CI"

// former and wasSet are what the environment said; changed tells whether it
// still says something else.
var (
	former, wasSet = os.LookupEnv(variable)
	changed        = former == "" && os.Setenv(variable, "quietstart") == nil
)

// Restore puts the environment back as the process received it, so that
// children and later looks at it see the truth. Only the first call does
// anything. It is meant for an init function and not safe for concurrent use.
func Restore() {
	if !changed {
		return
	}
	changed = false
	if wasSet {
		_ = os.Setenv(variable, former) // fails for malformed names only
		return
	}
	_ = os.Unsetenv(variable)
}
