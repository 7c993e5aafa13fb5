package manifest

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage pile up: the tests make tens of thousands of short-lived
// trees, and collecting them took a quarter of their time.
func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	os.Exit(m.Run())
}
