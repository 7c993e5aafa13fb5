package cli

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
)

// Streams is what a command may touch of the world around its process, so that
// tests can give it buffers and a world of their own.
type Streams struct {
	In     io.Reader
	Out    io.Writer // results
	Err    io.Writer // progress, hints and errors
	InTTY  bool      // In is a terminal
	OutTTY bool      // Out is a terminal
	ErrTTY bool      // Err is a terminal
	Getenv func(string) string
	Dir    string // relative paths start here
	Now    func() time.Time
}

// systemStreams are those of this process.
func systemStreams() (Streams, error) {
	dir, err := os.Getwd()
	if err != nil {
		return Streams{}, err
	}
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY: isatty.IsTerminal(os.Stdin.Fd()), OutTTY: isatty.IsTerminal(os.Stdout.Fd()),
		ErrTTY: isatty.IsTerminal(os.Stderr.Fd()), Getenv: os.Getenv, Dir: dir, Now: time.Now,
	}, nil
}

// interactive tells whether a full-screen program can run.
func (s Streams) interactive() bool { return s.InTTY && s.OutTTY && s.Getenv("TERM") != "dumb" }

// color tells whether results may be printed in colours.
func (s Streams) color() bool {
	return s.OutTTY && s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb"
}
