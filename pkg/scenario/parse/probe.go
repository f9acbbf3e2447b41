package parse

import (
	"maps"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// Probe parses a probe step from outside of a file, and returns a scenario that has only this
// step. The request is as in `probe: GET http://localhost:3000/tickets/1`; the expectation is the
// YAML under `expect`, and may be empty; the variables have their values from the options. The
// error is a Problems, whose lines mean nothing.
func Probe(request, expect string, o Options) (*scenario.Scenario, error) {
	var b strings.Builder
	b.WriteString("vars:\n")
	for _, name := range slices.Sorted(maps.Keys(o.Vars)) {
		b.WriteString("  " + name + ": null\n")
	}
	b.WriteString("steps:\n  - probe: " + expr.JSONString(request) + "\n")
	if strings.TrimSpace(expect) != "" {
		b.WriteString("    expect:\n")
		for line := range strings.Lines(expect) {
			b.WriteString("      " + line)
		}
	}
	return File("probe", []byte(b.String()), o)
}
