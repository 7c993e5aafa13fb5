package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/sdk/contract"
)

func newSchema(s Streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "schema manifest|api",
		Short: "Print the JSON Schema of manifest.json, or the OpenAPI document",
		Long: `manifest prints the Controller's schema of manifest.json, a JSON Schema (Draft-07)
that editors understand as "$schema"; api the contract of /internal/v1, what plugins
may ask of the Controller, as OpenAPI 3.1 in YAML.`,
		Example: `  netstacks-plugin schema manifest > manifest.schema.json
  netstacks-plugin schema api > openapi.yaml`,
		ValidArgs: []string{"manifest", "api"},
		Args:      maxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "api" {
				_, err := io.WriteString(s.Out, contract.OpenAPI())
				return err
			}
			if len(args) != 1 || args[0] != "manifest" {
				return usagef("name the schema to print: netstacks-plugin schema manifest, or netstacks-plugin schema api")
			}
			_, err := s.Out.Write(manifest.Schema())
			return err
		},
	}
	return c
}
