package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented are the files that hold commands for CI to copy, with what finds
// a command's arguments in them.
var documented = map[string]*regexp.Regexp{
	"../docs/ci/github-actions.yml": regexp.MustCompile(`(?m)run: netstacks-plugin (.*)$`),
	"../.pre-commit-hooks.yaml":     regexp.MustCompile(`(?m)entry: netstacks-plugin (.*)$`),
}

func TestDocumentedCommandsForCIWork(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	for file, pattern := range documented {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		commands := pattern.FindAllStringSubmatch(string(data), -1)
		if len(commands) == 0 {
			t.Errorf("%s holds no command", file)
		}
		for _, command := range commands {
			line, _, _ := strings.Cut(command[1], " >")
			args := strings.Fields(strings.ReplaceAll(line, `"$PLUGIN"`, "my-plugin"))
			if len(args) == 1 {
				args = append(args, "my-plugin") // from the hook's args
			}
			if code, out, stderr := w.run(args...); code != 0 || stderr != "" || out == "" {
				t.Errorf("%s: %v: exit code %d, %s%s", file, args, code, out, stderr)
			}
		}
	}
}
