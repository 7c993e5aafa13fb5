// Package shortlived lets the garbage of a short command lie.
//
// At the runtime's default the collector starts at 4 MB, which the
// initialisation of this program's packages has filled before main: it took a
// quarter of the time of a command such as validate, which ends before its
// garbage is worth collecting. Go initialises packages in the order of their
// paths among those that are ready; this one needs runtime/debug alone and so
// comes before the large ones.
package shortlived

import (
	"os"
	"runtime/debug"
)

// percent is what may be garbage beside what is alive, see debug.SetGCPercent.
const percent = 400

func init() {
	if os.Getenv("GOGC") == "" { // where the user set it, that goes before
		debug.SetGCPercent(percent)
	}
}

// No puts the collector back to the runtime's default, for what lives long: the
// Studio, a session, the local Controller.
func No() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100)
	}
}
