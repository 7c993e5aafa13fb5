//go:build race

package manifest

// agreements is how many manifests the judges must agree about: under the race
// detector, which makes each ten times as slow, only a few.
const agreements = 2_000
