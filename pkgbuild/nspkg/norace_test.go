//go:build !race

package nspkg

// raceDetector says that this test binary does not look for data races, which takes a
// multiple of the memory and of the time.
const raceDetector = false
