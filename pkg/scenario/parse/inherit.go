package parse

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// anyAccepted is the default expectation.
func anyAccepted() *scenario.Expectation {
	return &scenario.Expectation{Status: []scenario.StatusRange{{Low: 200, High: 299, Text: "2xx"}}}
}

// inherit fills in the defaults of steps. A probe is not a delivery, so it does not inherit the
// expectations of deliveries.
func inherit(steps []scenario.Step, from *scenario.Expectation) {
	accepted := anyAccepted()
	for i := range steps {
		s := &steps[i]
		s.Repeat, s.Times = max(s.Repeat, 1), max(s.Times, 1)
		if s.Kind == scenario.Probe {
			s.Expect = withDefaults(s.Expect, accepted)
			continue
		}
		s.Expect = withDefaults(s.Expect, from)
		inherit(s.Steps, s.Expect)
	}
}

// expectsResponse reports whether the expectation is about a response.
func expectsResponse(x *scenario.Expectation) bool {
	return x.Status != nil || x.Headers != nil || x.JSON != nil || x.Body != nil
}

// withDefaults fills in what an expectation does not set. An expected failure and an expected
// response exclude each other.
func withDefaults(own, inherited *scenario.Expectation) *scenario.Expectation {
	if own == nil {
		return inherited
	}
	x := *own
	if !x.Within.IsSet() {
		x.Within = inherited.Within
	}
	if !expectsResponse(&x) && x.Failure == "" {
		x.Failure = inherited.Failure
	}
	if x.Failure != "" {
		return &x
	}
	if x.Status == nil {
		x.Status = inherited.Status
	}
	if x.Status == nil {
		x.Status = anyAccepted().Status
	}
	x.Headers = inheritChecks(x.Headers, inherited.Headers, strings.EqualFold)
	x.JSON = inheritChecks(x.JSON, inherited.JSON, func(a, b string) bool { return a == b })
	if x.Body == nil {
		x.Body = inherited.Body
	}
	return &x
}

// inheritChecks adds the inherited checks that a step does not override.
func inheritChecks(own, inherited []scenario.Check, same func(a, b string) bool) []scenario.Check {
	all := slices.Clip(own)
	for _, c := range inherited {
		if !slices.ContainsFunc(own, func(o scenario.Check) bool { return same(o.Name, c.Name) }) {
			all = append(all, c)
		}
	}
	return all
}
