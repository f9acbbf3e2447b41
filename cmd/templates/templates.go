// Package templates is the command that lists, shows and copies templates and scenarios.
package templates

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// New returns the command.
func New(app *cli.App) *cobra.Command {
	c := &cobra.Command{
		Use:   "templates [command]",
		Short: "List, show or copy templates and scenarios",
		Long: `A template is an event as JSON with variables; a scenario is a YAML file of events
in order. Names are looked up in the directory of the setting templates (templates
only), then in .apizee-hooks/templates or .apizee-hooks/scenarios, then in templates or
scenarios of the user's configuration directory (see 'help environment'), then among the
built-in files. 'help functions' lists the functions of templates.`,
		Example: cli.Example(`
			apizee-hooks templates list
			apizee-hooks send --template ticket-geolocated --var lat=48.1 -t localhost:3000/hooks
			# Copy a template to .apizee-hooks/templates, to edit it
			apizee-hooks templates copy ticket-geolocated`),
		Args: cli.NoSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return list(c.Context(), app) },
	}
	c.AddCommand(newList(app), newShow(app), newCopy(app))
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{
		{Name: "templates-list", About: "One list.", Types: []any{[]listedFile{}}},
		{Name: "templates-copy", About: "One object.", Types: []any{cli.PathJSON{}}},
	}
}

func newList(app *cli.App) *cobra.Command {
	return cli.TextOrJSON("list", "List templates and scenarios", `
			apizee-hooks templates list
			apizee-hooks templates list -o json`,
		func(ctx context.Context) error { return list(ctx, app) })
}

func newShow(app *cli.App) *cobra.Command {
	var scenario bool
	c := &cobra.Command{
		Use:               "show <name>",
		Short:             "Print a template or a scenario",
		Example:           cli.Example("\n\t\t\tapizee-hooks templates show ticket-invited\n\t\t\tapizee-hooks templates show --scenario ticket-declined"),
		Args:              cli.Needs("the name of a template or a scenario", 1, listHint),
		ValidArgsFunction: cli.FirstArg(completeNames(app)),
		RunE: func(c *cobra.Command, args []string) error {
			return show(c.Context(), app, args[0], scenario)
		},
	}
	scenarioFlag(c, &scenario)
	return c
}

// scenarioFlag adds --scenario, which decides if a template and a scenario share a name.
func scenarioFlag(c *cobra.Command, scenario *bool) {
	c.Flags().BoolVar(scenario, "scenario", false, "prefer a scenario to a template of the same name")
}

func newCopy(app *cli.App) *cobra.Command {
	var scenario bool
	c := &cobra.Command{
		Use:   "copy <name> [directory]",
		Short: "Copy a template or a scenario, to edit it",
		Long: `Copy a template or a scenario to a directory, by default .apizee-hooks/templates or
.apizee-hooks/scenarios, where it is found by its name. An existing file is never
overwritten. The first line of a scenario names the schema that is written beside it, for
editors.`,
		Example:           cli.Example("\n\t\t\tapizee-hooks templates copy ticket-invited\n\t\t\tapizee-hooks templates copy ticket-lifecycle hooks"),
		Args:              cli.Needs("the name of a template or a scenario, and optionally a directory", 2, listHint),
		ValidArgsFunction: cli.FirstArg(completeNames(app)),
		RunE: func(c *cobra.Command, args []string) error {
			dir := ""
			if len(args) > 1 {
				dir = args[1]
			}
			return copyTo(c.Context(), app, args[0], scenario, dir)
		},
	}
	scenarioFlag(c, &scenario)
	cli.TextOrJSONFlag(c)
	return c
}

const listHint = "run `" + cli.Program + " templates list` to list the names."

// completeNames completes the names of templates and scenarios.
func completeNames(app *cli.App) cli.Completer {
	return func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if scenario, _ := c.Flags().GetBool("scenario"); scenario {
			return app.ScenarioNames(), cobra.ShellCompDirectiveNoFileComp
		}
		templates, _ := app.CompleteTemplates(c, args, word)
		return append(templates, app.ScenarioNames()...), cobra.ShellCompDirectiveNoFileComp
	}
}
