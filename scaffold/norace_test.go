//go:build !race

package scaffold

// raceDetector tells whether the tests run under the race detector.
const raceDetector = false
