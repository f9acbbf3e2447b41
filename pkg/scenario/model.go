package scenario

import (
	"regexp"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// Scenario is a file that was read and found right. It is not changed by
// running it, and may be run by several runners at once.
type Scenario struct {
	Name        string
	Description string
	File        string // as it was named to Parse

	catalog  *apizee.Catalog
	vars     []variable
	target   target
	defaults defaults
	steps    []step
	secrets  []string // values that must not be shown
}

// Len is how many steps the scenario has.
func (s *Scenario) Len() int { return len(s.steps) }

// Vars are the names of the variables that the scenario declares.
func (s *Scenario) Vars() []string {
	names := make([]string, len(s.vars))
	for i, v := range s.vars {
		names[i] = v.name
	}
	return names
}

// Delivers tells whether the scenario sends any event.
func (s *Scenario) Delivers() bool {
	return slices.ContainsFunc(s.steps, func(s step) bool { return s.kind.delivers() || s.kind == togetherStep })
}

// HasTarget tells whether the scenario says itself where its events go.
func (s *Scenario) HasTarget() bool { return s.target.url != "" }

// variable is a name with the value it has when the run begins.
type variable struct {
	name  string
	value value
	// given is the user's own value, which wins; it is nil when there is none.
	given any
}

type target struct {
	url     string
	headers []header
}

// defaults are for steps that say nothing themselves.
type defaults struct {
	headers []header
	expect  *expectation
}

// header is a header to send. An empty text takes a default header away.
type header struct{ name, text string }

func (h header) isExpression() bool { return isExpression(h.text) }

// kind is what a step does. Its text is the key that says so.
type kind string

const (
	sendStep     kind = "send"
	templateStep kind = "template"
	dataStep     kind = "data"
	pauseStep    kind = "pause"
	togetherStep kind = "together"
	probeStep    kind = "probe"
)

// step is one step of a scenario. Which fields count follows from its kind.
type step struct {
	place
	kind   kind
	name   string // as the user wrote it, or what the step does
	repeat int    // how often the step is done; 0 means once
	times  int    // how often the same bytes are delivered; 0 means once

	body    body // of a delivery
	headers []header
	fault   *fault.Fault // nil means none
	// undocumented allows what the contract does not know.
	undocumented bool

	pause delay
	order order
	steps []step // of together
	probe *probe

	expect   *expectation
	captures []capture
}

func (k kind) delivers() bool { return k == sendStep || k == templateStep || k == dataStep }

// order is the order in which the deliveries of a together step begin.
type order string

const (
	given   order = "given"
	reverse order = "reverse"
	shuffle order = "shuffle"
)

func orders() []string { return []string{string(given), string(reverse), string(shuffle)} }

// probe is a request that looks at what the endpoint did.
type probe struct {
	method, url string
	body        *value // nil means none
}

// capture puts a value of the reply into a variable.
type capture struct{ name, path string }

// expectation is what a reply must be like. What is not set does not matter.
type expectation struct {
	status  []statusRange
	within  delay
	headers []check
	json    []check
	body    *check
	failure string // the kind of failure that is meant to happen
}

// statusRange are status codes from low to high, as the user wrote them.
type statusRange struct {
	low, high int
	text      string
}

// check is what a part of the reply must be like. Its name is a header or a path.
type check struct {
	name  string
	tests []test
}

// test is one condition: a matcher and what the user wants of it.
type test struct {
	matcher *matcher
	want    value
	pattern *regexp.Regexp // of matches
	inner   []test         // of length
}
