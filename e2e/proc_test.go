package e2e

import (
	"strconv"
	"strings"
)

// parseStat reads the process id and the parent's from a /proc/PID/stat line
// (proc(5)); the command's name in brackets may hold anything.
func parseStat(stat string) (pid, parent int, ok bool) {
	open, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 1 || end < open {
		return 0, 0, false
	}
	rest := strings.Fields(stat[end+1:])
	if len(rest) < 2 {
		return 0, 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(stat[:open]))
	parent, err2 := strconv.Atoi(rest[1])
	return pid, parent, err == nil && err2 == nil
}
