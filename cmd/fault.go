package cmd

import (
	"fmt"
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

// faultNote says behind a line that a fault is made, if one is.
func faultNote(p console.Palette, fault deliver.Fault) string {
	if fault.Name == "" {
		return ""
	}
	return ", " + p.Notice("fault "+fault.Name)
}

// addFaultFlag adds --fault to f, the local or the persistent flags of c. It completes
// those that can be taken.
func addFaultFlag(c *cobra.Command, f *pflag.FlagSet, value *deliver.Fault, canTake func(deliver.Fault) bool) {
	f.Var(faultFlag{value}, "fault", "deliver badly on purpose, by the fault of this `NAME`; load --help lists them")
	groupFlags(f, deliveryFlags, "fault")
	var names []string
	for _, fault := range deliver.Faults() {
		if canTake(fault) {
			names = append(names, fault.Name+"\t"+fault.Description)
		}
	}
	complete(c, "fault", fixed(names))
}

// faultsHelp lists the faults for the help of a command. It measures nothing,
// since it is made at every start.
func faultsHelp() string {
	var out strings.Builder
	out.WriteString("Faults:")
	for _, f := range deliver.Faults() {
		fmt.Fprintf(&out, "\n  %-13s %s;\n                a good endpoint %s", f.Name, f.Description, f.Answer)
	}
	return out.String()
}
