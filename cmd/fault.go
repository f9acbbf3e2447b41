package cmd

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// faultNote says behind a line that a fault is made, if one is.
func faultNote(p console.Palette, f fault.Fault) string {
	if f.Name == "" {
		return ""
	}
	return ", " + p.Notice("fault "+f.Name)
}

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
