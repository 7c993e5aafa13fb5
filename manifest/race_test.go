//go:build race

package manifest

// Under the race detector, which makes each check ten times as slow, there are
// fewer of them, and how long one takes says nothing.
const (
	underRace  = true
	agreements = 2_000 // how many manifests the judges must agree about
	everyNth   = 9     // of the corpus is repaired
)
