package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// faultFlag is a flag whose value is the name of a fault.
type faultFlag struct {
	value *fault.Fault
	names []string // to suggest
}

func (f faultFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.Name
}

func (f faultFlag) Type() string { return "NAME" }

func (f faultFlag) Set(name string) (err error) {
	if *f.value, err = fault.Parse(name); err != nil {
		return fmt.Errorf("%w%s", err, cmp.Or(apizee.DidYouMean(name, f.names), "; use "+List(f.names, "or")))
	}
	return nil
}

// FaultFlag adds --fault to f, the local or the persistent flags of c. It completes and
// suggests those that can be taken.
func FaultFlag(c *cobra.Command, f *pflag.FlagSet, value *fault.Fault, canTake func(fault.Fault) bool) {
	var names, words []string
	for _, f := range fault.All() {
		if canTake(f) {
			names = append(names, f.Name)
			words = append(words, f.Name+"\t"+f.Description)
		}
	}
	f.Var(faultFlag{value, names}, "fault", "fault to inject into each delivery (see 'help faults')")
	GroupFlags(f, DeliveryFlags, "fault")
	Complete(c, "fault", Words(words))
}
