// Package scenario is the model of scenarios: events in order, with expected responses, and
// probes for what the endpoint did.
//
// Package parse parses a [Scenario] from a file; package runner delivers its events and checks
// the responses; package expr evaluates the {{ }} expressions in its texts.
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

// Scenario is a valid scenario. Concurrent runs may share it, since a run does not change it.
// Texts may contain expressions where a comment says so.
type Scenario struct {
	Name        string
	Named       bool // whether the file sets the name; else it is derived from the file name
	Description string
	File        string // as passed to the parser

	Catalog *apizee.Catalog // for checking the events
	Vars    []Variable
	Target  Target
	Headers []Header // of every delivery
	Steps   []Step
	Secrets []string // values to mask
}

// VarNames returns the names of the variables that the scenario declares.
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

// HasTarget reports whether the scenario sets its endpoint.
func (s *Scenario) HasTarget() bool { return s.Target.URL != "" }

// Variable is a variable with its initial value.
type Variable struct {
	Name  string
	Value expr.Value
}

// Counter is the variable with the number of the current repetition of a step.
const Counter = "n"

// Target is the endpoint.
type Target struct {
	URL     string   // may contain expressions; "" means that it is set for each run
	Headers []Header // of every delivery; those of the scenario override them
}

// Header is a header to send, or to remove from the default ones.
type Header struct {
	Name, Text string // the text may contain expressions
	Remove     bool
}

// Kind is the kind of a step, named after the key for its action.
type Kind string

const (
	Send     Kind = "send"     // an event
	Template Kind = "template" // an event made from a template
	Data     Kind = "data"     // the user's own JSON
	Pause    Kind = "pause"
	Together Kind = "together" // several concurrent deliveries
	Probe    Kind = "probe"    // a request for what the endpoint did
)

// Kinds returns all kinds of steps.
func Kinds() []Kind { return []Kind{Send, Template, Data, Pause, Together, Probe} }

// Delivers reports whether a step of this kind is a delivery.
func (k Kind) Delivers() bool { return k == Send || k == Template || k == Data }

// Step is a step of a scenario. Its kind decides which fields are set.
type Step struct {
	Line, Column int // its position in the file, from 1
	Kind         Kind
	Name         string // set by the file, or ""; may contain expressions
	Summary      string // what it does
	Repeat       int    // the number of repetitions, from 1
	Expect       *Expectation
	Captures     []Capture
	Headers      []Header

	// Fields of steps that deliver. Exactly one of the first three is set.
	Event    *Event
	Rendered *Rendered
	Data     *expr.Value // the JSON, or a string that contains it
	Set      []Setting   // changes to the event
	Times    int         // the number of deliveries of the same bytes, from 1; also of Together
	Fault    *fault.Fault
	// AllowUndocumented allows events that are not documented.
	AllowUndocumented bool

	Pause Delay
	Probe *Request

	Order Order // of Together
	Steps []Step
}

// Event is the event of a Send step. A nil id means that of the example, a nil time now, and nil
// props none.
type Event struct {
	Object, Name    string
	ID, Time, Props *expr.Value
	Dotted          bool // dotted keys instead of nested objects
	// Composed is the event, with time 0, if only its time depends on the run and it has no
	// findings; else "". It saves composing and checking each event of a large scenario twice.
	Composed string
}

// IsInvalid reports whether a finding about an event prevents it from being sent. A nil event is
// the user's own JSON, in which only an error does.
func (e *Event) IsInvalid(f apizee.Finding) bool {
	return f.Severity == apizee.Error || e != nil && payload.IsInvalid(f)
}

// At returns the composed event with a time.
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

// Setting is a change to an event: a path, and its new value.
type Setting struct {
	Path string
	To   expr.Value
}

// Order is the order in which the deliveries of a Together step start.
type Order string

const (
	Given   Order = "given"
	Reverse Order = "reverse"
	Shuffle Order = "shuffle"
)

// Request is the request of a Probe step.
type Request struct {
	Method, URL string      // the URL may contain expressions
	Body        *expr.Value // as Data; nil means none
}

// Capture sets a variable to the value at a path of the response.
type Capture struct{ Name, Path string }

// Expectation is an expected response or failure. Fields that are not set are not checked.
type Expectation struct {
	Status  []StatusRange
	Within  Delay
	Headers []Check
	JSON    []Check
	Body    *Check
	Failure string // the kind of the expected failure, or AnyFailure
}

// ReadBody is the maximum number of bytes of a response that expectations and captures read, except in
// a together step, which has many responses at once: there it is that of any delivery.
const ReadBody = 4 << 20

// AnyFailure expects a failure of any kind.
const AnyFailure = "any"

// StatusRange is a range of status codes, with the text that it was parsed from.
type StatusRange struct {
	Low, High int
	Text      string
}

// Check is an expectation about a part of a response. Its name is a header or a path.
type Check struct {
	Name  string
	Tests []Test
}

// Test is a matcher with its operand.
type Test struct {
	Matcher *Matcher
	Want    expr.Value
	Pattern *regexp.Regexp // of Pattern matchers
	Inner   []Test         // of Tests matchers
}

// Delay is a duration, or an expression for one.
type Delay struct {
	Fixed time.Duration
	Text  string // of the expression, which decides then; else ""
}

// maxDelay is the longest pause or timeout in a scenario.
const maxDelay = 24 * time.Hour

// ErrZeroWithin is the error about a `within` of 0s, which could be mistaken for no limit.
var ErrZeroWithin = errors.New("within must be greater than 0; leave it out for no limit")

// IsSet reports whether there is a delay.
func (d Delay) IsSet() bool { return d.Text != "" || d.Fixed != 0 }

func (d Delay) String() string {
	if d.Text != "" {
		return d.Text
	}
	return d.Fixed.String()
}

// Value returns the duration.
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

// Limit returns the value of a delay that is a limit; 0 means none.
func (d Delay) Limit(e *expr.Engine) (time.Duration, error) {
	within, err := d.Value(e)
	if err == nil && within == 0 && d.IsSet() {
		return 0, ErrZeroWithin
	}
	return within, err
}

// ParseDelay parses a duration such as 250ms, from 0 to maxDelay.
func ParseDelay(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is not a valid duration; write it as 250ms, 2s or 1m30s", expr.Quote(text))
	case d < 0:
		return 0, fmt.Errorf("%s is negative", expr.Quote(text))
	case d > maxDelay:
		return 0, fmt.Errorf("%s is longer than %s", expr.Quote(text), maxDelay)
	}
	return d, nil
}
