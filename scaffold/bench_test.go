package scaffold

import "testing"

// The plan is drawn anew at every key of the wizard, so it has to cost far less
// than a frame.
func BenchmarkNewPlan(b *testing.B) {
	a := good()
	for b.Loop() {
		if _, err := NewPlan(a, "out"); err != nil {
			b.Fatal(err)
		}
	}
}
