package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

func newEventsCmd(a *app) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "events [object]",
		Short: "Show what Apizee documents: objects, events, props, values",
		Long: `Show what Apizee documents about its webhooks: the events, the objects they are
about, and for each object its props with their types and values.`,
		Example: cli.Example(`
			apizee-hooks events
			apizee-hooks events ticket

			# Every documented state of a ticket
			apizee-hooks events ticket -o json | jq -r '.props[] | select(.path == "state").values[]'`),
		Args:              a.knownObject,
		ValidArgsFunction: cli.FirstArg(cli.Words(a.Catalog.ObjectNames())),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.printCatalog(output)
			}
			object, _ := a.Catalog.LookupObject(args[0])
			return a.printObject(object, output)
		},
	}
	cli.OutputFlag(c, c.Flags(), &output, []string{"text", "json"}, "")
	return c
}

// knownObject takes at most one argument, a documented object.
func (a *app) knownObject(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, ok := a.Catalog.LookupObject(args[0]); !ok {
		return cli.Usage(fmt.Errorf("%q is not a documented object%s", args[0], apizee.DidYouMean(args[0], a.Catalog.ObjectNames())),
			"Apizee documents "+cli.List(a.Catalog.ObjectNames(), "and")+".")
	}
	return cli.AtMost(1, "one object")(c, args)
}

func (a *app) printCatalog(output string) error {
	if output == "json" {
		return a.PrintJSON(struct {
			Events  []apizee.Word   `json:"events"`
			Fields  []apizee.Field  `json:"fields"`
			Objects []apizee.Object `json:"objects"`
		}{a.Catalog.Events, a.Catalog.Fields(), a.Catalog.Objects})
	}
	p := a.Out()
	table := console.Table{Header: console.Cells(p.Strong, "OBJECT", "PROP", "TYPE", "VALUES"), Width: a.Width(), Wrap: true}
	for _, object := range a.Catalog.Objects {
		name := object.Name
		for _, prop := range object.Props {
			table.Rows = append(table.Rows, []console.Cell{
				{Text: name, Paint: p.Object}, {Text: prop.Path}, {Text: string(prop.Type), Paint: p.Dim}, {Text: values(prop)},
			})
			name = ""
		}
	}
	fmt.Fprintf(a.Stdout, "%s %s\n\n", p.Strong("Events:"), strings.Join(a.Catalog.EventNames(), ", "))
	_, err := table.WriteTo(a.Stdout)
	return err
}

// values says what a prop may be: its words, its range, or an example.
func values(p apizee.Prop) string {
	switch {
	case len(p.Values) > 0:
		return strings.Join(p.Values, ", ")
	case p.Range != nil:
		return p.Range.String() + ", such as " + p.Example
	}
	return "such as " + p.Example
}

func (a *app) printObject(object apizee.Object, output string) error {
	if output == "json" {
		return a.PrintJSON(object)
	}
	p := a.Out()
	fmt.Fprintf(a.Stdout, "%s: %s\n\n", p.Object(object.Name), object.Description)
	table := console.Table{Width: a.Width(), Wrap: true}
	row := func(name, kind, text string) {
		table.Rows = append(table.Rows, []console.Cell{{Text: name, Paint: p.Strong}, {Text: kind, Paint: p.Dim}, {Text: text}})
	}
	for i, e := range a.Catalog.Events {
		name := ""
		if i == 0 {
			name = "event"
		}
		row(name, e.Name, e.Description)
	}
	row("objectId", joinTypes(object.ID.Types), object.ID.Description+", such as "+object.ID.Example)
	for _, prop := range object.Props {
		row("props."+prop.Path, string(prop.Type), prop.Description+"; --"+prop.Flag)
		row("", "", values(prop))
	}
	if _, err := table.WriteTo(a.Stdout); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "\n%s apizee-hooks send %s --dry-run\n", p.Dim("Try:"), object.Name)
	return nil
}

func joinTypes(types []apizee.Type) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	return cli.List(words, "or")
}
