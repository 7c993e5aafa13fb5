package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/pkgbuild/image"
	"github.com/netstacks/netstacks-plugin/runner"
	"github.com/netstacks/netstacks-plugin/studio"
)

// The exit codes, as design.md fixes them.
const (
	exitOK          = 0
	exitNotInOrder  = 1 // the thing asked about is not in order
	exitUsage       = 2 // wrong usage
	exitEnvironment = 3 // the environment is missing something
	exitInterrupted = 130
)

// usageError is an error of the command line itself.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errSilent ends a command with exit code 1 after it has said all there is to say.
var errSilent = errors.New("not in order")

// errInterrupted ends a command that its user left half-way.
var errInterrupted = errors.New("interrupted")

// codeOf maps an error to the exit code.
func codeOf(ctx context.Context, err error) int {
	var usage usageError
	var gone *engine.UnavailableError
	var noImage *runner.PullError
	var failed *image.FailedError
	switch {
	case err == nil && ctx.Err() != nil, errors.Is(err, context.Canceled) && ctx.Err() != nil, errors.Is(err, errInterrupted):
		return exitInterrupted
	case err == nil:
		return exitOK
	case errors.Is(err, errSilent):
		return exitNotInOrder
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &gone), errors.As(err, &noImage), errors.As(err, &failed) && failed.Unreachable:
		return exitEnvironment
	}
	return exitNotInOrder
}

// exitCode maps an error to the exit code and prints what a person needs of it.
func exitCode(ctx context.Context, w io.Writer, err error) int {
	code := codeOf(ctx, err)
	if err == nil || code == exitInterrupted || errors.Is(err, errSilent) {
		return code
	}
	printError(w, err)
	var failed *image.FailedError
	if errors.As(err, &failed) {
		printBuildFailure(w, failed)
	}
	var refused *studio.NotInOrderError
	if errors.As(err, &refused) {
		fmt.Fprintln(w, "`netstacks-plugin validate` shows all of it.")
	}
	return code
}

// failure is what a command with --json prints when an error ends it with code 1: programs
// read there what people read on standard error.
type failure struct {
	OK    bool   `json:"ok"` // false
	Error string `json:"error"`
}

// failureOf is the failure of an error.
func failureOf(err error) failure { return failure{Error: clean(err.Error())} }

// orJSON prints, with --json, the answer to an error that ends a command with code 1 before it
// has answered anything, and returns the error for people.
func (s Streams) orJSON(ctx context.Context, asked bool, err error, answer func(error) any) error {
	if !asked || errors.Is(err, errSilent) || codeOf(ctx, err) != exitNotInOrder {
		return err
	}
	return errors.Join(err, writeJSON(s.Out, answer(err)))
}

// printError prints an error, each of its lines on one.
func printError(w io.Writer, err error) {
	for i, line := range strings.Split(strings.TrimSpace(err.Error()), "\n") {
		if i == 0 {
			line = "netstacks-plugin: " + line
		} else {
			line = "  " + line
		}
		fmt.Fprintln(w, studio.CleanLine(line))
	}
}

// printBuildFailure prints the last lines of a failed build and its likely cause.
func printBuildFailure(w io.Writer, failed *image.FailedError) {
	for _, line := range failed.Log {
		fmt.Fprintf(w, "  | %s\n", studio.CleanLine(line))
	}
	if failed.Cause != "" {
		fmt.Fprintf(w, "Likely cause: %s\n", studio.CleanLine(failed.Cause))
	}
}
