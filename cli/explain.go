package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// runExplain prints the page of a rule, or the list of all rules.
func runExplain(s Streams, id string, c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("--explain is about a rule, not about %q; leave that out", args[0])
	}
	for _, other := range []string{"json", "format", "fix", "unsafe", "dry-run", "checks-only"} {
		if c.Flags().Changed(other) {
			return usagef("--explain prints a rule's page as Markdown and checks nothing; leave --%s out", other)
		}
	}
	if strings.EqualFold(id, "list") {
		w := &lines{out: s.Out}
		for _, r := range manifest.Rules() {
			w.line("%s  %-7s  %s", r.ID, r.Severity, r.Title)
		}
		return w.err
	}
	page, ok := manifest.RulePage(strings.TrimSpace(id))
	if !ok {
		return unknownRule(id, c.CommandPath())
	}
	_, err := fmt.Fprintln(s.Out, strings.TrimSpace(page))
	return err
}

// unknownRule says which rules may have been meant.
func unknownRule(id, command string) error {
	similar := manifest.SimilarRules(id)
	if len(similar) == 0 {
		return usagef("there is no rule %q; `%s --explain list` lists all", id, command)
	}
	lines := make([]string, len(similar))
	for i, r := range similar {
		lines[i] = r.ID + " " + r.Title
	}
	return usagef("there is no rule %q; did you mean one of these?\n%s", id, strings.Join(lines, "\n"))
}

// ruleIDs are the ids of all rules.
func ruleIDs() []string {
	var ids []string
	for _, r := range manifest.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}
