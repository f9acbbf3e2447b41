// Package events is the command that shows what is documented.
package events

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

type options struct {
	*cli.App
	object string // "" is all of them
}

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "events [object]",
		Short: "Show what Apizee documents: objects, props and values",
		Long: `Show what Apizee documents about its webhooks: the events, the objects, and for each
object its props with their types and values. Objects that Apizee's newer pages document
in part are listed apart, with their page and what apizee-hooks assumes about them.`,
		Example: cli.Example(`
			apizee-hooks events
			apizee-hooks events ticket
			# The event types of a session, with the props that are documented for each
			apizee-hooks events conversationevent
			# Every documented state of a ticket
			apizee-hooks events ticket -o json | jq -r '.props[] | select(.path == "state").values[]'`),
		Args:              knownObject(app.Catalog),
		ValidArgsFunction: cli.FirstArg(cli.Words(app.Catalog.ObjectNames())),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.object = args[0]
			}
			return run(o)
		},
	}
	cli.TextOrJSONFlag(c)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "events", About: "One object: the whole contract, or the object of the argument.", Types: []any{catalogJSON{}, apizee.Object{}}}}
}

// knownObject takes at most one argument, a documented object.
func knownObject(catalog *apizee.Catalog) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		if _, ok := catalog.LookupObject(args[0]); !ok {
			return cli.UnknownObject(catalog, args[0], "", ".")
		}
		return cli.AtMost(1, "one object")(c, args)
	}
}

func run(o *options) error {
	if o.object == "" {
		return printCatalog(o)
	}
	object, _ := o.Catalog.LookupObject(o.object)
	return printObject(o, object)
}

type catalogJSON struct {
	Events  []apizee.Word   `json:"events" about:"names of events"`
	Fields  []apizee.Field  `json:"fields" about:"fields of every event"`
	Objects []apizee.Object `json:"objects"`
}

func printCatalog(o *options) error {
	if o.JSON {
		out := catalogJSON{o.Catalog.Events, o.Catalog.Fields(), slices.Clone(o.Catalog.Objects)}
		for i := range out.Objects {
			out.Objects[i] = listed(out.Objects[i])
		}
		return o.PrintJSON(out)
	}
	p := o.Out()
	table := console.Table{Header: console.Cells(p.Strong, "OBJECT", "PROP", "TYPE", "VALUES"), Width: o.Width(), Wrap: true}
	for _, object := range o.Catalog.Objects {
		if !object.PartlyDocumented {
			addProps(&table, p, object.Name, object)
		}
	}
	fmt.Fprintf(o.Stdout, "%s %s\n\n", p.Strong("Events:"), strings.Join(o.Catalog.EventNames(), ", "))
	if _, err := table.WriteTo(o.Stdout); err != nil {
		return err
	}
	for _, object := range o.Catalog.Objects {
		if object.PartlyDocumented {
			if err := printPartly(o, object); err != nil {
				return err
			}
		}
	}
	return nil
}

// listed returns an object whose props are a list in JSON, even if there are none.
func listed(object apizee.Object) apizee.Object {
	if object.Props == nil {
		object.Props = []apizee.Prop{}
	}
	return object
}

// addProps adds a row per prop; the name is in the first.
func addProps(table *console.Table, p console.Palette, name string, object apizee.Object) {
	for _, prop := range object.Props {
		table.Rows = append(table.Rows, []console.Cell{
			{Text: name, Paint: p.Object}, {Text: prop.Path}, {Text: string(prop.Type), Paint: p.Dim}, {Text: prop.Possible()},
		})
		name = ""
	}
}

func printObject(o *options, object apizee.Object) error {
	if o.JSON {
		return o.PrintJSON(listed(object))
	}
	p := o.Out()
	printHeading(o, object)
	if object.PartlyDocumented {
		fmt.Fprintln(o.Stdout, strings.Join(o.Fit(source(object), 0), "\n"))
	}
	fmt.Fprintln(o.Stdout)
	table := console.Table{Width: o.Width(), Wrap: true}
	row := func(name, kind, text string) {
		table.Rows = append(table.Rows, []console.Cell{{Text: name, Paint: p.Strong}, {Text: kind, Paint: p.Dim}, {Text: text}})
	}
	for i, e := range o.Catalog.EventsOf(object) {
		name := ""
		if i == 0 {
			name = "event"
		}
		row(name, e.Name, e.Description)
	}
	row("objectId", joinTypes(object.ID.Types), object.ID.Description+", such as "+object.ID.Example)
	for _, prop := range object.Props {
		row("props."+prop.Path, string(prop.Type), prop.Description+"; --"+prop.Flag)
		row("", "", prop.Possible())
	}
	if _, err := table.WriteTo(o.Stdout); err != nil {
		return err
	}
	for _, prop := range object.Props {
		if err := printVariants(o, prop); err != nil {
			return err
		}
	}
	if err := printAssumptions(o, object); err != nil {
		return err
	}
	fmt.Fprintf(o.Stdout, "\n%s apizee-hooks send %s --dry-run\n", p.Dim("Try:"), object.Name)
	return nil
}

func joinTypes(types []apizee.Type) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	return cli.List(words, "or")
}
