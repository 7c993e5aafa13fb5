//go:build !race

package manifest

// agreements is how many manifests the judges must agree about.
const agreements = 20_000
