package runner

import (
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// Status is the status of a step.
type Status string

const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped" // not run, or not completed
)

// Outcome is the outcome of a run of a scenario.
type Outcome struct {
	File       string
	Assumption Assumption // "" means none
	Seed       int64
	Start      time.Time
	Duration   time.Duration
	Steps      []StepOutcome // one for each step of the file, in order
}

// StepOutcome is the outcome of one step, over all its repetitions.
type StepOutcome struct {
	Step   Step // the last repetition that began, if any
	Status Status
	// Repetitions counts the repetitions that began, and FailedRepetitions those that failed.
	Repetitions, FailedRepetitions int
	// Sent counts the events sent, and Responses the complete responses to them, expected
	// or not.
	Sent, Responses int
	Duration        time.Duration
	// Failure is the first failure; nil unless the step failed.
	Failure *Failure
	// Reason is why the step was skipped.
	Reason string
}

// Step describes a repetition of a step.
type Step struct {
	N int // the number of the step, from 1
	// Repetition is the number of the repetition, from 1 to Repetitions.
	Repetition, Repetitions int
	Kind                    scenario.Kind
	Title                   string // its name, or what it does; secrets are masked
	// CaseName is the title in reports. It is the same in every run, so that CI servers find the
	// history of a step: the URL of a probe is as written. A name with expressions is what they make of it.
	CaseName string
	// File, Line and Column are its position in the scenario file.
	File         string
	Line, Column int
}

// IsPause reports whether the step only waits.
func (s Step) IsPause() bool { return s.Kind == scenario.Pause }

// Failure is why a step failed. Secrets in it are masked; text from a server is not made safe
// for a terminal.
type Failure struct {
	// Part is the step of a together step that failed; nil of other steps.
	Part *Step
	// Message is one sentence, in lowercase and without a period.
	Message string
	// Request is the request of a probe, as in "GET http://localhost/"; else "".
	Request string
	// Differences are the expectations that were not met.
	Differences []Difference
	// Response is the status line of the response and the first lines of its body.
	Response []string
	// Undelivered is the kind of failure when a response was expected and none came
	// complete; else "".
	Undelivered deliver.Kind
	// Hint is the next step for the user; may be empty.
	Hint string
}

// Difference is an expectation that was not met.
type Difference struct {
	What     string // "status", "header Content-Type", "json state", ...
	Expected string
	Actual   string
}

// Place returns the position in the scenario file of the step or, of a together step that failed, of
// the failed part.
func (s StepOutcome) Place() (line, column int) {
	if s.Failure != nil && s.Failure.Part != nil {
		return s.Failure.Part.Line, s.Failure.Part.Column
	}
	return s.Step.Line, s.Step.Column
}

// add adds a repetition.
func (s *StepOutcome) add(out StepOutcome) {
	if s.Repetitions == 0 {
		*s = out
		return
	}
	if out.Repetitions > 0 {
		s.Step = out.Step
	}
	s.Repetitions += out.Repetitions
	s.FailedRepetitions += out.FailedRepetitions
	s.Sent += out.Sent
	s.Responses += out.Responses
	s.Duration += out.Duration
	if s.Status == Failed || out.Status == Passed {
		return // one failed repetition makes a failed step
	}
	s.Status, s.Failure, s.Reason = out.Status, out.Failure, out.Reason
}

// countFailed says in the failure how many deliveries failed, if there are several.
func (s *StepOutcome) countFailed(failed, deliveries int) {
	if failed > 1 {
		s.Failure.Message = fmt.Sprintf("%d of %d deliveries failed; the first: %s", failed, deliveries, s.Failure.Message)
	}
}

// Counts are the numbers of steps by status, of events sent, and of responses received.
type Counts struct{ Passed, Failed, Skipped, Sent, Responses int }

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
		c.Responses += s.Responses
	}
	return c
}

// OK reports whether every step passed.
func (o Outcome) OK() bool {
	c := o.Counts()
	return c.Failed == 0 && c.Skipped == 0
}

// Undelivered reports whether a delivery failed and no event got a response, as when the
// endpoint is not running. Probes are not deliveries.
func (o Outcome) Undelivered() bool {
	return o.Counts().Responses == 0 && slices.ContainsFunc(o.Steps, func(s StepOutcome) bool {
		return s.Step.Kind != scenario.Probe && s.Failure != nil && s.Failure.Undelivered != ""
	})
}

// Event is the progress that an observer is notified of: StepStarted, Delivered, Probed or
// StepFinished.
type Event interface{ isEvent() }

// StepStarted is the start of a repetition of a step.
type StepStarted struct{ Step Step }

// Delivered is a delivery of an event, accepted or not.
type Delivered struct {
	Target string // the URL; secrets are masked
	Body   string // secrets are masked
	// Warnings are about what is undocumented in the body. There are none when the step
	// has allow-undocumented.
	Warnings []apizee.Finding
	Result   deliver.Result // N is the number of the delivery in its step
}

// Probed is one attempt of a probe.
type Probed struct {
	Step   Step
	Method string
	Target string
	Result deliver.Result // Attempt is the number of the attempt
	// Next is the wait before the next attempt; 0 after the last.
	Next time.Duration
}

// StepFinished is the end of a repetition of a step.
type StepFinished struct{ Outcome StepOutcome }

func (StepStarted) isEvent()  {}
func (Delivered) isEvent()    {}
func (Probed) isEvent()       {}
func (StepFinished) isEvent() {}
