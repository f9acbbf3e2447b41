// Package scenario is what a scenario file says: events in an order, what the endpoint must
// respond to each, and what it must have done afterwards.
//
// [Scenario] is the model. Package parse reads it from a file, in which it finds every
// mistake; package runner delivers its events and judges the responses; package expr evaluates
// the {{ }} expressions that its texts hold.
package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// Scenario is a file that is right. Running it does not change it, and several runs may go
// on at once. Texts in it may hold expressions where their comment says so.
type Scenario struct {
	Name        string
	Named       bool // by its author; else after its file
	Description string
	File        string // as it was named to the parser

	Catalog *apizee.Catalog // what the events are checked against
	Vars    []Variable
	Target  Target
	Headers []Header // sent with every delivery
	Steps   []Step
	Secrets []string // values that must not be shown
}

// VarNames are the names of the variables that the scenario declares.
func (s *Scenario) VarNames() []string {
	names := make([]string, len(s.Vars))
	for i, v := range s.Vars {
		names[i] = v.Name
	}
	return names
}

// Delivers reports whether the scenario sends any event.
func (s *Scenario) Delivers() bool {
	return slices.ContainsFunc(s.Steps, func(s Step) bool { return s.Kind.Delivers() || s.Kind == Together })
}

// HasTarget reports whether the scenario says itself where its events go.
func (s *Scenario) HasTarget() bool { return s.Target.URL != "" }

// Variable is a name with the value it has when a run begins.
type Variable struct {
	Name  string
	Value expr.Value
}

// Counter is the variable that counts the rounds of a repeated step.
const Counter = "n"

// Target is where the events go.
type Target struct {
	URL     string   // may hold expressions; "" leaves it to whoever runs the scenario
	Headers []Header // for all deliveries, below those of the scenario
}

// Header is a header to send, or the wish that a default one is not sent.
type Header struct {
	Name, Text string // the text may hold expressions
	Remove     bool
}

// Kind is what a step does, named by the key that says so.
type Kind string

const (
	Send     Kind = "send"     // an event
	Template Kind = "template" // an event made from a template
	Data     Kind = "data"     // the user's own JSON
	Pause    Kind = "pause"
	Together Kind = "together" // several deliveries at once
	Probe    Kind = "probe"    // a request that looks at what the endpoint did
)

// Kinds are all kinds of steps.
func Kinds() []Kind { return []Kind{Send, Template, Data, Pause, Together, Probe} }

// Delivers reports whether a step of this kind is a delivery.
func (k Kind) Delivers() bool { return k == Send || k == Template || k == Data }

// Step is one step of a scenario. What else is set follows from its kind.
type Step struct {
	Line, Column int // where it stands, from 1
	Kind         Kind
	Name         string // as the user calls it, or ""; may hold expressions
	Summary      string // what it does
	Repeat       int    // how often it is done, from 1
	Expect       *Expectation
	Captures     []Capture
	Headers      []Header

	// These are of steps that deliver. Exactly one of the first three is set.
	Event    *Event
	Rendered *Rendered
	Data     *expr.Value // the JSON or, of a string, the text itself
	Set      []Setting   // changes to the event
	Times    int         // how often the same bytes are delivered, from 1; of Together too
	Fault    *fault.Fault
	// AllowUndocumented sends what the contract does not know.
	AllowUndocumented bool

	Pause Delay
	Probe *Request

	Order Order // of Together
	Steps []Step
}

// Event is the event of a Send step. A nil id is the example's, a nil time is now, and nil
// props are none.
type Event struct {
	Object, Name    string
	ID, Time, Props *expr.Value
	Dotted          bool // keys with a dot instead of nesting
	// Composed is the event when a run decides its time alone, which is 0 here, and the
	// contract has nothing to say about it; else "". Without it each step of a large
	// scenario would be composed and checked twice.
	Composed string
}

// Refuses reports whether a finding about an event keeps it from being sent: what violates
// the contract and, as for --id, an id such as 1e3 that no decoder takes for sure. A nil event
// is the user's own JSON.
func (e *Event) Refuses(f apizee.Finding) bool {
	return f.Severity == apizee.Error || e != nil && f.Path == "objectId"
}

// At is the composed event at a time.
func (e *Event) At(unix int64) []byte {
	head, tail, _ := strings.Cut(e.Composed, `"time":0,`)
	return fmt.Appendf(nil, `%s"time":%d,%s`, head, unix, tail)
}

// Rendered is the event of a Template step.
type Rendered struct {
	Name     string // of the template
	Template payload.Template
	Vars     *expr.Value // an object; nil means none
}

// Setting is a change to an event: a path, and the value that comes there.
type Setting struct {
	Path string
	To   expr.Value
}

// Order is the order in which the deliveries of a Together step begin.
type Order string

const (
	Given   Order = "given"
	Reverse Order = "reverse"
	Shuffle Order = "shuffle"
)

// Request is what a Probe step sends.
type Request struct {
	Method, URL string      // the URL may hold expressions
	Body        *expr.Value // as Data; nil means none
}

// Capture puts a value of the response into a variable.
type Capture struct{ Name, Path string }

// Expectation is what a response must be like. What is not set does not matter.
type Expectation struct {
	Status  []StatusRange
	Within  Delay
	Headers []Check
	JSON    []Check
	Body    *Check
	Failure string // the kind of failure that is meant to happen, or AnyFailure
}

// AnyFailure is the expectation that a delivery fails in whichever way.
const AnyFailure = "any"

// StatusRange are status codes from low to high, as the user wrote them.
type StatusRange struct {
	Low, High int
	Text      string
}

// Check is what a part of a response must be like. Its name is a header or a path.
type Check struct {
	Name  string
	Tests []Test
}

// Test is one condition: a matcher, and what the user wants of it.
type Test struct {
	Matcher *Matcher
	Want    expr.Value
	Pattern *regexp.Regexp // of Pattern matchers
	Inner   []Test         // of Tests matchers
}

// Delay is a duration, or an expression that makes one when a step begins.
type Delay struct {
	Fixed time.Duration
	Text  string
}

// MaxDelay is the longest pause or wait that a scenario can ask for.
const MaxDelay = 24 * time.Hour

// ErrNoTime is about a limit of 0s, which might be taken for none.
var ErrNoTime = errors.New("within: nothing happens within 0s; leave it out for no limit")

// IsSet reports whether there is a delay.
func (d Delay) IsSet() bool { return d.Text != "" || d.Fixed != 0 }

func (d Delay) String() string {
	if d.Text != "" {
		return d.Text
	}
	return d.Fixed.String()
}

// Value is the duration as it is now.
func (d Delay) Value(e *expr.Engine) (time.Duration, error) {
	if d.Text == "" {
		return d.Fixed, nil
	}
	text, err := e.Text(d.Text)
	if err != nil {
		return 0, err
	}
	return ParseDelay(text)
}

// Limit is the value of a delay that something has to happen within; 0 is no limit.
func (d Delay) Limit(e *expr.Engine) (time.Duration, error) {
	within, err := d.Value(e)
	if err == nil && within == 0 && d.IsSet() {
		return 0, ErrNoTime
	}
	return within, err
}

// ParseDelay reads a duration such as 250ms, from 0 to MaxDelay.
func ParseDelay(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is not a duration; write it as 250ms, 2s or 1m30s", expr.Quote(text))
	case d < 0:
		return 0, fmt.Errorf("%s is negative", expr.Quote(text))
	case d > MaxDelay:
		return 0, fmt.Errorf("%s is longer than %s", expr.Quote(text), MaxDelay)
	}
	return d, nil
}
