//go:build race

package nspkg

// raceDetector says that this test binary looks for data races: it takes a
// multiple of the memory and of the time.
const raceDetector = true
