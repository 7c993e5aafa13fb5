package studio

import (
	"os/exec"
	"syscall"
)

// detach gives cmd a process group of its own, out of reach of the console's Ctrl+C.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
