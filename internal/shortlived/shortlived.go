// Package shortlived lets the garbage of a short command lie.
//
// At the runtime's default the collector starts at 4 MB, which the
// initialisation of this program's packages has filled before main: it took a
// quarter of the time of a command such as validate, which ends before its
// garbage is worth collecting. Go initialises packages in the order of their
// paths among those that are ready: this one comes behind runtime/debug, with
// two thirds of all packages done and no collection yet.
package shortlived

import (
	"math"
	"os"
	"runtime/debug"
)

// percent is what may be garbage beside what is alive, see debug.SetGCPercent; limit is how much
// memory, in bytes, is never filled with garbage, see debug.SetMemoryLimit: a package of many files stays below it.
const (
	percent = 400
	limit   = 96 << 20
)

func init() { set(percent, limit) }

// No puts the collector back to the runtime's default, for what lives long: the
// Studio, a session, the local Controller.
func No() { set(100, math.MaxInt64) }

// set leaves alone what the user set.
func set(percent int, limit int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}
