//go:build !race

package draft7_test

// randomSchemas is how many schemas are held against the oracle.
const randomSchemas = 2_000
