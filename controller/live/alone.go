package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// standAlone starts the Controller of a program netstacks-plugin, and has a second
// token minted as an author would, with another command.
func standAlone(program string) (variables map[string]string, end func() error, err error) {
	args := []string{"controller", "--listen", "127.0.0.1:0", "--plugin", plugin, "--json"}
	for _, c := range manifest.Capabilities() {
		if c.Endpoint != "" {
			args = append(args, "--capability", c.Name)
		}
	}
	var log strings.Builder
	running := exec.Command(program, args...)
	running.Stderr = &log
	said, err := running.StdoutPipe()
	if err == nil {
		err = running.Start()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("starting the Controller: %w", err)
	}
	end = func() error {
		_ = running.Process.Signal(os.Interrupt) // it may have ended
		_ = running.Wait()                       // its state says more
		if state := running.ProcessState; state.ExitCode() != interrupted {
			return fmt.Errorf("the Controller that stands alone ended with %s: %s", state, &log)
		}
		return nil
	}
	if err := json.NewDecoder(said).Decode(&variables); err != nil {
		return nil, nil, fmt.Errorf("reading the environment of %s controller: %w: %w", program, err, end())
	}
	mint := exec.Command(program, "controller", "token", "--plugin", plugin, "--capability", powerless, "--controller", variables["CONTROLLER_API_URL"], "--json")
	answer, err := mint.Output()
	minted := map[string]string{}
	if err == nil {
		err = json.Unmarshal(answer, &minted)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", mint, err, end())
	}
	variables["NETSTACKS_POWERLESS_TOKEN"] = minted["NETSTACKS_SERVICE_TOKEN"]
	return variables, end, nil
}

// interrupted is the exit code of a program that Ctrl+C ended.
const interrupted = 130
