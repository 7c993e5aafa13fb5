package cli

import (
	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
)

func newSchema(s Streams) *cobra.Command {
	c := &cobra.Command{
		Use:       "schema manifest",
		Short:     "Print the JSON Schema of manifest.json",
		Long:      "Prints the Controller's schema of manifest.json, a JSON Schema (Draft-07) that editors understand as \"$schema\".",
		Example:   `  netstacks-plugin schema manifest > manifest.schema.json`,
		ValidArgs: []string{"manifest"},
		Args:      maxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "manifest" {
				return usagef("name the schema to print: netstacks-plugin schema manifest")
			}
			_, err := s.Out.Write(manifest.Schema())
			return err
		},
	}
	return c
}
