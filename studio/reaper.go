package studio

import (
	"fmt"
	"io"
	"os/exec"
	"slices"
)

// reaper is a child process that removes a session's objects from the engine
// should this process die without doing so itself, even by SIGKILL: it waits
// for its standard input to close, which the kernel does for the dead.
type reaper struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

// allClean is what a reaper reads when nothing is left to remove.
const allClean = "clean\n"

// startReaper starts command with the project's folder and the session's id
// appended; nil without a command.
func startReaper(command []string, dir, session string) (*reaper, error) {
	if len(command) == 0 {
		return nil, nil
	}
	args := append(slices.Clone(command[1:]), dir, session)
	cmd := exec.Command(command[0], args...)
	detach(cmd) // a Ctrl+C on the terminal is for us, not for it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the clean-up guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the clean-up guard: %w", err)
	}
	return &reaper{cmd: cmd, stdin: stdin}, nil
}

// release ends the reaper: idle when all is clean, else it cleans.
func (r *reaper) release(clean bool) {
	if clean {
		_, _ = io.WriteString(r.stdin, allClean)
	}
	_ = r.stdin.Close()
	_ = r.cmd.Wait()
}

// AwaitOrphaned reads from r, the reaper's standard input, until it closes, and
// returns whether the session's owner ended without saying that all is clean.
func AwaitOrphaned(r io.Reader) bool {
	said, _ := io.ReadAll(io.LimitReader(r, int64(len(allClean))))
	return string(said) != allClean
}
