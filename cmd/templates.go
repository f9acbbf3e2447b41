package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

func newTemplatesCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "templates [command]",
		Short: "List, show or copy templates and scenarios",
		Long: `A template is an event as JSON, with Go template actions for what differs; a
scenario is a YAML file of events in order. They are looked for in
.apizee-hooks/templates and .apizee-hooks/scenarios, then in your configuration
folder, then among those that come with the program.`,
		Example: cli.Example(`
			apizee-hooks templates list
			apizee-hooks templates show ticket-geolocated
			apizee-hooks send --template ticket-geolocated --var lat=48.1 -t localhost:3000/hooks

			# A copy of your own, to edit; it is found by its name
			apizee-hooks templates copy ticket-geolocated .apizee-hooks/templates`),
		Args: cli.NoSuchCommand,
		RunE: func(*cobra.Command, []string) error { return a.listTemplates("text") },
	}
	c.AddCommand(newTemplatesListCmd(a), newTemplatesShowCmd(a), newTemplatesCopyCmd(a))
	return c
}

func newTemplatesListCmd(a *app) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:               "list",
		Short:             "List templates and scenarios",
		Example:           cli.Example("\n\t\t\tapizee-hooks templates list\n\t\t\tapizee-hooks templates list -o json"),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(*cobra.Command, []string) error { return a.listTemplates(output) },
	}
	cli.OutputFlag(c, c.Flags(), &output, []string{"text", "json"}, "")
	return c
}

func newTemplatesShowCmd(a *app) *cobra.Command {
	var scenario bool
	c := &cobra.Command{
		Use:               "show <name>",
		Short:             "Print a template or a scenario",
		Example:           cli.Example("\n\t\t\tapizee-hooks templates show ticket-invited\n\t\t\tapizee-hooks templates show --scenario ticket-declined"),
		Args:              cli.Needs("the name of a template or a scenario", 1, listsNames),
		ValidArgsFunction: cli.FirstArg(a.completeAllTemplates),
		RunE: func(_ *cobra.Command, args []string) error {
			found, err := a.findTemplate(args[0], scenario)
			if err != nil {
				return err
			}
			_, err = a.Stdout.Write(found.text)
			return err
		},
	}
	scenarioFlag(c, &scenario)
	return c
}

// scenarioFlag chooses where a template and a scenario share a name.
func scenarioFlag(c *cobra.Command, scenario *bool) {
	c.Flags().BoolVar(scenario, "scenario", false, "take the scenario, where a template has the same name")
}

func newTemplatesCopyCmd(a *app) *cobra.Command {
	var scenario bool
	c := &cobra.Command{
		Use:   "copy <name> [folder]",
		Short: "Copy a template or a scenario to a folder, to edit it",
		Long: `Copy a template or a scenario to a folder, by default .apizee-hooks/templates or
.apizee-hooks/scenarios, where it is found by its name. A file that is there
already is left as it is.`,
		Example:           cli.Example("\n\t\t\tapizee-hooks templates copy ticket-invited\n\t\t\tapizee-hooks templates copy ticket-lifecycle hooks"),
		Args:              cli.Needs("the name of a template or a scenario, and a folder if it is to go elsewhere", 2, listsNames),
		ValidArgsFunction: cli.FirstArg(a.completeAllTemplates),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := ""
			if len(args) > 1 {
				dir = args[1]
			}
			found, err := a.findTemplate(args[0], scenario)
			if err != nil {
				return err
			}
			return a.copyTemplate(found, dir)
		},
	}
	scenarioFlag(c, &scenario)
	return c
}

const listsNames = "`" + cli.Program + " templates list` has the names."

// listedFile is what the list says of a template or a scenario.
type listedFile struct {
	Name        string `json:"name"`
	Group       string `json:"group"` // the object that a template's name begins with, or ""
	Description string `json:"description"`
	Source      string `json:"source"`
}

// scenarioGroup is the heading of scenarios in a list of templates.
const scenarioGroup = "scenario"

func (a *app) listed() ([]listedFile, error) {
	loaded, err := a.Load(nil)
	if err != nil {
		return nil, err
	}
	templates, err := a.EventTemplates(loaded.Config).List()
	if err != nil {
		return nil, err
	}
	scenarios, err := a.Scenarios().List()
	if err != nil {
		return nil, err
	}
	var files []listedFile
	for _, f := range templates {
		group, _, _ := strings.Cut(f.Name, "-")
		if _, ok := a.Catalog.LookupObject(group); !ok {
			group = ""
		}
		files = append(files, listedFile{f.Name, group, payload.Describe(string(f.Text)), f.Source})
	}
	for _, f := range scenarios {
		files = append(files, listedFile{f.Name, scenarioGroup, scenario.Description(f.Text), f.Source})
	}
	return files, nil
}

func (a *app) listTemplates(output string) error {
	files, err := a.listed()
	if err != nil {
		return err
	}
	if output == "json" {
		return a.PrintJSON(files)
	}
	p := a.Out()
	for i, group := range append(a.Catalog.ObjectNames(), "", scenarioGroup) {
		table := console.Table{Width: a.Width(), Wrap: true}
		for _, f := range files {
			if f.Group == group {
				table.Rows = append(table.Rows, templateRow(p, f))
			}
		}
		if len(table.Rows) == 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.Stdout)
		}
		fmt.Fprintln(a.Stdout, p.Strong(title(group)))
		if _, err := table.WriteTo(a.Stdout); err != nil {
			return err
		}
	}
	return nil
}

func title(group string) string {
	if group == "" {
		return "Other"
	}
	return strings.ToUpper(group[:1]) + group[1:]
}

func templateRow(p console.Palette, f listedFile) []console.Cell {
	text := f.Description
	if f.Source != cli.BuiltIn {
		text = strings.TrimSpace(text + " (" + f.Source + ")")
	}
	return []console.Cell{{Text: "  " + f.Name, Paint: p.Object}, {Text: text}}
}
