package cmd

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// faultNote says behind a line that a fault is made, if one is.
func faultNote(p console.Palette, fault deliver.Fault) string {
	if fault.Name == "" {
		return ""
	}
	return ", " + p.Notice("fault "+fault.Name)
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
