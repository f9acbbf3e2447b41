package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

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
	parse := func(name string) (fault.Fault, error) {
		found, err := fault.Parse(name)
		if err != nil {
			err = fmt.Errorf("%w%s", err, cmp.Or(apizee.DidYouMean(name, names), "; use "+List(names, "or")))
		}
		return found, err
	}
	f.Var(parsed[fault.Fault]{value, "NAME", parse, func(f fault.Fault) string { return f.Name }}, "fault", "fault to inject into each delivery (see 'help faults')")
	GroupFlags(f, DeliveryFlags, "fault")
	Complete(c, "fault", Words(words))
}
