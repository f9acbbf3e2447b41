package cmd

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// faultsHelp lists the faults for the help of a command. It measures nothing,
// since it is made at every start.
func faultsHelp() string {
	var out strings.Builder
	out.WriteString("Faults:")
	for _, f := range fault.All() {
		fmt.Fprintf(&out, "\n  %-13s %s;\n                a good endpoint %s", f.Name, f.Description, f.Answer)
	}
	return out.String()
}
