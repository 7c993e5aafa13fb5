package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/ui"
)

type newOptions struct {
	streams    Streams
	answers    scaffold.Answers
	outputDir  string
	noDatabase bool
	undecided  bool // --database and --no-database were both given
	yes        bool
	dryRun     bool
	json       bool
	wizard     func(context.Context, ui.Options) (scaffold.Answers, bool, error)
}

func newNew(s Streams) *cobra.Command {
	o := newOptions{streams: s, wizard: ui.RunWizard}
	c := &cobra.Command{
		Use:   "new NAME",
		Short: "Create a new plugin project from a template",
		Long: `Creates a plugin project in OUTPUT-DIR/NAME. In a terminal a wizard asks, filled
in with what the flags say; --yes takes the flags and the defaults without asking.
Nothing is written before all answers are there, and a folder that holds something
is never touched.

Templates:
` + listedTemplates(),
		Example: `  netstacks-plugin new my-plugin
  netstacks-plugin new my-plugin --template ` + lastTemplate() + `
  netstacks-plugin new my-plugin --yes --description "Syncs sites" --author "Ada" \
      --capability read_devices --capability invoke_llm --output-dir ./plugins`,
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.answers.Name = args[0]
			}
			o.undecided = c.Flags().Changed("database") && c.Flags().Changed("no-database")
			o.answers.Database = o.answers.Database && !o.noDatabase
			return runNew(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.answers.Template, "template", scaffold.DefaultTemplate, "project template: "+scaffold.TemplateNames())
	completeTemplates(c)
	f.StringVar(&o.outputDir, "output-dir", ".", "folder in which the project's folder is made")
	f.StringVar(&o.answers.DisplayName, "display-name", "", "name people see (default: the name in title case)")
	f.StringVar(&o.answers.Description, "description", "", "what the plugin does, up to 500 characters")
	f.StringVar(&o.answers.Author, "author", "", "who writes it (default: from git's configuration)")
	f.StringArrayVar(&o.answers.Capabilities, "capability", nil, "capability the plugin needs; repeat for more")
	completeCapabilities(c)
	f.BoolVar(&o.answers.Database, "database", true, "give the plugin a database schema and migrations")
	f.BoolVar(&o.noDatabase, "no-database", false, "no database: items live in memory")
	f.IntVar(&o.answers.Port, "port", scaffold.DefaultPort, "port the service listens on in its container (1024 to 65535)")
	f.BoolVarP(&o.yes, "yes", "y", false, "take the defaults for everything not said")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would be written, write nothing")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	return c
}

func runNew(ctx context.Context, o newOptions) error {
	a := withDefaults(ctx, o.answers, o.yes)
	asks := !o.yes && o.streams.interactive() && !o.json && !o.dryRun
	if err := o.problems(a, asks); err != nil {
		return err
	}
	if asks {
		return o.ask(ctx, a)
	}
	plan, err := o.plan(a)
	if err != nil {
		return usageError{err}
	}
	if err := scaffold.CheckTarget(plan.Dir); err != nil {
		return err
	}
	if !o.dryRun {
		if err := plan.Write(); err != nil {
			return err
		}
	}
	return o.report(plan, a)
}

// ask lets the wizard complete the answers; it writes the project itself, so
// that what goes wrong is said there and no answer is lost.
func (o newOptions) ask(ctx context.Context, a scaffold.Answers) error {
	var written scaffold.Plan
	a, confirmed, err := o.wizard(ctx, ui.Options{
		Defaults: a, OutputDir: o.streams.path(o.outputDir), In: o.streams.In, Out: o.streams.Out,
		StateDir: stateHome(o.streams.Getenv), WriteFile: writeState, NoColor: o.streams.Getenv("NO_COLOR") != "",
		Create: func(a scaffold.Answers) error {
			plan, err := o.plan(a)
			if err == nil {
				written, err = plan, plan.Write()
			}
			return err
		},
	})
	if err != nil {
		return err
	}
	if !confirmed {
		fmt.Fprintln(o.streams.Err, "Nothing was written.")
		return errInterrupted
	}
	return o.report(written, a)
}

// plan returns what would be written for the answers, at its absolute place.
func (o newOptions) plan(a scaffold.Answers) (scaffold.Plan, error) {
	return scaffold.NewPlan(a, o.streams.path(o.outputDir))
}

// withDefaults fills what has a default: the display name always, the author
// from git's configuration, and with --yes a description.
func withDefaults(ctx context.Context, a scaffold.Answers, yes bool) scaffold.Answers {
	if a.DisplayName == "" && a.Name != "" {
		a.DisplayName = scaffold.DisplayName(a.Name)
	}
	if a.Author == "" {
		a.Author = gitAuthor(ctx)
	}
	if a.Description == "" && yes {
		a.Description = a.DisplayName + " plugin for NetStacks"
	}
	return a
}

// gitAuthor returns user.name of git's configuration, empty without one.
func gitAuthor(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "config", "--get", "user.name").Output()
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(out))
}

// problems returns everything that is wrong with the answers as one error, or
// nil. The wizard asks for those that are missing.
func (o newOptions) problems(a scaffold.Answers, asks bool) error {
	given := map[string]string{
		scaffold.FieldName: a.Name, scaffold.FieldDisplayName: a.DisplayName, scaffold.FieldDescription: a.Description, scaffold.FieldAuthor: a.Author,
	}
	var lines []string
	missing, noAuthor := false, false
	for _, p := range a.Problems() {
		value, isText := given[p.Field]
		switch absent := isText && value == ""; {
		case absent && (asks || p.Field == scaffold.FieldDisplayName): // a display name comes from the name
			continue
		case absent && o.yes && p.Field == scaffold.FieldAuthor:
			noAuthor = true
		case absent:
			missing = true
		}
		lines = append(lines, argument(p.Field)+": "+p.Message)
	}
	if o.undecided {
		lines = append(lines, "--database and --no-database exclude each other")
	}
	switch {
	case noAuthor:
		lines = append(lines, `its default is git's user.name, which is not set; set it with git config --global user.name "Ada", or give --author "Ada"`)
	case missing && o.yes:
	case missing:
		lines = append(lines, "without a terminal each answer is a flag, and --yes takes the defaults")
	}
	if len(lines) == 0 {
		return nil
	}
	return usageError{errors.New(strings.Join(lines, "\n"))}
}

// argument is what a command line calls a field of the answers.
func argument(field string) string {
	if field == scaffold.FieldName {
		return "NAME"
	}
	return "--" + field
}

// report says what was written, or would be, and what comes next.
func (o newOptions) report(plan scaffold.Plan, a scaffold.Answers) error {
	if o.json {
		return o.reportJSON(plan, a)
	}
	w := o.streams.Out
	warnOfCapabilities(o.streams.Err, a.Capabilities)
	shown := plan.Dir
	if rel, err := filepath.Rel(o.streams.Dir, plan.Dir); err == nil && filepath.IsLocal(rel) {
		shown = rel
	}
	plan.Dir = shown
	if o.dryRun {
		fmt.Fprintf(w, "Would create %s\n%s", a.DisplayName, plan)
		return nil
	}
	fmt.Fprintf(w, "✓ Created %s in %s\n%s", a.DisplayName, shown, plan)
	fmt.Fprintf(w, "Next steps:\n  cd %s\n  netstacks-plugin           open it in the Studio\n  netstacks-plugin run       or build and run it here\n", shown)
	return nil
}

// reportJSON is report for programs.
func (o newOptions) reportJSON(plan scaffold.Plan, a scaffold.Answers) error {
	type file struct {
		Path string `json:"path"`
		Size int    `json:"size"` // in bytes
	}
	files := make([]file, len(plan.Files))
	for i, f := range plan.Files {
		files[i] = file{f.Path, len(f.Content)}
	}
	template, _ := scaffold.TemplateByName(a.Template)
	return json.NewEncoder(o.streams.Out).Encode(struct {
		Path     string `json:"path"`
		Name     string `json:"name"`
		Template string `json:"template"`
		Files    []file `json:"files"`
		Written  bool   `json:"written"`
	}{plan.Dir, a.Name, template.Name, files, !o.dryRun})
}

// warnOfCapabilities points out capabilities that no endpoint asks for.
func warnOfCapabilities(w io.Writer, names []string) {
	for _, name := range names {
		if _, known := manifest.CapabilityByName(name); !known {
			instead := "`netstacks-plugin validate` says which there are"
			if near, _ := manifest.SimilarCapability(name); near != "" {
				instead = fmt.Sprintf("did you mean %q?", near)
			}
			fmt.Fprintf(w, "! no endpoint of the internal API asks for the capability %q; %s\n", name, instead)
		}
	}
}

// completeCapabilities completes the values of a command's --capability.
func completeCapabilities(c *cobra.Command) {
	var values []string
	for _, k := range manifest.Capabilities() {
		values = append(values, k.Name+"\t"+k.Unlocks)
	}
	_ = c.RegisterFlagCompletionFunc("capability", cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// completeTemplates completes the values of a command's --template.
func completeTemplates(c *cobra.Command) {
	var values []string
	for _, t := range scaffold.Templates() {
		values = append(values, t.Name+"\t"+t.Title+": "+t.Summary)
	}
	_ = c.RegisterFlagCompletionFunc("template", cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// listedTemplates lists the templates for the help, one on a line.
func listedTemplates() string {
	var lines []string
	for _, t := range scaffold.Templates() {
		lines = append(lines, fmt.Sprintf("  %-12s%s: %s", t.Name, t.Title, t.Summary))
	}
	return strings.Join(lines, "\n")
}

// lastTemplate is one that an example names, because it is not the default.
func lastTemplate() string {
	templates := scaffold.Templates()
	return templates[len(templates)-1].Name
}
