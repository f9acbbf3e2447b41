package parse

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// The files of problems with a probe.
const (
	ProbeRequest = "probe"
	ProbeExpect  = "expect"
)

// lineBreaks replaces the line breaks of YAML by the usual one.
func lineBreaks() *strings.Replacer {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
}

// Probe parses a probe step from outside of a file, and returns a scenario that has only this
// step. The request is as in `probe: GET http://localhost:3000/tickets/1`; the expectation is the
// YAML under `expect`, and may be empty; the variables have their values from the options. The
// error is a Problems, whose File is ProbeRequest or ProbeExpect, and whose lines mean nothing.
func Probe(request, expect string, o Options) (*scenario.Scenario, error) {
	var b strings.Builder
	b.WriteString("vars:\n")
	for _, name := range slices.Sorted(maps.Keys(o.Vars)) {
		b.WriteString("  " + name + ": null\n")
	}
	b.WriteString("steps:\n  - probe: " + expr.JSONString(request) + "\n")
	requestLine := strings.Count(b.String(), "\n")
	if strings.TrimSpace(expect) != "" {
		b.WriteString("    expect:\n")
		for line := range strings.Lines(lineBreaks().Replace(expect)) {
			b.WriteString("      " + line)
		}
	}
	parsed, err := File(ProbeRequest, []byte(b.String()), o)
	var problems Problems
	if errors.As(err, &problems) {
		for i := range problems {
			if problems[i].Line != requestLine {
				problems[i].File = ProbeExpect
			}
		}
	}
	return parsed, err
}
