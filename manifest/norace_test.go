//go:build !race

package manifest

const (
	underRace  = false
	agreements = 20_000 // how many manifests the judges must agree about
	everyNth   = 1      // of the corpus is repaired
)
