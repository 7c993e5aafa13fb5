// Package needs gives tests what they need from the machine: a container
// engine, base images, programs, the built binary, a terminal.
//
// What is missing skips the test on a user's machine, with a line that says
// what to install, and fails it where the environment variable CI is set, so
// that nothing goes untested there unnoticed.
package needs

import (
	"context"
	"testing"
	"time"

	"github.com/containerd/errdefs"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// Base images that tests build on and run. A stand-in made by .ci/images.sh
// may carry the tag where no registry can be reached.
const (
	PythonImage   = "python:3.12-slim"
	NodeImage     = "node:22-alpine"
	GolangImage   = "golang:1.26-alpine"
	RustImage     = "rust:1-alpine"
	AlpineImage   = "alpine:3.22"
	PostgresImage = "postgres:17-alpine"
)

// answerTime bounds every question to the engine; a local engine answers in
// milliseconds.
const answerTime = 30 * time.Second

// Engine returns a connection to the engine that the product would choose. It
// is closed when the test ends.
func Engine(t testing.TB) *engine.Engine {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	e, err := engine.Connect(ctx, engine.Options{})
	if err != nil {
		machine.Missing(t, "no container engine: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("closing the engine connection: %v", err)
		}
	})
	return e
}

// Images makes sure that the engine holds each of the tags.
func Images(t testing.TB, tags ...string) {
	t.Helper()
	e := Engine(t)
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	for _, tag := range tags {
		switch _, err := e.API.ImageInspect(ctx, tag); {
		case errdefs.IsNotFound(err):
			machine.Missing(t, "the engine has no image %s: run `docker pull %s`, or .ci/images.sh where no registry can be reached", tag, tag)
		case err != nil:
			t.Fatalf("looking for image %s: %v", tag, err)
		}
	}
}

// Tmux makes sure that tmux is installed.
func Tmux(t testing.TB) {
	t.Helper()
	Program(t, "tmux", "tmux")
}

// Program returns the path of an installed program; pkg is the Debian package
// that brings it.
func Program(t testing.TB, name, pkg string) string {
	t.Helper()
	return machine.Program(t, name, pkg)
}
