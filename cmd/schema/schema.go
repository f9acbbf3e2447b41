// Package schema is the command that prints the schemas of what is documented, of files and of outputs.
package schema

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// schema is one of the documents that `schema` prints.
type schema struct {
	name, about string
	text        func() []byte
}

// outputName is the first argument for the schema of an output.
const outputName = "output"

func schemas(app *cli.App) []schema {
	return []schema{
		{"json-schema", "JSON Schema (2020-12) of the body of an event", app.Catalog.JSONSchema},
		{"openapi", "OpenAPI 3.1 document of the webhooks", app.Catalog.OpenAPI},
		{"scenario", "JSON Schema of scenario files, for editors", func() []byte { return parse.JSONSchema(app.Catalog) }},
		{"config", "JSON Schema of configuration files, for editors", config.JSONSchema},
		{"recording", "JSON Schema of each line of a recording", recording.JSONSchema},
		{outputName, "JSON Schema of what a command prints with -o json; 'stderr' is that of errors", nil},
	}
}

// New makes the command. outputs are those of all commands.
func New(app *cli.App, outputs []cli.Output) *cobra.Command {
	var names, commands []string
	about := "Print a schema. Schemas:\n"
	for _, s := range schemas(app) {
		names = append(names, s.name)
		about += s.name + "\t" + s.about + "\n"
	}
	for _, o := range outputs {
		commands = append(commands, o.Name)
	}
	return &cobra.Command{
		Use:   "schema " + strings.Join(names, "|") + " [command]",
		Short: "Print a schema of events, files or outputs",
		Long:  about,
		Example: cli.Example(`
			apizee-hooks schema json-schema > event.schema.json
			apizee-hooks schema openapi > apizee-webhooks.openapi.json
			# For editors: # yaml-language-server: $schema=scenario.schema.json
			apizee-hooks schema scenario > scenario.schema.json
			# What listen -o json prints
			apizee-hooks schema output listen`),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && args[0] == outputName {
				return cli.OneOf("a command with -o json", commands)(c, args[1:])
			}
			return cli.OneOf("a schema", names)(c, args)
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			words := names
			if len(args) == 1 && args[0] == outputName {
				words, args = commands, nil
			}
			return cli.FirstArg(cli.Words(words))(c, args, word)
		},
		RunE: func(_ *cobra.Command, args []string) error { return run(app, outputs, args) },
	}
}

func run(app *cli.App, outputs []cli.Output, args []string) error {
	var text []byte
	if args[0] == outputName {
		text = outputs[slices.IndexFunc(outputs, func(o cli.Output) bool { return o.Name == args[1] })].Schema()
	} else {
		all := schemas(app)
		text = all[slices.IndexFunc(all, func(s schema) bool { return s.name == args[0] })].text()
	}
	_, err := app.Stdout.Write(text)
	return err
}
