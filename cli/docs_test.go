package cli

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
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

// shown are the commands whose output README.md shows as it is, in its order.
var shown = []string{"new my-plugin", "validate my-plugin", "package my-plugin"}

func TestTheREADMEShowsWhatCommandsPrint(t *testing.T) {
	data, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, start := range shown {
		_, rest, found := strings.Cut(string(data), "    $ netstacks-plugin "+start)
		if !found {
			t.Errorf("the README does not show %s", start)
			continue
		}
		transcript, _, _ := strings.Cut(rest, "\n\n")
		lines := strings.Split(transcript, "\n    ")
		var out bytes.Buffer
		if code := Run(context.Background(), w.streams(&out, &out), arguments(start+lines[0])); code != 0 {
			t.Errorf("%s: exit code %d, %s", start+lines[0], code, out.String())
		}
		compareTranscript(t, start, lines[1:], strings.Split(out.String(), "\n"))
	}
}

// compareTranscript compares lines with what was printed. A line … stands for
// any number of lines, and one that ends with … for all that start like it.
func compareTranscript(t *testing.T, command string, lines, printed []string) {
	t.Helper()
	left := printed
	skip := false
	for _, line := range lines {
		if line == "…" {
			skip = true
			continue
		}
		start, cut := strings.CutSuffix(line, "…")
		at := slices.IndexFunc(left, func(got string) bool { return got == line || cut && strings.HasPrefix(got, start) })
		if at < 0 || at > 0 && !skip {
			t.Errorf("%s: the README shows %q, but the output goes on with\n%s", command, line, strings.Join(left, "\n"))
			return
		}
		left, skip = left[at+1:], false
	}
}

var quotedWord = regexp.MustCompile(`"[^"]*"|\S+`)

// arguments takes a command line apart at its spaces and quotes.
func arguments(line string) []string {
	args := quotedWord.FindAllString(line, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], `"`)
	}
	return args
}
