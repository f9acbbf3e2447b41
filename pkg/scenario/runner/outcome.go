package runner

import (
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// Status is what became of a step.
type Status string

const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped" // it was not done, or not to its end
)

// Outcome is what became of a scenario.
type Outcome struct {
	Scenario   string
	File       string
	Assumption Assumption // "" when there was none
	Seed       int64
	Start      time.Time
	Duration   time.Duration
	Steps      []StepOutcome // one for each step of the file, in its order
	// Interrupted says that the run was told to stop.
	Interrupted bool
}

// StepOutcome is what became of one step, over all its rounds.
type StepOutcome struct {
	Step   Step // of the last round
	Status Status
	// Rounds is how often it was done, and FailedRounds how often in vain.
	Rounds, FailedRounds int
	// Sent counts the events that were sent, and Answered those of them that got a whole
	// answer, be it another one than expected.
	Sent, Answered int
	Duration       time.Duration
	// Failure is the first one; nil unless the step failed.
	Failure *Failure
	// Reason says why a step was skipped.
	Reason string
}

// Step says which step it is.
type Step struct {
	N  int // from 1
	Of int // how many there are
	// Round counts those of a repeated step from 1, and Rounds is how many it has;
	// both are 1 for a step that is done once.
	Round, Rounds int
	Kind          scenario.Kind
	Title         string // its name, or what it does; secrets are masked
	// File, Line and Column are where it stands.
	File         string
	Line, Column int
}

// IsPause tells a step that does nothing but wait.
func (s Step) IsPause() bool { return s.Kind == scenario.Pause }

// Failure says why a step failed. Secrets in it are masked; what a server wrote
// is not made safe for a terminal.
type Failure struct {
	// Message is one sentence, in lower case and without a full stop.
	Message string
	// Request is what a probe asked for, as in "GET http://localhost/"; else "".
	Request string
	// Differences are the expectations that did not hold.
	Differences []Difference
	// Reply is the reply: its status line, and the first lines of its body.
	Reply []string
	// Undelivered is the kind of failure when no whole reply came though one was
	// expected; else "".
	Undelivered deliver.Kind
	// Hint is what to do about it; may be empty.
	Hint string
}

// Difference is one expectation beside what there was instead.
type Difference struct {
	What     string // "status", "header Content-Type", "json state", ...
	Expected string
	Actual   string
}

// add puts a round to those before it.
func (s *StepOutcome) add(out StepOutcome) {
	if s.Rounds == 0 {
		*s = out
		return
	}
	s.Step = out.Step
	s.Rounds += out.Rounds
	s.FailedRounds += out.FailedRounds
	s.Sent += out.Sent
	s.Answered += out.Answered
	s.Duration += out.Duration
	if s.Status == Failed || out.Status == Passed {
		return // one failed round makes a failed step
	}
	s.Status, s.Failure, s.Reason = out.Status, out.Failure, out.Reason
}

// Counts are how many steps ended in which way, and what they sent.
type Counts struct{ Passed, Failed, Skipped, Sent, Answered int }

// Counts counts the steps.
func (o Outcome) Counts() Counts {
	var c Counts
	for _, s := range o.Steps {
		switch s.Status {
		case Passed:
			c.Passed++
		case Failed:
			c.Failed++
		case Skipped:
			c.Skipped++
		}
		c.Sent += s.Sent
		c.Answered += s.Answered
	}
	return c
}

// OK tells whether every step passed.
func (o Outcome) OK() bool {
	c := o.Counts()
	return c.Failed == 0 && c.Skipped == 0
}

// Undelivered tells whether something failed because it could not be delivered, and no
// event was answered, as when the endpoint is not running.
func (o Outcome) Undelivered() bool {
	return o.Counts().Answered == 0 && slices.ContainsFunc(o.Steps, func(s StepOutcome) bool {
		return s.Failure != nil && s.Failure.Undelivered != ""
	})
}

// Event is something that happens during a run: StepStarted, Delivered, Probed
// or StepFinished.
type Event interface{ isEvent() }

// StepStarted says that a step, or a round of one, begins.
type StepStarted struct{ Step Step }

// Delivered is an event that was sent, or could not be.
type Delivered struct {
	Step   Step
	Target string // the URL, without secrets
	Body   string // without them too
	// Warnings are what the contract does not know about the body. There are none where
	// the step allows what is undocumented.
	Warnings []apizee.Finding
	Result   deliver.Result // N counts the deliveries of a step
	OK       bool           // the expectations hold
}

// Probed is one try of a probe.
type Probed struct {
	Step   Step
	Method string
	Target string
	Result deliver.Result // Attempt counts the tries
	// Next is the pause before the next try; 0 after the last.
	Next time.Duration
	OK   bool
}

// StepFinished says what became of a step, or of a round of one.
type StepFinished struct{ Outcome StepOutcome }

func (StepStarted) isEvent()  {}
func (Delivered) isEvent()    {}
func (Probed) isEvent()       {}
func (StepFinished) isEvent() {}
