//go:build race

package draft7_test

// randomSchemas are fewer under the race detector, which makes the oracle ten
// times as slow.
const randomSchemas = 400
