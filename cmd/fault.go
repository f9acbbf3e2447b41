package cmd

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// faultFlag is a flag that takes the name of a fault.
type faultFlag struct{ value *deliver.Fault }

func (f faultFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.Name
}

func (f faultFlag) Type() string { return "NAME" }

func (f faultFlag) Set(name string) (err error) {
	*f.value, err = deliver.ParseFault(name)
	return err
}

// addFaultFlag adds --fault to f, the local or the persistent flags of c.
func addFaultFlag(c *cobra.Command, f *pflag.FlagSet, value *deliver.Fault) {
	f.Var(faultFlag{value}, "fault", "deliver badly on purpose, by the fault of this `NAME`; load --help lists them")
	groupFlags(f, deliveryFlags, "fault")
	var names []string
	for _, fault := range deliver.Faults() {
		names = append(names, fault.Name+"\t"+fault.Description)
	}
	complete(c, "fault", fixed(names))
}

// faultsHelp lists the faults for the help of a command.
func faultsHelp() string {
	var rows [][]console.Cell
	for _, f := range deliver.Faults() {
		rows = append(rows, console.Cells(nil, "  "+f.Name, f.Description), console.Cells(nil, "", "→ a good endpoint "+f.Answer))
	}
	var out strings.Builder
	console.Table{Rows: rows, Width: helpWidth, Wrap: true}.WriteTo(&out)
	return "Faults:\n" + strings.TrimRight(out.String(), "\n")
}
