//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package nspkg

import (
	"os"
	"runtime"
)

// renamesOpenFiles is false on Windows, where an open file cannot be removed either: there that is the lock.
const renamesOpenFiles = false

func lock(*os.File) {}

// tryLock leaves the file to Windows, which refuses to remove one that is in use. On
// systems without either, unfinished packages stay.
func tryLock(file *os.File) bool { return runtime.GOOS == "windows" && file.Close() == nil }

func syncNames(string) error { return nil }
