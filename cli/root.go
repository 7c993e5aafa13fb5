// Package cli is the command line: one file per command with its options, its
// constructor and its run function, the streams they use, and the one place
// that maps errors to exit codes. Results go to standard output, progress and
// hints to standard error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// Main runs the command line of this process and returns its exit code.
func Main() int {
	// Libraries log to standard error, which would tear the Studio's screen and
	// mean nothing to a user; what matters comes as errors.
	logrus.SetOutput(io.Discard)
	log.SetOutput(io.Discard)
	streams, err := systemStreams()
	if err != nil {
		fmt.Fprintln(os.Stderr, "netstacks-plugin:", err)
		return exitNotInOrder
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A second Ctrl+C ends the process at once; the reaper cleans up after it.
	context.AfterFunc(ctx, stop)
	return Run(ctx, streams, os.Args[1:])
}

// Run executes one command line and returns its exit code. When ctx ends, the
// command stops, cleans up, and the code is 130.
func Run(ctx context.Context, s Streams, args []string) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.In)
	help := &helpWriter{w: s.Out}
	root.SetOut(help)
	root.SetErr(s.Err)
	refuseOtherShells(root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = help.err
	}
	return exitCode(ctx, s.Err, err)
}

// helpWriter is where help and version are written, of which cobra tells no error. It takes all,
// and keeps the first error.
type helpWriter struct {
	w   io.Writer
	err error
}

func (h *helpWriter) Write(p []byte) (int, error) {
	if h.err == nil {
		_, h.err = h.w.Write(p)
	}
	return len(p), nil
}

// engineFlags are the flags of every command that talks to an engine.
type engineFlags struct {
	host, context string
}

func (f *engineFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.host, "host", "H", "", "container engine to use, such as unix:///run/docker.sock or ssh://user@host (default: as the docker command would choose)")
	c.Flags().StringVar(&f.context, "context", "", "docker context to use")
}

func (f *engineFlags) options(s Streams) engine.Options {
	return engine.Options{Host: f.host, Context: f.context, Getenv: s.Getenv}
}

func newRoot(s Streams) *cobra.Command {
	o := studioOptions{streams: s}
	root := &cobra.Command{
		Use:   "netstacks-plugin [DIR]",
		Short: "NetStacks plugin development toolkit",
		Long: `NetStacks plugin development toolkit.

Without a command it opens the Studio on DIR (default: the current folder): a
full-screen terminal program to create, check, build, run, look at and package
a plugin. Every step is also a command of its own, below.`,
		Example: `  netstacks-plugin                      open the Studio here
  netstacks-plugin new my-plugin        create a plugin, asking for the rest
  netstacks-plugin run my-plugin        run it as the Controller would`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return nil
			}
			return s.knownFolder(c, args) // a mistyped command comes with its own arguments
		},
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.knownFolder(c, args); err != nil {
				return err
			}
			if !s.interactive() {
				_ = c.Help()
				return usagef("the Studio needs a terminal; without one, use a command from the list above")
			}
			return runStudio(c.Context(), o, args)
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.Flags().StringVar(&o.theme, "theme", "", "colours: dark, light, contrast or none (default: as the terminal is)")
	root.Flags().BoolVar(&o.ascii, "ascii", false, "use ASCII signs only")
	o.engine.add(root)
	_ = root.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(theme.Names, cobra.ShellCompDirectiveNoFileComp))
	root.SetVersionTemplate("netstacks-plugin {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if number := (*strconv.NumError)(nil); errors.As(err, &number) { // whose text names a function of Go
			said, _, _ := strings.Cut(err.Error(), ": strconv.")
			return usagef("%s: it must be a whole number; see `%s --help`", said, c.CommandPath())
		}
		return usagef("%w; see `%s --help`", err, c.CommandPath())
	})
	root.AddCommand(
		newNew(s), newValidate(s), newBuild(s), newRun(s), newPreview(s), newPackage(s), newInspect(s), newDiff(s),
		newController(s), newSchema(s), newClean(s), newVersion(s),
	)
	return root
}

// refuseOtherShells makes a mistyped shell wrong usage: Cobra's own command shows its help then, and ends with 0.
// That command writes to what root writes to at this time.
func refuseOtherShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	c, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		var shells []string
		for _, shell := range c.Commands() {
			shells = append(shells, shell.Name())
		}
		return usagef("there is no completion for %q; there is for %s", args[0], strings.Join(shells, ", "))
	}
}

// knownFolder refuses a first word that is neither a command nor a folder.
func (s Streams) knownFolder(root *cobra.Command, args []string) error {
	named, path := s.folder(args)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return maxArgs(1)(root, args)
	}
	if similar := root.SuggestionsFor(named); len(similar) > 0 {
		return usagef("%q is neither a command nor a folder; did you mean `netstacks-plugin %s`?", named, similar[0])
	}
	return usagef("%q is neither a command nor a folder; see `netstacks-plugin --help`", named)
}

// maxArgs refuses more than n arguments as wrong usage.
func maxArgs(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("too many arguments: %q; see `%s --help`", args[n:], c.CommandPath())
		}
		return nil
	}
}

// folder returns the plugin's folder as the user named it and as a path.
func (s Streams) folder(args []string) (named, path string) {
	named = "."
	if len(args) > 0 {
		named = args[0]
	}
	return named, s.path(named)
}

// path makes p absolute.
func (s Streams) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.Dir, p)
}

// network returns the Docker network plugins join.
func (s Streams) network() string {
	if n := s.Getenv("PLUGIN_NETWORK"); n != "" {
		return n
	}
	return studio.DefaultNetwork
}

// reaper returns the command that removes a session's leftovers should this
// process be killed.
func reaper() []string {
	self, err := os.Executable()
	if err != nil {
		return nil // the next run and `clean` remove what a killed process leaves
	}
	return []string{self, "clean", "--when-orphaned"}
}

// open opens the project for one command.
func (s Streams) open(ctx context.Context, dir string, o studio.Options) (*studio.Session, error) {
	o.Dir = dir
	o.Network = s.network()
	o.Now = s.Now
	epoch, err := sourceDateEpoch(s.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return nil, err
	}
	o.Epoch = epoch
	session, err := studio.Open(ctx, o)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no folder %s; name a plugin's folder, or make one with `netstacks-plugin new NAME`", dir)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return session, nil
}

// sourceDateEpoch reads $SOURCE_DATE_EPOCH, seconds since 1970 in UTC
// (reproducible-builds.org); the zero time when it is not set.
func sourceDateEpoch(value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return time.Time{}, usagef("SOURCE_DATE_EPOCH is %q; it must be whole seconds since 1970-01-01 UTC", value)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
