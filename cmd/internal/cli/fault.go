package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// faultFlag is a flag whose value is the name of a fault.
type faultFlag struct{ value *fault.Fault }

func (f faultFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.Name
}

func (f faultFlag) Type() string { return "NAME" }

func (f faultFlag) Set(name string) (err error) {
	*f.value, err = fault.Parse(name)
	return err
}

// FaultFlag adds --fault to f, the local or the persistent flags of c. It completes
// those that can be taken.
func FaultFlag(c *cobra.Command, f *pflag.FlagSet, value *fault.Fault, canTake func(fault.Fault) bool) {
	f.Var(faultFlag{value}, "fault", "fault to inject into each delivery (see 'help faults')")
	GroupFlags(f, DeliveryFlags, "fault")
	var names []string
	for _, f := range fault.All() {
		if canTake(f) {
			names = append(names, f.Name+"\t"+f.Description)
		}
	}
	Complete(c, "fault", Words(names))
}
