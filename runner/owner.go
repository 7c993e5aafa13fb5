package runner

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/netstacks/netstacks-plugin/engine"
)

// owner is the process that made an object, as its labels tell.
type owner struct {
	host     string
	pid      int
	pidStart string // start time in clock ticks since boot; empty where /proc does not tell
}

// running holds the ids of the sessions that this process runs now. What
// carries our own pid but none of these ids is a leftover like any other: of
// a session whose removal failed.
var running sync.Map

// self is this process.
func self() owner {
	host, _ := os.Hostname()
	pid := os.Getpid()
	return owner{host: host, pid: pid, pidStart: startTicks(pid)}
}

// ownerOf reads the labels of an object.
func ownerOf(labels map[string]string) owner {
	pid, _ := strconv.Atoi(labels[engine.LabelPID])
	return owner{host: labels[engine.LabelHost], pid: pid, pidStart: labels[engine.LabelPIDStart]}
}

func (o owner) labels() map[string]string {
	return map[string]string{
		engine.LabelHost:     o.host,
		engine.LabelPID:      strconv.Itoa(o.pid),
		engine.LabelPIDStart: o.pidStart,
	}
}

// live reports whether the session that made an object with these labels may
// still need it. Nobody here can know about processes of another host, so
// their sessions count as live.
func live(labels map[string]string) bool {
	here, o := self(), ownerOf(labels)
	if o.host != here.host {
		return true
	}
	if o.pid == here.pid && o.pidStart == here.pidStart {
		_, ok := running.Load(labels[engine.LabelSession])
		return ok
	}
	return o.alive()
}

// alive reports whether the process of this host runs, and is not another one
// that got the same pid.
func (o owner) alive() bool {
	if o.pid <= 0 {
		return false
	}
	p, err := os.FindProcess(o.pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }()
	// Windows knows no signal 0, and its FindProcess fails for a dead process.
	if runtime.GOOS != "windows" {
		if err := p.Signal(syscall.Signal(0)); err != nil && !errors.Is(err, os.ErrPermission) {
			return false
		}
	}
	now := startTicks(o.pid)
	return o.pidStart == "" || now == "" || now == o.pidStart
}

// startTicks returns field 22 of /proc/PID/stat, the time at which the process
// started, or "" where there is no such file.
func startTicks(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The second field is the command in parentheses and may hold anything.
	rest := stat[bytes.LastIndexByte(stat, ')')+1:]
	fields := strings.Fields(string(rest))
	const startTime = 22 - 3 // the first field after the command is number 3
	if len(fields) <= startTime {
		return ""
	}
	return fields[startTime]
}
