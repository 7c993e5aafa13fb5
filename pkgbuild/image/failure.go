package image

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// FailedError is a build that failed because of what it was asked to build.
// Errors of the engine's connection and cancelled builds are other errors.
type FailedError struct {
	Instruction string   // "RUN pip install -r requirements.txt", "" when none is to blame
	File        string   // the Dockerfile, relative to the context
	Line        int      // where the instruction begins, counted from 1; 0 when unknown
	Log         []string // the step's last lines, at most ten
	Cause       string   // the likely cause in a sentence, "" when it is not one of the usual
	Unreachable bool     // the base image is not on the engine, and its registry gives none now: the Dockerfile is not to blame
	Err         error    // what the builder said
}

// Error names the place, the instruction and what the builder said, in one line.
func (e *FailedError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	said := strings.Join(strings.Fields(summary(e.Err)), " ")
	if e.Instruction == "" {
		return fmt.Sprintf("building the image failed at %s: %s", where, said)
	}
	return fmt.Sprintf("building the image failed at %s, %s: %s", where, e.Instruction, said)
}

// Unwrap returns what the builder said.
func (e *FailedError) Unwrap() error { return e.Err }

var (
	// BuildKit and the classic builder repeat the command in their messages.
	buildKitExit = onDemand(`(?s)did not complete successfully: (exit code: \d+)`)
	runcExit     = onDemand(`(?s)(?:executor failed running|process).*(exit code:? \d+)`)
	classicExit  = onDemand(`returned a non-zero code: (\d+)`)
	wrappings    = onDemand(`^(?:failed to solve(?: with frontend \S+)?: |failed to create LLB definition: |rpc error: code = \w+ desc = |Unknown: |Error response from daemon: )+`)
)

// summary is the builder's message without what is said elsewhere.
func summary(err error) string {
	text := err.Error()
	if m := classicExit().FindStringSubmatch(text); m != nil {
		return "exit code " + m[1]
	}
	for _, re := range []*regexp.Regexp{buildKitExit(), runcExit()} {
		if m := re.FindStringSubmatch(text); m != nil {
			return strings.Replace(m[1], "code:", "code", 1)
		}
	}
	return wrappings().ReplaceAllString(text, "")
}

// explain makes a FailedError from the builder's error and the step to blame,
// which may be nil.
func (b *job) explain(err error, blamed *step) error {
	data, _ := os.ReadFile(filepath.Join(b.ContextDir, b.Dockerfile))
	f := &FailedError{File: filepath.ToSlash(b.Dockerfile), Err: err}
	f.Line, f.Instruction = readDockerfile(data).find(err, blamed)
	if blamed != nil {
		f.Log = append([]string(nil), blamed.tail...)
		if f.Instruction == "" && !internal(blamed.name) {
			f.Instruction = oneLine(stepLabel().ReplaceAllString(blamed.name, ""))
		}
	}
	f.Cause = cause(f, err)
	return f
}
