package events

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// source says which page a partly documented object is from.
func source(object apizee.Object) string {
	return fmt.Sprintf("Partly documented, on Apizee's page %q.", object.Page)
}

// printHeading prints what an object is.
func printHeading(o *options, object apizee.Object) {
	printText(o, object.Name+": "+object.Description, object.Name, o.Out().Object)
}

// printText prints a text in lines that fit, and paints the word.
func printText(o *options, text, word string, paint func(string) string) {
	for _, line := range o.Fit(text, 0) {
		fmt.Fprintln(o.Stdout, strings.Replace(line, word, paint(word), 1))
	}
}

// printPartly prints a partly documented object in the list of all.
func printPartly(o *options, object apizee.Object) error {
	p := o.Out()
	fmt.Fprintln(o.Stdout)
	printHeading(o, object)
	printText(o, source(object)+" Events: "+strings.Join(o.Catalog.EventNamesOf(object), ", "), "Events:", p.Strong)
	table := console.Table{Width: o.Width(), Wrap: true}
	addProps(&table, p, "", object)
	if len(table.Rows) > 0 {
		fmt.Fprintln(o.Stdout)
	}
	if _, err := table.WriteTo(o.Stdout); err != nil {
		return err
	}
	return printAssumptions(o, object)
}

// printVariants prints the values of a prop with the props that are documented for each.
func printVariants(o *options, prop apizee.Prop) error {
	if prop.Variants == nil {
		return nil
	}
	p := o.Out()
	table := console.Table{Header: console.Cells(p.Strong, strings.ToUpper(prop.Path), "PROPS"), Width: o.Width(), Wrap: true}
	for _, v := range prop.Variants {
		props := console.Cell{Text: cmp.Or(strings.Join(v.Props, ", "), "none")}
		if v.Open {
			props = console.Cell{Text: "not known", Paint: p.Dim}
		}
		table.Rows = append(table.Rows, []console.Cell{{Text: v.Value, Paint: p.Value}, props})
	}
	fmt.Fprintln(o.Stdout)
	_, err := table.WriteTo(o.Stdout)
	return err
}

func printAssumptions(o *options, object apizee.Object) error {
	if object.Assumptions == nil {
		return nil
	}
	p := o.Out()
	table := console.Table{Width: o.Width(), Wrap: true}
	for _, a := range object.Assumptions {
		table.Rows = append(table.Rows, []console.Cell{{Text: "  " + a.About, Paint: p.Dim}, {Text: a.Assumed}})
	}
	fmt.Fprintf(o.Stdout, "\n%s\n", p.Strong("Assumptions:"))
	_, err := table.WriteTo(o.Stdout)
	return err
}
