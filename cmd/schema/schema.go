// Package schema is the command that prints the schemas of what is documented.
package schema

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// schema is one of the documents that `schema` prints.
type schema struct {
	name, about string
	text        func() []byte
}

func schemas(app *cli.App) []schema {
	return []schema{
		{"json-schema", "a JSON Schema (2020-12) of the body of an event", app.Catalog.JSONSchema},
		{"scenario", "a JSON Schema of scenario files, for editors", func() []byte { return parse.JSONSchema(app.Catalog) }},
		{"openapi", "an OpenAPI 3.1 document of the webhooks", app.Catalog.OpenAPI},
	}
}

// New makes the command.
func New(app *cli.App) *cobra.Command {
	var names []string
	about := "Print a schema that is generated from what Apizee documents.\n\nSchemas:\n"
	for _, s := range schemas(app) {
		names = append(names, s.name)
		about += s.name + "\t" + s.about + "\n"
	}
	return &cobra.Command{
		Use:   "schema " + strings.Join(names, "|"),
		Short: "Print a schema of events or scenarios",
		Long:  about,
		Example: cli.Example(`
			apizee-hooks schema json-schema > event.schema.json
			apizee-hooks schema openapi > apizee-webhooks.openapi.json
			# For editors: # yaml-language-server: $schema=scenario.schema.json
			apizee-hooks schema scenario > scenario.schema.json`),
		Args:              cli.OneOf("a schema", names),
		ValidArgsFunction: cli.FirstArg(cli.Words(names)),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, s := range schemas(app) {
				if s.name == args[0] {
					_, err := app.Stdout.Write(s.text())
					return err
				}
			}
			return nil
		},
	}
}
